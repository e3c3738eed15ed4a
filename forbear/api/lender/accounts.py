"""Accounts: enrol one, see where it stands and why, read its story."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from sqlalchemy.orm import Session

from forbear.api.acting import Answer, TheCall
from forbear.api.auth import Reader, TheLedger, Writer
from forbear.api.conditions import etag, unchanged
from forbear.api.described import acting, reading
from forbear.api.lender import answers, examples
from forbear.api.lender.forms import Id
from forbear.api.paging import Cursor, Limit, cut
from forbear.ledger.enrol import enrol
from forbear.ledger.forms.enrolment import EnrolmentForm
from forbear.ledger.timeline import timeline
from forbear.ledger.views import account_view

router = APIRouter(prefix="/v1/accounts", tags=["Accounts"])


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
    if unchanged(request, tag):
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
    asked = f"timeline|{caller.lender}|{account}"
    with ledger.api(caller.tenant, caller.lender) as session:
        story = timeline(session, account)
    return cut(request, asked, story, limit=limit, cursor=cursor, position=_position)


def _position(item: Mapping[str, Any]) -> list[str]:
    return [item["kind"], item["id"]]
