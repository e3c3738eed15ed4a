"""The statements behind a `Life`, each one round trip; what nobody has, promises or other debts, is not asked for.

Row-level security keeps them inside the tenant; what belongs to one lender only says so in its condition. Every
statement orders its rows, so that the same facts always make the same life. What every decision asks is built once and
takes lists as one value each: building a union anew, or once for each length of a list, costs as much as the answer.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from decimal import Decimal
from functools import cache
from typing import Any, Final, NamedTuple

from sqlalchemy import (
    ARRAY,
    Integer,
    Row,
    Text,
    and_,
    any_,
    bindparam,
    cast,
    exists,
    func,
    literal,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import Session, aliased
from sqlalchemy.sql.elements import ColumnElement

from forbear.cadence.steps import AFTER_REPAYMENT
from forbear.ledger import senders
from forbear.ledger.owed import owed_on
from forbear.ledger.said_rows import ACCOUNT, INSTANT, KEYS, LENDER, PERSONS, Rows, Statement, none, words
from forbear.ledger.tables.accounts import Account, Entry, LegalCase, LoanTerms, Party, Promise, Stop
from forbear.ledger.tables.contacts import Decision, PastContact, Suppression, Touch
from forbear.ledger.tables.people import ContactPoint, Lender, Profile
from forbear.ledger.tables.senders import Incident
from forbear.ledger.tables.tasks import Task

SINCE = bindparam("since", type_=INSTANT)
NOBODY_ASKED: Final = ("", -1)


def balance_of(account: Any) -> ColumnElement[Decimal]:
    """The sum of an account's entries, as a column."""
    total = select(func.coalesce(func.sum(Entry.amount), 0)).where(Entry.account == account)
    return total.correlate_except(Entry).scalar_subquery()


class Found(NamedTuple):
    """An account, with what its lender and everybody's next look at it need to know first.

    Attributes:
        balance: what was booked.
        case: its open legal case.
        held: whether a way out of its lender is held.
        promised: whether a promise was ever made of it.
        rivalled: whether its borrower has other open accounts.
        calling: whether its lender has a number that can call.
        answer: the stored answer to the question that was asked about it.
        grows: whether terms were told of it, so that `balance` is what was booked and not all that is owed.
    """

    account: Account
    lender: Lender
    balance: Decimal
    case: str | None
    held: bool
    promised: bool
    rivalled: bool
    calling: bool
    answer: dict[str, Any] | None
    grows: bool


def account(session: Session, account_id: str, asked: tuple[str, int] = NOBODY_ASKED) -> Found | None:
    """The account as it stands; `asked` are run and number of a question that may have been answered before."""
    values = {"account": account_id, "run": asked[0], "number": asked[1]}
    found = session.execute(_account(), values).one_or_none()
    return None if found is None else Found(*found)


@cache
def _account() -> Statement:
    case = (
        select(func.min(LegalCase.id))
        .where(
            LegalCase.account == Account.id,
            LegalCase.closed_at.is_(None),
            # What a guarantor claims back is no matter of the lender's: it leaves the rest of the debt to nobody.
            LegalCase.arose_from.is_(None),
            LegalCase.kind.not_in(words(*sorted(AFTER_REPAYMENT))),
        )
        .correlate(Account)
        .scalar_subquery()
    )
    held = exists().where(
        Incident.lender == Account.lender, Incident.released_at.is_(None), Incident.kind.in_(words("template", "route"))
    )
    promised = exists().where(Promise.account == Account.id)
    other = aliased(Account)
    rivalled = exists().where(other.borrower == Account.borrower, other.id != Account.id, other.state == "open")
    answer = select(Decision.answer).where(
        Decision.account == ACCOUNT,
        Decision.run == bindparam("run", type_=Text),
        Decision.number == bindparam("number", type_=Integer),
    )
    about = (held, promised, rivalled)
    return (
        select(
            Account,
            Lender,
            balance_of(Account.id),
            case,
            *(each.correlate(Account) for each in about),
            senders.able_to_call(),
            answer.scalar_subquery(),
            _grows(),
        )
        .join(Lender, Lender.id == Account.lender)
        .where(Account.id == ACCOUNT)
        .execution_options(populate_existing=True)
    )


def _grows() -> ColumnElement[bool]:
    return exists().where(LoanTerms.account == Account.id).correlate(Account)


def owed(session: Session, found: Found, now: datetime) -> Decimal:
    """All that is owed on an account: without terms what was booked."""
    return owed_on(session, found.account, now).total if found.grows else found.balance


def people(session: Session, account_id: str) -> Sequence[Row[Any]]:
    """The persons of the account with what its lender told of each, once for each contact point of theirs.

    Points are as every lender of the tenant knows them: foreign ones count only as shared addresses.
    """
    return session.execute(_people(), {"account": account_id}).all()


