"""All calls of a lender, in the order in which the documentation tells of them."""

from fastapi import APIRouter

from forbear.api.imports import routes as imports
from forbear.api.lender import (
    account_changes,
    account_list,
    accounts,
    agreements,
    balances,
    consents,
    events,
    explanations,
    holds,
    payments,
    promises,
    rules,
    stops,
    templates,
    webhooks,
)

ROOMS = (
    accounts,
    account_list,
    account_changes,
    events,
    explanations,
    payments,
    balances,
    holds,
    stops,
    promises,
    agreements,
    consents,
    imports,
    rules,
    templates,
    webhooks,
)
router = APIRouter()
for room in ROOMS:
    router.include_router(room.router)
