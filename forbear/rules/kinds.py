"""What each kind of rule denies, brought into the shapes of `forbear.rules.limits`.

A kind reads its terms from the pack and never asks which rule it is: another jurisdiction is another file.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import time
from functools import lru_cache

from forbear.rules.facts import Suppression
from forbear.rules.limits import BEGINNING, Ban, Cap, Cover, Holidays, Hours, Limit
from forbear.rules.past import What
from forbear.rules.stops import stop_stretches
from forbear.rules.terms import NEVER_ENDS, Terms
from forbear.rules.wall import DAY, Segments, Wall, window
from forbear.rules.weighing import EARLIEST_AND_LATEST, Weighing

Kind = Callable[[Weighing, Terms, Wall], Iterator[Limit]]

AUTOMATED = frozenset({"sms", "email", "voicemail"})


def quiet_hours(weighing: Weighing, terms: Terms, wall: Wall) -> Iterator[Limit]:
    """A daily window, widened by agreed hours where the rule lets an agreement lift it. Letters have no hours."""
    daily = daily_hours(weighing, terms)
    if daily is None:
        return
    guard = max(weighing.facts.policy.guard_seconds, 0)
    agreed = () if terms.override != "hours" else _agreed_hours(weighing)
    yield Hours(terms, wall, _windows((daily, *agreed), guard))


@lru_cache(maxsize=4096)
def _windows(daily: Sequence[tuple[int, int]], guard: int) -> Segments:
    return tuple(sorted(part for opening, closing in daily for part in window(opening, closing, guard)))


def _agreed_hours(weighing: Weighing) -> Iterator[tuple[int, int]]:
    for agreed in weighing.facts.agreements:
        if agreed.kind == "hours" and agreed.open is not None and agreed.close is not None:
            yield _time(agreed.open) or 0, _time(agreed.close) or 0


def daily_hours(weighing: Weighing, terms: Terms) -> tuple[int, int] | None:
    """Opening and closing in seconds of the day; None where they are the lender's own and it has none."""
    if not terms.open_from:
        return terms.open, terms.close
    opening, closing = _time(weighing.facts.policy.open), _time(weighing.facts.policy.close)
    return None if opening is None and closing is None else (opening or 0, closing or 0)


def _time(value: time | None) -> int | None:
    return None if value is None else value.hour * 3600 + value.minute * 60 + value.second


def frequency_cap(weighing: Weighing, terms: Terms, wall: Wall) -> Iterator[Limit]:
    """A number of local dates' attempts, for each debt of the attempt or for the person over all.

    A cap with an event needs a consent to messages besides.
    """
    limit = _limit(weighing, terms)
    if limit is not None:
        yield from _caps(weighing, terms, terms, wall, limit)
    if terms.event:
        yield from consent(weighing, terms, wall)


def _caps(weighing: Weighing, terms: Terms, by: Terms, wall: Wall, limit: int) -> Iterator[Cap]:
    """A cap that counts as `by` says, for each subject of the attempt; as policy in its place, busy lines too."""
    covers = weighing.covers(wall, by)
    what = What(by.unit if terms is by else "dial", by.scope.channels, by.counted, by.subject)
    for debt in weighing.subjects(by):
        places = weighing.recent.counted(what, debt, covers)
        days = weighing.recent.days_of(wall, places)
        if terms is by or any(weighing.recent.made[place].result == "busy" for place in places):
            yield Cap(terms, by, wall, days, limit, covers, debt or "", places)


def _limit(weighing: Weighing, terms: Terms) -> int | None:
    declared = getattr(weighing.facts.policy, terms.limit_from) if terms.limit_from else None
    return terms.limit if declared is None else declared


def busy_counts(weighing: Weighing, terms: Terms, wall: Wall) -> Iterator[Limit]:
    """Every cap of the law on attempts once more, as policy, with busy lines counted."""
    if not weighing.recent.busy:
        return
    for rule in weighing.asked.attempt_caps:
        limit = _limit(weighing, rule.terms)
        here = wall.name in (weighing.zones_of(rule) or EARLIEST_AND_LATEST)
        if limit is not None and here and weighing.binds(rule):
            yield from _caps(weighing, terms, rule.terms, wall, limit)


def cooldown(weighing: Weighing, terms: Terms, wall: Wall) -> Iterator[Limit]:
    """Nothing for a number of local dates from what triggers it, its own date being day 1."""
    covers = weighing.covers(wall, terms)
    what = What(terms.trigger_unit, terms.trigger_channels, terms.scope, terms.subject)
    for debt in weighing.subjects(terms):
        places = weighing.recent.counted(what, debt, covers)
        for day in weighing.recent.days_of(wall, places)[-1:]:
            end = wall.first(day + terms.days, weighing.now)
            yield from ban(weighing, terms, wall, end=end, covers=covers)


def wait_period(weighing: Weighing, terms: Terms, wall: Wall) -> Iterator[Limit]:
    """Nothing until a number of local dates after a notice; without the notice, until it is sent."""
    sent = weighing.events(terms.after)
    if not sent:
        yield from ban(weighing, terms, wall, event=terms.event)
        return
    end = wall.first(wall.day(max(sent)) + terms.days, weighing.now)
    yield from ban(weighing, terms, wall, end=end)


