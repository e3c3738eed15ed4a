"""What an answered call does: requests, verbs, detection, recordings, fallbacks, callbacks."""

import threading
from typing import Any

import pytest
from twilio.request_validator import RequestValidator
from twilio.rest import Client

from tests.sandbox.answering import XML, Voice
from tests.sandbox.box import AUTH_TOKEN, OURS, Answer, Box, Receiver, eventually

VALIDATOR = RequestValidator(AUTH_TOKEN)
MENU = "<Gather numDigits='1' action='{base}/step?n=1'><Say>To pay, press 1. To stop these calls, press 9.</Say></Gather><Say>Nothing heard</Say>"


@pytest.fixture
def base(phone: str) -> str:
    return f"/voice/{phone[1:]}"


@pytest.fixture
def voice(box: Box, receiver: Receiver, twilio: Client, base: str) -> Voice:
    """Calls come to `base`."""
    voice = Voice(box, receiver, twilio)
    voice.documents[base] = MENU.format(base=base)
    voice.documents[f"{base}/step"] = "<Say>Taken</Say><Hangup/>"
    receiver.site = voice
    return voice


def asked(voice: Voice, path: str) -> dict[str, str]:
    return eventually(lambda: voice.receiver.at(path))[-1].form


def test_requests_are_signed_and_complete(voice: Voice, phone: str, base: str) -> None:
    voice.script(phone, acts=[{"press": "1"}])
    sid = voice.call(phone, f"{base}?a=b%2Fc")
    voice.ended(sid)
    for path in (base, f"{base}/step"):
        seen = voice.receiver.at(path)[0]
        assert VALIDATOR.validate(seen.url, seen.form, seen.headers["x-twilio-signature"])
        expected = {"CallSid": sid, "CallStatus": "in-progress", "Direction": "outbound-api", "To": phone, "From": OURS}
        assert expected.items() <= seen.form.items()
    assert voice.receiver.at(f"{base}/step")[0].form["Digits"] == "1"
    assert "Digits" not in voice.receiver.at(base)[0].form
    assert voice.said(sid) == ["To pay, press 1. To stop these calls, press 9.", "Taken"]


def test_requests_by_get_carry_everything_in_the_address(voice: Voice, phone: str, base: str) -> None:
    voice.ended(voice.call(phone, base, method="GET"))
    seen = voice.receiver.at(base)[0]
    assert (seen.method, seen.body) == ("GET", "")
    assert f"To=%2B{phone[1:]}" in seen.url
    assert VALIDATOR.validate(seen.url, {}, seen.headers["x-twilio-signature"])


@pytest.mark.parametrize(
    "case",
    [
        ("numDigits='4'", [{"press": "12345"}], "1234"),
        ("", [{"press": "12#3"}], "12"),
        ("finishOnKey='*'", [{"press": "1#*"}], "1#"),
        ("numDigits='1' timeout='3'", [{"press": "1", "after": 10}], None),
        ("", [{"press": "#"}], None),
        ("numDigits='1' actionOnEmptyResult='true'", [], ""),
        ("numDigits='1'", [{"say": "one"}], None),
        ("input='speech'", [{"press": "1"}], None),
    ],
)
def test_keys_reach_the_action_as_gathered(
    voice: Voice, phone: str, base: str, case: tuple[str, list[Any], str | None]
) -> None:
    gather, acts, digits = case
    voice.documents[base] = f"<Gather {gather} action='{base}/step'><Say>Keys</Say></Gather><Say>Nothing heard</Say>"
    voice.script(phone, acts=acts)
    sid = voice.call(phone, base)
    voice.ended(sid)
    if digits is None:
        assert not voice.receiver.at(f"{base}/step")
        assert voice.said(sid) == ["Keys", "Nothing heard"]
    else:
        assert voice.receiver.at(f"{base}/step")[0].form["Digits"] == digits
        assert voice.said(sid) == ["Keys", "Taken"]


def test_spoken_words_reach_the_action(voice: Voice, phone: str, base: str) -> None:
    voice.documents[base] = (
        f"<Gather input='dtmf speech' language='zh-CN' action='{base}/step'><Say>请讲</Say></Gather>"
    )
    voice.script(phone, acts=[{"say": "我要还款"}])
    voice.ended(voice.call(phone, base))
    told = asked(voice, f"{base}/step")
    assert (told["SpeechResult"], told["Confidence"], told.get("Digits")) == ("我要还款", "0.9", None)


