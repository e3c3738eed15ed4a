"""The life of an account that is not enrolled yet, read off the enrolment that its lender would send.

Nothing is stored and nobody is recognised: whom another account of the tenant knows already may have more limits.
"""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from forbear.cadence import life
from forbear.cadence.standing import stage_of
from forbear.calendars import for_packs
from forbear.contracts.words import LenderKind, LenderRole
from forbear.errors import BadInput
from forbear.ledger.forms.enrolment import EnrolmentForm
from forbear.ledger.forms.parties import CallConsentForm, PartyForm
from forbear.ledger.forms.points import PointForm
from forbear.ledger.placing import jurisdictions, place_point
from forbear.rules.packs import Packs

NOT_YET = "acc_not_enrolled"


def life_of_form(form: EnrolmentForm, packs: Packs, now: datetime) -> life.Life:
    """What a decision would be told of it right after enrolment.

    Raises:
        BadInput: it has no borrower.
    """
    if all(party.role != "borrower" for party in form.parties):
        raise BadInput("parties", "hold no borrower", "Add the party with the role borrower.")
    role: LenderRole = form.lender_role or "original_creditor"
    kind: LenderKind = form.lender_kind or "other"
    places = sorted({name for party in form.parties for name in jurisdictions(party)})
    return life.Life(
        account=NOT_YET,
        lender=life.Lender("len_not_enrolled", role, kind, life.Tightened()),
        product=form.product,
        debt_kind=form.debt_kind,
        currency=form.currency,
        balance=sum(form.balance.components.amounts(form.currency).values(), Decimal(0)),
        balance_as_of=form.balance.as_of,
        due_since=form.due_since,
        enrolled_at=now,
        state="open",
        stage=stage_of((now.date() - form.due_since).days),
        persons=tuple(_person(number, party, now) for number, party in enumerate(form.parties)),
        calendars=for_packs(packs, places, now.date()),
        circumstances=tuple(form.circumstances),
        events=tuple(life.Happened(each.kind, min(each.at, now)) for each in form.events),
    )


def _person(number: int, party: PartyForm, now: datetime) -> life.Person:
    points = tuple(_point(f"pt_{number}_{index}", point) for index, point in enumerate(party.contact_points))
    id_ = f"per_{number}"
    return life.Person(
        id=id_,
        role=party.role,
        language=party.language,
        jurisdictions=tuple(jurisdictions(party)),
        points=points,
        consents=tuple(
            life.Consent(each.channel, _id(points, each.contact_point), min(each.at, now)) for each in party.consents
        ),
        agreements=tuple(_agreement(each, now) for each in party.agreements),
        stops=tuple(
            life.Stop(
                kind=each.kind,
                at=min(each.at, now),
                account=NOT_YET if each.of_account else None,
                until=each.until,
                key=_key(points, each.contact_point),
                written=each.written,
            )
            for each in party.stops
        ),
        suppressions=tuple(
            life.Suppression(each.scope, min(each.at, now), each.channel, _key(points, each.contact_point))
            for each in party.opt_outs
        ),
        history=tuple(
            life.PastTouch(
                at=min(each.at, now),
                channel=each.channel,
                role=party.role,
                state="delivered",
                key=_key(points, each.contact_point),
                place=each.place,
                account=NOT_YET,
                accounts=(NOT_YET,),
                result=each.result,
                person=id_,
            )
            for each in sorted(party.contacts, key=lambda each: each.at)
        ),
        circumstances=tuple(party.circumstances),
    )


def _point(id_: str, point: PointForm) -> life.ContactPoint:
    placed = place_point(point)
    return life.ContactPoint(
        id=id_,
        kind=point.kind,
        key=hashlib.sha256(f"{point.kind}|{point.written}".encode()).hexdigest(),
        place=point.place,
        state=point.state,
        zone=placed.zone,
        zone_evidence=placed.evidence,
        country=point.country,
        clues=tuple(life.ZoneClue(clue.zone, clue.kind, clue.source) for clue in placed.clues),
    )


def _agreement(agreed: Any, now: datetime) -> life.Agreement:
    at = min(agreed.at, now)
    if isinstance(agreed, CallConsentForm):
        return life.Agreement(agreed.kind, at, start=agreed.start, end=agreed.end)
    return life.Agreement(agreed.kind, at, open=agreed.open, close=agreed.close)


def _id(points: Sequence[life.ContactPoint], index: int | None) -> str | None:
    return None if index is None else points[index].id


def _key(points: Sequence[life.ContactPoint], index: int | None) -> str | None:
    return None if index is None else points[index].key
