"""Events: what happened to an account that rules count from or wait for, such as a notice that the lender posted."""

from datetime import datetime

from fastapi import APIRouter, Response
from sqlalchemy.orm import Session

from forbear.api.acting import Answer, TheCall
from forbear.api.auth import Writer
from forbear.api.described import acting
from forbear.api.lender import answers, examples
from forbear.api.lender.forms import Id
from forbear.api.lender.stops import said_at
from forbear.ledger.forms.told import EventForm
from forbear.ledger.happenings import tell_event
from forbear.ledger.views import event_view, find_account

router = APIRouter(prefix="/v1/accounts/{account}/events", tags=["Accounts"])


@router.post(
    "",
    **acting(
        "tellEvent",
        "Tell what happened",
        answers.Event,
        "not_found",
        "conflict",
        scope="accounts:write",
        sent=examples.EVENT,
        example=examples.TOLD_EVENT,
        again="It was told already",
    ),
)
def post_event(account: Id, call: TheCall, caller: Writer, form: EventForm) -> Response:
    """Put down that a notice was sent or the like, and look at the account again. It is not taken back.

    Where a rule waits for so many days after it, the latest of its kind counts. One of the same kind and instant is
    answered with 200.
    """

    def deed(session: Session, now: datetime) -> Answer:
        found = find_account(session, account)
        told = tell_event(session, found, form.kind, at=said_at(form.at, now), now=now)
        return Answer(201 if told.new else 200, event_view(told.event))

    return call.once(caller, deed)
