"""Consents to a channel, given after enrolment; and their end, as of the instant at which the person took them back."""

from datetime import datetime

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from sqlalchemy.orm import Session

from forbear.api.acting import Answer, TheCall
from forbear.api.auth import Caller, Consenter, Reader, TheLedger
from forbear.api.described import acting, reading
from forbear.api.lender.forms import Id
from forbear.api.lender.shapes import consents as shapes
from forbear.api.lender.stops import said_at
from forbear.api.paging import Cursor, Limit, cut
from forbear.errors import BadInput
from forbear.ledger import on_file
from forbear.ledger.agreeing import give_consent, revoke_consent
from forbear.ledger.engine import Ledger
from forbear.ledger.releases import party_in_role
from forbear.ledger.views import find_account

router = APIRouter(prefix="/v1/accounts/{account}/consents", tags=["Consents"])


@router.post(
    "",
    **acting(
        "giveConsent",
        "Put down a consent",
        shapes.Consent,
        "not_found",
        scope="consents:write",
        sent=shapes.CONSENT,
        example=shapes.GIVEN,
    ),
)
def post_consent(
    account: Id, call: TheCall, caller: Consenter, ledger: TheLedger, form: shapes.GiveConsentForm
) -> Response:
    """Consent to one channel, at one number or at all of the person's points.

    `at` is when it was given: one from before an opt-out does not lift it.
    """

    def deed(session: Session, now: datetime) -> Answer:
        found, person = find_account(session, account), party_in_role(session, account, form.role)
        given = give_consent(
            session,
            found,
            person=person,
            channel=form.channel,
            contact_point=_point(session, ledger, caller, person, form),
            given_to=form.given_to,
            how=form.how,
            at=said_at(form.at, now),
            now=now,
        )
        return Answer(201, on_file.find_consent(session, account, given))

    return call.once(caller, deed)


@router.get(
    "",
    **reading(
        "listConsents",
        "List the consents of an account's parties",
        shapes.ConsentPage,
        "bad_cursor",
        "not_found",
        "invalid",
        example=shapes.CONSENTS,
        scope="accounts:read",
    ),
)
def list_consents(
    *, request: Request, account: Id, caller: Reader, ledger: TheLedger, limit: Limit = 100, cursor: Cursor = None
) -> JSONResponse:
    """What was given to this lender, oldest first, revoked ones too."""
    with ledger.api(caller.tenant, caller.lender) as session:
        found = on_file.consents(session, account)
    return cut(request, f"consents|{caller.lender}|{account}", found, limit=limit, cursor=cursor)


@router.post(
    "/{consent}/revocation",
    **acting(
        "revokeConsent",
        "Put down that a consent was taken back",
        shapes.Consent,
        "not_found",
        scope="consents:write",
        sent=shapes.REVOKE,
        example=shapes.REVOKED,
        status=200,
    ),
)
def post_revocation(account: Id, consent: Id, call: TheCall, caller: Consenter, form: shapes.RevokeForm) -> Response:
    """It does not count from then on. Revoked twice, it keeps its first end. An opt-out is more: put that down too."""

    def deed(session: Session, now: datetime) -> Answer:
        found = find_account(session, account)
        revoke_consent(session, found, consent, at=said_at(form.at, now), now=now)
        return Answer(200, on_file.find_consent(session, account, consent))

    return call.once(caller, deed)


def _point(session: Session, ledger: Ledger, caller: Caller, person: str, form: shapes.GiveConsentForm) -> str | None:
    """The contact point it is for; None where it is for all."""
    if form.contact_point is None and form.number is None:
        return None
    key = form.number and ledger.vault.address_key(caller.tenant, "phone", form.number)
    found = on_file.find_point(session, person, point=form.contact_point, key=key or None)
    if found is None:
        name = "contact_point" if form.number is None else "number"
        raise BadInput(name, "is no contact point of this party", "Add it first, or leave it out for all of them.")
    return found
