"""Short ways to ask the engine: a usual case, and what a test changes in it."""

from datetime import datetime
from pathlib import Path
from typing import Any

from forbear.calendars import near
from forbear.rules import cases
from forbear.rules.engine import check
from forbear.rules.facts import Permit
from forbear.rules.packs import Packs, load

Json = dict[str, Any]

VECTORS = Path(__file__).parents[1] / "vectors" / "contact.jsonl"
TUESDAY_TEN = "2026-12-01T10:00:00-05:00"
LONG_AGO = "2026-01-05T10:00:00-05:00"
CALL = {"channel": "call", "party": "debtor", "to": "m1", "place": "mobile", "debts": ["A"]}
SMS = CALL | {"channel": "sms"}
EMAIL = {"channel": "email", "party": "debtor", "to": "e1", "debts": ["A"]}
LETTER = {"channel": "letter", "party": "debtor", "to": "a1", "place": "residence", "debts": ["A"]}
VISIT = LETTER | {"channel": "visit", "staff": 2}
LAW_ALONE = {"guard_seconds": 0}
PRODUCT = {"guard_seconds": 0, "product": True}
EVERY_CHANNEL = ("sms", "call", "voicemail", "email", "letter", "visit")


def case(
    now: str = TUESDAY_TEN,
    attempt: Json = CALL,
    *,
    role: str = "third_party_collector",
    policy: Json = LAW_ALONE,
    zones: tuple[str, ...] = ("America/New_York",),
    jurisdictions: tuple[str, ...] = ("US",),
    debts: tuple[str, ...] = ("A", "B"),
    history: tuple[Json, ...] = (),
    **person: list[Json],
) -> Json:
    """A collector's call to a debtor in New York on a Tuesday at ten, under the law alone."""
    return {
        "now": now,
        "policy": policy,
        "lender": {"role": role, "kind": "bank"},
        "person": {
            "jurisdictions": list(jurisdictions),
            "places": [{"kind": "address", "zone": zone} for zone in zones],
            **person,
        },
        "debts": [{"id": debt, "kind": "credit_card", "days_past_due": 40, "balance_as_of": now} for debt in debts],
        "attempt": attempt,
        "history": list(history),
    }


def ask(*given: Any, packs: Packs | None = None, **changes: Any) -> Permit:
    """The permit for `case(...)`."""
    return weigh(case(*given, **changes), packs)


def weigh(given: Json, packs: Packs | None = None) -> Permit:
    """The permit for a whole `given`."""
    packs = packs or cases.packs_on(None)
    attempt, facts, now = cases.read_case(given, packs, near)
    return check(attempt, facts, packs, now)


def past(at: str, result: str = "no_answer", like: Json = CALL, **changes: Any) -> Json:
    """A past attempt, by default a call that rang out."""
    return {key: value for key, value in like.items() if key != "prerecorded"} | {"at": at, "result": result} | changes


def calls(*days: int, result: str = "no_answer", **changes: Any) -> tuple[Json, ...]:
    """A past call at nine in the morning of each of these days of December 2026."""
    return tuple(past(f"2026-12-{day:02}T09:00:00-05:00", result, **changes) for day in days)


def stop(kind: str, at: str = LONG_AGO, **fields: Any) -> Json:
    return {"kind": kind, "at": at, **fields}


def consent(channel: str = "sms", at: str = LONG_AGO, **fields: Any) -> Json:
    return {"kind": "message_consent", "channel": channel, "at": at, **fields}


def until(permit: Permit) -> str | None:
    """`until` as the published cases write it."""
    return cases.answer(permit)["until"]


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


def packs_from(folder: Path, text: str) -> Packs:
    """Packs of one file with this text."""
    (folder / "one.toml").write_text(text, encoding="utf-8")
    return load(folder)
