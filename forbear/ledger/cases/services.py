"""The register of service: which paper reached whom, how and when, with the evidence. Entered by people and by systems.

What carriers and visits show comes by itself (`forbear.ledger.cases.tracking`). Where a paper only counts as served,
the rule that says so is named, and one of ours (`deemed.toml`) gives the day.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, Final, get_args

from sqlalchemy import select
from sqlalchemy.orm import Session

from forbear.contracts.case_words import ServiceMethod, ServiceResult
from forbear.court.facts import is_sound
from forbear.errors import BadInput, Conflict, NotFound
from forbear.ledger.cases import acts, rows
from forbear.ledger.cases.deemed import reckoned
from forbear.ledger.cases.sealing import seal_json, unseal_json
from forbear.ledger.days import local, zone_of
from forbear.ledger.engine import Ledger
from forbear.ledger.ids import new_id
from forbear.ledger.tables.accounts import LegalCase, Party
from forbear.ledger.tables.cases import CaseService

METHODS: Final[tuple[str, ...]] = get_args(ServiceMethod)
SERVICE_RESULTS: Final[tuple[str, ...]] = get_args(ServiceResult)
REACHED: Final = frozenset({"delivered", "signed", "read", "deemed"})
"""Results of which it is known when they reached their addressee."""
TRACKING: Final = frozenset({"carrier", "number", "signed_by", "place", "remark"})
MOST_PAPER: Final = 60
MOST_TOLD: Final = 1_000


@dataclass(frozen=True, slots=True)
class ServiceTold:
    """One piece of service. `event` is the teller's own id of it: told again, it is the same piece."""

    paper: str
    person: str
    method: str
    result: str
    sent_on: date | None = None
    reached_on: date | None = None
    rule: str = ""
    paper_sha256: str | None = None
    tracking: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    files: Sequence[str] = ()
    event: str = ""


def tell_service(
    ledger: Ledger, session: Session, case_id: str, told: ServiceTold, *, staff: str | None = None, now: datetime
) -> CaseService:
    """Enter a piece of service of a case.

    Raises:
        BadInput: naming what cannot be accepted.
        NotFound: there is no such case, person or file.
    """
    case = acts.lock(session, case_id)
    if told.result == "deemed":
        told = replace(told, reached_on=reckoned(told.rule, told.method, told.sent_on, told.reached_on))
    _accept(session, case, told, now)
    event = f"told/{told.event}" if told.event else f"told/{new_id('srv')}"
    before = session.scalars(
        select(CaseService).where(CaseService.account == case.account, CaseService.event == event)
    ).first()
    if before is not None:
        return before
    row = _row(
        case,
        staff,
        now,
        event=event,
        paper=told.paper,
        paper_sha256=told.paper_sha256,
        person=told.person,
        method=told.method,
        result=told.result,
        sent_on=told.sent_on,
        reached_on=told.reached_on,
        rule=told.rule or None,
        tracking=seal_json(ledger, session, case, told.tracking),
        files=list(told.files),
    )
    return _write(session, case, row, "service_told", now)


def take_back_service(session: Session, service_id: str, *, staff: str | None = None, now: datetime) -> CaseService:
    """Say that a piece was entered wrong; enter the right one besides.

    Raises:
        Conflict: it was taken back before, takes one back itself, or is a carrier's or a visit's own.
        NotFound: the session sees no such piece.
    """
    found = session.get(CaseService, service_id)
    if found is None or found.legal_case is None:
        raise NotFound(f"No piece of service {service_id} of a case")
    case = acts.lock(session, found.legal_case)
    if found.source != "staff":
        raise Conflict("What a carrier or a visit shows is not taken back: enter what is known besides")
    if found.takes_back is not None or any(each.takes_back == service_id for each in rows.all_services(session, case)):
        raise Conflict(f"Piece of service {service_id} was taken back before")
    same = ("paper", "paper_sha256", "person", "method", "result", "sent_on", "reached_on", "rule")
    values = {name: getattr(found, name) for name in same}
    row = _row(case, staff, now, event=f"back/{found.id}", tracking=None, files=[], takes_back=found.id, **values)
    return _write(session, case, row, "service_taken_back", now)


def read_tracking(ledger: Ledger, session: Session, case: LegalCase, row: CaseService) -> dict[str, Any]:
    """Carrier, number and who signed.

    Raises:
        Erased: the borrower was erased.
    """
    return unseal_json(ledger, session, case, row.tracking)


def _row(case: LegalCase, staff: str | None, now: datetime, **values: Any) -> CaseService:
    return CaseService(
        id=new_id("srv"),
        tenant=case.tenant,
        lender=case.lender,
        account=case.account,
        legal_case=case.id,
        source="staff",
        touch=None,
        staff=staff,
        at=now,
        **values,
    )


def _write(session: Session, case: LegalCase, row: CaseService, kind: str, now: datetime) -> CaseService:
    session.add(row)
    acts.did(session, case, kind, row.id, row, now, staff=row.staff, person=row.person)
    acts.tell(session, case, "service_told", now)
    return row


def _accept(session: Session, case: LegalCase, told: ServiceTold, now: datetime) -> None:
    _words(told)
    _days(told, local(now, zone_of(session, case.account)))
    parties = select(Party.id).where(Party.account == case.account, Party.person == told.person)
    if session.scalars(parties).first() is None:
        raise NotFound("That person is no party of this case's account")
    known = {file.id for file in rows.files(session, case.id)}
    if not set(told.files) <= known:
        raise NotFound("One of the files named as evidence is no file of this case")


def _words(told: ServiceTold) -> None:
    if not told.paper.strip() or len(told.paper) > MOST_PAPER:
        raise BadInput("paper", "is missing or too long", "Name the kind of the paper, such as cn.notice.dunning.")
    if told.method not in METHODS:
        raise BadInput("method", "is not one of the words", f"Choose one of {', '.join(METHODS)}.")
    if told.result not in SERVICE_RESULTS:
        raise BadInput("result", "is not one of the words", f"Choose one of {', '.join(SERVICE_RESULTS)}.")
    if told.result == "deemed" and not told.rule.strip():
        raise BadInput("rule", "is missing", "Name the rule by which it counts as served.")
    if unknown := sorted(set(told.tracking) - TRACKING):
        raise BadInput(f"tracking.{unknown[0]}", "is not known", f"Known are: {', '.join(sorted(TRACKING))}.")
    if sum(len(str(value)) for value in told.tracking.values()) > MOST_TOLD or len(told.event) > MOST_PAPER:
        raise BadInput("tracking", "is too long", f"Send at most {MOST_TOLD} signs.")


def _days(told: ServiceTold, today: date) -> None:
    if told.sent_on is None and told.reached_on is None:
        raise BadInput("sent_on", "is missing", "Say when it was sent, or when it reached its addressee.")
    if any(day is not None and day > today for day in (told.sent_on, told.reached_on)):
        raise BadInput("reached_on", "lies in the future", "Enter it when it has happened.")
    if any(day is not None and not is_sound(day) for day in (told.sent_on, told.reached_on)):
        raise BadInput("sent_on", "is no day of ours", "Look the year up in the proof.")
    if told.sent_on and told.reached_on and told.reached_on < told.sent_on:
        raise BadInput("reached_on", "is before it was sent", "Look both days up in the proof.")
    if told.result in REACHED and told.reached_on is None:
        raise BadInput("reached_on", "is missing", "Say when it reached its addressee, or counts as having done so.")
