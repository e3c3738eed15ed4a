"""Verbs that ask to be repeated: as often as they say, and never longer than the call."""

from typing import Any

import pytest
from twilio.rest import Client

from tests.sandbox.answering import Voice
from tests.sandbox.box import Box, Receiver


@pytest.fixture
def base(phone: str) -> str:
    return f"/loops/{phone[1:]}"


@pytest.fixture
def voice(box: Box, receiver: Receiver, twilio: Client, base: str) -> Voice:
    voice = Voice(box, receiver, twilio)
    voice.documents[f"{base}/step"] = "<Say>Taken</Say><Hangup/>"
    receiver.site = voice
    return voice


def performed(voice: Voice, phone: str, base: str, document: str, **more: Any) -> tuple[str, list[str]]:
    """How long a call with this document lasted, and what happened in it."""
    voice.documents[base] = document
    sid = voice.call(phone, base, **more)
    duration = str(voice.ended(sid).duration)
    return duration, [entry["kind"] for entry in voice.transcript(sid)["entries"]]


@pytest.mark.parametrize("case", [("3", 3), ("1", 1), ("inf", 1), ("2.5", 1), ("-2", 1), ("many", 1), ("", 1)])
@pytest.mark.parametrize("verb", ["Say", "Play"])
def test_a_verb_is_repeated_as_often_as_it_says(
    voice: Voice, phone: str, base: str, verb: str, case: tuple[str, int]
) -> None:
    loop, times = case
    _, kinds = performed(voice, phone, base, f"<{verb} loop='{loop}'>{base}</{verb}>")
    assert kinds.count(verb.lower()) == times


@pytest.mark.parametrize("loop", ["99999999999", "9" * 3_000, "0"])
def test_a_loop_ends_with_the_call(voice: Voice, phone: str, base: str, loop: str) -> None:
    document = f"<Play loop='{loop}'>{base}</Play><Say>Never</Say><Redirect>{base}/step</Redirect>"
    duration, kinds = performed(voice, phone, base, document, time_limit=20)
    assert (duration, "say" in kinds) == ("20", False)
    assert 4 <= kinds.count("play") <= 5
    assert not voice.receiver.at(f"{base}/step")


def test_no_more_than_a_thousand_times(voice: Voice, phone: str, base: str) -> None:
    _, kinds = performed(voice, phone, base, "<Say loop='1001'>Hello</Say><Say>Over</Say>")
    assert kinds.count("say") == 1_001


def test_what_is_repeated_without_end_lasts_until_the_call_ends(voice: Voice, phone: str, base: str) -> None:
    duration, kinds = performed(voice, phone, base, "<Say loop='0'>Hello</Say><Say>Over</Say>", time_limit=3_000)
    assert (duration, kinds.count("say")) == ("3000", 1_000)


def test_who_is_asked_without_end_answers_all_the_same(voice: Voice, phone: str, base: str) -> None:
    voice.script(phone, acts=[{"press": "1"}])
    performed(voice, phone, base, f"<Gather numDigits='1' action='{base}/step'><Say loop='0'>Press 1</Say></Gather>")
    assert voice.receiver.at(f"{base}/step")[0].form["Digits"] == "1"


@pytest.mark.parametrize("verb", ["<Pause length='inf'/>", "<Gather numDigits='inf' timeout='nan'/>"])
def test_what_is_endless_counts_as_absent(voice: Voice, phone: str, base: str, verb: str) -> None:
    duration, _ = performed(voice, phone, base, f"{verb}<Say>Hello</Say>")
    assert int(duration) < 30


@pytest.mark.parametrize("address", ["http://[", "http://127.0.0.1:1/&#10;x y"])
def test_an_action_nobody_can_ask_ends_the_call(voice: Voice, phone: str, base: str, address: str) -> None:
    _, kinds = performed(voice, phone, base, f"<Redirect>{address}</Redirect>")
    assert kinds == ["redirect", "error", "hangup"]
