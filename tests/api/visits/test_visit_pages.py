"""The pages of visits, as forms without a script: asked for, decided, planned, made by two, reported, signed."""

from datetime import timedelta
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

import pytest
from httpx import Response
from icalendar import Calendar
from sqlalchemy import select

from forbear.ledger.tables.people import Profile
from forbear.ledger.visits import approve
from forbear.ledger.visits_made import end_untold
from forbear.ledger.visits_planned import tell_place
from tests.api.pages.reading import Page, read
from tests.api.staff.desk import Colleague
from tests.api.visits.conftest import Round, make_round
from tests.ledger.visiting import ACROSS_TOWN, DOOR, photo

SCRIPTS = ("kept.js", "visit.js")
JSON = {"Accept": "application/json"}


def page(answer: Response, status: int = 200) -> Page:
    """A page of ours, checked like every page; one for a phone loads our own script and nothing else."""
    assert answer.status_code == status, answer.text
    seen = read(answer.text)
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert not seen.scripts or "script-src 'self'" in policy
    assert {each for each in seen.addresses if each.endswith(".js")} <= {f"/staff/assets/visits/{js}" for js in SCRIPTS}
    seen.scripts = 0
    seen.check("/staff")
    return seen


def send(who: Colleague, seen: Page, word: str, status: int = 200, **fields: Any) -> Page:
    """Take a form, fill it in, and follow where it leads."""
    form = seen.form(word)
    answer = who.http.post(form.action, data={**form.fields, **fields})
    while answer.status_code == 303:
        answer = who.get(answer.headers["location"])
    return page(answer, status)


def where(at: tuple[float, float] = DOOR) -> dict[str, Any]:
    return {"latitude": str(at[0]), "longitude": str(at[1]), "accuracy": "9"}


def approved(visits: Round) -> str:
    visit, _, _ = visits.crew.requested()
    with visits.crew.desk(visits.crew.supervisor) as desk:
        approve(desk, visit, "no_other_way")
        tell_place(desk, visit, *DOOR, "wgs84")
    return visit


def test_from_the_request_to_the_signed_report(visits: Round) -> None:
    visit, _, _ = visits.crew.requested()
    row = visits.crew.visit(visit)
    board = page(visits.supervisor.get("/staff/visits/board"))
    assert f"Visit #{row.number}" in board.text
    form = next(each for each in board.forms if each.action == f"/staff/visits/{visit}/approve")
    answer = visits.supervisor.http.post(form.action, data={**form.fields, "reason": "paper_to_serve"})
    plan = page(visits.supervisor.get(answer.headers["location"]))
    send(visits.supervisor, plan, "place", **where())
    hours = [
        value
        for value in visits.supervisor.get(f"/staff/visits/{visit}/plan").text.split('value="')
        if value.startswith("2026-")
    ]
    sent: dict[str, Any] = {"first": visits.one.id, "second": visits.two.id, "starts_at": hours[0].partition('"')[0]}
    send(visits.supervisor, plan, "assign", **sent)
    assert visits.crew.visit(visit).state == "assigned"

    day = page(visits.one.get("/staff/visits/day"))
    assert (f"/staff/visits/{visit}", f"Visit #{row.number}") in day.links
    at_door = page(visits.one.get(f"/staff/visits/{visit}"))
    assert "Example Borrower" in at_door.text
    at_door = send(visits.one, at_door, "check-in", **where())
    assert "Both of you have to check in first" in at_door.text
    assert send(visits.one, at_door, "start", 409).errors[0][0] == "start"
    other = send(visits.two, page(visits.two.get(f"/staff/visits/{visit}")), "check-in", **where())
    assert "Both are there" in other.text
    at_door = send(visits.one, at_door, "start")
    assert "$100.00" in at_door.text
    told: dict[str, Any] = {
        "outcome": "met_borrower",
        "met": "borrower",
        "cause": "market",
        "paper_notice": "borrower",
        "note": "Open from nine.",
    }
    done = send(visits.one, at_door, "report", **told, no_promise="1")
    assert "The report arrived" in done.text
    assert "Taken by the person" in done.text
    signed = send(visits.two, page(visits.two.get(f"/staff/visits/{visit}")), "sign")
    assert "Signed by both" in signed.text
    assert {"visit_opened", "visit_checked_in", "visit_started", "visit_reported", "visit_signed"} <= set(
        visits.desk.acts(visits.one.id)
    )


