"""Weighs an attempt while calls are under way, which may end either way: as conversations, or as calls nobody took.

Each of the two is a past of its own, in which such a call counts once, and what either of them denies is denied. No
limit counts more in any mixture of the two than in one of them. Pure.
"""

from collections.abc import Sequence
from datetime import UTC, datetime

from forbear.cadence.counting import UNDER_WAY, counts_as
from forbear.cadence.life import Life, PastTouch, Person
from forbear.cadence.translate import to_facts
from forbear.rules.engine import check
from forbear.rules.facts import Attempt, Facts, Permit
from forbear.rules.packs import Packs

SEVERITY = {"allow": 0, "hold": 1, "block": 2}


def readings(life: Life, person: Person, now: datetime, *, contacts_in_7_days: int) -> tuple[Facts, ...]:
    """What is known of a person, with the calls under way as conversations; then, where there are any, as missed."""
    spoken = to_facts(life, person, now, contacts_in_7_days=contacts_in_7_days)
    if not any(_is_under_way(touch) for each in (person, *life.persons) for touch in each.history):
        return (spoken,)
    return spoken, to_facts(life, person, now, contacts_in_7_days=contacts_in_7_days, missed=True)


def weigh(attempt: Attempt, facts: Sequence[Facts], packs: Packs, now: datetime) -> tuple[Permit, Facts]:
    """The strictest permit of all readings, with the facts that it rests on; the first of those equally strict."""
    weighed = [(check(attempt, each, packs, now), each) for each in facts]
    return max(weighed, key=lambda each: _strictness(each[0]))


def _is_under_way(touch: PastTouch) -> bool:
    return touch.channel == "call" and not touch.result and counts_as(touch.channel, touch.state) == UNDER_WAY


def _strictness(permit: Permit) -> tuple[int, datetime]:
    return SEVERITY[permit.verdict], permit.until or datetime.min.replace(tzinfo=UTC)
