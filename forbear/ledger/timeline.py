"""One account's story in the order in which it happened, in words a lender's staff can read aloud.

Each source gives its own items; what two sources wrote at one instant keeps the order cause before effect. Texts of
messages and replies are not part of it: only how they were understood.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import any_, literal, or_, select
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import ColumnElement

from forbear.ledger.receipts import HINT
from forbear.ledger.shown import words
from forbear.ledger.tables.accounts import Account, Entry, Event, LegalCase, Party, Payment, Promise, Stop
from forbear.ledger.tables.contacts import Decision, PastContact, Receipt, Reply, Suppression, Touch
from forbear.ledger.views import civil, find_account, instant
from forbear.ledger.wording import CHANNELS, EVENTS, PROMISE_STATES, READINGS, RECEIPTS, SCOPES, STOPS, worded
from forbear.money.currency import wire, write_amount

Item = dict[str, Any]
ENDS = frozenset({"stop_lifted", "opted_in", "promise_settled", "case_closed"})
"""What ends something follows what began at the same instant: a promise, and then the one it replaced."""


@dataclass(frozen=True, slots=True)
class _Story:
    session: Session
    account: Account
    roles: dict[str, str]
    """What each person is on this account."""

    @property
    def persons(self) -> tuple[str, ...]:
        return tuple(self.roles)

    def who(self, person: str | None) -> str:
        """The person as this account knows her; who wrote from a number that several share is nobody's to say."""
        return worded({}, self.roles.get(person or "", "person"))

    def item(self, at: datetime, kind: str, id_: str, text: str, **details: object) -> tuple[datetime, Item]:
        return at, {"at": instant(at), "kind": kind, "id": id_, "text": text, **details}


Source = Callable[[_Story], Iterator[tuple[datetime, Item]]]


def timeline(session: Session, account: str) -> list[Item]:
    """Everything that happened to an account, oldest first."""
    found = find_account(session, account)
    # Who owes the debt is told as the borrower, whatever else she is on it: the last role of a person stands.
    last_the_borrower = (Party.role == "borrower", Party.role)
    parties = session.scalars(select(Party).where(Party.account == account).order_by(*last_the_borrower))
    story = _Story(session, found, {party.person: party.role for party in parties})
    told = [
        (at, rank, item["kind"] in ENDS, str(item["id"]), item)
        for rank, source in enumerate(SOURCES)
        for at, item in source(story)
    ]
    return [item for *_, item in sorted(told, key=lambda each: each[:4])]


def _enrolment(story: _Story) -> Iterator[tuple[datetime, Item]]:
    yield story.item(story.account.enrolled_at, "enrolled", story.account.id, "The account was enrolled")


def _past_contacts(story: _Story) -> Iterator[tuple[datetime, Item]]:
    rows = story.session.scalars(select(PastContact).where(PastContact.account == story.account.id))
    for row in rows:
        text = f"Before enrolment, as the lender reported: {worded(CHANNELS, row.channel)}, {worded({}, row.result)}"
        yield story.item(row.at, "past_contact", row.id, text, channel=row.channel, role=row.role, result=row.result)


def _events(story: _Story) -> Iterator[tuple[datetime, Item]]:
    for row in story.session.scalars(select(Event).where(Event.account == story.account.id)):
        by = "By a letter that was posted" if row.touch else "As the lender reported"
        text = f"{by}: {worded(EVENTS, row.kind)}"
        yield story.item(row.at, "event", row.id, text, event=row.kind, told_at=instant(row.told_at))


def _payments(story: _Story) -> Iterator[tuple[datetime, Item]]:
    for row in story.session.scalars(select(Payment).where(Payment.account == story.account.id)):
        what = "A payment was reversed" if row.reverses else "A payment was received"
        amount = wire(row.amount, row.currency)
        text = f"{what}: {amount['amount']} {row.currency}"
        yield story.item(
            row.recorded_at, "payment", row.id, text, amount=amount, received_at=instant(row.received_at),
            source=row.source, reverses=row.reverses,
        )  # fmt: skip


def _adjustments(story: _Story) -> Iterator[tuple[datetime, Item]]:
    adjusted = select(Entry).where(Entry.account == story.account.id, Entry.kind == "adjustment")
    for row in story.session.scalars(adjusted):
        amount = wire(row.amount, row.currency)
        text = f"The lender's books differ: {row.component} {write_amount(row.amount, row.currency)} {row.currency}"
        yield story.item(row.recorded_at, "adjustment", row.id, text, component=row.component, amount=amount)


def _stops(story: _Story) -> Iterator[tuple[datetime, Item]]:
    rows = story.session.scalars(
        select(Stop).where(
            or_(Stop.account == story.account.id, Stop.account.is_(None) & Stop.person.in_(story.persons))
        )
    )
    for row in rows:
        told = worded(STOPS, row.kind)
        whom = f" with the {story.who(row.person)}" if row.person else ""
        details = {"stop": row.kind, "until": None if row.until is None else instant(row.until), "via": row.via}
        yield story.item(row.at, "stop_placed", row.id, f"Contact{whom} stopped: {told}", **details)
        if row.lifted_at is not None:
            yield story.item(row.lifted_at, "stop_lifted", row.id, f"Stop of contact{whom} lifted: {told}", **details)