def test_a_visit_of_which_nobody_told_is_ended_on_the_board(visits: Round) -> None:
    visit, _, _ = visits.crew.under_way()
    path = f"/staff/visits/{visit}/end"
    assert path not in [each.action for each in page(visits.supervisor.get("/staff/visits/board")).forms]
    visits.desk.hands.advance(timedelta(hours=13))
    visits.desk.house.upkeeping().expire_claims()
    board = page(visits.supervisor.signed_in().get("/staff/visits/board"))
    form = next(each for each in board.forms if each.action == path)
    assert visits.supervisor.http.post(form.action, data=form.fields).status_code == 303
    assert visits.crew.visit(visit).state == "aborted"
    told = page(visits.one.signed_in().get(f"/staff/visits/{visit}"))
    assert f"/staff/visits/{visit}/report" in [each.action for each in told.forms]


def test_a_visit_declined_is_told_and_gone(visits: Round) -> None:
    visit, _, _ = visits.crew.requested()
    board = page(visits.supervisor.get("/staff/visits/board"))
    form = next(each for each in board.forms if each.action == f"/staff/visits/{visit}/decline")
    visits.supervisor.http.post(form.action, data={**form.fields, "reason": "in_talks"})
    assert visits.crew.visit(visit).state == "declined"
    assert "Declined" in page(visits.supervisor.get("/staff/visits/board")).text


def test_the_same_officer_twice_comes_back_with_the_reason(visits: Round) -> None:
    visit = approved(visits)
    plan = page(visits.supervisor.get(f"/staff/visits/{visit}/plan"))
    late = "2026-03-02T19:00:00+00:00"
    seen = send(visits.supervisor, plan, "assign", 422, first=visits.one.id, second=visits.one.id, starts_at=late)
    assert seen.errors[0] == ("second", "Choose two different officers.")
    night = send(
        visits.supervisor,
        plan,
        "assign",
        422,
        first=visits.one.id,
        second=visits.two.id,
        starts_at="2026-03-03T05:00:00+00:00",
    )
    assert night.errors[0][0] == "starts_at"


def test_a_day_is_proposed_then_assigned(visits: Round) -> None:
    chosen = [approved(visits) for _ in range(2)]
    form = page(visits.supervisor.get("/staff/visits/route")).form("propose")
    fields = {**form.fields, "first": visits.one.id, "second": visits.two.id, "visit": chosen}
    answer = visits.supervisor.http.post(form.action, data=fields)
    proposed = page(answer)
    assert proposed.offers("assign")
    assert {visits.crew.visit(each).state for each in chosen} == {"approved"}
    hidden = proposed.form("assign")
    taken = visits.supervisor.http.post(hidden.action, data={**hidden.fields, "visit": chosen})
    assert taken.status_code == 303, (taken.text, hidden.fields)
    assert {visits.crew.visit(each).state for each in chosen} == {"assigned"}


def test_each_page_is_for_its_role(visits: Round) -> None:
    visit, _, _ = visits.crew.assigned()
    assert visits.one.get("/staff/visits/board").status_code == 403
    assert visits.supervisor.get("/staff/visits/day").status_code == 403
    assert visits.supervisor.get(f"/staff/visits/{visit}").status_code == 200
    third = visits.desk.hire("officer").signed_in()
    assert third.get(f"/staff/visits/{visit}").status_code == 403
    assert third.get(f"/staff/visits/{visit}/map").status_code == 403
    form = page(visits.one.get(f"/staff/visits/{visit}")).form("check-in")
    csrf = {"csrf": third.http.get("/staff/visits/calendar").text.partition('name="csrf" value="')[2].partition('"')[0]}
    assert third.http.post(form.action, data={**form.fields, **csrf}).status_code == 403
    assert visits.desk.hire("caller").signed_in().get(f"/staff/visits/{visit}").status_code == 403


def test_another_tenant_finds_nothing(visits: Round) -> None:
    visit, _, _ = visits.crew.assigned()
    from forbear.ledger import admin

    tenant = admin.add_tenant(visits.desk.house.migrator, "Example Elsewhere")
    stranger = visits.desk.hire("supervisor", "officer", tenant=tenant).signed_in()
    for path in (f"/staff/visits/{visit}", f"/staff/visits/{visit}/plan", f"/staff/visits/{visit}/map"):
        assert stranger.get(path).status_code == 404, path
    assert "Visit #" not in page(stranger.get("/staff/visits/board")).text


def test_the_map_is_the_phones_own_and_no_address_of_ours_holds_a_place(visits: Round) -> None:
    visit, _, _ = visits.crew.assigned()
    seen = page(visits.one.get(f"/staff/visits/{visit}"))
    assert f"/staff/visits/{visit}/map" in seen.addresses
    assert not [each for each in seen.addresses if "41." in each or "Example" in each]
    shown = page(visits.one.get(f"/staff/visits/{visit}/map"))
    assert f"geo:{DOOR[0]:.6f},{DOOR[1]:.6f}" in shown.addresses


