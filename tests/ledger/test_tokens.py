"""Tokens that travel through the outside world."""

import base64
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from forbear.tokens import (
    BASE62,
    CallbackToken,
    callback_holds,
    callback_url,
    key_bytes,
    link_digest,
    link_url,
    new_link_token,
    sign_callback,
)

KEY = b"k" * 32
NOW = datetime(2026, 3, 2, 15, tzinfo=UTC)
LATER = NOW + timedelta(days=7)


def test_link_tokens_are_long_plain_and_different() -> None:
    tokens = {new_link_token() for _ in range(200)}
    assert len(tokens) == 200
    assert {len(token) for token in tokens} == {16}
    assert set("".join(tokens)) <= set(BASE62)
    assert link_url("https://pay.example.com/", "abc") == "https://pay.example.com/p/abc"
    assert link_digest("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_a_callback_token_holds_until_it_expires() -> None:
    token = sign_callback(KEY, "tch_1", LATER)
    assert callback_holds(KEY, token, NOW)
    assert callback_holds(KEY, token, LATER - timedelta(seconds=1))
    assert not callback_holds(KEY, token, LATER)


@given(
    touch=st.text(max_size=20),
    expires=st.integers(min_value=-(2**70), max_value=2**70),
    signature=st.text(max_size=40),
)
def test_nothing_else_holds(touch: str, expires: int, signature: str) -> None:
    assert not callback_holds(KEY, CallbackToken(touch, expires, signature), NOW)


def test_touch_expiry_and_key_are_all_signed() -> None:
    token = sign_callback(KEY, "tch_1", LATER)
    assert not callback_holds(KEY, CallbackToken("tch_2", token.expires, token.signature), NOW)
    assert not callback_holds(KEY, CallbackToken("tch_1", token.expires + 1, token.signature), NOW)
    assert not callback_holds(b"x" * 32, token, NOW)


def test_the_callback_address() -> None:
    token = CallbackToken("tch_1", 1_772_000_000, "ab" * 16)
    address = callback_url("https://pay.example.com", token)
    assert address == (
        "https://pay.example.com/hooks/twilio/message-status?t=tch_1&e=1772000000&k=" + "ab" * 16 + "#rc=5&rp=all"
    )


def test_an_empty_key_signs_nothing() -> None:
    assert key_bytes(SecretStr(base64.b64encode(KEY).decode())) == KEY
    with pytest.raises(ValueError, match="token_key"):
        key_bytes(SecretStr(""))
