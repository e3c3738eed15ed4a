"""What happened to an account, as its lender or a posted letter told it: the events that rules count from or wait for.

An event is told once and stays; the latest of a kind counts where a rule waits for so many days after it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from forbear.cadence.paper_events import told_by
from forbear.contracts.words import EventKind
from forbear.errors import Conflict
from forbear.ledger import audit, outbox
from forbear.ledger.ids import new_id
from forbear.ledger.locking import lock_account
from forbear.ledger.tables.accounts import Account, Event
from forbear.ledger.tables.contacts import Touch

MOST_EVENTS: Final = 200
"""Events of one account; nobody posts so many notices, but a program that loops soon would."""


@dataclass(frozen=True, slots=True)
class ToldEvent:
    """An event of the account; `new` unless it was known."""

    event: Event
    new: bool


def tell_event(session: Session, account: Account, kind: EventKind, *, at: datetime, now: datetime) -> ToldEvent:
    """Put an event down and wake the account; one of the same kind and instant is known already.

    Raises:
        Conflict: the account has as many events as one may have.
    """
    lock_account(session, account.tenant, account.id)
    known = events(session, account.id)
    same = next((each for each in known if (each.kind, each.at) == (kind, at)), None)
    if same is not None:
        return ToldEvent(same, new=False)
    if len(known) >= MOST_EVENTS:
        raise Conflict(f"This account has {MOST_EVENTS} events already")
    event = write_event(session, account, kind, at=at, now=now)
    outbox.tell(session, tenant=account.tenant, account=account.id, fact="event_told", at=now)
    return ToldEvent(event, new=True)


def tell_posted(session: Session, touch: Touch, *, at: datetime, now: datetime) -> bool:
    """Put down what a letter tells of its account by being posted; whether that was new. Its persons are locked.

    The limit on what a lender tells does not hold it back: it is one for each letter.
    """
    kind = told_by(touch.template)
    if kind is None:
        return False
    known = select(Event.id).where(
        Event.account == touch.account, Event.kind == kind, or_(Event.touch == touch.id, Event.at == at)
    )
    if session.scalars(known).first() is not None:
        return False
    write_event(session, session.get_one(Account, touch.account), kind, at=at, now=now, touch=touch.id)
    outbox.tell(session, tenant=touch.tenant, account=touch.account, fact="event_told", at=now)
    return True


def write_event(
    session: Session, account: Account, kind: EventKind, *, at: datetime, now: datetime, touch: str | None = None
) -> Event:
    """The row and its audit row."""
    event = Event(
        id=new_id("evt"), tenant=account.tenant, lender=account.lender, account=account.id, kind=kind, at=at,
        told_at=now, touch=touch,
    )  # fmt: skip
    session.add(event)
    session.flush()
    audit.note(
        session, tenant=account.tenant, lender=account.lender, account=account.id, kind="event_told",
        subject=event.id, at=now, written=event,
    )  # fmt: skip
    return event


def events(session: Session, account: str) -> Sequence[Event]:
    """The events of an account, in the order in which they happened."""
    return session.scalars(select(Event).where(Event.account == account).order_by(Event.at, Event.id)).all()
