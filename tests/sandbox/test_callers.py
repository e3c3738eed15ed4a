"""People on the telephone do as their habit says: they pick up or not, find their way, and act afterwards."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import count
from typing import Any

import pytest

from forbear.sandbox.habits import HABITS
from forbear.sandbox.voice.manners import MANNERS, pickup
from tests.sandbox.answering import Voice
from tests.sandbox.borrower_page import BorrowerPage
from tests.sandbox.box import OURS, SEED, Answer, Box, Receiver, Seen, eventually, twilio_client

_lines = count()
ENGLISH = {
    "who": "Hello. If you are Ada Example, press 1. If you are someone else, press 2. For a wrong number, press 3. "
    "If you want no more calls, press 9.",
    "check": "Please enter your date of birth with eight digits, year first, then month and day.",
    "menu": "To get a payment link, press 1. To promise a date, press 2. If something is not right, press 3. "
    "If you cannot pay, press 4. To speak to a person, press 0.",
    "dispute": "After the tone, tell us what is not right, then press the pound key.",
    "day": "Enter the month and the day on which you will pay, two digits each.",
    "sure": "If this is right, press 1. To change it, press 2.",
    "done": "Thank you. Goodbye.",
}
CHINESE = {
    "who": "您好。本人请按1，不是本人请按2，打错了请按3，不希望再接到电话请按9。",
    "check": "请输入您的出生日期，共八位：年份四位，月份两位，日期两位。",
    "menu": "还款链接请按1，约定还款日期请按2，有异议请按3，还款困难请按4，转人工请按0。",
    "dispute": "请在提示音后说明，说完按井号键。",
    "day": "请输入还款日期：月份两位，日期两位。",
    "sure": "确认请按1，重新输入请按2。",
    "done": "谢谢，再见。",
}
KEYS = {
    "who": {"1": "check", "2": "done", "3": "done", "9": "done"},
    "check": {"19800501": "menu"},
    "menu": {"1": "done", "2": "day", "3": "dispute", "4": "done", "0": "done"},
    "day": {},
    "sure": {"1": "done", "2": "day"},
}


def menu(seen: Seen) -> Answer | None:
    """A menu that is not ours: what is pressed leads on, the wrong birth date asks again."""
    _, word, step, language = (*seen.path.split("/"), "", "")[:4]
    if word != "menu":
        return None
    at, pressed = step, seen.form.get("Digits")
    if pressed is not None and "RecordingSid" not in seen.form:
        at = "sure" if step == "day" else KEYS[step].get(pressed, step)
    if "RecordingSid" in seen.form:
        at = "done"
    words = (CHINESE if language == "zh" else ENGLISH)[at]
    action = f"/menu/{at}/{language}"
    document = f"<Say>{words}</Say>"
    if at == "dispute":
        document += f"<Record action='{action}' finishOnKey='#'/>"
    elif at != "done":
        digits = {"check": 8, "day": 4}.get(at, 1)
        document = f"<Gather numDigits='{digits}' timeout='6' action='{action}'>{document}</Gather>"
    return Answer(200, f"<Response>{document}</Response>", {"Content-Type": "text/xml"})


def answering(habit: str, *, abroad: bool = False) -> str:
    """A number whose owner picks up the first call and is not taken for a machine."""
    while True:
        number = next(_lines)
        phone = f"+861380000{number:04d}" if abroad else f"+1{513 + number // 99}5550{100 + number % 99}"
        fate = pickup(habit, SEED, phone, 1, awake=True)
        if fate.answers == "human" or "human" not in MANNERS[habit].picks_up:
            return phone


class Street:
    """Everybody, and the menu they meet."""

    def __init__(self, box: Box, voice: Voice, people: list[dict[str, Any]]) -> None:
        self.box, self.voice = box, voice
        self.phones = {(person["habit"], person["phone"].startswith("+86")): person["phone"] for person in people}

    def call(self, habit: str, language: str = "en") -> str:
        phone = self.phones[habit, language == "zh"]
        sid = self.voice.call(phone, f"/menu/who/{language}", machine_detection="Enable")
        self.voice.ended(sid)
        return sid

    def meant(self, sid: str) -> list[str]:
        return [line["kind"] for line in self.voice.lines(sid) if line["channel"] == "call-in"]


ALSO_CHINESE = ("pays_after_first", "promises_and_breaks", "disputes", "hardship", "wrong_number", "replies_stop")


@pytest.fixture(scope="module")
def street(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Street]:
    born = {"birth_date": "1980-05-01"}
    people = [{"phone": answering(habit), "habit": habit, "zone": "America/Chicago", **born} for habit in MANNERS]
    # It is morning in Chicago: whoever answers in Chinese lives where it is day, too.
    abroad = [
        {"phone": answering(habit, abroad=True), "habit": habit, "zone": "America/Chicago", **born}
        for habit in ALSO_CHINESE
    ]
    receiver = Receiver()
    more = ("--voice-url", f"{receiver.url}/menu/who/en", "--calls-per-second", "100")
    with Box(tmp_path_factory.mktemp("street"), receiver, *more, speed=600, people=people + abroad) as box:
        page = BorrowerPage(box.url)
        receiver.site = lambda seen: menu(seen) or page(seen)
        yield Street(box, Voice(box, receiver, twilio_client(box.url)), people + abroad)
        assert box.stop() == 0
    receiver.stop()


@pytest.fixture(autouse=True)
def _by_day(street: Street) -> None:
    """Nobody picks up while asleep: forward to the next morning in Chicago, if it is not day there."""
    now = street.box.clock.now()
    if not 15 <= now.hour < 23:
        morning = now.replace(hour=15, minute=0)
        street.box.jump(morning if morning > now else morning + timedelta(days=1))


def test_every_habit_of_texts_has_a_way_with_calls() -> None:
    assert set(MANNERS) == set(HABITS)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(
    ("habit", "meant"),
    [
        ("pays_after_first", ["me", "pay"]),
        ("promises_and_breaks", ["me", "promise", "confirm"]),
        ("disputes", ["me", "dispute"]),
        ("hardship", ["me", "hardship"]),
        ("wrong_number", ["wrong"]),
        ("replies_stop", ["stop"]),
    ],
)
def test_people_tell_the_menu_what_they_want(street: Street, habit: str, meant: list[str], language: str) -> None:
    sid = street.call(habit, language)
    assert street.meant(sid) == meant


@pytest.mark.parametrize(
    ("habit", "status"),
    [
        ("busy_line", "busy"),
        ("refuses_calls", "busy"),
        ("unknown_number", "failed"),
        ("voicemail_only", "completed"),
        ("calls_back", "no-answer"),
    ],
)
def test_some_calls_reach_nobody(street: Street, habit: str, status: str) -> None:
    sid = street.call(habit)
    assert str(street.voice.twilio.calls(sid).fetch().status) == status
    assert street.meant(sid) == []


def test_a_dispute_is_spoken_and_recorded(street: Street) -> None:
    sid = street.call("disputes")
    kept = street.box.control.get(f"/calls/{sid}/recordings").json()
    assert [one["text"] for one in kept] == ["The amount is not right, I paid already"]


def test_somebody_hangs_up_before_the_check_and_somebody_at_once(street: Street) -> None:
    sid = street.call("hangs_up_before_check")
    assert street.meant(sid) == ["me"]
    assert ENGLISH["menu"] not in street.voice.said(sid)
    sid = street.call("hangs_up_at_once")
    assert street.meant(sid) == []
    assert street.voice.transcript(sid)["seconds"] == 2.5


def test_somebody_asks_for_a_person(street: Street) -> None:
    assert street.meant(street.call("wants_a_person")) == ["me", "human"]


def test_who_asked_for_a_link_pays_by_it(street: Street) -> None:
    """A link on its own moves them only at the second text."""
    street.call("pays_after_second")
    body = f"Example Lending: {street.box.receiver.url}/p/asked-for Reply STOP to opt out"
    to = street.phones["pays_after_second", False]
    sid = str(street.voice.twilio.messages.create(to=to, from_=OURS, body=body).sid)
    eventually(lambda: "delivered" in street.box.states(sid))
    street.box.jump(street.box.clock.now() + timedelta(days=3))
    eventually(
        lambda: any(line.get("channel") == "payment" for line in street.box.log() if line.get("ref") == "asked-for")
    )


def test_who_missed_a_call_calls_back(street: Street) -> None:
    phone = street.phones["calls_back", False]
    street.call("calls_back")
    eventually(lambda: "call_back" in street.box.control.get("/agenda").json())
    street.box.jump(street.box.clock.now() + timedelta(hours=4))

    def back() -> dict[str, Any] | None:
        calls = street.box.control.get("/calls", params={"sender": phone}).json()
        return next((call for call in calls if call["status"] == "completed"), None)

    call = eventually(back)
    assert (call["direction"], call["to"]) == ("inbound", OURS)
    assert street.meant(call["sid"]) == ["me", "pay"]


def test_nobody_picks_up_asleep() -> None:
    fates = [pickup("pays_after_first", SEED, "+12125550100", number, awake=False) for number in range(1, 60)]
    assert {fate.answers for fate in fates} == {"voicemail", "no_answer"}


def test_detection_errs_now_and_then_in_both_directions() -> None:
    fates = [pickup("pays_after_first", SEED, "+12125550100", number, awake=True) for number in range(1, 600)]
    taken = {(fate.answers, fate.detected_as) for fate in fates}
    assert {("voicemail", "human"), ("human", "machine_start"), ("human", None)} <= taken
    assert sum(fate.detected_as is not None for fate in fates) < 60
