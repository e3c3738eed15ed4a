"""Random stops, events, agreements and suppressions: in most lives none or few."""

from datetime import datetime, timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from tests.oracle.dice import FACES, Dice

Json = dict[str, Any]

STOPS = (
    "opt_out",
    "opt_out",
    "opt_out",
    "wrong_number",
    "refused_as_third_person",
    "attorney",
    "dispute",
    "dispute",
    "cease_all",
    "bankruptcy",
    "deceased",
    "breathing_space",
    "breathing_space",
    "mental_health_crisis",
    "hardship",
)
LIFTS = (
    "verification_sent",
    "attorney_silent_or_agrees",
    "debtor_withdraws",
    "court_order",
    "representative_named",
    "debtor_unreachable",
    "hardship_resolved",
)
ADDRESSES = ("m1", "m2", "m9", "c1", "g1", "l1")


def of(draw: DrawFn, base: datetime, debts: list[str]) -> tuple[list[Json], list[Json], list[Json]]:
    """Stops, events and suppressions."""
    thrown = draw(st.lists(st.integers(0, FACES - 1), max_size=3))
    dice = [Dice(number) for number in thrown]
    stops = [_stop(each, base, debts) for each in dice if each.in_(3)]
    events = [_event(each, base) for each in dice if each.in_(3)]
    suppressions = [_suppression(each, base) for each in dice if each.in_(6)]
    notices = draw(st.integers(0, 3 * 61 * 86_400))
    if notices >= 61 * 86_400:
        sent = base - timedelta(seconds=notices % (61 * 86_400))
        kind = ("", "medical_notice_sent", "validation_notice_sent")[notices // (61 * 86_400) % 3 or 1]
        events.append({"kind": kind, "at": sent.isoformat()})
    return stops, events, suppressions


def _ago(dice: Dice, base: datetime, days: int) -> str:
    return (base - timedelta(seconds=dice.below(days * 86_400))).isoformat()


def _stop(dice: Dice, base: datetime, debts: list[str]) -> Json:
    kind = dice.one(STOPS)
    stop: Json = {"kind": kind, "at": _ago(dice, base, 15)}
    if kind == "opt_out":
        stop["channel"] = dice.one(("sms", "sms", "call", "email", "letter"))
        if dice.below(2):
            stop["to"] = dice.one(("m1", "m2", "m9"))
    if kind in {"wrong_number", "refused_as_third_person"}:
        stop["to"] = dice.one(ADDRESSES)
    if kind in {"attorney", "dispute", "hardship", "breathing_space", "bankruptcy"} and dice.below(2):
        stop["debts"] = [dice.one(debts)]
    if kind == "dispute":
        stop["written"] = bool(dice.below(2))
    if kind in {"breathing_space", "mental_health_crisis", "hardship"}:
        end = base + timedelta(seconds=dice.below(12 * 86_400) - 86_400)
        stop["until"] = (end.replace(minute=end.minute // 15 * 15, second=0) if dice.below(2) else end).isoformat()
    return stop


def _event(dice: Dice, base: datetime) -> Json:
    return {"kind": dice.one(LIFTS), "at": _ago(dice, base, 15)}


def _suppression(dice: Dice, base: datetime) -> Json:
    scope = dice.one(("number", "channel", "all_automated", "everything"))
    said: Json = {"scope": scope, "at": _ago(dice, base, 15)}
    if scope == "number":
        said["to"] = dice.one(("m1", "m2", "m9"))
    if scope == "channel":
        said["channel"] = dice.one(("sms", "call", "email"))
    return said


def agreements(draw: DrawFn, base: datetime) -> list[Json]:
    """Consents to messages in most lives; to calls and to other hours in some."""
    dice = Dice(draw(st.integers(0, FACES - 1)))
    found: list[Json] = []
    for channel, address in (("sms", "m1"), ("email", "m1"), ("call", "m2")):
        if dice.below(4) > (2 if channel == "call" else 0):
            consent = {"kind": "message_consent", "channel": channel, "at": _ago(dice, base, 40)}
            found.append(consent | ({"to": address} if dice.in_(3) else {}))
    if dice.in_(5):
        opening = dice.below(94)
        found.append(
            {"kind": "hours", "open": _clock(opening), "close": _clock(opening + 1 + dice.below(95 - opening))}
        )
    if dice.in_(5):
        start = base + timedelta(minutes=15 * (dice.below(12 * 96) - 9 * 96))
        end = start + timedelta(minutes=15 * (1 + dice.below(12 * 96)))
        found.append({"kind": "call_consent", "from": start.isoformat(), "to": end.isoformat()})
    return found


def _clock(quarters: int) -> str:
    return f"{quarters // 4:02}:{quarters % 4 * 15:02}"
