"""The outbox: a fact for an account's workflow, written in the fact's own transaction and delivered by the relay.

It holds ids and the fact's name, nothing else; a row that names a case is for that case's workflow. Listeners on the
channel `forbear_outbox` hear of it on commit.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import BigInteger, Text, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from forbear.contracts.words import Fact

CHANNEL = "forbear_outbox"
# One statement: the part in `with` runs although nothing reads it.
TELL = text(
    "with told as (insert into outbox (tenant, account, fact, at) values (:tenant, :account, :fact, :at)) "
    "select pg_notify('forbear_outbox', '')"
)
TELL_CASE = text(
    "with told as (insert into outbox (tenant, account, legal_case, fact, at) "
    "values (:tenant, :account, :case, :fact, :at)) select pg_notify('forbear_outbox', '')"
)
TELL_ALL = text("select tell_accounts_of(:persons, :fact, :at)").bindparams(bindparam("persons", type_=ARRAY(Text)))
WAITING = text(
    "select id, tenant, account, fact, coalesce(legal_case, '') from outbox where delivered_at is null "
    "order by id limit :limit for update skip locked"
)
DELIVERED = text("update outbox set delivered_at = :at where id = any(:ids)").bindparams(
    bindparam("ids", type_=ARRAY(BigInteger))
)


class Told(NamedTuple):
    """One undelivered fact."""

    id: int
    tenant: str
    account: str
    fact: str
    case: str


def tell(session: Session, *, tenant: str, account: str, fact: Fact, at: datetime) -> None:
    """Write a fact for an account and wake the relay when the transaction commits."""
    session.execute(TELL, {"tenant": tenant, "account": account, "fact": fact, "at": at})


def tell_case(session: Session, *, tenant: str, account: str, case: str, fact: Fact, at: datetime) -> None:
    """Write a fact for one case alone, and wake the relay when the transaction commits."""
    session.execute(TELL_CASE, {"tenant": tenant, "account": account, "case": case, "fact": fact, "at": at})


def tell_accounts_of(session: Session, *, persons: Iterable[str], fact: Fact, at: datetime) -> int:
    """Tell every open account of the present tenant, whichever lender's, in which one of these persons is a party.

    Returns:
        How many accounts were told; which ones stays with the database.
    """
    told = session.execute(TELL_ALL, {"persons": sorted(set(persons)), "fact": fact, "at": at})
    return int(told.scalar_one())


def waiting(session: Session, limit: int) -> Sequence[Told]:
    """The oldest undelivered facts, locked until the transaction ends; another relay passes over them."""
    return [Told(*row) for row in session.execute(WAITING, {"limit": limit})]


def delivered(session: Session, ids: Iterable[int], at: datetime) -> None:
    """Mark facts as delivered."""
    chosen = sorted(ids)
    if chosen:
        session.execute(DELIVERED, {"ids": chosen, "at": at})
