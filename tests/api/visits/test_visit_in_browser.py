"""A visit on two phones in Debian's Chromium: from the check-in to the report, through a cellar without a connection."""

from collections.abc import Generator
from hashlib import sha256
from pathlib import Path
from typing import Any, cast

import pytest
from playwright.sync_api import Browser, BrowserContext, Geolocation, Page, Route, ViewportSize, expect, sync_playwright
from sqlalchemy import select

from forbear.ledger.tables.visits import VisitCheckIn, VisitEvidence, VisitReport
from tests.api.pages.served import served
from tests.api.pages.site import Site
from tests.api.staff.desk import PASSWORD, Colleague
from tests.api.visits.conftest import Round, make_round
from tests.ledger.visiting import DOOR, photo

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
PHONE: ViewportSize = {"width": 360, "height": 740}
PATIENCE = 60_000
pytestmark = [
    pytest.mark.browser,
    pytest.mark.timeout(300),
    pytest.mark.skipif(not CHROMIUM.exists(), reason="needs Debian's chromium: apt-get install chromium"),
]


@pytest.fixture(scope="module")
def browser() -> Generator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def address(visits: Round) -> Generator[str]:
    with served(cast("Site", visits.desk)) as address:
        yield address


def phone(browser: Browser, address: str, who: Colleague, **options: Any) -> tuple[BrowserContext, Page]:
    """A phone at the door, on which somebody signed in."""
    place: Geolocation = {"latitude": DOOR[0], "longitude": DOOR[1], "accuracy": 8}
    context = browser.new_context(viewport=PHONE, geolocation=place, permissions=["geolocation"], **options)
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    sign_in(page, address, who)
    return context, page


def sign_in(page: Page, address: str, who: Colleague) -> None:
    page.goto(f"{address}/staff/sign-in")
    page.locator("input[name=email]").fill(who.email)
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("main button").click()
    page.wait_for_url(lambda url: "sign-in" not in url)


def told(page: Page) -> None:
    page.locator("input[name=outcome][value=nobody_home]").check()
    page.locator("#met-nobody").check()
    page.locator("form[data-keep=report] > button").click()


def begun(browser: Browser, address: str, visits: Round, visit: str) -> tuple[BrowserContext, Page]:
    """Both check in by their phones' own place; the first begins."""
    for who in (visits.two, visits.one):
        context, page = phone(browser, address, who)
        page.goto(f"{address}/staff/visits/{visit}")
        sound(page)
        page.locator("#here").click()
        expect(page.locator("main")).to_contain_text("(0 m)" if lang(page) == "en" else "（0 米）")
        if who is visits.two:
            context.close()
    page.locator("#start").click()
    page.locator("form[data-keep=report]").wait_for()
    return context, page


def lang(page: Page) -> str:
    return page.locator("html").get_attribute("lang") or ""


def sound(page: Page) -> None:
    """As wide as the phone, everything to press big enough for a thumb, one heading above all."""
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert page.locator("h1").count() == 1
    small = page.evaluate(
        "[...document.querySelectorAll('main button, main select, main summary, main input[type=text], main .radio label, "
        "main .tick label')].filter(e => e.offsetParent && e.getBoundingClientRect().height < 44).map(e => e.outerHTML)"
    )
    assert small == []
    tiny = page.evaluate(
        "[...document.querySelectorAll('main button, main select, main summary')]"
        ".filter(e => e.offsetParent && e.getBoundingClientRect().height < 44).map(e => e.outerHTML)"
    )
    assert tiny == []


def rows(visits: Round, table: Any, visit: str) -> list[Any]:
    with visits.crew.desk(visits.crew.supervisor) as desk:
        return list(desk.session.scalars(select(table).where(table.visit == visit)))


