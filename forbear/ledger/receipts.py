"""Receipts of touches: what was learnt, append-only, and the state as a fold over it.

Receipts come doubled, late and in any order, from ourselves, from callbacks and from listings. The fold takes the
strongest one, so that order and repetition cannot matter and a late `sent` never undoes `delivered`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from types import MappingProxyType
from typing import Literal, cast

import structlog
from sqlalchemy import Select, Text, bindparam, exists, func, select
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.orm import Session

from forbear.contracts.words import TouchState
from forbear.errors import NotFound
from forbear.ledger import audit, freed, lessons, outbox, tasks
from forbear.ledger.ids import new_id
from forbear.ledger.tables.contacts import Receipt, Touch
from forbear.ledger.tables.tasks import Task

log = structlog.get_logger(__name__)

Source = Literal["ledger", "sender", "callback", "listing", "staff"]

HINT = "hinted"
STANDING: Mapping[str, tuple[int, TouchState]] = MappingProxyType(
    {
        # Somebody who signs nothing says there is news: a reason to ask the provider, and no more than that.
        HINT: (0, "claimed"),
        # Our own words. From `withheld` on, the touch was certainly not sent.
        "dispatching": (1, "dispatching"),
        "lost": (2, "unknown"),
        "withheld": (3, "failed"),
        "expired": (3, "failed"),
        "not_written": (3, "failed"),
        "refused": (3, "failed"),
        "absent": (3, "failed"),
        # The provider's words. Any of them proves that it has the message, whatever we concluded before.
        "queued": (4, "sent"),
        "accepted": (4, "sent"),
        "sending": (4, "sent"),
        "rendered": (4, "sent"),
        "canceled": (5, "failed"),
        "cancelled": (5, "failed"),
        "sent": (6, "sent"),
        "printed": (6, "sent"),
        "handed_over": (6, "sent"),
        "in_transit": (6, "sent"),
        "undelivered": (7, "undelivered"),
        "failed": (7, "undelivered"),
        "lost_in_post": (7, "undelivered"),
        "delivered": (8, "delivered"),
        "read": (8, "delivered"),
        # A call's: once it rang it was made, whoever takes it back then; busy and silence are attempts. So is one whose
        # end nobody told for so long that we gave it up.
        "initiated": (4, "sent"),
        "ringing": (6, "sent"),
        "busy": (7, "undelivered"),
        "no-answer": (7, "undelivered"),
        "given_up": (7, "undelivered"),
        "in-progress": (8, "delivered"),
        "answered": (8, "delivered"),
        "completed": (8, "delivered"),
        "signed": (9, "delivered"),
        # Plain mail is only taken to be delivered, and what comes back was even "delivered": to its sender.
        "returned": (10, "undelivered"),
        # What a person says who made the call or the visit.
        "not_reached": (7, "undelivered"),
        "reached": (8, "delivered"),
    }
)
"""How strong each status is, and the state it stands for. A provider's `failed` came after it took the message,
so it stays an attempt."""
LESS_THAN_SPOKEN = frozenset({"undelivered", "failed", "unknown"})
"""States in which a call no longer counts as a conversation, as it did under way."""
RANG_OUT = frozenset({"ringing", "canceled"})
OPEN_STATES = frozenset({"claimed", "dispatching", "unknown"})
RECEIPT = Receipt.metadata.tables["receipt"]
STATUSES = select(RECEIPT.c.status).where(RECEIPT.c.touch == bindparam("receipt_touch"))
LOCK = select(Touch).where(Touch.id == bindparam("touch")).with_for_update().execution_options(populate_existing=True)
"""Built once, as `_adding` is: a provider tells several things of every touch."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What the fold needs of a receipt."""

    status: str
    code: str | None = None
    provider_id: str | None = None


@dataclass(slots=True)
class Standing:
    """A touch as far as its receipts concern it, read without its model: whose it is, and what they move."""

    id: str
    tenant: str
    lender: str
    account: str
    person: str
    channel: str
    state: str
    provider_id: str | None
    code: str | None
    settled_at: datetime | None


def fold(statuses: Iterable[str]) -> TouchState:
    """The state that a touch's receipts add up to; without any it is `claimed`.

    A status nobody knows changes nothing. What was taken back while it rang is over, and was an attempt.
    """
    heard = set(statuses)
    if heard >= RANG_OUT:
        heard.add("no-answer")
    known = [STANDING[status] for status in heard if status in STANDING]
    return max(known, default=(0, cast("TouchState", "claimed")))[1]


def add_receipt(
    session: Session,
    *,
    touch_id: str,
    source: Source,
    status: str,
    provider_id: str | None = None,
    code: str | None = None,
    at: datetime,
    provider_at: datetime | None = None,
) -> TouchState:
    """Store a receipt, refold the touch and draw the consequences. The same receipt again changes nothing.

    Args:
        session: a transaction that may see the touch.
        touch_id: the touch.
        source: who learnt it.
        status: our own word or the provider's, see `STANDING`; others are stored and change nothing.
        provider_id: the provider's id of the message.
        code: the provider's error code, or our reason in words; nothing personal.
        at: when it reached us (world).
        provider_at: when it happened, by the provider's clock.

    Raises:
        NotFound: the session sees no such touch.
    """
    lessons.lock_ahead(session, touch_id, status, code)
    touch = lock_touch(session, touch_id)
    if touch is None:
        raise NotFound("no such touch")
    return receive(session, touch, source, Heard(status, code, provider_id), at, provider_at)


