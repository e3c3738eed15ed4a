"""Texts from people: the signed webhook, its TwiML answer, and the carrier's own STOP, START and HELP."""

import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.request_validator import RequestValidator
from twilio.rest import Client
from twilio.twiml.messaging_response import MessagingResponse

from tests.sandbox.box import ACCOUNT, AUTH_TOKEN, OURS, Answer, Box, Receiver, Seen, eventually

XML = {"Content-Type": "text/xml"}


def got(receiver: Receiver, phone: str) -> Seen:
    return eventually(lambda: next(iter(receiver.inbound(phone)), None))


def lines(box: Box, phone: str) -> list[tuple[str, str]]:
    """Channel and kind or status of each line about a person's phone."""
    about = [line for line in box.log() if "channel" in line and phone in {line.get("from"), line.get("to")}]
    return [(line["channel"], line.get("kind") or line["status"]) for line in about]


def test_a_text_arrives_signed_and_complete(box: Box, twilio: Client, receiver: Receiver, phone: str) -> None:
    sid = box.says(phone, "Can I pay on Friday? 谢谢")
    seen = got(receiver, phone)
    assert RequestValidator(AUTH_TOKEN).validate(seen.url, seen.form, seen.headers["x-twilio-signature"])
    expected = {"MessageSid": sid, "SmsMessageSid": sid, "SmsStatus": "received", "To": OURS, "AccountSid": ACCOUNT}
    assert expected.items() <= seen.form.items()
    assert (seen.form["Body"], seen.form["NumSegments"], seen.form["NumMedia"]) == (
        "Can I pay on Friday? 谢谢",
        "1",
        "0",
    )
    fetched = twilio.messages(sid).fetch()
    assert (fetched.direction, fetched.status, fetched.from_) == ("inbound", "received", phone)
    assert lines(box, phone) == [("sms-in", "text")]


def test_an_empty_answer_sends_nothing(box: Box, receiver: Receiver, phone: str) -> None:
    receiver.answers["/inbound"] = [Answer(200, str(MessagingResponse()), XML)]
    box.says(phone, "hello")
    got(receiver, phone)
    eventually(lambda: "post" not in box.control.get("/agenda").json())
    assert lines(box, phone) == [("sms-in", "text")]


def test_a_twiml_message_is_sent_back(box: Box, twilio: Client, receiver: Receiver, phone: str) -> None:
    answer = MessagingResponse()
    answer.message("We have noted it.")
    receiver.answers["/inbound"] = [Answer(200, str(answer), XML)]
    box.says(phone, "hello")
    reply = eventually(lambda: next(iter(twilio.messages.list(to=phone, from_=OURS)), None))
    assert (reply.body, reply.direction) == ("We have noted it.", "outbound-reply")
    assert lines(box, phone) == [("sms-in", "text"), ("sms-reply", "queued")]


@pytest.mark.parametrize("word", ["STOP", " stop ", "Unsubscribe", "REVOKE", "optout"])
def test_stop_blocks_the_pair_answers_once_and_is_forwarded(
    box: Box, twilio: Client, receiver: Receiver, phone: str, word: str
) -> None:
    box.says(phone, word)
    seen = got(receiver, phone)
    assert seen.form["Body"] == word
    assert "OptOutType" not in seen.form
    with pytest.raises(TwilioRestException) as caught:
        twilio.messages.create(to=phone, from_=OURS, body="x")
    assert (caught.value.status, caught.value.code) == (400, 21610)
    assert twilio.messages.create(to=phone, from_="+12125550198", body="another number").status == "queued"
    box.says(phone, word)
    answers = [
        message for message in twilio.messages.list(to=phone, from_=OURS) if str(message.direction) == "outbound-reply"
    ]
    assert len(answers) == 1
    assert "unsubscribed" in str(answers[0].body)
    assert [line for line in lines(box, phone) if line[0].startswith("sms-")] == [
        ("sms-in", "stop"),
        ("sms-auto", "queued"),
        ("sms-in", "stop"),
    ]


def test_start_opens_the_pair_again(box: Box, twilio: Client, phone: str) -> None:
    box.says(phone, "STOP")
    box.says(phone, "START")
    assert twilio.messages.create(to=phone, from_=OURS, body="x").status == "queued"


def test_stop_to_a_services_number_blocks_the_service(box: Box, twilio: Client, phone: str) -> None:
    service = "MG" + "0" * 31 + "3"
    sid = str(twilio.messages.create(to=phone, messaging_service_sid=service, body="x").sid)
    sender = eventually(lambda: twilio.messages(sid).fetch().from_)
    box.control.post("/inbound", json={"phone": phone, "to": sender, "body": "STOP"}).raise_for_status()
    with pytest.raises(TwilioRestException) as caught:
        twilio.messages.create(to=phone, messaging_service_sid=service, body="x")
    assert caught.value.code == 21610


def test_help_is_answered_every_time_and_blocks_nothing(box: Box, twilio: Client, phone: str) -> None:
    box.says(phone, "HELP")
    box.says(phone, "info")
    answers = twilio.messages.list(to=phone, from_=OURS)
    assert [message.body for message in answers] == ["Reply STOP to unsubscribe. Msg&Data Rates May Apply."] * 2
    assert twilio.messages.create(to=phone, from_=OURS, body="x").status == "queued"


@pytest.mark.parametrize("words", ["please stop texting me", "STOP it", "help me out here", "yes"])
def test_free_words_are_the_applications_to_understand(box: Box, twilio: Client, phone: str, words: str) -> None:
    box.says(phone, words, kind="stop")
    assert twilio.messages.create(to=phone, from_=OURS, body="x").status == "queued"
    assert lines(box, phone) == [("sms-in", "stop"), ("sms", "queued")]


def test_a_lost_and_a_doubled_text(box: Box, receiver: Receiver, phone: str) -> None:
    box.arm("inbound_lost", phone=phone)
    box.says(phone, "first")
    box.arm("inbound_duplicated", phone=phone)
    box.says(phone, "second")
    eventually(lambda: len(receiver.inbound(phone)) == 2)
    assert [seen.form["Body"] for seen in receiver.inbound(phone)] == ["second", "second"]