def test_who_is_far_away_reads_so(visits: Round) -> None:
    visit, _, _ = visits.crew.assigned()
    seen = page(visits.one.get(f"/staff/visits/{visit}"))
    assert "too far away" in send(visits.one, seen, "check-in", **where(ACROSS_TOWN)).text
    assert send(visits.one, seen, "check-in", 422, latitude="north", longitude="1").errors


def test_a_script_is_answered_in_json_and_a_doubled_report_once(visits: Round) -> None:
    visit, _, _ = visits.crew.under_way()
    form = page(visits.one.get(f"/staff/visits/{visit}")).form("report")
    told = {**form.fields, "outcome": "nobody_home", "met": "nobody", "key": "phone-one"}
    wrong = visits.one.http.post(form.action, data={**told, "met": "borrower"}, headers=JSON)
    assert (wrong.status_code, wrong.json()["sent"]) == (422, False)
    assert wrong.json()["why"]
    for _ in range(2):
        answer = visits.one.http.post(form.action, data=told, headers=JSON)
        assert (answer.status_code, answer.json()) == (200, {"sent": True})
    again = visits.one.http.post(form.action, data={**told, "key": "phone-two"}, headers=JSON)
    assert (again.status_code, again.json()["sent"]) == (409, False)


def test_a_report_without_an_outcome_comes_back(visits: Round) -> None:
    visit, _, _ = visits.crew.under_way()
    seen = send(visits.one, page(visits.one.get(f"/staff/visits/{visit}")), "report", 422)
    assert seen.errors == [("outcome", "Choose how the visit ended.")]


def test_one_wrong_field_of_a_plain_form_loses_nothing_of_the_rest(visits: Round) -> None:
    visit, _, _ = visits.crew.under_way()
    seen = page(visits.one.get(f"/staff/visits/{visit}"))
    told: dict[str, Any] = {
        "outcome": "nobody_home",
        "met": "borrower",
        "cause": "market",
        "tick_credit_harm": "1",
        "paper_statement": "refused",
        "promise_day": "2026-03-09",
        "promise_amount": "25",
        "no_promise": "1",
        "note": "The shop is open from nine.",
    }
    form = seen.form("report")
    answer = visits.one.http.post(form.action, data={**form.fields, **told})
    back = page(answer, 422)
    assert back.errors == [("met", "Whom you met does not fit how the visit ended.")]
    fields = back.form("report").fields
    again = {name: fields.get(name) for name in told if name not in {"cause", "paper_statement", "note"}}
    assert again == {name: told[name] for name in again}
    assert 'value="market" selected' in answer.text
    assert 'value="refused" selected' in answer.text
    assert told["note"] in back.text
    assert fields["key"] == form.fields["key"], "it stays one report"


@pytest.mark.parametrize(
    ("where_wrong", "told"),
    [
        ("handed", {"outcome": "nobody_home", "met": "nobody", "paper_notice": "borrower"}),
        ("promise", {"outcome": "met_borrower", "met": "borrower", "promise_day": "2024-01-01"}),
        ("promise", {"outcome": "met_borrower", "met": "borrower", "promise_amount": "25"}),
        (
            "promise",
            {"outcome": "met_borrower", "met": "borrower", "promise_day": "2026-03-09", "promise_amount": "1e-9"},
        ),
        ("outcome", {"outcome": "", "met": "nobody"}),
    ],
)
def test_what_is_wrong_is_said_where_it_is_also_after_a_visit_was_ended(
    visits: Round, where_wrong: str, told: dict[str, str]
) -> None:
    visit, _, _ = visits.crew.under_way()
    assert (
        send(visits.one, page(visits.one.get(f"/staff/visits/{visit}")), "report", 422, **told).errors[0][0]
        == where_wrong
    )
    visits.desk.hands.advance(timedelta(hours=13))
    visits.desk.house.upkeeping().expire_claims()
    with visits.crew.desk(visits.crew.supervisor) as desk:
        end_untold(desk, visit)
    seen = page(visits.one.signed_in().get(f"/staff/visits/{visit}"))
    assert send(visits.one, seen, "report", 422, **told).errors[0][0] == where_wrong


def test_a_second_report_shows_the_one_that_stands_and_what_was_written(visits: Round) -> None:
    visit, _, _ = visits.crew.under_way()
    seen = page(visits.two.get(f"/staff/visits/{visit}"))
    visits.crew.report(visit)
    back = send(visits.two, seen, "report", 409, outcome="refused", met="borrower", note="She was on the phone.")
    assert back.errors[0][0] == "told"
    assert "stands" in back.errors[0][1]
    assert "She was on the phone." in back.text
    assert back.offers("sign")


