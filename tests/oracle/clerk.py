"""A slow and plain second reading of the published rules, written from their description and not from the engine.

It shares no code with the engine. Every rule of the person's places is asked at one instant; the earliest instant is
found by asking all of them again, at each instant at which a clock of the person shows an edge of any hours or
midnight, is changed, or at which a consent or a stop begins or ends. Between two of these nothing changes.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from tests.oracle import china, elsewhere, federal, product, states, stops
from tests.oracle.clocks import instant, turns
from tests.oracle.hours import edges
from tests.oracle.life import HOLD, LEGAL_ZONES, Json, Life, Rule

FARTHEST = timedelta(days=400)


@dataclass
class Answer:
    verdict: str
    until: datetime | None
    events: set[str | None]
    """What could lift a block; for good where None is among them."""
    rules: set[str]


def rules(life: Life) -> list[Rule]:
    """Every rule that may bind this attempt at some instant."""
    law = [*china.law(life), *federal.law(life), *stops.law(life), *states.law(life), *elsewhere.law(life)]
    return [*law, *product.limits(life)]


def denying(given: Json, at: datetime) -> set[str]:
    """The rules that deny at an instant, with what was known at the `now` of the case."""
    return {rule.name for rule in rules(Life(given)) if rule.denies(at)}


def answer(given: Json) -> Answer:
    """What a careful clerk would say."""
    life = Life(given)
    asked = rules(life)
    found = [rule for rule in asked if rule.denies(life.now)]
    names = {rule.name for rule in found}
    if not found:
        return Answer("allow", None, set(), names)
    for at in turns(_clocks(life), edges(life), _fixed(life), life.now, life.now + FARTHEST):
        events = {rule.event for rule in found} - {HOLD}
        if events:
            return Answer("block", None, events, names)
        found = [rule for rule in asked if rule.denies(at)]
        if not found:
            return Answer("hold", at, set(), names)
    return Answer("block", None, {None}, names)


def _clocks(life: Life) -> list[ZoneInfo]:
    legal = [ZoneInfo(LEGAL_ZONES[each][0]) for each in life.jurisdictions if each in LEGAL_ZONES]
    return [*life.zones, *legal]


def _fixed(life: Life) -> set[datetime]:
    """When something of the person's own begins or ends."""
    calls = [each for each in life.agreements if each["kind"] == "call_consent"]
    ends = [each["until"] for each in life.stops if each.get("until")]
    return {instant(text) for text in (*ends, *(each[key] for each in calls for key in ("from", "to")))}
