"""Random contacts: what was tried already, mostly again and again in the same way, and what is asked for now."""

from datetime import datetime, timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from tests.oracle.dice import FACES, Dice

Json = dict[str, Any]

CHANNELS = ("call", "call", "call", "sms", "sms", "email", "voicemail", "letter", "visit")
PARTIES = ("debtor", "debtor", "debtor", "debtor", "spouse", "contact", "guarantor", "attorney")
NUMBERS = {
    "debtor": ("m1", "m1", "m2"),
    "spouse": ("m9",),
    "contact": ("c1", "c2"),
    "guarantor": ("g1", "m1"),
    "attorney": ("l1",),
}
PLACES = {
    "call": ("mobile", "mobile", "residence", "workplace", "other", None),
    "voicemail": ("mobile", "residence", "workplace"),
    "sms": ("mobile", "mobile", "workplace"),
    "email": (None, None, "workplace", "other"),
    "letter": ("residence", "workplace", None),
    "visit": ("residence", "residence", "workplace", "other"),
}
CALLS = ("no_answer", "connected", "voicemail_left", "machine_no_message", "busy", "not_in_service", "wrong_party")
RESULTS = {
    "call": CALLS,
    "voicemail": ("voicemail_left", "voicemail_left", "not_in_service"),
    "sms": ("delivered", "delivered", "not_in_service"),
    "email": ("delivered", "delivered", "not_in_service"),
    "letter": ("delivered",),
    "visit": ("visited",),
}
PURPOSES = ("reminder", "reminder", "reminder", "reminder", "opt_out_confirmation", "ask_for_consent")
HABITS = (
    ("call", "no_answer"),
    ("call", "connected"),
    ("call", "busy"),
    ("sms", "delivered"),
    ("email", "delivered"),
    ("call", "machine_no_message"),
    ("visit", "visited"),
    ("letter", "delivered"),
)
SPANS = (7 * 86_400, 86_400, 9 * 86_400, 35 * 86_400)


def _way(dice: Dice, channel: str) -> Json:
    """By a channel, to a party, at a place."""
    party = dice.one(PARTIES)
    if channel == "visit" and party == "attorney":
        party = "debtor"
    way: Json = {"channel": channel, "party": party, "to": dice.one(NUMBERS[party])}
    if place := dice.one(PLACES[channel]):
        way["place"] = place
    if party == "contact" and dice.below(3):
        way["purpose"] = "relay"
    elif channel in {"sms", "email"}:
        way["purpose"] = dice.one(PURPOSES)
    return way


def a_habit(dice: Dice, debts: list[Json]) -> Json:
    """The way in which this person is tried most, within how many seconds, and to what end."""
    channel, result = dice.one(HABITS)
    way = _way(dice, channel)
    if dice.below(4):
        way |= {"party": "debtor", "to": "m1"}
        way.pop("purpose", None)
    span = dice.one(SPANS)
    return {"way": way | {"debts": [debts[0]["id"]]}, "result": result, "span": span}


def histories(draw: DrawFn, habit: Json, base: datetime, debts: list[Json]) -> list[Json]:
    """Up to twelve past attempts; now and then each of them again at four earlier hours."""
    thrown = draw(st.lists(st.integers(0, FACES - 1), max_size=12))
    often = 5 if draw(st.integers(0, 5)) == 5 else 1
    return [
        _past(Dice(number), habit, base - timedelta(hours=3 * step), debts)
        for number in thrown
        for step in range(often)
    ]


def _past(dice: Dice, habit: Json, base: datetime, debts: list[Json]) -> Json:
    names = [debt["id"] for debt in debts]
    if dice.below(4):
        past: Json = habit["way"] | {"result": habit["result"]}
        if len(names) > 1 and dice.in_(4):
            past["debts"] = dice.some(names)
    else:
        channel = dice.one(CHANNELS)
        past = _way(dice, channel) | {"result": dice.one(RESULTS[channel]), "debts": dice.some(names)}
    ago = timedelta(seconds=dice.below(habit["span"]))
    if dice.in_(4):
        ago = timedelta(days=dice.below(9), seconds=dice.below(2))
    return past | {"at": (base - ago).isoformat()}


def an_attempt(dice: Dice, habit: Json, debts: list[Json]) -> Json:
    """As usual, or anything."""
    names = [debt["id"] for debt in debts]
    if dice.below(2):
        attempt: Json = dict(habit["way"])
        if len(names) > 1 and dice.in_(3):
            attempt["debts"] = dice.some(names)
    else:
        attempt = _way(dice, dice.one(CHANNELS)) | {"debts": [] if dice.in_(12) else dice.some(names)}
    if attempt["channel"] == "visit":
        attempt["staff"] = 2 - dice.below(2)
    if attempt["channel"] in {"call", "voicemail"} and dice.in_(4):
        attempt["prerecorded"] = True
    return attempt


def another(dice: Dice, case: Json) -> Json:
    """One more past attempt, like the one that is asked for or like any."""
    attempt = {key: each for key, each in case["attempt"].items() if key not in {"prerecorded", "staff"}}
    if not dice.below(3):
        attempt = _way(dice, dice.one(CHANNELS))
    names = [debt["id"] for debt in case["debts"]]
    result = dice.one(RESULTS[attempt["channel"]])
    ago = timedelta(seconds=dice.below(dice.one(SPANS)))
    made = (datetime.fromisoformat(case["now"]) - ago).isoformat()
    return attempt | {"debts": attempt.get("debts") or dice.some(names), "result": result, "at": made}
