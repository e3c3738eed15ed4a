"""China's domestic provider in the sandbox: what it logs, pushes and lets people say; its API is held by the adapter's tests."""

import json
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from forbear.ports.sms import Accepted, SmsText
from tests.sandbox.box import Answer, Receiver, eventually
from tests.sandbox.domestic import PUSHES, WORDING, DomesticBox

SIGNATURE = "示例储蓄"
TAKEN = Answer(200, json.dumps({"code": 0, "msg": "成功"}), {"Content-Type": "application/json"})
VALUES = {"lender": "示例储蓄银行", "phone": "95500-0000"}
HABITS = {
    "+8619900000201": "replies_stop",
    "+8619900000202": "promises_and_keeps",
    "+8619900000203": "wrong_number",
    "+8619900000204": "disputes",
    "+8619900000205": "hardship",
    "+8619900000206": "replies_stop_in_words",
    "+8619900000207": "pays_after_first",
    "+8619900000208": "unreachable",
    "+8619900000209": "asks_help",
}
ENGLISH = "+8619900000210"
PEOPLE = [{"phone": phone, "habit": habit, "zone": "Asia/Shanghai"} for phone, habit in HABITS.items()]


@pytest.fixture(scope="module")
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    receiver.site = lambda seen: TAKEN if seen.path.startswith(PUSHES) else None
    yield receiver
    receiver.stop()


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory, receiver: Receiver) -> Iterator[DomesticBox]:
    people = [*PEOPLE, {"phone": ENGLISH, "habit": "replies_stop_in_words", "language": "en"}]
    with DomesticBox(tmp_path_factory.mktemp("domestic"), receiver, speed=7_200, people=people) as running:
        for phone in (*HABITS, ENGLISH):  # all at once, as some answer at the third text and after two days
            for _ in range(3):
                text_to(running, phone)
        yield running


Send = Callable[[str], str]


@pytest.fixture
def send(box: DomesticBox) -> Send:
    """Send a text to a number; the provider's id."""
    return lambda phone: text_to(box, phone)


def text_to(box: DomesticBox, phone: str) -> str:
    text = SmsText(
        touch=f"tch_{phone[-4:]}",
        provider="aliyun",
        template="cn-notice-friendly",
        language="zh-Hans",
        values=VALUES,
        to=phone,
        sender=SIGNATURE,
        body="",
        callback_url="",
        validity=timedelta(hours=3),
    )
    sent = box.carrier().send(text)
    assert isinstance(sent, Accepted), sent
    return sent.provider_id


def pushed(receiver: Receiver, what: str, phone: str) -> list[dict[str, Any]]:
    national = phone.removeprefix("+86")
    arrays = [json.loads(seen.body) for seen in receiver.at(f"{PUSHES}/{what}")]
    return [item for items in arrays for item in items if item["phone_number"] == national]


def test_the_worlds_log_tells_the_route_the_touch_and_what_the_text_holds(box: DomesticBox, send: Send) -> None:
    sid = send("+8619900000301")
    eventually(lambda: "delivered" in box.states(sid))
    first = next(line for line in box.log() if line.get("sid") == sid)
    told = {name: first[name] for name in ("channel", "route", "to", "from", "ref", "status", "links", "words")}
    assert told == {
        "channel": "sms",
        "route": "aliyun",
        "to": "+8619900000301",
        "from": SIGNATURE,
        "ref": "tch_0301",
        "status": "queued",
        "links": 0,
        "words": [],
    }
    assert first["template"] == WORDING.approved("cn-notice-friendly", "zh-Hans", "aliyun").code
    assert box.states(sid) == ["queued", "sent", "delivered"]


