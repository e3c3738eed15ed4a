"""What a pack's keeper should look at on a day: numbers nobody read for long, versions about to start, open questions.

The day is an argument, so that no test of it grows old.
"""

import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final, Literal

from forbear.rules.packs import POLICY, Pack, Packs
from forbear.rules.terms import NEVER_ENDS, Terms

About = Literal["unverified", "starting", "ending", "question", "unsigned"]
LAW_DAYS: Final = 365
FRESH_DAYS: Final = {"guideline": 180, "self_regulatory": 180, "voluntary_standard": 180, "draft": 30, "proposal": 30}
"""After how many days without a reading a version is old; law, regulation and presumption have a year."""
AHEAD: Final = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to look at. `day` is the day that it hangs on, if there is one."""

    about: About
    jurisdiction: str
    what: str
    text: str
    day: date | None = None


def examine(packs: Packs, today: date) -> list[Finding]:
    """Everything to look at, in the order of `About` and then of places."""
    found: list[Finding] = []
    for name in sorted(packs.by_jurisdiction):
        pack = packs.by_jurisdiction[name]
        found += [*_unverified(pack, today), *_changing(pack, today), *_questions(pack), *_unsigned(pack)]
    order: Sequence[About] = ("unverified", "starting", "ending", "question", "unsigned")
    return sorted(found, key=lambda each: order.index(each.about))


def reached(packs: Packs, jurisdiction: str) -> frozenset[str]:
    """The places whose people a pack's rules reach: its own and those of the packs that extend it; for policy all."""
    if jurisdiction == POLICY:
        return frozenset(packs.by_jurisdiction) - {POLICY}
    return frozenset(name for name in packs.by_jurisdiction if jurisdiction in packs.stack([name]))


def _unverified(pack: Pack, today: date) -> Iterator[Finding]:
    for terms in pack.terms:
        if terms.force == "policy" or terms.last <= today.toordinal():
            continue
        if terms.verified_on is None:
            yield _of(pack, "unverified", terms, "its source was never read")
            continue
        days = (today - terms.verified_on).days
        if days > FRESH_DAYS.get(terms.force, LAW_DAYS):
            yield _of(pack, "unverified", terms, f"its source was last read {days} days ago", terms.verified_on)


def _changing(pack: Pack, today: date) -> Iterator[Finding]:
    soon = range(today.toordinal() + 1, (today + AHEAD).toordinal() + 1)
    for terms in pack.terms:
        if terms.first in soon:
            day = date.fromordinal(terms.first)
            yield _of(pack, "starting", terms, f"starts on {day}: {terms.statement}", day)
        begun = dict.fromkeys(each.rule for each in pack.terms if each.first == terms.last)
        followed = terms.rule in begun
        if terms.last != NEVER_ENDS and terms.last in soon and not followed:
            day = date.fromordinal(terms.last)
            then = f"; on that day begin {', '.join(begun)}" if begun else ""
            yield _of(pack, "ending", terms, f"ends on {day} and no version follows{then}", day)


def _questions(pack: Pack) -> Iterator[Finding]:
    for question in asked(pack):
        if not question.get("answer"):
            yield Finding("question", pack.jurisdiction, f"{pack.jurisdiction} {question['id']}", question["text"])


def asked(pack: Pack) -> list[dict[str, Any]]:
    """The questions to counsel that stand in a pack, with their answers."""
    found: list[dict[str, Any]] = tomllib.loads(pack.text).get("question", [])
    return found


def _unsigned(pack: Pack) -> Iterator[Finding]:
    if not pack.signed_by and pack.jurisdiction != POLICY:
        yield Finding("unsigned", pack.jurisdiction, pack.jurisdiction, "no lawyer has signed this pack")


def _of(pack: Pack, about: About, terms: Terms, text: str, day: date | None = None) -> Finding:
    return Finding(about, pack.jurisdiction, terms.rule, text, day)
