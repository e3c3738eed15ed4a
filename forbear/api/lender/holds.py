"""Holds: a lender's own pause of an account, which it places and releases as it likes; stops are what others said."""

from datetime import datetime, timedelta
from typing import Final

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from sqlalchemy.orm import Session

from forbear.api.acting import Answer, TheCall
from forbear.api.auth import Reader, Stopper, TheLedger
from forbear.api.described import acting, reading
from forbear.api.lender.forms import Id
from forbear.api.lender.shapes import holds as shapes
from forbear.api.paging import Cursor, Limit, cut
from forbear.errors import BadInput
from forbear.ledger import on_file
from forbear.ledger.releases import release
from forbear.ledger.stops import place_stop
from forbear.ledger.views import find_account

router = APIRouter(prefix="/v1/accounts/{account}/holds", tags=["Holds"])
VIA: Final = "lender"
LONGEST: Final = timedelta(days=400)
"""World time; as far ahead as any rule looks. A longer one has no end and is released."""


@router.post(
    "",
    **acting(
        "placeHold",
        "Pause an account",
        shapes.LenderHold,
        "not_found",
        scope="stops:write",
        sent=shapes.HOLD,
        example=shapes.HELD,
    ),
)
def post_hold(account: Id, call: TheCall, caller: Stopper, form: shapes.PlaceHoldForm) -> Response:
    """Pause contact with everybody on the account until an instant, or until you release it. It binds at once.

    At `until` the account goes on by itself. Holds add up: contact goes on when the last one has ended.
    """

    def deed(session: Session, now: datetime) -> Answer:
        found = find_account(session, account)
        hold = place_stop(
            session,
            tenant=caller.tenant,
            lender=caller.lender,
            person=found.borrower,
            account=account,
            kind="hold",
            via=VIA,
            at=now,
            until=_ahead(form.until, now),
            reason=form.reason,
        )
        return Answer(201, on_file.hold_view(on_file.find_hold(session, account, hold)))

    return call.once(caller, deed)


@router.get(
    "",
    **reading(
        "listHolds",
        "List an account's holds",
        shapes.HoldPage,
        "bad_cursor",
        "not_found",
        "invalid",
        example=shapes.HOLDS,
        scope="accounts:read",
    ),
)
def list_holds(
    *, request: Request, account: Id, caller: Reader, ledger: TheLedger, limit: Limit = 100, cursor: Cursor = None
) -> JSONResponse:
    """The lender's own pauses, oldest first, ended ones too."""
    with ledger.api(caller.tenant, caller.lender) as session:
        found = on_file.holds(session, account)
    return cut(request, f"holds|{caller.lender}|{account}", found, limit=limit, cursor=cursor)


@router.post(
    "/{hold}/release",
    **acting(
        "releaseHold",
        "Release a hold",
        shapes.LenderHold,
        "not_found",
        scope="stops:write",
        sent=shapes.RELEASE,
        example=shapes.RELEASED,
        status=200,
    ),
)
def post_release(account: Id, hold: Id, call: TheCall, caller: Stopper, form: shapes.ReleaseHoldForm) -> Response:
    """End a pause before its time, and look at the account again. Released twice, it keeps its first end."""

    def deed(session: Session, now: datetime) -> Answer:
        find_account(session, account)
        on_file.find_hold(session, account, hold)
        release(session, tenant=caller.tenant, account=account, stop=hold, reason=form.reason, now=now)
        return Answer(200, on_file.hold_view(on_file.find_hold(session, account, hold)))

    return call.once(caller, deed)


def _ahead(until: datetime | None, now: datetime) -> datetime | None:
    if until is not None and until <= now:
        raise BadInput("until", "is not ahead", "Send an instant to come, or leave it out.")
    if until is not None and until > now + LONGEST:
        raise BadInput(
            "until", "is more than 400 days ahead", "Leave it out, and release the hold when its time comes."
        )
    return until
