"""The end of a rehearsal: let what is under way come to rest, write the record down, have it judged.

The worker stops in a moment in which no touch is under way, then the sandbox's clock is set to a crawl, so that nobody
does anything new while the last webhooks arrive.
"""

import json
import subprocess
import sys
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from forbear.clock import Clock
from forbear.errors import CannotStart
from forbear.ledger import dump
from forbear.ledger.census import Census
from forbear.rehearsal import shelf
from forbear.services.house import House
from forbear.services.processes import poll_until
from forbear.services.program import CHECKOUT

TO_REST_SECONDS = 40.0
"""A busy machine may have fallen behind; a quiet one is at rest at once."""
SURELY_LATE = timedelta(seconds=5)
"""Machine time. An account that is due for longer has not been looked at, so the worker is behind its work."""
JUDGE_SECONDS = 120.0
POSTS = {"post", "push"}
"""The sandbox's errands that carry news to us; what people plan to do next may stay planned."""


class Papers:
    """The files a rehearsal leaves in its folder."""

    def __init__(self, folder: Path) -> None:
        self.world = folder / "carrier.jsonl"
        self.client = folder / "client.jsonl"
        self.staff = folder / "staff.jsonl"
        self.ledger = folder / "ledger.jsonl"
        self.needles = folder / "needles.txt"
        self.verdict = folder / "verdict.json"
        self.summary = folder / "summary.json"
        self.packets = folder / shelf.FOLDER
        self.folder = folder


def settle(house: House, census: Census) -> datetime:
    """Bring the world to rest; returns the world instant at which it was."""

    def at_rest() -> bool:
        due = house.clock.now() - house.clock.world_span(SURELY_LATE)
        try:
            count = census.take()
            return not (count.in_flight or count.waiting or census.late(due))
        except CannotStart:  # the database is being started again
            return False

    poll_until(at_rest, TO_REST_SECONDS)
    house.services["worker"].stop()
    now = house.clock.now()
    with httpx.Client(base_url=house.addresses.sandbox_url, timeout=10.0, trust_env=False) as sandbox:
        crawling = Clock(origin=now, anchor=house.clock.machine_now(), speed=1)
        sandbox.post("/_sandbox/clock", content=crawling.to_json()).raise_for_status()
        poll_until(
            lambda: not POSTS & sandbox.get("/_sandbox/agenda").raise_for_status().json().keys(), TO_REST_SECONDS
        )
    return now


def write_record(house: House, papers: Papers) -> None:
    dump.write(house.settings.database_url_for("migrator"), papers.ledger)


def judge(papers: Papers, now: datetime, logs: Sequence[Path]) -> dict[str, Any]:
    """The verdict of a program that shares no code with us."""
    command = [
        *(sys.executable, "-m", "tests.judge"),
        *("--world", papers.world, "--client", papers.client, "--ledger", papers.ledger),
        *(("--staff", papers.staff) if papers.staff.exists() else ()),
        *(("--packets", papers.packets) if papers.packets.exists() else ()),
        *("--out", papers.verdict, "--now", now.isoformat()),
        *("--needles", papers.needles, "--text", *logs),
    ]
    done = subprocess.run(
        [str(word) for word in command],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        timeout=JUDGE_SECONDS,
        check=False,
    )
    if done.returncode not in {0, 1}:
        raise CannotStart(f"The judge could not judge: {(done.stderr.strip() or 'it said nothing').splitlines()[-1]}")
    return json.loads(papers.verdict.read_text(encoding="utf-8"))
