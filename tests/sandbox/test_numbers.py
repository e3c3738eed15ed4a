"""Numbers, Messaging Services with their pools, Advanced Opt-Out and lookups, as the real SDK meets them."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from tests.sandbox.box import Answer, Box, Receiver, Seen, eventually, twilio_client

WORDS = {"stop": ["退订", "TD"], "start": ["恢复"], "help": ["帮助"]}
ANSWERS = {"stop": "您已退订。", "help": "示例银行"}


@pytest.fixture(scope="module")
def receiver() -> Iterator[Receiver]:
    """An application of its own: bought numbers narrow down which senders are ours."""
    receiver = Receiver()
    yield receiver
    receiver.stop()


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory, receiver: Receiver) -> Iterator[Box]:
    with Box(tmp_path_factory.mktemp("numbers"), receiver) as box:
        yield box
        assert box.stop() == 0


@pytest.fixture(scope="module")
def twilio(box: Box) -> Client:
    return twilio_client(box.url)


@pytest.fixture
def service(twilio: Client) -> str:
    return str(twilio.messaging.v1.services.create(friendly_name="Reminders", sticky_sender=True).sid)


def fields_of(resource: object) -> Any:
    """The SDK declares its nested fields as texts; they are mappings."""
    return resource


def bought(twilio: Client, **settings: Any) -> tuple[str, str]:
    """A fresh number's sid and the number."""
    number = twilio.incoming_phone_numbers.create(area_code="212", **settings)
    return str(number.sid), str(number.phone_number)


def test_numbers_are_bought_found_changed_and_given_back(twilio: Client) -> None:
    sid, number = bought(twilio, friendly_name="Office", sms_url="http://127.0.0.1:9/sms")
    assert number.startswith("+12125550")
    fetched = fields_of(twilio.incoming_phone_numbers(sid).fetch())
    assert (fetched.friendly_name, fetched.sms_url, fetched.capabilities["sms"]) == (
        "Office",
        "http://127.0.0.1:9/sms",
        True,
    )
    changed = twilio.incoming_phone_numbers(sid).update(friendly_name="Branch", voice_url="http://127.0.0.1:9/voice")
    assert (changed.friendly_name, changed.voice_url, changed.sms_url) == (
        "Branch",
        "http://127.0.0.1:9/voice",
        fetched.sms_url,
    )
    assert [one.sid for one in twilio.incoming_phone_numbers.list(phone_number=number)] == [sid]
    assert twilio.incoming_phone_numbers(sid).delete()
    assert twilio.incoming_phone_numbers.list(phone_number=number) == []


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"phone_number": "+15005550000"}, 21422),
        ({"phone_number": "+15005550001"}, 21421),
        ({"area_code": "533"}, 21452),
        ({}, 21421),
    ],
)
def test_numbers_that_cannot_be_bought(twilio: Client, asked: dict[str, Any], code: int) -> None:
    with pytest.raises(TwilioRestException) as caught:
        twilio.incoming_phone_numbers.create(**asked)
    assert (caught.value.status, caught.value.code) == (400, code)


def test_a_service_sends_from_its_pool_and_sticks_to_a_number(
    twilio: Client, service: str, new_phone: Callable[[], str]
) -> None:
    pool = dict(bought(twilio) for _ in range(3))
    for sid in pool:
        twilio.messaging.v1.services(service).phone_numbers.create(phone_number_sid=sid)
    assert {member.phone_number for member in twilio.messaging.v1.services(service).phone_numbers.list()} == set(
        pool.values()
    )

    def sender(phone: str) -> str:
        sid = str(twilio.messages.create(to=phone, messaging_service_sid=service, body="x").sid)
        return str(eventually(lambda: twilio.messages(sid).fetch().from_))

    phones = [new_phone() for _ in range(12)]
    first = {phone: sender(phone) for phone in phones}
    assert set(first.values()) <= set(pool.values())
    assert len(set(first.values())) > 1
    assert {phone: sender(phone) for phone in phones} == first


def test_a_service_without_numbers_sends_nothing(twilio: Client, service: str, phone: str) -> None:
    with pytest.raises(TwilioRestException) as caught:
        twilio.messages.create(to=phone, messaging_service_sid=service, body="x")
    assert (caught.value.status, caught.value.code) == (400, 21704)


def test_a_number_is_in_one_service_and_leaves_it_when_given_back(twilio: Client, service: str) -> None:
    sid, _ = bought(twilio)
    members = twilio.messaging.v1.services(service).phone_numbers
    members.create(phone_number_sid=sid)
    with pytest.raises(TwilioRestException) as caught:
        members.create(phone_number_sid=sid)
    assert (caught.value.status, caught.value.code) == (409, 21710)
    assert members(sid).fetch().service_sid == service
    twilio.incoming_phone_numbers(sid).delete()
    assert members.list() == []


def test_services_are_listed_changed_and_deleted(twilio: Client, service: str) -> None:
    twilio.messaging.v1.services.create(friendly_name="Another")
    sids = [one.sid for one in twilio.messaging.v1.services.list(page_size=1)]
    assert service in sids
    assert len(sids) == len(set(sids)) >= 2
    changed = twilio.messaging.v1.services(service).update(friendly_name="Renamed", smart_encoding=False)
    assert (changed.friendly_name, changed.smart_encoding, changed.sticky_sender) == ("Renamed", False, True)
    assert twilio.messaging.v1.services(service).delete()
    with pytest.raises(TwilioRestException) as caught:
        twilio.messaging.v1.services(service).fetch()
    assert caught.value.status == 404


