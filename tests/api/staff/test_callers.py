"""A caller's work over HTTP: the list, the permit at the moment of dialling, what is said, and how it ended."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select, update

from forbear.ledger.tables.accounts import Promise, Stop
from forbear.ledger.tables.contacts import Reply, Suppression, Touch
from forbear.ledger.tables.people import Lender, Profile
from forbear.ledger.tables.tasks import Task
from tests.api.staff.desk import Colleague, Desk
from tests.ledger import at_work

BORN = date(1985, 3, 27)
NAME = "Example Borrower"
_numbers = iter(range(100))


@dataclass
class Errand:
    """A task to call a borrower who owes 100 dollars."""

    desk: Desk
    phone: str
    person: str
    account: str
    task: str

    @property
    def path(self) -> str:
        return f"/staff/tasks/{self.task}"

    def row(self) -> Task:
        return at_work.read(self.desk.house, self.task)

    def all(self, table: Any) -> list[Any]:
        with self.desk.house.worker() as session:
            return list(session.scalars(select(table).where(table.person == self.person)))


def call(desk: Desk, *, language: str = "en", born: bool = True, **fields: Any) -> Errand:
    phone = f"+131255501{next(_numbers):02}"
    person, account = desk.house.borrower(phone)
    house, values = desk.house, dict[str, Any](language=language)
    with house.ledger.api(house.tenant, house.lender) as session:
        seal = {"tenant": house.tenant, "lender": house.lender, "person": person}
        values["name"] = house.ledger.vault.seal(session, **seal, text=NAME)
        values["birth_date"] = house.ledger.vault.seal(session, **seal, text=BORN.isoformat()) if born else None
        session.execute(update(Profile).where(Profile.person == person).values(values))
    made = at_work.task(house, account, person, language=language, **fields)
    return Errand(desk, phone, person, account, made)


@pytest.fixture
def errand(desk: Desk) -> Errand:
    return call(desk)


def begin(caller: Colleague, errand: Errand) -> Any:
    return caller.send_on(caller.visit(errand.path), "begin")


def end(caller: Colleague, errand: Errand, outcome: str, *, status: int = 200, **fields: str) -> Any:
    page = caller.visit(errand.path)
    return caller.send_on(page, "outcome", status=status, outcome=outcome, **fields)


def test_the_list_shows_what_waits_without_saying_for_whom(caller: Colleague, errand: Errand) -> None:
    page = caller.visit("/staff")
    assert (errand.path, "Call the borrower") in page.links
    assert "For Example Bank" in page.text
    assert "There it is 12:00" in page.text.replace("\u202f", " ")
    for secret in (NAME, errand.phone, errand.phone[2:], "555"):
        assert secret not in page.text


def test_name_and_number_come_with_the_permit_and_are_put_down(desk: Desk, caller: Colleague, errand: Errand) -> None:
    before = caller.visit(errand.path)
    assert NAME not in before.text
    page = begin(caller, errand)
    assert NAME in page.text
    assert (f"tel:{errand.phone}", "Call (312) 555-01") in [(to, said[:17]) for to, said in page.links]
    assert "March 27, 1985" in page.text
    assert errand.row().assignee == caller.id
    [touch] = errand.all(Touch)
    assert (touch.state, touch.channel, touch.task) == ("dispatching", "call", errand.task)
    assert desk.acts(caller.id).count("call_begun") == 1
    assert desk.acts(caller.id).count("call_shown") == 1


def test_beginning_twice_is_one_call(caller: Colleague, errand: Errand) -> None:
    page = caller.visit(errand.path)
    assert caller.send(page, "begin").status_code == 303
    assert caller.send(page, "begin").status_code == 303
    assert len(errand.all(Touch)) == 1


def test_the_script_says_nothing_of_money_before_the_check(caller: Colleague, errand: Errand) -> None:
    text = begin(caller, errand).text
    before, after = text.split("2. Once you know it is them")
    assert "May I speak with Example Borrower?" in before
    assert "$100.00" not in before.split("Date of birth we have")[0]
    assert "$100.00" in after
    assert "Robin Example" in before


def test_what_must_and_what_may_never_be_said_is_shown(caller: Colleague, errand: Errand) -> None:
    page = begin(caller, errand)
    assert "Nothing to anybody else" in page.text
    assert "(POLICY.WORDS.THREAT)" in page.text
    assert "(US-NY.GBL601)" not in page.text, "the borrower lives elsewhere"


def test_a_call_that_is_held_says_why_and_shows_nobody(desk: Desk, caller: Colleague, errand: Errand) -> None:
    page = caller.visit(errand.path)
    desk.hands.advance(timedelta(hours=10))
    caller.signed_in()
    page = caller.send_on(caller.visit("/staff/me"), "language", language="en")
    late = caller.visit(errand.path)
    assert not late.offers("begin")
    assert "Not now" in late.text
    assert "Try again March 3, 2026" in late.text
    token = page.form("language").fields["csrf"]
    assert caller.http.post(f"{errand.path}/begin", data={"csrf": token}).status_code == 303
    assert NAME not in caller.visit(errand.path).text
    assert errand.all(Touch) == []
    listed = caller.visit("/staff").text
    assert listed.index("Held for now") < listed.index("Call the borrower", listed.index("Held for now"))


def test_a_stop_that_came_meanwhile_holds_the_call(desk: Desk, caller: Colleague, errand: Errand) -> None:
    page = caller.visit(errand.path)
    desk.house.stop(errand.person, "dispute", account=errand.account)
    held = caller.send_on(page, "begin")
    assert "Not now" in held.text
    assert errand.all(Touch) == []


@pytest.mark.parametrize("bar", ["late", "stop"])
def test_a_call_that_may_not_be_made_any_more_shows_its_form_alone(
    desk: Desk, caller: Colleague, errand: Errand, bar: str
) -> None:
    begin(caller, errand)
    if bar == "late":
        desk.hands.advance(timedelta(minutes=15))
    else:
        desk.house.stop(errand.person, "dispute", account=errand.account)
    page = caller.visit(errand.path)
    assert "Do not call any more" in page.text
    for secret in (NAME, "March 27, 1985", "$100.00 ", "(312)", "May I speak"):
        assert secret not in page.text
    assert not any(to.startswith("tel:") for to, _ in page.links)
    again = end(caller, errand, "spoke_promise", status=422)
    assert NAME not in again.text, "nor when the form comes back"
    assert end(caller, errand, "no_answer").h1 == "Noted"
    assert errand.row().outcome == "no_answer"


@pytest.mark.parametrize("chosen", [False, True])
def test_a_message_is_offered_only_where_the_lender_leaves_any(
    desk: Desk, caller: Colleague, errand: Errand, *, chosen: bool
) -> None:
    policy = {"voicemail": "limited_content"} if chosen else {}
    with desk.operator() as session:
        session.get_one(Lender, desk.house.lender).policy = policy
    page = begin(caller, errand)
    assert ("If a machine answers" in page.text) is chosen
    assert ("Left the short message" in page.text) is chosen
    end(caller, errand, "voicemail_left", status=200 if chosen else 422)
    assert errand.row().outcome == ("voicemail_left" if chosen else None)
    with desk.operator() as session:
        session.get_one(Lender, desk.house.lender).policy = {}


def test_a_promise_is_made_for_the_day_and_the_amount(caller: Colleague, errand: Errand) -> None:
    begin(caller, errand)
    page = end(caller, errand, "spoke_promise", on="2026-03-09", amount="40", cause="forgot", note="will pay at noon")
    assert page.h1 == "Noted"
    assert "Will pay on a day" in page.text
    [promise] = errand.all(Promise)
    assert (promise.amount, promise.due_on) == (Decimal(40), date(2026, 3, 9))
    assert (errand.row().state, errand.row().outcome, errand.row().cause) == ("done", "spoke_promise", "forgot")
    [note] = errand.all(Reply)
    assert b"noon" not in note.text


def test_one_answer_however_often_it_is_pressed(desk: Desk, caller: Colleague, errand: Errand) -> None:
    begin(caller, errand)
    page = caller.visit(errand.path)
    for _ in range(3):
        assert caller.send(page, "outcome", outcome="spoke_promise", on="2026-03-09").status_code == 303
    assert len(errand.all(Promise)) == 1
    assert desk.acts(caller.id).count("call_told") == 1
    assert caller.send(page, "outcome", outcome="no_answer").status_code == 409
    assert errand.row().outcome == "spoke_promise"


@pytest.mark.parametrize(
    ("outcome", "stop"),
    [
        ("spoke_dispute", "dispute"),
        ("spoke_hardship", "hardship"),
        ("spoke_attorney", "attorney"),
        ("wrong_party", "wrong_number"),
        ("spoke_paid", "hold"),
    ],
)
def test_what_they_said_holds_from_then_on(caller: Colleague, errand: Errand, outcome: str, stop: str) -> None:
    begin(caller, errand)
    end(caller, errand, outcome)
    assert [row.kind for row in errand.all(Stop)] == [stop]


def test_who_wants_no_more_calls_gets_none(caller: Colleague, errand: Errand) -> None:
    begin(caller, errand)
    end(caller, errand, "spoke_stop")
    assert {row.scope for row in errand.all(Suppression)} == {"channel", "number"}


@pytest.mark.parametrize(
    ("fields", "field", "sentence"),
    [
        ({"outcome": ""}, "outcome", "Choose how the call ended"),
        ({"outcome": "shouted"}, "outcome", "Choose how the call ended"),
        ({"outcome": "spoke_promise"}, "on", "Give the day by which they will pay"),
        ({"outcome": "spoke_promise", "on": "2026-03-01"}, "on", "Give a day between March 2, 2026 and April 2, 2026, or choose another end"),
        ({"outcome": "spoke_promise", "on": "soon"}, "on", "Give a day between March 2, 2026 and April 2, 2026, or choose another end"),
        ({"outcome": "spoke_promise", "on": "2026-03-09", "amount": "500"}, "amount", "The amount must be $100.00 or less"),
        ({"outcome": "spoke_promise", "on": "2026-03-09", "amount": "a lot"}, "amount", "Write the amount in figures, for example 100.00"),
    ],
)  # fmt: skip
def test_a_form_with_an_error_comes_back_as_it_was(
    caller: Colleague, errand: Errand, fields: dict[str, str], field: str, sentence: str
) -> None:
    begin(caller, errand)
    page = caller.send_on(caller.visit(errand.path), "outcome", status=422, **fields, note="kept as typed")
    assert page.errors == [(field, sentence)]
    assert page.form("outcome").fields["note"] == "kept as typed"
    assert errand.row().state == "taken"
    assert errand.all(Promise) == []


def test_nobody_else_sees_or_ends_a_call_under_way(desk: Desk, caller: Colleague, errand: Errand) -> None:
    begin(caller, errand)
    other = desk.hire("caller").signed_in()
    assert errand.path not in [to for to, _ in other.visit("/staff").links]
    for answer in (other.get(errand.path), other.send(caller.visit(errand.path), "outcome", outcome="no_answer")):
        assert answer.status_code in {403, 409}
        assert NAME not in answer.text
    assert errand.row().state == "taken"


def test_an_officer_has_no_calls(desk: Desk, errand: Errand) -> None:
    officer = desk.hire("officer").signed_in()
    assert errand.path not in [to for to, _ in officer.visit("/staff").links]
    assert officer.visit(errand.path, status=403).h1 == "This page is not for your role"
    token = officer.visit("/staff/me").form("language").fields["csrf"]
    assert officer.http.post(f"{errand.path}/begin", data={"csrf": token}).status_code == 403
    assert errand.all(Touch) == []


def test_another_tenants_task_is_not_found(desk: Desk, errand: Errand) -> None:
    from forbear.ledger import admin

    abroad = admin.add_tenant(desk.house.migrator, "Example Abroad")
    stranger = desk.hire("caller", "supervisor", tenant=abroad).signed_in()
    assert stranger.visit(errand.path, status=404).h1 == "There is nothing here"
    assert stranger.visit("/staff").text.count("Nothing waits for you") == 1
    token = stranger.visit("/staff/me").form("language").fields["csrf"]
    for act in ("begin", "outcome", "not-dialled", "give-back", "open", "meaning", "done"):
        assert stranger.http.post(f"{errand.path}/{act}", data={"csrf": token}).status_code == 404, act
    assert errand.row().state == "open"


def test_a_form_without_its_token_begins_nothing(caller: Colleague, errand: Errand) -> None:
    for act in ("begin", "outcome", "not-dialled", "give-back", "open", "meaning", "done"):
        assert caller.http.post(f"{errand.path}/{act}", data={}).status_code == 403, act
    assert (errand.row().state, errand.all(Touch)) == ("open", [])


def test_a_call_under_way_is_told_before_it_is_given_back(caller: Colleague, errand: Errand) -> None:
    page = caller.visit("/staff/me")
    begin(caller, errand)
    token = page.form("language").fields["csrf"]
    assert caller.http.post(f"{errand.path}/give-back", data={"csrf": token}).status_code == 409
    assert errand.row().state == "taken"


def test_a_call_that_was_never_dialled_is_given_back_and_counts_for_nothing(desk: Desk, caller: Colleague) -> None:
    errand = call(desk)
    page = begin(caller, errand)
    assert "Then nothing is counted" in page.text
    assert caller.send_on(page, "not-dialled").text.count("Call the borrower") >= 1
    assert caller.send(page, "not-dialled").status_code == 303, "pressed twice"
    assert (errand.row().state, errand.row().assignee) == ("open", None)
    [touch] = errand.all(Touch)
    assert touch.state == "failed"
    assert desk.acts(caller.id).count("call_not_dialled") == 1
    begin(caller, errand)
    assert sorted(each.state for each in errand.all(Touch)) == ["dispatching", "failed"]


def test_a_call_whose_time_ran_out_can_still_be_told(desk: Desk, caller: Colleague) -> None:
    errand = call(desk, expires_at=desk.house.now + timedelta(hours=1))
    begin(caller, errand)
    with desk.house.ledger.worker(desk.house.tenant) as session:
        session.execute(update(Task).where(Task.id == errand.task).values(state="expired"))
    assert "You began this and have not said how it ended." in caller.visit("/staff").text
    assert end(caller, errand, "no_answer").h1 == "Noted"


def test_urgent_work_comes_first_and_then_what_is_due_first(desk: Desk) -> None:
    caller, now = desk.hire("supervisor").signed_in(), desk.house.now
    fields: dict[str, Any] = {"role": "supervisor"}
    later = call(desk, **fields, due_at=now + timedelta(hours=5))
    soon = call(desk, **fields, due_at=now + timedelta(hours=1))
    whenever = call(desk, **fields)
    urgent = call(desk, **fields, priority=1, due_at=now + timedelta(days=1))
    ours = [each.path for each in (urgent, soon, later, whenever)]
    assert [to for to, _ in caller.visit("/staff").links if to in ours] == ours


def test_a_caller_in_china_reads_chinese_and_the_script_is_in_the_language_of_the_one_called(desk: Desk) -> None:
    caller = desk.hire("caller", language="zh-Hans").signed_in()
    errand = call(desk, language="zh-Hans")
    page = begin(caller, errand)
    assert (page.lang, page.h1) == ("zh-Hans", "致电借款人")
    assert "请问是Example Borrower本人吗？" in page.text
    english = begin(caller, call(desk))
    assert "May I speak with Example Borrower?" in english.text


def test_without_a_birth_date_nothing_can_be_told(desk: Desk, caller: Colleague) -> None:
    page = begin(caller, call(desk, born=False))
    assert "We have no date of birth. Do not say what the call is about" in page.text
