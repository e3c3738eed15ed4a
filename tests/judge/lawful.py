"""Was every text lawful? Hours, caps, consents, silences and balances, worked out anew from the published rules.

Written from the words of the rules and of the product's policy, not from the engine: 08:00 to 21:00 by every wall clock
the person may live by, one text a local day, two in seven local days, three contacts in seven over all channels.
"""

from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from tests.judge.finding import Finding
from tests.judge.reading import Person, Row, Text
from tests.judge.silences import Case, Silence, about, claimed_at, silences

OPEN, CLOSE = time(8), time(21)
TEXTS_A_DAY, TEXTS_IN_7_DAYS, CONTACTS_IN_7_DAYS = 1, 2, 3
REACHED = {"delivered", "voicemail_left", "connected", "visited"}
"""Results of a try that was a contact: the person may have heard of it. A text counts unless it certainly failed."""
FRESH = timedelta(days=3)

Check = Callable[[Case, Text, Row | None, list[Person]], Iterator[Finding]]


def check_texts(case: Case) -> list[Finding]:
    """Findings on every text that reached someone the client knows. Texts to strangers are the accounts' matter."""
    claims = case.record.by_id("touch")
    quiet = silences(case)
    found: list[Finding] = []
    for text in case.world.texts:
        persons = case.client.holders(text.to)
        if persons:
            claim = claims.get(text.ref or "")
            found += [finding for check in CHECKS for finding in check(case, text, claim, persons)]
            found += _silenced(text, claim, persons, quiet)
    return found


def _unlawful(rule: str, text: Text, detail: str) -> Finding:
    return Finding("unlawful", rule, text.ref or text.sid, detail)


def _zones(persons: list[Person], at: datetime, accounts: set[str]) -> list[str]:
    """Every zone that had been told when these accounts were spoken of."""
    return sorted({zone for person in persons for zone, told in person.zones if told.known(at, accounts)})


def _hours(case: Case, text: Text, claim: Row | None, persons: list[Person]) -> Iterator[Finding]:
    del case
    zones = _zones(persons, claimed_at(claim, text), about(claim, persons))
    if not zones:
        yield _unlawful("zone", text, "no zone of this person is known")
    for what, at in (("accepted", text.at), ("delivered", text.delivered_at)):
        shut = [zone for zone in zones if at and not OPEN <= at.astimezone(ZoneInfo(zone)).time() < CLOSE]
        if at and shut:
            yield _unlawful("hours", text, f"{what} at {at.astimezone(ZoneInfo(shut[0])).isoformat()} in {shut[0]}")
            return


def _caps(case: Case, text: Text, claim: Row | None, persons: list[Person]) -> Iterator[Finding]:
    at, accounts = claimed_at(claim, text), about(claim, persons)
    phones = {phone for person in persons for phone in person.phones}
    sent = [other for other in case.world.texts if other.to in phones and (other.at, other.sid) <= (text.at, text.sid)]
    before = [made for person in persons for made in person.contacts if made.told.known(at, accounts)]
    texts = [other.at for other in sent] + [made.at for made in before if made.channel == "sms"]
    contacts = [other.at for other in sent if other is text or not other.failed]
    contacts += [made.at for made in before if made.result in REACHED]
    for name, moments, days, limit in (
        ("texts a day", texts, 1, TEXTS_A_DAY),
        ("texts in 7 days", texts, 7, TEXTS_IN_7_DAYS),
        ("contacts in 7 days", contacts, 7, CONTACTS_IN_7_DAYS),
    ):
        for zone in _zones(persons, at, accounts) or ["UTC"]:
            count = _in_days(moments, text.at, zone, days)
            if count > limit:
                yield _unlawful(name, text, f"{count} instead of {limit}, ending {_local_day(text.at, zone)} in {zone}")
                break


def _in_days(moments: list[datetime], at: datetime, zone: str, days: int) -> int:
    last = _local_day(at, zone)
    first = last - timedelta(days=days - 1)
    return sum(first <= _local_day(moment, zone) <= last for moment in moments)


def _local_day(at: datetime, zone: str) -> date:
    return at.astimezone(ZoneInfo(zone)).date()


def _consent(case: Case, text: Text, claim: Row | None, persons: list[Person]) -> Iterator[Finding]:
    del case
    at = claimed_at(claim, text)
    given = [consent for person in persons for consent in person.consents]
    if not any(consent.covers("sms", text.to) and consent.at <= at for consent in given):
        yield _unlawful("consent", text, "no consent to texts is known")


def _balance(case: Case, text: Text, claim: Row | None, persons: list[Person]) -> Iterator[Finding]:
    at = claimed_at(claim, text)
    for account in sorted(about(claim, persons) & case.client.accounts.keys()):
        dated = [as_of for told, as_of in case.client.accounts[account].dated if told - case.allowed.slack <= at]
        if not dated:
            yield _unlawful("balance", text, f"the balance of {account} has no date")
        elif at - max(dated) > FRESH:
            yield _unlawful("balance", text, f"the balance of {account} is of {max(dated).isoformat()}")


def _silenced(text: Text, claim: Row | None, persons: list[Person], quiet: list[Silence]) -> Iterator[Finding]:
    at, accounts = claimed_at(claim, text), about(claim, persons)
    for silence in quiet:
        if silence.forbids(text.to, accounts, at):
            start = silence.start.isoformat()
            yield _unlawful(
                "silence", text, f"{silence.why} ({silence.subject}) since {start}, claimed {at.isoformat()}"
            )


CHECKS: tuple[Check, ...] = (_hours, _caps, _consent, _balance)
