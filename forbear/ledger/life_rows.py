"""The statements behind a `Life`: one for each kind of fact, each one round trip.

Row-level security keeps them inside the tenant; what belongs to one lender only says so in its condition. Every
statement orders its rows, so that the same facts always make the same life. What every decision asks
is built once: building a union anew costs as much as the database takes to answer it.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from decimal import Decimal
from functools import cache
from typing import Any

from sqlalchemy import (
    ARRAY,
    DateTime,
    LargeBinary,
    Select,
    Text,
    and_,
    any_,
    bindparam,
    cast,
    exists,
    func,
    literal,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import RowMapping
from sqlalchemy.orm import Session, aliased
from sqlalchemy.sql.elements import ColumnElement, Label

from forbear.cadence.steps import AFTER_REPAYMENT
from forbear.ledger.tables.accounts import Account, Entry, Event, LegalCase, Party, Promise, Stop
from forbear.ledger.tables.calls import Call, CallStep
from forbear.ledger.tables.contacts import Decision, PastContact, Suppression, Touch
from forbear.ledger.tables.letters import ServiceProof
from forbear.ledger.tables.people import Agreement, Consent, ContactPoint, Lender, Profile
from forbear.ledger.tables.senders import Incident
from forbear.ledger.tables.tasks import Task
from forbear.ledger.tables.visits import HandedOver

Rows = Sequence[RowMapping]
Statement = Select[*tuple[Any, ...]]
ACCOUNT = bindparam("account", type_=Text)
LENDER = bindparam("lender", type_=Text)
PERSONS = bindparam("persons", type_=Text, expanding=True)
KEYS = bindparam("keys", type_=LargeBinary, expanding=True)
NOW = bindparam("now", type_=DateTime(timezone=True))
SEEN_TASKS = ("open", "taken", "done", "declined")
"""What was taken back or ran out is as if it had never been asked for."""
SINCE = bindparam("since", type_=DateTime(timezone=True))


def none(name: str, kind: Any = Text) -> Label[Any]:
    """A column that one side of a union does not have."""
    return cast(null(), kind).label(name)


def balance_of(account: Any) -> ColumnElement[Decimal]:
    """The sum of an account's entries, as a column."""
    total = select(func.coalesce(func.sum(Entry.amount), 0)).where(Entry.account == account)
    return total.correlate_except(Entry).scalar_subquery()


Found = tuple[Account, Lender, Decimal, str | None, bool]


def account(session: Session, account_id: str) -> Found | None:
    """The account, its lender, what is owed, its open legal case, and whether a way out of the lender is held."""
    found = session.execute(_account(), {"account": account_id}).one_or_none()
    return None if found is None else (found[0], found[1], found[2], found[3], found[4])


@cache
def _account() -> Statement:
    case = (
        select(func.min(LegalCase.id))
        .where(LegalCase.account == Account.id, LegalCase.closed_at.is_(None), LegalCase.kind.not_in(AFTER_REPAYMENT))
        .correlate(Account)
        .scalar_subquery()
    )
    held = exists().where(
        Incident.lender == Account.lender, Incident.released_at.is_(None), Incident.kind.in_(("template", "route"))
    )
    return (
        select(Account, Lender, balance_of(Account.id), case, held.correlate(Account))
        .join(Lender, Lender.id == Account.lender)
        .where(Account.id == ACCOUNT)
        .execution_options(populate_existing=True)
    )


def parties(session: Session, account_id: str) -> Rows:
    """The persons of the account with what its lender told of each."""
    return session.execute(_parties(), {"account": account_id}).mappings().all()


@cache
def _parties() -> Statement:
    same = and_(Profile.lender == Party.lender, Profile.person == Party.person)
    return (
        select(Party.person, Party.role, Profile.language, Profile.jurisdictions, Profile.circumstances)
        .outerjoin(Profile, same)
        .where(Party.account == ACCOUNT)
        .order_by(Party.role, Party.id)
    )


