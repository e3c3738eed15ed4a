"""The compliance page of the report: what became of every attempt, in all and by rule, in the rules' own titles.

The numbers are those of `forbear.ledger.compliance`, counted from the ledger's dump.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby

from forbear.ledger.compliance import Compliance, OfRule, Weighed, count
from forbear.rehearsal.figures import Month
from forbear.rehearsal.words import ENGLISH, Words
from forbear.rules import spoken
from forbear.rules.packs import Packs, load

ENDS = ("attempted", "held", "blocked", "made", "not_sent")
"""What may become of an attempt; the first is the sum of the others."""
Line = tuple[str, str, Sequence[int]]
"""A rule's title, its id, and its numbers."""


@dataclass(frozen=True, slots=True)
class Ruling:
    """The section in one language: `ends` by lender and for both, the rules that denied, and those that never did."""

    ends: Sequence[tuple[str, Sequence[int]]]
    denied: Sequence[Line]
    silent: Sequence[Line]


def ruling(whole: Month, parts: Sequence[Month], say: Words) -> Ruling:
    """Count a month of one or more lenders."""
    counted = of_month(whole)
    columns = [of_month(part) for part in parts] + ([counted] if len(parts) > 1 else [])
    lines = [(each.denied > 0, _line(each, say)) for each in counted.rules]
    return Ruling(
        ends=[(say("decided", end), [_number(column, end) for column in columns]) for end in ENDS],
        denied=[line for denied, line in lines if denied],
        silent=[line for denied, line in lines if not denied],
    )


def of_month(month: Month) -> Compliance:
    """The month's numbers."""
    return count(_weighed(month))


def title(rule: str, say: Words) -> str:
    """A rule by its own title; in another language than its pack's by what rules of its kind say."""
    versions = _packs().versions_of(rule)
    if versions and say.language == ENGLISH and versions[-1].title:
        return versions[-1].title
    if say.knows("rule", rule) or not versions:
        return say.of("rule", rule)
    return spoken.words(say.language).of("plain", versions[-1].kind)


def _weighed(month: Month) -> Iterator[Weighed]:
    states = {row["id"]: row["state"] for row in month.rows("touch")}
    rows = [row for row in month.rows("decision") if row.get("permit") is not None]
    taken = sorted(rows, key=lambda row: (row["account"], row["at"], row["number"]))
    for account, of_account in groupby(taken, key=lambda row: row["account"]):
        for row in of_account:
            yield Weighed(account, row["rule"], row["permit"], states.get(row.get("touch")))


def _line(of: OfRule, say: Words) -> Line:
    return title(of.rule, say), of.rule, (of.attempted, of.held, of.blocked, of.made)


def _number(counted: Compliance, end: str) -> int:
    found: int = getattr(counted, end)
    return found


@cache
def _packs() -> Packs:
    return load()
