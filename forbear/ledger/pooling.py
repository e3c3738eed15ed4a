"""What an operator does to a lender's pool of senders: adds one, sets its pace, retires it."""

from decimal import Decimal, InvalidOperation

from sqlalchemy import select, update

from forbear.errors import BadInput, Conflict, NotFound
from forbear.ledger import incidents, senders
from forbear.ledger.engine import Ledger
from forbear.ledger.tables.people import Lender
from forbear.ledger.tables.senders import Sender


def add(
    ledger: Ledger, tenant: str, lender: str, address: str, *, provider: str = "twilio", pace: str | None = None
) -> None:
    """Put a sender into a lender's pool, or change its pace; the lender's first one joins the pool with it.

    Raises:
        NotFound: no such lender of the tenant.
        Conflict: the sender is another lender's, and replies could not be told apart.
        BadInput: the pace is no number above zero.
    """
    rate = senders.pace_of(address) if pace is None else _pace(pace)
    now = ledger.clock.now()
    with ledger.staff(tenant) as session:
        owner = session.get(Lender, lender)
        if owner is None:
            raise NotFound(f"No lender {lender} of this tenant")
        if session.scalar(select(Lender.id).where(Lender.sender == address, Lender.id != lender)) is not None:
            raise Conflict("This sender belongs to another lender: give each lender its own")
        senders.enlist(session, owner, owner.sender, provider, now)
        senders.enlist(session, owner, address, provider, now)
        mine = update(Sender).where(Sender.address == address, Sender.lender == lender)
        changed = session.execute(mine.values(segments_per_second=rate, retired_at=None).returning(Sender.id)).first()
        if changed is None:
            raise Conflict("This sender belongs to another lender: give each lender its own")
        incidents.supplied(session, lender, "operator", now)


def retire(ledger: Ledger, tenant: str, address: str) -> None:
    """Send nothing more by a sender; replies to it still find the lender.

    Raises:
        NotFound: the tenant has no such sender.
    """
    with ledger.staff(tenant) as session:
        gone = update(Sender).where(Sender.address == address, Sender.retired_at.is_(None))
        if session.execute(gone.values(retired_at=ledger.clock.now()).returning(Sender.id)).first() is None:
            raise NotFound("No such sender, or it was retired before")


def _pace(given: str) -> Decimal:
    try:
        rate = Decimal(given)
    except InvalidOperation:
        rate = Decimal(0)
    if not rate.is_finite() or rate <= 0:
        raise BadInput("pace", f"{given!r} is no number above zero", "Give segments per second, such as 1 or 0.5.")
    return rate
