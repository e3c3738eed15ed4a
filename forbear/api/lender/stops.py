"""Stops and opt-outs: what a lender heard, and what it holds back itself; and the end of a stop it may end."""

from datetime import datetime

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from sqlalchemy.orm import Session

from forbear.api.acting import Answer, TheCall
from forbear.api.auth import Reader, Stopper, TheLedger
from forbear.api.described import acting, reading
from forbear.api.lender import answers, examples
from forbear.api.lender.forms import Id, PlaceOptOutForm, PlaceStopForm, ReleaseForm
from forbear.api.paging import Cursor, Limit, cut
from forbear.errors import BadInput
from forbear.ledger import on_file
from forbear.ledger.books import CLOCK_SLACK
from forbear.ledger.forms.checks import no_later
from forbear.ledger.releases import party_in_role, release
from forbear.ledger.stops import place_stop, suppress
from forbear.ledger.views import find_account, stop_view

router = APIRouter(prefix="/v1/accounts/{account}", tags=["Stops"])
VIA = "lender"


def said_at(at: datetime | None, now: datetime) -> datetime:
    """When something was said; now unless it is told, and never later than now."""
    if at is not None and at > now + CLOCK_SLACK:
        raise BadInput("at", "lies in the future", "Send when it was said, or leave it out.")
    return now if at is None else no_later(at, now)


@router.post(
    "/stops",
    **acting(
        "placeStop",
        "Stop contact",
        answers.Hold,
        "not_found",
        scope="stops:write",
        sent=examples.STOP,
        example=examples.STOPPED,
    ),
)
def post_stop(account: Id, call: TheCall, caller: Stopper, form: PlaceStopForm, ledger: TheLedger) -> Response:
    """Forbid contact at once: a dispute, hardship, insolvency, an attorney, a death, or simply a hold."""

    def deed(session: Session, now: datetime) -> Answer:
        find_account(session, account)
        key = form.number and ledger.vault.address_key(caller.tenant, "phone", form.number)
        stop = place_stop(
            session,
            tenant=caller.tenant,
            lender=caller.lender,
            person=party_in_role(session, account, form.role),
            account=account if form.of_account else None,
            kind=form.kind,
            via=VIA,
            at=said_at(form.at, now),
            until=form.until,
            written=form.written,
            address_key=key or None,
        )
        return Answer(201, stop_view(session, stop))

    return call.once(caller, deed)


@router.get(
    "/stops",
    **reading(
        "listStops",
        "List an account's stops",
        answers.StopPage,
        "bad_cursor",
        "not_found",
        "invalid",
        example=examples.STOPS,
        scope="accounts:read",
    ),
)
def list_stops(
    *, request: Request, account: Id, caller: Reader, ledger: TheLedger, limit: Limit = 100, cursor: Cursor = None
) -> JSONResponse:
    """What this lender heard that forbids contact, oldest first, ended ones too."""
    with ledger.api(caller.tenant, caller.lender) as session:
        found = on_file.stops(session, account)
    return cut(request, f"stops|{caller.lender}|{account}", found, limit=limit, cursor=cursor)


@router.post(
    "/stops/{stop}/release",
    **acting(
        "releaseStop",
        "End a stop",
        answers.Hold,
        "not_found",
        "conflict",
        scope="stops:write",
        sent=examples.RELEASE,
        example=examples.RELEASED,
        status=200,
    ),
)
def post_release(account: Id, stop: Id, call: TheCall, caller: Stopper, form: ReleaseForm) -> Response:
    """End a stop for a reason that can end its kind; what the person said, only the person takes back."""

    def deed(session: Session, now: datetime) -> Answer:
        find_account(session, account)
        release(session, tenant=caller.tenant, account=account, stop=stop, reason=form.reason, now=now)
        return Answer(200, stop_view(session, stop))

    return call.once(caller, deed)


@router.post(
    "/opt-outs",
    **acting(
        "placeOptOut",
        "Put down an opt-out",
        answers.OptOut,
        "not_found",
        scope="stops:write",
        sent=examples.OPT_OUT,
        example=examples.OPTED_OUT,
    ),
)
def post_opt_out(account: Id, call: TheCall, caller: Stopper, form: PlaceOptOutForm, ledger: TheLedger) -> Response:
    """Put down what a person said to the lender: not by this number, not by this channel, not at all."""

    def deed(session: Session, now: datetime) -> Answer:
        find_account(session, account)
        key = form.number and ledger.vault.address_key(caller.tenant, "phone", form.number)
        said = suppress(
            session,
            tenant=caller.tenant,
            lender=caller.lender,
            person=party_in_role(session, account, form.role),
            scope=form.scope,
            channel=form.channel,
            address_key=key or None,
            via=VIA,
            at=said_at(form.at, now),
        )
        return Answer(201, {"id": said})

    return call.once(caller, deed)


@router.get(
    "/opt-outs",
    **reading(
        "listOptOuts",
        "List an account's opt-outs",
        answers.StopPage,
        "bad_cursor",
        "not_found",
        "invalid",
        example=examples.OPT_OUTS,
        scope="accounts:read",
    ),
)
def list_opt_outs(
    *, request: Request, account: Id, caller: Reader, ledger: TheLedger, limit: Limit = 100, cursor: Cursor = None
) -> JSONResponse:
    """What this lender was told not to do, oldest first, with what the person took back."""
    with ledger.api(caller.tenant, caller.lender) as session:
        found = on_file.opt_outs(session, account)
    return cut(request, f"opt-outs|{caller.lender}|{account}", found, limit=limit, cursor=cursor)
