"""All calls of a lender, in the order in which the documentation tells of them."""

from fastapi import APIRouter

from forbear.api.imports import routes as imports
from forbear.api.lender import (
    account_changes,
    account_list,
    accounts,
    agreements,
    balances,
    cases,
    cases_files,
    cases_packets,
    cases_runs,
    cases_told,
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
    cases_runs,
    cases,
    cases_told,
    cases_files,
    cases_packets,
    webhooks,
)
router = APIRouter()
for room in ROOMS:
    router.include_router(room.router)
