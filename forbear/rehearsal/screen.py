"""What one watches while the month runs: the day, what was sent, what holds whom, what was paid, who said stop.

On a terminal a small table in place; elsewhere one plain line a world day, so that a log stays readable.
"""

import json
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Self

from rich.console import Console
from rich.live import Live
from rich.table import Table

from forbear.ledger.census import Count
from forbear.rehearsal.lenders import UNION
from forbear.rehearsal.words import words

MOST_RULES = 4
LOOK_EVERY = timedelta(seconds=1)
"""Machine time."""
Sums = dict[str, Decimal]
"""Amounts by currency; two currencies are never added."""


def add(sums: Sums, currency: str, amount: Decimal) -> None:
    sums[currency] = sums.get(currency, Decimal(0)) + amount


@dataclass(slots=True)
class WorldCount:
    """Counts the world's log as it grows, reading each line once."""

    path: Path
    texts: int = 0
    stops: int = 0
    paid: Sums = field(default_factory=Sums)
    said: Counter[str] = field(default_factory=Counter[str])
    _read: int = 0

    def read(self) -> None:
        """Take in the lines written since the last look; a line half written waits for the next."""
        if not self.path.exists():
            return
        with self.path.open("rb") as file:
            file.seek(self._read)
            news = file.read()
        whole = news[: news.rfind(b"\n") + 1]
        self._read += len(whole)
        for line in whole.splitlines():
            self._count(json.loads(line))

    def _count(self, line: dict[str, str]) -> None:
        channel, kind = line.get("channel"), line.get("kind", "")
        if channel == "sms":
            self.texts += 1
        elif channel == "payment":
            add(self.paid, line["currency"].upper(), Decimal(line["amount"]))
        elif channel in {"sms-in", "page"}:
            self.said[kind] += 1
            self.stops += kind == "stop"


@dataclass(frozen=True, slots=True)
class Glance:
    """One moment of the month."""

    now: datetime
    day: int
    days: int
    texts: int
    paid: Sums
    stops: int
    count: Count


class Screen:
    """Shows glances until it is closed."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._live = Live(console=console, refresh_per_second=4, transient=True) if console.is_terminal else None
        self._day = -1
        self._looked: datetime | None = None

    def __enter__(self) -> Self:
        if self._live:
            self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._live:
            self._live.stop()

    def wants(self, day: int, machine_now: datetime) -> bool:
        """Whether to look again: every second on a terminal, else once a day. Looking costs queries."""
        if self._live is None:
            return day != self._day
        if self._looked is not None and machine_now - self._looked < LOOK_EVERY:
            return False
        self._looked = machine_now
        return True

    def show(self, glance: Glance) -> None:
        if self._live:
            self._live.update(_table(glance))
        else:
            self._console.print(_line(glance), markup=False)
        self._day = glance.day


def _money(sums: Sums) -> str:
    return " + ".join(f"{amount:,.2f} {currency}" for currency, amount in sorted(sums.items())) or "nothing"


def _held(glance: Glance) -> list[tuple[str, int]]:
    return Counter(glance.count.held).most_common(MOST_RULES)


def _line(glance: Glance) -> str:
    held = ", ".join(f"{rule} {count}" for rule, count in _held(glance)) or "nothing"
    return (
        f"day {glance.day:2d}  {glance.now.astimezone(UNION.zone):%a %d %b}  texts {glance.texts:4d}  "
        f"paid {_money(glance.paid)}  stops {glance.stops:2d}  open {glance.count.open:3d}  held by {held}"
    )


def _table(glance: Glance) -> Table:
    table = Table.grid(padding=(0, 3))
    local = glance.now.astimezone(UNION.zone)
    table.add_row("[bold]day[/]", f"[bold]{glance.day} of {glance.days}[/]  {local:%a %d %b %Y %H:%M} in New York")
    table.add_row("texts sent", str(glance.texts))
    table.add_row("paid", _money(glance.paid))
    table.add_row("said stop", str(glance.stops))
    table.add_row("accounts", f"{glance.count.open} open, {glance.count.closed} closed")
    for index, (rule, count) in enumerate(_held(glance)):
        table.add_row("held by" if index == 0 else "", f"{count:3d}  {words().of('rule', rule)} [dim]({rule})[/]")
    return table
