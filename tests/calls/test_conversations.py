"""Whole conversations over real HTTP: our adapter places the call, the box performs our documents, the ledger shows it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from pydantic import SecretStr
from twilio.rest import Client

from activities.calls import Calls
from forbear.channels.calls_twilio import TwilioCalls
from forbear.channels.twilio_http import RoutedHttpClient
from forbear.channels.voice.speaking import Speaking
from forbear.contracts.decision import Contact
from forbear.ledger.tables.calls import Call
from forbear.ports.book import Dispatch
from forbear.ports.sms import Accepted, Unknown
from forbear.services.ports import free_port
from forbear.settings import Settings
from tests.api.hooks.caller import Phone, calling
from tests.api.pages.served import served
from tests.api.pages.site import Site
from tests.sandbox.box import ACCOUNT, AUTH_TOKEN, Box, Receiver, eventually

NAME = "Example Borrower"


@dataclass
class Line:
    """The box on one side, the application on the other."""

    box: Box
    site: Site
    carrier: TwilioCalls

    def phone(self, acts: list[dict[str, Any]], *, language: str = "en", **script: Any) -> Phone:
        phone = Phone(self.site, language=language)
        told = {"phone": phone.number, "script": {"acts": acts, **script}}
        self.box.control.post("/calls/handsets", json=told).raise_for_status()
        return phone

    def place(self, phone: Phone) -> tuple[str, Any]:
        """Decide, prepare, place, record, as the worker does: the touch, and what the carrier answered."""
        decision = phone.house.ask(phone.account, calling)
        assert isinstance(decision, Contact), decision
        order = phone.house.order(phone.account, decision.touch)
        ready = phone.house.touching().prepare(order)
        assert isinstance(ready, Dispatch), ready
        way = Calls(self.carrier, Speaking())
        sending = way.send(ready, way.make(ready))
        phone.house.record(order, sending)
        return order.touch, sending

    def ended(self, phone: Phone, touch: str) -> tuple[str, str | None]:
        """How the touch stands after the carrier told of the call's end."""
        return eventually(lambda: self._over(phone, touch))

    def _over(self, phone: Phone, touch: str) -> tuple[str, str | None] | None:
        over = {"completed", "busy", "no-answer", "failed"} & set(phone.house.receipts(touch))
        now = phone.house.touch(touch)
        return (now.state, now.result) if over else None

    def transcript(self, sid: str) -> str:
        """What was said, in order."""
        told = self.box.control.get(f"/calls/{sid}/transcript").raise_for_status().json()
        return " | ".join(f"{entry['kind']}: {entry.get('text', entry.get('keys', ''))}" for entry in told["entries"])


@pytest.fixture(scope="module")
def line(module_database: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Line]:
    port, receiver = free_port(), Receiver()
    settings = module_database.model_copy(
        update={"public_url": f"http://127.0.0.1:{port}", "twilio_auth_token": SecretStr(AUTH_TOKEN)}
    )
    site = Site(settings)
    inbound = ("--voice-url", f"{settings.public_url}/hooks/twilio/voice/inbound")
    with Box(tmp_path_factory.mktemp("box"), receiver, *inbound, speed=60) as box, served(site, port):
        client = Client(ACCOUNT, AUTH_TOKEN, http_client=RoutedHttpClient(box.url))
        yield Line(box, site, TwilioCalls(client, box.clock))
    receiver.stop()
    site.close()


def test_a_borrower_proves_who_they_are_and_promises_a_day(line: Line) -> None:
    acts = [{"press": "1"}, {"press": "03271985"}, {"press": "2"}, {"press": "0310"}, {"press": "1"}]
    phone = line.phone(acts)
    touch, sending = line.place(phone)
    assert isinstance(sending, Accepted)
    assert line.ended(phone, touch) == ("delivered", "connected")
    assert [promise.due_on for promise in phone.promises()] == [date(2026, 3, 10)]
    said = line.transcript(sending.provider_id)
    before, _, after = said.partition("one hundred US dollars")
    assert NAME in before
    assert "March tenth, twenty twenty-six" in after
    assert [step.heard for step in phone.steps(sending.provider_id)] == [
        "human", "key 1", "digits", "key 2", "digits", "key 1"
    ]  # fmt: skip


