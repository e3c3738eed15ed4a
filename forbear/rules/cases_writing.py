"""Writes what the engine was asked as a published case, so that it can be asked again: `read_case` read backwards.

What has its usual value is left out, as people leave it out.
"""

from collections.abc import Mapping
from dataclasses import fields
from datetime import UTC, datetime, time
from typing import Any

from forbear.rules import facts as law

Json = dict[str, Any]
USUAL = law.Policy()


def write_case(attempt: law.Attempt, facts: law.Facts, now: datetime) -> Json:
    """The `given` of a case. Calendars stay behind: a case is read with those that its packs name."""
    person = {
        "jurisdictions": list(facts.jurisdictions),
        "places": [_told(each) for each in facts.places],
        "stops": [_told(each) for each in facts.stops],
        "agreements": [_agreement(each) for each in facts.agreements],
        "events": [_told(each) for each in facts.events],
        "suppressions": [_told(each) for each in facts.suppressions],
        "circumstances": sorted(facts.circumstances),
    }
    case: Json = {
        "now": _plain(now),
        "lender": _told(facts.lender),
        "person": _without_nothing(person) | {"jurisdictions": person["jurisdictions"]},
        "debts": [_told(each) for each in facts.debts],
        "history": [_told(each) for each in facts.history],
        "policy": _policy(facts.policy),
        "attempt": _told(attempt),
    }
    return _without_nothing(case)


def _policy(policy: law.Policy) -> Json:
    """Whole, because a policy of guard seconds alone means another thing."""
    told = {each.name: _plain(getattr(policy, each.name)) for each in fields(policy)}
    return {key: value for key, value in told.items() if value is not None}


def _agreement(agreed: law.Agreement) -> Json:
    told = _told(agreed)
    names: Mapping[str, str] = {"start": "from", "end": "to"} if agreed.kind == "call_consent" else {}
    return {names.get(key, key): value for key, value in told.items()}


def _told(thing: Any) -> Json:
    """The fields of a dataclass that do not have their usual value."""
    values = {each.name: (getattr(thing, each.name), each.default) for each in fields(thing)}
    return _without_nothing({name: _plain(value) for name, (value, usual) in values.items() if value != usual})


def _without_nothing(told: Mapping[str, Any]) -> Json:
    return {key: value for key, value in told.items() if value is not None and value not in ([], {})}


def _plain(value: Any) -> Any:
    match value:
        case datetime():
            return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
        case time():
            return value.isoformat("seconds" if value.second else "minutes")
        case tuple():
            return list(value)  # pyright: ignore[reportUnknownArgumentType]  tuples of texts, as the facts have them
        case _:
            return value