def points(session: Session, persons: Collection[str]) -> Sequence[ContactPoint]:
    """Contact points as every lender of the tenant knows them: foreign ones count only as shared addresses."""
    return session.scalars(_points(), {"persons": list(persons)}).all()


@cache
def _points() -> Statement:
    statement = select(ContactPoint).where(ContactPoint.person.in_(PERSONS))
    ordered = statement.order_by(ContactPoint.created_at, ContactPoint.id)
    return ordered.execution_options(populate_existing=True)


def agreements(session: Session, account: Account, persons: Collection[str]) -> Rows:
    """Consents and agreements given to the lender, what it told and people were asked, and what proves a service."""
    asked = {"account": account.id, "lender": account.lender, "persons": list(persons)}
    return session.execute(_agreements(), asked).mappings().all()


@cache
def _agreements() -> Statement:
    consents = select(
        literal("consent").label("what"),
        Consent.id,
        Consent.person,
        Consent.channel.label("kind"),
        Consent.contact_point,
        Consent.at,
        Consent.revoked_at,
        none("terms", JSONB),
        Consent.how,
    ).where(Consent.lender == LENDER, Consent.person.in_(PERSONS))
    agreed = select(
        literal("agreement"),
        Agreement.id,
        Agreement.person,
        Agreement.kind,
        none("contact_point"),
        Agreement.at,
        none("revoked_at", DateTime(timezone=True)),
        Agreement.terms,
        none("how"),
    ).where(Agreement.lender == LENDER, Agreement.person.in_(PERSONS), Agreement.ended_at.is_(None))
    events = select(
        literal("event"),
        Event.id,
        none("person"),
        Event.kind,
        none("contact_point"),
        Event.at,
        none("revoked_at", DateTime(timezone=True)),
        none("terms", JSONB),
        none("how"),
    ).where(Event.account == ACCOUNT)
    terms = ("step", "state", "touch", "outcome", "cause")
    asked = select(
        literal("task"),
        Task.id,
        Task.person,
        Task.kind,
        Task.contact_point,
        Task.opened_at,
        Task.expires_at,
        func.jsonb_build_object(*(part for name in terms for part in (literal(name), getattr(Task, name)))),
        none("how"),
    ).where(Task.account == ACCOUNT, Task.kind.in_(("call", "visit")), Task.state.in_(SEEN_TASKS))
    links = (
        select(
            literal("link_asked"),
            CallStep.id,
            Call.person,
            literal("sms"),
            Call.contact_point,
            CallStep.at,
            none("revoked_at", DateTime(timezone=True)),
            none("terms", JSONB),
            none("how"),
        )
        .join(Call, Call.id == CallStep.call)
        .where(Call.account == ACCOUNT, literal("link_asked") == any_(CallStep.did))
    )
    return _ordered(consents, agreed, events, asked, links, *_served())


def _served() -> tuple[Statement, Statement]:
    """Papers taken at a visit, and letters signed for or read that did not come back; the touch stands as the point."""
    handed = select(
        literal("served"),
        HandedOver.id,
        HandedOver.person,
        HandedOver.paper,
        none("contact_point"),
        HandedOver.at,
        none("revoked_at", DateTime(timezone=True)),
        none("terms", JSONB),
        none("how"),
    ).where(HandedOver.account == ACCOUNT, HandedOver.taken_by == "borrower")
    later = aliased(ServiceProof)
    came_back = exists().where(
        later.touch == ServiceProof.touch, later.kind.in_(("refused", "returned")), later.at >= ServiceProof.at
    )
    letters = select(
        literal("served"),
        ServiceProof.id,
        ServiceProof.person,
        none("kind"),
        ServiceProof.touch,
        ServiceProof.at,
        none("revoked_at", DateTime(timezone=True)),
        none("terms", JSONB),
        none("how"),
    ).where(ServiceProof.account == ACCOUNT, ServiceProof.kind.in_(("signed", "read")), ~came_back, ~_corrected())
    return handed, letters


