"""One box, our API before it and our worker behind it: a batch of cases is played together, and judged when all is at rest.

The world's time stands still but for `move_on`; the box's own runs a little faster than the machine's, so that texts and
calls come to their end. The API knows the machine's real time, by which the box signs.
"""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final, cast

import pytest
from pydantic import SecretStr
from temporalio.testing import ActivityEnvironment

from activities.contact import ContactActivities
from activities.upkeep import UpkeepActivities
from forbear.api.app import create_app
from forbear.clock import Clock
from forbear.contracts.decision import UpkeepReport
from forbear.ledger.engine import Ledger
from forbear.ledger.following import FollowingBook
from forbear.ledger.letter_rounds import LetterRoundsBook
from forbear.services.ports import free_port
from forbear.settings import Settings
from tests.api.pages.served import served
from tests.conftest import Hands
from tests.ledger.house import PACKS
from tests.matrix.judging import accepted
from tests.matrix.office import Office, Played
from tests.matrix.sending import SHORT, Task, WaysOut, to_json
from tests.post.box import KEY
from tests.post.box import SECRET as LOB_SECRET
from tests.sandbox.box import ACCOUNT, AUTH_TOKEN, SECRETS, Receiver
from tests.sandbox.domestic import KEY_ID, PUSHES, SECRET, DomesticBox

START = datetime(2026, 3, 3, 1, 30, tzinfo=UTC)
"""Monday 17:30 by the Pacific, Tuesday 09:30 in Beijing."""
SPEED: Final = 60
A_DAY, A_WEEK = timedelta(days=1), timedelta(days=7)
UNDER_WAY: Final = {"post", "push", "post_event", "call_fetch", "call_turn"}
"""Errands of the box that tell us something, or ask."""


