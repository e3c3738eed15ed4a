"""The addresses that providers call: the carrier's two, the domestic provider's two and the payment provider's one."""

from fastapi import APIRouter

from forbear.api.hooks import carrier, domestic, payment_events

router = APIRouter()
router.include_router(carrier.router)
router.include_router(domestic.router)
router.include_router(payment_events.router)
