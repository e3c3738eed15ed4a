"""Random lives as the `given` of cases: one to three people with one to three debts, and several attempts at each.

Days on which a clock or a rule changes are drawn more often than they come, and so are the first and last seconds of
windows and of days.
"""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from tests.oracle import contacts, misfortunes
from tests.oracle.dice import Dice, throw
from tests.oracle.worlds import EVERYWHERE, World

Json = dict[str, Any]

ROLES = ("third_party_collector", "licensed_agency", "debt_buyer", "original_creditor")
KINDS = ("credit_card", "personal_loan", "medical", "microfinance", "mortgage", "other")
PAST_DUE = (40, 10, 15, 16, 0, 120)
EDGES = (6, 7, 7.5, 8, 9, 17, 18, 19, 21, 22, 0, 0, 1.5, 2.5, 3)
GUARDS = (0, 0, 0, 60, 900, 1)
PLACES = ("address", "area_code_mobile", "area_code_landline", "last_known", "address", "stated")
OWN_LIMITS: tuple[Json, ...] = (
    {"product": True},
    {"product": True},
    {"open": "09:00", "close": "18:00"},
    {"contacts_in_7_days": 5},
    {"contacts_in_7_days": 2, "sms_in_7_days": 1},
    {"sms_a_day": 1, "open": "07:00", "close": "22:30"},
)


def an_instant(dice: Dice, day: date, zones: tuple[str, ...], guard: int) -> datetime:
    """On this day or the next, mostly at an edge of a window by one of the clocks, or a second from it."""
    if dice.below(3) == 2:
        return datetime.combine(day, time(), UTC) + timedelta(seconds=dice.below(86_400))
    wall = datetime.combine(day, time()) + timedelta(hours=dice.one(EDGES))
    if guard:
        wall += timedelta(seconds=guard * (dice.below(3) - 1))
    return wall.replace(tzinfo=ZoneInfo(dice.one(zones)), fold=dice.below(2)).astimezone(UTC) - timedelta(
        seconds=dice.below(2)
    )


@st.composite
def people(draw: DrawFn, worlds: tuple[World, ...] = EVERYWHERE, *, product: bool | None = None) -> list[Json]:
    """The cases of one person: the same past and the same debts, asked for one to six attempts."""
    dice = throw(draw)
    world = dice.one(worlds)
    zones = tuple(dice.some(world.zones[:3]) if dice.in_(3) else [dice.one(world.zones)])
    base = an_instant(dice, dice.one(world.days) + timedelta(days=dice.below(10) - 6), zones, 0)
    debts = _debts(throw(draw))
    habit = contacts.a_habit(throw(draw), debts)
    policy = _policy(throw(draw), product=product)
    person, suppressions = _person(draw, world, zones, base, debts)
    if set(policy) != {"guard_seconds"}:
        person["suppressions"] = suppressions
    given: Json = {
        "policy": policy,
        "lender": {"role": dice.one(ROLES), "kind": "bank"},
        "person": person,
        "history": contacts.histories(draw, habit, base, debts),
    }
    later = draw(st.lists(st.integers(0, 2**40), min_size=1, max_size=6))
    return [
        _asked(Dice(number), throw(draw), given, debts=debts, habit=habit, base=base, zones=zones) for number in later
    ]


def _asked(
    dice: Dice,
    about: Dice,
    given: Json,
    *,
    debts: list[Json],
    habit: Json,
    base: datetime,
    zones: tuple[str, ...],
) -> Json:
    guard = given["policy"]["guard_seconds"]
    now = base if dice.in_(3) else an_instant(dice, base.date() + timedelta(days=dice.below(3)), zones, guard)
    now = max(now, base)
    ages = (0, 3600, 3 * 86_400, 3 * 86_400 + 1) if dice.in_(6) else (0, 7200)
    known = [debt | {"balance_as_of": (now - timedelta(seconds=dice.one(ages))).isoformat()} for debt in debts]
    product = set(given["policy"]) != {"guard_seconds"}
    return given | {
        "now": now.isoformat(),
        "debts": known if product else debts,
        "attempt": contacts.an_attempt(about, habit, debts),
    }


def _debts(dice: Dice) -> list[Json]:
    return [
        {"id": name, "kind": dice.one(KINDS), "days_past_due": dice.one(PAST_DUE)}
        for name in "ABC"[: 1 + dice.below(3)]
    ]


def _policy(dice: Dice, *, product: bool | None) -> Json:
    policy: Json = {"guard_seconds": dice.one(GUARDS)}
    limited = dice.below(5) < 2 if product is None else product
    return policy | dice.one(OWN_LIMITS) if limited else policy


def _person(
    draw: DrawFn, world: World, zones: tuple[str, ...], base: datetime, debts: list[Json]
) -> tuple[Json, list[Json]]:
    dice = throw(draw)
    named = () if world.placeless and dice.in_(4) else zones
    stops, events, suppressions = misfortunes.of(draw, base, [debt["id"] for debt in debts])
    return {
        "jurisdictions": list(world.jurisdictions),
        "places": [{"kind": dice.one(PLACES), "zone": zone} for zone in named],
        "stops": stops,
        "agreements": misfortunes.agreements(draw, base),
        "events": events,
    }, suppressions


def lives(worlds: tuple[World, ...] = EVERYWHERE, *, product: bool | None = None) -> st.SearchStrategy[list[Json]]:
    """All cases of one to three people."""
    some = st.lists(people(worlds, product=product), min_size=1, max_size=3)
    return some.map(lambda cases: [case for one in cases for case in one])