def receive(  # noqa: PLR0917  as `add_receipt`
    session: Session, touch: Touch, source: Source, news: Heard, at: datetime, provider_at: datetime | None = None
) -> TouchState:
    """The same for a touch that is locked already, and with it the persons whom a code may concern."""
    if news.status not in STANDING:
        log.warning("touch.unmapped_status", touch=touch.id, source=source, status=news.status)
    row = written(touch, source, news, at, provider_at)
    line = audited(touch, row)
    added, known = session.execute(_adding(), _named(row) | audit.as_values(line)).one()
    if not added:
        say_doubled(touch.id, source, news.status)
        return cast("TouchState", touch.state)
    return _refold(session, touch, news, fold([*known, news.status]), at)


def say_doubled(touch: str, source: Source, status: str) -> None:
    log.info("receipt.doubled", touch=touch, source=source, status=status)


def written(
    touch: Touch | Standing, source: Source, news: Heard, at: datetime, provider_at: datetime | None = None
) -> dict[str, object]:
    """A receipt's row."""
    return {
        "id": new_id("rcp"),
        "tenant": touch.tenant,
        "lender": touch.lender,
        "touch": touch.id,
        "source": source,
        "status": news.status,
        "provider_id": news.provider_id,
        "code": news.code,
        "at": at,
        "provider_at": provider_at,
    }


def audited(touch: Touch | Standing, row: Mapping[str, object]) -> audit.Line:
    """Its audit row."""
    return audit.line(
        tenant=touch.tenant,
        lender=touch.lender,
        account=touch.account,
        person=touch.person,
        kind="touch_receipt",
        subject=str(row["id"]),
        at=cast("datetime", row["at"]),
        written=row,
        table="receipt",
    )


@cache
def _adding() -> Select[bool, Sequence[str]]:
    """Store a receipt with its audit row, unless it is known, and tell what was known before it: one round trip.

    The touch's lock comes first, in a statement of its own: what this one sees is from when it began.
    """
    row = {each.name: bindparam(f"receipt_{each.name}", type_=each.type) for each in RECEIPT.columns}
    stored = insert(RECEIPT).values(row).on_conflict_do_nothing().returning(RECEIPT.c.id)
    added = stored.cte("added")
    known = func.array(STATUSES.scalar_subquery(), type_=ARRAY(Text))
    return select(exists(select(added.c.id)), known).add_cte(audit.noted_with(added))


def _named(row: Mapping[str, object]) -> dict[str, object]:
    return {f"receipt_{name}": value for name, value in row.items()}


def lock_touch(session: Session, touch_id: str) -> Touch | None:
    """The touch as it stands now, kept from others until the transaction ends."""
    return session.scalars(LOCK, {"touch": touch_id}).one_or_none()


def refolded(session: Session, touch_id: str) -> TouchState:
    """The state that the stored receipts add up to."""
    return fold(session.scalars(STATUSES, {"receipt_touch": touch_id}))


def move(touch: Touch | Standing, news: Heard, state: TouchState, at: datetime) -> bool:
    """Let a stored receipt move its touch, whose receipts now add up to a state; whether it decided that state."""
    before, touch.state = touch.state, state
    if touch.provider_id and news.provider_id and touch.provider_id != news.provider_id:
        log.error("touch.second_provider_id", touch=touch.id)
    decisive = news.status in STANDING and STANDING[news.status][1] == state
    if news.status in STANDING and not decisive:
        log.info("receipt.late", touch=touch.id, status=news.status, state=state)
    touch.provider_id = touch.provider_id or news.provider_id
    if decisive and news.code:
        touch.code = news.code
    if state not in OPEN_STATES:
        touch.settled_at = touch.settled_at or at
    if state != before:
        log.info("touch.state", touch=touch.id, before=before, state=state, status=news.status)
    return decisive


def _refold(session: Session, touch: Touch, news: Heard, state: TouchState, at: datetime) -> TouchState:
    before = touch.state
    decisive = move(touch, news, state, at)
    session.flush()
    if state != before:
        if before == "unknown":
            _help_no_more(session, touch, at)
        _tell(session, touch, before, news.status, at)
    if (decisive and state in {"undelivered", "failed"}) or lessons.binds(touch, news.status, news.code):
        lessons.learn(session, touch, news.status, news.code, at)
    return state


def _help_no_more(session: Session, touch: Touch, at: datetime) -> None:
    """What became of it is known now: nobody needs to find out any more."""
    asked = select(Task).where(Task.touch == touch.id, Task.kind == "unknown_touch", Task.state.in_(tasks.WAITING))
    if (task := session.scalars(asked.with_for_update()).first()) is not None:
        tasks.close(session, task, at, state="withdrawn", outcome="reconciled")


def _tell(session: Session, touch: Touch, before: str, status: str, at: datetime) -> None:
    """Wake the account where nobody else would: of everything else it hears from its own sender."""
    if touch.channel == "call" and touch.state in LESS_THAN_SPOKEN:
        fact = "touch_undelivered" if touch.state == "undelivered" else "touch_reconciled"
        freed.tell(session, touch, fact, at)
    elif touch.state == "undelivered":
        outbox.tell(session, tenant=touch.tenant, account=touch.account, fact="touch_undelivered", at=at)
    elif before == "unknown" or status == "expired":
        outbox.tell(session, tenant=touch.tenant, account=touch.account, fact="touch_reconciled", at=at)
