"""What the print room and its operators tell the record: what became of a letter, and where a lender's mail returns."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from typing import Final

from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from forbear.errors import BadInput, Conflict, NotFound
from forbear.ledger import letters, routes
from forbear.ledger.addresses import PostalAddress
from forbear.ledger.engine import Ledger, make_engine, must_answer
from forbear.ledger.letter_wanted import why_unwanted
from forbear.ledger.locking import lock_account
from forbear.ledger.papers import POST, zone_of
from forbear.ledger.receipts import lock_touch
from forbear.ledger.tables.contacts import Touch
from forbear.ledger.tables.letters import Letter
from forbear.ledger.tables.people import ContactPoint, Lender
from forbear.ports.post import PostService, Tracked
from forbear.rules.packs import Packs

TURN: Final = text("select pg_advisory_xact_lock(hashtextextended('forbear.tracking:' || :number, 0))")
KEEPS: Final = timedelta(days=7)
"""World time after which a letter is not printed any more: what it says is owed was posted so long ago."""


def tell(ledger: Ledger, touch: str, news: Tracked) -> bool:
    """Store one piece of news about a letter; whether it was new.

    Raises:
        NotFound: this installation knows no such letter.
    """
    tenant, lender = _owner(ledger, touch)
    with ledger.api(tenant, lender) as session:
        return letters.learn(session, touch, [news], source="staff", at=ledger.clock.now(), provider_id=touch)


def look_and_carry(ledger: Ledger, touch: str, packs: Packs, carry: Callable[[str | None], Tracked]) -> Tracked:
    """Ask whether a letter may be printed, and have it carried on accordingly before anything else can be committed.

    Args:
        ledger: the record.
        touch: the letter's.
        packs: the rules.
        carry: moves the letter, given what speaks against it or None; what it noted is given back.

    Raises:
        NotFound: this installation knows no such letter.
    """
    with _seen(ledger, touch) as (session, found):
        lock_account(session, found.tenant, found.account)
        held, letter = lock_touch(session, touch), letters.of_touch(session, touch)
        if held is None or letter is None:
            raise NotFound("no such letter in this installation")
        now = ledger.clock.now()
        if held.state == "failed":
            return carry("the record has it as not sent")
        if letter.made_at <= now - KEEPS:
            return carry(f"it waited more than {KEEPS.days} days: what it says may be true no longer")
        return carry(why_unwanted(session, held, packs, now))


def noon_of(ledger: Ledger, touch: str, day: date, posted_at: datetime) -> datetime:
    """The instant for which a civil date stands, where the letter's reader lives: noon, but within what is possible.

    Raises:
        BadInput: before the day on which it was given to the post, or after today.
        NotFound: this installation knows no such letter.
    """
    with _seen(ledger, touch) as (session, found):
        zone = zone_of(session.get_one(ContactPoint, found.contact_point))
    now = ledger.clock.now()
    if not posted_at.astimezone(zone).date() <= day <= now.astimezone(zone).date():
        raise BadInput("--on", "is before the letter was posted, or after today", "Give the date on the receipt")
    return min(max(datetime.combine(day, time(12), zone), posted_at), now)


@contextmanager
def number_of(ledger: Ledger, touch: str, number: str) -> Generator[None]:
    """Keep a tracking number for one letter while it is entered: another room that has it too waits, and is refused.

    The lock spans what is written within, on the shelf and in the record, because numbers are compared across tenants
    and so in other transactions than the one that writes.

    Raises:
        Conflict: another letter has it.
    """
    with ledger.anyone() as held:
        held.execute(TURN, {"number": number})
        with ledger.worker() as session:
            tenants = routes.tenants(session)
        for tenant in tenants:
            with ledger.worker(tenant) as session:
                taken = select(Letter.id).where(Letter.tracking_number == number, Letter.touch != touch)
                if session.scalar(taken.limit(1)) is not None:
                    raise Conflict("another letter has this tracking number: look at both receipts")
        yield


def _owner(ledger: Ledger, touch: str) -> tuple[str, str]:
    with ledger.anyone() as session:
        owner = routes.touch_owner(session, touch)
    if owner is None:
        raise NotFound("no such letter in this installation")
    return owner


@contextmanager
def _seen(ledger: Ledger, touch: str) -> Generator[tuple[Session, Touch]]:
    """A transaction that sees all lenders of the letter's tenant, and its touch."""
    tenant, _ = _owner(ledger, touch)
    with ledger.worker(tenant) as session:
        yield session, session.get_one(Touch, touch)


def set_sender(database_url: str, lender: str, address: PostalAddress, service: PostService) -> str:
    """Say where a lender's letters come back to, and how they travel; before that none goes out. Returns its name.

    Raises:
        NotFound: no such lender.
    """
    with must_answer(database_url), make_engine(database_url).begin() as connection:
        known = connection.execute(select(Lender.policy, Lender.name).where(Lender.id == lender)).one_or_none()
        if known is None:
            raise NotFound(f"No lender {lender}: add it first")
        policy, name = known
        told = {**policy, POST: {"address": address.model_dump(), "service": service}}
        connection.execute(update(Lender).where(Lender.id == lender).values(policy=told))
    return name
