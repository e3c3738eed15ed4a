"""One attempt being weighed: its facts, prepared once so that every rule can ask them quickly.

Instants become whole microseconds, the past what the rules may count, and the person's places the wall clocks
that count.
"""

from collections.abc import Collection, Sequence
from datetime import date, datetime

from forbear.errors import BadInput
from forbear.rules.asked import Rule, asked
from forbear.rules.counting import COUNTED, WHOLE_DEBT
from forbear.rules.facts import Attempt, Calendar, Debt, Facts, Place
from forbear.rules.limits import FOREVER, Cover
from forbear.rules.packs import POLICY, Pack, Packs
from forbear.rules.past import Recent
from forbear.rules.terms import Scope, Terms
from forbear.rules.wall import DAY, Wall, to_instant, to_micros

EARLIEST_AND_LATEST = ("Etc/GMT+12", "Etc/GMT-14")
"""Where no zone is known, dates are counted at both ends of the world."""
MARGIN = 2
"""Days by which the past reaches further back than the longest count, so that every zone's dates are whole."""


class Weighing:
    """An attempt with its facts, under the packs that apply to it, at `now` (whole microseconds)."""

    def __init__(self, attempt: Attempt, facts: Facts, packs: Packs, now: datetime) -> None:
        if now.utcoffset() is None:
            raise BadInput("now", "has no offset from UTC", "Send an aware instant, such as 2026-12-01T17:00:00Z")
        self.attempt, self.facts = attempt, facts
        self.asked = asked(attempt, facts, packs)
        self.now = to_micros(now)
        self.debts: dict[str, Debt] = {debt.id: debt for debt in facts.debts}
        self.about = tuple(dict.fromkeys(attempt.debts)) or tuple(self.debts)
        self._recent: Recent | None = None
        self._places: list[str] | None = None
        self._zones: dict[str, Sequence[str]] = {}
        self._walls: dict[str, Wall] = {}

    @property
    def recent(self) -> Recent:
        """The past attempts that some rule may count."""
        if self._recent is None:
            since = to_instant(self.now - (self.asked.longest + MARGIN) * DAY)
            self._recent = Recent(self.attempt, self.facts.history, since)
        return self._recent

    def wall(self, name: str) -> Wall:
        """The wall clock of a zone, made once."""
        if (wall := self._walls.get(name)) is None:
            wall = self._walls[name] = Wall(name, self.now)
        return wall

    def places(self) -> list[str]:
        """The zones of all places, or of the stated ones where the person stated any."""
        if self._places is None:
            stated = [place.zone for place in self.facts.places if place.kind == "stated"]
            self._places = list(dict.fromkeys(stated or [place.zone for place in self.facts.places]))
        return self._places

    def zones(self, pack: Pack) -> Sequence[str]:
        """The zones in which a pack is read: its legal one, else those of the places.

        The product's policy has no place of its own: it is read by every legal zone of the packs of law, and by every
        clock of the person that is not inside such a country.
        """
        if (known := self._zones.get(pack.jurisdiction)) is None:
            known = [pack.legal_zone] if pack.legal_zone else self.places()
            if pack.jurisdiction == POLICY:
                known = self._zones_of_policy()
            self._zones[pack.jurisdiction] = known
        return known

    def _zones_of_policy(self) -> list[str]:
        legal = [each for each in self.asked.packs if each.legal_zone]
        if not legal:
            return self.places()
        inside = {name for each in legal for name in (each.legal_zone, *each.own_zones)}
        elsewhere = [name for name in self.places() if name not in inside]
        return list(dict.fromkeys([*(each.legal_zone for each in legal if each.legal_zone), *elsewhere]))

    def zones_of(self, rule: Rule) -> Sequence[str] | None:
        """The zones in which a rule is read; None where others' own hours hold in all of them."""
        zones = self.zones(rule.pack)
        if not rule.terms.yields_to:
            return zones
        left_to_others = {pack.legal_zone for pack in self.asked.packs if pack.jurisdiction in rule.terms.yields_to}
        kept = [name for name in zones if name not in left_to_others]
        return None if zones and not kept else kept

    def evidence(self, zones: Collection[str]) -> tuple[Place, ...]:
        """The places from which some zones come."""
        stated = tuple(place for place in self.facts.places if place.kind == "stated")
        return tuple(place for place in stated or self.facts.places if place.zone in zones)

    def is_hinted(self, kinds: frozenset[str]) -> bool:
        """Whether all that is known of where the person is was read off points of these kinds, and nobody told it."""
        return all(place.derived and place.kind in kinds for place in self.facts.places)

    def is_within(self, scope: Scope, debt_id: str) -> bool:
        """Whether one debt of the attempt is of the kind and age that the scope names."""
        debt = self.debts.get(debt_id) or Debt(debt_id)
        if scope.debt_kinds and debt.kind not in scope.debt_kinds:
            return False
        return scope.days_past_due_at_most is None or debt.days_past_due <= scope.days_past_due_at_most

    def is_in_force(self, rule: Rule) -> bool:
        """Whether a rule is in force now; where the date is not the same everywhere, in one place is enough."""
        if rule.always:
            return True
        zones = self.zones(rule.pack) or EARLIEST_AND_LATEST
        return any(rule.terms.in_force(self.wall(name).day(self.now)) for name in zones)

    def binds(self, rule: Rule) -> bool:
        """Whether a rule that is asked of such attempts binds one of the debts of this one."""
        return not rule.by_debt or any(self.is_within(rule.terms.scope, debt) for debt in self.about)

    def subjects(self, terms: Terms) -> Sequence[str | None]:
        """What a rule counts apart: each debt of the attempt that it binds, or everything together (None)."""
        if terms.subject in WHOLE_DEBT:
            return [debt for debt in self.about if self.is_within(terms.scope, debt)]
        return (None,)

    def covers(self, wall: Wall, terms: Terms) -> Sequence[Cover]:
        """The times in which what the person agreed to lifts a rule."""
        if not terms.override or not self.facts.agreements:
            return ()
        if terms.override == "call_consent":
            return self._call_covers(wall, terms.override_days)
        if terms.override == "message_consent":
            return [Cover(at, FOREVER) for at in self.consents()]
        return ()

    def _call_covers(self, wall: Wall, days: int) -> list[Cover]:
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
        """Whether the latest calls to the debtor about the attempt's debts, so many, all ended without a conversation.

        Whoever is a contact of this debt may be the debtor of another one: calls about that one show nothing here.
        """
        made = [
            (past.at, past.result)
            for past in self.facts.history
            if past.channel == "call"
            and past.party == "debtor"
            and to_micros(past.at) <= self.now
            and (not self.about or not set(self.about).isdisjoint(past.debts))
        ]
        latest = sorted(made, key=lambda each: each[0])[-calls:]
        return len(latest) == calls and all(result not in COUNTED["conversation"] for _, result in latest)

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
