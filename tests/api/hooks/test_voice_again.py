"""Calls whose requests come again, late, forged or in any order: nothing is said twice or too late, and nothing moves twice."""

from datetime import timedelta

import pytest
import structlog
from sqlalchemy import text

from forbear.ledger.tables.people import ContactPoint
from tests.api.hooks.caller import RIGHT, WRONG, Answer, Phone, Ringing, choosing
from tests.api.pages.site import Site
from tests.ledger import facts

NAME = "Example Borrower"


@pytest.fixture
def phone(site: Site) -> Phone:
    return Phone(site)


@pytest.fixture
def ringing(phone: Phone) -> Ringing:
    return phone.rung()


# ── Asked again ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_every_step_asked_again_says_the_same_and_moves_nothing(ringing: Ringing, phone: Phone) -> None:
    answer, again = ringing.answered(), ringing.answered()
    assert answer.response.text == again.response.text
    for digits in ("1", WRONG, RIGHT, "2", "0310", "1"):
        last = answer
        answer, again = ringing.press(last, digits), ringing.press(last, digits)
        assert answer.response.text == again.response.text
        other = ringing.press(last, "9")
        assert other.response.text == answer.response.text, "a step is taken once, whatever comes back"
    assert len(phone.promises()) == 1
    assert phone.opt_outs() == []
    assert [step.number for step in phone.steps(ringing.sid)] == list(range(7))


def test_what_was_said_is_the_same_although_the_balance_changed_since(ringing: Ringing, phone: Phone) -> None:
    before = ringing.walk("1")
    inside = ringing.press(before, RIGHT)
    phone.house.pay(phone.account, "40.00")
    assert ringing.press(before, RIGHT).response.text == inside.response.text


def test_a_step_that_nobody_led_to_hangs_up(ringing: Ringing, phone: Phone) -> None:
    answer = ringing.answered()
    ahead = answer.action.replace("n=1", "n=5")
    assert Answer(phone.post(ahead, ringing.fields(Digits="1"))).verbs == ["Hangup"]
    assert [step.number for step in phone.steps(ringing.sid)] == [0]


def test_when_an_address_failed_the_last_words_are_said_again(ringing: Ringing, phone: Phone) -> None:
    asked = ringing.walk("1")
    again = Answer(
        phone.post(ringing.ready.fallback_url, ringing.fields(ErrorCode="11200", ErrorUrl="https://x.example.com"))
    )
    assert again.response.text == asked.response.text


def test_a_call_whose_first_words_were_lost_begins_by_the_fallback(ringing: Ringing, phone: Phone) -> None:
    begun = Answer(phone.post(ringing.ready.fallback_url, ringing.fields(AnsweredBy="human")))
    assert begun.response.text == ringing.answered().response.text


# ── Whether it may speak ─────────────────────────────────────────────────────────────────────────────────────────────


def test_a_call_that_waited_until_the_window_closed_hangs_up_without_a_word(ringing: Ringing, phone: Phone) -> None:
    phone.site.hands.advance(timedelta(hours=12))
    answer = ringing.answered()
    assert answer.verbs == ["Hangup"]
    phone.site.hands.advance(-timedelta(hours=12))
    assert ringing.answered().verbs == ["Hangup"], "asked again, it is the same"
    assert ringing.touch == ("delivered", "connected"), "somebody answered: counted against us"


def test_a_call_that_waits_longer_than_its_claim_may_still_speak(ringing: Ringing, phone: Phone) -> None:
    phone.site.hands.advance(timedelta(minutes=20))
    assert ringing.answered().verbs == ["Gather"]


@pytest.mark.parametrize("news", ["stop", "opt_out", "paid", "promised", "erased"])
def test_a_stop_while_it_rang_leaves_it_silent(ringing: Ringing, phone: Phone, news: str) -> None:
    house = phone.house
    if news == "stop":
        house.stop(phone.person, "dispute")
    elif news == "opt_out":
        house.opt_out(phone.number)
    elif news == "paid":
        house.pay(phone.account)
    elif news == "erased":
        with house.ledger.engine("migrator").begin() as connection:
            connection.execute(text("update person_key set wrapped = null where person = :p"), {"p": phone.person})
    else:
        answer, sid = phone.dials_in()
        for digits in ("1", RIGHT, "2", "0310", "1"):
            answer = Answer(phone.post(answer.action, {"CallSid": sid, "Digits": digits}))
    assert ringing.answered().verbs == ["Hangup"]