def test_advanced_opt_out_acts_answers_and_tells(
    box: Box, twilio: Client, receiver: Receiver, service: str, phone: str
) -> None:
    sid, number = bought(twilio)
    twilio.messaging.v1.services(service).phone_numbers.create(phone_number_sid=sid)
    box.control.post(f"/services/{service}/opt-out", json={"words": WORDS, "answers": ANSWERS}).raise_for_status()
    sent = str(twilio.messages.create(to=phone, messaging_service_sid=service, body="x").sid)
    eventually(lambda: twilio.messages(sent).fetch().from_)
    for body in ("帮助", "td", "hello", "恢复"):
        box.control.post("/inbound", json={"phone": phone, "to": number, "body": body}).raise_for_status()
    eventually(lambda: len(receiver.inbound(phone)) == 4)
    told = {seen.form["Body"]: seen.form.get("OptOutType") for seen in receiver.inbound(phone)}
    assert told == {"帮助": "HELP", "td": "STOP", "hello": None, "恢复": "START"}
    answers = {str(one.body) for one in twilio.messages.list(to=phone) if str(one.direction) == "outbound-reply"}
    assert set(ANSWERS.values()) <= answers
    assert twilio.messages.create(to=phone, messaging_service_sid=service, body="again").status == "accepted"


def test_a_stop_by_advanced_opt_out_blocks_the_service(box: Box, twilio: Client, service: str, phone: str) -> None:
    sid, number = bought(twilio)
    twilio.messaging.v1.services(service).phone_numbers.create(phone_number_sid=sid)
    box.control.post(f"/services/{service}/opt-out", json={"words": WORDS}).raise_for_status()
    sent = str(twilio.messages.create(to=phone, messaging_service_sid=service, body="x").sid)
    eventually(lambda: twilio.messages(sent).fetch().from_)
    box.control.post("/inbound", json={"phone": phone, "to": number, "body": "退订"}).raise_for_status()
    with pytest.raises(TwilioRestException) as caught:
        twilio.messages.create(to=phone, messaging_service_sid=service, body="x")
    assert caught.value.code == 21610


def test_texts_and_calls_reach_the_address_a_number_names(
    box: Box, twilio: Client, receiver: Receiver, phone: str
) -> None:
    def site(seen: Seen) -> Answer | None:
        return (
            Answer(200, "<Response><Hangup/></Response>", {"Content-Type": "text/xml"}) if seen.path == "/own" else None
        )

    receiver.site = site
    _, number = bought(twilio, sms_url=f"{receiver.url}/own-text", voice_url=f"{receiver.url}/own")
    box.control.post("/inbound", json={"phone": phone, "to": number, "body": "hello"}).raise_for_status()
    assert eventually(lambda: receiver.at("/own-text"))[0].form["From"] == phone
    box.control.post("/calls", json={"phone": phone, "to": number}).raise_for_status()
    assert eventually(lambda: receiver.at("/own"))[0].form["Direction"] == "inbound"


def test_lookups_tell_the_line_and_whether_it_changed_hands(
    box: Box, twilio: Client, new_phone: Callable[[], str]
) -> None:
    mobile, landline, moved = new_phone(), new_phone(), new_phone()
    box.control.post("/handsets", json={"phone": landline, "outcome": "landline"}).raise_for_status()
    box.control.post(
        "/lookups", json={"phone": moved, "type": "nonFixedVoip", "reassigned": "2026-02-01"}
    ).raise_for_status()

    def line(phone: str) -> str:
        found = fields_of(twilio.lookups.v2.phone_numbers(phone).fetch(fields="line_type_intelligence"))
        return found.line_type_intelligence["type"]

    assert [line(mobile), line(landline), line(moved)] == ["mobile", "landline", "nonFixedVoip"]

    def reassigned(since: str) -> str:
        found = fields_of(
            twilio.lookups.v2.phone_numbers(moved).fetch(fields="reassigned_number", last_verified_date=since)
        )
        return found.reassigned_number["is_number_reassigned"]

    assert (reassigned("20260115"), reassigned("20260215")) == ("yes", "no")
    bare = twilio.lookups.v2.phone_numbers(mobile).fetch()
    assert (bare.valid, bare.country_code, bare.line_type_intelligence) == (True, "US", None)
    assert not twilio.lookups.v2.phone_numbers("+1212").fetch().valid


def test_a_number_is_offered_until_it_is_bought(twilio: Client) -> None:
    offered = twilio.available_phone_numbers("US").local.list(area_code=917, limit=2)
    assert [one.phone_number for one in offered] == ["+19175550100", "+19175550101"]
    bought = twilio.incoming_phone_numbers.local.create(phone_number=str(offered[0].phone_number))
    assert bought.phone_number in {one.phone_number for one in twilio.incoming_phone_numbers.local.list()}
    assert twilio.available_phone_numbers("US").local.list(area_code=917)[0].phone_number == "+19175550101"
    assert twilio.available_phone_numbers("US").local.list(area_code=533) == []


@pytest.mark.parametrize(
    ("written", "country", "number"),
    [
        ("(212) 555-0123", None, "+12125550123"),
        ("1 212 555 0123", "US", "+12125550123"),
        ("07700 900123", "GB", "+447700900123"),
        ("+44 7700 900123", None, "+447700900123"),
    ],
)
def test_a_lookup_reads_numbers_as_people_write_them(
    twilio: Client, written: str, country: str | None, number: str
) -> None:
    given = {} if country is None else {"country_code": country}
    found = twilio.lookups.v2.phone_numbers(written).fetch(**given)
    assert (found.phone_number, found.valid) == (number, True)


def test_a_stranger_is_refused(box: Box) -> None:
    with pytest.raises(TwilioRestException) as caught:
        twilio_client(box.url, token="wrong").lookups.v2.phone_numbers("+12125550100").fetch()
    assert (caught.value.status, caught.value.code) == (401, 20003)
