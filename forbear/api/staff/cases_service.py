"""The form for the register of service: which paper reached whom, how, and the evidence of it."""

from collections.abc import Iterator, Mapping
from typing import Final

from fastapi import APIRouter
from fastapi.responses import Response
from sqlalchemy.orm import Session

from forbear.api.staff.cases_at import ROOT, CaseDesk, Input, Legal, TheCases, Wrong, refuse
from forbear.api.staff.cases_facts import stale, version
from forbear.api.staff.cases_files import file_inputs, said_of
from forbear.api.staff.cases_missing import paper_title
from forbear.api.staff.cases_people import people_of
from forbear.api.staff.cases_uploads import Sent, TheUpload, Upload
from forbear.api.staff.cases_values import day
from forbear.api.staff.rendering import see_other
from forbear.api.staff.session import Fields, Staff
from forbear.api.staff.staff_route import StaffRoute
from forbear.court.paths import load_all
from forbear.errors import BadInput, NotFound
from forbear.ledger.cases import acts, files, rows
from forbear.ledger.cases.services import METHODS, SERVICE_RESULTS, ServiceTold, take_back_service, tell_service
from forbear.ledger.tables.accounts import LegalCase

router = APIRouter(prefix=f"{ROOT}/{{case_id}}", route_class=StaffRoute, include_in_schema=False)
SLOT: Final = "service_proof"
OTHER: Final = "other"
OF_TRACKING: Final = ("carrier", "number", "signed_by", "remark")


@router.get("/service")
def ask_service(case_id: str, staff: Legal, desk: TheCases) -> Response:
    with desk.case(staff, case_id) as (session, case):
        return _page(desk, session, acts.is_open(case), dict(desk.request.query_params), {})


@router.post("/service")
def enter_service(case_id: str, staff: Legal, upload: TheUpload, desk: TheCases) -> Response:
    """One piece of service with its evidence: both are kept, or neither."""
    typed = upload.fields
    try:
        with desk.case(staff, case_id) as (session, case):
            errors = _wrong(desk, session, acts.is_open(case), typed, upload)
            refuse(errors or _tell(desk, session, case, typed, upload.files, staff))
    except Wrong as wrong:
        with desk.case(staff, case_id) as (session, case):
            return _page(desk, session, case, typed, wrong.errors)
    return see_other(f"{ROOT}/{case_id}#service")


@router.post("/service/{service}/take-back")
def take_back(case_id: str, service: str, staff: Legal, fields: Fields, desk: TheCases) -> Response:
    """Say that a piece was entered wrong."""
    del fields
    with desk.case(staff, case_id) as (session, case):
        if all(each.id != service for each in rows.services(session, case)):
            raise NotFound("no such piece of service of this case")
        take_back_service(session, service, staff=staff.id, now=desk.now())
    return see_other(f"{ROOT}/{case_id}#service")


def papers_of(case: LegalCase) -> Iterator[str]:
    """The papers whose service the path of a case asks after, in its order."""
    path = load_all().get(case.path or "")
    seen: set[str] = set()
    for stage in path.stages if path else ():
        for notice in stage.needs.notices:
            for paper in notice.papers:
                if paper not in seen:
                    seen.add(paper)
                    yield paper


def _wrong(
    desk: CaseDesk, session: Session, case: LegalCase, typed: Mapping[str, str], upload: Upload
) -> dict[str, str]:
    words = desk.words
    if upload.heavy:
        return {"file": words("case_file.heavy")}
    errors: dict[str, str] = {"paper": words("case_wrong.stale")} if stale(desk, case, typed) else {}
    known = {each.person for each in people_of(desk, session, case)}
    chosen = {
        "paper": bool(_paper(typed)),
        "person": typed.get("person") in known,
        "method": typed.get("method") in METHODS,
        "result": typed.get("result") in SERVICE_RESULTS,
    }
    for name, good in chosen.items():
        if not good:
            errors.setdefault(name, words("case_wrong.missing", label=words(f"case_service.{name}")))
    for name in ("sent_on", "reached_on"):
        if typed.get(name) and day(typed[name]) is None:
            errors[name] = words("case_wrong.date", label=words(f"case_service.{name}"))
    return errors


