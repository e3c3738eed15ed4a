"""Many packets of one lender asked for at once: which cases, how far they are, and every exception with its reason."""

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlencode

from fastapi import APIRouter
from fastapi.responses import Response
from sqlalchemy.orm import Session

from forbear.api.staff.cases_at import ROOT, UNPROCESSABLE, CaseDesk, Input, Legal, TheCases, plain, reference
from forbear.api.staff.cases_missing import gaps
from forbear.api.staff.cases_said import say
from forbear.api.staff.cases_values import day
from forbear.api.staff.rendering import render, see_other
from forbear.api.staff.session import Fields
from forbear.api.staff.staff_route import StaffRoute
from forbear.casework.profile_file import find_profile, names
from forbear.court.paths import load_all
from forbear.errors import BadInput
from forbear.ledger.cases import runs, told
from forbear.ledger.cases.queue import CaseWanted, cases_page, count_cases
from forbear.ledger.tables.people import Lender

router = APIRouter(prefix=f"{ROOT}/runs", route_class=StaffRoute, include_in_schema=False)
MOST: Final = 200
"""Cases of one run from this page."""
SHOWN: Final = 200


@router.get("")
def list_runs(staff: Legal, desk: TheCases) -> Response:
    with desk.open(staff) as session:
        return _page(desk, session, dict(desk.request.query_params), {})


@router.post("")
def start(staff: Legal, fields: Fields, desk: TheCases) -> Response:
    """Ask for a packet of every case that fits, up to two hundred."""
    typed = plain(dict(fields))
    with desk.open(staff) as session:
        errors, wanted = _wanted(desk, session, typed)
        cut_off = day(typed.get("cut_off", ""))
        if cut_off is None:
            errors["cut_off"] = desk.words("case_wrong.date", label=desk.words("case_packet.cut_off"))
        found = [] if errors else cases_page(session, wanted, limit=MOST, now=desk.now())
        if not errors and not found:
            errors["stage"] = desk.words("case_run.nobody")
        if errors or cut_off is None:
            return _page(desk, session, typed, errors)
        try:
            run = runs.start_run(
                session, typed["lender"], typed["profile"], cut_off, [each.case.id for each in found],
                staff=staff.id, now=desk.now(),
            )  # fmt: skip
        except BadInput:
            return _page(desk, session, typed, {"profile": desk.words("case_run.refused")})
    return see_other(f"{ROOT}/runs/{run.id}")


@router.get("/{run_id}")
def show_run(run_id: str, staff: Legal, desk: TheCases) -> Response:
    """How a run stands, with its exceptions."""
    with desk.open(staff) as session:
        status = runs.run_status(session, run_id)
        run = status.run
        values: dict[str, Any] = {
            "id": run.id,
            "profile": desk.named("case_profile", run.profile),
            "lender": session.get_one(Lender, run.lender).name,
            "cut_off": desk.day(run.cut_off),
            "at": desk.when(run.at),
            "by": desk.colleagues(session).get(run.staff or "", desk.words("case_page.lender_told")),
            "wanted": run.wanted,
            "waiting": status.waiting,
            "done": status.done,
            "states": [(desk.named("packet_state", state), count) for state, count in sorted(status.states.items())],
            "exceptions": [_exception(desk, each) for each in status.exceptions],
        }
        return render(desk.request, "cases/run.html", **values)


def _exception(desk: CaseDesk, told_of: Mapping[str, Any]) -> dict[str, Any]:
    case, packet = str(told_of["case"]), str(told_of.get("packet", ""))
    return {
        "reference": reference(case),
        "case": case,
        "address": f"{ROOT}/{case}/packets/{packet}" if packet else f"{ROOT}/{case}",
        "state": desk.named("packet_state", str(told_of["state"])),
        "gaps": gaps(desk, case, told_of.get("missing", ()), {}),
        "reason": say(str(told_of["reason"]), desk.language) if told_of.get("reason") else None,
    }


def _wanted(desk: CaseDesk, session: Session, typed: Mapping[str, str]) -> tuple[dict[str, str], CaseWanted]:
    words, errors = desk.words, dict[str, str]()
    if typed.get("lender") not in dict(told.lenders(session)):
        errors["lender"] = words("case_wrong.missing", label=words("case_queue.of_lender"))
    profile = typed.get("profile", "")
    if profile not in names():
        errors["profile"] = words("case_wrong.missing", label=words("case_packet.profile"))
    path, _, stage = typed.get("stage", "").partition(":")
    if not errors and path and path not in find_profile(profile).paths:
        errors["stage"] = words("case_run.other_path")
    single = find_profile(profile).paths if not errors and profile else ()
    wanted = CaseWanted(
        lender=typed.get("lender"),
        path=path or (single[0] if len(single) == 1 else None),
        stage=stage if path else None,
        taken_up=True,
    )
    return errors, wanted


def _page(desk: CaseDesk, session: Session, typed: Mapping[str, str], errors: dict[str, str]) -> Response:
    words, choose = desk.words, ("", desk.words("case_form.choose"))
    paths, stages = load_all(), [("", desk.words("case_queue.any"))]
    for name, stage in told.stages(session):
        path = paths.get(name)
        known = path.stage(stage) if path else None
        if known:
            label = words("case_queue.path_stage", path=name, stage=known.title[desk.language])
            count = count_cases(session, CaseWanted(path=name, stage=stage))
            stages.append((f"{name}:{stage}", words("case_run.stage", stage=label, count=count)))

    def select(name: str, label: str, options: list[tuple[str, str]]) -> Input:
        return Input(name, "select", words(label), options=tuple(options), value=typed.get(name, ""))

    today = desk.now().date().isoformat()
    inputs = [
        select("lender", "case_queue.of_lender", [choose, *told.lenders(session)]),
        select("profile", "case_packet.profile", [choose, *desk.options("case_profile", names())]),
        select("stage", "case_queue.of_stage", stages),
        Input("cut_off", "date", words("case_packet.cut_off"), words("case_packet.cut_off_hint"),
              value=typed.get("cut_off") or today),
    ]  # fmt: skip
    listed = [
        (f"{ROOT}/runs/{each.id}", desk.named("case_profile", each.profile), desk.when(each.at), each.wanted)
        for each in runs.runs(session)
    ]
    return render(
        desk.request,
        "cases/runs.html",
        status=UNPROCESSABLE if errors else 200,
        inputs=inputs,
        runs=listed,
        errors=errors,
        most=MOST,
    )


def address_of(**chosen: str) -> str:
    """The page of runs with a choice made."""
    return f"{ROOT}/runs?{urlencode(chosen)}"
