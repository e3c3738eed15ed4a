"""Promises to pay that the lender heard, by the rules of the borrower's own page; kept or broken by entries alone."""

from datetime import UTC, date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from sqlalchemy.orm import Session

from forbear.api.acting import Answer, TheCall
from forbear.api.auth import Promiser, Reader, TheLedger
from forbear.api.described import acting, reading
from forbear.api.lender import answers
from forbear.api.lender.forms import Id
from forbear.api.lender.shapes import promises as shapes
from forbear.api.pages.answers import FURTHEST
from forbear.api.paging import Cursor, Limit, cut
from forbear.errors import BadInput, Conflict
from forbear.ledger import on_file
from forbear.ledger.days import zone_of
from forbear.ledger.locking import lock_account
from forbear.ledger.owed import owed_on
from forbear.ledger.promises import make_promise, withdraw_promise
from forbear.ledger.releases import party_in_role
from forbear.ledger.tables.accounts import Account
from forbear.ledger.views import find_account

router = APIRouter(prefix="/v1/accounts/{account}/promises", tags=["Promises"])
VIA: Final = "lender"


@router.post(
    "",
    **acting(
        "makePromise",
        "Put down a promise to pay",
        answers.Promise,
        "not_found",
        "conflict",
        scope="promises:write",
        sent=shapes.PROMISE,
        example=shapes.PROMISED,
    ),
)
def post_promise(account: Id, call: TheCall, caller: Promiser, form: shapes.PromiseForm) -> Response:
    """Outreach waits until the money should have arrived. Another promise that is still open is replaced.

    The rules are those of the borrower's own page: no more than is owed, today to 31 days ahead where the borrower
    lives. Whether it is kept or broken is worked out from payments, and no call says it.
    """

    def deed(session: Session, now: datetime) -> Answer:
        lock_account(session, caller.tenant, find_account(session, account).id)
        found = find_account(session, account)
        _check(session, found, form, now)
        made = make_promise(
            session,
            tenant=caller.tenant,
            lender=caller.lender,
            account=account,
            person=party_in_role(session, account, form.role),
            amount=form.amount.exact,
            currency=form.amount.currency,
            due_on=form.due_on,
            via=VIA,
            now=now,
        )
        return Answer(201, on_file.find_promise(session, account, made))

    return call.once(caller, deed)


@router.get(
    "",
    **reading(
        "listPromises",
        "List an account's promises",
        shapes.PromisePage,
        "bad_cursor",
        "not_found",
        "invalid",
        example=shapes.PROMISES,
        scope="accounts:read",
    ),
)
def list_promises(
    *, request: Request, account: Id, caller: Reader, ledger: TheLedger, limit: Limit = 100, cursor: Cursor = None
) -> JSONResponse:
    """All promises of the account, oldest first, whoever they were made to: you, the page, or a reply."""
    with ledger.api(caller.tenant, caller.lender) as session:
        found = on_file.promises(session, account)
    return cut(request, f"promises|{caller.lender}|{account}", found, limit=limit, cursor=cursor)


@router.post(
    "/{promise}/withdrawal",
    **acting(
        "withdrawPromise",
        "Withdraw a promise",
        answers.Promise,
        "not_found",
        "conflict",
        scope="promises:write",
        sent=shapes.WITHDRAW,
        example=shapes.WITHDRAWN,
        status=200,
    ),
)
def post_withdrawal(account: Id, promise: Id, call: TheCall, caller: Promiser, form: shapes.WithdrawForm) -> Response:
    """Take back an open promise that was misheard or called off; outreach goes on. It does not count as broken."""

    def deed(session: Session, now: datetime) -> Answer:
        find_account(session, account)
        withdraw_promise(session, tenant=caller.tenant, account=account, promise=promise, reason=form.reason, now=now)
        return Answer(200, on_file.find_promise(session, account, promise))

    return call.once(caller, deed)


def _check(session: Session, account: Account, form: shapes.PromiseForm, now: datetime) -> None:
    """What the borrower's page would not take either."""
    owed = owed_on(session, account, now).total
    if account.state != "open" or owed <= 0:
        raise Conflict("Nothing is owed on this account, so that nothing can be promised")
    if form.amount.currency != account.currency:
        raise BadInput(
            "amount.currency", "is not the account's currency", f"The account is kept in {account.currency}."
        )
    if not 0 < form.amount.exact <= owed:
        raise BadInput("amount.amount", "is not more than zero and no more than is owed", "Read the account's balance.")
    today = _today(session, account.id, now)
    if not today <= form.due_on <= today + FURTHEST:
        raise BadInput(
            "due_on", f"is not from today to {FURTHEST.days} days ahead", "For a longer time place a hold instead."
        )


def _today(session: Session, account: str, now: datetime) -> date:
    zone = zone_of(session, account)
    return now.astimezone(ZoneInfo(zone) if zone else UTC).date()
