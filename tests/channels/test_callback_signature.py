"""Only the carrier's own webhooks pass, checked against our public address and never against the request's."""

import pytest
from starlette.datastructures import FormData
from twilio.request_validator import RequestValidator

from forbear.channels.callback_signature import called_address, is_genuine

TOKEN, OTHER = "a" * 32, "b" * 32
ADDRESS = called_address("https://pay.example.com/", "/hooks/twilio/message-status", "t=tch_1&e=2&k=3%2F4")
FORM = FormData(
    [("MessageSid", "SM1"), ("Body", "héllo 你好"), ("Empty", ""), ("Twice", "b"), ("Twice", "a"), ("Twice", "a")]
)


def signature(token: str = TOKEN, address: str = ADDRESS) -> str:
    return RequestValidator(token).compute_signature(address, FORM)


def test_the_address_is_ours_and_keeps_the_querys_bytes() -> None:
    assert ADDRESS == "https://pay.example.com/hooks/twilio/message-status?t=tch_1&e=2&k=3%2F4"
    assert called_address("http://127.0.0.1:8000", "/a", "") == "http://127.0.0.1:8000/a"


def test_a_genuine_webhook_passes_under_any_token_in_use() -> None:
    assert is_genuine([TOKEN], ADDRESS, FORM, signature())
    assert is_genuine([OTHER, TOKEN], ADDRESS, FORM, signature())


@pytest.mark.parametrize(
    ("tokens", "address", "form", "given"),
    [
        ([TOKEN], ADDRESS, FORM, None),
        ([TOKEN], ADDRESS, FORM, ""),
        ([TOKEN], ADDRESS, FORM, "not base64 at all ☃"),
        ([OTHER], ADDRESS, FORM, signature()),
        ([], ADDRESS, FORM, signature()),
        ([""], ADDRESS, FORM, signature("")),
        ([TOKEN], ADDRESS.replace("https", "http"), FORM, signature()),
        ([TOKEN], ADDRESS + "&x=1", FORM, signature()),
        ([TOKEN], ADDRESS, FormData([("MessageSid", "SM2")]), signature()),
        ([TOKEN], ADDRESS, "a text and no form", signature()),
        ([TOKEN], ADDRESS, object(), signature()),
    ],
)
def test_anything_else_does_not(tokens: list[str], address: str, form: object, given: str | None) -> None:
    assert not is_genuine(tokens, address, form, given)