def _corrected() -> ColumnElement[bool]:
    """Whether our own people entered the same thing of a letter anew since: only what they said last stands."""
    newer = aliased(ServiceProof)
    since = or_(
        newer.told_at > ServiceProof.told_at,
        and_(newer.told_at == ServiceProof.told_at, newer.event > ServiceProof.event),
    )
    reported = and_(ServiceProof.level == "reported", newer.level == "reported")
    return exists().where(newer.letter == ServiceProof.letter, newer.kind == ServiceProof.kind, reported, since)


def stops(session: Session, persons: Collection[str], keys: Collection[bytes], now: datetime) -> Rows:
    """Stops and suppressions in force of the persons and of their addresses, whichever lender heard them."""
    asked = {"persons": list(persons), "keys": list(keys), "now": now}
    return session.execute(_stops(), asked).mappings().all()


@cache
def _stops() -> Statement:
    stopped = select(
        literal("stop").label("what"),
        Stop.id,
        Stop.lender,
        Stop.person,
        Stop.kind,
        Stop.account,
        none("channel"),
        Stop.address_key,
        Stop.written,
        Stop.at,
        Stop.until,
    ).where(
        or_(Stop.person.in_(PERSONS), Stop.address_key.in_(KEYS)),
        Stop.lifted_at.is_(None),
        or_(Stop.until.is_(None), Stop.until > NOW),
    )
    suppressed = select(
        literal("suppression"),
        Suppression.id,
        Suppression.lender,
        Suppression.person,
        Suppression.scope,
        none("account"),
        Suppression.channel,
        Suppression.address_key,
        literal(value=False),
        Suppression.at,
        none("until", DateTime(timezone=True)),
    ).where(
        or_(Suppression.person.in_(PERSONS), Suppression.address_key.in_(KEYS)),
        Suppression.lifted_at.is_(None),
    )
    return _ordered(stopped, suppressed)


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
        or_(Touch.person.in_(PERSONS), Touch.address_key.in_(KEYS)),
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
        or_(PastContact.person.in_(PERSONS), PastContact.address_key.in_(KEYS)),
        PastContact.at >= SINCE,
    )
    return _ordered(touched, reported)


def promises(session: Session, account_id: str) -> Sequence[Promise]:
    return session.scalars(_promises(), {"account": account_id}).all()


@cache
def _promises() -> Statement:
    statement = select(Promise).where(Promise.account == ACCOUNT).order_by(Promise.made_at, Promise.id)
    return statement.execution_options(populate_existing=True)


def rivals(session: Session, account_id: str, borrower: str) -> Rows:
    """The borrower's other open accounts on which something is owed, with what may keep each of them silent."""
    return session.execute(_rivals(), {"account": account_id, "borrower": borrower}).mappings().all()


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
            Decision.permit["verdict"].astext.label("verdict"),
        )
        .outerjoin(Decision, Decision.id == Account.next_permit)
        .where(Account.borrower == bindparam("borrower"), Account.id != ACCOUNT, Account.state == "open", owed > 0)
        .order_by(Account.id)
    )


def shared(session: Session, account: Account) -> bool:
    """Whether another lender of the tenant knows one of the account's persons, or heard from their addresses."""
    theirs, ours, elsewhere = aliased(ContactPoint), aliased(ContactPoint), aliased(Party)
    persons = select(Party.person).where(Party.account == account.id)
    keys = select(ours.address_key).where(ours.person.in_(persons))
    others = (
        select(literal(1)).where(elsewhere.person.in_(persons), elsewhere.lender != account.lender),
        select(literal(1)).select_from(theirs).where(theirs.address_key.in_(keys), theirs.lender != account.lender),
        select(literal(1)).where(
            Suppression.address_key.in_(keys), Suppression.lender.is_distinct_from(account.lender)
        ),
        select(literal(1)).where(Stop.address_key.in_(keys), Stop.lender != account.lender),
    )
    return session.execute(select(or_(*(exists(each) for each in others)))).scalar_one()


def _ordered(*parts: Any) -> Statement:
    """All parts of a union, in the order in which things happened."""
    whole = union_all(*parts).subquery()
    return select(whole).order_by(whole.c.at, whole.c.id)
