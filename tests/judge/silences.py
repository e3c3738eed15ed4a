"""When a person had to be left alone, or an account was paid: from what was acknowledged and what the ledger holds.

A fact binds from the instant it was acknowledged. Where the world does not show an acknowledgement, it binds from the
ledger's own row (plus the slack two racing commits may need), and at the latest when patience ends.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from tests.judge.handwork import Works
from tests.judge.reading import DEFAULT_ROUTE, Allowances, Record, Row, Said, Text, World, instant, maybe
from tests.judge.told import Account, Client, Permission, Person, Spoken

SILENCING = {"stop", "dispute", "hardship", "wrong_person"}
STOP_ROWS = {"dispute": {"dispute"}, "hardship": {"hardship"}, "wrong_person": {"wrong_number"}}


@dataclass(frozen=True, slots=True)
class Silence:
    """No text to these phones (None: any) about these accounts (None: any), from one instant until another.

    What came with an account's enrolment binds every claim `of` that account, whenever the enrolment was answered.
    """

    why: str
    subject: str
    start: datetime
    end: datetime | None = None
    phones: frozenset[str] | None = None
    accounts: frozenset[str] | None = None
    of: str | None = None
    channel: str | None = None
    """None: whatever the way."""

    def forbids(self, phone: str, accounts: set[str], at: datetime, channel: str = "sms") -> bool:
        return (
            self.channel in {None, channel}
            and (self.start <= at or self.of in accounts)
            and (self.end is None or at < self.end)
            and (self.phones is None or phone in self.phones)
            and (self.accounts is None or bool(self.accounts & accounts))
        )


@dataclass(slots=True)
class Case:
    """The three files together, and the look-ups that join them."""

    world: World
    client: Client
    record: Record
    allowed: Allowances
    works: Works = field(default_factory=Works)

    @property
    def said(self) -> list[Said]:
        """What people wrote, did on a page, told a menu, or told a caller."""
        return [*self.world.said, *self.works.said]

    def ledger_persons(self, persons: list[Person]) -> set[str]:
        parts = {part for person in persons for part in person.parts}
        return {row["person"] for row in self.record.rows("party") if (row["account"], row["role"]) in parts}

    def keys(self, ledger_persons: set[str]) -> set[str]:
        rows = self.record.rows("contact_point")
        return {row["address_key"] for row in rows if row["person"] in ledger_persons}

    def spoken_of(self, said: Said) -> frozenset[str] | None:
        """The accounts of the call, or of the last text before a person answered; None where nothing was sent before."""
        if said.ref is not None and (call := self.record.by_id("touch").get(said.ref)) is not None:
            return frozenset(call["accounts"])
        before = [text for text in self.world.texts if text.to == said.phone and text.at <= said.at]
        claims = self.record.by_id("touch")
        claim = claims.get(max(before, key=lambda text: text.at).ref or "") if before else None
        return frozenset(claim["accounts"]) if claim else None

    def reply_row(self, said: Said) -> Row | None:
        """The ledger's row of a text from a person.

        The domestic route's pushes are kept under an id of the ledger's own, so there it is the person's next row.
        """
        if said.route == DEFAULT_ROUTE:
            return next((row for row in self.record.rows("reply") if said.sid and row["provider_id"] == said.sid), None)
        ids = self.ledger_persons(self.client.holders(said.phone))
        later = [row for row in self.record.rows("reply") if row.get("person") in ids and instant(row["at"]) >= said.at]
        return min(later, key=lambda row: instant(row["at"]), default=None)

    def known_from(self, said: Said) -> datetime:
        """From when what a person said binds."""
        if said.on_page:
            return said.at
        row = self.reply_row(said)
        limit = said.at + self.allowed.patience
        return min(limit, instant(row["at"]) + self.allowed.slack) if row else limit


def silences(case: Case) -> list[Silence]:
    return [*_from_enrolment(case), *_from_the_lender(case), *_from_people(case), *_from_payments(case)]


def _from_enrolment(case: Case) -> list[Silence]:
    found: list[Silence] = []
    for person in case.client.persons.values():
        for out in person.opt_outs:
            if out.channel in {None, "sms", "call"}:
                phones = frozenset({out.to}) if out.to else frozenset(person.phones)
                found += _old_opt_out(case, person, out, phones)
    return found


def _old_opt_out(case: Case, person: Person, out: Permission, phones: frozenset[str]) -> Iterator[Silence]:
    """An opt-out silences everybody but the lenders agreed to later; each START by text frees one more from then on."""
    agreed = _agreed_later(case.client, out, phones)
    starts = [*_started_again(case, out, phones), (None, frozenset[str]())]
    since = out.told.at
    for until, lenders in starts:
        accounts = (
            None
            if not agreed
            else frozenset(each.id for each in case.client.accounts.values() if each.lender not in agreed)
        )
        why = "opted out before enrolment"
        yield Silence(why, person.label, since, until, phones, accounts, out.told.account, out.channel)
        agreed |= lenders
        since = max(since, until) if until else since


def _agreed_later(client: Client, out: Permission, phones: frozenset[str]) -> frozenset[str]:
    """The lenders to whom a holder of the number agreed after an old opt-out."""
    return frozenset(
        given.told.lender
        for holder in client.persons.values()
        for given in holder.consents
        if holder.phones & phones
        and given.at > out.at
        and given.channel == "sms"
        and (given.to is None or given.to in phones)
    )


def _started_again(
    case: Case, out: Permission, phones: frozenset[str]
) -> Iterator[tuple[datetime | None, frozenset[str]]]:
    """When START took back a STOP said to a lender after an old opt-out, which is a consent to that lender."""
    stopped: set[str] = set()
    for said in sorted(case.said, key=lambda each: each.at):
        if said.kind == "stop":
            stopped.add(said.phone)
        if said.kind == "start" and said.phone in phones & stopped and said.at > out.at:
            yield said.at, frozenset(case.client.lenders(set(case.spoken_of(said) or ())))


def _from_the_lender(case: Case) -> list[Silence]:
    return [
        Silence(f"stop: {stop.stop}", stop.account, stop.at, stop.lifted_at, accounts=frozenset({stop.account}))
        for stop in case.client.stops
    ]


def _from_people(case: Case) -> list[Silence]:
    found: list[Silence] = []
    for said in case.said:
        if said.kind not in SILENCING:
            continue
        subject = said.sid or (case.client.holders(said.phone)[0].label if case.client.holders(said.phone) else "")
        again = [other.at for other in case.said if other.phone == said.phone and other.kind == "start"]
        end = min((at for at in again if at > said.at), default=None) if said.kind == "stop" else None
        accounts = None if said.kind in {"stop", "wrong_person"} else case.spoken_of(said)
        phones = frozenset({said.phone})
        found.append(Silence(f"said {said.kind}", subject, case.known_from(said), end, phones, accounts))
    return found


def _from_payments(case: Case) -> list[Silence]:
    return [
        Silence("paid in full", account.id, start, end, accounts=frozenset({account.id}))
        for account in case.client.accounts.values()
        for start, end in _paid_off(case, account)
    ]


def _paid_off(case: Case, account: Account) -> Iterator[tuple[datetime, datetime | None]]:
    """The times in which nothing was owed. Money that came back, an amount below zero, ends one."""
    left, since = account.owed, None
    for at, amount in sorted(received(case, account)):
        left -= amount
        if left <= 0:
            since = since or at
        elif since is not None:
            yield since, at
            since = None
    if since is not None:
        yield since, None


def received(case: Case, account: Account) -> list[tuple[datetime, Decimal]]:
    """What was paid on an account, each with the instant from which it binds."""
    posted = [(payment.at, payment.amount) for payment in account.payments]
    checkouts = case.record.by_id("checkout")
    rows = {(row["account"], row["external_id"]): row for row in case.record.rows("payment")}
    for paid in case.world.paid:
        checkout = checkouts.get(paid.ref or "")
        if checkout and checkout["account"] == account.id:
            row = rows.get((account.id, paid.sid))
            limit = paid.at + case.allowed.patience
            start = min(limit, instant(row["recorded_at"]) + case.allowed.slack) if row else limit
            posted.append((start, paid.amount))
    return posted


def suppressed(case: Case, persons: list[Person], since: datetime) -> bool:
    """Whether the ledger holds an opt-out of these people that was not lifted before `since`."""
    ids = case.ledger_persons(persons)
    keys = case.keys(ids)
    return any(
        (row["person"] in ids or row["address_key"] in keys)
        and ((lifted := maybe(row["lifted_at"])) is None or lifted > since)
        for row in case.record.rows("suppression")
    )


def stopped(case: Case, persons: list[Person], kinds: set[str]) -> bool:
    """Whether the ledger holds, or held, a stop of these kinds for these people."""
    ids = case.ledger_persons(persons)
    return any(row["person"] in ids and row["kind"] in kinds for row in case.record.rows("stop"))


def about(claim: Row | None, persons: list[Person]) -> set[str]:
    """The accounts a text speaks of: those of its claim, else all of the people it reached."""
    if claim:
        return {str(account) for account in claim["accounts"]}
    return {account for person in persons for account in person.accounts}


def spoken(case: Case, text: Text, claim: Row | None, persons: list[Person]) -> Spoken:
    """When a text was decided, about what, and in whose name."""
    accounts = about(claim, persons)
    return Spoken(claimed_at(claim, text), accounts, case.client.lenders(accounts))


def claimed_at(claim: Row | None, text: Text) -> datetime:
    return min(instant(claim["claimed_at"]), text.at) if claim else text.at
