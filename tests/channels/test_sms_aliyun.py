"""The Alibaba adapter with the real SDK against the sandbox's provider over a real socket: each answer and its meaning."""

import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import httpx
import pytest
import requests
from pydantic import SecretStr

from forbear.channels.aliyun_client import client
from forbear.channels.sms_aliyun import AliyunCarrier
from forbear.channels.wording import SmsWording
from forbear.errors import CannotStart
from forbear.ports.sms import Accepted, Found, Refused, Unknown
from forbear.settings import Settings
from tests.channels.aliyun import KEY_ID, SECRET, SHORT, SIGNATURE, VALUES, WORDING, look_for, settings, text
from tests.sandbox.box import Box, Receiver, eventually

_numbers = count(100)


@pytest.fixture(scope="module")
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    yield receiver
    receiver.stop()


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory, receiver: Receiver) -> Iterator[Box]:
    folder = tmp_path_factory.mktemp("domestic")
    templates = folder / "templates.json"
    templates.write_text(json.dumps(WORDING.registered("aliyun")))
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(os.environ, "FORBEAR_SANDBOX_ALIYUN_SECRET", SECRET)
        arguments = "--aliyun-key-id", KEY_ID, "--aliyun-templates", str(templates), "--aliyun-signature", SIGNATURE
        with Box(folder, receiver, *arguments) as running:
            yield running


@pytest.fixture
def carrier(box: Box) -> AliyunCarrier:
    return AliyunCarrier(client(settings(box.url)), WORDING, read_seconds=SHORT)


@pytest.fixture
def phone() -> str:
    return f"+861990000{next(_numbers):04d}"


def kept(box: Box, phone: str) -> list[dict[str, Any]]:
    return box.control.get("/domestic/messages", params={"to": phone}).json()


def test_an_accepted_text_is_there_once_in_our_words_under_the_signature_with_our_id(
    box: Box, carrier: AliyunCarrier, phone: str
) -> None:
    sent = carrier.send(text(phone, "tch_ours"))
    assert isinstance(sent, Accepted)
    body = WORDING.sms("cn-notice-friendly", "zh-Hans", VALUES).body
    [one] = kept(box, phone)
    assert (one["BizId"], one["OutId"], one["Content"]) == (sent.provider_id, "tch_ours", f"【{SIGNATURE}】{body}")


def test_every_template_is_taken_in_both_languages(box: Box, carrier: AliyunCarrier, phone: str) -> None:
    ours = [name for name in WORDING.names if "aliyun" in WORDING.template(name).providers]
    for name in ours:
        for language in ("zh-Hans", "en"):
            assert isinstance(carrier.send(text(phone, template=name, language=language)), Accepted)
    for line in box.log():
        if line.get("to") == phone:
            assert (line["route"], line["links"], line["words"]) == ("aliyun", 0, [])


@pytest.mark.parametrize(
    ("more", "code", "flags"),
    [
        ({"to": "+8612345"}, "isv.MOBILE_NUMBER_ILLEGAL", {"permanent"}),
        ({"sender": "未登记"}, "isv.SMS_SIGNATURE_ILLEGAL", {"ours"}),
        ({"values": {**VALUES, "phone": "https://x.example.com"}}, "isv.PARAM_NOT_SUPPORT_URL", {"ours"}),
        ({"values": {**VALUES, "lender": "催收中心"}}, "isv.BLACK_KEY_CONTROL_LIMIT", {"ours"}),
        ({"values": {**VALUES, "lender": "示" * 36}}, "isv.PARAM_LENGTH_LIMIT", {"ours"}),
        ({"template": "reminder-friendly"}, "no-approved-wording", {"ours"}),
        ({"to": "+12125550100"}, "not-domestic", {"ours"}),
        ({"validity": timedelta(minutes=4)}, "window-ends", set[str]()),
    ],
)
def test_a_refusal_says_whose_it_is(  # noqa: PLR0917  each is what it says
    box: Box, carrier: AliyunCarrier, phone: str, more: dict[str, Any], code: str, flags: set[str]
) -> None:
    refused = carrier.send(text(**({"to": phone} | more)))
    assert isinstance(refused, Refused)
    assert refused.code == code
    assert {name for name in ("permanent", "opted_out", "ours") if getattr(refused, name)} == flags
    assert not kept(box, phone)


