"""One attempt being weighed: its facts, prepared once so that every rule can ask them quickly.

Instants become whole microseconds, the lender's role its whole set of roles, and the person's places the wall
clocks that count.
"""

from collections.abc import Sequence
from datetime import date, datetime

from forbear.rules.counting import COUNTED, WHOLE_DEBT, same_subject
from forbear.rules.facts import Attempt, Calendar, Debt, Facts
from forbear.rules.limits import FOREVER, Cover
from forbear.rules.packs import Pack
from forbear.rules.terms import Scope, Subject, Terms, Unit
from forbear.rules.wall import Wall, to_micros

EARLIEST_AND_LATEST = ("Etc/GMT+12", "Etc/GMT-14")
"""Where no zone is known, dates are counted at both ends of the world."""
ALSO: dict[str, frozenset[str]] = {"licensed_agency": frozenset({"licensed_agency", "third_party_collector"})}
"""A licensed agency is also a third-party collector."""


class Weighing:
    """An attempt with its facts, at `now` (whole microseconds)."""

    def __init__(self, attempt: Attempt, facts: Facts, now: datetime) -> None:
        self.attempt, self.facts = attempt, facts
        self.now = to_micros(now)
        self.roles = ALSO.get(facts.lender.role, frozenset({facts.lender.role}))
        self.debts: dict[str, Debt] = {debt.id: debt for debt in facts.debts}
        self.about = tuple(dict.fromkeys(attempt.debts)) or tuple(self.debts)
        self.past = [past for past in facts.history if past.party != "attorney"]
        self.attempt_caps: list[tuple[Terms, Wall]] = []
        self._instants = [to_micros(past.at) for past in self.past]
        self._days: dict[str, list[int]] = {}
        self._walls: dict[str, Wall] = {}

    def wall(self, name: str) -> Wall:
        """The wall clock of a zone, made once."""
        if name not in self._walls:
            self._walls[name] = Wall(name, self.now)
        return self._walls[name]

    def places(self) -> list[str]:
        """The zones of all places, or of the stated ones where the person stated any; none where all are hints."""
        if all(place.is_hint for place in self.facts.places):
            return []
        stated = [place.zone for place in self.facts.places if place.kind == "stated"]
        return list(dict.fromkeys(stated or [place.zone for place in self.facts.places]))

    def zones(self, pack: Pack, packs: Sequence[Pack]) -> list[str]:
        """The zones in which a pack is read: its legal one, else those of the places.

        The product's policy has no place of its own: it is read by every legal zone of the packs of law, and by every
        clock of the person that is not inside such a country.
        """
        if pack.legal_zone:
            return [pack.legal_zone]
        if pack.jurisdiction != "POLICY":
            return self.places()
        legal = [each for each in packs if each.legal_zone]
        inside = {name for each in legal for name in (each.legal_zone, *each.own_zones)}
        elsewhere = [name for name in self.places() if name not in inside]
        return list(dict.fromkeys([*(each.legal_zone for each in legal if each.legal_zone), *elsewhere]))

    def binds(self, scope: Scope) -> bool:
        """Whether a rule with this scope binds the attempt at all."""
        attempt = self.attempt
        asked: tuple[tuple[frozenset[str], str | None], ...] = (
            (scope.channels, attempt.channel),
            (scope.lender_kinds, self.facts.lender.kind),
            (scope.parties, attempt.party),
            (scope.places, attempt.place),
            (scope.purposes, attempt.purpose),
        )
        if any(allowed and value not in allowed for allowed, value in asked):
            return False
        if attempt.party in scope.except_parties or attempt.purpose in scope.except_purposes:
            return False
        if attempt.channel in scope.recorded_only and not attempt.prerecorded:
            return False
        if scope.roles and not scope.roles & self.roles:
            return False
        return self._binds_person(scope) and self._binds_place(scope) and self._binds_debt(scope)

    def _binds_person(self, scope: Scope) -> bool:
        if scope.circumstances and not scope.circumstances & self.facts.circumstances:
            return False
        language = self.attempt.language
        return not scope.languages or language is None or language in scope.languages

    def _binds_place(self, scope: Scope) -> bool:
        here = set(self.facts.jurisdictions)
        if scope.only_jurisdictions and not scope.only_jurisdictions & here:
            return False
        return not scope.except_jurisdictions & here

    def _binds_debt(self, scope: Scope) -> bool:
        if not scope.debt_kinds and scope.days_past_due_at_most is None:
            return True
        return any(self.is_within(scope, debt) for debt in self.about)

    def is_within(self, scope: Scope, debt_id: str) -> bool:
        """Whether one debt of the attempt is of the kind and age that the scope names."""
        debt = self.debts.get(debt_id) or Debt(debt_id)
        if scope.debt_kinds and debt.kind not in scope.debt_kinds:
            return False
        return scope.days_past_due_at_most is None or debt.days_past_due <= scope.days_past_due_at_most

    def subjects(self, terms: Terms) -> Sequence[str | None]:
        """What a rule counts apart: each debt of the attempt that it binds, or everything together (None)."""
        if terms.subject in WHOLE_DEBT:
            return [debt for debt in self.about if self.is_within(terms.scope, debt)]
        return [None]

    def taken(
        self,
        terms: Terms,
        unit: Unit,
        channels: frozenset[str],
        debt: str | None,
        covers: Sequence[Cover],
    ) -> list[int]:
        """The places in the past of the attempts that a rule counts, one number for each."""
        results, scope = COUNTED[unit], terms.scope
        return [
            place
            for place, past in enumerate(self.past)
            if past.result in results
            and (not channels or past.channel in channels)
            and (not scope.parties or past.party in scope.parties)
            and past.party not in scope.except_parties
            and (not scope.places or past.place in scope.places)
            and (not scope.purposes or past.purpose in scope.purposes)
            and past.purpose not in scope.except_purposes
            and (debt is None or debt in past.debts)
            and self._is_of(place, terms.subject)
            and not any(cover.start <= self._instants[place] < cover.end for cover in covers)
        ]

    def _is_of(self, place: int, subject: Subject) -> bool:
        return same_subject(self.past[place], self.attempt, subject)

    def days(self, wall: Wall, places: Sequence[int]) -> list[int]:
        """The sorted local dates of past attempts."""
        if wall.name not in self._days:
            self._days[wall.name] = [wall.day(instant) for instant in self._instants]
        known = self._days[wall.name]
        return sorted(known[place] for place in places)

    def covers(self, wall: Wall, terms: Terms) -> list[Cover]:
        """The times in which what the person agreed to lifts a rule."""
        if terms.override == "call_consent":
            return self.call_covers(wall, terms.override_days)
        if terms.override == "message_consent":
            return [Cover(at, FOREVER) for at in self.consents()]
        return []

    def call_covers(self, wall: Wall, days: int) -> list[Cover]:
        """The times covered by a consent to further calls: `days` local dates at most, that of its start day 1."""
        covers: list[Cover] = []
        for agreed in self.facts.agreements:
            if agreed.kind == "call_consent" and agreed.start is not None:
                start = to_micros(agreed.start)
                end = wall.first(wall.day(start) + days, start)
                covers.append(Cover(start, min(end, to_micros(agreed.end)) if agreed.end else end))
        return covers

    def consents(self, after: datetime | None = None) -> list[int]:
        """When consents were given for messages by the attempt's channel to its address, later than `after`."""
        return [
            to_micros(agreed.at)
            for agreed in self.facts.agreements
            if agreed.kind == "message_consent"
            and agreed.channel == self.attempt.channel
            and agreed.at is not None
            and agreed.to in {None, self.attempt.to}
            and (after is None or agreed.at > after)
        ]

    def events(self, kind: str, after: datetime | None = None) -> list[int]:
        """When events of a kind happened, later than `after`."""
        return [
            to_micros(event.at)
            for event in self.facts.events
            if event.kind == kind and (after is None or event.at > after)
        ]

    def debtor_missed(self, calls: int) -> bool:
        """Whether the latest calls to the debtor, so many in a row, all ended without a conversation."""
        made = [
            (instant, past.result)
            for instant, past in zip(self._instants, self.past, strict=True)
            if past.channel == "call" and past.party == "debtor"
        ]
        latest = sorted(made, key=lambda each: each[0])[-calls:]
        return len(latest) == calls and all(result != "connected" for _, result in latest)

    def confirmed(self, since: datetime) -> bool:
        """Whether an opt-out by the attempt's channel and address was already confirmed since then."""
        return any(
            past.purpose == "opt_out_confirmation"
            and past.at >= since
            and past.channel == self.attempt.channel
            and past.to == self.attempt.to
            and past.result in COUNTED["attempt"]
            for past in self.facts.history
        )

    def balance_age(self, debt_id: str) -> int | None:
        """The instant of which a debt's balance is known; None if it is not."""
        debt = self.debts.get(debt_id)
        return None if debt is None or debt.balance_as_of is None else to_micros(debt.balance_as_of)

    def calendar(self, name: str) -> Calendar | None:
        """The public holidays of a name, if they were passed in."""
        return next((each for each in self.facts.calendars if each.name == name), None)

    def date_in(self, wall: Wall, instant: int) -> date:
        """The local date of an instant."""
        return date.fromordinal(wall.day(instant))
