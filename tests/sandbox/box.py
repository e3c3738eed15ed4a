"""A running sandbox for tests, and the application it talks to: a server that writes down what reaches it."""

import json
import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self, TypeVar
from urllib.parse import parse_qsl, urlsplit

import httpx
from requests.adapters import HTTPAdapter
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response as TwilioResponse
from twilio.rest import Client

from forbear.clock import Clock

ACCOUNT = "AC" + "0" * 31 + "1"
AUTH_TOKEN = "sandbox-auth-token"
STRIPE_KEY = "sk_test_sandbox"
WEBHOOK_SECRET = "whsec_sandbox"
SECRETS = {
    "FORBEAR_SANDBOX_AUTH_TOKEN": AUTH_TOKEN,
    "FORBEAR_SANDBOX_STRIPE_KEY": STRIPE_KEY,
    "FORBEAR_SANDBOX_STRIPE_WEBHOOK_SECRET": WEBHOOK_SECRET,
}
OURS = "+12125550199"
MONDAY_MORNING = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
SEED = 7
T = TypeVar("T")


def eventually(ask: Callable[[], T | None], patience: float = 30.0) -> T:
    """Ask until the answer is true; what is never true fails the test."""
    until = time.monotonic() + patience
    while not (answer := ask()):
        assert time.monotonic() < until, "it never happened"
        time.sleep(0.03)
    return answer


@dataclass(frozen=True)
class Seen:
    """One request that reached the application."""

    method: str
    url: str
    headers: dict[str, str]
    body: str
    at: float

    @property
    def path(self) -> str:
        return urlsplit(self.url).path

    @property
    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.body, keep_blank_values=True))


@dataclass(frozen=True)
class Answer:
    status: int = 204
    body: str = ""
    headers: dict[str, str] = field(default_factory=dict[str, str])
    gate: threading.Event | None = None


class Receiver:
    """The application's side of every webhook. `answers` says what a path is answered, in turn."""

    def __init__(self) -> None:
        self.seen: list[Seen] = []
        self.answers: dict[str, list[Answer]] = {}
        self.site: Callable[[Seen], Answer | None] = lambda _seen: None
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def _handle(self) -> None:
                length = int(self.headers.get("Content-Length", 0))
                body = self.rfile.read(length).decode()
                headers = {name.lower(): value for name, value in self.headers.items()}
                seen = Seen(self.command, receiver.url + self.path, headers, body, time.monotonic())
                receiver.seen.append(seen)
                answer = receiver.answer(seen)
                if answer.gate:
                    answer.gate.wait(60)
                self.send_response(answer.status)
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                if answer.status != 204:
                    self.send_header("Content-Length", str(len(answer.body.encode())))
                self.end_headers()
                with suppress(BrokenPipeError):  # whoever asked may have stopped waiting
                    self.wfile.write(answer.body.encode())

            do_GET = _handle  # noqa: N815  the server's own naming
            do_POST = _handle  # noqa: N815  likewise

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  the server's own naming
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def answer(self, seen: Seen) -> Answer:
        queued = self.answers.get(seen.path, [])
        if queued:
            return queued.pop(0)
        return self.site(seen) or Answer()

    def at(self, path: str) -> list[Seen]:
        """What reached a path."""
        return [seen for seen in self.seen if seen.path == path]

    def inbound(self, phone: str) -> list[Seen]:
        """The texts of one person, as the application got them."""
        return [seen for seen in self.at("/inbound") if seen.form["From"] == phone]

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class Box:
    """A sandbox process."""

    def __init__(self, folder: Path, receiver: Receiver, *extra: str, speed: int = 3_600, people: object = ()) -> None:
        self.folder, self.receiver, self.extra = folder, receiver, extra
        self.clock = Clock.starting(MONDAY_MORNING, speed)
        self.log_path = folder / "carrier.jsonl"
        (folder / "people.json").write_text(json.dumps(people))
        self.start()

    def start(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "forbear.sandbox", *self.arguments()],
            env=os.environ | SECRETS,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        ready = re.fullmatch(r"sandbox listening on (http://\S+)\n", self.process.stdout.readline())
        assert ready, "the sandbox did not start"
        self.url = ready.group(1)
        self.control = httpx.Client(base_url=f"{self.url}/_sandbox", trust_env=False, timeout=30)

    def arguments(self) -> list[str]:
        given = {
            "--port": "0",
            "--clock": self.clock.to_json(),
            "--people": str(self.folder / "people.json"),
            "--log": str(self.log_path),
            "--account-sid": ACCOUNT,
            "--stripe-webhook-url": f"{self.receiver.url}/events",
            "--inbound-url": f"{self.receiver.url}/inbound#rc=5&rp=all",
            "--seed": str(SEED),
        }
        return [part for pair in given.items() for part in pair] + list(self.extra)

    def kill(self) -> None:
        self.control.close()
        self.process.kill()
        self._reap()

    def stop(self) -> int:
        """End it as its starter would; the exit code."""
        self.control.close()
        self.process.terminate()
        return self._reap()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Leave no process behind, whatever the test did."""
        if self.process.poll() is None:
            self.kill()

    def _reap(self) -> int:
        code = self.process.wait(30)
        assert self.process.stdout is not None
        self.process.stdout.close()
        return code

    def arm(self, kind: str, **more: object) -> None:
        self.control.post("/faults", json={"kind": kind, **more}).raise_for_status()

    def jump(self, to: datetime) -> None:
        """Put the world's clock forward."""
        self._keep_time(Clock.starting(to, self.clock.speed))

    @contextmanager
    def at_walking_pace(self) -> Generator[None]:
        """Let the world's clock run as the machine's does: what must happen within one day of the world, does."""
        fast = self.clock
        self._keep_time(Clock.starting(fast.now(), 1))
        try:
            yield
        finally:
            self._keep_time(Clock.starting(self.clock.now(), fast.speed))

    def _keep_time(self, clock: Clock) -> None:
        self.clock = clock
        self.control.post("/clock", content=clock.to_json()).raise_for_status()

    def says(self, phone: str, body: str, **more: object) -> str:
        """A person writes to our number; the message's sid."""
        text = {"phone": phone, "to": OURS, "body": body, **more}
        return self.control.post("/inbound", json=text).raise_for_status().json()["sid"]

    def log(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.log_path.read_text().splitlines()]

    def states(self, sid: str) -> list[str]:
        """The statuses the log gives a message, in order."""
        return [line["status"] for line in self.log() if line.get("sid") == sid]


class RoutedHttpClient(TwilioHttpClient):
    """Sends what is meant for twilio.com to the sandbox, and nothing anywhere else."""

    def __init__(self, base: str, timeout: float) -> None:
        super().__init__(timeout=timeout)
        self._base = base
        assert self.session is not None
        self.session.mount("http://", HTTPAdapter(max_retries=0))
        self.session.trust_env = False

    def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> TwilioResponse:
        parts = urlsplit(url)
        host = parts.hostname or ""
        assert host.endswith(".twilio.com")
        query = f"?{parts.query}" if parts.query else ""
        return super().request(method, f"{self._base}/{host.split('.')[0]}{parts.path}{query}", *args, **kwargs)


def twilio_client(base: str, token: str = AUTH_TOKEN, timeout: float = 30.0) -> Client:
    return Client(ACCOUNT, token, http_client=RoutedHttpClient(base, timeout))
