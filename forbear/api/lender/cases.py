"""Legal cases: opened for an account, listed, and shown with stage, reason, what is missing, clocks and papers."""

import json
from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from forbear.api import cursors
from forbear.api.acting import Answer, TheCall
from forbear.api.auth import CaseReader, CaseWriter, TheLedger
from forbear.api.described import acting, reading
from forbear.api.lender import cases_examples as examples
from forbear.api.lender.cases_events import events_of
from forbear.api.lender.cases_shown import case_view, row_view
from forbear.api.lender.forms import ID_FORM, Id
from forbear.api.lender.shapes import cases as shapes
from forbear.api.paging import Cursor, Limit, cut, page
from forbear.contracts.case_words import CaseKind
from forbear.ledger.cases import acts
from forbear.ledger.cases.asked_for import open_for_lender
from forbear.ledger.cases.listing import CasesWanted, opened_cases

router = APIRouter(tags=["Cases"])
PathName = Annotated[str, Field(pattern=r"^[A-Z]{2}(-[A-Z0-9]{1,4})?$")]
StageName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]


class Filters(BaseModel):
    """All that are given must hold. A filter that is not known is an error: it would silently list everything."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)
    state: Literal["open", "closed"] | None = None
    stage: StageName | None = Field(default=None, description="A stage of its path.")
    kind: CaseKind | None = None
    path: PathName | None = Field(default=None, description="The path it walks, such as US-NY.")
    account_id: str | None = Field(default=None, pattern=ID_FORM, description="Of one account.")
    limit: int = Field(default=100, ge=1, le=1000, description="How many at most.")
    cursor: str | None = Field(
        default=None, max_length=500, description="next_cursor of the page before, with the same filters."
    )

    def asked(self, lender: str) -> str:
        """Names this list; a cursor is good for no other."""
        given = self.model_dump(mode="json", exclude={"limit", "cursor"}, exclude_none=True)
        return f"cases|{lender}|{json.dumps(given, sort_keys=True)}"

    def wanted(self) -> CasesWanted:
        return CasesWanted(self.state, self.stage, self.kind, self.path, self.account_id)


@router.post(
    "/v1/accounts/{account}/cases",
    **acting(
        "openCase",
        "Open a case",
        shapes.LegalCase,
        "not_found",
        "conflict",
        scope="cases:write",
        sent=examples.OPEN,
        example=examples.OPENED,
    ),
)
def post_case(account: Id, call: TheCall, caller: CaseWriter, form: shapes.OpenCaseForm) -> Response:
    """Hand an account to the legal path of the place where the borrower lives. Its outreach pauses meanwhile.

    Refused with `conflict` where the account is closed, owes nothing, or has an open case. Whether a claim may be
    brought yet (amount, limitation, notices served) is decided at once and whenever something is told: see `missing`.
    """

    def deed(session: Session, now: datetime) -> Answer:
        case = open_for_lender(session, account, form.kind, now)
        return Answer(201, case_view(session, case))

    return call.once(caller, deed)


@router.get(
    "/v1/cases",
    **reading(
        "listCases",
        "List cases",
        shapes.CasePage,
        "bad_cursor",
        "invalid",
        example=examples.LIST,
        scope="cases:read",
    ),
)
def list_cases(
    request: Request, caller: CaseReader, ledger: TheLedger, filters: Annotated[Filters, Query()]
) -> JSONResponse:
    """Your cases in the order in which they were opened, closed ones too."""
    settings, asked, after = request.app.state.settings, filters.asked(caller.lender), None
    if filters.cursor is not None:
        at, last = cursors.read(settings, asked, filters.cursor)
        after = (datetime.fromisoformat(at), last)
    with ledger.api(caller.tenant, caller.lender) as session:
        found = opened_cases(session, filters.wanted(), after=after, limit=filters.limit + 1)
        rows, more = found[: filters.limit], len(found) > filters.limit
        position = [rows[-1].opened_at.isoformat(), rows[-1].id] if rows else []
        shown: list[dict[str, Any]] = [row_view(row) for row in rows]
    return page(shown, cursors.write(settings, asked, position) if more else None)


@router.get(
    "/v1/cases/{case}",
    **reading(
        "getCase",
        "See a case",
        shapes.LegalCase,
        "not_found",
        "invalid",
        example=examples.OPENED,
        scope="cases:read",
    ),
)
def get_case(case: Id, caller: CaseReader, ledger: TheLedger) -> JSONResponse:
    """Its stage, what comes next and why, what is missing and who supplies it, and every clock with its calculation.

    What is personal, such as a judge's name or the number of a piece of post, is kept sealed and not shown here.
    """
    with ledger.api(caller.tenant, caller.lender) as session:
        view = case_view(session, acts.find(session, case))
    return JSONResponse(view)


@router.get(
    "/v1/cases/{case}/events",
    **reading(
        "listCaseEvents",
        "List what happened in a case",
        shapes.CaseEventPage,
        "bad_cursor",
        "not_found",
        "invalid",
        example=examples.EVENTS,
        scope="cases:read",
    ),
)
def list_events(
    *, request: Request, case: Id, caller: CaseReader, ledger: TheLedger, limit: Limit = 100, cursor: Cursor = None
) -> JSONResponse:
    """Facts, stages, packets and alarms, oldest first. Told to your webhooks as they come."""
    with ledger.api(caller.tenant, caller.lender) as session:
        found = events_of(session, acts.find(session, case))
    asked = f"case-events|{caller.lender}|{case}"
    return cut(request, asked, found, limit=limit, cursor=cursor, position=lambda each: [each["kind"], each["id"]])