def test_a_gather_without_an_action_asks_its_own_address_again(voice: Voice, phone: str, base: str) -> None:
    voice.documents[base] = "<Gather numDigits='1'><Say>Again?</Say></Gather><Hangup/>"
    voice.script(phone, acts=[{"press": "1"}, {"press": "2"}])
    voice.ended(voice.call(phone, f"{base}?x=1"))
    assert [seen.form.get("Digits") for seen in voice.receiver.at(base)] == [None, "1", "2"]


def test_pause_play_redirect_and_the_rest_of_a_document(voice: Voice, phone: str, base: str) -> None:
    voice.documents[base] = (
        f"<Play>{base}/sound.mp3</Play><Pause length='7'/><Redirect>{base}/step</Redirect><Say>Never</Say>"
    )
    sid = voice.call(phone, base)
    call = voice.ended(sid)
    entries = voice.transcript(sid)["entries"]
    assert [entry["kind"] for entry in entries] == ["play", "pause", "redirect", "say", "hangup"]
    assert entries[0]["url"] == voice.url(f"{base}/sound.mp3")
    assert entries[3]["at"] == 12.0
    assert call.duration == "12"


def test_circles_of_redirects_end(voice: Voice, phone: str, base: str) -> None:
    voice.documents[base] = f"<Redirect>{base}</Redirect>"
    # Three hundred requests, one after another: a busy machine takes its time.
    assert str(voice.ended(voice.call(phone, base), patience=120.0).status) == "completed"
    assert len(voice.receiver.at(base)) <= 301


def test_a_listener_hangs_up_at_a_question_and_in_the_middle_of_a_sentence(voice: Voice, phone: str, base: str) -> None:
    voice.script(phone, acts=[{"hang_up": True}])
    sid = voice.call(phone, base)
    voice.ended(sid)
    assert voice.transcript(sid)["entries"][-1]["kind"] == "hangup"
    voice.script(phone, leaves_after=2)
    sid = voice.call(phone, base)
    assert voice.ended(sid).duration == "2"
    assert voice.transcript(sid)["entries"][-1] == {"at": 2.0, "kind": "hangup", "by": "person"}
    assert not voice.receiver.at(f"{base}/step")


def test_a_call_lasts_no_longer_than_its_limit(voice: Voice, phone: str) -> None:
    sid = voice.call(
        phone, twiml="<Response><Say>Hello</Say><Pause length='99'/><Say>Never</Say></Response>", time_limit=10
    )
    assert voice.ended(sid).duration == "10"
    assert voice.said(sid) == ["Hello"]


def test_what_is_said_is_recorded_told_heard_and_deleted(voice: Voice, phone: str, base: str) -> None:
    record = f"<Record maxLength='60' finishOnKey='#' action='{base}/step' recordingStatusCallback='{base}/recorded'/>"
    voice.documents[base] = f"<Say>After the tone.</Say>{record}"
    voice.script(phone, acts=[{"say": "This was paid in March", "press": "#", "seconds": 7}])
    sid = voice.call(phone, base)
    voice.ended(sid)
    told = asked(voice, f"{base}/step")
    assert (told["RecordingDuration"], told["Digits"]) == ("7", "#")
    status = asked(voice, f"{base}/recorded")
    assert (status["RecordingStatus"], status["RecordingSid"], status["CallSid"]) == (
        "completed",
        told["RecordingSid"],
        sid,
    )
    kept = voice.twilio.calls(sid).recordings.list()
    assert [(one.sid, one.duration, one.source) for one in kept] == [(told["RecordingSid"], "7", "RecordVerb")]
    assert voice.box.control.get(f"/calls/{sid}/recordings").json()[0]["text"] == "This was paid in March"
    auth = (str(voice.twilio.username), AUTH_TOKEN)
    heard = voice.box.control.get(f"{told['RecordingUrl']}.wav", auth=auth)
    assert heard.content.startswith(b"RIFF")
    assert voice.twilio.recordings(told["RecordingSid"]).delete()
    assert voice.twilio.recordings.list(call_sid=sid) == []
    assert voice.box.control.get(told["RecordingUrl"], auth=auth).status_code == 404


def test_who_hangs_up_while_recorded_is_told_of_all_the_same(voice: Voice, phone: str, base: str) -> None:
    voice.documents[base] = f"<Record action='{base}/step'/>"
    voice.script(phone, acts=[{"say": "No more", "hang_up": True}])
    sid = voice.call(phone, base)
    voice.ended(sid)
    told = asked(voice, f"{base}/step")
    assert (told["Digits"], told["CallStatus"]) == ("hangup", "completed")
    assert "Taken" not in voice.said(sid)


