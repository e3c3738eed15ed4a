"""`forbear sandbox`: the box alone, told in one line."""

import json
import subprocess
import sys
from pathlib import Path

import httpx
from twilio.rest import Client

from tests.sandbox.box import OURS, Box, RoutedHttpClient

_COMMAND = [sys.executable, "-c", "from forbear.cli import main; main()", "sandbox"]


def test_the_box_alone_serves_with_credentials_of_its_own(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [*_COMMAND, "--port", "0", "--speed", "600"], stdout=subprocess.PIPE, text=True, cwd=tmp_path
    )
    try:
        assert process.stdout is not None
        told = json.loads(process.stdout.readline())
        assert set(told) == {"carrier", "account_sid", "auth_token", "control"}
        assert told["carrier"].endswith("/api")
        base = told["carrier"].removesuffix("/api")
        client = Client(told["account_sid"], told["auth_token"], http_client=RoutedHttpClient(base, 30.0))
        assert client.messages.create(to="+12125550123", from_=OURS, body="Hello").status == "queued"
        assert client.calls.create(to="+12125550123", from_=OURS, twiml="<Response/>").status == "queued"
        assert httpx.get(f"{told['control']}/health", trust_env=False).json()["status"] == "ok"
        process.terminate()
        assert process.stdout.read() == ""
        assert process.wait(20) == 0
    finally:
        process.kill()
        process.wait(20)
        if process.stdout is not None:
            process.stdout.close()
    assert list(tmp_path.iterdir()) == []


def test_a_busy_port_is_told_in_one_line(box: Box) -> None:
    port = box.url.rpartition(":")[2]
    done = subprocess.run([*_COMMAND, "--port", port], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.startswith("forbear: sandbox cannot listen on port")
