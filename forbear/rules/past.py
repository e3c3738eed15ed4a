"""The past attempts that caps and pauses may count, sorted once so that every rule can ask for its own quickly.

Nothing older than the longest stretch that any rule counts is looked at, and what two attempts have in common
decides for both: each distinct sort of attempt is weighed once for each rule.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from operator import attrgetter
from typing import NamedTuple

from forbear.rules.counting import COUNTED, same_subject
from forbear.rules.facts import Attempt, PastAttempt
from forbear.rules.limits import Cover
from forbear.rules.terms import Scope, Subject, Unit
from forbear.rules.wall import EPOCH, MICROSECOND, Wall

LIKENESS = attrgetter("result", "channel", "party", "debts", "purpose", "place", "to", "person")
"""What of a past attempt decides whether a rule counts it."""


class What(NamedTuple):
    """What a rule counts: attempts of a unit, by some channels, with one subject, within its scope."""

    unit: Unit
    channels: frozenset[str]
    scope: Scope
    subject: Subject


class Recent:
    """Attempts since an instant, apart from those to the lawyer; each is known by its place here."""

    def __init__(self, attempt: Attempt, history: Iterable[PastAttempt], since: datetime) -> None:
        self._attempt = attempt
        self.made = [past for past in history if past.at >= since]
        self._instants: list[int] | None = None
        self._refs: list[str | None] | None = None
        self._days: dict[str, list[int]] = {}
        self._alike: dict[object, list[int]] = {}
        for place, likeness in enumerate(map(LIKENESS, self.made)):
            self._alike.setdefault(likeness, []).append(place)
        for likeness in [each for each, places in self._alike.items() if self.made[places[0]].party == "attorney"]:
            del self._alike[likeness]
        self.busy = any(past.result == "busy" for past in self._samples())

    def _samples(self) -> Iterable[PastAttempt]:
        return (self.made[places[0]] for places in self._alike.values())

    def counted(self, what: What, debt: str | None, covers: Sequence[Cover]) -> list[int]:
        """The places of the attempts that a rule counts, about one debt or all, outside the times that are covered."""
        results, channels, scope = COUNTED[what.unit], what.channels, what.scope
        found: list[int] = []
        for places in self._alike.values():
            past = self.made[places[0]]
            if (
                past.result in results
                and (not channels or past.channel in channels)
                and (debt is None or debt in past.debts)
                and _is_within(past, scope)
                and same_subject(past, self._attempt, what.subject)
            ):
                found += places
        return [place for place in found if not self._is_covered(place, covers)] if covers else found

    def _is_covered(self, place: int, covers: Sequence[Cover]) -> bool:
        at = self._made_at()[place]
        return any(cover.start <= at < cover.end for cover in covers)

    def _made_at(self) -> list[int]:
        if self._instants is None:
            self._instants = [(past.at - EPOCH) // MICROSECOND for past in self.made]
        return self._instants

    def days_of(self, wall: Wall, places: list[int]) -> list[int]:
        """The local dates of some attempts, sorted, as `places` comes to be with them."""
        if not places:
            return []
        dates = self._dates(wall)
        places.sort(key=dates.__getitem__)
        return [dates[place] for place in places]

    def _dates(self, wall: Wall) -> list[int]:
        """The local date of every attempt in a zone."""
        if (known := self._days.get(wall.name)) is None:
            known = self._days[wall.name] = wall.days(self._made_at())
        return known

    def refs(self, places: Iterable[int]) -> tuple[str, ...]:
        """The ids of the touches at some places, as far as they have one."""
        if self._refs is None:
            self._refs = [past.ref for past in self.made]
        refs = self._refs
        return tuple([ref for place in places if (ref := refs[place]) is not None])


def _is_within(past: PastAttempt, scope: Scope) -> bool:
    return (
        (not scope.parties or past.party in scope.parties)
        and past.party not in scope.except_parties
        and (not scope.places or past.place in scope.places)
        and (not scope.purposes or past.purpose in scope.purposes)
        and past.purpose not in scope.except_purposes
    )
