"""The addresses that providers call: the carrier's two and the payment provider's one."""

from fastapi import APIRouter

from forbear.api.hooks import carrier, payment_events

router = APIRouter()
router.include_router(carrier.router)
router.include_router(payment_events.router)
