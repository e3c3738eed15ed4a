"""Whether a message is answered, and with what: once, by us or by the carrier, and only at an hour at which we may.

Two answers exist: who we are, for who asks it first; and that an opt-out was taken, for who asked for it in words that
the carrier does not obey. For each the rules are asked as for any touch: the first keeps the hours, the second passes
where the law lets one confirmation pass.
"""

from datetime import datetime, time
from decimal import Decimal
from typing import Literal, cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from forbear.cadence import life
from forbear.cadence.translate import to_facts
from forbear.calendars import for_packs
from forbear.contracts.words import LenderKind, LenderRole, PointKind, PointState, SuppressionScope
from forbear.ledger.tables.accounts import Stop
from forbear.ledger.tables.contacts import Reply, Suppression
from forbear.ledger.tables.people import ContactPoint, Lender, Profile
from forbear.ledger.writers import Writer
from forbear.ports.replies import Reading
from forbear.rules.engine import check
from forbear.rules.facts import Attempt, Purpose
from forbear.rules.packs import Packs

Answer = Literal["introduction", "confirmation"]
PURPOSES: dict[Answer, Purpose] = {"introduction": "reminder", "confirmation": "opt_out_confirmation"}


def due(reading: Reading, *, asked_before: bool, silenced_before: bool) -> Answer | None:
    """The answer a message calls for, whatever the hour; what the carrier obeys it answers itself."""
    if reading.carrier or silenced_before:
        return None
    if reading.kind == "stop" and reading.stops:
        return "confirmation"
    if reading.kind == "help" and not reading.stops and not asked_before:
        return "introduction"
    return None


def may_be_given(session: Session, writer: Writer, answer: Answer, packs: Packs, now: datetime) -> bool:
    """Whether the rules let an answer pass now, as far as this lender knows the person.

    A question is a consent to its answer, which no debt's balance and no other touch stands against; a stop does.
    """
    if writer.person is None or writer.contact_point is None:
        return False
    profile = session.scalar(select(Profile).where(Profile.lender == writer.lender, Profile.person == writer.person))
    if profile is None or (answer == "introduction" and _is_stopped(session, writer, now)):
        return False
    points = _points(session, writer)
    person = life.Person(
        id=writer.person,
        role="borrower",
        language=profile.language,
        jurisdictions=tuple(profile.jurisdictions),
        points=points,
        consents=(life.Consent("sms", None, now),) if answer == "introduction" else (),
        suppressions=_suppressions(session, writer),
        history=_confirmed(session, writer),
    )
    whole = _life(session, writer, person, packs, now)
    point = next(each for each in points if each.id == writer.contact_point)
    attempt = Attempt(
        channel="sms",
        party="debtor",
        to=point.key,
        debts=(),
        place="mobile",
        purpose=PURPOSES[answer],
        person=person.id,
        language=person.language,
    )
    return check(attempt, to_facts(whole, person, now, contacts_in_7_days=3), packs, now).verdict == "allow"


def _life(session: Session, writer: Writer, person: life.Person, packs: Packs, now: datetime) -> life.Life:
    """As much of a life as the hours and the opt-outs of one person need."""
    lender = session.get_one(Lender, writer.lender)
    policy = lender.policy
    tightened = life.Tightened(open=_wall_time(policy.get("open")), close=_wall_time(policy.get("close")))
    return life.Life(
        account=writer.accounts[0] if writer.accounts else "",
        lender=life.Lender(lender.id, cast("LenderRole", lender.role), cast("LenderKind", lender.kind), tightened),
        product="",
        debt_kind="other",
        currency="",
        balance=Decimal(0),
        balance_as_of=now,
        due_since=now.date(),
        enrolled_at=now,
        state="open",
        stage="",
        persons=(person,),
        calendars=for_packs(packs, person.jurisdictions, now.date()),
    )


def _points(session: Session, writer: Writer) -> tuple[life.ContactPoint, ...]:
    """All of the writer's points: each may say by which clock they live."""
    theirs = select(ContactPoint).where(ContactPoint.lender == writer.lender, ContactPoint.person == writer.person)
    rows = session.scalars(theirs.order_by(ContactPoint.created_at, ContactPoint.id)).all()
    return tuple(
        life.ContactPoint(
            id=row.id,
            kind=cast("PointKind", row.kind),
            key=row.address_key.hex(),
            place=row.place,
            state=cast("PointState", row.state),
            zone=row.zone,
            zone_evidence=row.zone_evidence,
            country=row.country,
            clues=tuple(life.ZoneClue(**clue) for clue in row.clues or ()),
        )
        for row in rows
    )


def _suppressions(session: Session, writer: Writer) -> tuple[life.Suppression, ...]:
    said = select(Suppression).where(
        (Suppression.address_key == writer.address_key) | (Suppression.person == writer.person),
        Suppression.lifted_at.is_(None),
    )
    return tuple(
        life.Suppression(
            scope=cast("SuppressionScope", row.scope),
            at=row.at,
            key=None if row.address_key is None else row.address_key.hex(),
        )
        for row in session.scalars(said).all()
    )


def _confirmed(session: Session, writer: Writer) -> tuple[life.PastTouch, ...]:
    """The confirmations that the number was given: of each opt-out there is one."""
    given = select(Reply.at).where(Reply.contact_point == writer.contact_point, Reply.answered == "confirmation")
    return tuple(
        life.PastTouch(
            at=at,
            channel="sms",
            role="borrower",
            state="sent",
            key=writer.address_key.hex(),
            place="mobile",
            account="",
            accounts=(),
            purpose="opt_out_confirmation",
            person=writer.person or "",
        )
        for at in session.scalars(given)
    )


def _is_stopped(session: Session, writer: Writer, now: datetime) -> bool:
    placed = select(Stop.id).where(
        Stop.person == writer.person, Stop.lifted_at.is_(None), (Stop.until.is_(None)) | (Stop.until > now)
    )
    return session.scalar(placed.limit(1)) is not None


def _wall_time(text: str | None) -> time | None:
    return None if text is None else time.fromisoformat(text)