def test_a_whole_call_is_recorded_on_request(voice: Voice, phone: str, base: str) -> None:
    path = f"{base}/whole"
    sid = voice.call(phone, base, record=True, recording_status_callback=voice.url(path))
    duration = voice.ended(sid).duration
    told = asked(voice, path)
    assert (told["RecordingSource"], told["RecordingDuration"]) == ("OutboundAPI", duration)


def test_a_second_leg_fares_as_its_handset_does(voice: Voice, phone: str, base: str) -> None:
    voice.script("+12125550177", answers="busy")
    voice.documents[base] = f"<Dial action='{base}/step'><Number>+12125550177</Number></Dial>"
    voice.ended(voice.call(phone, base))
    assert asked(voice, f"{base}/step")["DialCallStatus"] == "busy"
    voice.documents[base] = f"<Dial action='{base}/step'>+12125550178</Dial>"
    voice.ended(voice.call(phone, base))
    told = asked(voice, f"{base}/step")
    assert (told["DialCallStatus"], told["DialCallDuration"]) == ("completed", "20")


@pytest.mark.parametrize(
    "case",
    [
        ({"answers": "human"}, "Enable", "human"),
        ({"answers": "voicemail"}, "Enable", "machine_start"),
        ({"answers": "voicemail"}, "DetectMessageEnd", "machine_end_beep"),
        ({"answers": "machine"}, "DetectMessageEnd", "machine_end_silence"),
        ({"answers": "fax"}, "Enable", "fax"),
        ({"answers": "voicemail", "detected_as": "human"}, "Enable", "human"),
        ({"answers": "voicemail", "greeting_seconds": 50}, "DetectMessageEnd", "unknown"),
    ],
)
def test_detection_is_told_with_the_first_request(
    voice: Voice, phone: str, base: str, case: tuple[dict[str, Any], str, str]
) -> None:
    script, detection, verdict = case
    voice.script(phone, **script)
    sid = voice.call(phone, base, machine_detection=detection)
    assert voice.ended(sid).answered_by == verdict
    assert voice.receiver.at(base)[0].form["AnsweredBy"] == verdict


def test_asynchronous_detection_is_told_while_the_call_goes_on(voice: Voice, phone: str, base: str) -> None:
    voice.script(phone, answers="voicemail", greeting_seconds=8)
    given = {"async_amd": "true", "async_amd_status_callback": voice.url(f"{base}/amd")}
    sid = voice.call(phone, base, machine_detection="DetectMessageEnd", **given)
    told = asked(voice, f"{base}/amd")
    assert (told["CallSid"], told["AnsweredBy"], told["MachineDetectionDuration"]) == (sid, "machine_end_beep", "9000")
    assert "AnsweredBy" not in voice.receiver.at(base)[0].form


def test_a_mailbox_keeps_what_is_said_after_its_beep(voice: Voice, phone: str, base: str) -> None:
    voice.documents[base] = "<Say>Please call Example Lending at 212 555 0100.</Say>"
    voice.script(phone, answers="voicemail", greeting_seconds=6)
    sid = voice.call(phone, base, machine_detection="DetectMessageEnd")
    voice.ended(sid)
    assert voice.transcript(sid)["left_message"] == "Please call Example Lending at 212 555 0100."
    assert voice.lines(sid)[-1]["left_sha256"]
    sid = voice.call(phone, base)
    voice.ended(sid)
    assert voice.transcript(sid)["left_message"] is None


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (Answer(200, "this is no XML", XML), "12100"),
        (Answer(200, "<Wrong/>", XML), "12102"),
        (Answer(200, "{}", {"Content-Type": "application/json"}), "12300"),
        (Answer(500), "11200"),
        (Answer(404), "11200"),
    ],
)
def test_an_answer_nobody_can_perform_goes_to_the_fallback(
    voice: Voice, phone: str, base: str, answer: Answer, code: str
) -> None:
    voice.receiver.answers[base] = [answer]
    voice.documents[f"{base}/fallback"] = "<Say>Sorry</Say>"
    sid = voice.call(phone, base, fallback_url=voice.url(f"{base}/fallback"))
    voice.ended(sid)
    told = asked(voice, f"{base}/fallback")
    assert (told["ErrorCode"], told["ErrorUrl"]) == (code, voice.url(base))
    assert voice.said(sid) == ["Sorry"]


