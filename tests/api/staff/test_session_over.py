"""A caller's form that arrives after the session ended: read back after signing in, sent by a press, saved once."""

from datetime import timedelta
from typing import Any

import pytest

from forbear.ledger.tables.accounts import Promise
from tests.api.pages.reading import Page
from tests.api.staff.desk import PASSWORD, Colleague, Desk, seen
from tests.api.staff.test_callers import Errand, begin, call

NOTE = "Will pay when the wages are in"
TOLD = {"outcome": "spoke_promise", "on": "2026-03-05", "amount": "40", "cause": "forgot", "note": NOTE}
OVER = timedelta(hours=3)


@pytest.fixture
def errand(desk: Desk) -> Errand:
    return call(desk)


def sent_too_late(caller: Colleague, errand: Errand, **headers: str) -> Any:
    """The form, filled in before the session ended and sent after."""
    form = begin(caller, errand).form("outcome")
    caller.desk.hands.advance(OVER)
    return caller.http.post(form.action, data={**form.fields, **TOLD}, headers=headers)


def signed_in_again(caller: Colleague, page: Page) -> Any:
    form = page.form("sign-in")
    return caller.http.post(form.action, data={**form.fields, "email": caller.email, "password": PASSWORD})


@pytest.mark.parametrize(
    ("language", "read_back"), [("en", ("Will pay on a day", "Forgot, or paid to the wrong place")), ("zh-Hans", ())]
)
def test_what_a_caller_typed_is_read_back_and_saved_once(
    desk: Desk, errand: Errand, language: str, read_back: tuple[str, ...]
) -> None:
    caller = desk.hire("caller", language=language).signed_in()
    answer = sent_too_late(caller, errand)
    assert answer.status_code == 401
    offered = seen(signed_in_again(caller, seen(answer)))
    for words in (NOTE, "2026-03-05", *read_back):
        assert words in offered.text
    assert errand.row().state == "taken", "nothing is done by signing in"
    form = offered.form("outcome")
    for _ in range(2):
        assert caller.http.post(form.action, data=form.fields).status_code == 303
    assert (errand.row().state, errand.row().outcome) == ("done", "spoke_promise")
    assert [str(promise.due_on) for promise in errand.all(Promise)] == ["2026-03-05"]


def test_a_form_that_comes_back_with_an_error_is_filled_in_as_it_was(desk: Desk, errand: Errand) -> None:
    caller = desk.hire("caller").signed_in()
    form = begin(caller, errand).form("outcome")
    desk.hands.advance(OVER)
    answer = caller.http.post(form.action, data={**form.fields, **TOLD, "on": ""})
    offered = seen(signed_in_again(caller, seen(answer))).form("outcome")
    again = seen(caller.http.post(offered.action, data=offered.fields))
    assert again.errors
    assert again.form("outcome").fields["amount"] == "40"
    assert NOTE in again.text


def test_whoever_signs_in_instead_is_not_shown_it(desk: Desk, caller: Colleague, errand: Errand) -> None:
    page = seen(sent_too_late(caller, errand))
    other = desk.hire("caller")
    other.http = caller.http
    answer = signed_in_again(other, page)
    assert (answer.status_code, answer.headers["location"]) == (303, errand.path)
    assert NOTE not in answer.text


@pytest.mark.parametrize("known", [True, False])
def test_where_the_cookie_is_gone_the_form_says_who_typed_it_and_else_nobody_is_shown_it(
    desk: Desk, caller: Colleague, errand: Errand, known: bool
) -> None:
    form = begin(caller, errand).form("outcome")
    assert form.fields["by"] == caller.id
    caller.http.cookies.clear()
    told = {**form.fields, **TOLD, "by": caller.id if known else ""}
    page = seen(caller.http.post(form.action, data=told, headers={"Sec-Fetch-Site": "same-origin"}))
    other = desk.hire("caller")
    other.http = caller.http
    assert NOTE not in signed_in_again(other, page).text
    answer = signed_in_again(caller, page)
    assert (NOTE in answer.text) == known


def test_a_form_of_a_page_that_a_colleague_left_open_is_not_shown(
    desk: Desk, caller: Colleague, errand: Errand
) -> None:
    form = begin(caller, errand).form("outcome")
    other = desk.hire("caller")
    other.sign_in(browser=caller.http)
    here = {"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "navigate"}
    for whose, shown in ((caller.id, False), ("", False), (other.id, True)):
        answer = caller.http.post(form.action, data={**form.fields, **TOLD, "by": whose}, headers=here)
        assert (answer.status_code, NOTE in answer.text) == (200 if shown else 403, shown)


@pytest.mark.parametrize("act", ["begin", "not-dialled", "open", "give-back"])
def test_after_any_other_form_the_sign_in_leads_back_to_its_task(desk: Desk, errand: Errand, act: str) -> None:
    answer = desk.browser().post(f"{errand.path}/{act}", data={"csrf": "old"})
    onward = errand.path.replace("/", "%2F")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/staff/sign-in?next={onward}")


def test_a_form_sent_again_bears_the_new_sessions_token_and_no_other_will_do(
    desk: Desk, caller: Colleague, errand: Errand
) -> None:
    old = caller.cookie
    offered = seen(signed_in_again(caller, seen(sent_too_late(caller, errand)))).form("outcome")
    assert caller.cookie != old
    stale = caller.http.post(offered.action, data={**offered.fields, "csrf": "0" * 64})
    assert stale.status_code == 403
    assert errand.row().state == "taken"


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_another_sites_form_is_not_taken_up(caller: Colleague, errand: Errand, site: str) -> None:
    answer = sent_too_late(caller, errand, **{"Sec-Fetch-Site": site})
    assert answer.status_code == 303
    assert answer.headers["location"].partition("?")[0] == "/staff/sign-in"
    assert "kept" not in answer.headers["location"] + answer.text
