"""Every page of cases in Debian's Chromium, at 360 and 1200 pixels, in both languages, without a script: it fits, a thumb
can hit what is pressed, everything has a name; a packet is read page by page and approved by keyboard and press alone."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from forbear.documents.packets.binding import PacketBinder
from tests.api.pages.following import follow
from tests.api.pages.served import served
from tests.api.pages.test_in_browser import ARGUMENTS, CHROMIUM
from tests.api.staff.desk import PASSWORD, Desk
from tests.api.staff.law import Law
from tests.api.staff.test_every_page import LEAST, LOOK, sign_in
from tests.api.staff.test_in_browser import seen

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="needs Debian's chromium: apt-get install chromium"),
]
SIZES = {"phone": (360, 740), "desk": (1200, 800)}
FORMS = ("tell", "tell/judged", "guarantee", "cost", "service", "files/add", "assign", "fields", "packets", "close")
APPROVE = {"en": "Approve", "zh-Hans": "批准"}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.mark.parametrize("language", ["en", "zh-Hans"])
def test_every_page_of_a_case_fits_and_can_be_used(
    desk: Desk, browser: Browser, binder: PacketBinder, language: str
) -> None:
    law = Law.of(desk)
    case, suit = busy(law), law.suit()
    lapsed = law.case(roles=("borrower",))
    law.filing.clock(lapsed, "judicial_confirmation", "", desk.house.now.date() - timedelta(days=3), "lapsed")
    packet = law.ask(suit, staff=desk.hire("legal").id)
    assert law.make(suit, packet, binder).state == "prepared"
    bare = law.ask(case, staff=desk.hire("legal").id)
    law.make(case, bare, binder)
    colleague = desk.hire("legal", language=language)
    pages = {
        "queue": "",
        "case": f"/{case}",
        "lapsed": f"/{lapsed}",
        **{f"form-{each.replace('/', '-')}": f"/{case}/{each}" for each in FORMS},
        "rows": f"/{case}/fields/requests",
        "packet": f"/{suit}/packets/{packet}",
        "packet-incomplete": f"/{case}/packets/{bare}",
        "leaf": f"/{suit}/packets/{packet}/pages/2",
        "approve": f"/{suit}/packets/{packet}/approve",
        "refused": f"/{suit}/packets/{packet}/files/packet.zip",
        "runs": "/runs",
        "calendar": "/calendar",
    }
    with served(desk) as address:
        context = browser.new_context(java_script_enabled=False, locale=language)
        page = context.new_page()
        page.goto(f"{address}/staff")
        sign_in(page, colleague)
        for name, path in pages.items():
            page.goto(f"{address}/staff/cases{path}")
            looked_at(page, f"cases-{language}-{name}")
        approve(page, f"{address}/staff/cases{pages['approve']}", APPROVE[language])
        assert law.packet(packet).state == "approved"
        looked_at(page, f"cases-{language}-approved")
        context.close()


def busy(law: Law) -> str:
    """A case with something in every part of its page."""
    case = law.case()
    filing = law.filing
    filing.guarantee(case)
    filing.serve(case, "cn.notice.dunning")
    filing.file(case, "contract", title="借款合同", source="原告提供", proves="借款关系")
    filing.fact(case, "mediation_declined", date(2026, 3, 10), by="respondent", reason="对方不同意调解")
    filing.fact(case, "hearing", date(2026, 3, 12), set_for="2026-05-20", result="set", judge="范例法官")
    law.decide(case)
    return case


def approve(page: Page, address: str, button: str) -> None:
    page.goto(address)
    follow(page.get_by_role("button", name=button, exact=True))
    assert page.locator(".summary:focus").count() == 1
    page.locator("#password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/packets/pkt_*")


def looked_at(page: Page, name: str) -> None:
    """With everything opened that opens, at each width."""
    for each in page.locator("summary").all():
        each.click()
    for size, (width, height) in SIZES.items():
        page.set_viewport_size({"width": width, "height": height})
        seen(page, f"{name}-{size}")
        assert page.evaluate(LOOK, LEAST) == [], (name, size)