@pytest.mark.parametrize("by", ["machine_start", "machine_end_beep", "machine_end_silence", "machine_end_other", "fax"])
def test_a_machine_hears_nothing(phone: Phone, by: str) -> None:
    ringing = phone.rung()
    assert ringing.answered(by).verbs == ["Hangup"]
    ringing.status("completed")
    assert ringing.touch == ("delivered", "machine_no_message")


@pytest.mark.parametrize(
    ("policy", "by", "verbs", "result"),
    [
        (
            '{"voicemail": "limited_content", "voicemail_contact": "Example Clerk"}',
            "machine_end_beep",
            ["Say", "Hangup"],
            "voicemail_left",
        ),
        ('{"voicemail": "limited_content", "voicemail_contact": "Example Clerk"}', "unknown", ["Hangup"], "connected"),
        ('{"voicemail": "limited_content"}', "machine_end_beep", ["Hangup"], "machine_no_message"),
        ('{"voicemail_contact": "Example Clerk"}', "machine_end_beep", ["Hangup"], "machine_no_message"),
    ],
)
def test_a_message_is_left_only_where_the_lender_chose_so_and_named_somebody(
    site: Site, policy: str, by: str, verbs: list[str], result: str
) -> None:
    phone = Phone(site)
    with phone.house.api() as session:
        facts.give_consent(phone.house, session, phone.account, channel="voicemail")  # pyright: ignore[reportArgumentType]  the law's own channel
    choosing(phone, policy)
    try:
        ringing = phone.rung()
        left = ringing.answered(by)
        assert left.verbs == verbs
        assert ringing.touch == ("delivered", result)
        if verbs == ["Say", "Hangup"]:
            assert "Example Clerk" in left.spoken
            assert NAME not in left.spoken
            assert "hundred" not in left.spoken
    finally:
        choosing(phone, "{}")


def test_what_may_be_a_machine_hears_nothing_and_counts_as_somebody(ringing: Ringing) -> None:
    assert ringing.answered("unknown").verbs == ["Hangup"]
    assert ringing.touch == ("delivered", "connected")


def test_a_second_call_for_one_touch_says_nothing(ringing: Ringing, phone: Phone) -> None:
    ringing.answered()
    other = Ringing(phone, ringing.order, ringing.ready, "CA" + "f" * 32)
    assert other.answered().verbs == ["Hangup"]


# ── How it fares ─────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("told", "touch"),
    [
        (["initiated", "ringing", "no-answer"], ("undelivered", "no_answer")),
        (["initiated", "busy"], ("undelivered", "busy")),
        (["initiated", "failed"], ("undelivered", "no_answer")),
        (["canceled"], ("failed", None)),
        (["initiated", "ringing", "canceled"], ("undelivered", "no_answer")),
        (["initiated", "ringing"], ("sent", None)),
        (["initiated", "ringing", "in-progress", "completed"], ("delivered", "connected")),
    ],
)
def test_statuses_fold_in_any_order_and_once(phone: Phone, told: list[str], touch: tuple[str, str | None]) -> None:
    ringing = phone.rung()
    for number, status in enumerate(reversed(told)):
        for _ in range(2):
            ringing.status(status, SequenceNumber=str(number), Timestamp="Mon, 02 Mar 2026 18:00:03 +0000")
    assert ringing.touch == touch
    assert sorted(set(ringing.receipts()) & set(told)) == sorted(told)


def test_a_number_that_is_none_counts_nothing_and_is_not_called_again(phone: Phone) -> None:
    ringing = phone.rung()
    ringing.status("failed", ErrorCode="21217")
    assert ringing.touch == ("undelivered", "not_in_service")
    [point] = phone.rows(ContactPoint, ContactPoint.person == phone.person)
    assert point.state == "invalid"


