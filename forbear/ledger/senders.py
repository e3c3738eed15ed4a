"""Where a lender's next text may come from, and when: pools of senders, each at its own pace in segments per second.

A call goes out from a plain number of the same pool; what paces it is the carrier's queue.

One row per sender holds its place in time. A claim moves it on in the claim's own transaction, so that the pace holds
over any number of workers; who finds every sender busy gets a place in the line and rests until then. So little waits
at the provider that nothing waits there beyond its window. All instants are world time.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from sqlalchemy import ColumnElement, Interval, and_, cast, exists, func, literal, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from forbear.cadence import decision as cadence
from forbear.cadence.steps import CALL_ROUTE
from forbear.ledger.ids import new_id
from forbear.ledger.tables.contacts import Touch
from forbear.ledger.tables.people import Lender
from forbear.ledger.tables.senders import Sender

BUSY: Final = "SENDER.BUSY"
NONE: Final = "SENDER.NONE"
BACKED_OFF: Final = "SENDER.BACKOFF"
BACKLOG: Final = timedelta(seconds=30)
"""So much may wait at the provider: less than a claim keeps free before its window closes (`claims.GUARD`)."""
UNTIL_ADDED: Final = timedelta(days=1)
"""World time after which to look whether the lender has a sender again."""
PACES: Final[tuple[tuple[re.Pattern[str], str], ...]] = (
    (re.compile(r"MG[0-9a-fA-F]{32}"), "1"),
    (re.compile(r"\+1(?:800|833|844|855|866|877|888)\d{7}"), "3"),
    (re.compile(r"\+\d{6,15}"), "1"),
    (re.compile(r"\d{5,6}"), "10"),
)
"""Segments per second of a Messaging Service with one number, a toll-free, a long and a short number, until an operator
says what the account really has."""
VOICE: Final = re.compile(r"\+\d{6,15}")
"""What can call: a service, a short code and a signature cannot."""
SIGNATURE_PACE: Final = "100"
"""Of a signature, whose provider paces by the receiving number."""
FULL, CROWDED = (timedelta(minutes=15), timedelta(hours=4)), (timedelta(seconds=1), timedelta(seconds=30))
"""First and longest silence after a queue that is full, and after too many requests at once; it doubles between."""
CROWDED_CODES: Final = frozenset({"429", "20429", "throttled"})


def pace_of(address: str) -> Decimal:
    """What a sender of this form can be trusted to send in a second."""
    return Decimal(next((pace for form, pace in PACES if form.fullmatch(address)), SIGNATURE_PACE))


def seat(
    session: Session, lender: Lender, contact: cadence.Contact, now: datetime, *, costs: Mapping[str, int]
) -> str | cadence.Rest:
    """Take a sender's next place for a text, or say until when to wait for one.

    Args:
        session: the transaction of the claim.
        lender: whose text it is.
        contact: what is about to be claimed.
        now: world instant.
        costs: the most segments of each template.
    """
    pool = _pool(session, lender, contact.provider, now)
    if not pool:
        return none_left(contact, now)
    free = [each for each in pool if each.held_until is None or each.held_until <= now]
    if not free:
        first = min(pool, key=lambda each: each.held_until or now)
        why = f"the provider asked to leave every sender alone for a while (code {first.held_code})"
        return rest(contact, max(first.held_until or now, now), why, BACKED_OFF)
    known = _known(session, contact, free)
    for sender in sorted(free, key=lambda each: (each.address != known, max(each.free_at, now), each.address)):
        cost = _cost(costs.get(contact.template, 1), sender)
        if _taken(session, sender, cost, contact.window_closes, now):
            return sender.address
    shortest = min(free, key=lambda each: (each.line_at, each.address))
    until = _in_line(session, shortest, _cost(costs.get(contact.template, 1), shortest), now)
    return rest(contact, until, "every sender is busy: this text has its place in the line", BUSY)


def caller(session: Session, lender: Lender, contact: cadence.Contact) -> str | None:
    """The number that a call goes out from; None where every one of the lender was retired or none can call.

    It is the one that reached the person last, else the lender's own.
    """
    theirs = _theirs(session, lender, contact.provider)
    retired = {each.address for each in theirs if each.retired_at is not None}
    able = {each for each in (lender.sender, *(one.address for one in theirs)) if VOICE.fullmatch(each)} - retired
    if not able:
        return None
    known = _last(session, contact, Touch.channel.in_(("call", "sms")), Touch.sender.in_(able), Touch.task.is_(None))
    return known or min(able, key=lambda each: (each != lender.sender, each))


def able_to_call() -> ColumnElement[bool]:
    """Whether `caller` finds a number, as a column of a statement that reads a lender."""
    form = f"^(?:{VOICE.pattern})$"
    mine = exists().where(Sender.lender == Lender.id).correlate(Lender)
    ours = or_(Sender.provider == CALL_ROUTE, Sender.address == Lender.sender)
    pooled = mine.where(ours, Sender.retired_at.is_(None), Sender.address.regexp_match(form))
    return or_(pooled, and_(Lender.sender.regexp_match(form), ~mine.where(Sender.address == Lender.sender)))


def back_off(session: Session, touch: Touch, code: str, at: datetime) -> None:
    """Leave a touch's sender alone for a while, each time for longer; what comes meanwhile changes nothing."""
    first, longest = CROWDED if code in CROWDED_CODES else FULL
    strikes = select(Sender.strikes, Sender.held_until).where(Sender.address == touch.sender)
    row = session.execute(strikes.with_for_update()).one_or_none()
    if row is None or (row.held_until is not None and row.held_until > at):
        return
    again = row.held_until is not None and row.held_until + longest > at
    count = row.strikes + 1 if again else 1
    until = at + min(first * 2 ** min(count - 1, 16), longest)
    held = update(Sender).where(Sender.address == touch.sender)
    session.execute(held.values(held_until=until, held_code=code, strikes=count))


