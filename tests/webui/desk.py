"""A browser and a lender with an account or more: what the browser tests share."""

from collections.abc import Generator
from contextlib import contextmanager

import httpx
from playwright.sync_api import Browser, sync_playwright

from forbear.api.auth import SCOPES
from forbear.api.client_import import to_enrolment
from forbear.ledger import admin
from forbear.rehearsal.portfolio import Loan
from forbear.services.house import House

PATIENCE_SECONDS = 120.0
PATIENCE = PATIENCE_SECONDS * 1_000
"""What Playwright counts: milliseconds of the machine."""
CHROMIUM = "/usr/bin/chromium"
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@contextmanager
def browser() -> Generator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield opened
        opened.close()


@contextmanager
def lender(house: House) -> Generator[httpx.Client]:
    """The API as one lender's client reaches it."""
    shown = {"Authorization": f"Bearer {key(house)}"}
    with httpx.Client(base_url=house.addresses.api_url, headers=shown, trust_env=False, timeout=60.0) as api:
        yield api


def enrol(api: httpx.Client, loan: Loan) -> str:
    """Enrol a loan; returns the account's id."""
    answer = api.post("/v1/accounts", json=to_enrolment(loan.row), headers={"Idempotency-Key": loan.number})
    return str(answer.raise_for_status().json()["id"])


def key(house: House) -> str:
    database = house.settings.database_url_for("migrator")
    tenant = admin.add_tenant(database, "Example Outreach")
    lender = admin.add_lender(
        database,
        tenant=tenant,
        name="Example Credit Union",
        role="original_creditor",
        kind="bank",
        country="US",
        phone="+12125550198",
        sender="+12125550199",
    )
    return admin.add_key(database, lender=lender, scopes=SCOPES, label="back office").shown