def test_in_mandarin_somebody_asks_for_peace(line: Line) -> None:
    phone = line.phone([{"press": "9"}], language="zh-Hans")
    touch, sending = line.place(phone)
    assert isinstance(sending, Accepted)
    assert line.ended(phone, touch) == ("delivered", "connected")
    assert phone.opt_outs() == ["number"]
    assert "不会再拨打这个号码" in line.transcript(sending.provider_id)


def test_a_dispute_is_recorded_for_a_human(line: Line) -> None:
    acts = [{"press": "1"}, {"press": "03271985"}, {"press": "3"}, {"say": "I paid this in January."}]
    phone = line.phone(acts)
    touch, sending = line.place(phone)
    assert line.ended(phone, touch) == ("delivered", "connected")
    assert phone.stops() == [("dispute", phone.account)]
    [reply] = eventually(phone.replies)
    assert reply.provider_id.startswith("RE")
    assert [task.kind for task in phone.tasks()] == ["reply"]
    assert isinstance(sending, Accepted)


@pytest.mark.parametrize(
    ("answers", "touch"),
    [
        ("busy", ("undelivered", "busy")),
        ("no_answer", ("undelivered", "no_answer")),
        ("machine", ("delivered", "machine_no_message")),
        ("voicemail", ("delivered", "machine_no_message")),
    ],
)
def test_nobody_is_told_anything_who_does_not_answer(line: Line, answers: str, touch: tuple[str, str]) -> None:
    phone = line.phone([], answers=answers)
    made, sending = line.place(phone)
    assert isinstance(sending, Accepted)
    assert line.ended(phone, made) == touch
    assert "Example" not in line.transcript(sending.provider_id)


def test_a_stranger_who_answers_hears_nothing_of_a_debt(line: Line) -> None:
    phone = line.phone([{"press": "3"}])
    touch, sending = line.place(phone)
    assert line.ended(phone, touch) == ("delivered", "wrong_party")
    assert isinstance(sending, Accepted)
    assert "dollars" not in line.transcript(sending.provider_id)


@pytest.mark.parametrize("fault", ["500_after_accept", "drop_after_accept"])
def test_a_call_whose_answer_was_lost_is_told_of_by_itself_and_placed_once(line: Line, fault: str) -> None:
    phone = line.phone([{"press": "2"}])
    line.box.arm(fault, phone=phone.number)
    touch, sending = line.place(phone)
    assert isinstance(sending, Unknown)
    assert line.ended(phone, touch) == ("delivered", "wrong_party")
    placed = line.box.control.get("/calls", params={"to": phone.number}).raise_for_status().json()
    assert [call["sid"] for call in placed] == [phone.house.touch(touch).provider_id]


def test_the_listing_knows_a_call_that_nobody_told_of(line: Line) -> None:
    phone = line.phone([], answers="no_answer", ring_seconds=60)
    since = line.box.clock.now()
    touch, sending = line.place(phone)
    assert isinstance(sending, Accepted)
    sender = phone.house.touch(touch).sender
    found = line.carrier.find(
        provider="twilio", touch=touch, to=phone.number, sender=sender, since=since, marker_sha256=""
    )
    assert found is not None
    assert found.provider_id == sending.provider_id


def test_somebody_calls_us_and_gets_the_same_menu(line: Line) -> None:
    phone = line.phone([])
    script = {"acts": [{"press": "1"}, {"press": "03271985"}, {"press": "4"}]}
    dialled = {"phone": phone.number, "to": phone.lender_number, "script": script}
    sid = line.box.control.post("/calls", json=dialled).raise_for_status().json()["sid"]
    eventually(phone.stops)
    assert phone.stops() == [("hardship", phone.account)]
    assert [row.result for row in phone.called_us()] == ["called_us"]
    [call] = phone.rows(Call, Call.provider_id == sid)
    assert (call.direction, call.touch, call.reached) == ("inbound", None, "verified")
