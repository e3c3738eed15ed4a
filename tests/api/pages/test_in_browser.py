"""The pages in Debian's Chromium: without JavaScript, on the smallest phone, by keyboard alone."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.api.pages.following import follow
from tests.api.pages.served import served
from tests.api.pages.site import Borrower, Site

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="needs Debian's chromium: apt-get install chromium"),
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def complaints() -> list[str]:
    """What the browser said on its console: a blocked style, a refused form, a missing file."""
    return []


@pytest.fixture
def phone(browser: Browser, complaints: list[str]) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 320, "height": 640}, java_script_enabled=False)
    page = context.new_page()
    page.on("console", lambda message: complaints.append(message.text))
    page.on("requestfailed", lambda request: complaints.append(request.url))
    yield page
    context.close()


def widest(page: Page) -> int:
    """How far right anything reaches; the question comes from outside, the page's own scripts stay off."""
    return page.evaluate("document.documentElement.scrollWidth")


def pass_the_check(page: Page, address: str, borrower: Borrower) -> None:
    page.goto(f"{address}{borrower.path}")
    for part, value in (("month", "3"), ("day", "27"), ("year", "1985")):
        page.get_by_label(part.capitalize()).fill(value)
    follow(page.get_by_role("button", name="Continue"))


def test_no_page_is_wider_than_the_smallest_phone(
    site: Site, borrower: Borrower, phone: Page, complaints: list[str]
) -> None:
    with served(site) as address:
        phone.goto(f"{address}{borrower.path}")
        assert widest(phone) <= 320
        follow(phone.get_by_role("button", name="Continue"))
        assert phone.get_by_role("alert").is_visible()
        assert widest(phone) <= 320
        pass_the_check(phone, address, borrower)
        for choice in phone.locator("summary").all()[1:]:
            choice.click()
        assert widest(phone) <= 320
        for path in ("/pay", "/promise", "/dispute", "/hardship", "/wrong-person", "/stop"):
            phone.goto(f"{address}{borrower.path}{path}")
            assert widest(phone) <= 320, path
    assert [each for each in complaints if "favicon" not in each and "422" not in each] == []


def test_a_promise_by_keyboard_alone(site: Site, borrower: Borrower, phone: Page) -> None:
    with served(site) as address:
        phone.goto(f"{address}{borrower.path}")
        for typed in ("3", "27", "1985"):
            phone.keyboard.press("Tab")
            phone.keyboard.type(typed)
        phone.keyboard.press("Enter")
        phone.wait_for_url("**/account")
        assert phone.title() == "Your account with Example Bank – Example Bank"
        phone.get_by_text("Choose a date to pay").focus()
        phone.keyboard.press("Enter")
        phone.keyboard.press("Tab")
        phone.keyboard.press("Tab")
        phone.keyboard.type("03092026")
        phone.keyboard.press("Enter")
        phone.wait_for_url("**/done/promise")
        assert phone.get_by_role("heading", level=1).inner_text() == "Thank you. We have noted your date"
    assert [day.isoformat() for _, day, _ in borrower.promises()] == ["2026-03-09"]


def test_an_error_takes_the_focus_and_leads_to_its_field(site: Site, borrower: Borrower, phone: Page) -> None:
    with served(site) as address:
        pass_the_check(phone, address, borrower)
        phone.goto(f"{address}{borrower.path}/promise")
        phone.get_by_label("Amount you will pay").fill("5000")
        follow(phone.get_by_role("button", name="Promise to pay"))
        assert phone.title().startswith("Error: ")
        assert phone.locator(".summary:focus").count() == 1
        phone.get_by_role("link", name="Amount must be $100.00 or less").click()
        assert phone.get_by_label("Amount you will pay").input_value() == "5000"
        assert phone.url.endswith("#promise-amount")


def test_the_form_may_lead_to_the_providers_page(site: Site, borrower: Borrower, phone: Page) -> None:
    """The policy of the page must let the press go on to another origin, and to that one only."""
    with served(site) as ours, served(site) as theirs:
        site.app.state.settings = site.settings.model_copy(update={"sandbox": True, "stripe_base": f"{theirs}/stripe"})
        site.provider.pages = f"{theirs}/p/aaaaaaaaaaaaaaaa?"
        pass_the_check(phone, ours, borrower)
        follow(phone.get_by_role("button", name="Continue to payment"))
        assert phone.url.startswith(theirs)
