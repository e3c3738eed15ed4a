"""Random lives of people under China's law, some under that of the United States too, as the `given` of a case.

The days on which the standard and the guideline began are drawn more often than they come, and so are the seconds at
which the day and the window open and close.
"""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from tests.oracle.lives import RESULTS

Json = dict[str, Any]

ZONES = ("Asia/Shanghai", "Asia/Urumqi", "Asia/Singapore", "America/Los_Angeles")
"""Two of them with Beijing leave some hours in common, so that a hold has an end."""
BEIJING = ZoneInfo("Asia/Shanghai")
TURNING_DAYS = (
    datetime(2025, 2, 28),  # noqa: DTZ001  the standard begins; a wall-clock day
    datetime(2026, 1, 30),  # noqa: DTZ001  the guideline begins
    datetime(2026, 12, 1),  # noqa: DTZ001  nothing at all
)
EDGES = ("00:00:00", "07:59:59", "08:00:00", "08:14:59", "08:15:00", "21:44:59", "21:45:00", "21:59:59", "22:00:00")
NUMBERS = {
    "debtor": ("m1", "m2"),
    "co_debtor": ("m1", "d1"),
    "spouse": ("m9",),
    "guarantor": ("g1", "m1"),
    "contact": ("c1", "c2"),
    "attorney": ("l1",),
}
HUNTED: Json = {"channel": "call", "party": "debtor", "to": "m1", "debts": ["A"]}
"""The attempt at a debtor who was called often."""
PARTIES = ("debtor", "debtor", "debtor", "debtor", "co_debtor", "spouse", "guarantor", "contact", "attorney")


@st.composite
def nows(draw: DrawFn) -> datetime:
    """An instant near a turning day, mostly at an edge of the window."""
    day = draw(st.sampled_from(TURNING_DAYS)) + timedelta(days=draw(st.integers(-2, 1)))
    if draw(st.integers(0, 2)) == 0:
        return day.replace(tzinfo=BEIJING).astimezone(UTC) + timedelta(seconds=draw(st.integers(0, 86_399)))
    hour, minute, second = (int(part) for part in draw(st.sampled_from(EDGES)).split(":"))
    return day.replace(tzinfo=BEIJING, hour=hour, minute=minute, second=second).astimezone(UTC)


@st.composite
def pasts(draw: DrawFn, now: datetime) -> Json:
    """One past attempt, mostly a call of the last day."""
    channel = draw(st.sampled_from(("call", "call", "call", "call", "sms", "visit")))
    party = draw(st.sampled_from(PARTIES))
    days = draw(st.sampled_from((1, 1, 1, 5)))
    result = {"sms": "delivered", "visit": "visited"}.get(channel) or draw(st.sampled_from(RESULTS))
    return {
        "at": (now - timedelta(seconds=draw(st.integers(0, days * 86_400)))).isoformat(),
        "channel": channel,
        "party": party,
        "to": draw(st.sampled_from(NUMBERS[party])),
        "debts": ["A"],
        "result": result,
        "purpose": "reminder",
    }


@st.composite
def _hunts(draw: DrawFn, now: datetime) -> list[Json]:
    """Calls of one kind to one number within half a day: about as often as the rules let."""
    results = draw(st.sampled_from((("connected",), ("no_answer", "busy"))))
    number = draw(st.integers(2, 4) if results == ("connected",) else st.integers(5, 8))
    minutes = draw(st.lists(st.integers(0, 13 * 60), min_size=number, max_size=number))
    at = [(now - timedelta(minutes=each)).isoformat() for each in minutes]
    return [HUNTED | {"at": each, "result": draw(st.sampled_from(results)), "purpose": "reminder"} for each in at]


@st.composite
def _attempts(draw: DrawFn) -> Json:
    party = draw(st.sampled_from((*PARTIES, "contact", "contact")))
    channel = draw(st.sampled_from(("call", "call", "sms", "sms", "email", "letter", "visit", "visit", "voicemail")))
    return {
        "channel": channel,
        "party": party,
        "to": draw(st.sampled_from(NUMBERS[party])),
        "debts": ["A"],
        "purpose": draw(st.sampled_from(("relay", "relay", "reminder"))) if party == "contact" else "reminder",
        "staff": draw(st.integers(1, 3)),
    }


@st.composite
def _agreed(draw: DrawFn) -> Json:
    opening = draw(st.integers(0, 94))
    closing = draw(st.integers(opening + 1, 95))
    clocks = (f"{quarters // 4:02}:{quarters % 4 * 15:02}" for quarters in (opening, closing))
    return dict(zip(("kind", "open", "close"), ("hours", *clocks), strict=True))


@st.composite
def lives(draw: DrawFn) -> Json:
    """A life under China's law, alone or with that of the United States, with or without the product's own limits."""
    now = draw(nows())
    product = draw(st.booleans())
    hunted = draw(st.integers(0, 2)) == 0
    two_laws = draw(st.integers(0, 2)) == 0
    zones = draw(st.lists(st.sampled_from(ZONES), min_size=1 if two_laws else 0, max_size=2, unique=True))
    ago = (now - timedelta(days=4)).isoformat()
    refused = [{"kind": "refused_as_third_person", "at": ago, "to": draw(st.sampled_from(("c1", "c2", "m9")))}]
    unreachable = [{"kind": "debtor_unreachable", "at": ago}]
    consent = {"kind": "message_consent", "channel": "sms", "at": ago}
    return {
        "now": now.isoformat(),
        "policy": {"guard_seconds": draw(st.sampled_from((0, 0, 900)))} | ({"product": True} if product else {}),
        "lender": {"role": draw(st.sampled_from(("original_creditor", "third_party_collector"))), "kind": "bank"},
        "person": {
            "jurisdictions": ["CN", "US"] if two_laws else ["CN"],
            "places": [{"kind": "address", "zone": zone} for zone in zones],
            "stops": refused if draw(st.integers(0, 3)) == 0 else [],
            "agreements": [consent, *draw(st.lists(_agreed(), max_size=1))],
            "events": unreachable if draw(st.integers(0, 5)) == 0 else [],
        },
        "debts": [{"id": "A", "kind": "credit_card", "days_past_due": 40, "balance_as_of": now.isoformat()}],
        "attempt": HUNTED if hunted else draw(_attempts()),
        "history": [*draw(st.lists(pasts(now), max_size=6)), *(draw(_hunts(now)) if hunted else ())],
    }
