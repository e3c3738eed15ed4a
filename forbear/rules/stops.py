"""Which stops of a person reach an attempt under a rule, and what lifts them.

A stop binds from the moment it is known; only one with an end, such as a breathing space, begins at its `at`.
"""

from collections.abc import Iterator

from forbear.rules.facts import Stop
from forbear.rules.limits import BEGINNING, Ban
from forbear.rules.terms import Period, StopTerms, Terms
from forbear.rules.validation import last_day
from forbear.rules.wall import Wall, to_micros
from forbear.rules.weighing import Weighing

OTHER = "other"
"""The terms for every kind of stop that a rule does not name."""
NEW_CONSENT = "new_consent"
"""Has a channel and maybe an address, so that it is read from the consents and never from the bare events."""


def stop_bans(weighing: Weighing, terms: Terms, wall: Wall) -> Iterator[Ban]:
    """A ban for every stop that reaches the attempt."""
    for stop in weighing.facts.stops:
        said = terms.stops.get(stop.kind) or terms.stops.get(OTHER)
        if said is not None and _reaches(weighing, stop, said, wall):
            timed = said.timed and stop.until is not None
            start = to_micros(stop.at) if timed else BEGINNING
            yield Ban(terms, start=start, end=_lifted(weighing, stop, said), event=said.event)


def _reaches(weighing: Weighing, stop: Stop, said: StopTerms, wall: Wall) -> bool:
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
    return not outside and (said.period is None or _in_period(weighing, stop, said.period, wall))


def _in_period(weighing: Weighing, stop: Stop, period: Period, wall: Wall) -> bool:
    """Whether the stop came on or before the last day of the period; without the notice it has not begun to run."""
    sent = weighing.events(period.after)
    closed = weighing.facts.holidays
    ends = [last_day(weighing.date_in(wall, at), period.receipt_days, period.days, closed) for at in sent]
    return not ends or weighing.date_in(wall, to_micros(stop.at)) <= max(ends)


def _lifted(weighing: Weighing, stop: Stop, said: StopTerms) -> int | None:
    """The first instant at which something lifts the stop, as far as is known."""
    found: list[int] = []
    if said.lifted_by_consent:
        found += weighing.consents(after=stop.at)
    if said.event is not None and said.event != NEW_CONSENT:
        found += weighing.events(said.event, after=stop.at)
    if said.timed and stop.until is not None:
        found.append(to_micros(stop.until))
    return min(found, default=None)
