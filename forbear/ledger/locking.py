"""The order in which transactions take persons.

Everything that changes what may be said to a person (a claim, a payment, a stop, an opt-out) first locks the person
and everyone of the tenant who shares an address with them, by id. Two such transactions always have a row in common,
so one of them sees what the other committed.
"""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from forbear.ledger import routes
from forbear.ledger.tables.accounts import Party
from forbear.ledger.tables.people import Person


def lock_persons(session: Session, tenant: str, person_ids: Iterable[str]) -> list[str]:
    """Lock these persons and all who share an address with them until the transaction ends.

    Read facts only afterwards: what was read before may have changed while waiting.

    Returns:
        The ids that are locked now, in order; also those of other lenders.
    """
    wanted = routes.persons_sharing(session, person_ids)
    locked = select(Person.id).where(Person.tenant == tenant, Person.id.in_(wanted)).order_by(Person.id)
    # `key_share`: rows that merely refer to a person may be written meanwhile, or every foreign key would wait too.
    return list(session.scalars(locked.with_for_update(key_share=True)))


def lock_account(session: Session, tenant: str, account: str) -> list[str]:
    """Lock every party of an account and those who share an address with one of them."""
    parties = session.scalars(select(Party.person).where(Party.account == account)).all()
    return lock_persons(session, tenant, parties)
