"""Cases of the small print: a pack of one or two rules, and facts that no published case can hold."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from forbear.calendars import near
from forbear.rules.cases import read_case
from forbear.rules.engine import check
from forbear.rules.facts import (
    Permit,
)
from tests.rules.asking import (
    Json,
    packs_from,
)
from tests.rules.test_kinds import MIDNIGHT, VERSION

SAID = "2026-12-01T09:00:00-05:00"
ENDS = "[[rule.version]]\nto = 2026-12-20"
AT_ITS_END = ("hold", "2026-12-20" + MIDNIGHT, None)


def told(folder: Path, text: str, given: Json, **facts: object) -> Permit:
    """The permit for a case some of whose facts are replaced by values that no published case can hold."""
    given["person"]["jurisdictions"] = ["XX"]
    packs = packs_from(folder, text)
    attempt, known, now = read_case(given, packs, near)
    return check(attempt, replace(known, **facts), packs, now)  # pyright: ignore[reportArgumentType]  a field's value


def second_rule(body: str, statement: str) -> str:
    return f'\n[[rule]]\nid = "XX.OTHER"\n{body}\n{VERSION.format(statement=statement)}'


LONG_AGO = datetime(2026, 11, 1, tzinfo=UTC)