def test_without_a_fallback_the_carrier_hangs_up(voice: Voice, phone: str, base: str) -> None:
    voice.receiver.answers[base] = [Answer(200, "no XML", XML)]
    sid = voice.call(phone, base)
    assert str(voice.ended(sid).status) == "completed"
    assert [entry["kind"] for entry in voice.transcript(sid)["entries"]] == ["error", "hangup"]


def test_an_application_that_thinks_too_long_is_not_waited_for(voice: Voice, phone: str, base: str) -> None:
    gate = threading.Event()
    voice.receiver.answers[base] = [Answer(gate=gate)]
    voice.documents[f"{base}/fallback"] = "<Say>Sorry</Say>"
    sid = voice.call(phone, f"{base}#rt=200&rc=0", fallback_url=voice.url(f"{base}/fallback"))
    voice.ended(sid)
    gate.set()
    assert asked(voice, f"{base}/fallback")["ErrorCode"] == "11205"


def test_redirects_are_followed_without_the_form(voice: Voice, phone: str, base: str) -> None:
    voice.receiver.answers[base] = [Answer(302, headers={"Location": f"{base}/step?r=1"})]
    sid = voice.call(phone, base)
    voice.ended(sid)
    seen = voice.receiver.at(f"{base}/step")[0]
    assert (seen.method, seen.body) == ("GET", "")
    assert VALIDATOR.validate(seen.url, {}, seen.headers["x-twilio-signature"])
    assert voice.said(sid) == ["Taken"]


def test_callbacks_tell_the_events_asked_for_in_numbered_order(voice: Voice, phone: str, base: str) -> None:
    events = ["initiated", "ringing", "answered", "completed"]
    path = f"{base}/status"
    sid = voice.call(phone, base, status_callback=voice.url(f"{path}?t=1#rc=5&rp=all"), status_callback_event=events)
    duration = voice.ended(sid).duration
    eventually(lambda: len(voice.receiver.at(path)) == 4)
    told = sorted((seen.form for seen in voice.receiver.at(path)), key=lambda form: int(form["SequenceNumber"]))
    assert [form["CallStatus"] for form in told] == ["initiated", "ringing", "in-progress", "completed"]
    assert [form["SequenceNumber"] for form in told] == ["0", "1", "2", "3"]
    assert {form["CallbackSource"] for form in told} == {"call-progress-events"}
    assert (told[3]["CallDuration"], told[3]["Duration"]) == (duration, "1")
    assert "CallDuration" not in told[2]
    assert all(form["Timestamp"].endswith("+0000") for form in told)
    for seen in voice.receiver.at(path):
        assert VALIDATOR.validate(seen.url, seen.form, seen.headers["x-twilio-signature"])


def test_only_the_end_is_told_unless_asked(voice: Voice, phone: str, base: str) -> None:
    path = f"{base}/status"
    voice.ended(voice.call(phone, base, status_callback=voice.url(path)))
    told = asked(voice, path)
    assert (told["CallStatus"], told["SequenceNumber"]) == ("completed", "0")
    assert len(voice.receiver.at(path)) == 1


def test_a_person_calls_us(voice: Voice, phone: str, base: str) -> None:
    number = "+12125550163"
    voice.twilio.incoming_phone_numbers.create(phone_number=number, voice_url=voice.url(base))
    order = {"phone": phone, "to": number, "script": {"acts": [{"press": "9"}]}}
    sid = voice.box.control.post("/calls", json=order).raise_for_status().json()["sid"]
    call = voice.ended(sid)
    assert (str(call.direction), call.to, str(call.status)) == ("inbound", number, "completed")
    assert voice.receiver.at(base)[0].form["CallStatus"] == "ringing"
    assert [line["kind"] for line in voice.lines(sid)] == ["inbound", "answered", "stop", "ended"]
    voice.documents[base] = "<Reject reason='busy'/>"
    sid = voice.box.control.post("/calls", json=order).raise_for_status().json()["sid"]
    assert str(voice.ended(sid).status) == "busy"


def test_what_somebody_told_a_menu_is_in_the_log_once_it_was_taken(voice: Voice, phone: str, base: str) -> None:
    voice.script(phone, acts=[{"press": "9"}])
    sid = voice.call(phone, base, status_callback=voice.url("/none?t=ref"))
    voice.ended(sid)
    meant = next(line for line in voice.lines(sid) if line["channel"] == "call-in")
    assert meant == {
        "at": meant["at"],
        "channel": "call-in",
        "kind": "stop",
        "from": phone,
        "to": OURS,
        "sid": sid,
        "ref": "ref",
    }
