"""Accounts: enrol one, see where it stands and why, read its story."""

import json
from datetime import datetime
from hashlib import sha256
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import JSONResponse
from sqlalchemy.orm import Session

from forbear.api import cursors
from forbear.api.acting import Answer, TheCall
from forbear.api.auth import Reader, TheLedger, Writer
from forbear.api.described import acting, reading
from forbear.api.lender import answers, examples
from forbear.api.lender.forms import Id
from forbear.ledger.enrol import enrol
from forbear.ledger.forms.enrolment import EnrolmentForm
from forbear.ledger.forms.text import Reference
from forbear.ledger.timeline import timeline
from forbear.ledger.views import account_view, accounts_page, row_view

router = APIRouter(prefix="/v1/accounts", tags=["Accounts"])
Cursor = Annotated[str | None, Query(max_length=500)]
Limit = Annotated[int, Query(ge=1, le=1000)]


def etag(body: dict[str, Any]) -> str:
    """A strong validator: the same answer has the same one."""
    text = json.dumps(body, sort_keys=True, separators=(",", ":"))
    return f'"{sha256(text.encode()).hexdigest()[:32]}"'


@router.post(
    "",
    **acting(
        "enrolAccount",
        "Enrol an overdue account",
        answers.Account,
        "already_enrolled",
        scope="accounts:write",
        sent=examples.ENROLMENT,
        example=examples.ACCOUNT,
    ),
)
def post_account(call: TheCall, caller: Writer, form: EnrolmentForm, ledger: TheLedger) -> Response:
    """Write an account with its people and balance, and start its cadence.

    What is not known is left out and never guessed: an account without a zone, a consent or a confirmed balance is
    enrolled and held, and says so in `next`.
    """

    def deed(session: Session, now: datetime) -> Answer:
        account = enrol(session, ledger, tenant=caller.tenant, lender=caller.lender, enrolment=form, now=now)
        view = account_view(session, account, now=now)
        return Answer(201, view, {"Location": f"/v1/accounts/{account}", "ETag": etag(view)})

    return call.once(caller, deed)


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
    *,
    request: Request,
    caller: Reader,
    ledger: TheLedger,
    state: Literal["open", "closed"] | None = None,
    external_id: Reference | None = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> JSONResponse:
    """List the lender's accounts in the order of enrolment, or find one by `external_id`."""
    settings = request.app.state.settings
    asked = f"accounts|{caller.lender}|{state}|{external_id}"
    after = None
    if cursor is not None:
        at, last = cursors.read(settings, asked, cursor)
        after = (datetime.fromisoformat(at), last)
    with ledger.api(caller.tenant, caller.lender) as session:
        found = accounts_page(session, after=after, limit=limit + 1, state=state, external_id=external_id)
    rows, more = found[:limit], len(found) > limit
    position = [rows[-1].enrolled_at.isoformat(), rows[-1].id] if rows else []
    return JSONResponse(
        {
            "data": [row_view(row) for row in rows],
            "next_cursor": cursors.write(settings, asked, position) if more else None,
            "has_more": more,
        }
    )


@router.get(
    "/{account}",
    **reading(
        "getAccount",
        "See where an account stands",
        answers.Account,
        "not_found",
        "invalid",
        example=examples.ACCOUNT,
        scope="accounts:read",
    ),
)
def get_account(request: Request, account: Id, caller: Reader, ledger: TheLedger) -> Response:
    """State, balance, the next instant with its reason and rule, what forbids contact, promises, the last touch."""
    with ledger.api(caller.tenant, caller.lender) as session:
        view = account_view(session, account, now=ledger.clock.now())
    tag = etag(view)
    if tag in request.headers.get("If-None-Match", ""):
        return Response(status_code=304, headers={"ETag": tag})
    return JSONResponse(view, headers={"ETag": tag})


@router.get(
    "/{account}/timeline",
    **reading(
        "getTimeline",
        "Read an account's story",
        answers.Timeline,
        "bad_cursor",
        "not_found",
        "invalid",
        example=examples.TIMELINE,
        scope="accounts:read",
    ),
)
def get_timeline(
    *, request: Request, account: Id, caller: Reader, ledger: TheLedger, limit: Limit = 500, cursor: Cursor = None
) -> JSONResponse:
    """Everything that happened, oldest first: facts, decisions with their rules, touches, receipts, replies, money.

    What another lender did or heard appears as 'a limit of this person'.
    """
    settings, asked = request.app.state.settings, f"timeline|{caller.lender}|{account}"
    with ledger.api(caller.tenant, caller.lender) as session:
        story = timeline(session, account)
    start = 0
    if cursor is not None:
        seen = tuple(cursors.read(settings, asked, cursor))
        start = 1 + next((index for index, item in enumerate(story) if _position(item) == seen), len(story))
    page = story[start : start + limit]
    more = start + limit < len(story)
    return JSONResponse(
        {
            "data": page,
            "next_cursor": cursors.write(settings, asked, list(_position(page[-1]))) if more else None,
            "has_more": more,
        }
    )


def _position(item: dict[str, Any]) -> tuple[str, str]:
    return item["kind"], item["id"]
