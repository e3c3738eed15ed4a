"""Messages with files: counted, listed, deleted, refused; and what a sender says of how a message fared."""

import httpx
import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from tests.sandbox.box import ACCOUNT, AUTH_TOKEN, OURS, Box

PICTURES = ["https://example.com/a.png", "https://example.com/b.pdf"]


def test_a_message_with_files_tells_of_them(box: Box, twilio: Client, phone: str) -> None:
    message = twilio.messages.create(to=phone, from_=OURS, media_url=PICTURES)
    assert (str(message.sid)[:2], message.num_media, message.body) == ("MM", "2", "")
    assert twilio.messages(str(message.sid)).fetch().num_media == "2"
    media = twilio.messages(str(message.sid)).media
    files = media.list(page_size=1)
    assert [one.content_type for one in files] == ["application/pdf", "image/png"]
    assert {one.parent_sid for one in files} == {message.sid}
    seen = httpx.get(
        f"{box.url}/api{str(files[1].uri).removesuffix('.json')}", auth=(ACCOUNT, AUTH_TOKEN), trust_env=False
    )
    assert (seen.status_code, seen.headers["Location"]) == (307, PICTURES[0])
    assert media(str(files[0].sid)).delete()
    assert [one.sid for one in media.list()] == [files[1].sid]
    with pytest.raises(TwilioRestException) as gone:
        media(str(files[0].sid)).fetch()
    assert (gone.value.status, gone.value.code) == (404, 20404)


def test_a_text_has_no_files(twilio: Client, phone: str) -> None:
    message = twilio.messages.create(to=phone, from_=OURS, body="Hello")
    assert (str(message.sid)[:2], message.num_media) == ("SM", "0")
    assert twilio.messages(str(message.sid)).media.list() == []


@pytest.mark.parametrize(("urls", "code"), [(["nonsense"], 21620), (PICTURES * 6, 21623), (["http://[::1"], 21620)])
def test_files_that_cannot_be_sent(twilio: Client, phone: str, urls: list[str], code: int) -> None:
    with pytest.raises(TwilioRestException) as refused:
        twilio.messages.create(to=phone, from_=OURS, media_url=urls)
    assert (refused.value.status, refused.value.code) == (400, code)


def test_how_a_message_fared_is_taken(twilio: Client, phone: str) -> None:
    message = twilio.messages.create(to=phone, from_=OURS, body="Hello")
    said = twilio.messages(str(message.sid)).feedback.create(outcome="unconfirmed")
    assert (said.message_sid, said.outcome) == (message.sid, "unconfirmed")
