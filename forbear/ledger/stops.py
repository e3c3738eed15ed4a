"""Stops and suppressions: what a person, an attorney or a carrier said, put down so that it binds at once.

Each takes the persons' locks first, so that a claim either sees it or was there before it, and wakes every open
account it may concern, whichever lender's: also those of people who share the address.
"""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from forbear.contracts.words import Channel, Fact, HoldReason, StopKind, SuppressionScope
from forbear.errors import BadInput, NotFound
from forbear.ledger import audit, numbers, outbox, routes
from forbear.ledger.ids import new_id
from forbear.ledger.locking import lock_persons
from forbear.ledger.tables.accounts import Stop
from forbear.ledger.tables.contacts import Suppression
from forbear.ledger.tables.people import ContactPoint
from forbear.ledger.task_reasons import because

FACTS: Mapping[StopKind, Fact] = MappingProxyType(
    {"dispute": "dispute_opened", "hardship": "hardship_declared", "wrong_number": "wrong_party"}
)
"""Stops whose fact has a name of its own; the others are `stop_placed`."""
LIFTED_BY_START: tuple[SuppressionScope, ...] = ("number", "channel", "all_automated")
"""What a START from the number takes back; who said 'never again' must say otherwise in so many words."""


def place_stop(
    session: Session,
    *,
    tenant: str,
    lender: str,
    person: str,
    account: str | None,
    kind: StopKind,
    via: str,
    at: datetime,
    until: datetime | None = None,
    written: bool = False,
    address_key: bytes | None = None,
    reason: HoldReason | None = None,
) -> str:
    """Forbid contact with a person, about one account where `account` is set; returns the stop's id.

    A `wrong_number` also marks the person's contact point at that address as the wrong party's.
    """
    concerned = _lock(session, tenant, person, address_key)
    stop = Stop(
        id=new_id("stp"),
        tenant=tenant,
        lender=lender,
        person=person,
        account=account,
        kind=kind,
        address_key=address_key,
        written=written,
        via=via,
        at=at,
        until=until,
        reason=reason,
    )
    session.add(stop)
    session.flush()
    if kind == "wrong_number" and address_key is not None:
        _not_theirs(session, lender, person, address_key, at)
    _note_stop(session, stop, "stop_placed", at)
    outbox.tell_accounts_of(session, persons=concerned, fact=FACTS.get(kind, "stop_placed"), at=at)
    return stop.id


def lift_stop(session: Session, *, tenant: str, stop: str, at: datetime) -> None:
    """End a stop. Lifting it twice changes nothing.

    Raises:
        NotFound: the session sees no such stop.
    """
    placed = session.get(Stop, stop)
    if placed is None:
        raise NotFound("no such stop")
    concerned = _lock(session, tenant, placed.person, placed.address_key)
    session.refresh(placed)
    if placed.lifted_at is not None:
        return
    placed.lifted_at = at
    session.flush()
    _note_stop(session, placed, "stop_lifted", at)
    outbox.tell_accounts_of(session, persons=concerned, fact="stop_lifted", at=at)


def suppress(
    session: Session,
    *,
    tenant: str,
    lender: str | None,
    person: str | None,
    scope: SuppressionScope,
    channel: Channel | None,
    address_key: bytes | None,
    via: str,
    at: datetime,
) -> str:
    """Put down an opt-out; it binds the whole tenant. It is one already known only if that was said no earlier.

    A consent given after an opt-out ends it, and this caller may not see what was consented to at other lenders: so
    an older one never stands in for what is said now. A START takes back all of them.

    Raises:
        BadInput: it would bind nobody.
    """
    if person is None and address_key is None:
        raise BadInput("suppression", "names neither a person nor an address", "Name at least one of them.")
    if scope == "number" and address_key is None:
        raise BadInput("suppression", "is of a number and names none", "Name the number, or choose a wider scope.")
    concerned = _lock(session, tenant, person, address_key)
    same = select(Suppression.id).where(
        Suppression.lender.is_not_distinct_from(lender),
        Suppression.person.is_not_distinct_from(person),
        Suppression.scope == scope,
        Suppression.channel.is_not_distinct_from(channel),
        Suppression.address_key.is_not_distinct_from(address_key),
        Suppression.lifted_at.is_(None),
        Suppression.at >= at,
    )
    if (known := session.scalars(same.limit(1)).first()) is not None:
        return known
    said = Suppression(
        id=new_id("sup"),
        tenant=tenant,
        lender=lender,
        person=person,
        scope=scope,
        channel=channel,
        address_key=address_key,
        via=via,
        at=at,
    )
    session.add(said)
    session.flush()
    _note_suppression(session, said, "suppressed", at, via)
    outbox.tell_accounts_of(session, persons=concerned, fact="opted_out", at=at)
    return said.id


def lift_suppression(
    session: Session, *, tenant: str, lender: str, address_key: bytes, via: str, at: datetime, person: str | None = None
) -> int:
    """Take back the opt-outs said to this lender from an address, as START does; returns how many there were."""
    concerned = _lock(session, tenant, person, address_key)
    held = session.scalars(
        select(Suppression)
        .where(
            Suppression.address_key == address_key,
            Suppression.lender == lender,
            Suppression.scope.in_(LIFTED_BY_START),
            Suppression.lifted_at.is_(None),
        )
        .order_by(Suppression.id)
        .execution_options(populate_existing=True)
    ).all()
    for said in held:
        said.lifted_at = at
        session.flush()
        _note_suppression(session, said, "suppression_lifted", at, via)
    if held:
        outbox.tell_accounts_of(session, persons=concerned, fact="opted_in", at=at)
    return len(held)


def _lock(session: Session, tenant: str, person: str | None, address_key: bytes | None) -> list[str]:
    """Lock and name everyone concerned: the person, who shares an address with them, and who is at this address."""
    named = [] if person is None else [person]
    at_address = [] if address_key is None else routes.persons_at(session, address_key)
    return lock_persons(session, tenant, [*named, *at_address])


def _not_theirs(session: Session, lender: str, person: str, address_key: bytes, at: datetime) -> None:
    """Only as this lender knows the person: another lender is bound by the stop, and learns nothing of it."""
    theirs = (ContactPoint.lender == lender, ContactPoint.person == person, ContactPoint.address_key == address_key)
    session.execute(update(ContactPoint).where(*theirs).values(state="wrong_party"))
    for point in session.scalars(select(ContactPoint).where(*theirs)).all():
        if point.kind == "phone":
            numbers.ask_about(session, point, because("number_wrong_person"), at)


def _note_stop(session: Session, stop: Stop, kind: str, at: datetime) -> None:
    audit.note(
        session,
        tenant=stop.tenant,
        lender=stop.lender,
        account=stop.account,
        person=stop.person,
        kind=kind,
        subject=stop.id,
        at=at,
        written={
            "kind": stop.kind,
            "via": stop.via,
            "at": stop.at,
            "until": stop.until,
            "written": stop.written,
            "reason": stop.reason,
            "lifted_at": stop.lifted_at,
        },
    )


def _note_suppression(session: Session, said: Suppression, kind: str, at: datetime, via: str) -> None:
    audit.note(
        session,
        tenant=said.tenant,
        lender=said.lender,
        person=said.person,
        kind=kind,
        subject=said.id,
        at=at,
        written={
            "scope": said.scope,
            "channel": said.channel,
            "via": via,
            "at": said.at,
            "lifted_at": said.lifted_at,
        },
    )