def test_a_template_nobody_approved_is_ours_to_mend(box: Box, phone: str) -> None:
    class Elsewhere(SmsWording):
        def approved(self, template: str, language: str, provider: str) -> Any:
            found = super().approved(template, language, provider)
            return type(found)("SMS_999999999", found.params)

    refused = AliyunCarrier(client(settings(box.url)), Elsewhere()).send(text(phone))
    assert refused == Refused("isv.SMS_TEMPLATE_ILLEGAL", ours=True)


def test_flow_control_per_number_refuses_for_now_and_teaches_nothing(
    box: Box, carrier: AliyunCarrier, phone: str
) -> None:
    box.jump((box.clock.now() + timedelta(days=1)).replace(hour=2))  # ten in the morning of Beijing
    with box.at_walking_pace():
        answers = [carrier.send(text(phone)) for _ in range(51)]
    assert all(isinstance(answer, Accepted) for answer in answers[:50])
    assert answers[50] == Refused("isv.BUSINESS_LIMIT_CONTROL")


@pytest.mark.parametrize(
    ("fault", "answer"),
    [("429", Refused("throttled")), ("out_of_service", Refused("isv.OUT_OF_SERVICE", ours=True))],
)
def test_what_was_turned_away_was_certainly_not_taken(
    box: Box, carrier: AliyunCarrier, phone: str, fault: str, answer: Refused
) -> None:
    box.arm(fault, phone=phone)
    assert carrier.send(text(phone)) == answer
    assert not kept(box, phone)


@pytest.mark.parametrize(
    ("fault", "taken"),
    [
        ("500_before_accept", 0),
        ("500_after_accept", 1),
        ("drop_before_accept", 0),
        ("drop_after_accept", 1),
        ("slow", 1),
    ],
)
def test_a_lost_answer_is_unknown_is_not_tried_again_and_the_list_tells(
    box: Box, carrier: AliyunCarrier, phone: str, fault: str, taken: int
) -> None:
    began = box.clock.now()
    box.arm(fault, phone=phone, machine_seconds=2 * SHORT)
    assert isinstance(carrier.send(text(phone, "tch_lost")), Unknown)
    assert len(kept(box, phone)) == taken
    found = look_for(carrier, phone, "tch_lost", began)
    assert (found is not None) == bool(taken)
    assert look_for(carrier, phone, "tch_another", began) is None


def test_nobody_listening_means_certainly_not_sent(free_address: str, phone: str) -> None:
    carrier = AliyunCarrier(client(settings(free_address)), WORDING)
    assert carrier.send(text(phone)) == Refused("connection-refused")
    with pytest.raises(ConnectionError) as caught:
        look_for(carrier, phone, "tch_1", datetime(2026, 3, 2, tzinfo=UTC))
    assert phone.removeprefix("+86") not in str(caught.value)


@pytest.mark.parametrize("wrong", [{"aliyun_access_key_id": "LTAIother"}, {"aliyun_access_key_secret": SecretStr("x")}])
def test_a_wrong_key_is_ours_and_its_list_cannot_be_read(box: Box, phone: str, wrong: dict[str, Any]) -> None:
    carrier = AliyunCarrier(client(settings(box.url, **wrong)), WORDING)
    refused = carrier.send(text(phone))
    assert isinstance(refused, Refused)
    assert refused.ours
    with pytest.raises(ConnectionError):
        look_for(carrier, phone, "tch_1", box.clock.now())


@pytest.mark.parametrize(
    ("outcome", "status", "code"),
    [("delivered", "delivered", None), ("unreachable", "undelivered", "MOBLLE_TERMINAL_ERROR")],
)
def test_the_list_tells_what_became_of_a_text(  # noqa: PLR0917  each is what it says
    box: Box, carrier: AliyunCarrier, phone: str, outcome: str, status: str, code: str | None
) -> None:
    box.control.post("/handsets", json={"phone": phone, "outcome": outcome}).raise_for_status()
    began = box.clock.now()
    carrier.send(text(phone, "tch_told"))
    found = eventually(lambda: f if (f := look_for(carrier, phone, "tch_told", began)) and f.status != "sent" else None)
    assert (found.provider_id, found.status, found.code) == (None, status, code)
    assert found.at is not None
    assert timedelta(0) <= found.at - began.replace(microsecond=0) < timedelta(hours=24)


