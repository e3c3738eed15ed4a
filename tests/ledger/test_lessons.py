"""What each code moves: the number, an opt-out, a template, a route, a person's list of tasks; and what ends it again."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from forbear.cadence.sms_codes import ALIYUN, TWILIO
from forbear.contracts.decision import Contact, ContactOrder, Outcome, Rest
from forbear.ledger import incidents, tasks
from forbear.ledger.numbers import NOT_THEIRS, THEIRS
from forbear.ledger.receipts import add_receipt
from forbear.ledger.tables.accounts import Account, Stop
from forbear.ledger.tables.contacts import Suppression, Touch
from forbear.ledger.tables.senders import Incident
from forbear.ledger.tables.tasks import Task
from forbear.ports.sms import Refused
from tests.conftest import Hands
from tests.ledger.house import House

STATES = {
    "number_invalid": "invalid",
    "number_reverify": "invalid",
    "number_unreachable": "unreachable",
    "number_off": "valid",  # the first time
}
TASKS = {
    "number_reverify": ("number", "supervisor"),
    "never_again": ("number", "legal"),
    "stop_template": ("route", "operator"),
    "stop_route": ("route", "operator"),
    "call_operator": ("route", "operator"),
}
HOLDS = {"stop_template": "TEMPLATE.HELD", "stop_route": "ROUTE.HELD"}
ROUTES = [("twilio", code, known.action) for code, known in TWILIO.items()] + [
    ("aliyun", code, known.action) for code, known in ALIYUN.items()
]


def sent(house: House, number: str = "+13125550101", provider: str = "twilio") -> ContactOrder:
    order, _ = house.prepared(house.borrower(number)[1])
    with house.worker() as session:
        session.execute(update(Touch).where(Touch.id == order.touch).values(provider=provider))
    house.record(order)
    return order


def hear(house: House, order: ContactOrder, code: str, status: str = "undelivered") -> None:
    with house.api() as session:
        add_receipt(session, touch_id=order.touch, source="callback", status=status, code=code, at=house.now)


def open_tasks(house: House) -> list[Task]:
    with house.worker() as session:
        return list(session.scalars(select(Task).where(Task.state == "open").order_by(Task.opened_at, Task.id)))


def close(house: House, task: Task, outcome: str | None = None) -> None:
    with house.ledger.staff(house.tenant) as session:
        held = tasks.lock_task(session, task.id)
        tasks.take(session, held, "stf_example", house.now)
        tasks.close(session, held, house.now, outcome=outcome)


@pytest.mark.parametrize(("provider", "code", "action"), ROUTES)
def test_each_code_of_a_text_that_failed_does_what_the_table_says(
    house: House, provider: str, code: str, action: str
) -> None:
    order = sent(house, provider=provider)
    touch = house.touch(order.touch)
    hear(house, order, code)
    hear(house, order, code)
    assert house.point(touch.person).state == STATES.get(action, "valid")
    assert [(task.kind, task.role) for task in open_tasks(house)] == ([TASKS[action]] if action in TASKS else [])
    with house.worker() as session:
        scopes = list(session.scalars(select(Suppression.scope)))
        held = incidents.holding(session, touch.lender, provider, touch.template)
    assert scopes == {"opted_out": ["number"], "never_again": ["all_automated"]}.get(action, [])
    assert (incidents.RULES[held.kind] if held else None) == HOLDS.get(action)
    assert house.told(order.account)[-1:] in (["touch_undelivered"], ["opted_out"])


@pytest.mark.parametrize("code", ["30002", "30034"])
def test_what_was_refused_at_once_stops_no_route_but_calls_the_operator(house: House, code: str) -> None:
    order, _ = house.prepared(house.borrower()[1])
    house.record(order, Refused(code, ours=True))
    assert [task.kind for task in open_tasks(house)] == ["route"]
    with house.worker() as session:
        assert session.scalars(select(Incident.kind)).all() == ["call"]


def test_a_filtered_template_waits_until_a_person_releases_it(house: House, hands: Hands) -> None:
    order, under_way = sent(house), sent(house, "+13125550104")
    claimed = house.claim(house.borrower("+13125550102")[1])
    hear(house, order, "30007")
    hear(house, under_way, "30007")
    [task] = open_tasks(house)
    assert task.reason == "incident_template"
    assert (task.reason_values["template"], task.reason_values["code"]) == ("reminder-friendly", "30007")
    assert isinstance(house.touching().prepare(claimed), Outcome)
    assert house.touch(claimed.touch).state == "failed"
    _, waiting = house.borrower("+13125550103")
    held = house.ask(waiting)
    assert isinstance(held, Rest)
    assert (held.rule, held.until) == ("TEMPLATE.HELD", house.now + timedelta(days=7))
    assert "a person must look and release it" in held.reason
    assert house.standing(waiting).next_reason == held.reason, "its lender reads why"
    close(house, task)
    assert house.told(waiting) == ["task_closed"]
    assert isinstance(house.ask(waiting), Contact)
    hands.advance(timedelta(minutes=1))
    hear(house, sent(house, "+13125550105"), "30007")
    assert len(open_tasks(house)) == 1, "it stops again if it is filtered again"


def test_a_task_that_is_declined_leaves_the_route_stopped_and_an_operator_may_release_it(house: House) -> None:
    hear(house, sent(house), "30034")
    [task] = open_tasks(house)
    with house.ledger.staff(house.tenant) as session:
        tasks.close(session, tasks.lock_task(session, task.id), house.now, state="declined")
    _, waiting = house.borrower("+13125550103")
    held = house.ask(waiting)
    assert isinstance(held, Rest)
    assert held.rule == "ROUTE.HELD"
    with house.worker() as session:
        [incident] = incidents.still_open(session)
        incidents.release(session, incident.id, "operator", house.now)
        incidents.release(session, incident.id, "operator", house.now)
    assert isinstance(house.ask(waiting), Contact)


def test_another_lenders_template_goes_on(house: House) -> None:
    hear(house, sent(house), "30007")
    other = house.add_lender()
    person = house.person()
    house.phone(person, "+13125550177", lender=other)
    assert isinstance(house.ask(house.account(person, lender=other)), Contact)


def test_an_unknown_code_changes_nothing_and_is_shown_once_for_ever(house: House) -> None:
    order = sent(house)
    hear(house, order, "39999")
    [task] = open_tasks(house)
    assert (task.kind, task.role) == ("unmapped_code", "operator")
    assert (task.reason, task.reason_values["code"]) == ("incident_unmapped", "39999")
    assert house.point(house.touch(order.touch).person).state == "valid"
    close(house, task)
    hear(house, sent(house, "+13125550102"), "39999")
    assert open_tasks(house) == []


@pytest.mark.parametrize(("code", "strikes"), [("30003", 3), ("30008", 2)])
def test_a_handset_that_is_off_is_tried_again_and_then_left_to_calls(
    house: House, hands: Hands, code: str, strikes: int
) -> None:
    person, account = house.borrower()
    states: list[str] = []
    for _ in range(strikes):
        order, _ = house.prepared(account)
        house.record(order)
        hear(house, order, code)
        states.append(house.point(person).state)
        hands.advance(timedelta(days=8))
        with house.worker() as session:
            session.execute(update(Account).values(balance_as_of=hands.at))
    assert states == ["valid"] * (strikes - 1) + ["unreachable"]


@pytest.mark.parametrize(("outcome", "state"), [(THEIRS, "valid"), (NOT_THEIRS, "invalid")])
def test_a_number_that_may_have_changed_hands_is_used_again_only_when_somebody_found_out(
    house: House, outcome: str, state: str
) -> None:
    order = sent(house)
    hear(house, order, "30005")
    [task] = open_tasks(house)
    assert isinstance(house.ask(order.account), Rest)
    close(house, task, outcome)
    assert house.point(house.touch(order.touch).person).state == state


def test_the_wrong_persons_number_is_found_out_too_and_its_stop_lifted(house: House) -> None:
    order = sent(house)
    touch = house.touch(order.touch)
    house.stop(touch.person, "wrong_number", address_key=touch.address_key)
    house.stop(touch.person, "wrong_number", address_key=touch.address_key)
    [task] = open_tasks(house)
    assert (task.kind, task.contact_point) == ("number", touch.contact_point)
    close(house, task, THEIRS)
    assert house.point(touch.person).state == "valid"
    with house.worker() as session:
        assert all(stop.lifted_at is not None for stop in session.scalars(select(Stop)))


def test_what_people_do_has_no_codes(house: House) -> None:
    order = sent(house)
    with house.worker() as session:
        session.execute(update(Touch).where(Touch.id == order.touch).values(channel="visit"))
    hear(house, order, "30005", status="failed")
    assert open_tasks(house) == []
    assert house.point(house.touch(order.touch).person).state == "valid"