def test_a_report_is_pushed_in_beijing_time_with_our_id(box: DomesticBox, receiver: Receiver, send: Send) -> None:
    sid = send("+8619900000302")
    [report] = eventually(lambda: pushed(receiver, "reports", "+8619900000302"))
    assert (report["success"], report["err_code"], report["out_id"]) == (True, "DELIVERED", "tch_0302")
    assert (report["biz_id"], report["sms_size"]) == (sid, "1")
    line = next(line for line in box.log() if line.get("sid") == sid)
    assert report["send_time"][:13] == beijing_hour(line["at"])


def beijing_hour(at: str) -> str:
    return (datetime.fromisoformat(at) + timedelta(hours=8)).strftime("%Y-%m-%d %H")


def test_reports_come_doubled_or_never_when_that_is_ordered(box: DomesticBox, receiver: Receiver, send: Send) -> None:
    box.arm("callback_duplicated", phone="+8619900000303")
    box.arm("callback_lost", phone="+8619900000304")
    send("+8619900000304")
    send("+8619900000303")
    eventually(lambda: len(pushed(receiver, "reports", "+8619900000303")) == 2)
    assert pushed(receiver, "reports", "+8619900000304") == []


def test_a_push_that_was_not_taken_comes_again(box: DomesticBox, receiver: Receiver) -> None:
    refused = [Answer(500), Answer(200, '{"code": 1}'), Answer(200, "no json")]
    path = f"{PUSHES}/replies"
    before = len(receiver.at(path))
    receiver.answers[path] = list(refused)
    box.answers("+8619900000305", SIGNATURE, "你好")
    # A slow machine may let a push time out that was taken: then it comes once more.
    eventually(lambda: len(receiver.at(path)) - before > len(refused) and not receiver.answers[path])
    eventually(lambda: len(pushed(receiver, "replies", "+8619900000305")) > 1)


def test_many_pieces_of_news_come_in_one_push(box: DomesticBox, receiver: Receiver) -> None:
    for _ in range(12):
        box.answers("+8619900000306", SIGNATURE, "R")
    eventually(lambda: len(pushed(receiver, "replies", "+8619900000306")) >= 12)
    sequences = [item["sequence_id"] for item in pushed(receiver, "replies", "+8619900000306")]
    assert len(set(sequences)) == len(sequences) == 12
    sizes = [seen.body.count('"19900000306"') for seen in receiver.at(f"{PUSHES}/replies")]
    assert max(sizes) > 1


@pytest.mark.parametrize(
    ("phone", "kind"),
    [
        ("+8619900000201", "stop"),
        ("+8619900000202", "promise"),
        ("+8619900000203", "wrong_person"),
        ("+8619900000204", "dispute"),
        ("+8619900000205", "hardship"),
        ("+8619900000206", "stop"),
        ("+8619900000209", "help"),
    ],
)
def test_people_answer_in_chinese_and_mean_what_their_habit_says(
    box: DomesticBox, receiver: Receiver, phone: str, kind: str
) -> None:
    line = eventually(lambda: next((line for line in box.log() if line.get("from") == phone), None), patience=60)
    assert (line["channel"], line["kind"], line["to"], line["route"]) == ("sms-in", kind, SIGNATURE, "aliyun")
    item = eventually(lambda: pushed(receiver, "replies", phone))[0]
    assert item["sign_name"] == SIGNATURE
    assert not item["content"].isascii() or item["content"] in {"R", "TD", "T"}


@pytest.mark.usefixtures("box")
def test_somebody_in_china_may_read_english(receiver: Receiver) -> None:
    item = eventually(lambda: pushed(receiver, "replies", ENGLISH), patience=60)[0]
    assert item["content"].isascii()


@pytest.mark.usefixtures("box")
def test_who_pays_says_nothing_and_who_is_off_is_reported(receiver: Receiver) -> None:
    report = eventually(lambda: pushed(receiver, "reports", "+8619900000208"))[0]
    assert (report["success"], report["err_code"]) == (False, "MOBLLE_TERMINAL_ERROR")
    assert pushed(receiver, "replies", "+8619900000207") == []
