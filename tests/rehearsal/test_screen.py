"""What one watches: the world's log counted as it grows, and plain lines where there is no terminal."""

import io
import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from rich.console import Console

from forbear.ledger.census import Count
from forbear.rehearsal.screen import Glance, Screen, WorldCount

NOON = datetime(2026, 10, 27, 16, tzinfo=UTC)
COUNT = Count(open=9, closed=1, held={"POLICY.HOURS": 4, "POLICY.ZONE": 1}, in_flight=0, waiting=0)


def glance(day: int) -> Glance:
    return Glance(NOON, day, 30, 12, {"USD": Decimal("80.50"), "CNY": Decimal("7.00")}, 2, COUNT)


def test_the_worlds_log_is_counted_once_and_a_torn_line_waits(tmp_path: Path) -> None:
    log = tmp_path / "carrier.jsonl"
    world = WorldCount(log)
    world.read()
    lines: list[dict[str, Any]] = [
        {"channel": "sms", "sid": "SM1"},
        {"sid": "SM1", "status": "delivered"},
        {"channel": "sms-in", "kind": "stop"},
        {"channel": "page", "kind": "stop"},
        {"channel": "payment", "amount": "10.25", "currency": "usd", "kind": "payment"},
    ]
    whole = "".join(json.dumps(line) + "\n" for line in lines)
    log.write_text(whole[:-9], encoding="utf-8")
    world.read()
    assert (world.texts, world.stops, world.paid) == (1, 2, {})
    log.write_text(whole, encoding="utf-8")
    world.read()
    world.read()
    assert (world.texts, world.stops, world.paid) == (1, 2, {"USD": Decimal("10.25")})


def test_without_a_terminal_there_is_one_line_a_day() -> None:
    out = io.StringIO()
    with Screen(Console(file=out, width=200)) as screen:
        for day in (1, 1, 2):
            if screen.wants(day, NOON):
                screen.show(glance(day))
    lines = out.getvalue().splitlines()
    assert len(lines) == 2
    assert "texts   12" in lines[0]
    assert "paid 7.00 CNY + 80.50 USD" in lines[0]
    assert "held by POLICY.HOURS 4, POLICY.ZONE 1" in lines[0]


def test_on_a_terminal_it_is_a_table_that_goes_away() -> None:
    out = io.StringIO()
    with Screen(Console(file=out, force_terminal=True, width=100, height=20)) as screen:
        assert screen.wants(1, NOON)
        screen.show(glance(1))
        assert not screen.wants(1, NOON + timedelta(milliseconds=999))
        assert screen.wants(1, NOON + timedelta(seconds=1))
    assert "outside 8 am to 9 pm" in out.getvalue()
