"""The committed cases of a rule, read from the tests of this checkout: what it was shown to answer."""

import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

REACH = Path(__file__).parents[2] / "tests" / "rules" / "reach"
Json = dict[str, Any]


def cases_of(rule: str) -> list[Json]:
    """The title, function and expectation of each case of a rule."""
    return [
        {"title": str(case.get("title", "")), "function": case["function"], "expect": _told(case["expect"])}
        for case in _cases()
        if case["rule"] == rule
    ]


@cache
def _cases() -> tuple[Json, ...]:
    return tuple(_read())


def _read() -> Iterator[Json]:
    for path in sorted(REACH.glob("*.toml")):
        yield from tomllib.loads(path.read_text(encoding="utf-8")).get("case", [])


def _told(expect: Json) -> str:
    return ", ".join(f"{name} {value}" for name, value in expect.items())
