"""Two transactions on purpose: one is held open while another runs into its locks, without waiting by the clock."""

import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Generic, TypeVar

from sqlalchemy import text

from forbear.ledger.engine import Ledger
from forbear.settings import Role

Result = TypeVar("Result")
LOCKED = text("select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'")
LONGEST = 30.0
"""Seconds after which a test is stuck."""


@dataclass
class Running(Generic[Result]):
    """Something that runs in a thread of its own."""

    thread: threading.Thread
    results: list[Result]
    errors: list[BaseException]

    def result(self) -> Result:
        self.thread.join(LONGEST)
        assert not self.thread.is_alive(), "still running: nobody released it"
        if self.errors:
            raise self.errors[0]
        return self.results[0]


def start(work: Callable[[], Result]) -> Running[Result]:
    results, errors = list[Result](), list[BaseException]()

    def run() -> None:
        try:
            results.append(work())
        except BaseException as error:  # noqa: BLE001  raised again where it is waited for
            errors.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    return Running(thread, results, errors)


def until_blocked(ledger: Ledger, role: Role, running: Running[Result]) -> bool:
    """Wait until a transaction of the role waits for a lock, or the work is done; says whether it waits."""
    pause = threading.Event()
    for _ in range(int(LONGEST / 0.01)):
        with ledger.engine(role).connect() as connection:
            if connection.execute(LOCKED).scalar_one():
                return True
        if not running.thread.is_alive():
            return False
        pause.wait(0.01)
    raise AssertionError("neither waiting for a lock nor done")


@contextmanager
def held_open() -> Generator[tuple[threading.Event, threading.Event]]:
    """`(inside, go)`: a transaction sets `inside` when it has its locks and waits for `go`; always released."""
    inside, go = threading.Event(), threading.Event()
    try:
        yield inside, go
    finally:
        go.set()
