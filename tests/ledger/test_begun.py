"""A call or a visit is begun with a permit of that moment, once, and by whom it was given to."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import select

from forbear.cadence.translate import to_attempt, to_facts
from forbear.contracts.words import StopKind
from forbear.errors import BadInput, Conflict, NotFound
from forbear.ledger import permit_form, replaying
from forbear.ledger.begun import Begun, Held
from forbear.ledger.claims import LAST_CALL
from forbear.ledger.lives import load_life
from forbear.ledger.tables.contacts import Decision, Link, Touch
from forbear.ledger.tables.record import AuditRow
from forbear.rules.engine import check
from tests.conftest import Hands
from tests.ledger.at_work import CALLER, OFFICERS, address, end, read, start, started, task
from tests.ledger.house import A_DAY, AN_HOUR, NOON, PACKS, PLAYBOOKS, House


def test_a_caller_is_handed_what_the_call_needs(house: House) -> None:
    person, account = house.borrower("+13125550120")
    made = task(house, account, person)
    begun = started(house, made)
    assert begun.to == "+13125550120"
    assert begun.name == "Example Borrower"
    assert begun.values["amount"] == "100.00"
    assert begun.values["currency"] == "USD"
    assert begun.link.startswith(house.settings.public_url)
    assert (begun.template, begun.language) == ("reminder-call", "en")
    assert "+13125550120" not in repr(begun)
    touch = house.touch(begun.touch)
    assert (touch.state, touch.task, touch.provider, touch.channel) == ("dispatching", made, "person", "call")
    assert touch.dispatched_at == NOON
    assert touch.lease_until == NOON + 2 * AN_HOUR
    standing = read(house, made)
    assert (standing.state, standing.assignee, standing.touch) == ("taken", CALLER, begun.touch)
    assert house.standing(account).next_at == NOON + 2 * AN_HOUR


def test_the_permit_is_that_of_a_check_by_hand_and_can_be_given_again(house: House) -> None:
    person, account = house.borrower("+13125550121")
    begun = started(house, task(house, account, person))
    with house.worker() as session:
        stored = session.scalars(select(Decision).where(Decision.touch == begun.touch)).one()
        life = load_life(session, account, now=house.now, without=begun.touch, packs=PACKS)
        assert life is not None
        borrower = life.borrower
        phone = next(point for point in borrower.points if point.kind == "phone")
        attempt = to_attempt(life, borrower, phone, "call", staff=1, by="person")
        facts = to_facts(life, borrower, house.now, contacts_in_7_days=PLAYBOOKS["us-first-party"].contacts_in_7_days)
        by_hand = check(attempt, facts, PACKS, house.now)
        again = replaying.recompute(session, stored.id)
        permit = session.scalars(select(Decision.permit).where(Decision.id == stored.id)).one()
    assert permit == permit_form.written(by_hand)
    assert again.same, again.why
    assert not attempt.prerecorded


def test_pressed_twice_it_is_one_touch(house: House) -> None:
    person, account = house.borrower("+13125550122")
    made = task(house, account, person)
    assert started(house, made).touch == started(house, made).touch
    with house.worker() as session:
        assert len(session.scalars(select(Touch.id).where(Touch.task == made)).all()) == 1


@pytest.mark.parametrize("bar", ["late", "dispute", "paid"])
def test_a_call_begun_is_shown_no_more_once_it_may_not_be_made(house: House, hands: Hands, bar: str) -> None:
    person, account = house.borrower()
    made = task(house, account, person)
    touch = started(house, made).touch
    hands.advance(timedelta(minutes=14))
    assert started(house, made).to, "within its time nothing has changed"
    match bar:
        case "late":
            hands.advance(timedelta(minutes=1))
        case "dispute":
            house.stop(person, "dispute", account=account)
        case _:
            house.pay(account)
    over = start(house, made)
    assert isinstance(over, Held)
    assert over.rule == {"late": "CALL.LATE", "paid": "ACCOUNT.PAID"}.get(bar, over.rule)
    end(house, made, "no_answer")
    assert house.touch(touch).state == "undelivered"


def test_its_time_to_be_dialled_ends_before_the_window_does(house: House, hands: Hands) -> None:
    person, account = house.borrower()
    made = task(house, account, person)
    hands.set(NOON + 9 * AN_HOUR - timedelta(minutes=15))
    begun = started(house, made)
    assert begun.window_closes is not None
    hands.set(begun.window_closes - LAST_CALL)
    assert isinstance(start(house, made), Held)


def test_a_touch_has_one_link_however_often_it_is_looked_at(house: House) -> None:
    person, account = house.borrower()
    made = task(house, account, person)
    touch = started(house, made).touch
    assert started(house, made).link == ""
    with house.worker() as session:
        assert len(session.scalars(select(Link.id).where(Link.touch == touch)).all()) == 1


def test_two_who_press_at_once_begin_one_touch(house: House) -> None:
    person, account = house.borrower("+13125550123")
    made = task(house, account, person)
    answers: list[Begun | Held] = []
    both = threading.Barrier(2)

    def press() -> None:
        both.wait()
        answers.append(start(house, made))

    presses = [threading.Thread(target=press) for _ in range(2)]
    for each in presses:
        each.start()
    for each in presses:
        each.join()
    assert len({answer.touch for answer in answers if isinstance(answer, Begun)}) == 1
    assert len(answers) == 2


@pytest.mark.parametrize("kind", ["dispute", "attorney", "cease", "hold"])
def test_a_stop_that_came_after_the_task_holds_it(house: House, kind: StopKind) -> None:
    person, account = house.borrower()
    made = task(house, account, person)
    house.stop(person, kind, account=account)
    answer = start(house, made)
    assert isinstance(answer, Held)
    assert answer.rule.startswith(("US.", "POLICY.STOP"))
    assert read(house, made).touch is None


def test_at_night_it_is_held_until_the_morning(house: House, hands: Hands) -> None:
    person, account = house.borrower("+13125550124")
    made = task(house, account, person)
    hands.set(NOON + 10 * AN_HOUR)  # 22:00 in Chicago
    answer = start(house, made)
    assert isinstance(answer, Held)
    assert answer.until is not None
    assert answer.until > house.now + 9 * AN_HOUR
    hands.set(answer.until)
    with house.worker() as session:
        assert session.scalars(select(AuditRow.kind).where(AuditRow.subject == made, AuditRow.kind == "task_held"))
    started(house, made)


def test_a_promise_a_payment_and_a_text_under_way_hold_it(house: House) -> None:
    person, account = house.borrower("+13125550125")
    made = task(house, account, person)
    house.claim(account)
    answer = start(house, made)
    assert isinstance(answer, Held)
    assert answer.rule == "TOUCH.UNSETTLED"
    paid, other = house.borrower("+13125550126")
    second = task(house, other, paid)
    house.pay(other)
    answer = start(house, second)
    assert isinstance(answer, Held)
    assert answer.rule == "ACCOUNT.PAID"


def test_a_window_about_to_close_and_a_task_out_of_time_begin_nothing(house: House, hands: Hands) -> None:
    person, account = house.borrower("+13125550127")
    made = task(house, account, person)
    hands.set(NOON + 9 * AN_HOUR - timedelta(seconds=90))
    answer = start(house, made)
    assert isinstance(answer, Held)
    assert answer.rule == "WINDOW.CLOSING"
    hands.set(NOON + 4 * A_DAY)
    answer = start(house, made)
    assert isinstance(answer, Held)
    assert answer.rule == "TASK.EXPIRED"


def test_somebody_elses_task_and_one_that_is_closed_begin_nothing(house: House) -> None:
    person, account = house.borrower("+13125550128")
    made = task(house, account, person)
    started(house, made)
    with pytest.raises(Conflict):
        start(house, made, ("stf_other",))
    end(house, made, "no_answer")
    with pytest.raises(Conflict):
        start(house, made)
    with pytest.raises(NotFound):
        start(house, "tsk_none")
    with pytest.raises(BadInput):
        start(house, task(house, account, person, step="more"), ())


def test_nobody_goes_to_a_door_alone(house: House) -> None:
    person, account = house.borrower("+13125550129")
    point = address(house, person)
    made = task(house, account, person, "visit")
    for alone in (("stf_one",), ("stf_one", "stf_one")):
        answer = start(house, made, alone)
        assert isinstance(answer, Held)
        assert answer.rule == "VISIT.TWO"
    begun = started(house, made, OFFICERS)
    touch = house.touch(begun.touch)
    assert (touch.channel, touch.contact_point, touch.state) == ("visit", point, "dispatching")
    with house.worker() as session:
        asked = session.scalars(select(Decision.asked).where(Decision.touch == begun.touch)).one()
    assert asked is not None
    assert asked["case"]["attempt"]["staff"] == 2


def test_another_lenders_contacts_count_when_it_is_begun(house: House) -> None:
    """Three contacts in seven days are the person's, whoever made them."""
    person, account = house.borrower("+13125550130")
    made = task(house, account, person)
    other = house.add_lender()
    house.phone(person, "+13125550131", lender=other)
    elsewhere = house.account(person, lender=other, amount="190.00")
    for number in range(3):
        theirs = task(house, elsewhere, person, step=f"s{number}", lender=other)
        started(house, theirs)
        end(house, theirs, "spoke_refuses")
    house.pay(elsewhere, "190.00", lender=other)
    answer = start(house, made)
    assert isinstance(answer, Held)
    assert answer.rule == "POLICY.CONTACT7"
    assert answer.until is not None


def test_who_began_it_stands_in_the_audit(house: House) -> None:
    person, account = house.borrower("+13125550132")
    made = task(house, account, person)
    started(house, made)
    end(house, made, "busy")
    with house.worker() as session:
        kinds = session.scalars(select(AuditRow.kind).where(AuditRow.subject == made).order_by(AuditRow.id)).all()
    assert kinds == ["task_opened", "task_taken", "task_begun", "task_settled", "task_done"]
