"""The process: what a kill leaves, what a restart remembers, how it starts and ends."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
import stripe
from twilio.base.exceptions import TwilioRestException

from forbear.clock import Clock
from forbear.sandbox.options import parse
from tests.sandbox.box import ACCOUNT, AUTH_TOKEN, OURS, SECRETS, STRIPE_KEY, Box, Receiver, eventually, twilio_client

PHONE, OTHER = "+13055550101", "+13055550102"


@pytest.fixture
def own_box(tmp_path: Path, receiver: Receiver) -> Iterator[Box]:
    with Box(tmp_path, receiver, speed=60) as box:
        yield box


def test_a_killed_sandbox_goes_on_where_it_was(own_box: Box) -> None:
    twilio = twilio_client(own_box.url)
    own_box.control.post("/handsets", json={"phone": PHONE, "queued_world_seconds": 6_000})
    waiting = str(twilio.messages.create(to=PHONE, from_=OURS, body="waits").sid)
    own_box.says(OTHER, "STOP")
    payments = stripe.StripeClient(STRIPE_KEY, base_addresses={"api": f"{own_box.url}/stripe"})
    price = {"currency": "usd", "unit_amount": 5_000, "product_data": {"name": "Payment"}}
    lines = [{"price_data": price, "quantity": 1}]
    session = payments.v1.checkout.sessions.create(
        {"mode": "payment", "line_items": lines, "success_url": "http://127.0.0.1:9/"}  # pyright: ignore[reportArgumentType]  plain mappings are the wire's own form
    )
    eventually(lambda: own_box.control.get("/agenda").json() == {"advance": 2, "expire": 1})
    before = own_box.log_path.read_text()
    own_box.kill()
    with own_box.log_path.open("a") as file:
        file.write('{"at": "torn')
    own_box.start()
    twilio = twilio_client(own_box.url)
    assert own_box.log_path.read_text().startswith(before)
    assert twilio.messages(waiting).fetch().body == "waits"
    with pytest.raises(TwilioRestException) as caught:
        twilio.messages.create(to=OTHER, from_=OURS, body="x")
    assert caught.value.code == 21610
    payments = stripe.StripeClient(STRIPE_KEY, base_addresses={"api": f"{own_box.url}/stripe"})
    assert payments.v1.checkout.sessions.retrieve(session.id).amount_total == 5_000
    own_box.jump(own_box.clock.now() + timedelta(seconds=6_100))
    eventually(lambda: own_box.states(waiting) == ["queued", "sent", "delivered"])
    assert own_box.stop() == 0


def test_lines_that_a_kill_kept_from_the_file_are_written_at_the_next_start(own_box: Box) -> None:
    own_box.says(PHONE, "one")
    own_box.says(PHONE, "two")
    own_box.kill()
    whole = own_box.log_path.read_text()
    own_box.log_path.write_text(whole.splitlines(keepends=True)[0])
    own_box.start()
    assert own_box.log_path.read_text() == whole
    own_box.stop()


def test_a_message_is_not_sent_after_a_stop_longer_than_its_validity(own_box: Box) -> None:
    own_box.control.post("/handsets", json={"phone": PHONE, "queued_world_seconds": 1_500})
    sid = str(twilio_client(own_box.url).messages.create(to=PHONE, from_=OURS, body="x", validity_period=1_800).sid)
    own_box.kill()
    own_box.clock = Clock.starting(own_box.clock.now() + timedelta(seconds=2_000), own_box.clock.speed)
    own_box.start()
    eventually(lambda: own_box.states(sid) == ["queued", "failed"])
    own_box.stop()


def test_it_ends_within_a_second_even_while_an_answer_is_slow(own_box: Box) -> None:
    own_box.arm("slow", machine_seconds=30)
    form = {"To": PHONE, "From": OURS, "Body": "x"}
    address = f"{own_box.url}/api/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
    with ThreadPoolExecutor(1) as waiting:
        answer = waiting.submit(httpx.post, address, data=form, auth=(ACCOUNT, AUTH_TOKEN), timeout=20, trust_env=False)
        eventually(own_box.log)
        began = time.monotonic()
        assert own_box.stop() == 0
        assert time.monotonic() - began < 10.0  # idle it is a third of a second; the machine may be busy
        assert answer.result().status_code == 201


def test_a_busy_port_is_told_in_one_line(box: Box) -> None:
    arguments = box.arguments()
    arguments[arguments.index("--port") + 1] = box.url.rpartition(":")[2]
    command = [sys.executable, "-m", "forbear.sandbox", *arguments]
    done = subprocess.run(command, env=os.environ | SECRETS, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith("sandbox cannot listen on port")
    assert len(done.stderr.splitlines()) == 1


def test_an_open_host_is_refused(box: Box, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parse([*box.arguments(), "--host", "0.0.0.0"], SECRETS)  # noqa: S104  refused is the point
    assert "--host" in capsys.readouterr().err


def test_secrets_come_from_the_environment_and_a_missing_one_names_its_variable(
    box: Box, capsys: pytest.CaptureFixture[str]
) -> None:
    assert parse(box.arguments(), SECRETS).auth_token == AUTH_TOKEN
    with pytest.raises(SystemExit):
        parse(box.arguments(), {})
    assert "FORBEAR_SANDBOX_AUTH_TOKEN is missing" in capsys.readouterr().err


def test_health_and_clock_tell_world_time(box: Box) -> None:
    assert box.control.get("/health").json()["status"] == "ok"
    assert box.control.get("/clock").json()["speed"] == 3_600
    assert box.control.post("/clock", content="{}").status_code == 422