def enlist(session: Session, lender: Lender, address: str, provider: str, now: datetime) -> None:
    """Put a sender into its lender's pool, at the pace of its form; one that is there stays as it is."""
    row = {
        "id": new_id("snd"),
        "tenant": lender.tenant,
        "lender": lender.id,
        "address": address,
        "provider": provider,
        "segments_per_second": pace_of(address),
        "free_at": now,
        "line_at": now,
        "created_at": now,
    }
    session.execute(insert(Sender).values(row).on_conflict_do_nothing())


def _pool(session: Session, lender: Lender, provider: str, now: datetime) -> Sequence[Sender]:
    """The lender's senders on a route that were not retired; the one it was added with is there from the start."""
    pool = _theirs(session, lender, provider)
    if not any(each.address == lender.sender for each in pool):
        enlist(session, lender, lender.sender, provider, now)
        pool = _theirs(session, lender, provider)
    return [each for each in pool if each.retired_at is None]


def _theirs(session: Session, lender: Lender, provider: str) -> Sequence[Sender]:
    """Every row of the lender's senders on a route, retired ones too."""
    rows = (
        select(Sender)
        .where(Sender.lender == lender.id, or_(Sender.provider == provider, Sender.address == lender.sender))
        .order_by(Sender.address)
        .execution_options(populate_existing=True)
    )
    return session.scalars(rows).all()


def _known(session: Session, contact: cadence.Contact, pool: Sequence[Sender]) -> str | None:
    """The sender that the person knows: a number that changes with each text looks like a fraud."""
    return pool[0].address if len(pool) == 1 else _last(session, contact, Touch.channel == "sms")


def _last(session: Session, contact: cadence.Contact, *of: ColumnElement[bool]) -> str | None:
    """The sender of the last touch of this kind that the contact point was reached by."""
    last = (
        select(Touch.sender)
        .where(Touch.contact_point == contact.point, Touch.state != "failed", *of)
        .order_by(Touch.claimed_at.desc(), Touch.id.desc())
        .limit(1)
    )
    return session.scalar(last)


def _cost(segments: int, sender: Sender) -> timedelta:
    return timedelta(seconds=float(segments / sender.segments_per_second))


def _taken(session: Session, sender: Sender, cost: timedelta, closes: datetime | None, now: datetime) -> bool:
    """Move the sender on, if so little waits there that this text goes out at once and inside its window."""
    begins = func.greatest(Sender.free_at, now)
    room = [Sender.id == sender.id, Sender.free_at <= now + BACKLOG]
    if closes is not None:
        room.append(begins + cast(literal(cost), Interval) <= closes)
    moved = update(Sender).where(*room).values(free_at=begins + cast(literal(cost), Interval)).returning(Sender.id)
    return session.scalar(moved) is not None


def _in_line(session: Session, sender: Sender, cost: timedelta, now: datetime) -> datetime:
    """The next place in a busy sender's line: everybody gets another, so that not all come back at once."""
    begins = func.greatest(Sender.line_at, Sender.free_at - cast(literal(BACKLOG), Interval), now)
    placed = update(Sender).where(Sender.id == sender.id).values(line_at=begins + cast(literal(cost), Interval))
    return session.execute(placed.returning(Sender.line_at)).scalar_one()


def none_left(contact: cadence.Contact, now: datetime) -> cadence.Rest:
    """What the lender has no sender for waits until somebody gives it one."""
    what = "no number of the lender can call" if contact.channel == "call" else "every sender of the lender was retired"
    return rest(contact, now + UNTIL_ADDED, f"{what}: add one to its pool", NONE)


def rest(contact: cadence.Contact, until: datetime, why: str, rule: str) -> cadence.Rest:
    """What may go, and for which there is no way out now."""
    return cadence.Rest(until, why, rule, contact.permit, contact.stage, contact.question)
