"""How the versions of one rule follow each other in time: no date twice, and none left out unless the pack says so."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from forbear.rules.terms import NEVER_ENDS, Terms


@dataclass(frozen=True, slots=True)
class Gap:
    """Dates `[first, last)` on which a rule is known not to have been in force, and why."""

    first: date
    last: date
    reason: str


def faults_between(versions: Sequence[Terms], gaps: Sequence[Gap]) -> Iterator[tuple[Terms, str]]:
    """Each version of a rule that overlaps the one before it, or leaves dates out, with the reason."""
    ordered = sorted(versions, key=lambda terms: terms.first)
    for before, terms in pairwise(ordered):
        if terms.first < before.last:
            yield terms, f"this version of {terms.rule} overlaps an earlier one"
        elif terms.first > before.last and not _is_said(before.last, terms.first, gaps):
            since, until = date.fromordinal(before.last), date.fromordinal(terms.first)
            yield terms, f"no version of {terms.rule} holds from {since} to {until}, and its gaps do not say so"


def idle_gaps(versions: Sequence[Terms], gaps: Sequence[Gap]) -> Iterator[Gap]:
    """Gaps that a rule says it has, and that its versions do not leave."""
    ends = {terms.last for terms in versions if terms.last != NEVER_ENDS}
    starts = {terms.first for terms in versions}
    for gap in gaps:
        if gap.first.toordinal() not in ends or gap.last.toordinal() not in starts:
            yield gap


def _is_said(first: int, last: int, gaps: Sequence[Gap]) -> bool:
    return any((gap.first.toordinal(), gap.last.toordinal()) == (first, last) for gap in gaps)