def test_a_text_without_report_is_found_as_sent(box: Box, carrier: AliyunCarrier, phone: str) -> None:
    box.control.post("/handsets", json={"phone": phone, "outcome": "silent"}).raise_for_status()
    began = box.clock.now()
    carrier.send(text(phone, "tch_mute"))
    assert look_for(carrier, phone, "tch_mute", began) == Found(None, "sent")


def test_a_text_is_found_beyond_a_page_and_beyond_midnight_of_beijing(
    tmp_path_factory: pytest.TempPathFactory, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path_factory.mktemp("midnight")
    (folder / "templates.json").write_text(json.dumps(WORDING.registered("aliyun")))
    monkeypatch.setenv("FORBEAR_SANDBOX_ALIYUN_SECRET", SECRET)
    arguments = "--aliyun-key-id", KEY_ID, "--aliyun-templates", str(folder / "templates.json")
    with Box(folder, receiver, *arguments, speed=1) as box:
        carrier = AliyunCarrier(client(settings(box.url)), WORDING)
        handed_out = datetime(2026, 3, 2, 15, 59, 58, tzinfo=UTC)  # two seconds before midnight in Beijing
        box.jump(handed_out + timedelta(seconds=10))
        carrier.send(text("+8619900009999", "tch_night"))
        for other in range(3):
            for name in ("签名甲", "签名乙"):
                for _ in range(15):
                    carrier.send(text("+8619900009999", f"tch_{other}", sender=name))
        found = look_for(carrier, "+8619900009999", "tch_night", handed_out)
        assert found is not None
        assert len(kept(box, "+8619900009999")) == 91
        assert look_for(carrier, "+8619900009999", "tch_night", handed_out - timedelta(days=3)) is None


@pytest.mark.parametrize(
    ("more", "complaint"),
    [
        ({"aliyun_endpoint": "dysmsapi.aliyuncs.com"}, "must be loopback"),
        ({"aliyun_endpoint": ""}, "must be loopback"),
        ({"sandbox": False, "aliyun_endpoint": "127.0.0.1:8010"}, "no host of the provider's"),
        ({"sandbox": False, "aliyun_endpoint": "aliyuncs.com.example.org"}, "no host of the provider's"),
        ({"aliyun_access_key_id": ""}, "Half an account"),
        ({"aliyun_access_key_secret": SecretStr("")}, "Half an account"),
    ],
)
def test_sandbox_and_production_cannot_be_mixed(more: dict[str, Any], complaint: str) -> None:
    with pytest.raises(CannotStart, match=complaint):
        AliyunCarrier.from_settings(settings("http://127.0.0.1:8010", **more), WORDING)


def test_without_an_account_there_is_no_such_route() -> None:
    assert AliyunCarrier.from_settings(Settings(), WORDING) is None
    production = settings("", sandbox=False)
    assert AliyunCarrier.from_settings(production, WORDING) is not None


def test_the_sandbox_takes_no_call_twice_nor_an_altered_nor_an_unsigned_one(
    box: Box, carrier: AliyunCarrier, phone: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The signature is really checked, so that a fault in ours would be seen here."""
    recorded: list[requests.PreparedRequest] = []
    send = requests.Session.send

    def recording(session: requests.Session, request: requests.PreparedRequest, **more: Any) -> requests.Response:
        recorded.append(request)
        return send(session, request, **more)

    monkeypatch.setattr(requests.Session, "send", recording)
    carrier.send(text(phone))
    [call] = recorded
    assert call.url is not None
    headers = {name: value for name, value in call.headers.items() if name.lower() != "content-length"}

    def again(url: str, headers: dict[str, Any]) -> str:
        return httpx.post(url, headers=headers, trust_env=False).json()["Code"]

    national = phone.removeprefix("+86")
    assert again(call.url, headers) == "SignatureNonceUsed"
    assert again(call.url.replace(national, "19900000001"), headers) == "SignatureDoesNotMatch"
    assert again(call.url, headers | {"x-acs-signature-nonce": "another"}) == "SignatureDoesNotMatch"
    assert again(call.url, {name: value for name, value in headers.items() if name != "Authorization"}) == (
        "MissingAccessKeyId"
    )
    assert len(kept(box, phone)) == 1


def test_the_sdks_debug_lines_which_quote_numbers_stay_off_whatever_the_environment_says(
    carrier: AliyunCarrier, phone: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DEBUG", "sdk")
    carrier.send(text(phone))
    out, err = capfd.readouterr()
    assert phone.removeprefix("+86") not in out + err
