"""The borrower's pages in a real browser: on the narrowest phone, without JavaScript, by keyboard alone."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import NamedTuple

import httpx
import pytest
from playwright.sync_api import Page, ViewportSize, expect

from forbear.clock import Clock
from forbear.rehearsal import portfolio
from forbear.rehearsal.portfolio import Loan
from forbear.services.addresses import Addresses
from forbear.services.house import House
from forbear.services.processes import poll_until
from tests.webui.desk import PATIENCE, PATIENCE_SECONDS, browser, enrol, lender

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]
MORNING = datetime(2026, 10, 26, 12, 0, tzinfo=UTC)
"""08:00 on a Monday in New York."""
SPEED = 1_800
NARROW: ViewportSize = {"width": 320, "height": 568}
ENROLLED = 6
LINK = re.compile(r"http://[^\s/]+/p/[A-Za-z0-9_-]+")


class Reached(NamedTuple):
    """A borrower that got a text, and the link in it."""

    loan: Loan
    link: str


@pytest.fixture(scope="module")
def reached(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reached]:
    data = tmp_path_factory.mktemp("borrower") / "house"
    texts_alone = [loan for loan in portfolio.read(portfolio.EXAMPLE) if loan.row["playbook"] == "us-first-party"]
    loans = [loan for loan in texts_alone if loan.zones == ["America/New_York"]][:ENROLLED]
    clock = Clock.starting(MORNING, SPEED)
    with House(data, addresses=Addresses.free(), clock=clock, fast=True) as house, lender(house) as api:
        for loan in loans:
            enrol(api, loan)
        carrier = f"{house.addresses.sandbox_url}/_sandbox/messages"

        def sent() -> list[dict[str, str]]:
            return httpx.get(carrier, trust_env=False, timeout=30.0).raise_for_status().json()

        assert poll_until(lambda: bool(sent()), PATIENCE_SECONDS), "nobody was texted"
        text = sent()[0]
        found = LINK.search(text["body"])
        assert found is not None
        yield Reached(next(loan for loan in loans if loan.phone == text["to"]), found.group())


def test_the_pages_fit_a_narrow_phone_and_need_neither_script_nor_mouse(reached: Reached) -> None:
    with browser() as opened:
        page = opened.new_context(java_script_enabled=False, viewport=NARROW).new_page()
        page.goto(reached.link, timeout=PATIENCE)
        fits(page)
        identify(page, reached.loan)
        expect(page.get_by_text(f"{reached.loan.owed:,.2f}").first).to_be_visible(timeout=PATIENCE)
        fits(page)


def fits(page: Page) -> None:
    """No horizontal scroll."""
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]


def identify(page: Page, loan: Loan) -> None:
    """Pass the identity check with the keyboard: every field is reached by Tab, and Enter sends."""
    wanted = {"day": loan.birth_date.day, "month": loan.birth_date.month, "year": loan.birth_date.year}
    for _ in range(20):
        page.keyboard.press("Tab")
        name = page.evaluate("document.activeElement.name || ''")
        part = next((part for part in wanted if name.endswith(part)), None)
        if part is not None:
            page.keyboard.type(str(wanted.pop(part)))
        if not wanted:
            page.keyboard.press("Enter")
            return
    raise AssertionError(f"not reached by keyboard: {sorted(wanted)}")
