"""What an operator reads in the Temporal Web UI: why an account rests and until when, decoded in the browser.

The histories hold ciphertext; the page asks our codec endpoint for the words. What it shows must be what the API says.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from forbear.clock import Clock
from forbear.contracts.queues import account_workflow_id
from forbear.rehearsal import portfolio
from forbear.services.addresses import Addresses
from forbear.services.house import House
from forbear.services.processes import poll_until
from tests.webui.desk import PATIENCE, PATIENCE_SECONDS, browser, enrol, lender

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]
NIGHT = datetime(2026, 10, 26, 6, 0, tzinfo=UTC)
"""02:00 on a Monday in New York: an account rests until the morning."""


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    data = tmp_path_factory.mktemp("webui") / "house"
    with House(data, addresses=Addresses.free(), clock=Clock.starting(NIGHT, 1), fast=True) as running:
        yield running


@pytest.fixture(scope="module")
def account(house: House) -> dict[str, Any]:
    """An account that rests, as the API tells of it."""
    loan = next(loan for loan in portfolio.read(portfolio.EXAMPLE) if loan.zones == ["America/New_York"])
    with lender(house) as api:
        path = f"/v1/accounts/{enrol(api, loan)}"

        def told() -> dict[str, Any]:
            return api.get(path).raise_for_status().json()

        assert poll_until(lambda: told()["next"]["rule"] is not None, PATIENCE_SECONDS), "the account was never decided"
        return told()


def test_a_rest_tells_its_reason_and_its_end(house: House, account: dict[str, Any]) -> None:
    """The timer's summary stands on the timeline, the current details under 'User Metadata', both as the API says."""
    told = account["next"]
    until = datetime.fromisoformat(told["at"])
    with browser() as opened:
        page = opened.new_page()
        page.goto(f"{house.addresses.ui_url}/namespaces/{house.settings.namespace}/workflows/{workflow_of(account)}")
        expect(page.get_by_text(told["reason"], exact=True).first).to_be_visible(timeout=PATIENCE)
        page.locator("a[href*='/user-metadata']").click(timeout=PATIENCE)
        details = f"Resting until {until:%a %d %b %Y %H:%M} UTC: {told['reason']}"
        assert poll_until(lambda: plain(details) in shown(page), PATIENCE_SECONDS), shown(page)
        assert "Outreach of one overdue account" in shown(page)


def test_without_the_codec_nothing_can_be_read(house: House, account: dict[str, Any]) -> None:
    """What the words above prove: they were decoded in the browser, and are not in what Temporal stores."""
    with browser() as opened:
        page = opened.new_page()
        asked: list[str] = []

        def refuse(route: Route) -> None:
            asked.append(route.request.url)
            route.abort()

        page.route("**/codec/**", refuse)
        page.goto(f"{house.addresses.ui_url}/namespaces/{house.settings.namespace}/workflows/{workflow_of(account)}")
        expect(page.get_by_text("account_enrolled").first).to_be_visible(timeout=PATIENCE)
        assert poll_until(lambda: bool(shown(page) and asked), PATIENCE_SECONDS)
        assert plain(account["next"]["reason"]) not in shown(page)


def workflow_of(account: dict[str, Any]) -> str:
    return account_workflow_id(account["id"])


def shown(page: Page) -> str:
    """All words on the page, those in its frames too: the details are text of ours and shown in one."""
    return plain(" ".join(frame.locator("body").inner_text() for frame in page.frames))


def plain(text: str) -> str:
    """One form for the apostrophes and spaces that a page sets its own way."""
    return " ".join(text.replace("’", "'").split())
