"""What clocks and conditions stand on: a case's life up to a day, asked in the words that they need."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Final, cast

from forbear.contracts.case_words import FactKind
from forbear.court.facts import is_sound
from forbear.court.life import CaseLife, Guaranteed, Happened
from forbear.court.path import CasePath, Proof, Told
from forbear.rules.day_counting import IsRest, NotCovered, business_days_after, next_business_day, rests
from forbear.rules.facts import Lender, Role
from forbear.rules.matters import Happened as Moment
from forbear.rules.matters import Matter
from forbear.rules.packs import Packs, load
from forbear.rules.wall import zone

SATURDAY: Final = 5
SLACK: Final = timedelta(days=7)
"""Added where business days are counted and the calendar does not reach: no run of holidays is longer."""
DEBTORS: Final = frozenset({"borrower", "co_borrower"})
ARRIVED: Final = frozenset({"delivered", "signed", "refused", "read", "deemed"})
CAME_BACK: Final = frozenset({"failed", "returned"})
NOON: Final = time(12)
PROOF: Final = "notice_proof"
"""Slot of the checklist in which proof of service lies."""


@cache
def shipped() -> Packs:
    """The packs that we ship."""
    return load()


@dataclass(frozen=True, slots=True)
class Reached:
    """A paper that reached somebody, or was sent: with or without proof of it."""

    day: date
    paper: str
    person: str
    proven: bool
    rule: str = ""


@dataclass(frozen=True, slots=True)
class Ground:
    """A case's life as it stands on a day, with its path and the rules."""

    life: CaseLife
    path: CasePath
    today: date

    @property
    def packs(self) -> Packs:
        return shipped()

    def facts(self, *kinds: FactKind) -> tuple[Happened, ...]:
        """Facts of these kinds, of all where none is named, up to today: oldest first, of a day as they were told."""
        known = [each for each in self.life.facts if each.on <= self.today and (not kinds or each.kind in kinds)]
        return tuple(sorted(known, key=lambda each: each.on))

    def last(self, *kinds: FactKind) -> Happened | None:
        """The last of these facts."""
        found = self.facts(*kinds)
        return found[-1] if found else None

    def told(self, *wanted: Told) -> Happened | None:
        """The last fact that one of these asks for."""
        found = [each for each in self.facts() if any(fits(one, each) for one in wanted)]
        return found[-1] if found else None

    def persons(self, roles: Iterable[str] = DEBTORS) -> frozenset[str]:
        """The parties in these roles."""
        return frozenset(each.person for each in self.life.parties if each.role in roles)

    def guarantees(self) -> tuple[Guaranteed, ...]:
        """Those that secure what this case claims: of a guarantor's recourse the counter-guarantees."""
        return tuple(each for each in self.life.guarantees if each.counter == (self.life.kind == "recourse"))

    def served(self, papers: Iterable[str], to: Iterable[str], by: Proof = "reached") -> tuple[Reached, ...]:
        """These papers as they reached these people, or were sent to them: oldest first, without proof too."""
        kinds, persons = frozenset(papers), frozenset(to)
        found = [each for each in self._served(by) if each.paper in kinds and each.person in persons]
        return tuple(sorted((each for each in found if each.day <= self.today), key=lambda each: each.day))

    def _served(self, by: Proof) -> Iterator[Reached]:
        for each in self.life.services:
            arrived = each.reached if each.result in ARRIVED else None
            left = None if each.result in CAME_BACK else each.sent
            day = (left or arrived) if by == "sent" else arrived
            if day is not None:
                yield Reached(day, each.paper, each.person, each.proven, each.rule)
        # What somebody says was served is proven by what lies with it: the word alone begins nothing anew.
        proven = PROOF in self.life.slots_filled
        for fact in self.facts("notice_served"):
            yield Reached(fact.on, str(fact.details.get("paper", "")), fact.person, proven)

    def events(self, *kinds: str) -> tuple[date, ...]:
        """Days on which such a thing happened to the account."""
        return tuple(sorted(day for kind, day in self.life.events if kind in kinds and day <= self.today))

    def policy(self, name: str) -> str:
        """What the lender's own policy chose; empty where nothing."""
        value = self.life.policy.get(name)
        return value if isinstance(value, str) else ""

    def matter(self, events: Iterable[tuple[str, date]]) -> Matter:
        """The debt as the rules of time are asked about it, on the day of the last event if that is later."""
        listed = tuple(events)
        clock = zone(self.life.zone)
        return Matter(
            jurisdictions=self.life.jurisdictions,
            lender=Lender(cast("Role", self.life.lender_role), self.life.lender_kind),
            as_of=max((self.today, *(day for _, day in listed))),
            zone=self.life.zone,
            debt_kind=self.life.debt_kind,
            events=tuple(Moment(kind, datetime.combine(day, NOON, clock)) for kind, day in listed),
            calendars=self.life.calendars,
            circumstances=self.life.circumstances,
        )

    def rests(self, calendar: str) -> IsRest:
        """Days of rest by a calendar; only weekends where it was not given."""
        known = next((each for each in self.life.calendars if each.name == calendar), None)
        return weekend if known is None else rests(known)

    def working_days_after(self, day: date, count: int, calendar: str) -> tuple[date, bool]:
        """The working day so many after a day, never too early; and whether the calendar reached it."""
        known = any(each.name == calendar for each in self.life.calendars)
        try:
            found = business_days_after(day, count, self.rests(calendar))
        except NotCovered:
            return business_days_after(day, count, weekend) + SLACK, False
        return (found, True) if known else (found + SLACK, False)

    def rolled(self, day: date, calendar: str) -> tuple[date, bool]:
        """A last day moved off a day of rest; unmoved, which is never too late, where the calendar does not reach."""
        if not any(each.name == calendar for each in self.life.calendars):
            return day, False
        try:
            return next_business_day(day, self.rests(calendar)), True
        except NotCovered:
            return day, False


def weekend(day: date) -> bool:
    """Whether a day is a Saturday or a Sunday."""
    return day.weekday() >= SATURDAY


def fits(wanted: Told, fact: Happened) -> bool:
    """Whether a fact is what is looked for."""
    return fact.kind == wanted.kind and (not wanted.detail or fact.details.get(wanted.detail) in wanted.values)


def day_of(fact: Happened, *names: str) -> date:
    """The first of these days that a fact was told with; else its own day."""
    for name in names:
        if (told := day_in(fact, name)) is not None:
            return told
    return fact.on


def day_in(fact: Happened, name: str) -> date | None:
    """A day that a fact was told with; none where nothing can be counted from it."""
    value = fact.details.get(name)
    try:
        day = date.fromisoformat(value) if isinstance(value, str) and value else value
    except ValueError:
        return None
    return day if isinstance(day, date) and is_sound(day) else None
