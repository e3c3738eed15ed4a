"""The addresses that providers call: two carriers, of one also its calls, the print house and the payment provider."""

from fastapi import APIRouter

from forbear.api.hooks import carrier, domestic, lob, payment_events, voice

router = APIRouter()
router.include_router(carrier.router)
router.include_router(voice.router)
router.include_router(domestic.router)
router.include_router(lob.router)
router.include_router(payment_events.router)
