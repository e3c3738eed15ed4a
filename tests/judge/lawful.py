"""Was every text lawful? Hours, caps, consents, silences and balances, worked out anew from the published rules.

Written from the words of the rules and of the product's policy, not from the engine: one text a local day, two in seven
local days, three contacts in seven over all channels, counted for a person over all debts and lenders.
"""

from collections.abc import Callable, Iterator
from datetime import timedelta
from zoneinfo import ZoneInfo

from tests.judge.contacts import contacts_otherwise, limit
from tests.judge.finding import Finding
from tests.judge.reading import Text
from tests.judge.silences import Case, Silence, silences, spoken
from tests.judge.told import Person, Spoken
from tests.judge.wall import in_days, local_day, windows

TEXTS_A_DAY, TEXTS_IN_7_DAYS = 1, 2
REACHED = {"delivered", "voicemail_left", "connected", "visited"}
"""Results of a try that was a contact: the person may have heard of it. A text counts unless it certainly failed."""
FRESH = timedelta(days=3)

Check = Callable[[Case, Text, Spoken, list[Person]], Iterator[Finding]]


def check_texts(case: Case) -> list[Finding]:
    """Findings on every text that reached someone the client knows. Texts to strangers are the accounts' matter."""
    claims = case.record.by_id("touch")
    quiet = silences(case)
    found: list[Finding] = []
    for text in case.world.texts:
        persons = case.client.holders(text.to)
        if persons:
            said = spoken(case, text, claims.get(text.ref or ""), persons)
            found += [finding for check in CHECKS for finding in check(case, text, said, persons)]
            found += _silenced(text, said, quiet)
    return found


def _unlawful(rule: str, text: Text, detail: str) -> Finding:
    return Finding("unlawful", rule, text.ref or text.sid, detail)


def _hours(case: Case, text: Text, spoken: Spoken, persons: list[Person]) -> Iterator[Finding]:
    del case
    bounds = windows(text, spoken, persons)
    if not bounds:
        yield _unlawful("zone", text, "no zone of this person is known")
    for what, at in (("accepted", text.at), ("delivered", text.delivered_at)):
        shut = [window.zone for window in bounds if at and window.shut(at)]
        if at and shut:
            yield _unlawful("hours", text, f"{what} at {at.astimezone(ZoneInfo(shut[0])).isoformat()} in {shut[0]}")
            return


def _caps(case: Case, text: Text, spoken: Spoken, persons: list[Person]) -> Iterator[Finding]:
    """One person's limits, over all debts, numbers, routes and lenders."""
    phones = {phone for person in persons for phone in person.phones}
    sent = [other for other in case.world.texts if other.to in phones and (other.at, other.sid) <= (text.at, text.sid)]
    told = [made for person in persons for made in person.contacts]
    before = [made for made in told if made.told.known(spoken.at, spoken.accounts)]
    texts = [other.at for other in sent] + [made.at for made in before if made.channel == "sms"]
    contacts = [other.at for other in sent if other is text or not other.failed]
    contacts += [made.at for made in before if made.result in REACHED]
    contacts += contacts_otherwise(case, case.ledger_persons(persons), text.at)
    most = limit(case, case.record.by_id("touch").get(text.ref or ""))
    zones = [window.zone for window in windows(text, spoken, persons)] or ["UTC"]
    for name, moments, days, allowed in (
        ("texts a day", texts, 1, TEXTS_A_DAY),
        ("texts in 7 days", texts, 7, TEXTS_IN_7_DAYS),
        ("contacts in 7 days", contacts, 7, most),
    ):
        over = [(zone, count) for zone in zones if (count := in_days(moments, text.at, zone, days)) > allowed]
        if over:
            zone, count = over[0]
            yield _unlawful(name, text, f"{count} instead of {allowed}, ending {local_day(text.at, zone)} in {zone}")


def _consent(case: Case, text: Text, spoken: Spoken, persons: list[Person]) -> Iterator[Finding]:
    del case
    told = [consent for person in persons for consent in person.consents if consent.told.lender in spoken.lenders]
    if not any(consent.covers("sms", text.to) and consent.at <= spoken.at for consent in told):
        yield _unlawful("consent", text, "no consent to texts of this lender is known")


def _balance(case: Case, text: Text, spoken: Spoken, persons: list[Person]) -> Iterator[Finding]:
    del persons
    for account in sorted(spoken.accounts & case.client.accounts.keys()):
        dated = [as_of for told, as_of in case.client.accounts[account].dated if told - case.allowed.slack <= spoken.at]
        if not dated:
            yield _unlawful("balance", text, f"the balance of {account} has no date")
        elif spoken.at - max(dated) > FRESH:
            yield _unlawful("balance", text, f"the balance of {account} is of {max(dated).isoformat()}")


def _silenced(text: Text, spoken: Spoken, quiet: list[Silence]) -> Iterator[Finding]:
    for silence in quiet:
        if silence.forbids(text.to, spoken.accounts, spoken.at):
            start = silence.start.isoformat()
            yield _unlawful(
                "silence", text, f"{silence.why} ({silence.subject}) since {start}, claimed {spoken.at.isoformat()}"
            )


CHECKS: tuple[Check, ...] = (_hours, _caps, _consent, _balance)
