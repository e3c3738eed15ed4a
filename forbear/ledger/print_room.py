"""What people of the print room enter about a letter, told to the record as staff's news of it."""

from forbear.errors import NotFound
from forbear.ledger import letters, routes
from forbear.ledger.engine import Ledger
from forbear.ports.post import Tracked


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