@cache
def _people() -> Statement:
    same = and_(Profile.lender == Party.lender, Profile.person == Party.person)
    return (
        select(
            Party.id.label("party"),
            Party.person,
            Party.role,
            Profile.language,
            Profile.jurisdictions,
            Profile.circumstances,
            ContactPoint.id.label("point"),
            ContactPoint.lender.label("told_by"),
            ContactPoint.kind,
            ContactPoint.address_key,
            ContactPoint.place,
            ContactPoint.state,
            ContactPoint.zone,
            ContactPoint.zone_evidence,
            ContactPoint.country,
            ContactPoint.clues,
        )
        .outerjoin(Profile, same)
        .outerjoin(ContactPoint, ContactPoint.person == Party.person)
        .where(Party.account == ACCOUNT)
        .order_by(Party.role, Party.id, ContactPoint.created_at, ContactPoint.id)
    )


def history(
    session: Session, account_id: str, persons: Collection[str], keys: Collection[bytes], since: datetime
) -> Rows:
    """Touches and reported contacts since an instant; those of the account itself from its beginning."""
    asked = {"account": account_id, "persons": list(persons), "keys": list(keys), "since": since}
    return session.execute(_history(), asked).mappings().all()


@cache
def _history() -> Statement:
    own = or_(Touch.account == ACCOUNT, any_(Touch.accounts) == ACCOUNT)
    given_up = exists().where(Task.touch == Touch.id, Task.kind == "unknown_touch", Task.state == "done")
    touched = select(
        Touch.id,
        Touch.lender,
        Touch.person,
        func.coalesce(Touch.dispatched_at, Touch.claimed_at).label("at"),
        Touch.channel,
        Touch.role,
        Touch.state,
        Touch.address_key,
        Touch.place,
        Touch.account,
        Touch.accounts,
        Touch.step,
        Touch.result,
        Touch.purpose,
        Touch.task,
        given_up.label("given_up"),
    ).where(
        or_(Touch.person == PERSONS, Touch.address_key == KEYS),
        or_(Touch.claimed_at >= SINCE, own),
    )
    reported = select(
        PastContact.id,
        PastContact.lender,
        PastContact.person,
        PastContact.at,
        PastContact.channel,
        PastContact.role,
        literal("delivered"),
        PastContact.address_key,
        PastContact.place,
        PastContact.account,
        cast(func.array_append(cast([], ARRAY(Text)), PastContact.account), ARRAY(Text)),
        none("step"),
        PastContact.result,
        literal("reminder"),
        none("task"),
        literal(value=False),
    ).where(
        or_(PastContact.person == PERSONS, PastContact.address_key == KEYS),
        PastContact.at >= SINCE,
    )
    return _ordered(touched, reported)


def promises(session: Session, account_id: str) -> Sequence[Promise]:
    return session.scalars(_promises(), {"account": account_id}).all()


@cache
def _promises() -> Statement:
    statement = select(Promise).where(Promise.account == ACCOUNT).order_by(Promise.made_at, Promise.id)
    return statement.execution_options(populate_existing=True)


def rivals(session: Session, account_id: str, borrower: str, now: datetime) -> list[dict[str, Any]]:
    """The borrower's other open accounts on which something is owed, with what may keep each of them silent."""
    found = session.execute(_rivals(), {"account": account_id, "borrower": borrower}).mappings().all()
    rows = [dict(row) for row in found]
    for row in rows:
        if row["grows"]:
            row["amount"] = owed_on(session, session.get_one(Account, row["id"]), now).total
    return [row for row in rows if row["amount"] > 0]


@cache
def _rivals() -> Statement:
    promised = exists().where(Promise.account == Account.id, Promise.state == "open").correlate(Account)
    owed = balance_of(Account.id)
    return (
        select(
            Account.id,
            Account.lender,
            Account.stage,
            Account.currency,
            Account.due_since,
            Account.next_rule,
            owed.label("amount"),
            promised.label("promised"),
            _grows().label("grows"),
            Decision.permit["verdict"].astext.label("verdict"),
        )
        .outerjoin(Decision, Decision.id == Account.next_permit)
        .where(Account.borrower == bindparam("borrower"), Account.id != ACCOUNT, Account.state == "open")
        .order_by(Account.id)
    )


def shared(session: Session, account: Account) -> bool:
    """Whether another lender of the tenant knows one of the account's persons, or heard from their addresses."""
    return session.execute(_shared(), {"account": account.id, "lender": account.lender}).scalar_one()


@cache
def _shared() -> Statement:
    theirs, ours, elsewhere = aliased(ContactPoint), aliased(ContactPoint), aliased(Party)
    persons = select(Party.person).where(Party.account == ACCOUNT)
    keys = select(ours.address_key).where(ours.person.in_(persons))
    others = (
        select(literal(1)).where(elsewhere.person.in_(persons), elsewhere.lender != LENDER),
        select(literal(1)).select_from(theirs).where(theirs.address_key.in_(keys), theirs.lender != LENDER),
        select(literal(1)).where(Suppression.address_key.in_(keys), Suppression.lender.is_distinct_from(LENDER)),
        select(literal(1)).where(Stop.address_key.in_(keys), Stop.lender != LENDER),
    )
    return select(or_(*(exists(each) for each in others)))


def _ordered(*parts: Any) -> Statement:
    """All parts of a union, in the order in which things happened."""
    whole = union_all(*parts).subquery()
    return select(whole).order_by(whole.c.at, whole.c.id)
