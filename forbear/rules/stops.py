"""Which stops of a person reach an attempt under a rule, and what lifts them.

A stop binds from the moment it is known; only one with an end, such as a breathing space, begins at its `at`.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from forbear.rules.facts import Stop
from forbear.rules.limits import BEGINNING, CALENDAR_KNOWN
from forbear.rules.terms import Period, StopTerms, Terms
from forbear.rules.validation import last_day
from forbear.rules.wall import SECOND, Wall, to_micros
from forbear.rules.weighing import Weighing

HOUR = 3600 * SECOND
OTHER = "other"
"""The terms for every kind of stop that a rule does not name."""
NEW_CONSENT = "new_consent"
"""Has a channel and maybe an address, so that it is read from the consents and never from the bare events."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """The time in which a stop binds: from `start` to `end`, or without one until `event` (None: for good)."""

    start: int
    end: int | None
    event: str | None


def stop_stretches(weighing: Weighing, terms: Terms, wall: Wall) -> Iterator[Stretch]:
    """The time of every stop that reaches the attempt: the oldest first, of one age as the pack names their kinds."""
    named = {kind: place for place, kind in enumerate(terms.stops)}

    def age(stop: Stop) -> tuple[int, int, str]:
        return to_micros(stop.at), named.get(stop.kind, len(named)), stop.kind

    for stop in sorted(weighing.facts.stops, key=age):
        said = terms.stops.get(stop.kind) or terms.stops.get(OTHER)
        if said is None or not _reaches(weighing, stop, said):
            continue
        inside = said.period is None or _in_period(weighing, stop, said.period, terms.calendar, wall)
        if inside is not False:
            event = said.event if inside else CALENDAR_KNOWN
            yield Stretch(_start(stop, said, wall), _lifted(weighing, stop, said, wall), event)


def _start(stop: Stop, said: StopTerms, wall: Wall) -> int:
    """When the stop begins to bind: at once, unless it has a grace or an end of its own."""
    if said.grace_hours:
        return to_micros(stop.at) + said.grace_hours * HOUR
    return to_micros(stop.at) if said.timed and _timed_end(stop, said, wall) is not None else BEGINNING


def _reaches(weighing: Weighing, stop: Stop, said: StopTerms) -> bool:
    attempt = weighing.attempt
    confirms = said.one_confirmation and attempt.purpose == "opt_out_confirmation"
    outside = (
        attempt.party in said.except_parties
        or (said.written and not stop.written)
        or (bool(said.channels) and stop.channel is not None and stop.channel not in said.channels)
        or ("channel" in said.narrowed_by and stop.channel not in {None, attempt.channel})
        or ("to" in said.narrowed_by and stop.to not in {None, attempt.to})
        or (bool(stop.debts) and bool(weighing.about) and set(stop.debts).isdisjoint(weighing.about))
        or (confirms and not weighing.confirmed(stop.at))
    )
    return not outside


def _in_period(weighing: Weighing, stop: Stop, period: Period, holidays: str, wall: Wall) -> bool | None:
    """Whether the stop came on or before the last day of the period; None where its holidays are not known.

    Without the notice the period has not begun to run.
    """
    sent = weighing.events(period.after)
    calendar = weighing.calendar(holidays)
    ends = [last_day(weighing.date_in(wall, at), period.receipt_days, period.days, calendar) for at in sent]
    came = weighing.date_in(wall, to_micros(stop.at))
    if not ends or any(end is not None and came <= end for end in ends):
        return True
    return None if None in ends else False


def _timed_end(stop: Stop, said: StopTerms, wall: Wall) -> int | None:
    """The end of a stop that ends by itself: its own, or so many local dates after its beginning."""
    if not said.timed:
        return None
    if stop.until is not None:
        return to_micros(stop.until)
    if not said.days:
        return None
    at = to_micros(stop.at)
    return wall.first(wall.day(at) + said.days + 1, at)


def _lifted(weighing: Weighing, stop: Stop, said: StopTerms, wall: Wall) -> int | None:
    """The first instant at which something lifts the stop, as far as is known."""
    found: list[int] = []
    if said.lifted_by_consent:
        found += weighing.consents(after=stop.at)
    if said.event is not None and said.event != NEW_CONSENT:
        found += weighing.events(said.event, after=stop.at)
    if (end := _timed_end(stop, said, wall)) is not None:
        found.append(end)
    return min(found, default=None)
