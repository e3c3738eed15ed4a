"""Chooses, of very many drawn cases, the few that show most: `python -m tests.oracle.choosing` writes them anew.

A case is worth keeping for a rule that denies or just no longer does, a second later or with one past attempt more, in
a place, by a channel and with a verdict for which no shorter case was kept. Each stands with what the oracle answers.
"""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from hypothesis import HealthCheck, given, settings

from tests.oracle import clerk, lives
from tests.oracle.clocks import instant
from tests.oracle.life import Json

KEPT = Path(__file__).parents[1] / "vectors" / "drawn.jsonl"
DRAWN = 5_000
MOST = 700
"""Characters of a case that is kept only for a second reason."""
QUIET = [HealthCheck.too_slow, HealthCheck.data_too_large]
A_SECOND = timedelta(seconds=1)


def expected(case: Json) -> Json:
    """The oracle's answer in the published form."""
    found = clerk.answer(case)
    return {
        "verdict": found.verdict,
        "until": found.until and found.until.isoformat(),
        "events": sorted(str(each) for each in found.events),
        "rules": sorted(found.rules),
    }


def shows(case: Json, answer: Json) -> Iterator[tuple[object, ...]]:
    """What may be learnt from a case."""
    place, channel = case["person"]["jurisdictions"][-1], case["attempt"]["channel"]
    rules, now = set(answer["rules"]), instant(case["now"])
    for rule in rules:
        yield rule, place, answer["verdict"]
        yield rule, channel, len(rules) == 1
        yield rule, case["attempt"]["party"], len(rules) == 1
    yield place, channel, answer["verdict"]
    for word, later in (("before", now - A_SECOND), ("after", now + A_SECOND)):
        for rule in clerk.denying(case, later) ^ rules:
            yield rule, word, place
    for number in range(len(case["history"])):
        left = [each for index, each in enumerate(case["history"]) if index != number]
        for rule in clerk.denying(case | {"history": left}, now) ^ rules:
            yield rule, "one less"
    for past in case["history"][:3]:
        for rule in clerk.denying(case | {"history": [*case["history"], past]}, now) ^ rules:
            yield rule, "one more"


def choose(cases: list[Json]) -> list[Json]:
    """The shortest case for everything that can be shown."""
    seen = set[tuple[object, ...]]()
    kept: list[Json] = []
    for case in sorted(cases, key=lambda each: len(json.dumps(each))):
        answer = expected(case)
        new = set(shows(case, answer)) - seen
        rules = {(rule,) for rule in answer["rules"]} - seen
        short = len(json.dumps(case)) < MOST
        if rules or (new and (short or any(word in {"one less", "one more"} for _, word, *_ in new))):
            seen |= new | rules
            kept.append({"given": case, "expect": answer})
    return kept


def main() -> None:
    """Draw, choose and write."""
    cases: list[Json] = []

    @settings(max_examples=DRAWN, derandomize=True, deadline=None, database=None, suppress_health_check=QUIET)
    @given(lives.lives())
    def draw(drawn: list[Json]) -> None:
        cases.extend(drawn)

    draw()
    lines = (json.dumps(each, separators=(",", ":")) + "\n" for each in choose(cases))
    KEPT.write_text("".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()