def test_a_photo_arrives_once_and_its_copy_says_nothing_of_the_place(visits: Round) -> None:
    visit, _, _ = visits.crew.under_way()
    form = page(visits.one.get(f"/staff/visits/{visit}")).form(visit)
    content = photo()
    fields = {**form.fields, "key": "shot-1", "kind": "photo", "sha256": sha256(content).hexdigest()}
    for _ in range(2):
        answer = visits.one.http.post(form.action, data=fields, files={"photo": ("x.jpg", content)}, headers=JSON)
        assert answer.json() == {"sent": True}, answer.text
    bad = visits.one.http.post(
        form.action, data={**fields, "key": "shot-2"}, files={"photo": ("x.jpg", content[:-9])}, headers=JSON
    )
    assert bad.status_code == 422
    seen = page(visits.one.get(f"/staff/visits/{visit}"))
    (address,) = [each for each in seen.addresses if "/evidence/" in each]
    copy = visits.supervisor.get(address)
    assert copy.headers["content-type"] == "image/jpeg"
    assert b"Exif" not in copy.content
    assert visits.desk.hire("officer").signed_in().get(address).status_code == 403
    stale = visits.one.http.post(form.action, data={**fields, "csrf": "x"}, files={"photo": ("x.jpg", content)})
    assert stale.status_code == 403


def test_a_file_that_is_too_large_is_refused_before_it_is_read(visits: Round) -> None:
    visit, _, _ = visits.crew.under_way()
    form = page(visits.one.get(f"/staff/visits/{visit}")).form(visit)
    answer = visits.one.http.post(form.action, data=form.fields, files={"photo": ("x.jpg", b"x" * 15_100_000)})
    assert answer.status_code == 422


def test_a_visit_that_was_paid_meanwhile_does_not_begin(visits: Round) -> None:
    visit, _, account = visits.crew.assigned()
    seen = page(visits.one.get(f"/staff/visits/{visit}"))
    for who in (visits.one, visits.two):
        send(who, page(who.get(f"/staff/visits/{visit}")), "check-in", **where())
    visits.desk.house.pay(account)
    told = send(visits.one, seen, "start", 409)
    assert "withdrawn" in told.text
    assert visits.crew.visit(visit).state == "withdrawn"


def test_an_officers_calendar_lives_as_long_as_its_address(visits: Round) -> None:
    visit, _, _ = visits.crew.assigned()
    shown = send(visits.one, page(visits.one.get("/staff/visits/calendar")), "calendar-make")
    address = next(word for word in shown.text.split() if word.endswith(".ics"))
    path = urlsplit(address).path
    answer = visits.desk.browser().get(path)
    assert answer.headers["content-type"].startswith("text/calendar")
    events = Calendar.from_ical(answer.content).walk("VEVENT")
    assert f"Customer visit #{visits.crew.visit(visit).number}" in {str(each["summary"]) for each in events}
    send(visits.one, shown, "calendar-end")
    assert visits.desk.browser().get(path).status_code == 404


def test_the_same_in_chinese(visits: Round) -> None:
    chinese = make_round(visits.desk, "zh-Hans")
    visit, _, _ = chinese.crew.assigned()
    seen = page(chinese.one.get(f"/staff/visits/{visit}"))
    assert seen.lang == "zh-Hans"
    assert "拜访" in seen.h1
    assert "我已到达" in chinese.one.get(f"/staff/visits/{visit}").text
    assert page(chinese.supervisor.get("/staff/visits/board")).h1 == "拜访"
    assert page(chinese.one.get("/staff/visits/day")).lang == "zh-Hans"


@pytest.mark.parametrize("name", [*SCRIPTS, "visits.css"])
def test_script_and_style_are_our_own(visits: Round, name: str) -> None:
    assert visits.desk.browser().get(f"/staff/assets/visits/{name}").status_code == 200
    assert visits.desk.browser().get("/staff/assets/visits/else.js").status_code == 404


def test_formal_notices_are_handed_over_in_china_alone(visits: Round) -> None:
    visit, person, _ = visits.crew.under_way()
    at_door = visits.one.get(f"/staff/visits/{visit}").text
    assert "paper_notice" in at_door
    assert "paper_cn_notice_dunning" not in at_door
    with visits.crew.house.api() as session:
        session.scalars(select(Profile).where(Profile.person == person)).one().jurisdictions = ["CN"]
    assert "paper_cn_notice_dunning" in visits.one.get(f"/staff/visits/{visit}").text
