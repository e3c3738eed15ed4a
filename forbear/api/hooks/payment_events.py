"""The payment provider's webhooks. An event says only that something happened: the payment itself is asked again.

Events come doubled and out of order, and money is posted under the payment's own id, so that none of it counts twice.
"""

from dataclasses import dataclass
from typing import Annotated, Any, Final

import stripe
import structlog
from fastapi import APIRouter, Depends, Request, Response

from forbear.api.hooks.app_state import ledger_of, payments_of, settings_of
from forbear.api.hooks.bodies import raw_body
from forbear.errors import Forbidden
from forbear.ledger import checkouts

HEADER: Final = "Stripe-Signature"
ABOUT_SESSIONS: Final = "checkout.session."
log = structlog.get_logger(__name__)
router = APIRouter(prefix="/hooks", include_in_schema=False)


@dataclass(frozen=True, slots=True)
class Notice:
    """What an event says: its id, its kind, and which object it is about."""

    id: str
    kind: str
    about: str


async def signed_notice(request: Request) -> Notice:
    """The event, if the provider signed it within the last minutes; 403 for anything else."""
    body = await raw_body(request)
    secret = settings_of(request).stripe_webhook_secret.get_secret_value()
    try:
        event: Any = stripe.Webhook.construct_event(body, request.headers.get(HEADER), secret)
        return Notice(str(event.id), str(event.type), str(event.data.object.id))
    except Exception as problem:  # noqa: BLE001  a check that fails in any way has not been passed
        log.warning("webhook_refused", error=type(problem).__name__)
        raise Forbidden("No event that the provider signed just now") from None


@router.post("/stripe", status_code=200)
def payment_event(request: Request, notice: Annotated[Notice, Depends(signed_notice)]) -> Response:
    """Look at the payment that an event is about, and post it if it is paid."""
    if not notice.kind.startswith(ABOUT_SESSIONS):
        return Response(status_code=200)
    try:
        payment = payments_of(request).fetch(notice.about)
    except ConnectionError:
        return Response(status_code=503, headers={"Retry-After": "30"})
    posted = checkouts.settle(ledger_of(request), payment)
    log.info("payment_event", notice=notice.id, kind=notice.kind, payment=posted.payment, fresh=posted.fresh)
    return Response(status_code=200)
