"""Calls as the carrier asks for them: what is said, and what it moves."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import text

from forbear.cadence.decide import decide
from forbear.contracts.decision import Contact, Rest
from forbear.ledger.engine import make_engine
from forbear.ledger.tables.accounts import Account
from forbear.ledger.tables.contacts import Suppression
from forbear.ledger.tables.people import ContactPoint
from forbear.ports.book import Dispatch
from tests.api.hooks.caller import RIGHT, WRONG, Answer, Phone, Ringing, choosing
from tests.api.pages.site import Site

NAME = "Example Borrower"


@pytest.fixture
def phone(site: Site) -> Phone:
    return Phone(site)


@pytest.fixture
def ringing(phone: Phone) -> Ringing:
    return phone.rung()


def test_whoever_answers_is_asked_who_they_are_and_told_nothing_else(ringing: Ringing) -> None:
    greeted = ringing.answered()
    assert greeted.verbs == ["Gather"]
    assert "Example Bank" in greeted.spoken
    assert NAME in greeted.spoken
    assert "hundred" not in greeted.spoken
    [gather] = greeted.document.iter("Gather")
    assert (gather.attrib["numDigits"], gather.attrib["input"], gather.attrib["actionOnEmptyResult"]) == (
        "1",
        "dtmf",
        "true",
    )
    [said] = greeted.document.iter("Say")
    assert (said.attrib["language"], said.attrib["voice"]) == ("en-US", "Polly.Joanna-Neural")
    assert ringing.touch == ("delivered", "connected")


def test_chinese_is_spoken_by_a_chinese_voice(site: Site) -> None:
    greeted = Phone(site, language="zh-Hans").rung().answered()
    [said] = greeted.document.iter("Say")
    assert (said.attrib["language"], said.attrib["voice"]) == ("cmn-CN", "Polly.Zhiyu-Neural")
    assert "请找" in greeted.spoken


def test_nothing_personal_stands_in_an_address(phone: Phone) -> None:
    ringing = phone.rung()
    asked = ringing.walk("1")
    for address in (ringing.ready.answer_url, ringing.ready.callback_url, ringing.ready.fallback_url, asked.action):
        for personal in (phone.number, phone.number[2:], NAME, RIGHT, "1985"):
            assert personal not in address


def test_behind_the_check_the_amount_is_told_in_words(ringing: Ringing) -> None:
    inside = ringing.walk("1", RIGHT)
    assert "one hundred US dollars" in inside.spoken
    assert "$" not in inside.spoken
    assert ringing.touch == ("delivered", "connected")


def test_a_promise_is_read_back_and_then_made(ringing: Ringing, phone: Phone) -> None:
    back = ringing.walk("1", RIGHT, "2", "0310")
    assert "March tenth, twenty twenty-six" in back.spoken
    assert phone.promises() == []
    done = ringing.press(back, "1")
    assert done.verbs == ["Say", "Hangup"]
    [promise] = phone.promises()
    assert (promise.amount, promise.due_on, promise.state) == (Decimal("100.00"), date(2026, 3, 10), "open")
    assert phone.told()[-1] == "promise_made"


def test_a_dispute_pauses_the_account_and_its_recording_waits_for_a_human(ringing: Ringing, phone: Phone) -> None:
    recording = ringing.walk("1", RIGHT, "3")
    assert phone.stops() == [("dispute", phone.account)]
    assert recording.verbs == ["Say", "Record", "Redirect"]
    [record] = recording.document.iter("Record")
    assert (record.attrib["maxLength"], record.attrib["finishOnKey"]) == ("120", "#")
    done = ringing.press(recording, "#", RecordingSid="RE1", RecordingUrl="https://api.twilio.com/RE1")
    assert done.verbs == ["Say", "Hangup"]
    told = phone.post(
        record.attrib["recordingStatusCallback"], ringing.fields(RecordingSid="RE1", RecordingStatus="completed")
    )
    assert told.status_code == 204
    [reply] = phone.replies()
    assert (reply.channel, reply.provider_id, reply.reading, reply.needs_human) == ("call", "RE1", "dispute", True)
    assert [(task.kind, task.reply) for task in phone.tasks()] == [("reply", reply.id)]


def test_hardship_pauses_the_account(ringing: Ringing, phone: Phone) -> None:
    assert ringing.walk("1", RIGHT, "4").verbs == ["Say", "Hangup"]
    assert phone.stops() == [("hardship", phone.account)]
    assert "hardship_declared" in phone.told()


def test_a_human_is_rung(ringing: Ringing) -> None:
    connecting = ringing.walk("1", RIGHT, "0")
    [number] = connecting.document.iter("Number")
    assert number.text == "+12125550199"
    assert ringing.press(connecting, DialCallStatus="busy").verbs == ["Say", "Hangup"]


def test_a_link_that_is_asked_for_wakes_the_account_whose_next_decision_asks_the_rules(
    ringing: Ringing, phone: Phone
) -> None:
    done = ringing.walk("1", RIGHT, "1")
    assert "text message with a link" in done.spoken
    assert phone.told()[-1] == "link_asked"
    house = phone.house
    decision = house.ask(phone.account, decide)
    assert isinstance(decision, Contact), decision
    assert decision.channel == "sms"
    order = house.order(phone.account, decision.touch)
    ready = house.touching().prepare(order)
    assert isinstance(ready, Dispatch)
    assert (ready.template, ready.to) == ("link-asked", phone.number)
    assert "/p/" in ready.values["link"]
    house.record(order)
    again = house.ask(phone.account, decide)
    assert isinstance(again, Rest), "one request, one link"


def test_a_link_that_may_not_be_sent_is_not(ringing: Ringing, phone: Phone) -> None:
    ringing.walk("1", RIGHT, "1")
    phone.house.opt_out(phone.number)
    assert isinstance(phone.house.ask(phone.account, decide), Rest)


def test_a_link_is_an_answer_for_a_day(ringing: Ringing, phone: Phone) -> None:
    ringing.walk("1", RIGHT, "1")
    phone.site.hands.advance(timedelta(hours=24))
    later = phone.house.ask(phone.account, decide)
    assert not isinstance(later, Contact) or "asked for in a call" not in later.reason


def test_a_link_asked_for_at_night_is_sent_in_the_morning(phone: Phone) -> None:
    """No rest, however long, outlasts the instant at which it may be sent."""
    phone.site.hands.advance(timedelta(hours=11))  # 23:00 in Chicago
    answer, sid = phone.dials_in()
    for keys in ("1", RIGHT, "1"):
        answer = Answer(phone.post(answer.action, {"CallSid": sid, "Digits": keys}))
    assert "text message with a link" in answer.spoken
    held = phone.house.ask(phone.account, decide)
    assert isinstance(held, Rest), held
    assert held.until <= phone.house.now + timedelta(hours=10)
    phone.site.hands.set(held.until)
    with phone.house.worker() as session:
        session.get_one(Account, phone.account).balance_as_of = phone.house.now
    sent = phone.house.ask(phone.account, decide)
    assert isinstance(sent, Contact), sent
    assert "asked for in a call" in sent.reason


@pytest.mark.parametrize("keys", [(), ("1",), ("1", RIGHT), ("1", RIGHT, "2"), ("1", RIGHT, "2", "0310")])
def test_stop_is_in_force_before_it_is_spoken(
    phone: Phone, keys: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    ringing = phone.rung()
    answer = ringing.walk(*keys)
    assert phone.opt_outs() == []
    stopped = ringing.press(answer, "9")
    assert phone.opt_outs() == ["number"]
    assert stopped.verbs == ["Say", "Hangup"]
    assert "opted_out" in phone.told()


def test_a_stop_that_cannot_be_kept_is_not_spoken(
    ringing: Ringing, phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = ringing.answered()

    def fails(*_: object, **__: object) -> str:
        raise ConnectionError("the database is gone")

    with monkeypatch.context() as patched:
        patched.setattr("forbear.ledger.stops.suppress", fails)
        failed = ringing.phone.post(answer.action, ringing.fields(Digits="9"))
    assert failed.status_code == 500
    assert phone.opt_outs() == []
    assert [step.number for step in phone.steps(ringing.sid)] == [0]
    assert ringing.press(answer, "9").verbs == ["Say", "Hangup"]
    assert phone.opt_outs() == ["number"]


@pytest.mark.parametrize("key", ["2", "3"])
def test_the_wrong_person_is_left_in_peace(ringing: Ringing, phone: Phone, key: str) -> None:
    done = ringing.walk(key)
    assert done.verbs == ["Say", "Hangup"]
    assert phone.stops() == [("wrong_number", None)]
    [point] = phone.rows(ContactPoint, ContactPoint.person == phone.person)
    assert point.state == "wrong_party"
    assert ringing.touch == ("delivered", "wrong_party")


def test_two_wrong_answers_end_the_call_and_say_nothing(ringing: Ringing, phone: Phone) -> None:
    done = ringing.walk("1", WRONG, WRONG)
    assert done.verbs == ["Say", "Hangup"]
    assert "hundred" not in done.spoken
    assert ringing.touch == ("delivered", "connected")
    assert [step.did for step in phone.steps(ringing.sid)] == [[], [], ["not_verified"], ["not_verified"]]


def test_after_three_calls_of_guesses_nothing_is_asked_any_more(phone: Phone) -> None:
    for _ in range(3):
        answer, sid = phone.dials_in()
        for digits in ("1", WRONG, WRONG):
            answer = Answer(phone.post(answer.action, {"CallSid": sid, "Digits": digits}))
    answer, sid = phone.dials_in()
    refused = Answer(phone.post(answer.action, {"CallSid": sid, "Digits": "1"}))
    assert refused.verbs == ["Say", "Hangup"]
    phone.site.hands.advance(timedelta(hours=25))
    answer, sid = phone.dials_in()
    assert Answer(phone.post(answer.action, {"CallSid": sid, "Digits": "1"})).verbs == ["Gather"]


def test_the_keys_of_the_check_are_kept_nowhere(ringing: Ringing, phone: Phone) -> None:
    ringing.walk("1", WRONG, RIGHT, "2", "0310", "1")
    heard = [step.heard for step in phone.steps(ringing.sid)]
    assert heard == ["human", "key 1", "digits", "digits", "key 2", "digits", "key 1"]


def test_the_lender_may_ask_for_the_end_of_the_identity_number(site: Site) -> None:
    phone = Phone(site, identity_number="11010519491231002X")
    choosing(phone, '{"call_identity": "last_four"}')
    try:
        ringing = phone.rung()
        assert "last four digits of your identity number" in ringing.walk("1").spoken
        assert "one hundred US dollars" in ringing.walk("1", "002*").spoken
    finally:
        choosing(phone, "{}")


def test_without_a_birth_date_nobody_is_let_in(site: Site) -> None:
    ringing = Phone(site, birth_date=None).rung()
    assert ringing.walk("1").verbs == ["Say", "Hangup"]


# ── Calls to us ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_somebody_who_calls_us_gets_the_same_menu_and_it_is_a_conversation_and_no_attempt(phone: Phone) -> None:
    answer, sid = phone.dials_in()
    assert NAME in answer.spoken
    answer = Answer(phone.post(answer.action, {"CallSid": sid, "Digits": "1"}))
    inside = Answer(phone.post(answer.action, {"CallSid": sid, "Digits": RIGHT}))
    assert "one hundred US dollars" in inside.spoken
    assert [(row.channel, row.result, row.role) for row in phone.called_us()] == [("call", "called_us", "borrower")]
    again, _ = phone.dials_in(sid=sid)
    assert NAME in again.spoken
    assert len(phone.called_us()) == 1


def test_a_stranger_is_told_only_whom_they_called_and_can_say_stop(phone: Phone) -> None:
    number = "+19175550142"
    answer, sid = phone.dials_in(number=number)
    assert "Example Bank" in answer.spoken
    assert NAME not in answer.spoken
    stopped = Answer(phone.post(answer.action, {"CallSid": sid, "Digits": "9"}))
    assert stopped.verbs == ["Say", "Hangup"]
    again = Answer(phone.post(answer.action, {"CallSid": sid, "Digits": "9"}))
    assert again.response.text == stopped.response.text
    key = phone.house.key(number)
    assert [row.scope for row in phone.rows(Suppression, Suppression.address_key == key)] == ["number"]


def test_a_call_to_a_number_of_nobody_is_not_answered(phone: Phone) -> None:
    answer, _ = phone.dials_in(to="+19175550143")
    assert answer.verbs == ["Hangup"]


# ── Others who have to do with a debt ────────────────────────────────────────────────────────────────────────────────


def _as(phone: Phone, role: str) -> None:
    """Let them be somebody else on the account."""
    with make_engine(phone.house.settings.database_url_for("migrator")).begin() as connection:
        connection.execute(text("update party set role = :role where person = :id"), {"role": role, "id": phone.person})


@pytest.mark.parametrize("role", ["guarantor", "counter_guarantor", "spouse", "contact", "attorney"])
def test_whoever_does_not_owe_is_told_the_lenders_number_and_nothing_of_the_debt(phone: Phone, role: str) -> None:
    _as(phone, role)
    answer, sid = phone.dials_in()
    assert NAME not in answer.spoken
    assert "two one two" in answer.spoken
    for keys in ("1", RIGHT, "1"):
        ended = Answer(phone.post(answer.action, {"CallSid": sid, "Digits": keys}))
        assert "hundred" not in ended.spoken
        assert ended.verbs == ["Say", "Hangup"]
    assert [row.role for row in phone.called_us()] == [role], "it is a conversation all the same"
    stopping, other = phone.dials_in()
    assert Answer(phone.post(stopping.action, {"CallSid": other, "Digits": "9"})).verbs == ["Say", "Hangup"]
    assert phone.opt_outs() == ["number"]


def test_a_co_borrower_is_told_what_is_owed(phone: Phone) -> None:
    _as(phone, "co_borrower")
    answer, sid = phone.dials_in()
    answer = Answer(phone.post(answer.action, {"CallSid": sid, "Digits": "1"}))
    assert "one hundred" in Answer(phone.post(answer.action, {"CallSid": sid, "Digits": RIGHT})).spoken


def test_a_call_that_reaches_somebody_who_owes_no_longer_says_nothing(ringing: Ringing, phone: Phone) -> None:
    _as(phone, "guarantor")
    assert ringing.answered().verbs == ["Hangup"]
