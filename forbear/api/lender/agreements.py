"""Agreements: hours, or a span for calls, that a person agreed to after enrolment; and their end."""

from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from sqlalchemy.orm import Session

from forbear.api.acting import Answer, TheCall
from forbear.api.auth import Consenter, Reader, TheLedger
from forbear.api.described import acting, reading
from forbear.api.lender.forms import Id
from forbear.api.lender.shapes import agreements as shapes
from forbear.api.lender.stops import said_at
from forbear.api.paging import Cursor, Limit, cut
from forbear.ledger import on_file
from forbear.ledger.agreeing import agree, end_agreement
from forbear.ledger.releases import party_in_role
from forbear.ledger.views import find_account

router = APIRouter(prefix="/v1/accounts/{account}/agreements", tags=["Consents"])


@router.post(
    "",
    **acting(
        "makeAgreement",
        "Put down an agreement",
        shapes.Agreement,
        "not_found",
        scope="consents:write",
        sent=shapes.AGREE,
        example=shapes.AGREED,
    ),
)
def post_agreement(account: Id, call: TheCall, caller: Consenter, form: shapes.AgreedForm) -> Response:
    """Hours the person is content to be contacted in, or a span in which they asked to be called.

    It may open what a rule closes unless the person agreed; what no agreement can open stays closed.
    """

    def deed(session: Session, now: datetime) -> Answer:
        found = find_account(session, account)
        person = party_in_role(session, account, form.role)
        at = said_at(form.at, now)
        made = agree(session, found, person=person, kind=form.kind, terms=_terms(form), at=at, now=now)
        return Answer(201, on_file.find_agreement(session, account, made))

    return call.once(caller, deed)


@router.get(
    "",
    **reading(
        "listAgreements",
        "List the agreements of an account's parties",
        shapes.AgreementPage,
        "bad_cursor",
        "not_found",
        "invalid",
        example=shapes.AGREEMENTS,
        scope="accounts:read",
    ),
)
def list_agreements(
    *, request: Request, account: Id, caller: Reader, ledger: TheLedger, limit: Limit = 100, cursor: Cursor = None
) -> JSONResponse:
    """What was agreed with this lender, oldest first, ended ones too."""
    with ledger.api(caller.tenant, caller.lender) as session:
        found = on_file.agreements(session, account)
    return cut(request, f"agreements|{caller.lender}|{account}", found, limit=limit, cursor=cursor)


@router.post(
    "/{agreement}/end",
    **acting(
        "endAgreement",
        "End an agreement",
        shapes.Agreement,
        "not_found",
        scope="consents:write",
        sent=shapes.END,
        example=shapes.ENDED,
        status=200,
    ),
)
def post_end(account: Id, agreement: Id, call: TheCall, caller: Consenter, form: shapes.EndForm) -> Response:
    """End it for all accounts of yours this person is on; it counts no more. Ended twice, it keeps its first end."""

    def deed(session: Session, now: datetime) -> Answer:
        end_agreement(session, find_account(session, account), agreement, at=said_at(form.at, now), now=now)
        return Answer(200, on_file.find_agreement(session, account, agreement))

    return call.once(caller, deed)


def _terms(form: shapes.AgreedForm) -> dict[str, Any]:
    """As an enrolment stores them."""
    if isinstance(form, shapes.AgreedHoursForm):
        return {"open": form.open.isoformat(), "close": form.close.isoformat()}
    return {"start": form.start.isoformat(), "end": form.end.isoformat()}
