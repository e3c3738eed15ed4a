"""Before when not, by when at last, and for how long: `earliest`, `last_day` and `keep_until`, as pure as `check`.

Which version of a rule is read:
* `earliest` and a limitation judge an act (a filing, a suit) by the law of the day of the act. They begin with the
  version in force on the day of the question and go on to the next one where the day found lies beyond it. So a
  limitation 'for actions from' a date reaches debts that are older than it.
* A deadline is a duty, judged by the law of the day on which it arose: that of the event from which it counts.
* `keep_until` follows every version in force at some time from the event to the day of the question, because a
  record that was there had to be kept, and a rule that is gone allows no gap in what was to be kept under it.

An event that has not happened is looked for by the version in force on the day of the question. Drafts and
proposals are told apart as warnings and never decide.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from forbear.rules.matters import (
    CALENDAR_KNOWN,
    PACK_LOADED,
    Earliest,
    Happened,
    KeepUntil,
    LastDay,
    Matter,
    Reason,
)
from forbear.rules.packs import POLICY, Packs
from forbear.rules.reckoning import Reckoning
from forbear.rules.terms import SILENT_FORCES, Terms, Timing, unknown_jurisdiction

__all__ = ["Earliest", "Happened", "KeepUntil", "LastDay", "Matter", "Reason", "earliest", "keep_until", "last_day"]

EVERY: dict[str, tuple[str, ...]] = {"retention": ("all",)}
"""What a rule may time instead of the one thing that is asked for."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One version of a rule that binds the matter, with the matter as its pack sees it."""

    terms: Terms
    timing: Timing
    reckoning: Reckoning

    def says(self) -> Reason:
        return self.reckoning.reason(self.terms, self.timing)

    def in_force(self, day: date) -> bool:
        return self.terms.in_force(day.toordinal())

    def begun(self) -> date | None:
        moment = self.reckoning.begun(self.timing)
        return None if moment is None else moment.day


def earliest(step: str, matter: Matter, packs: Packs) -> Earliest:
    """The first day on which a step may be taken, as far as notices and waiting times go."""
    known, drafts = _asked({"notice"}, step, matter, packs)
    unknown = _unknown(matter, packs)
    day, reasons = _wait(known, matter.as_of)
    stuck = [*unknown, *(each for each in reasons if each.event is not None)]
    warnings = tuple(each.says() for each in drafts if each.in_force(day))
    if stuck:
        return Earliest(None, stuck[0].event, (*unknown, *reasons), warnings)
    return Earliest(max(_days(reasons), default=None), None, tuple(reasons), warnings)


def _wait(known: Sequence[Asked], day: date) -> tuple[date, list[Reason]]:
    """The first day from the question's on that no version in force on it forbids, and what every version met said."""
    met: dict[tuple[str, int], Reason] = {}
    while True:
        for asked in known:
            if asked.in_force(day):
                met[asked.terms.rule, asked.terms.first] = _while_in_force(asked)
        latest = max(_days(met.values()), default=day)
        if latest <= day:
            return day, list(met.values())
        day = latest


def _while_in_force(asked: Asked) -> Reason:
    """A version forbids a step no longer than it is in force."""
    reason = asked.says()
    if reason.day is not None and reason.day.toordinal() > asked.terms.last:
        return replace(reason, day=date.fromordinal(asked.terms.last))
    return reason


def last_day(duty: str, matter: Matter, packs: Packs) -> LastDay:
    """The last day on which a duty can be done in time; for `sue`, the last day for an action."""
    known, drafts = _asked({"deadline", "limitation"}, duty, matter, packs)
    reasons = [*_unknown(matter, packs), *_dated(known, matter)]
    warnings = tuple(_dated(drafts, matter))
    unsure = [each for each in reasons if each.event in {CALENDAR_KNOWN, PACK_LOADED}]
    days = list(_days(reasons))
    if unsure or not days:
        first = next((each.event for each in (*unsure, *reasons)), None)
        return LastDay(None, first, tuple(reasons), warnings)
    return LastDay(min(days), None, tuple(reasons), warnings)


def _dated(asked: Sequence[Asked], matter: Matter) -> Iterator[Reason]:
    for each in asked:
        if each.terms.kind == "deadline" and each.in_force(each.begun() or matter.as_of):
            yield each.says()
    limits: dict[str, list[Asked]] = {}
    for each in asked:
        if each.terms.kind == "limitation":
            limits.setdefault(each.terms.rule, []).append(each)
    for versions in limits.values():
        yield from _limitation(versions, matter.as_of)


def _limitation(versions: Sequence[Asked], day: date) -> Iterator[Reason]:
    """The last day of an action: what is in time under one version must be brought before a shorter one begins."""
    found: Reason | None = None
    while (asked := next((each for each in versions if each.in_force(day)), None)) is not None:
        reason = asked.says()
        if found is not None and reason.day is not None and reason.day < day:
            reason = replace(found, day=date.fromordinal(day.toordinal() - 1))
        found = reason
        if found.day is None or found.day < day or found.day.toordinal() < asked.terms.last:
            break
        day = date.fromordinal(asked.terms.last)
    if found is not None:
        yield found


def keep_until(record: str, matter: Matter, packs: Packs) -> KeepUntil:
    """The last day on which a record of a kind must still be there."""
    known, drafts = _asked({"retention"}, record, matter, packs)
    reasons = [*_unknown(matter, packs), *_kept(known, matter.as_of)]
    warnings = tuple(_kept(drafts, matter.as_of))
    waiting = [each for each in reasons if each.event is not None]
    if waiting:
        return KeepUntil(None, waiting[0].event, tuple(reasons), warnings)
    return KeepUntil(max(_days(reasons), default=None), None, tuple(reasons), warnings)


def _kept(asked: Sequence[Asked], as_of: date) -> Iterator[Reason]:
    for each in asked:
        since = (each.begun() or as_of).toordinal()
        if since < each.terms.last and each.terms.first <= as_of.toordinal():
            yield each.says()


def _days(reasons: Iterable[Reason]) -> list[date]:
    return [reason.day for reason in reasons if reason.day is not None]


def _asked(kinds: set[str], of: str, matter: Matter, packs: Packs) -> tuple[list[Asked], list[Asked]]:
    """The versions that are asked, and apart from them the drafts; packs widest first, the product's policy last."""
    known: list[Asked] = []
    drafts: list[Asked] = []
    names = packs.stack(matter.jurisdictions)
    for pack in (packs.by_jurisdiction.get(name) for name in dict.fromkeys((*names, POLICY))):
        if pack is None:
            continue
        reckoning = Reckoning(matter, pack, frozenset(names))
        for terms in pack.terms:
            timing = terms.timing
            if timing is None or terms.kind not in kinds or not {of, *EVERY.get(terms.kind, ())} & timing.of:
                continue
            if reckoning.binds(terms.scope):
                (drafts if terms.force in SILENT_FORCES else known).append(Asked(terms, timing, reckoning))
    return known, drafts


def _unknown(matter: Matter, packs: Packs) -> list[Reason]:
    """A place whose law we do not have: nobody knows what it says."""
    missing = [unknown_jurisdiction(name) for name in packs.stack(matter.jurisdictions) if name not in packs]
    return [Reason(terms.rule, None, terms.statement, event=PACK_LOADED) for terms in missing]
