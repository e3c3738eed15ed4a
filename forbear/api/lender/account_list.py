"""The list of a lender's accounts: filters for an operations desk, in the order of enrolment."""

import json
from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from forbear.api import cursors
from forbear.api.auth import Reader, TheLedger
from forbear.api.described import reading
from forbear.api.lender import answers, examples
from forbear.api.paging import page
from forbear.ledger.forms.text import Currency, Instant, Line, Reference, Word
from forbear.ledger.listing import Wanted, accounts_page, row_view

router = APIRouter(prefix="/v1/accounts", tags=["Accounts"])
Days = Annotated[int, Field(ge=0, le=36_500)]
RuleName = Annotated[str, Field(pattern=r"^[A-Z0-9][A-Z0-9._-]{0,63}$")]
StageName = Annotated[str, Field(pattern=r"^(M[0-9]{1,4}|current|legal)$")]


class Filters(BaseModel):
    """All that are given must hold. A filter that is not known is an error: it would silently list everything."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)
    state: Literal["open", "closed"] | None = None
    external_id: Reference | None = Field(default=None, description="Your own reference: at most one account.")
    stage: StageName | None = Field(default=None, description="current, M1, M2 and so on, or legal.")
    held_by: RuleName | None = Field(default=None, description="The rule that holds an account now.")
    product: Line | None = None
    playbook: Word | None = None
    currency: Currency | None = None
    min_days_past_due: Days | None = Field(default=None, description="Counted in UTC dates.")
    max_days_past_due: Days | None = Field(default=None, description="Counted in UTC dates.")
    enrolled_since: Instant | None = None
    enrolled_before: Instant | None = None
    next_before: Instant | None = Field(default=None, description="Accounts that are looked at again before then.")
    limit: int = Field(default=100, ge=1, le=1000, description="How many at most.")
    cursor: str | None = Field(
        default=None, max_length=500, description="next_cursor of the page before, with the same filters."
    )

    def asked(self, lender: str) -> str:
        """Names this list; a cursor is good for no other."""
        given = self.model_dump(mode="json", exclude={"limit", "cursor"}, exclude_none=True)
        return f"accounts|{lender}|{json.dumps(given, sort_keys=True)}"

    def wanted(self) -> Wanted:
        return Wanted(**self.model_dump(exclude={"limit", "cursor"}))


@router.get(
    "",
    **reading(
        "listAccounts",
        "List accounts",
        answers.AccountPage,
        "bad_cursor",
        "invalid",
        example=examples.PAGE,
        scope="accounts:read",
    ),
)
def list_accounts(
    request: Request, caller: Reader, ledger: TheLedger, filters: Annotated[Filters, Query()]
) -> JSONResponse:
    """List the lender's accounts in the order of enrolment, or find one by `external_id`.

    An account enrolled while you page comes last. What changes meanwhile may leave or enter the list.
    """
    settings, asked, after = request.app.state.settings, filters.asked(caller.lender), None
    if filters.cursor is not None:
        at, last = cursors.read(settings, asked, filters.cursor)
        after = (datetime.fromisoformat(at), last)
    today = ledger.clock.now().date()
    with ledger.api(caller.tenant, caller.lender) as session:
        found = accounts_page(session, filters.wanted(), after=after, limit=filters.limit + 1, today=today)
    rows, more = found[: filters.limit], len(found) > filters.limit
    position = [rows[-1].enrolled_at.isoformat(), rows[-1].id] if rows else []
    return page([row_view(row) for row in rows], cursors.write(settings, asked, position) if more else None)
