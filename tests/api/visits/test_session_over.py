"""What somebody wrote down is not lost when the session ends before it arrives, and it arrives once."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from forbear.ledger.tables.visits import VisitReport
from tests.api.pages.reading import read
from tests.api.staff.desk import PASSWORD, Colleague, seen
from tests.api.visits.conftest import Round, make_round

TOLD: dict[str, Any] = {"outcome": "nobody_home", "met": "nobody", "note": "The blue gate was locked."}


def written(visits: Round, who: Colleague, visit: str) -> tuple[str, dict[str, str]]:
    """A report as the officer filled it in."""
    form = read(who.get(f"/staff/visits/{visit}").text).form("report")
    return form.action, {**form.fields, **TOLD}


def reports(visits: Round, visit: str) -> list[tuple[str, str]]:
    with visits.crew.desk(visits.crew.supervisor) as desk:
        rows = select(VisitReport.officer, VisitReport.outcome).where(VisitReport.visit == visit)
        return [(row.officer, row.outcome) for row in desk.session.execute(rows)]


@pytest.mark.parametrize("language", ["en", "zh-Hans"])
def test_a_report_sent_after_the_session_ended_waits_behind_the_sign_in(visits: Round, language: str) -> None:
    team = visits if language == "en" else make_round(visits.desk, language)
    visit, _, _ = team.crew.under_way()
    action, fields = written(team, team.one, visit)
    visits.desk.hands.advance(timedelta(hours=3))
    answer = team.one.http.post(action, data=fields)
    assert answer.status_code == 401
    page = seen(answer)
    form = page.form("sign-in")
    assert form.fields["next"] == f"/staff/visits/{visit}"
    wrong = team.one.http.post(form.action, data={**form.fields, "email": team.one.email, "password": "wrong by far"})
    form = seen(wrong).form("sign-in")
    right = team.one.http.post(form.action, data={**form.fields, "email": team.one.email, "password": PASSWORD})
    assert right.status_code == 200
    offered = seen(right)
    assert TOLD["note"] in offered.text
    told = {"en": "How did it end? Nobody was there", "zh-Hans": "结果如何？ 无人在场"}[language]
    assert told in offered.text
    assert reports(team, visit) == [], "nothing is sent by signing in"
    form = offered.form("report")
    for _ in range(2):
        assert team.one.http.post(form.action, data=form.fields).status_code == 303
    assert reports(team, visit) == [(team.one.id, "nobody_home")]


def test_a_page_made_before_somebody_signed_in_anew_still_sends_its_report(visits: Round) -> None:
    visit, _, _ = visits.crew.under_way()
    action, fields = written(visits, visits.one, visit)
    visits.one.sign_in(browser=visits.one.http)
    stale = visits.one.http.post(action, data=fields)
    assert stale.status_code == 403, "without the browser's word it may be anybody's form"
    here = {"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "navigate"}
    form = seen(visits.one.http.post(action, data=fields, headers=here)).form("report")
    assert visits.one.http.post(form.action, data=form.fields, headers=here).status_code == 303
    assert reports(visits, visit) == [(visits.one.id, "nobody_home")]


@pytest.mark.parametrize(
    "headers", [{"Accept": "application/json", "Sec-Fetch-Mode": "navigate"}, {"Sec-Fetch-Mode": "cors"}]
)
def test_a_script_with_an_old_token_is_refused_so_that_it_keeps_what_it_sent(
    visits: Round, headers: dict[str, str]
) -> None:
    visit, _, _ = visits.crew.under_way()
    action, fields = written(visits, visits.one, visit)
    visits.one.sign_in(browser=visits.one.http)
    stale = visits.one.http.post(action, data=fields, headers={"Sec-Fetch-Site": "same-origin", **headers})
    assert stale.status_code == 403
    assert TOLD["note"] not in stale.text
    assert reports(visits, visit) == []


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "cross-site"}, {"Accept": "application/json"}])
def test_nobody_elses_form_is_carried_and_a_script_keeps_its_own(visits: Round, headers: dict[str, str]) -> None:
    visit, _, _ = visits.crew.under_way()
    action, fields = written(visits, visits.one, visit)
    visits.desk.hands.advance(timedelta(hours=3))
    assert visits.one.http.post(action, data=fields, headers=headers).status_code == 303
    assert visits.one.http.post(action, data={**fields, "csrf": "another"}).status_code == 303


@pytest.mark.parametrize("kept", ["[", '{"outcome": 1}', '[["csrf"]]', "[1, [2, 3]]"])
def test_what_no_page_of_ours_carried_is_no_form(visits: Round, kept: str) -> None:
    given = {"email": visits.one.email, "password": PASSWORD, "next": "/staff/visits", "kept_fields": kept}
    for path in ("https://example.org/staff/visits/vis_1/report", "/staff/sign-out", "/staff/visits/vis_1/start"):
        answer = visits.one.http.post("/staff/sign-in", data={**given, "kept_to": path})
        assert (answer.status_code, answer.headers["location"]) == (303, "/staff/visits")


@pytest.mark.parametrize("act", ["check-in", "start", "sign", "abort"])
def test_after_any_other_form_the_sign_in_leads_back_to_its_visit(visits: Round, act: str) -> None:
    visit, _, _ = visits.crew.assigned()
    visits.desk.hands.advance(timedelta(hours=3))
    answer = visits.one.http.post(f"/staff/visits/{visit}/{act}", data={"csrf": "old"})
    assert (answer.status_code, answer.headers["location"]) == (303, f"/staff/sign-in?next=%2Fstaff%2Fvisits%2F{visit}")
    photo = visits.one.http.post(f"/staff/visit-photos/{visit}", data={"csrf": "old"})
    assert photo.headers["location"] == f"/staff/sign-in?next=%2Fstaff%2Fvisits%2F{visit}"


def test_what_a_caller_wrote_waits_behind_the_sign_in_too(visits: Round) -> None:
    caller = visits.desk.hire("caller").signed_in()
    csrf = read(caller.get("/staff/me").text).form("language").fields["csrf"]
    visits.desk.hands.advance(timedelta(hours=3))
    told = {"csrf": csrf, "outcome": "spoke_refuses", "note": "Wants a letter."}
    form = seen(caller.http.post("/staff/tasks/tsk_example/outcome", data=told)).form("sign-in")
    assert "Wants a letter." in form.fields["kept_fields"]
    assert csrf not in form.fields["kept_fields"]