class Killable:
    """The process that forks workers which die."""

    def __init__(self, settings: Settings, folder: Path) -> None:
        given = folder / "settings.json"
        given.write_text(to_json(settings), "utf-8")
        self.said = folder / "workers.log"
        self._log = self.said.open("wb")
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.matrix.sending", str(given)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
        )
        self._lock = threading.Condition()
        self._children: dict[str, int] = {}
        self._ended: dict[int, int] = {}
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            told = json.loads(line)
            with self._lock:
                if "ended" in told:
                    self._ended[told["ended"]] = told["status"]
                else:
                    self._children[told["touch"]] = told["child"]
                self._lock.notify_all()

    def begin(self, task: Task) -> int:
        """The id of a process that works on the task."""
        assert self._process.stdin is not None
        with self._lock:
            self._process.stdin.write(task.to_json() + "\n")
            self._process.stdin.flush()
            assert self._lock.wait_for(lambda: task.touch in self._children, 60), "no worker was started"
            return self._children[task.touch]

    def buried(self, child: int) -> int:
        """By which signal a worker ended; 0 where by none."""
        with self._lock:
            assert self._lock.wait_for(lambda: child in self._ended, 60), "a worker did not die"
            return os.WTERMSIG(self._ended[child])

    def kill(self, child: int) -> None:
        os.kill(child, signal.SIGKILL)

    def close(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(30)
        self._reader.join(10)
        self._log.close()


class _Address:
    """Our API where a test's receiver would be."""

    def __init__(self, url: str) -> None:
        self.url = url


class _NobodyWrites:
    def ears(self) -> list[object]:
        return []


@dataclass
class _Site:
    app: Any


@dataclass
class World:
    """Everything that runs."""

    settings: Settings
    hands: Hands
    office: Office
    box: DomesticBox
    api: Ledger
    workers: Killable

    def __post_init__(self) -> None:
        ledger = self.office.here.ledger
        self.clock = ledger.clock
        self.ways = WaysOut(self.settings, self.clock, SHORT)
        self.contact = ContactActivities(self.office.here.touching(), self.ways.by_channel, self.clock)
        self.upkeep = UpkeepActivities(
            self.office.here.upkeeping(),
            {"sms": self.ways.texts, "call": self.ways.calls, "letter": self.ways.post},
            _NobodyWrites(),  # pyright: ignore[reportArgumentType]  has no ears, so nothing else is asked of it
            self.ways.texts,
            follow=FollowingBook(ledger),
            fates=self.ways.texts,
            letters=LetterRoundsBook(ledger, self.ways.post.routes, PACKS),
            post=self.ways.post,
        )

    def move_on(self, span: timedelta) -> None:
        """Let the world's time go by, for us and for the box."""
        self.hands.advance(span)
        self.api.clock = Clock.starting(self.clock.now(), 1)
        left = span
        while left > timedelta(0):  # a day at a time: what happens in between has its own
            self.box.jump(self.box.clock.now() + min(left, A_DAY))
            left -= A_DAY
            self.box.control.get("/health").raise_for_status()

    @contextmanager
    def one_afternoon(self) -> Generator[None]:
        """A new Monday afternoon by the Pacific, at which we and the box have the same time, and time goes slowly."""
        now = max(self.clock.now(), self.box.clock.now())
        weeks = (now - START) // A_WEEK + 1
        self.move_on(START + weeks * A_WEEK - self.clock.now())
        self.box.jump(self.clock.now())
        with self.box.at_walking_pace():
            yield

    def look_after(self) -> UpkeepReport:
        report: UpkeepReport = ActivityEnvironment().run(self.upkeep.look_after)
        assert report.failed == 0, report
        return report

    def quiet(self) -> None:
        """Until the box has nothing on its way to us."""
        until = time.monotonic() + 90
        while left := {kind: n for kind, n in self._due().items() if kind in UNDER_WAY}:
            assert time.monotonic() < until, f"the box never came to rest: {left}"
            time.sleep(0.1)

    def log(self) -> list[dict[str, Any]]:
        """What the world wrote down: the box its journal, and the own print room what lies on its shelves."""
        laid = (self.settings.data / "print-room").glob("*/tch_*/manifest.json")
        return [*self.box.log(), *({"channel": "letter", "kind": "accepted", "ref": each.parent.name} for each in laid)]

    def accepted(self, one: Played) -> int:
        return accepted(self.log(), one.touch)

    def said(self) -> str:
        """What the workers that die have logged."""
        return self.workers.said.read_text("utf-8", "replace")

    def _due(self) -> dict[str, int]:
        return self.box.control.get("/agenda").raise_for_status().json()


def _with_box(settings: Settings, box: DomesticBox) -> Settings:
    return settings.model_copy(
        update={
            "sandbox": True,
            "twilio_account_sid": ACCOUNT,
            "twilio_base": box.url,
            "aliyun_access_key_id": KEY_ID,
            "aliyun_access_key_secret": SecretStr(SECRET),
            "aliyun_endpoint": box.url.removeprefix("http://"),
            "lob_key": SecretStr(KEY),
            "lob_base": f"{box.url}/lob/v1",
        }
    )


@contextmanager
def opened(database: Settings, folder: Path) -> Generator[World]:
    """A world at its start."""
    port, machine = free_port(), datetime.now(UTC)
    public = f"http://127.0.0.1:{port}"
    secret = SecretStr(PUSHES.rpartition("/")[2])
    settings = database.model_copy(
        update={
            "public_url": public,
            "twilio_auth_token": SecretStr(AUTH_TOKEN),
            "lob_webhook_secret": SecretStr(LOB_SECRET),
            "aliyun_push_secret": secret,
        }
    )
    hands = Hands(machine)
    clock = Clock(origin=START, anchor=machine, speed=1, source=hands)
    with ExitStack() as stack:
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        patch.setitem(SECRETS, "FORBEAR_SANDBOX_LOB_KEY", KEY)
        patch.setitem(SECRETS, "FORBEAR_SANDBOX_LOB_WEBHOOK_SECRET", LOB_SECRET)
        app = create_app(settings)
        api = stack.enter_context(Ledger.open(settings, pool=8, clock=Clock.starting(START, 1)))
        app.state.ledger = api
        stack.enter_context(served(cast("Any", _Site(app)), port))
        lob = ("--lob-webhook-url", f"{public}/hooks/lob", "--returned-share", "0")
        box = DomesticBox(folder, cast("Receiver", _Address(public)), *lob, speed=SPEED)
        stack.enter_context(box)
        box.jump(START)
        settings = _with_box(settings, box)
        office = Office(settings, clock)
        stack.callback(office.close)
        workers = Killable(settings, folder)
        stack.callback(workers.close)
        yield World(settings, hands, office, box, api, workers)
