"""What has to be found out: whose a number is, whether a touch was made, a way out that is closed, and calls without end."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from forbear.contracts.words import TaskKind
from forbear.ledger import deceased, numbers, tasks
from forbear.ledger.receipts import add_receipt
from forbear.ledger.tables.accounts import Stop
from forbear.ledger.tables.contacts import Touch
from forbear.ledger.tables.people import ContactPoint
from forbear.ledger.tables.senders import Incident
from forbear.ledger.tables.tasks import Task
from forbear.ledger.task_reasons import Because, because
from tests.api.staff.desk import Colleague, Desk
from tests.api.staff.test_callers import NAME, Errand, begin, call
from tests.ledger import at_work
from tests.ledger.races import start, until_blocked


@pytest.fixture
def supervisor(desk: Desk) -> Colleague:
    return desk.hire("supervisor").signed_in()


def row(desk: Desk, task: str) -> Task:
    return at_work.read(desk.house, task)


def suspected(desk: Desk, errand: Errand) -> tuple[str, str]:
    """A number that may be somebody else's: its point and the task."""
    house = desk.house
    point = at_work.point_of(house, errand.person, "phone", house.lender)
    with house.worker() as session:
        found = session.get_one(ContactPoint, point)
        found.state = "wrong_party"
        asked = numbers.ask_about(session, found, because("number_wrong_person"), house.now, account=errand.account)
    assert asked is not None
    return point, asked


def abandoned(desk: Desk, caller: Colleague) -> tuple[Errand, str]:
    """A call that was begun and of which nobody says how it ended; and the supervisor's task."""
    errand = call(desk)
    begin(caller, errand)
    lease = timedelta(hours=3)
    desk.hands.advance(lease)
    with desk.house.worker() as session:
        session.execute(update(Touch).where(Touch.person == errand.person).values(lease_until=desk.house.now - lease))
    assert desk.house.upkeeping().expire_claims() >= 1
    with desk.house.worker() as session:
        of_it = select(Task.id).where(Task.kind == "unknown_touch", Task.account == errand.account)
        return errand, session.scalars(of_it).one()


@pytest.mark.parametrize(("outcome", "state"), [("theirs", "valid"), ("not_theirs", "wrong_party")])
def test_a_number_is_used_again_only_when_it_is_theirs(
    desk: Desk, supervisor: Colleague, outcome: str, state: str
) -> None:
    point, task = suspected(desk, call(desk))
    page = supervisor.visit(f"/staff/tasks/{task}")
    missing = supervisor.send_on(page, "done", status=422)
    assert missing.errors == [("outcome", "Choose whose number it is")]
    assert row(desk, task).state == "open"
    done = supervisor.send_on(page, "done", outcome=outcome)
    assert done.h1 == "Noted"
    assert (row(desk, task).state, row(desk, task).outcome) == ("done", outcome)
    with desk.house.worker() as session:
        assert session.get_one(ContactPoint, point).state == state
    assert supervisor.send(page, "done", outcome=outcome).status_code == 303, "pressed twice"
    other = next(each for each in numbers.OUTCOMES if each != outcome)
    assert supervisor.send(page, "done", outcome=other).status_code == 409
    assert desk.acts(supervisor.id).count("task_done") == 1


def test_what_is_chosen_is_read_in_chinese_too(desk: Desk) -> None:
    _, task = suspected(desk, call(desk))
    page = desk.hire("supervisor", language="zh-Hans").signed_in().visit(f"/staff/tasks/{task}")
    assert "是本人的号码：恢复使用" in page.text


@pytest.mark.parametrize(
    ("outcome", "state"), [("was_sent", "sent"), ("was_not_sent", "failed"), ("nobody_knows", "unknown")]
)
def test_what_was_found_out_of_a_touch_is_what_it_becomes(
    desk: Desk, caller: Colleague, supervisor: Colleague, outcome: str, state: str
) -> None:
    errand, task = abandoned(desk, caller)
    supervisor.signed_in()
    page = supervisor.visit(f"/staff/tasks/{task}")
    assert supervisor.send_on(page, "done", outcome=outcome).h1 == "Noted"
    assert [touch.state for touch in errand.all(Touch)] == [state]
    assert row(desk, task).outcome == outcome


def test_a_supervisor_puts_down_how_somebodys_call_ended(desk: Desk, caller: Colleague, supervisor: Colleague) -> None:
    errand, task = abandoned(desk, caller)
    supervisor.signed_in()
    asked = supervisor.visit(f"/staff/tasks/{task}")
    assert errand.path in [to for to, _ in asked.links]
    page = supervisor.visit(errand.path)
    assert (page.h1, NAME in page.text, errand.phone[-4:] in page.text) == ("A call without an end", False, False)
    back = supervisor.send_on(page, "outcome", status=422, outcome="")
    assert back.errors == [("outcome", "Choose how the call ended")]
    assert supervisor.send_on(page, "outcome", outcome="no_answer").h1 == "This task is over"
    assert [(touch.state, touch.result) for touch in errand.all(Touch)] == [("undelivered", "no_answer")]
    ended = row(desk, errand.task)
    assert (ended.state, ended.outcome, ended.assignee) == ("done", "no_answer", caller.id)
    assert (row(desk, task).state, row(desk, task).outcome) == ("withdrawn", "reconciled")
    assert desk.acts(supervisor.id).count("call_told") == 1


