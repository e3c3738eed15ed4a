"""Every page of the work list with a real task on it, in both languages, on a phone and at a desk: it fits, a thumb can
hit what can be pressed, and everything that is filled in has a name. No script runs."""

from collections.abc import Iterator, Mapping

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from forbear.contracts.words import StaffRole, TaskKind
from forbear.ledger import deceased, numbers, tasks
from forbear.ledger.staffing import ROLES
from forbear.ledger.tables.people import ContactPoint
from forbear.ledger.task_reasons import Because, because
from tests.api.pages.following import follow
from tests.api.pages.served import served
from tests.api.pages.test_in_browser import ARGUMENTS, CHROMIUM
from tests.api.staff.desk import PASSWORD, Colleague, Desk
from tests.api.staff.test_callers import call
from tests.api.staff.test_in_browser import seen
from tests.api.staff.test_replies import letter
from tests.ledger import at_work

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="needs Debian's chromium: apt-get install chromium"),
]
SIZES = {"phone": (360, 740), "desk": (1280, 800)}
LEAST = 44
"""Pixels: the height of whatever is pressed alone."""
HEARD = {"channel": "sms", "provider": "twilio", "sender": "+12125550100"}
LONG = "Visit the place of business at once: explain what is at stake, learn why, ask for a dated promise"
LOOK = """least => {
    const wrong = [];
    const shown = each => each.getClientRects().length > 0;
    for (const each of document.querySelectorAll('button, select, textarea, input:not([type=hidden]), summary, h3 a, nav a')) {
        if (!shown(each)) continue;
        const held = each.closest('.radio, .tick') || each;
        if (held.getBoundingClientRect().height < least) wrong.push('small: ' + each.outerHTML.slice(0, 80));
    }
    for (const each of document.querySelectorAll('input:not([type=hidden]), select, textarea'))
        if (!each.labels || each.labels.length !== 1 || !each.labels[0].textContent.trim())
            wrong.push('no name: ' + each.outerHTML.slice(0, 80));
    for (const each of document.querySelectorAll('[aria-describedby], [aria-labelledby]'))
        for (const id of (each.getAttribute('aria-describedby') || each.getAttribute('aria-labelledby')).split(' '))
            if (!document.getElementById(id)) wrong.push('nothing under ' + id);
    return wrong;
}"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        yield browser
        browser.close()


def opened(desk: Desk, kind: TaskKind, reason: Because, role: StaffRole = "operator") -> str:
    house = desk.house
    wanted = tasks.Wanted(tenant=house.tenant, lender=house.lender, kind=kind, role=role, reason=reason, priority=1)
    with house.worker() as session:
        return f"/staff/tasks/{tasks.open_task(session, wanted, house.now)}"


def about_the_dead(desk: Desk) -> str:
    house, errand = desk.house, call(desk)
    point = at_work.address(house, errand.person)
    with house.worker() as session:
        found = session.get_one(ContactPoint, point)
        return f"/staff/tasks/{numbers.ask_about(session, found, deceased.WHY, house.now, account=errand.account)}"


def sights(desk: Desk) -> Mapping[str, tuple[str, tuple[str, ...]]]:
    """By name, where each page is and which forms are sent on the way, by the end of their address."""
    free, held = call(desk, reason=because("step", step="visit-at-once", title=LONG)), call(desk)
    desk.house.stop(held.person, "dispute", account=held.account)
    number = opened(desk, "number", because("number_code", channel="sms", provider="twilio", code="30005"), "legal")
    code = opened(desk, "unmapped_code", because("incident_unmapped", code="39999", **HEARD))
    broken = {"channel": "letter", "provider": "lob", "sender": "+12125550100", "code": "engine.hung"}
    message = letter(desk).path
    return {
        "list": ("/staff", ()),
        "call-before": (free.path, ()),
        "call-held": (held.path, ()),
        "call-during": (free.path, ("/begin",)),
        "call-wrong": (free.path, ("/outcome",)),
        "reply-sealed": (message, ()),
        "reply-opened": (message, ("/open",)),
        "reply-wrong": (message, ("/meaning",)),
        "address": (about_the_dead(desk), ()),
        "number": (number, ()),
        "number-wrong": (number, ("/done",)),
        "unknown": (
            opened(desk, "unknown_touch", because("unknown_at_provider", channel="sms", provider="twilio")),
            (),
        ),
        "route": (
            opened(desk, "route", because("incident_template", code="30007", template="reminder-friendly", **HEARD)),
            (),
        ),
        "mend": (opened(desk, "route", because("incident_call", **broken)), ()),
        "account": (
            opened(desk, "account", because("account_held", channel="letter", provider="lob", code="sums.equal")),
            (),
        ),
        "earlier": (opened(desk, "route", because("earlier", sentence="somebody should look at this route")), ()),
        "code": (code, ()),
        "noted": (code, ("/done",)),
        "list-begun": ("/staff", ()),
        "me": ("/staff/me", ()),
        "me-wrong": ("/staff/me", ("/password",)),
        "nothing-here": ("/staff/nothing", ()),
    }


@pytest.mark.parametrize("language", ["en", "zh-Hans"])
def test_every_page_fits_and_can_be_used(desk: Desk, browser: Browser, language: str) -> None:
    context = browser.new_context(java_script_enabled=False, locale=language)
    page = context.new_page()
    with served(desk) as address:
        page.goto(f"{address}/staff")
        looked_at(page, f"{language}-sign-in")
        follow(page.locator("button"))
        looked_at(page, f"{language}-sign-in-wrong")
        assert page.locator(".summary:focus").count() == 1
        sign_in(page, desk.hire("officer", language=language))
        looked_at(page, f"{language}-list-empty")
        page.goto(f"{address}/staff/me")
        follow(page.locator('form[action$="/sign-out"] button'))
        sign_in(page, desk.hire(*ROLES, language=language))
        for name, (path, forms) in sights(desk).items():
            page.goto(f"{address}{path}")
            for form in forms:
                follow(page.locator(f'form[action$="{form}"] button'))
            if name.endswith("-wrong"):
                assert page.locator(".summary:focus").count() == 1, name
            looked_at(page, f"{language}-{name}")
    context.close()


def sign_in(page: Page, staff: Colleague) -> None:
    page.locator("#email").fill(staff.email)
    page.locator("#password").fill(PASSWORD)
    follow(page.locator("button"))
    page.wait_for_url("**/staff")


def looked_at(page: Page, name: str) -> None:
    """At each width; what is pressed next is pressed on the smallest, where the least can be hit."""
    for size in ("desk", "phone"):
        width, height = SIZES[size]
        page.set_viewport_size({"width": width, "height": height})
        seen(page, name)
        assert page.evaluate(LOOK, LEAST) == [], (name, size)
