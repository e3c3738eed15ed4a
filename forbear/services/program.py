"""A Python program of ours as a service: the API, the sandbox, the worker.

They are built to be killed at any point, so they die with us at once instead of shutting down first.
"""

import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import httpx

import forbear
from forbear.services import processes
from forbear.services.ports import LOOPBACK, require_free

CHECKOUT = Path(forbear.__file__).parents[1]
START_SECONDS = 120.0
"""Importing everything takes seconds when all programs start at once on a small machine."""


@dataclass
class Program:
    """One program.

    Args:
        name: what messages call it.
        arguments: for our interpreter.
        env: the whole environment.
        log: where its output goes.
        ready: whether it does its work by now.
        port: what it listens on, if it does.
        before: what to do right before it starts.
        inherit: handles it keeps open.
    """

    name: str
    arguments: Sequence[str | Path]
    env: Mapping[str, str]
    log: Path
    ready: Callable[[], bool]
    port: int | None = None
    before: Callable[[], None] = field(default=lambda: None)
    inherit: Sequence[int] = ()
    child: processes.Child | None = field(default=None, init=False)

    def start(self) -> None:
        """Launch and wait until it is ready."""
        self.launch()
        self.await_ready()

    def launch(self) -> None:
        if self.port is not None:
            require_free(self.port, self.name)
        self.before()
        self.child = processes.start(
            self.name,
            [sys.executable, *self.arguments],
            log=self.log,
            env=self.env,
            death_signal=signal.SIGKILL,
            cwd=CHECKOUT,
            inherit=self.inherit,
        )

    def await_ready(self) -> None:
        if self.child is not None:
            processes.wait_ready(self.child, self.ready, within=START_SECONDS)

    def stop(self) -> None:
        if self.child is not None:
            self.child.stop()
            self.child = None

    def kill(self) -> None:
        """SIGKILL, as a fault test does."""
        if self.child is not None:
            self.child.kill()


def answers_at(port: int, path: str) -> Callable[[], bool]:
    """Whether a GET succeeds."""

    def ask() -> bool:
        try:
            return httpx.get(f"http://{LOOPBACK}:{port}{path}", timeout=5.0, trust_env=False).is_success
        except httpx.HTTPError:
            return False

    return ask