@pytest.mark.parametrize("language", ["en", "zh-Hans"])
def test_a_report_made_without_a_connection_is_kept_and_arrives_once(
    visits: Round, browser: Browser, address: str, language: str, tmp_path: Path
) -> None:
    team = visits if language == "en" else make_round(visits.desk, language)
    visit, _, _ = team.crew.assigned()
    context, page = begun(browser, address, team, visit)
    sound(page)
    page.screenshot(path=tmp_path / f"{language}-under-way.png", full_page=True)
    assert [(row.typed, row.nearness) for row in rows(team, VisitCheckIn, visit)] == [(False, "near")] * 2

    context.set_offline(True)
    picture = tmp_path / "door.jpg"
    picture.write_bytes(photo())
    page.locator("#photo").set_input_files(picture)
    page.locator("form[data-keep=photo] button").click()
    kept = page.locator("#kept")
    expect(kept).to_contain_text("1")
    page.locator("#outcome").check()
    page.locator("#met-borrower").check()
    page.locator("#no_promise").check()
    page.locator("#note").fill("The shop is open from nine.")
    page.locator("form[data-keep=report] > button").click()
    expect(kept).to_contain_text("Kept on this phone: 2" if language == "en" else "已保存在本机：2 项")
    page.screenshot(path=tmp_path / f"{language}-kept.png")
    assert rows(team, VisitReport, visit) == []

    context.set_offline(False)
    expect(page.locator("main")).to_contain_text(
        "The report arrived" if language == "en" else "报告已于", timeout=PATIENCE
    )
    expect(kept).to_contain_text("Sent" if language == "en" else "已发送")
    sound(page)
    page.screenshot(path=tmp_path / f"{language}-sent.png", full_page=True)
    assert [row.outcome for row in rows(team, VisitReport, visit)] == ["met_borrower"]
    pictures = [row for row in rows(team, VisitEvidence, visit) if row.kind == "photo"]
    assert [(row.hashed_by, row.sha256) for row in pictures] == [("phone", sha256(photo()).hexdigest())]
    context.close()


def test_an_answer_that_was_lost_on_the_way_doubles_nothing(visits: Round, browser: Browser, address: str) -> None:
    visit, _, _ = visits.crew.assigned()
    context, page = begun(browser, address, visits, visit)
    lost: list[int] = []

    def swallow(route: Route) -> None:
        if lost:
            route.continue_()
        else:
            lost.append(route.fetch(max_redirects=0).status)
            route.abort()

    page.route("**/report", swallow)
    told(page)
    expect(page.locator("#kept")).to_contain_text("No connection right now")
    assert lost == [200]
    expect(page.locator("main")).to_contain_text("The report arrived", timeout=PATIENCE)
    assert len(rows(visits, VisitReport, visit)) == 1
    context.close()


def test_what_the_server_will_not_take_is_said_and_can_be_removed(
    visits: Round, browser: Browser, address: str, tmp_path: Path
) -> None:
    visit, _, _ = visits.crew.assigned()
    context, page = begun(browser, address, visits, visit)
    page.locator("input[name=outcome][value=nobody_home]").check()
    page.locator("#met-borrower").check()
    page.locator("#note").fill("Open from nine.")
    page.locator("form[data-keep=report] > button").click()
    kept = page.locator("#kept")
    expect(kept).to_contain_text("Whom you met does not fit")
    page.reload()
    kept.get_by_role("button", name="Correct it").click()
    expect(kept).to_be_hidden()
    expect(page.locator("#note")).to_have_value("Open from nine.")
    expect(page.locator("input[name=outcome][value=nobody_home]")).to_be_checked()
    page.evaluate("addEventListener('beforeunload', () => sessionStorage.setItem('left', 'yes'))")
    picture = tmp_path / "door.jpg"
    picture.write_bytes(photo())
    page.locator("#photo").set_input_files(picture)
    page.locator("form[data-keep=photo] button").click()
    expect(kept).to_contain_text("Sent")
    page.evaluate("forbearKept.all()")  # after what the sender itself asks before it would leave the page
    assert page.evaluate("sessionStorage.getItem('left')") is None
    expect(page.locator("#note")).to_have_value("Open from nine.")
    page.locator("form[data-keep=report] > button").click()
    expect(kept).to_contain_text("Whom you met does not fit")
    kept.get_by_role("button", name="Remove it from this phone").click()
    expect(kept).not_to_contain_text("Not taken:")
    assert rows(visits, VisitReport, visit) == []
    context.close()


