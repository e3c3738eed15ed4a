"""A permit against a bare pass that turns the same instants into local dates: how dear the rules are.

All packs that bind a New Yorker are asked at once, and every contact lies in the longest window that they count; older
ones must cost next to nothing.
"""

import statistics
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from benchmarks.figure import Figure, costs, in_turns, seconds
from benchmarks.sizes import Sizes
from forbear.calendars import for_packs
from forbear.rules.engine import check
from forbear.rules.facts import Agreement, Attempt, Debt, Facts, Lender, PastAttempt, Place, Result
from forbear.rules.packs import Packs, load

NOW = datetime(2026, 12, 1, 17, tzinfo=UTC)
ZONE = "America/New_York"
STACK = ("US", "US-NY", "US-NYC")
RESULTS: tuple[Result, ...] = ("no_answer", "busy", "voicemail_left", "connected", "machine_no_message", "wrong_party")
WINDOW_DAYS = 7
GOAL = 10.0
GOAL_OF_A_LONG_LIFE = 2.0
MICROSECONDS = 1_000_000


def life(contacts: int, packs: Packs, older: int = 0) -> tuple[Attempt, Facts]:
    """A person with so many past calls in the last days, the latest an hour ago, and so many before."""
    apart = timedelta(days=WINDOW_DAYS - 1) / contacts
    recent = (_past(n, NOW - timedelta(hours=1) - n * apart) for n in range(contacts))
    long_ago = (_past(n, NOW - timedelta(days=40 + n)) for n in range(older))
    facts = Facts(
        lender=Lender("third_party_collector"),
        jurisdictions=STACK,
        places=(Place("address", ZONE),),
        agreements=(Agreement("message_consent", channel="sms", at=NOW - timedelta(days=60)),),
        debts=(Debt("A", balance_as_of=NOW - timedelta(hours=8)),),
        history=(*recent, *long_ago),
        calendars=for_packs(packs, STACK, NOW.date()),
    )
    return Attempt("call", "debtor", "m1", ("A",), place="mobile"), facts


def _past(n: int, at: datetime) -> PastAttempt:
    result = RESULTS[n % len(RESULTS)]
    return PastAttempt(at, "call", "debtor", result, "m1", "mobile", ("A",), ref=f"tch_{n}")


def measure(sizes: Sizes) -> list[Figure]:
    packs = load()
    return [*(_permit(sizes, packs, contacts) for contacts in (100, 200)), _long_life(sizes, packs)]


def _permit(sizes: Sizes, packs: Packs, contacts: int) -> Figure:
    (attempt, facts), zone = life(contacts, packs), ZoneInfo(ZONE)
    ours = _median(lambda: check(attempt, facts, packs, NOW), sizes.rounds)
    bare = _median(lambda: [past.at.astimezone(zone).date() for past in facts.history], sizes.rounds)
    name = f"a permit with {contacts} past contacts / {contacts} local dates"
    return costs(name, "µs", *in_turns(ours, bare, sizes.slices), GOAL)


def _long_life(sizes: Sizes, packs: Packs) -> Figure:
    attempt, facts = life(100, packs, older=900)
    _, young = life(100, packs)
    ours = _median(lambda: check(attempt, facts, packs, NOW), sizes.rounds)
    least = _median(lambda: check(attempt, young, packs, NOW), sizes.rounds)
    name = "a permit with 900 older contacts besides / with the 100 alone"
    return costs(name, "µs", *in_turns(ours, least, sizes.slices), GOAL_OF_A_LONG_LIFE)


def _median(work: Callable[[], object], rounds: int) -> Callable[[], float]:
    """Microseconds of one pass, after one to warm up."""

    def measured() -> float:
        work()
        return statistics.median(seconds(work) for _ in range(rounds)) * MICROSECONDS

    return measured
