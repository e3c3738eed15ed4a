"""What is printed at the end, and what happens when one of the back offices fails."""

import io
import threading
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import pytest
from rich.console import Console

from forbear.rehearsal import back_offices, saying
from forbear.rehearsal.demo import ORIGIN
from forbear.rehearsal.lenders import BANK, LENDERS, UNION, Creditor
from forbear.rehearsal.office import Office
from forbear.rehearsal.story import Read

PART: dict[str, Any] = {"accounts": 2, "touches": {"sms": 3}, "paid_accounts": 1, "open_accounts": 1}
SUMMARY: dict[str, Any] = {
    "days": 30,
    "accounts": 4,
    "persons": 3,
    "touches": {"sms": 6, "call": 3},
    "ends": {"sms": {"delivered": 6}, "call": {"answered": 2, "refused": 1}, "letter": {}, "visit": {}},
    "seconds": 376.2,
    "suppressed": 1,
    "held": {"ROUTE.NONE": 2},
    "violations": 0,
    "duplicates": 0,
    "lost": 0,
    "history_events_per_touch": 13.5,
    "lenders": [
        {"name": UNION.name, "collected": {"USD": "10.00"}, **PART},
        {"name": BANK.name, "collected": {}, **PART},
    ],
}
VIEW: dict[str, Any] = {
    "id": "acc_x",
    "product": "示例信用卡",
    "stage": "M1",
    "closed": None,
    "next": {"at": (ORIGIN + timedelta(days=9)).isoformat(), "reason": "No route reaches it.", "rule": "ROUTE.NONE"},
}


def test_each_lender_has_its_line_and_each_story_its_lender() -> None:
    out = io.StringIO()
    read = [Read(BANK, VIEW, [], quiet=True)]
    saying.say(Console(file=out, width=200), Path("var/demo"), SUMMARY, read, [Path("a.html"), Path("b.html")])
    said = out.getvalue()
    assert "4 accounts of 3 people, in 376 seconds" in said
    assert "  6 texts: delivered 6\n  3 calls: answered 2, answered and refused 1\n  0 letters\n  0 visits\n" in said
    assert f"{UNION.name}: 2 accounts, 3 texts, collected 10.00 USD; 1 paid in full, 1 open" in said
    assert f"{BANK.name}: 2 accounts, 3 texts, collected nothing" in said
    assert f"Why was nothing sent: acc_x ({BANK.name}, 示例信用卡, M1)" in said
    assert "Report: a.html, b.html" in said


class Idle:
    """An office that does nothing until it is stopped."""

    def __init__(self, lender: Creditor) -> None:
        self.lender = lender
        self.name = lender.name
        self.stopped = threading.Event()

    def stop(self) -> None:
        self.stopped.set()


def test_the_failure_of_one_office_is_the_rehearsals_and_the_other_is_stopped() -> None:
    offices = [Idle(lender) for lender in LENDERS]

    def work(office: Office) -> None:
        if office.lender is BANK:
            raise RuntimeError("the bank's books are gone")
        cast("Idle", office).stopped.wait(30)

    def watch() -> None:
        with back_offices.at_work(cast("list[Office]", offices), work) as failed:
            while not failed:
                offices[0].stopped.wait(0.01)

    with pytest.raises(RuntimeError, match="books are gone"):
        watch()
    assert all(office.stopped.is_set() for office in offices)