def test_a_photo_over_which_the_server_stumbles_holds_nothing_else_up(
    visits: Round, browser: Browser, address: str, tmp_path: Path
) -> None:
    visit, _, _ = visits.crew.assigned()
    context, page = begun(browser, address, visits, visit)
    broken: list[bool] = [True]
    page.clock.install()
    page.reload()
    page.route("**/visit-photos/*", lambda route: route.fulfill(status=500) if broken else route.continue_())
    context.set_offline(True)
    picture = tmp_path / "door.jpg"
    picture.write_bytes(photo())
    page.locator("#photo").set_input_files(picture)
    page.locator("form[data-keep=photo] button").click()
    kept = page.locator("#kept")
    expect(kept).to_contain_text("Kept on this phone: 1")
    told(page)
    expect(kept).to_contain_text("Kept on this phone: 2")
    context.set_offline(False)
    for _ in range(4):
        page.clock.run_for(15_000)
        expect(kept).to_contain_text("The server could not take something")
    assert [row.outcome for row in rows(visits, VisitReport, visit)] == ["nobody_home"]
    expect(kept).to_contain_text("A picture could not be taken several times")
    expect(kept.get_by_role("button", name="Remove it from this phone")).to_be_visible()
    sound(page)
    broken.clear()
    kept.get_by_role("button", name="Try again now").click()
    expect(page.locator("main")).to_contain_text("The report arrived", timeout=PATIENCE)
    assert [row.kind for row in rows(visits, VisitEvidence, visit)] == ["photo"]
    context.close()


def test_without_a_script_the_same_forms_do_it(visits: Round, browser: Browser, address: str) -> None:
    visit, _, _ = visits.crew.assigned()
    for who in (visits.two, visits.one):
        context, page = phone(browser, address, who, java_script_enabled=False)
        page.goto(f"{address}/staff/visits/{visit}")
        page.locator("form[data-here] summary").click()
        page.locator("#latitude").fill(str(DOOR[0]))
        page.locator("#longitude").fill(str(DOOR[1]))
        page.locator("#here").click()
        if who is visits.two:
            context.close()
    page.locator("#start").click()
    page.locator("input[name=outcome][value=asked_not_to_return]").check()
    page.locator("#met-borrower").check()
    page.locator("form[data-keep=report] > button").click()
    expect(page.locator("main")).to_contain_text("The report arrived")
    assert [row.typed for row in rows(visits, VisitCheckIn, visit)] == [True, True]
    assert [row.outcome for row in rows(visits, VisitReport, visit)] == ["asked_not_to_return"]
    context.close()


def test_the_boards_of_a_supervisor_fit_a_phone(visits: Round, browser: Browser, address: str, tmp_path: Path) -> None:
    asked, _, _ = visits.crew.requested()
    planned, _, _ = visits.crew.assigned()
    context, page = phone(browser, address, visits.supervisor)
    for name, path in (("board", "board"), ("plan", f"{planned}/plan"), ("route", "route"), ("door", planned)):
        page.goto(f"{address}/staff/visits/{path}")
        sound(page)
        page.screenshot(path=tmp_path / f"{name}.png", full_page=True)
    assert asked in page.goto(f"{address}/staff/visits/board").text()  # pyright: ignore[reportOptionalMemberAccess]  a page was opened
    context.close()


REFUSING = {
    "private": "Object.defineProperty(window, 'indexedDB', {value: {open() { throw new DOMException('no', 'SecurityError'); }}});"
    "Object.defineProperty(window, 'sessionStorage', {get() { throw new DOMException('no', 'SecurityError'); }});",
    "full": "IDBObjectStore.prototype.put = function () { throw new DOMException('full', 'QuotaExceededError'); };",
}
"""Browsers that keep nothing: a window that leaves no trace, a phone without room."""


@pytest.mark.parametrize("how", [(language, why) for language in ("en", "zh-Hans") for why in sorted(REFUSING)])
def test_a_report_that_the_phone_will_not_keep_stays_in_its_form_until_it_was_sent(
    visits: Round, browser: Browser, address: str, how: tuple[str, str], tmp_path: Path
) -> None:
    language, why = how
    team = visits if language == "en" else make_round(visits.desk, language)
    visit, _, _ = team.crew.assigned()
    context, page = begun(browser, address, team, visit)
    context.add_init_script(REFUSING[why])
    page.reload()
    kept = page.locator("#kept")
    if why == "private":
        expect(kept).to_contain_text("keeps nothing" if language == "en" else "无法保存")
    context.set_offline(True)
    page.locator("input[name=outcome][value=nobody_home]").check()
    page.locator("#met-nobody").check()
    page.locator("#note").fill("The blue gate was locked.")
    page.locator("form[data-keep=report] > button").click()
    expect(kept).to_contain_text(
        "could not keep it, and it has not been sent" if language == "en" else "本机未能保存，也尚未发送"
    )
    expect(page.locator("#note")).to_have_value("The blue gate was locked.")
    expect(page.locator("#met-nobody")).to_be_checked()
    sound(page)
    page.screenshot(path=tmp_path / f"{language}-{why}-unkept.png")
    kept.get_by_role("button").click()
    expect(kept).to_contain_text("No connection" if language == "en" else "没有网络")
    context.set_offline(False)
    kept.get_by_role("button").click()
    expect(page.locator("main")).to_contain_text("The report arrived" if language == "en" else "报告已于")
    assert [row.outcome for row in rows(team, VisitReport, visit)] == ["nobody_home"]
    context.close()