def _paper(typed: Mapping[str, str]) -> str:
    return typed.get("other", "") if typed.get("paper") in {OTHER, ""} else typed.get("paper", "")


def _tell(  # noqa: PLR0917  a page is all of these
    desk: CaseDesk, session: Session, case: LegalCase, typed: Mapping[str, str], sent: tuple[Sent, ...], staff: Staff
) -> dict[str, str]:
    kept: list[str] = []
    for each in sent:
        title = each.name.rpartition(".")[0] or each.name
        try:
            row = files.keep_file(
                desk.ledger, session, case.id, SLOT, each.content,
                title=title[:200], details={"form": "copy"}, staff=staff.id, now=desk.now(),
            )  # fmt: skip
        except BadInput as refused:
            return {"file": said_of(desk, refused, each.name)}
        kept.append(row.id)
    told = ServiceTold(
        paper=_paper(typed),
        person=typed["person"],
        method=typed["method"],
        result=typed["result"],
        sent_on=day(typed.get("sent_on", "")),
        reached_on=day(typed.get("reached_on", "")),
        rule=typed.get("rule", ""),
        tracking={name: typed[name] for name in OF_TRACKING if typed.get(name)},
        files=kept,
    )
    try:
        tell_service(desk.ledger, session, case.id, told, staff=staff.id, now=desk.now())
    except BadInput as refused:
        return _refused(desk, refused)
    return {}


def _refused(desk: CaseDesk, refused: BadInput) -> dict[str, str]:
    """The record's own objection, at the field that it is about."""
    words, name = desk.words, refused.field.partition(".")[0]
    name = {"tracking": "remark"}.get(name, name)
    code = "future" if "future" in refused.problem else "before_sent" if "before" in refused.problem else "needed"
    if name not in {"paper", "sent_on", "reached_on", "rule", "remark"}:
        name = "paper"
    label = words(f"case_service.{name}")
    return {name: words(f"case_wrong.{code}", label=label)}


def _page(
    desk: CaseDesk, session: Session, case: LegalCase, typed: Mapping[str, str], errors: dict[str, str]
) -> Response:
    words, choose = desk.words, ("", desk.words("case_form.choose"))
    papers = [*papers_of(case)]
    papers += [each for each in (typed.get("paper", ""),) if each and each not in papers]
    paper_options = tuple((each, paper_title(each, desk.language)) for each in papers if each != OTHER)
    who = tuple((each.person, each.said) for each in people_of(desk, session, case))

    def text(name: str, kind: str = "text", hint: str = "") -> Input:
        label = words(f"case_service.{name}")
        return Input(name, kind, label, words(hint) if hint else "", value=typed.get(name, ""), most=200)

    def select(name: str, options: tuple[tuple[str, str], ...]) -> Input:
        return Input(name, "select", words(f"case_service.{name}"), options=options, value=typed.get(name, ""))

    inputs = [
        version(case),
        select("paper", (choose, *paper_options, (OTHER, words("case_service.other_paper")))),
        text("other", hint="case_service.other_hint"),
        select("person", (choose, *who)),
        select("method", (choose, *desk.options("case_method", METHODS))),
        select("result", (choose, *desk.options("case_result", SERVICE_RESULTS))),
        text("sent_on", "date"),
        text("reached_on", "date", "case_service.reached_hint"),
        text("rule", hint="case_service.rule_hint"),
        *[text(name) for name in OF_TRACKING],
        *file_inputs(desk, typed, needed=False),
    ]
    heading, lead = words("case_do.service"), [words("case_service.lead")]
    return desk.form(case, heading, "service", inputs, words("case_form.save"), lead=lead, errors=errors, files=True)
