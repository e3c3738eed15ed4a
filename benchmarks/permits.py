"""A permit against a bare pass that turns the same instants into local dates: how dear the rules are."""

import statistics
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from benchmarks.figure import Figure, costs, in_turns, seconds
from benchmarks.sizes import Sizes
from forbear.rules.engine import check
from forbear.rules.facts import Agreement, Attempt, Debt, Facts, Lender, PastAttempt, Place
from forbear.rules.packs import load

NOW = datetime(2026, 12, 1, 17, tzinfo=UTC)
ZONE = "America/New_York"
GOAL = 10.0
MICROSECONDS = 1_000_000


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


def measure(sizes: Sizes) -> list[Figure]:
    return [_permit(sizes, contacts) for contacts in (100, 200)]


def _permit(sizes: Sizes, contacts: int) -> Figure:
    packs, (attempt, facts), zone = load(), life(contacts), ZoneInfo(ZONE)
    ours = _median(lambda: check(attempt, facts, packs, NOW), sizes.rounds)
    bare = _median(lambda: [past.at.astimezone(zone).date() for past in facts.history], sizes.rounds)
    name = f"a permit with {contacts} past contacts / {contacts} local dates"
    return costs(name, "µs", *in_turns(ours, bare, sizes.slices), GOAL)


def _median(work: Callable[[], object], rounds: int) -> Callable[[], float]:
    """Microseconds of one pass, after one to warm up."""

    def measured() -> float:
        work()
        return statistics.median(seconds(work) for _ in range(rounds)) * MICROSECONDS

    return measured
