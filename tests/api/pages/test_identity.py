"""Who may see an account: the cover tells nothing, guesses are counted, and a way in is for one browser and one link."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from forbear.api.pace import Pace
from forbear.ledger.tables.contacts import Link, PageSession
from forbear.ledger.tables.record import AuditRow, Outbox
from tests.api.pages.reading import read
from tests.api.pages.site import BORN, Borrower, Site, Visitor, visit

WRONG = date(1985, 3, 28)


def counts(site: Site) -> list[int]:
    """How many rows there are of everything that a visit might write."""
    with site.house.ledger.worker(site.house.tenant) as session:
        written = [session.scalar(select(func.count()).select_from(table)) for table in (AuditRow, Outbox)]
    with site.house.ledger.api(site.house.tenant, site.house.lender) as session:
        written += [session.scalar(select(func.count()).select_from(PageSession))]
        written += [session.scalar(select(func.sum(Link.failures)))]
    return [int(each or 0) for each in written]


def test_the_cover_names_the_lender_and_nothing_else(borrower: Borrower) -> None:
    page = borrower.visitor().visit(before=True)
    assert page.h1 == "Confirm it is you to continue"
    assert "Example Bank" in page.text
    assert set(page.form("identity").fields) == {"birth_month", "birth_day", "birth_year"}


@pytest.mark.parametrize(
    "path", ["", "/identity", "/account", "/pay", "/promise", "/dispute", "/paid", "/done/promise"]
)
def test_nothing_but_the_cover_is_seen_before_the_check(borrower: Borrower, path: str) -> None:
    assert borrower.visitor().visit(path, before=True).offers("identity")


@pytest.mark.parametrize("path", ["", "/stop", "/wrong-person"])
def test_opening_a_page_changes_nothing(site: Site, borrower: Borrower, path: str) -> None:
    before = counts(site)
    for _ in range(3):
        answer = borrower.visitor().get(path)
        assert answer.status_code == 200
        assert "set-cookie" not in answer.headers
    assert counts(site) == before


def test_the_right_date_lets_in(borrower: Borrower) -> None:
    page = borrower.inside().visit("/account")
    assert "$100.00" in page.text
    assert not page.offers("identity")


def test_whoever_is_in_is_not_asked_again(borrower: Borrower) -> None:
    visitor = borrower.inside()
    assert visitor.get().headers["location"] == f"{borrower.path}/account"
    assert visitor.identify(WRONG).headers["location"] == f"{borrower.path}/account"


@pytest.mark.parametrize(
    ("typed", "sentence", "field"),
    [
        ({}, "Enter your date of birth", "birth_month"),
        (
            {"birth_year": "1985", "birth_month": "2", "birth_day": "30"},
            "Date of birth must be a real date",
            "birth_day",
        ),
        ({"birth_year": "1985", "birth_day": "27"}, "Date of birth must be a real date", "birth_month"),
        ({"birth_year": "85", "birth_month": "3", "birth_day": "27"}, "Date of birth must be a real date", "birth_day"),
        (
            {"birth_year": "2999", "birth_month": "3", "birth_day": "27"},
            "Date of birth must be a real date",
            "birth_day",
        ),
        (
            {"birth_year": "x" * 500, "birth_month": "<b>", "birth_day": "'"},
            "Date of birth must be a real date",
            "birth_day",
        ),
    ],
)
def test_a_slip_is_explained_and_costs_no_try(
    borrower: Borrower, typed: dict[str, str], sentence: str, field: str
) -> None:
    visitor = borrower.visitor()
    answers = [visitor.post("/identity", **typed) for _ in range(5)]
    assert {answer.status_code for answer in answers} == {422}
    page = visit(answers[-1], borrower)
    assert page.errors == [(field, sentence)]
    assert page.form("identity").fields == {"birth_month": "", "birth_day": "", "birth_year": "", **typed}
    assert visitor.identify(BORN).status_code == 303


@pytest.mark.parametrize("month", ["3", "03", " 3 ", "March", "mar", "MAR."])
def test_a_month_may_be_written_in_many_ways(borrower: Borrower, month: str) -> None:
    typed = {"birth_year": " 1985", "birth_month": month, "birth_day": "27 "}
    assert borrower.visitor().post("/identity", **typed).headers["location"].endswith("/account")


def test_three_wrong_dates_lock_the_link_and_say_until_when(site: Site, borrower: Borrower) -> None:
    visitor = borrower.visitor()
    for left in ("You can try 2 more times", "You can try once more"):
        page = visit(visitor.identify(WRONG), borrower)
        assert page.errors[0][1].startswith("We could not confirm that it is you")
        assert left in page.errors[0][1]
        assert page.form("identity").fields["birth_day"] == "28"
    locked = visitor.identify(WRONG)
    assert (locked.status_code, locked.headers["location"]) == (303, borrower.path)
    page = visitor.visit(status=403, before=True)
    assert "1:00" in page.text
    assert "CST on March 2, 2026" in page.text
    assert "(212) 555-0199" in page.text
    assert not page.offers("identity")


def test_a_locked_link_takes_not_even_the_right_date(site: Site, borrower: Borrower) -> None:
    visitor = borrower.visitor()
    for _ in range(3):
        visitor.identify(WRONG)
    assert visitor.identify(BORN).status_code == 403
    site.hands.advance(timedelta(minutes=59))
    assert visitor.identify(BORN).status_code == 403
    site.hands.advance(timedelta(minutes=2))
    assert visitor.identify(BORN).status_code == 303


def test_a_right_date_forgives_slips_before_it(borrower: Borrower) -> None:
    for _ in range(4):
        visitor = borrower.visitor()
        visitor.identify(WRONG)
        visitor.identify(WRONG)
        assert visitor.identify(BORN).headers["location"].endswith("/account")


def guess_until_locked(visitor: Visitor) -> None:
    for _ in range(3):
        visitor.identify(WRONG)


def test_lock_outs_grow_until_only_the_telephone_helps(site: Site, borrower: Borrower) -> None:
    visitor = borrower.visitor()
    guess_until_locked(visitor)
    site.hands.advance(timedelta(hours=1, seconds=1))
    guess_until_locked(visitor)
    site.hands.advance(timedelta(hours=2))
    assert visitor.get().status_code == 403
    site.hands.advance(timedelta(hours=23))
    guess_until_locked(visitor)
    site.hands.advance(timedelta(days=20))
    assert visitor.identify(BORN).status_code == 403


def test_a_new_text_does_not_bring_new_guesses(site: Site, borrower: Borrower) -> None:
    for hours in (2, 25, 0):
        guess_until_locked(borrower.visitor())
        site.hands.advance(timedelta(hours=hours))
    site.hands.advance(timedelta(days=1))
    order, ready = site.house.prepared(borrower.account)
    site.house.record(order)
    later = Borrower(site, borrower.phone, borrower.person, borrower.account, order, ready.values["link"], "")
    visitor = later.visitor()
    assert visitor.identify(WRONG).status_code == 303, "one wrong date is enough now"
    assert visitor.get().status_code == 403


def test_guesses_that_come_together_are_counted_one_by_one(borrower: Borrower) -> None:
    browsers = [borrower.visitor() for _ in range(8)]

    def guess(visitor: Visitor) -> int:
        return visitor.identify(WRONG).status_code

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(guess, browsers))
    assert answers.count(422) == 2
    assert borrower.visitor().get().status_code == 403


def test_the_way_in_ends_after_a_quarter_of_an_hour(site: Site, borrower: Borrower) -> None:
    visitor = borrower.inside()
    site.hands.advance(timedelta(minutes=14, seconds=59))
    assert visitor.get("/account").status_code == 200
    site.hands.advance(timedelta(seconds=1))
    assert visitor.get("/account").headers["location"] == borrower.path
    assert visitor.post("/promise", amount="10", on="2026-03-09").headers["location"] == borrower.path
    assert borrower.promises() == []


def test_the_cookie_is_for_no_script_no_other_site_and_no_other_link(site: Site, borrower: Borrower) -> None:
    visitor = borrower.visitor()
    cookie = visitor.identify(BORN).headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert f"Path={borrower.path}" in cookie
    other = site.borrower()
    taken = {"Cookie": cookie.partition(";")[0]}
    assert visitor.http.get(f"{other.path}/account", headers=taken).headers["location"] == other.path
    assert borrower.visitor().http.get(f"{borrower.path}/account", headers=taken).status_code == 200


def test_another_browser_is_not_let_in(borrower: Borrower) -> None:
    borrower.inside()
    assert borrower.visitor().get("/account").headers["location"] == borrower.path


def test_unknown_expired_and_revoked_links_give_one_calm_page(site: Site, borrower: Borrower) -> None:
    unknown = site.browser().get("/p/aaaaaaaaaaaaaaaa")
    odd = [site.browser().get(f"/p/{token}") for token in ("a", "..%2f..%2fetc", "x" * 300, "aaaaaaaaaaaaaaa%00")]
    revoked = site.borrower()
    revoked.visitor().post("/wrong-person")
    visitor = borrower.inside()
    site.hands.advance(timedelta(days=30, seconds=1))
    expired, late = visitor.get(), visitor.get("/account")
    slips = [site.browser().get(f"{borrower.path}/{slip}") for slip in ("", "nothing", "done/nothing", "a/b/c")]
    for answer in (unknown, *odd, *slips, revoked.visitor().get(), expired, late):
        assert (answer.status_code, answer.text) == (404, unknown.text)
    page = visit(unknown, borrower, before=True)
    assert page.h1 == "This link does not work"
    assert "reply STOP" in page.text


def test_a_full_stop_after_the_link_does_no_harm(borrower: Borrower) -> None:
    for stop in (".", ",", ")", "!)"):
        answer = borrower.visitor().get(stop)
        assert answer.status_code == 200
        assert visit(answer, borrower, before=True).form("identity").action == f"{borrower.path}/identity"


def test_without_a_birth_date_the_page_leads_to_the_telephone(site: Site) -> None:
    borrower = site.borrower(born=None)
    page = borrower.visitor().visit(before=True)
    assert page.h1 == "We cannot confirm online that it is you"
    assert borrower.visitor().identify(BORN).status_code == 200
    assert not page.offers("identity")


def test_an_unreadable_form_gives_a_page(site: Site, borrower: Borrower) -> None:
    browser = site.browser()
    for content, kind in ((b"{}", "application/json"), (b"\xff\xfe=1", "application/x-www-form-urlencoded")):
        answer = browser.post(f"{borrower.path}/identity", content=content, headers={"Content-Type": kind})
        assert answer.status_code == 404
        visit(answer, borrower, before=True)
    huge = browser.post(f"{borrower.path}/identity", data={"birth_day": "1" * 70_000})
    assert huge.status_code == 404
    many = browser.post(f"{borrower.path}/identity", data={f"f{number}": "1" for number in range(300)})
    assert many.status_code == 404


def test_a_failure_on_our_side_is_a_page_too(site: Site, borrower: Borrower, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("of no concern to a borrower")

    monkeypatch.setattr("forbear.ledger.links.look", fail)
    answer = site.browser().get(borrower.path)
    assert answer.status_code == 500
    assert "no concern" not in visit(answer, borrower, before=True).text


def test_one_address_cannot_guess_at_many_links(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    few = site.settings.model_copy(update={"rate_identity": "2/hour"})
    monkeypatch.setattr(site.app.state, "pace", Pace(few), raising=False)
    links = [site.borrower() for _ in range(3)]
    answers = [each.visitor().identify(WRONG) for each in links]
    assert [answer.status_code for answer in answers] == [422, 422, 429]
    assert read(answers[2].text).h1 == "Please wait a moment"
    assert int(answers[2].headers["Retry-After"]) > 3000
    assert site.app.state.pace.count("reading", "somebody"), "pages that only show are not counted, nor anything else"
    assert links[2].visitor().visit(before=True).offers("identity"), "and this guess was not one of the link's three"