def stop_state(weighing: Weighing, terms: Terms, wall: Wall) -> Iterator[Limit]:
    """Nothing while a stop of the person reaches the attempt."""
    for stop in stop_stretches(weighing, terms, wall):
        yield from ban(weighing, terms, wall, start=stop.start, end=stop.end, event=stop.event)


def suppression(weighing: Weighing, terms: Terms, wall: Wall) -> Iterator[Limit]:
    """Nothing after an opt-out that reaches the attempt, save one confirmation, until a later consent."""
    asked_to_confirm = weighing.attempt.purpose == "opt_out_confirmation"
    for said in weighing.facts.suppressions:
        if _suppresses(said, weighing) and not (asked_to_confirm and not weighing.confirmed(said.at)):
            end = min(weighing.consents(after=said.at), default=None)
            yield from ban(weighing, terms, wall, end=end, event=terms.event)


def _suppresses(said: Suppression, weighing: Weighing) -> bool:
    attempt = weighing.attempt
    if attempt.party == "attorney":
        return said.to == attempt.to
    if said.scope == "everything":
        return True
    if said.scope == "all_automated":
        return attempt.channel in AUTOMATED or attempt.prerecorded
    by_channel = said.channel is None or said.channel == attempt.channel
    return by_channel and (said.scope == "channel" or said.to is None or said.to == attempt.to)


def consent(weighing: Weighing, terms: Terms, wall: Wall) -> Iterator[Limit]:
    """Nothing without a consent to messages by that channel, and to that address where it names one.

    A rule with days asks for one that is not older than so many local dates, its own not counted.
    """
    given = weighing.consents()
    if terms.days:
        given = [at for at in given if wall.day(weighing.now) - wall.day(at) <= terms.days]
    yield from ban(weighing, terms, wall, end=min(given, default=None), event=terms.event)


def no_contact(weighing: Weighing, terms: Terms, wall: Wall) -> Iterator[Limit]:
    """Nothing at all to whom the rule binds."""
    yield from ban(weighing, terms, wall, event=terms.event)


def holiday(weighing: Weighing, terms: Terms, wall: Wall) -> Iterator[Limit]:
    """Nothing on a public holiday, from local midnight to midnight."""
    yield Holidays(terms, wall, weighing.calendar(terms.calendar))


def visit(weighing: Weighing, terms: Terms, wall: Wall) -> Iterator[Limit]:
    """No visit with fewer people than the rule asks for, or none at all where it asks for no number."""
    if not terms.min_staff or weighing.attempt.staff < terms.min_staff:
        yield from ban(weighing, terms, wall, event=terms.event, covers=weighing.covers(wall, terms))


def third_party(weighing: Weighing, terms: Terms, wall: Wall) -> Iterator[Limit]:
    """Who owes nothing is asked for some purposes alone, after failed calls to the debtor, and never after a refusal.

    A refusal binds whoever is reached by that number or address, in whatever role.
    """
    yield from stop_state(weighing, terms, wall)
    if weighing.attempt.party not in terms.third_persons:
        return
    if terms.only_for and weighing.attempt.purpose not in terms.only_for:
        yield from ban(weighing, terms, wall)
    if terms.failed_calls and not weighing.debtor_missed(terms.failed_calls):
        end = min(weighing.events(terms.event or ""), default=None)
        yield from ban(weighing, terms, wall, end=end, event=terms.event)


def balance(weighing: Weighing, terms: Terms, wall: Wall) -> Iterator[Limit]:
    """Nothing about a balance older than a number of days, or of unknown age.

    It is judged at `now` alone: a balance is confirmed anew before a later attempt, which is weighed again.
    """
    oldest = weighing.now - terms.days * DAY
    if any((age := weighing.balance_age(debt)) is None or age < oldest for debt in weighing.about):
        yield from ban(weighing, terms, wall, event=terms.event)


def ban(
    weighing: Weighing,
    terms: Terms,
    wall: Wall,
    *,
    start: int = BEGINNING,
    end: int | None = None,
    event: str | None = None,
    covers: Sequence[Cover] = (),
) -> Iterator[Ban]:
    """A ban on the dates on which its rule is in force; none if those have passed."""
    if wall.today >= terms.last:
        return
    if wall.today < terms.first:
        start = max(start, wall.first(terms.first, weighing.now))
    if terms.last != NEVER_ENDS:
        ended = wall.first(terms.last, weighing.now)
        end = ended if end is None else min(end, ended)
    yield Ban(terms, start, end, event, covers)


KINDS: Mapping[str, Kind] = {
    "quiet_hours": quiet_hours,
    "frequency_cap": frequency_cap,
    "busy_counts": busy_counts,
    "cooldown": cooldown,
    "wait_period": wait_period,
    "stop_state": stop_state,
    "suppression": suppression,
    "consent": consent,
    "no_contact": no_contact,
    "holiday": holiday,
    "visit": visit,
    "third_party": third_party,
    "balance": balance,
}
"""Kinds that deny. `zone` and `jurisdiction` are asked by the engine itself."""
