"""Spoils documented examples: a few values replaced, left out, doubled or added, each in a way that has broken a program."""

import copy
from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st

from tests.api.document import Json

Place = tuple[str | int, ...]
JUNK: tuple[Any, ...] = (
    *(None, True, False, 0, 1, -1, 2**63, 10**400, -0.0, 1e308),
    *("", " ", "\x00", "a\x00b", "\ud800", "\u202e", "\uffff", "😀", "Ⅷ", "x" * 100, "x" * 201, "x" * 100_000),
    *("0", "-0.00", "1e5", "NaN", "Infinity", "99999999999999.99", "9999999999999.9999", "0.001", "١٢"),
    *("2026-02-30", "0001-01-01", "9999-12-31", "20260302", "2026-03-02T24:00:00Z", "2026-03-02T09:00:60Z"),
    *("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "2026-03-02T09:00:00", "2026-03-02T09:00:00+23:59"),
    *("+12125550100", "+8613800138000", "+1", "tel:+12125550100;ext=9", "a@example.com", "=1+1", "'; --"),
    *(
        "America/Chicago",
        "Etc/GMT+1",
        "../etc/passwd",
        "US",
        "zh-Hans",
        "sms",
        "call",
        "visit",
        "borrower",
        "everything",
    ),
    *([], [[]], ["x"] * 1001, {}, {"": ""}, {"amount": "1.00", "currency": "XXX"}, {"id": {}}),
)
LEFT_OUT = object()
DOUBLED = object()


def places(value: Any, here: Place = ()) -> Iterator[Place]:
    """Where something stands in a body, the whole body included."""
    yield here
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from places(inner, (*here, name))
    if isinstance(value, list):
        for index, inner in enumerate(value):
            yield from places(inner, (*here, index))


def spoilt(example: Any) -> st.SearchStrategy[Any]:
    """The example with one to three places spoilt."""
    values = st.sampled_from([*JUNK, LEFT_OUT, DOUBLED]) | st.text(max_size=20) | st.integers()
    spots = st.sampled_from(list(places(example)))
    return st.lists(st.tuples(spots, values), min_size=1, max_size=3).map(lambda deeds: _apply(example, deeds))


def _apply(example: Any, deeds: list[tuple[Place, Any]]) -> Any:
    body = {"": copy.deepcopy(example)}
    for place, value in deeds:
        holder, *inner = ("", *place)
        inside: Any = body
        for step in inner:
            inside, holder = _inside(inside, holder), step
        # A value may be a list that a later deed changes: each place gets its own.
        _spoil(inside, holder, value if value is LEFT_OUT or value is DOUBLED else copy.deepcopy(value))
    return body.get("")


def _inside(value: Any, step: str | int) -> Any:
    """One step further down; an earlier deed may have taken away what was there."""
    if isinstance(value, dict) and step in value:
        return value[step]
    if isinstance(value, list) and isinstance(step, int) and step < len(value):
        return value[step]
    return None


def _spoil(inside: Any, step: str | int, value: Any) -> None:
    known = _inside(inside, step)
    if isinstance(inside, dict) and isinstance(step, str):
        _spoil_member(inside, step, value)
    elif isinstance(inside, list) and isinstance(step, int) and step < len(inside):
        if value is LEFT_OUT:
            del inside[step]
        elif value is DOUBLED:
            inside.append(copy.deepcopy(known))
        else:
            inside[step] = value


def _spoil_member(inside: Json, name: str, value: Any) -> None:
    if value is LEFT_OUT:
        inside.pop(name, None)
    elif value is DOUBLED:
        inside[f"{name}_"] = copy.deepcopy(inside.get(name))
    else:
        inside[name] = value
