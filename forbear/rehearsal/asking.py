"""How the back office talks to the API: each call under a key of its own, and again under the same in an outage."""

import json
import threading
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, TypeVar

import httpx

from forbear.clock import Clock
from forbear.errors import CannotStart, ForbearError

Answer = TypeVar("Answer")
PATIENCE = timedelta(seconds=60)
"""Machine time to wait out an outage."""
PAUSE_SECONDS = 0.25


class Unavailable(Exception):
    """Nobody could answer just now."""


class Refused(ForbearError):
    """The API said no to something the back office may do."""


class Asking:
    """One lender's line to the API."""

    def __init__(self, client: httpx.Client, clock: Clock) -> None:
        self._client, self._clock = client, clock
        self._pause = threading.Event()

    def get(self, path: str, **query: str) -> dict[str, Any]:
        return self.patiently(lambda: _read(self._client.get(path, params=query)))

    def post(self, path: str, key: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Post under a key; after a lost answer or an outage it is asked for again under the same one."""
        headers = {"Idempotency-Key": key}
        return self.patiently(lambda: _read(self._client.post(path, json=body, headers=headers)))

    def send(self, path: str, key: str, content: bytes, kind: str) -> dict[str, Any]:
        """Post a file as it is."""
        headers = {"Idempotency-Key": key, "Content-Type": kind}
        return self.patiently(lambda: _read(self._client.post(path, content=content, headers=headers)))

    def upload(self, path: str, key: str, told: Mapping[str, str], file: tuple[str, bytes, str]) -> dict[str, Any]:
        """Post a form with one file: its name, its bytes and their kind."""
        headers = {"Idempotency-Key": key}
        return self.patiently(
            lambda: _read(self._client.post(path, data=dict(told), files={"file": file}, headers=headers))
        )

    def lines(self, path: str) -> list[dict[str, Any]]:
        """What an address tells line by line."""
        told = self.patiently(lambda: _checked(self._client.get(path)).text)
        return [json.loads(line) for line in told.splitlines()]

    def until(self, look: Callable[[], dict[str, Any]], over: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """Look again and again until it is over."""
        while not over(told := look()):
            self._pause.wait(PAUSE_SECONDS)
        return told

    def patiently(self, ask: Callable[[], Answer]) -> Answer:
        """Ask again and again while nobody can answer; a refusal is final."""
        deadline = self._clock.machine_now() + PATIENCE
        while True:
            try:
                return ask()
            except (httpx.TransportError, Unavailable, CannotStart) as error:
                if self._clock.machine_now() > deadline:
                    raise CannotStart(f"The back office got no answer for {PATIENCE.seconds} s: {error}") from None
                self._pause.wait(PAUSE_SECONDS)


def _read(answer: httpx.Response) -> dict[str, Any]:
    return _checked(answer).json()


def _checked(answer: httpx.Response) -> httpx.Response:
    if answer.is_success:
        return answer
    problem = answer.json() if answer.headers.get("content-type", "").startswith("application/") else {}
    said = f"{answer.status_code} to {answer.request.method} {answer.request.url.path}: {problem.get('detail')}"
    if answer.is_server_error or problem.get("code") == "in_progress":
        raise Unavailable(said)
    raise Refused(f"The API answered {said}")
