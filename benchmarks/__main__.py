"""`make bench`: how dear the pure rooms are, as ratios to a bare measure taken in the same run.

Absolute times on a shared machine mean little; a ratio to a pass that turns the same instants into local dates does.
Prints a table and writes `var/bench.json`.
"""

import json
import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from forbear.channels.segments import segments
from forbear.rules.engine import check
from forbear.rules.facts import Agreement, Attempt, Debt, Facts, Lender, PastAttempt, Place
from forbear.rules.packs import load

NOW = datetime(2026, 12, 1, 17, tzinfo=UTC)
ROUNDS = 40
RESULTS = Path("var/bench.json")
ZONE = "America/New_York"
GOAL_CHECK = 10.0
"""A permit with 100 past contacts, against turning the same instants into local dates."""


def life(contacts: int) -> tuple[Attempt, Facts]:
    """A person with so many past calls, the latest today."""
    history = tuple(
        PastAttempt(NOW - timedelta(hours=7 * n + 1), "call", "debtor", "no_answer", "m1", "mobile", ("A",))
        for n in range(contacts)
    )
    facts = Facts(
        lender=Lender("third_party_collector"),
        jurisdictions=("US",),
        places=(Place("address", ZONE),),
        agreements=(Agreement("message_consent", channel="sms", at=NOW - timedelta(days=60)),),
        debts=(Debt("A", balance_as_of=NOW - timedelta(hours=8)),),
        history=history,
    )
    return Attempt("call", "debtor", "m1", ("A",), place="mobile"), facts


def seconds(work: Callable[[], object]) -> float:
    """The median of some rounds, after one to warm up."""
    work()
    taken: list[float] = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        work()
        taken.append(time.perf_counter() - begun)
    return statistics.median(taken)


def permit_against_dates(contacts: int) -> float:
    """How many bare passes a permit costs."""
    packs = load()
    attempt, facts = life(contacts)
    zone = ZoneInfo(ZONE)
    bare = seconds(lambda: [past.at.astimezone(zone).date() for past in facts.history])
    return seconds(lambda: check(attempt, facts, packs, NOW)) / bare


def main() -> None:
    rows = {
        "a permit with 100 past contacts / 100 local dates": (permit_against_dates(100), GOAL_CHECK),
        "a permit with 200 past contacts / 200 local dates": (permit_against_dates(200), GOAL_CHECK),
        "counting 160 characters / listing them": (
            seconds(lambda: segments("a" * 160)) / seconds(lambda: list("a" * 160)),
            60.0,
        ),
    }
    for name, (ratio, goal) in rows.items():
        print(f"{name:55} {ratio:8.1f}   goal at most {goal:g}{'' if ratio <= goal else '   NOT MET'}")
    RESULTS.parent.mkdir(exist_ok=True)
    table = {name: {"ratio": round(ratio, 2), "goal": goal} for name, (ratio, goal) in rows.items()}
    RESULTS.write_text(json.dumps(table, indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    main()
