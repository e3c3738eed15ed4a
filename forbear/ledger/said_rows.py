"""What was said about an account: consents and agreements, events, tasks, links, papers served, stops and suppressions.

One statement for all of them, built once: every decision asks it, and each round trip costs as much as the answer.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from functools import cache
from typing import Any, Final

from sqlalchemy import (
    ARRAY,
    Boolean,
    CompoundSelect,
    DateTime,
    LargeBinary,
    Select,
    Text,
    and_,
    any_,
    bindparam,
    cast,
    exists,
    false,
    func,
    literal_column,
    null,
    or_,
    select,
    text,
    union_all,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import RowMapping
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import ColumnElement, Label

from forbear.ledger.tables.accounts import Account, Event, Stop
from forbear.ledger.tables.calls import Call, CallStep
from forbear.ledger.tables.contacts import Suppression
from forbear.ledger.tables.letters import ServiceProof
from forbear.ledger.tables.people import Agreement, Consent
from forbear.ledger.tables.tasks import Task
from forbear.ledger.tables.visits import HandedOver

Rows = Sequence[RowMapping]
Statement = Select[*tuple[Any, ...]]
INSTANT: Final = DateTime(timezone=True)
AGREEMENT, CALL, CALL_STEP, CONSENT, EVENT, HANDED_OVER, SERVICE_PROOF, STOP, SUPPRESSION, TASK = (
    model.__table__
    for model in (Agreement, Call, CallStep, Consent, Event, HandedOver, ServiceProof, Stop, Suppression, Task)
)
"""As plain tables: a model's columns would have every answer made ready for its instances."""
ACCOUNT = bindparam("account", type_=Text)
LENDER = bindparam("lender", type_=Text)
PERSONS = any_(bindparam("persons", type_=ARRAY(Text)))
KEYS = any_(bindparam("keys", type_=ARRAY(LargeBinary)))
"""Lists go as one value each: a statement for each length of a list would have to be built anew."""
NOW = bindparam("now", type_=INSTANT)
SEEN_TASKS = ("open", "taken", "done", "declined")
"""What was taken back or ran out is as if it had never been asked for."""
SAID: Final[dict[str, Any]] = {
    "id": Text,
    "lender": Text,
    "person": Text,
    "kind": Text,
    "account": Text,
    "channel": Text,
    "address_key": LargeBinary,
    "contact_point": Text,
    "at": INSTANT,
    "until": INSTANT,
    "written": Boolean,
    "terms": JSONB,
    "how": Text,
}
"""The columns of them all."""
NOTHING: Final = text("NULL")


def none(name: str, kind: Any = Text) -> Label[Any]:
    """A column that one side of a union does not have."""
    return cast(null(), kind).label(name)


def said(session: Session, account: Account, persons: Collection[str], keys: Collection[bytes], now: datetime) -> Rows:
    """What bears on the account and was said, agreed, asked for or served; `what` names the kind of each.

    Stops and suppressions in force are those of the persons and of their addresses, whichever lender heard them.
    Consents, agreements, events, tasks, links and papers are its own lender's.
    """
    asked = {
        "account": account.id,
        "lender": account.lender,
        "persons": list(persons),
        "keys": list(keys),
        "now": now,
    }
    return session.execute(_said(), asked).mappings().all()


@cache
def _said() -> CompoundSelect[*tuple[Any, ...]]:
    """Names and types are said once, in front: psycopg keeps a parsed statement only up to 4,096 characters."""
    shape = select(none("what"), *(none(name, kind) for name, kind in SAID.items())).where(false())
    return union_all(shape, *_agreed(), *_asked(), *_served(), *_stopped()).order_by(text("at, id"))


def word(said: str) -> ColumnElement[str]:
    """One of our own words, as part of the statement: as a parameter it would be sent each time."""
    return literal_column(f"'{said}'", Text)


def words(*said: str) -> list[ColumnElement[str]]:
    return [word(each) for each in said]


def _part(what: str, **given: Any) -> Statement:
    """One kind of what was said: the columns it has, and nothing in the others."""
    return select(word(what), *(given.get(name, NOTHING) for name in SAID))


def _agreed() -> tuple[Statement, ...]:
    consents = _part(
        "consent",
        id=CONSENT.c.id,
        lender=CONSENT.c.lender,
        person=CONSENT.c.person,
        kind=CONSENT.c.channel,
        contact_point=CONSENT.c.contact_point,
        at=CONSENT.c.at,
        until=CONSENT.c.revoked_at,
        how=CONSENT.c.how,
    ).where(CONSENT.c.lender == LENDER, CONSENT.c.person == PERSONS)
    agreed = _part(
        "agreement",
        id=AGREEMENT.c.id,
        lender=AGREEMENT.c.lender,
        person=AGREEMENT.c.person,
        kind=AGREEMENT.c.kind,
        at=AGREEMENT.c.at,
        terms=AGREEMENT.c.terms,
    ).where(AGREEMENT.c.lender == LENDER, AGREEMENT.c.person == PERSONS, AGREEMENT.c.ended_at.is_(None))
    events = _part("event", id=EVENT.c.id, lender=EVENT.c.lender, kind=EVENT.c.kind, at=EVENT.c.at)
    return consents, agreed, events.where(EVENT.c.account == ACCOUNT)


