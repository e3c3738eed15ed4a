"""The payment provider's webhooks. An event says only that something happened: the payment itself is asked again.

Events come doubled and out of order, and money is posted under the payment's own id, so that none of it counts twice.
"""

from typing import Annotated, Any, Final

import stripe
import structlog
from fastapi import APIRouter, Depends, HTTPException, Request, Response

from forbear.api.hooks.app_state import ledger_of, payments_of, settings_of
from forbear.api.hooks.bodies import raw_body
from forbear.ledger import checkouts

HEADER: Final = "Stripe-Signature"
ABOUT_SESSIONS: Final = "checkout.session."
log = structlog.get_logger(__name__)
router = APIRouter(prefix="/hooks", include_in_schema=False)


async def signed_event(request: Request) -> stripe.Event:
    """The event, if the provider signed it within the last minutes; 403 for anybody else's."""
    body = await raw_body(request)
    secret = settings_of(request).stripe_webhook_secret.get_secret_value()
    try:
        event: stripe.Event = stripe.Webhook.construct_event(body, request.headers.get(HEADER), secret)  # pyright: ignore[reportUnknownMemberType]  untyped in the SDK
    except Exception as problem:  # noqa: BLE001  a check that fails in any way has not been passed
        log.warning("webhook_signature_refused", kind=type(problem).__name__)
        raise HTTPException(403) from None
    return event


@router.post("/stripe", status_code=200)
def payment_event(request: Request, event: Annotated[Any, Depends(signed_event)]) -> Response:
    """Look at the payment that an event is about, and post it if it is paid."""
    if not str(event.type).startswith(ABOUT_SESSIONS):
        return Response(status_code=200)
    session_id = str(event.data.object["id"])
    try:
        payment = payments_of(request).fetch(session_id)
    except ConnectionError:
        return Response(status_code=503, headers={"Retry-After": "30"})
    posted = checkouts.settle(ledger_of(request), payment)
    log.info("payment_event", event=event.id, kind=event.type, payment=posted.payment, fresh=posted.fresh)
    return Response(status_code=200)
