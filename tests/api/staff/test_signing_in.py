"""Signing in and out over HTTP: who gets in, for how long, and from which forms something may be changed."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from forbear.api.pace import Pace
from forbear.api.staff.session import COOKIE
from forbear.ledger import admin, passwords, staffing
from forbear.ledger.signing_in import LONGEST
from tests.api.pages.reading import read
from tests.api.staff.desk import PASSWORD, Colleague, Desk, seen

WRONG = "not the password at all"


def is_in(colleague: Colleague) -> bool:
    answer = colleague.get("/staff/me")
    assert answer.status_code in {200, 303}
    return answer.status_code == 200


def test_the_right_password_lets_in_and_the_act_is_put_down(desk: Desk) -> None:
    robin = desk.hire("caller")
    answer = robin.sign_in()
    assert (answer.status_code, answer.headers["location"]) == (303, "/staff")
    assert is_in(robin)
    assert desk.acts(robin.id) == ["signed_in"]


def test_the_cookie_is_for_no_script_and_for_our_pages_only(desk: Desk) -> None:
    robin = desk.hire()
    told = robin.sign_in().headers["set-cookie"].lower()
    assert "httponly" in told
    assert "samesite=lax" in told
    assert "path=/staff" in told
    kept = next(each for each in told.split("; ") if each.startswith("max-age="))
    assert timedelta(seconds=int(kept.partition("=")[2])) > 10 * LONGEST, "forms outlive a session, and are somebody's"
    assert ("secure" in told) == desk.settings.public_url.startswith("https:")
    desk.app.state.settings = desk.settings.model_copy(update={"public_url": "https://pages.example.org"})
    assert "; secure" in robin.sign_in().headers["set-cookie"].lower()


def test_every_refusal_reads_the_same(desk: Desk) -> None:
    """Wrong, unknown, disabled, without a password, locked: nobody learns who works here."""
    wrong, disabled, unset, locked = desk.hire(), desk.hire(), desk.hire(password=None), desk.hire()
    with desk.operator() as session:
        staffing.disable(session, disabled.id, desk.ledger.clock)
    for _ in range(5):
        locked.sign_in(WRONG)
    nobody = Colleague(desk, "", "nobody@example.org", "")
    answers = [wrong.sign_in(WRONG), *(each.sign_in() for each in (disabled, unset, locked, nobody))]
    assert {answer.status_code for answer in answers} == {422}
    assert all(COOKIE not in answer.cookies for answer in answers)
    pages = [seen(answer) for answer in answers]
    emails = [each.email for each in (wrong, disabled, unset, locked, nobody)]
    assert len({page.text.replace(email, "") for page, email in zip(pages, emails, strict=True)}) == 1


@pytest.mark.parametrize("who", ["unknown", "wrong", "locked"])
def test_the_same_work_is_done_whoever_asks(desk: Desk, who: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """One comparison each: time tells nothing of whether there is an account."""
    robin = desk.hire()
    if who == "locked":
        for _ in range(5):
            robin.sign_in(WRONG)
    passwords.holds(None, "made once beforehand")
    compared: list[str] = []
    real = passwords.HASHER

    class Counting:
        def verify(self, stored: str, given: str) -> bool:
            compared.append(stored)
            return real.verify(stored, given)

    monkeypatch.setattr(passwords, "HASHER", Counting())
    (Colleague(desk, "", "nobody@example.org", "") if who == "unknown" else robin).sign_in(WRONG)
    assert len(compared) == 1
    assert real.check_needs_rehash(compared[0]) is False


def test_five_wrong_passwords_lock_and_time_unlocks(desk: Desk) -> None:
    robin = desk.hire()
    for _ in range(5):
        assert robin.sign_in(WRONG).status_code == 422
    assert robin.sign_in().status_code == 422
    assert desk.acts(robin.id) == ["locked_out"], "somebody can see that it was tried"
    desk.hands.advance(timedelta(minutes=15))
    assert robin.sign_in().status_code == 303


@pytest.fixture
def few_guesses(desk: Desk) -> Iterator[None]:
    held = desk.app.state.pace
    desk.app.state.pace = Pace(desk.settings.model_copy(update={"rate_identity": "3/minute"}))
    yield
    desk.app.state.pace = held


@pytest.mark.usefixtures("few_guesses")
def test_guesses_from_one_address_are_slowed_whoever_they_are_for(desk: Desk) -> None:
    for _ in range(3):
        assert desk.hire().sign_in(WRONG).status_code == 422
    refused = desk.hire().sign_in()
    assert (refused.status_code, seen(refused).h1) == (429, "Too many tries")
    assert 0 < int(refused.headers["retry-after"]) <= 60
    assert COOKIE not in refused.cookies


def test_a_cookie_that_somebody_planted_is_not_taken_over(desk: Desk) -> None:
    robin, planted = desk.hire(), "known-to-somebody-else"
    browser = desk.browser()
    browser.cookies.set(COOKIE, planted, path="/staff")
    given = robin.sign_in(browser=browser).headers["set-cookie"]
    assert given.startswith(f"{COOKIE}=")
    assert planted not in given
    stranger = desk.browser()
    stranger.cookies.set(COOKIE, planted, path="/staff")
    assert stranger.get("/staff/me").status_code == 303


def test_a_right_password_forgets_the_wrong_ones_before(desk: Desk) -> None:
    robin = desk.hire()
    for _ in range(3):
        for _ in range(4):
            robin.sign_in(WRONG)
        assert robin.sign_in().status_code == 303


def test_a_session_ends_when_unused_and_at_the_latest_after_a_working_day(desk: Desk) -> None:
    idle, busy = desk.hire().signed_in(), desk.hire().signed_in()
    desk.hands.advance(timedelta(hours=1, minutes=59))
    assert is_in(busy)
    desk.hands.advance(timedelta(minutes=1))
    assert not is_in(idle)
    for _ in range(9):
        assert is_in(busy)
        desk.hands.advance(timedelta(hours=1))
    assert is_in(busy)
    desk.hands.advance(timedelta(hours=1))
    assert not is_in(busy)


def test_disabling_shuts_out_at_once(desk: Desk, caller: Colleague) -> None:
    assert is_in(caller)
    with desk.operator() as session:
        staffing.disable(session, caller.id, desk.ledger.clock)
    assert not is_in(caller)
    assert caller.sign_in().status_code == 422


def test_a_new_password_ends_every_session(desk: Desk, caller: Colleague) -> None:
    with desk.operator() as session:
        staffing.set_password(session, desk.ledger.vault, caller.id, "five other loud words", desk.ledger.clock)
    assert not is_in(caller)
    assert caller.sign_in().status_code == 422
    assert caller.sign_in("five other loud words").status_code == 303


def test_signing_out_ends_this_session_and_everywhere_all_of_them(desk: Desk) -> None:
    robin = desk.hire().signed_in()
    other = Colleague(desk, robin.id, robin.email, robin.tenant).signed_in()
    cookie = robin.cookie
    robin.send(robin.visit("/staff/me"), "sign-out")
    robin.http.cookies.set(COOKIE, cookie)
    assert not is_in(robin)
    assert is_in(other)
    third = Colleague(desk, robin.id, robin.email, robin.tenant).signed_in()
    third.send(third.visit("/staff/me"), "sign-out-everywhere")
    assert not is_in(other)
    assert desk.acts(robin.id).count("signed_out") == 1
    assert desk.acts(robin.id)[-1] in {"signed_out_everywhere", "signed_in", "signed_out"}


def test_a_form_without_its_token_or_with_anothers_changes_nothing(desk: Desk, caller: Colleague) -> None:
    other = desk.hire().signed_in()
    foreign = other.visit("/staff/me").form("sign-out").fields["csrf"]
    for token in ("", foreign, "é"):
        answer = caller.http.post("/staff/language", data={"csrf": token, "language": "zh-Hans"})
        assert (answer.status_code, seen(answer).h1) == (403, "This form is too old")
    assert caller.http.post("/staff/sign-out").status_code == 403
    assert is_in(caller)
    assert caller.visit("/staff/me").lang == "en"


def test_a_form_that_another_site_made_the_browser_send_is_refused(desk: Desk, caller: Colleague) -> None:
    page = caller.visit("/staff/me")
    caller.http.headers["sec-fetch-site"] = "cross-site"
    assert caller.send(page, "sign-out").status_code == 403
    assert desk.hire().sign_in(browser=caller.http).status_code == 403
    del caller.http.headers["sec-fetch-site"]
    assert is_in(caller)


def test_a_token_dies_with_its_session(desk: Desk, caller: Colleague) -> None:
    page = caller.visit("/staff/me")
    caller.sign_in(browser=caller.http)
    assert caller.send(page, "language", language="zh-Hans").status_code == 403


def test_signing_in_again_ends_the_session_before(desk: Desk, caller: Colleague) -> None:
    before = caller.cookie
    caller.sign_in(browser=caller.http)
    assert caller.cookie != before
    old = desk.browser()
    old.cookies.set(COOKIE, before)
    assert old.get("/staff/me").status_code == 303


@pytest.mark.parametrize(
    ("asked", "there"),
    [
        ("/staff/me", "/staff/me"),
        ("/staff/tasks/tsk_1a", "/staff/tasks/tsk_1a"),
        ("https://evil.example.com/", "/staff"),
        ("//evil.example.com", "/staff"),
        ("/staff/../p/x", "/staff"),
        ("/staff//evil.example.com", "/staff"),
        ("/staff/me\r\nX: y", "/staff"),
        ("/staff/sign-out", "/staff"),
        ("/stafff", "/staff"),
        ("", "/staff"),
    ],
)
def test_signing_in_leads_on_to_our_pages_only(desk: Desk, asked: str, there: str) -> None:
    assert desk.hire().sign_in(next_=asked).headers["location"] == there


def test_the_signed_out_are_led_to_the_form_and_back(desk: Desk) -> None:
    robin = desk.hire()
    robin.http = desk.browser()
    answer = robin.get("/staff/me")
    assert (answer.status_code, answer.headers["location"]) == (303, "/staff/sign-in?next=%2Fstaff%2Fme")
    page = robin.visit("/staff/me")
    answer = robin.send(page, "sign-in", email=robin.email, password=PASSWORD)
    assert answer.headers["location"] == "/staff/me"


def test_a_password_is_changed_by_whoever_knows_the_old_one(desk: Desk, caller: Colleague) -> None:
    new = "seven green paper boats"
    page = caller.visit("/staff/me")
    for fields in (
        {"old": WRONG, "new": new, "again": new},
        {"old": PASSWORD, "new": new, "again": WRONG},
        {"old": PASSWORD, "new": "short", "again": "short"},
        {"old": PASSWORD, "new": "a" * 20, "again": "a" * 20},
    ):
        answer = caller.send(page, "password", **fields)
        assert answer.status_code == 422
        assert new not in answer.text
        assert seen(answer).errors
    assert caller.send(page, "password", old=PASSWORD, new=new, again=new).status_code == 303
    assert is_in(caller)
    assert caller.sign_in().status_code == 422
    assert caller.sign_in(new).status_code == 303


def test_pages_are_in_the_language_somebody_chose(desk: Desk) -> None:
    robin = desk.hire(language="zh-Hans").signed_in()
    page = robin.visit("/staff/me")
    assert (page.lang, page.h1) == ("zh-Hans", "我的账户")
    assert robin.send_on(page, "language", language="en").lang == "en"
    assert robin.send_on(robin.visit("/staff/me"), "language", language="tlh").lang == "en"


def test_before_signing_in_the_browsers_language_counts(desk: Desk) -> None:
    http = desk.browser()
    for accepted, lang in (("zh-CN,zh;q=0.9", "zh-Hans"), ("de, en;q=0.5", "en"), ("", "en"), ("fr", "en")):
        assert read(http.get("/staff/sign-in", headers={"accept-language": accepted}).text).lang == lang


def test_an_address_that_leads_nowhere_is_a_page(desk: Desk, caller: Colleague) -> None:
    del desk
    assert caller.visit("/staff/nothing/here", status=404).h1 == "There is nothing here"


def test_two_tenants_people_never_meet(desk: Desk) -> None:
    """Another tenant's members are not seen, and their ids are nobody's."""
    abroad = admin.add_tenant(desk.house.migrator, "Example Abroad")
    ours, theirs = desk.hire(), desk.hire(tenant=abroad)
    with desk.ledger.staff(desk.house.tenant) as session:
        seen_here = {member.id for member in staffing.members(session, desk.ledger.vault)}
        assert ours.id in seen_here
        assert theirs.id not in seen_here
    with desk.ledger.staff() as session:
        assert staffing.members(session, desk.ledger.vault) == []
    assert theirs.sign_in().status_code == 303
    assert desk.acts(theirs.id) == ["signed_in"]


def test_nothing_that_was_typed_reaches_the_log(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    robin = desk.hire()
    robin.sign_in(WRONG)
    robin.sign_in()
    printed = capsys.readouterr()
    for secret in (robin.email, WRONG, PASSWORD, robin.cookie):
        assert secret not in printed.out + printed.err