def _opt_outs(story: _Story) -> Iterator[tuple[datetime, Item]]:
    for row in story.session.scalars(select(Suppression).where(Suppression.person.in_(story.persons))):
        told = worded(SCOPES, row.scope)
        details = {"scope": row.scope, "channel": row.channel, "via": row.via}
        who = story.who(row.person).capitalize()
        yield story.item(row.at, "opted_out", row.id, f"{who} opted out of {told}", **details)
        if row.lifted_at is not None:
            yield story.item(row.lifted_at, "opted_in", row.id, f"{who} opted in again to {told}", **details)


def _replies(story: _Story) -> Iterator[tuple[datetime, Item]]:
    for row in story.session.scalars(select(Reply).where(Reply.account == story.account.id)):
        text = f"The {story.who(row.person)} {worded(READINGS, row.reading)}"
        yield story.item(
            row.at, "reply", row.id, text, channel=row.channel, reading=row.reading, needs_human=row.needs_human
        )


def _promises(story: _Story) -> Iterator[tuple[datetime, Item]]:
    for row in story.session.scalars(select(Promise).where(Promise.account == story.account.id)):
        amount, due = wire(row.amount, row.currency), civil(row.due_on)
        details = {"amount": amount, "due_on": row.due_on.isoformat(), "state": row.state}
        text = f"Promised {amount['amount']} {row.currency} for {due}"
        yield story.item(row.made_at, "promise", row.id, text, **details)
        if row.settled_at is not None:
            text = f"The promise for {due} is {worded(PROMISE_STATES, row.state)}"
            yield story.item(row.settled_at, "promise_settled", row.id, text, **details)


def _decisions(story: _Story) -> Iterator[tuple[datetime, Item]]:
    """Every decision that says something new: asked again for whatever reason, the same answer is told once."""
    # Column by column: the permit names what other lenders did, and the API's role cannot read it.
    columns = (
        Decision.id, Decision.at, Decision.kind, Decision.until, Decision.rule, Decision.reason, Decision.touch,
        Decision.own,
    )  # fmt: skip
    decided = select(*columns).where(Decision.account == story.account.id).order_by(Decision.at, Decision.id)
    before = None
    for row in story.session.execute(decided):
        text = words(row.rule, row.reason, own=row.own)
        said = (row.kind, row.rule, row.until, text, row.touch)
        if said != before:
            yield story.item(
                row.at, "decision", row.id, text, decision=row.kind, rule=row.rule or None,
                until=None if row.until is None else instant(row.until), touch=row.touch,
            )  # fmt: skip
        before = said


def _about(story: _Story) -> ColumnElement[bool]:
    """Touches that speak of the account, also those that another debt's cadence made."""
    return literal(story.account.id) == any_(Touch.accounts)


def _touches(story: _Story) -> Iterator[tuple[datetime, Item]]:
    for row in story.session.scalars(select(Touch).where(_about(story))):
        text = f"A {worded(CHANNELS, row.channel)} to the {worded({}, row.role)} was permitted and claimed"
        yield story.item(
            row.claimed_at, "touch", row.id, text, channel=row.channel, role=row.role, step=row.step, state=row.state
        )


def _receipts(story: _Story) -> Iterator[tuple[datetime, Item]]:
    rows = story.session.execute(
        select(Receipt, Touch.channel)
        .join(Touch, Touch.id == Receipt.touch)
        .where(Touch.account == story.account.id, Receipt.status != HINT)  # nobody vouches for a hint
    )
    for row, channel in rows:
        code = f" (code {row.code})" if row.code else ""
        text = (
            f"{worded(CHANNELS, channel).capitalize()}: {worded(RECEIPTS, row.source)} {worded({}, row.status)}{code}"
        )
        yield story.item(row.at, "receipt", row.id, text, touch=row.touch, status=row.status, code=row.code)


def _cases(story: _Story) -> Iterator[tuple[datetime, Item]]:
    for row in story.session.scalars(select(LegalCase).where(LegalCase.account == story.account.id)):
        yield story.item(row.opened_at, "case_opened", row.id, f"Handed to legal staff: {row.reason}", matter=row.kind)
        if row.closed_at is not None:
            yield story.item(row.closed_at, "case_closed", row.id, "The legal matter was closed", matter=row.kind)


def _closing(story: _Story) -> Iterator[tuple[datetime, Item]]:
    if story.account.closed_at is not None:
        text = f"The account was closed: {story.account.close_reason}"
        yield story.item(story.account.closed_at, "closed", story.account.id, text)


SOURCES: tuple[Source, ...] = (
    _past_contacts,
    _events,
    _enrolment,
    _payments,
    _adjustments,
    _stops,
    _opt_outs,
    _replies,
    _promises,
    _decisions,
    _touches,
    _receipts,
    _cases,
    _closing,
)
"""In the order in which they cause each other, for what happened at the same instant."""
