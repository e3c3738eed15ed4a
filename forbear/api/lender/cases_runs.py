"""Runs: packets of many cases asked for as one job, and how far it is, with the exceptions."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from sqlalchemy.orm import Session

from forbear.api.acting import Answer, TheCall
from forbear.api.auth import CaseReader, CaseWriter, TheLedger
from forbear.api.described import acting, reading
from forbear.api.lender import cases_examples as examples
from forbear.api.lender.cases_shown import missing_view, parties_of
from forbear.api.lender.forms import Id
from forbear.api.lender.shapes import cases_packets as shapes
from forbear.api.paging import Cursor, Limit, cut
from forbear.api.problems import Refusal
from forbear.errors import NotFound
from forbear.ledger.cases import acts, runs
from forbear.ledger.cases.listing import open_case_of
from forbear.ledger.tables.accounts import Account
from forbear.ledger.tables.cases import CaseRun
from forbear.ledger.views import instant

router = APIRouter(prefix="/v1/cases/runs", tags=["Packets"])
MOST_LISTED = 1_000


@router.post(
    "",
    **acting(
        "startCaseRun",
        "Ask for many packets",
        shapes.CaseRun,
        scope="cases:write",
        sent=examples.RUN,
        example=examples.RUNNING,
    ),
)
def post_run(call: TheCall, caller: CaseWriter, form: shapes.StartRunForm) -> Response:
    """Ask for one packet of each of up to 200 cases; follow `Location` until `state` is `done`.

    A case that is not yours or not there refuses the whole call, before anything is asked for; one that cannot be
    prepared is an exception of the run, with what is missing, and the others go on.
    """

    def deed(session: Session, now: datetime) -> Answer:
        cases = _cases(session, form.cases)
        cut_off = form.cut_off or now.date() - timedelta(days=1)
        run = runs.start_run(session, caller.lender, form.profile, cut_off, cases, now=now)
        return Answer(201, _view(session, run.id), {"Location": f"/v1/cases/runs/{run.id}"})

    return call.once(caller, deed)


@router.get(
    "",
    **reading(
        "listCaseRuns",
        "List runs",
        shapes.CaseRunPage,
        "bad_cursor",
        "invalid",
        example=examples.RUNS,
        scope="cases:read",
    ),
)
def list_runs(
    *, request: Request, caller: CaseReader, ledger: TheLedger, limit: Limit = 100, cursor: Cursor = None
) -> JSONResponse:
    """The latest thousand, newest first."""
    with ledger.api(caller.tenant, caller.lender) as session:
        found = [_row(each) for each in runs.runs(session, caller.lender, limit=MOST_LISTED)]
    return cut(request, f"case-runs|{caller.lender}", found, limit=limit, cursor=cursor)


@router.get(
    "/{run}",
    **reading(
        "getCaseRun",
        "See how far a run is",
        shapes.CaseRun,
        "not_found",
        "invalid",
        example=examples.RUNNING,
        scope="cases:read",
    ),
)
def get_run(run: Id, caller: CaseReader, ledger: TheLedger) -> JSONResponse:
    """Counts by state, and every exception with what is missing and who supplies it."""
    with ledger.api(caller.tenant, caller.lender) as session:
        view = _view(session, run)
    return JSONResponse(view)


def _cases(session: Session, items: Sequence[shapes.RunItemForm]) -> list[str]:
    """The cases that are meant.

    Raises:
        Refusal: naming each that is not there.
    """
    found = [_case(session, each) for each in items]
    errors = [
        {"pointer": f"/cases/{index}", "detail": "there is no such case, or no open case of that account"}
        for index, each in enumerate(found)
        if each is None
    ]
    if errors:
        raise Refusal("invalid", errors)
    return [each for each in found if each is not None]


def _case(session: Session, item: shapes.RunItemForm) -> str | None:
    if item.account_id is not None:
        return None if session.get(Account, item.account_id) is None else open_case_of(session, item.account_id)
    try:
        return acts.find(session, item.case_id or "").id
    except NotFound:
        return None


def _row(run: CaseRun) -> dict[str, Any]:
    return {
        "id": run.id,
        "profile": run.profile,
        "cut_off": run.cut_off.isoformat(),
        "at": instant(run.at),
        "wanted": run.wanted,
    }


def _view(session: Session, run_id: str) -> dict[str, Any]:
    status = runs.run_status(session, run_id)
    return {
        **_row(status.run),
        "state": "done" if status.over else "running",
        "waiting": status.waiting,
        "made": status.done,
        "states": dict(status.states),
        "exceptions": list(_exceptions(session, status)),
    }


def _exceptions(session: Session, status: runs.RunStatus) -> Iterator[dict[str, Any]]:
    for each in status.exceptions:
        parties = parties_of(session, acts.find(session, each["case"]).account)
        yield {
            "case": each["case"],
            "packet": each.get("packet"),
            "state": each["state"],
            "reason": each.get("reason"),
            "missing": [missing_view(item, parties) for item in each.get("missing", [])],
        }