def test_a_picture_that_the_phone_will_not_keep_is_sent_at_once_and_a_begun_report_stays(
    visits: Round, browser: Browser, address: str, tmp_path: Path
) -> None:
    visit, _, _ = visits.crew.assigned()
    context, page = begun(browser, address, visits, visit)
    context.add_init_script(REFUSING["full"])
    page.reload()
    page.locator("#note").fill("The blue gate was locked.")
    picture = tmp_path / "door.jpg"
    picture.write_bytes(photo())
    page.locator("#photo").set_input_files(picture)
    page.locator("form[data-keep=photo] button").click()
    expect(page.locator("#kept")).to_contain_text("Sent")
    assert [row.kind for row in rows(visits, VisitEvidence, visit)] == ["photo"]
    expect(page.locator("#note")).to_have_value("The blue gate was locked.")
    context.close()


def test_a_report_kept_when_the_session_ended_is_sent_from_the_day_after_signing_in(
    visits: Round, browser: Browser, address: str
) -> None:
    visit, _, _ = visits.crew.assigned()
    context, page = begun(browser, address, visits, visit)
    context.clear_cookies()
    told(page)
    kept = page.locator("#kept")
    expect(kept).to_contain_text("Sign in again, then it is sent.")
    kept.get_by_role("link", name="Sign in").click()
    page.wait_for_url(lambda url: f"next=%2Fstaff%2Fvisits%2F{visit}" in url)
    sign_in(page, address, visits.one)
    page.goto(f"{address}/staff/visits/day")
    expect(page.locator("#kept")).to_contain_text("Sent")
    assert [row.outcome for row in rows(visits, VisitReport, visit)] == ["nobody_home"]
    context.close()


def test_a_report_sent_from_a_page_older_than_the_session_arrives(
    visits: Round, browser: Browser, address: str
) -> None:
    visit, _, _ = visits.crew.assigned()
    context, page = begun(browser, address, visits, visit)
    context.clear_cookies()
    sign_in(context.new_page(), address, visits.one)
    told(page)
    expect(page.locator("main")).to_contain_text("The report arrived", timeout=PATIENCE)
    assert [row.outcome for row in rows(visits, VisitReport, visit)] == ["nobody_home"]
    context.close()


def test_a_page_for_an_answer_is_no_receipt_of_a_report(visits: Round, browser: Browser, address: str) -> None:
    visit, _, _ = visits.crew.assigned()
    context, page = begun(browser, address, visits, visit)
    somebodys: list[bool] = [True]

    def instead(route: Route) -> None:
        if somebodys:
            route.fulfill(status=200, content_type="text/html", body="<h1>Sign in to this network</h1>")
        else:
            route.continue_()

    page.route("**/report", instead)
    told(page)
    kept = page.locator("#kept")
    expect(kept).to_contain_text("Kept on this phone: 1")
    expect(kept).to_contain_text("The server could not take something")
    somebodys.clear()
    expect(page.locator("main")).to_contain_text("The report arrived", timeout=PATIENCE)
    assert [row.outcome for row in rows(visits, VisitReport, visit)] == ["nobody_home"]
    context.close()


def test_what_needs_the_rules_says_so_without_a_connection_and_keeps_the_page(
    visits: Round, browser: Browser, address: str
) -> None:
    visit, _, _ = visits.crew.assigned()
    context, page = phone(browser, address, visits.one)
    page.goto(f"{address}/staff/visits/{visit}")
    context.set_offline(True)
    for button in ("#start", "#here"):
        page.locator(button).click()
        expect(page.locator("#kept")).to_contain_text("There is no connection, and this needs one")
    sound(page)
    context.set_offline(False)
    page.locator("#here").click()
    expect(page.locator("main")).to_contain_text("(0 m)")
    assert len(rows(visits, VisitCheckIn, visit)) == 1
    context.close()
