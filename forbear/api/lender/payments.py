"""Payments: post what arrived, undo what bounced."""

from datetime import datetime

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from sqlalchemy.orm import Session

from forbear.api.acting import Answer, TheCall
from forbear.api.auth import Payer, Reader, TheLedger
from forbear.api.described import acting, reading
from forbear.api.lender import answers, examples
from forbear.api.lender.forms import Id, PaymentForm, ReversalForm
from forbear.api.paging import Cursor, Limit, cut
from forbear.ledger import on_file
from forbear.ledger.books import payment_of, post_payment, reversal_of, reverse_payment
from forbear.ledger.locking import lock_account
from forbear.ledger.views import find_account, find_payment, payment_view

router = APIRouter(prefix="/v1/accounts/{account}/payments", tags=["Money"])
SOURCE = "lender"


@router.post(
    "",
    **acting(
        "postPayment",
        "Post a payment",
        answers.Payment,
        "not_found",
        "payment_differs",
        scope="payments:write",
        sent=examples.PAYMENT,
        example=examples.POSTED,
        again="The payment was known already",
    ),
)
def post_account_payment(account: Id, call: TheCall, caller: Payer, form: PaymentForm) -> Response:
    """Take a payment off what is owed: costs, fees, interest, then principal. Outreach ends once nothing is owed.

    A payment posted again under its `external_id` with the same facts is answered with 200 and the first payment.
    """

    def deed(session: Session, now: datetime) -> Answer:
        find_account(session, account)
        # Before looking whether it is known: the same payment under another key may be on its way.
        lock_account(session, caller.tenant, account)
        before = payment_of(session, caller.lender, SOURCE, form.external_id)
        payment = post_payment(
            session,
            tenant=caller.tenant,
            lender=caller.lender,
            account=account,
            external_id=form.external_id,
            source=SOURCE,
            amount=form.amount.exact,
            currency=form.amount.currency,
            received_at=form.received_at,
            now=now,
        )
        return Answer(200 if before else 201, payment_view(session, payment, now=now))

    return call.once(caller, deed)


@router.get(
    "",
    **reading(
        "listPayments",
        "List an account's payments",
        answers.PaymentPage,
        "bad_cursor",
        "not_found",
        "invalid",
        example=examples.PAYMENTS,
        scope="accounts:read",
    ),
)
def list_payments(
    *, request: Request, account: Id, caller: Reader, ledger: TheLedger, limit: Limit = 100, cursor: Cursor = None
) -> JSONResponse:
    """Payments and reversals in the order in which they were posted, also those that came through a link."""
    with ledger.api(caller.tenant, caller.lender) as session:
        found = on_file.payments(session, account)
    return cut(request, f"payments|{caller.lender}|{account}", found, limit=limit, cursor=cursor)


@router.post(
    "/{payment}/reversal",
    **acting(
        "reversePayment",
        "Undo a payment",
        answers.Payment,
        "not_found",
        "conflict",
        "payment_differs",
        scope="payments:write",
        sent=examples.REVERSAL,
        example=examples.REVERSED,
        again="The payment was reversed already",
    ),
)
def post_reversal(account: Id, payment: Id, call: TheCall, caller: Payer, form: ReversalForm) -> Response:
    """Counter the payment's entries. An account that was closed is opened again if something is owed.

    A payment reversed again under the same `external_id` is answered with 200 and the first reversal.
    """

    def deed(session: Session, now: datetime) -> Answer:
        find_payment(session, payment, account)
        lock_account(session, caller.tenant, account)
        before = reversal_of(session, payment)
        reversal = reverse_payment(
            session,
            tenant=caller.tenant,
            lender=caller.lender,
            payment=payment,
            external_id=form.external_id,
            received_at=form.received_at,
            now=now,
        )
        return Answer(200 if before else 201, payment_view(session, reversal, now=now))

    return call.once(caller, deed)
