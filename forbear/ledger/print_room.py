"""What the print room and its operators tell the record: what became of a letter, and where a lender's mail returns."""

from sqlalchemy import select, update

from forbear.errors import NotFound
from forbear.ledger import letters, routes
from forbear.ledger.addresses import PostalAddress
from forbear.ledger.engine import Ledger, make_engine, must_answer
from forbear.ledger.papers import POST
from forbear.ledger.tables.people import Lender
from forbear.ports.post import PostService, Tracked


def tell(ledger: Ledger, touch: str, news: Tracked) -> bool:
    """Store one piece of news about a letter; whether it was new.

    Raises:
        NotFound: this installation knows no such letter.
    """
    with ledger.anyone() as session:
        owner = routes.touch_owner(session, touch)
    if owner is None:
        raise NotFound("no such letter in this installation")
    tenant, lender = owner
    with ledger.api(tenant, lender) as session:
        return letters.learn(session, touch, [news], source="staff", at=ledger.clock.now(), provider_id=touch)


def set_sender(database_url: str, lender: str, address: PostalAddress, service: PostService) -> None:
    """Say where a lender's letters come back to, and how they travel; before that none of them goes out.

    Raises:
        NotFound: no such lender.
    """
    with must_answer(database_url), make_engine(database_url).begin() as connection:
        policy = connection.execute(select(Lender.policy).where(Lender.id == lender)).scalar_one_or_none()
        if policy is None:
            raise NotFound(f"No lender {lender}: add it first")
        told = {**policy, POST: {"address": address.model_dump(), "service": service}}
        connection.execute(update(Lender).where(Lender.id == lender).values(policy=told))