def test_a_call_that_is_under_way_is_nobody_elses_to_end(desk: Desk, caller: Colleague, supervisor: Colleague) -> None:
    errand = call(desk)
    begin(caller, errand)
    assert supervisor.get(errand.path).status_code == 403
    theirs = call(desk, role="supervisor")
    begin(desk.hire("supervisor").signed_in(), theirs)
    assert supervisor.get(theirs.path).status_code == 409
    _, task = abandoned(desk, caller.signed_in())
    other = desk.hire("caller").signed_in()
    called = supervisor.signed_in().visit(f"/staff/tasks/{task}")
    [path] = [to for to, _ in called.links if to.startswith("/staff/tasks/")]
    assert other.get(path).status_code == 409


def test_a_way_out_opens_again_when_it_is_put_right(desk: Desk) -> None:
    house, operator = desk.house, desk.hire("operator").signed_in()
    order, _ = house.prepared(house.borrower("+13125550388")[1])
    with house.worker() as session:
        fields: dict[str, Any] = {"touch_id": order.touch, "source": "callback", "at": house.now}
        add_receipt(session, status="sent", **fields)
        add_receipt(session, status="undelivered", code="30007", **fields)
    with house.worker() as session:
        incident = session.scalars(select(Incident).where(Incident.touch == order.touch)).one()
        task, kind = str(incident.task), session.get_one(Task, incident.task).kind
    assert kind == "route"
    page = operator.visit(f"/staff/tasks/{task}")
    for _ in range(2):
        assert operator.send(page, "done").status_code == 303
    assert "Opened again" in operator.visit(f"/staff/tasks/{task}").text
    assert (row(desk, task).state, row(desk, task).outcome) == ("done", "released")
    with house.worker() as session:
        assert session.get_one(Incident, incident.id).released_by == operator.id
    assert desk.acts(operator.id).count("task_done") == 1


def test_a_code_is_looked_up(desk: Desk) -> None:
    operator, house = desk.hire("operator").signed_in(), desk.house
    wanted = tasks.Wanted(
        tenant=house.tenant,
        lender=house.lender,
        kind="unmapped_code",
        role="operator",
        reason=because("incident_unmapped", channel="sms", provider="twilio", sender="example", code="39999"),
    )
    with house.worker() as session:
        task = str(tasks.open_task(session, wanted, house.now))
    assert "Looked up" in operator.send_on(operator.visit(f"/staff/tasks/{task}"), "done").text
    assert row(desk, task).outcome == "looked_up"


def test_an_address_that_may_be_a_dead_persons_is_looked_at(desk: Desk, supervisor: Colleague) -> None:
    house, errand = desk.house, call(desk)
    point = at_work.address(house, errand.person)
    with house.worker() as session:
        found = session.get_one(ContactPoint, point)
        task = str(numbers.ask_about(session, found, deceased.WHY, house.now, account=errand.account))
    page = supervisor.visit(f"/staff/tasks/{task}")
    assert "may have meant somebody else" in page.text
    assert "They have died" in supervisor.send_on(page, "done", outcome="deceased").text
    assert [stop.kind for stop in errand.all(Stop)] == ["deceased"]


@pytest.mark.parametrize(
    ("kind", "reason", "title", "claims"),
    [
        ("route", because("incident_call", channel="letter", provider="lob", sender="", code="engine.hung"), "Something to put right", "Nothing is held meanwhile"),
        ("route", because("incident_route", channel="sms", provider="twilio", sender="", code="30034"), "A way out that is closed", "what was held goes out again"),
        ("account", because("account_held", channel="letter", provider="lob", code="sums.equal"), "An account to look at", "It is held"),
    ],
)  # fmt: skip
def test_a_task_claims_to_hold_just_what_it_holds(
    desk: Desk, kind: TaskKind, reason: Because, title: str, claims: str
) -> None:
    operator, house = desk.hire("operator").signed_in(), desk.house
    wanted = tasks.Wanted(tenant=house.tenant, lender=house.lender, kind=kind, role="operator", reason=reason)
    with house.worker() as session:
        task = str(tasks.open_task(session, wanted, house.now))
    assert (f"/staff/tasks/{task}", title) in operator.visit("/staff").links
    page = operator.visit(f"/staff/tasks/{task}")
    assert claims in page.text
    operator.send_on(page, "done")
    assert (row(desk, task).outcome, row(desk, task).assignee) == ("released", operator.id)
    assert desk.acts(operator.id).count("task_done") == 1, "who did it is put down"


def test_an_address_that_cannot_be_printed_is_not_taken_for_a_dead_persons(desk: Desk, supervisor: Colleague) -> None:
    house, errand = desk.house, call(desk)
    point, why = (
        at_work.address(house, errand.person),
        because("address_code", channel="letter", provider="lob", code="invalid"),
    )
    with house.worker() as session:
        task = str(numbers.ask_about(session, session.get_one(ContactPoint, point), why, house.now))
    page = supervisor.visit(f"/staff/tasks/{task}")
    assert "could not be printed" in page.text
    assert "died" not in page.text
    supervisor.send_on(page, "done", outcome="theirs")
    assert row(desk, task).outcome == "theirs"


def test_what_becomes_of_a_touch_while_somebody_says_so_is_known_first(desk: Desk) -> None:
    errand, task = abandoned(desk, desk.hire("caller").signed_in())
    supervisor = desk.hire("supervisor").signed_in()
    page = supervisor.visit(f"/staff/tasks/{task}")
    with desk.house.worker() as session:
        touch = session.scalars(select(Touch).where(Touch.person == errand.person).with_for_update()).one()
        saying = start(lambda: supervisor.send(page, "done", outcome="was_sent"))
        assert until_blocked(desk.house.ledger, "staff", saying)
        add_receipt(session, touch_id=touch.id, source="callback", status="delivered", at=desk.house.now)
    assert saying.result().status_code == 409
    assert (row(desk, task).state, row(desk, task).outcome) == ("withdrawn", "reconciled")