def _asked() -> tuple[Statement, ...]:
    terms = ("step", "state", "touch", "outcome", "cause")
    tasks = _part(
        "task",
        id=TASK.c.id,
        lender=TASK.c.lender,
        person=TASK.c.person,
        kind=TASK.c.kind,
        contact_point=TASK.c.contact_point,
        at=TASK.c.opened_at,
        until=TASK.c.expires_at,
        terms=func.jsonb_build_object(*(part for name in terms for part in (word(name), TASK.c[name]))),
    ).where(TASK.c.account == ACCOUNT, TASK.c.kind.in_(words("call", "visit")), TASK.c.state.in_(words(*SEEN_TASKS)))
    links = _part(
        "link_asked",
        id=CALL_STEP.c.id,
        lender=CALL.c.lender,
        person=CALL.c.person,
        kind=word("sms"),
        contact_point=CALL.c.contact_point,
        at=CALL_STEP.c.at,
    ).join(CALL, CALL.c.id == CALL_STEP.c.call)
    return tasks, links.where(CALL.c.account == ACCOUNT, word("link_asked") == any_(CALL_STEP.c.did))


def _served() -> tuple[Statement, ...]:
    """Papers taken at a visit, and letters signed for or read that did not come back; the touch stands as the point."""
    handed = _part(
        "served",
        id=HANDED_OVER.c.id,
        lender=HANDED_OVER.c.lender,
        person=HANDED_OVER.c.person,
        kind=HANDED_OVER.c.paper,
        at=HANDED_OVER.c.at,
    ).where(HANDED_OVER.c.account == ACCOUNT, HANDED_OVER.c.taken_by == word("borrower"))
    later = SERVICE_PROOF.alias()
    came_back = exists().where(
        later.c.touch == SERVICE_PROOF.c.touch,
        later.c.kind.in_(words("refused", "returned")),
        later.c.at >= SERVICE_PROOF.c.at,
    )
    letters = _part(
        "served",
        id=SERVICE_PROOF.c.id,
        lender=SERVICE_PROOF.c.lender,
        person=SERVICE_PROOF.c.person,
        contact_point=SERVICE_PROOF.c.touch,
        at=SERVICE_PROOF.c.at,
    ).where(
        SERVICE_PROOF.c.account == ACCOUNT, SERVICE_PROOF.c.kind.in_(words("signed", "read")), ~came_back, ~_corrected()
    )
    return handed, letters


def _corrected() -> ColumnElement[bool]:
    """Whether our own people entered the same thing of a letter anew since: only what they said last stands."""
    newer = SERVICE_PROOF.alias()
    since = or_(
        newer.c.told_at > SERVICE_PROOF.c.told_at,
        and_(newer.c.told_at == SERVICE_PROOF.c.told_at, newer.c.event > SERVICE_PROOF.c.event),
    )
    reported = and_(SERVICE_PROOF.c.level == word("reported"), newer.c.level == word("reported"))
    return exists().where(
        newer.c.letter == SERVICE_PROOF.c.letter, newer.c.kind == SERVICE_PROOF.c.kind, reported, since
    )


def _stopped() -> tuple[Statement, ...]:
    stopped = _part(
        "stop",
        id=STOP.c.id,
        lender=STOP.c.lender,
        person=STOP.c.person,
        kind=STOP.c.kind,
        account=STOP.c.account,
        address_key=STOP.c.address_key,
        at=STOP.c.at,
        until=STOP.c.until,
        written=STOP.c.written,
    ).where(
        or_(STOP.c.person == PERSONS, STOP.c.address_key == KEYS),
        STOP.c.lifted_at.is_(None),
        or_(STOP.c.until.is_(None), STOP.c.until > NOW),
    )
    suppressed = _part(
        "suppression",
        id=SUPPRESSION.c.id,
        lender=SUPPRESSION.c.lender,
        person=SUPPRESSION.c.person,
        kind=SUPPRESSION.c.scope,
        channel=SUPPRESSION.c.channel,
        address_key=SUPPRESSION.c.address_key,
        at=SUPPRESSION.c.at,
    ).where(
        or_(SUPPRESSION.c.person == PERSONS, SUPPRESSION.c.address_key == KEYS),
        SUPPRESSION.c.lifted_at.is_(None),
    )
    return stopped, suppressed