def test_detection_that_is_told_apart_makes_the_result_exact(phone: Phone) -> None:
    ringing = phone.rung()
    amd = ringing.ready.callback_url.replace("/voice/status", "/voice/amd")
    assert phone.post(amd, ringing.fields(AnsweredBy="machine_start")).status_code == 204
    assert ringing.touch == ("delivered", "machine_no_message")


def test_the_end_of_a_call_wakes_its_account_once(ringing: Ringing, phone: Phone) -> None:
    for _ in range(2):
        ringing.status("no-answer")
    assert phone.told().count("call_ended") == 1


@pytest.mark.parametrize("by", ["machine_start", "human"])
def test_it_does_so_although_its_result_was_known_before(ringing: Ringing, phone: Phone, by: str) -> None:
    ringing.answered(by)
    ringing.status("in-progress", AnsweredBy=by)
    known = ringing.touch
    assert "call_ended" not in phone.told()
    for _ in range(2):
        ringing.status("completed", AnsweredBy=by)
    assert ringing.touch == known
    assert phone.told().count("call_ended") == 1


@pytest.mark.parametrize(
    ("told", "wakes"),
    [
        ({"status": "completed", "AnsweredBy": "machine_start"}, True),
        ({"status": "completed", "AnsweredBy": "human"}, False),
        ({"status": "busy"}, True),
        ({"status": "canceled"}, True),
    ],
)
def test_whoever_waited_for_a_conversation_hears_that_it_was_none(
    ringing: Ringing, phone: Phone, told: dict[str, str], wakes: bool
) -> None:
    _, elsewhere = phone.house.borrower(phone.number)
    before = len(phone.house.told(elsewhere))
    ringing.status(**told)
    assert (len(phone.house.told(elsewhere)) > before) is wakes
    assert phone.told().count("call_ended") == 1


def test_news_that_comes_before_the_answer_to_the_order_is_kept(phone: Phone) -> None:
    ringing = phone.rung()
    assert "queued" not in ringing.receipts()
    ringing.status("ringing")
    assert phone.house.touch(ringing.order.touch).provider_id == ringing.sid


# ── Who may ask ──────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("signature", [None, "nonsense", "AAAAAAAAAAAAAAAAAAAAAAAAAAA="])
def test_without_the_carriers_signature_nothing_is_said_or_moved(
    ringing: Ringing, phone: Phone, signature: str | None
) -> None:
    answer = ringing.answered()
    public = phone.site.settings.public_url
    for target in (
        ringing.ready.answer_url,
        ringing.ready.fallback_url,
        ringing.ready.callback_url,
        answer.action,
        f"{public}/hooks/twilio/voice/inbound",
    ):
        assert phone.post(target, ringing.fields(Digits="9"), signature).status_code == 403
    assert phone.opt_outs() == []


def test_a_signed_call_without_our_token_is_refused(ringing: Ringing, phone: Phone) -> None:
    url = ringing.ready.answer_url
    for forged in (url.replace("k=", "k=0"), url.partition("?")[0], url.replace(ringing.order.touch, "tch_other")):
        assert phone.post(forged, ringing.fields()).status_code == 403


def test_a_token_of_another_call_opens_nothing(site: Site) -> None:
    mine, theirs = Phone(site).rung(), Phone(site).rung()
    mine.answered()
    answer = theirs.answered()
    stolen = Answer(mine.phone.post(answer.action, mine.fields(Digits="9")))
    assert stolen.verbs == ["Hangup"]
    assert theirs.phone.opt_outs() == mine.phone.opt_outs() == []


def test_an_expired_token_is_refused(ringing: Ringing, phone: Phone) -> None:
    phone.site.hands.advance(timedelta(days=8))
    assert phone.post(ringing.ready.answer_url, ringing.fields()).status_code == 403


def test_nothing_personal_is_logged(phone: Phone) -> None:
    with structlog.testing.capture_logs() as logs:
        ringing = phone.rung()
        ringing.walk("1", WRONG, RIGHT, "2", "0310", "1")
        ringing.status("completed")
        phone.dials_in()
    told = repr(logs)
    assert logs
    for personal in (phone.number, phone.number[2:], NAME, RIGHT, WRONG):
        assert personal not in told
