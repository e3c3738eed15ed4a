"""A slow and plain second reading of China's rules, alone or together with those of the United States.

As in `united_states`, every rule is asked at one instant and the clock is walked in quarter hours. China has one
clock; the product's own limits are read by that one and by every other that the person's places name.
"""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from tests.oracle import united_states as us

Json = dict[str, Any]

BEIJING = ZoneInfo("Asia/Shanghai")
CHINESE_CLOCKS = {"Asia/Shanghai", "Asia/Urumqi"}
STANDARD = date(2025, 2, 28)
GUIDELINE = date(2026, 1, 30)


def answer(given: Json) -> us.Answer:
    """What a careful clerk in Beijing would say."""
    return us.walk(given, denials)


def denials(given: Json, at: datetime) -> Iterator[tuple[str, str | None]]:
    """Every rule that denies at one instant: its id, and HOLD, or the event that lifts it, or None for good."""
    life = us.Life(given)
    elsewhere = [zone for zone in life.zones if zone.key not in CHINESE_CLOCKS]
    life.product_zones = [BEIJING, *elsewhere]
    life.product_hours = elsewhere
    today = at.astimezone(BEIJING).date()
    if today >= STANDARD:
        yield from _standard(life, at, today)
    if today >= GUIDELINE:
        yield from _guideline(life, at, today)
    if "US" in given["person"]["jurisdictions"]:
        yield from us.law(life, at)
    yield from us.product(life, at)


def _standard(life: us.Life, at: datetime, today: date) -> Iterator[tuple[str, str | None]]:
    attempt = life.attempt
    if us.has_hours(life) and us.outside(life, at, "08:00", "22:00", [BEIJING]):
        yield "CN.HOURS.GBT", us.HOLD
    if attempt["channel"] == "call" and attempt["party"] in {"debtor", "co_debtor"}:
        talks = [past for past in _calls(life) if past["party"] == attempt["party"] and past["result"] == "connected"]
        if _on(talks, today) >= 3:
            yield "CN.FREQ.GBT.CALL3", us.HOLD
    refused = any(stop["kind"] == "refused_as_third_person" and stop["to"] == attempt["to"] for stop in life.stops)
    if refused or (attempt["party"] == "contact" and attempt["purpose"] != "relay"):
        yield "CN.THIRD.GBT", None


def _guideline(life: us.Life, at: datetime, today: date) -> Iterator[tuple[str, str | None]]:
    attempt = life.attempt
    by_text = attempt["channel"] == "sms"
    if us.has_hours(life) and not by_text and us.outside(life, at, "08:00", "22:00", [BEIJING]):
        yield "CN.HOURS.CBA", us.HOLD
    if attempt["channel"] == "call" and not life.to_lawyer:
        rang = [
            past
            for past in _calls(life)
            if past["to"] == attempt["to"] and past["party"] != "attorney" and past["result"] in {"no_answer", "busy"}
        ]
        if _on(rang, today) >= 6:
            yield "CN.FREQ.CBA.DIAL6", us.HOLD
    if attempt["channel"] == "visit" and attempt.get("staff", 1) < 2:
        yield "CN.VISIT.CBA.22", "two_collectors"
    if attempt["party"] == "contact" and not _unreachable(life):
        yield "CN.THIRD.CBA.3", "debtor_unreachable"


def _unreachable(life: us.Life) -> bool:
    if any(event["kind"] == "debtor_unreachable" for event in life.events):
        return True
    failed = 0
    for past in sorted(_calls(life), key=lambda each: datetime.fromisoformat(each["at"])):
        if past["party"] == "debtor":
            failed = 0 if past["result"] == "connected" else failed + 1
    return failed >= 3


def _calls(life: us.Life) -> list[Json]:
    return [past for past in life.history if past["channel"] == "call"]


def _on(pasts: list[Json], today: date) -> int:
    return sum(datetime.fromisoformat(past["at"]).astimezone(BEIJING).date() == today for past in pasts)
