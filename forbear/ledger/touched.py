"""How many open accounts the rules of some places reach, over all tenants: what a new version is about to touch."""

from collections.abc import Collection

from sqlalchemy import cast, distinct, func, select
from sqlalchemy.dialects.postgresql import ARRAY, array
from sqlalchemy.types import Text

from forbear.ledger.engine import make_engine, must_answer
from forbear.ledger.tables.accounts import Account, Party
from forbear.ledger.tables.people import Profile


def open_accounts(database_url: str, jurisdictions: Collection[str]) -> int:
    """Open accounts with a party of one of these places.

    Args:
        database_url: of the migrator, who sees every tenant.
        jurisdictions: names of packs.
    """
    if not jurisdictions:
        return 0
    there = Profile.jurisdictions.op("&&")(cast(array(sorted(jurisdictions)), ARRAY(Text)))
    counted = (
        select(func.count(distinct(Account.id)))
        .join(Party, Party.account == Account.id)
        .join(Profile, (Profile.person == Party.person) & (Profile.lender == Account.lender))
        .where(Account.state == "open", there)
    )
    with must_answer(database_url), make_engine(database_url).connect() as connection:
        return connection.execute(counted).scalar_one()
