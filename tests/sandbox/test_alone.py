"""`forbear sandbox`: the box alone, told in one line."""

import json
import signal
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from twilio.rest import Client

from tests.sandbox.box import OURS, Answer, Box, Receiver, RoutedHttpClient, eventually

_COMMAND = [sys.executable, "-c", "from forbear.cli import main; main()", "sandbox"]
PDF = b"%PDF-1.4\n1 0 obj<</Type/Pages/Count 1/Kids[]>>endobj\n%%EOF\n"


@contextmanager
def alone(folder: Path, *extra: str) -> Generator[tuple[subprocess.Popen[str], dict[str, Any]]]:
    """A box by itself, and its one line."""
    process = subprocess.Popen(
        [*_COMMAND, "--port", "0", "--speed", "600", *extra],
        stdout=subprocess.PIPE,
        text=True,
        cwd=folder,
        env={"TMPDIR": str(folder)},
    )
    assert process.stdout is not None
    try:
        yield process, json.loads(process.stdout.readline())
        assert process.poll() is None
        process.terminate()
        assert process.wait(20) == 0
        assert process.stdout.read() == ""
    finally:
        process.kill()
        process.wait(20)
        process.stdout.close()


def client_of(told: dict[str, Any]) -> Client:
    http = RoutedHttpClient(told["carrier"].removesuffix("/api"), 30.0)
    return Client(told["account_sid"], told["auth_token"], http_client=http)


def test_the_box_alone_serves_with_credentials_of_its_own(tmp_path: Path) -> None:
    with alone(tmp_path) as (_, told):
        assert set(told) == {"carrier", "account_sid", "auth_token", "control"}
        assert told["carrier"].endswith("/api")
        client = client_of(told)
        assert client.messages.create(to="+12125550123", from_=OURS, body="Hello").status == "queued"
        assert client.calls.create(to="+12125550123", from_=OURS, twiml="<Response/>").status == "queued"
        assert httpx.get(f"{told['control']}/health", trust_env=False).json()["status"] == "ok"
        places = httpx.get(told["control"], trust_env=False).json()
        assert (places["carrier"], places["control"]) == (told["carrier"], told["control"])
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_whoever_ends_it_finds_nothing_left_behind(tmp_path: Path, ending: signal.Signals) -> None:
    command = [*_COMMAND, "--port", "0"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=tmp_path, env={"TMPDIR": str(tmp_path)}
    ) as process:
        assert process.stdout is not None
        told = json.loads(process.stdout.readline())
        hanging = f"{told['carrier']}/2010-04-01/Accounts/{told['account_sid']}/Messages.json"
        auth, slow = (told["account_sid"], told["auth_token"]), {"X-Sandbox-Fault": "slow"}
        with pytest.raises(httpx.ReadTimeout):
            httpx.get(hanging, auth=auth, headers=slow, timeout=0.3, trust_env=False)
        process.send_signal(ending)
        out, err = process.communicate(timeout=20)
        assert (process.returncode, out, err) == (0, "", "")
    assert list(tmp_path.iterdir()) == []


def test_its_log_is_kept_where_a_file_is_named_and_nothing_else_is(tmp_path: Path) -> None:
    path = tmp_path / "kept" / "log.jsonl"
    for start in range(2):
        with alone(tmp_path, "--log", str(path)) as (_, told):
            client = client_of(told)
            assert client.messages.list() == []
            client.messages.create(to="+12125550123", from_=OURS, body=str(start))
            log = httpx.get(f"{told['control']}/log", trust_env=False).json()
            assert [line["channel"] for line in log if "channel" in line] == ["sms"]
    accepted = [line for line in map(json.loads, path.read_text().splitlines()) if line.get("channel") == "sms"]
    assert len(accepted) == 2
    assert [one.name for one in tmp_path.iterdir()] == ["kept"]


def test_it_is_a_print_house_too(tmp_path: Path, receiver: Receiver) -> None:
    receiver.answers["/lob"] = [Answer(200)]
    with alone(tmp_path, "--lob-webhook-url", f"{receiver.url}/lob") as (_, told):
        letters = f"{httpx.get(told['control'], trust_env=False).json()['letters']}/letters"
        to = {"name": "Ada Example", "address_line1": "1 Example St", "address_city": "Chicago"}
        to |= {"address_state": "IL", "address_zip": "60601", "address_country": "US"}
        form = {f"{side}[{name}]": value for side in ("to", "from") for name, value in to.items()}
        form |= {"color": "false", "use_type": "operational", "metadata[touch]": "tch_1"}
        key = (f"test_{told['auth_token']}", "")
        sent = httpx.post(letters, data=form, files={"file": ("letter.pdf", PDF)}, auth=key, trust_env=False)
        assert sent.status_code == 200, sent.text
        assert httpx.get(f"{letters}/{sent.json()['id']}", auth=key, trust_env=False).json()["id"] == sent.json()["id"]
        assert httpx.get(letters, auth=("test_other", ""), trust_env=False).status_code == 401
        assert [
            line["kind"]
            for line in httpx.get(f"{told['control']}/log", trust_env=False).json()
            if line["channel"] == "letter"
        ][:1] == ["accepted"]
        seen = eventually(lambda: receiver.at("/lob"))[0]
        assert json.loads(seen.body)["event_type"]["id"] == "letter.created"
        assert "lob-signature" in seen.headers


def test_what_it_cannot_start_with_is_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "people.json").write_text("nobody")
    (tmp_path / "file").write_text("")
    for extra in (["--people", "people.json"], ["--log", "file/log.jsonl"]):
        done = subprocess.run(
            [*_COMMAND, "--port", "0", *extra], capture_output=True, text=True, check=False, timeout=60, cwd=tmp_path
        )
        assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1)
        assert done.stderr.startswith("forbear: sandbox cannot ")


def test_a_busy_port_is_told_in_one_line(box: Box) -> None:
    port = box.url.rpartition(":")[2]
    done = subprocess.run([*_COMMAND, "--port", port], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.startswith("forbear: sandbox cannot listen on port")
