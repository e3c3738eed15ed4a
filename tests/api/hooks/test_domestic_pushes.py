"""Pushes of the domestic provider: unsigned, so a report only hints, and a reply may bring peace and loosen nothing."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

import pytest
import structlog
from fastapi.testclient import TestClient
from pydantic import SecretStr
from sqlalchemy import select

from forbear.api.app import create_app
from forbear.api.hooks.domestic import written_at
from forbear.contracts.decision import ContactOrder
from forbear.ledger.tables.accounts import Promise, Stop
from forbear.ledger.tables.contacts import Reply, Suppression
from forbear.ports.book import Dispatch
from forbear.settings import Settings
from tests.conftest import Hands
from tests.ledger.chinese import ChineseHouse

MORNING = datetime(2026, 3, 4, 2, 0, tzinfo=UTC)
"""10:00 in Beijing, a Wednesday."""
OLD, NEW = "the-secret-until-yesterday-00001", "the-secret-from-today-on-0000002"
TAKEN = {"code": 0, "msg": "成功"}
_sequence = count(1)


class Pushing:
    """The provider as our hooks see it, and somebody who was just sent a text."""

    def __init__(self, settings: Settings) -> None:
        self.hands = Hands(MORNING)
        self.house = ChineseHouse(settings, self.hands)
        app = create_app(settings.model_copy(update={"aliyun_push_secret": SecretStr(f"{NEW}, {OLD}")}))
        app.state.ledger = self.house.ledger
        self.http = TestClient(app, base_url=settings.public_url)
        self.phone, self.person, self.account = self.house.chinese()
        self.order = self._sent()

    def _sent(self) -> ContactOrder:
        order = self.house.claim_text(self.account, self.hands)
        assert isinstance(self.house.touching().prepare(order), Dispatch)
        self.house.record(order)
        return order

    @property
    def local_now(self) -> str:
        return (self.hands.at + timedelta(hours=8)).strftime("%Y-%m-%d %H:%M:%S")

    def push(self, what: str, items: object, secret: str = NEW) -> Any:
        return self.http.post(f"/hooks/aliyun/{secret}/{what}", json=items)

    def report(self, **changes: Any) -> dict[str, Any]:
        told = {
            "phone_number": self.phone.removeprefix("+86"),
            "send_time": self.local_now,
            "report_time": self.local_now,
            "success": True,
            "err_code": "DELIVERED",
            "err_msg": "用户接收成功",
            "sms_size": "2",
            "biz_id": "123^0",
            "out_id": self.order.touch,
        }
        return told | changes

    def reply(self, content: str, **changes: Any) -> dict[str, Any]:
        told = {
            "phone_number": self.phone.removeprefix("+86"),
            "send_time": self.local_now,
            "content": content,
            "sign_name": self.house.signature,
            "dest_code": "1069000000000",
            "sequence_id": next(_sequence),
        }
        return told | changes

    def write(self, content: str, **changes: Any) -> None:
        answer = self.push("replies", [self.reply(content, **changes)])
        assert (answer.status_code, answer.json()) == (200, TAKEN)

    def rows(self, table: Any) -> list[Any]:
        with self.house.worker() as session:
            return list(session.scalars(select(table)))

    def touch(self) -> tuple[object, ...]:
        now = self.house.touch(self.order.touch)
        return now.state, now.provider_id, now.code, now.settled_at


@pytest.fixture
def pushing(module_database: Settings) -> Iterator[Pushing]:
    pushing = Pushing(module_database)
    yield pushing
    pushing.house.close()


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"success": False, "err_code": "UNDELIVERED"},
        {"biz_id": "another"},
        {"success": "maybe", "err_code": None, "phone_number": "19900009999"},
    ],
)
def test_a_report_whoever_wrote_it_changes_no_state_and_is_a_hint(pushing: Pushing, changes: dict[str, Any]) -> None:
    before, told = pushing.touch(), pushing.house.told(pushing.account)
    for _ in range(2):
        answer = pushing.push("reports", [pushing.report(**changes), pushing.report(**changes)])
        assert (answer.status_code, answer.json()) == (200, TAKEN)
    assert pushing.touch() == before
    assert pushing.house.told(pushing.account) == told
    assert pushing.house.receipts(pushing.order.touch).count("hinted") == 1
    assert pushing.rows(Suppression) == []


def test_a_report_about_nothing_of_ours_is_answered_and_forgotten(pushing: Pushing) -> None:
    strange = [pushing.report(out_id=value) for value in ("tch_none", "", None, 7, "x" * 5_000, "\x00", {"a": 1})]
    assert pushing.push("reports", strange).json() == TAKEN
    assert "hinted" not in pushing.house.receipts(pushing.order.touch)


@pytest.mark.parametrize(
    "body", [b"", b"no json", b"{}", b'"text"', b'[1, null, [], "x"]', b"\xff\xfe", b"[" * 50_000, b"null"]
)
@pytest.mark.parametrize("what", ["reports", "replies"])
def test_garbage_gets_an_answer_and_is_not_asked_for_again(pushing: Pushing, what: str, body: bytes) -> None:
    answer = pushing.http.post(f"/hooks/aliyun/{NEW}/{what}", content=body)
    assert (answer.status_code, answer.json()) == (200, TAKEN)
    assert pushing.rows(Reply) == []


@pytest.mark.parametrize("wrong", ["", "x", NEW[:-1], NEW.upper(), f"{NEW}, {OLD}", "%20", "…"])
def test_without_the_secret_nothing_is_taken(pushing: Pushing, wrong: str) -> None:
    for what, item in (("reports", pushing.report()), ("replies", pushing.reply("R"))):
        assert pushing.push(what, [item], secret=wrong).status_code in {403, 404}
    assert pushing.rows(Reply) == []
    assert "hinted" not in pushing.house.receipts(pushing.order.touch)


def test_while_the_secret_is_changed_both_hold(pushing: Pushing) -> None:
    assert pushing.push("replies", [pushing.reply("R")], secret=OLD).json() == TAKEN
    assert pushing.push("replies", [pushing.reply("R")], secret=NEW).json() == TAKEN
    assert len(pushing.rows(Reply)) == 2


@pytest.mark.parametrize("secret", ["", " , ", "short"])
def test_an_installation_without_a_real_secret_takes_nothing(module_database: Settings, secret: str) -> None:
    app = create_app(module_database.model_copy(update={"aliyun_push_secret": SecretStr(secret)}))
    with TestClient(app) as http:
        for given in ("x", "short", "%2C"):
            assert http.post(f"/hooks/aliyun/{given}/replies", json=[]).status_code == 403


@pytest.mark.parametrize("content", ["R", "TD", "T", "退订", "拒收", "停止", "请不要再给我发短信了", "别再发了"])
def test_a_stop_is_obeyed_before_the_answer(pushing: Pushing, content: str) -> None:
    pushing.write(content)
    [held] = pushing.rows(Suppression)
    assert (held.scope, held.address_key, held.lifted_at) == ("number", pushing.house.key(pushing.phone), None)
    assert pushing.house.told(pushing.account)[-1] == "opted_out"


def test_a_reply_pushed_twice_is_one_reply_and_two_alike_are_two(pushing: Pushing) -> None:
    item = pushing.reply("R")
    for _ in range(3):
        pushing.push("replies", [item, item])
    assert len(pushing.rows(Reply)) == 1
    pushing.write("R")
    assert len(pushing.rows(Reply)) == 2
    assert pushing.phone.removeprefix("+86") not in "".join(reply.provider_id for reply in pushing.rows(Reply))


def test_an_opt_out_is_not_taken_back_by_words_that_nobody_signed(pushing: Pushing) -> None:
    pushing.write("R")
    for words in ("恢复订阅", "START", "开始"):
        pushing.write(words)
    assert [held.lifted_at for held in pushing.rows(Suppression)] == [None]
    assert [(reply.reading, reply.needs_human) for reply in pushing.rows(Reply)][1:] == [("other", True)] * 3


@pytest.mark.parametrize(
    ("content", "kind"),
    [("打错了", "wrong_number"), ("我对这笔账有异议", "dispute"), ("我失业了，现在有困难", "hardship")],
)
def test_a_reason_for_peace_is_a_stop(pushing: Pushing, content: str, kind: str) -> None:
    pushing.write(content)
    assert [stop.kind for stop in pushing.rows(Stop)] == [kind]


def test_a_promise_counts_its_day_from_when_it_was_written_in_beijing(pushing: Pushing) -> None:
    yesterday = (pushing.hands.at + timedelta(hours=8)).replace(hour=23, minute=30) - timedelta(days=1)
    pushing.write("明天还500元", send_time=yesterday.strftime("%Y-%m-%d %H:%M:%S"))
    [promise] = pushing.rows(Promise)
    assert (promise.amount, promise.currency, promise.due_on) == (Decimal(500), "CNY", date(2026, 3, 4))


def test_a_request_for_help_waits_for_a_human_as_no_words_are_approved_for_an_answer(pushing: Pushing) -> None:
    pushing.write("帮助")
    assert [(reply.reading, reply.needs_human) for reply in pushing.rows(Reply)] == [("help", True)]


@pytest.mark.parametrize(
    ("content", "changes"),
    [
        ("你好", {"sign_name": "别家签名"}),
        ("你好", {"sign_name": None}),
        ("R", {"phone_number": "12"}),
        ("R", {"phone_number": None}),
        ("R", {"phone_number": True}),
        ("R", {"phone_number": 10**4_000}),
        ("你好", {"sign_name": ["x"]}),
    ],
)
def test_a_reply_for_nobody_is_answered_and_leaves_nothing(
    pushing: Pushing, content: str, changes: dict[str, Any]
) -> None:
    pushing.write(content, **changes)
    assert pushing.rows(Reply) == []


@pytest.mark.parametrize("content", ["R", "请不要再给我发短信了"])
@pytest.mark.parametrize("signature", ["别家签名", None, "", "【】", ["x"]])
def test_a_stop_to_a_lender_nobody_knows_is_asked_for_again(pushing: Pushing, content: str, signature: object) -> None:
    items = [pushing.reply(content, sign_name=signature), pushing.reply("R")]
    with structlog.testing.capture_logs() as logs:
        answer = pushing.push("replies", items)
    assert (answer.status_code, answer.json()["code"]) == (503, 1)
    assert len(pushing.rows(Reply)) == 1, "the other one is taken all the same"
    assert [line["log_level"] for line in logs if line["event"] == "reply_without_lender"] == ["error"]
    told = json.dumps(logs, default=str, ensure_ascii=False)
    assert pushing.phone.removeprefix("+86") not in told
    assert content == "R" or content not in told


@pytest.mark.parametrize("around", ["【{}】", " {} ", "【{}】\u3000", "[{}]", "【 {} 】"])
def test_a_signature_is_known_with_its_brackets_and_blanks(pushing: Pushing, around: str) -> None:
    pushing.write("R", sign_name=around.format(pushing.house.signature))
    assert [held.address_key for held in pushing.rows(Suppression)] == [pushing.house.key(pushing.phone)]


@pytest.mark.parametrize("form", ["number", "number with 86", "blanks", "dashes"])
def test_a_number_is_known_in_any_form(pushing: Pushing, form: str) -> None:
    national = pushing.phone.removeprefix("+86")
    forms: dict[str, object] = {
        "number": int(national),
        "number with 86": int(f"86{national}"),
        "blanks": f" {national} ",
        "dashes": f"{national[:3]}-{national[3:7]}-{national[7:]}",
    }
    pushing.write("R", phone_number=forms[form])
    assert [held.address_key for held in pushing.rows(Suppression)] == [pushing.house.key(pushing.phone)]


def test_no_item_of_a_long_push_is_left_out(pushing: Pushing) -> None:
    others = [{"phone_number": "12", "content": "你好"}] * 1_200
    assert pushing.push("replies", [*others, pushing.reply("R")]).json() == TAKEN
    assert len(pushing.rows(Suppression)) == 1


def test_a_stop_from_a_number_nobody_gave_us_holds_too(pushing: Pushing) -> None:
    pushing.write("R", phone_number="+8619911112222")
    assert [held.address_key for held in pushing.rows(Suppression)] == [pushing.house.key("+8619911112222")]


def test_strange_content_is_taken_and_read_by_a_human(pushing: Pushing) -> None:
    for content in (None, 5, "", "\x00", "\ud800", "😀" * 5_000, {"x": 1}):
        body = json.dumps([pushing.reply("x") | {"content": content}])
        assert pushing.http.post(f"/hooks/aliyun/{NEW}/replies", content=body).json() == TAKEN
    assert {reply.reading for reply in pushing.rows(Reply)} <= {"other"}


def test_one_reply_that_fails_keeps_no_other_waiting_and_the_push_is_asked_for_again(
    pushing: Pushing, monkeypatch: pytest.MonkeyPatch
) -> None:
    from forbear.api.hooks import domestic

    real = domestic.read

    def failing(text: str, language: str, today: date | None = None) -> Any:
        if text == "boom":
            raise RuntimeError("a text of somebody")
        return real(text, language, today)

    monkeypatch.setattr(domestic, "read", failing)
    items = [pushing.reply("boom"), pushing.reply("R")]
    with structlog.testing.capture_logs() as logs:
        answer = pushing.push("replies", items)
    assert answer.status_code == 503
    assert answer.json()["code"] == 1
    assert len(pushing.rows(Suppression)) == 1
    assert "somebody" not in json.dumps(logs, default=str)
    monkeypatch.setattr(domestic, "read", real)
    assert pushing.push("replies", items).json() == TAKEN
    assert len(pushing.rows(Reply)) == 2


def test_neither_the_secret_nor_the_number_nor_the_words_are_logged(pushing: Pushing) -> None:
    with structlog.testing.capture_logs() as logs:
        pushing.push("replies", [pushing.reply("某人的话 R")])
        pushing.push("reports", [pushing.report(), pushing.report(out_id="tch_none")])
        pushing.push("reports", [], secret="a-wrong-secret-somebody-tried")
    told = json.dumps(logs, default=str, ensure_ascii=False)
    assert logs
    for secret in (NEW, "somebody-tried", pushing.phone.removeprefix("+86"), "某人的话"):
        assert secret not in told


@pytest.mark.parametrize(
    ("local", "at"),
    [
        ("2026-03-04 09:59:00", datetime(2026, 3, 4, 1, 59, tzinfo=UTC)),
        ("2026-03-04 10:01:00", MORNING),
        ("2026-02-01 10:00:00", MORNING),
        ("2026-03-04T09:59:00+08:00", datetime(2026, 3, 4, 1, 59, tzinfo=UTC)),
        ("gestern", MORNING),
        ("", MORNING),
    ],
)
def test_local_times_are_beijings_and_none_lies_ahead(local: str, at: datetime) -> None:
    assert written_at(local, MORNING) == at


def test_too_much_at_once_is_refused(pushing: Pushing) -> None:
    assert pushing.push("reports", [pushing.report(err_msg="x" * 1_100_000)]).status_code == 413
