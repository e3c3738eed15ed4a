"""The order in which transactions take persons.

Everything that changes what may be said to a person (a claim, a payment, a stop, an opt-out) first locks the person
and everyone of the tenant who shares an address with them, by id. Two such transactions always have a row in common,
so one of them sees what the other committed.
"""

from collections.abc import Iterable

from sqlalchemy import Text, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

# One round trip. The ids are an array, so that the planner goes by the key however many persons it takes a function to
# give. `no key update`: rows that merely refer to a person may be written meanwhile, or every foreign key would wait.
LOCK = """
    select person.id from person
    where person.tenant = :tenant and person.id = any (array(select person from persons_sharing({persons})))
    order by person.id for no key update of person
"""
PERSONS = text(LOCK.format(persons=":persons")).bindparams(bindparam("persons", type_=ARRAY(Text)))
PARTIES = text(LOCK.format(persons="array(select party.person from party where party.account = :account)"))


def lock_persons(session: Session, tenant: str, person_ids: Iterable[str]) -> list[str]:
    """Lock these persons and all who share an address with them until the transaction ends.

    Read facts only afterwards: what was read before may have changed while waiting.

    Returns:
        The ids that are locked now, in order; also those of other lenders.
    """
    return list(session.execute(PERSONS, {"tenant": tenant, "persons": sorted(set(person_ids))}).scalars())


def lock_account(session: Session, tenant: str, account: str) -> list[str]:
    """Lock every party of an account and those who share an address with one of them."""
    return list(session.execute(PARTIES, {"tenant": tenant, "account": account}).scalars())
