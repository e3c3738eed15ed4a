"""What one version of a rule says, as a clause with its numbers: described by itself, or as the reason of a denial."""

from forbear.rules.spoken import Words
from forbear.rules.terms import StopTerms, Terms, Timing

CHANNELS = ("sms", "call", "voicemail", "email", "letter", "visit")
OF_CALLS = frozenset({"conversation", "unanswered", "dial"})
"""Units that say by themselves that calls are meant."""
MOST_PHRASES = 3
"""So many phrases of a rule about words are named; the pack holds them all."""


def description(spoken: Words, terms: Terms, legal_zone: str | None) -> str:
    """What a rule says, for somebody who reads the packs. `legal_zone` is the one legal time of its place, if any."""
    return _clause(spoken, terms, None, legal_zone, ("described", "kind"))


def denial(spoken: Words, terms: Terms, taken: int | None, legal_zone: str | None) -> str:
    """Why a rule denies, for somebody who asks after one attempt; `taken` is what a cap has counted."""
    if terms.kind == "stop_state" and len(terms.stops) == 1:
        return spoken.of("special", "stop_one", stop=spoken.either("stop", terms.stops))
    return _clause(spoken, terms, taken, legal_zone, ("kind",))


def variant(terms: Terms) -> str:
    """The name of the clause of a version: its kind, or a special case of it."""
    if terms.kind == "wait_period" and not terms.days:
        return "wait_period_told"
    if terms.kind in {"quiet_hours", "frequency_cap"} and terms.is_lenders:
        return f"{terms.kind}_lender"
    if terms.kind == "visit" and not terms.min_staff:
        return "visit_such" if terms.event or terms.scope.circumstances else "visit_none"
    if terms.kind == "wording" and terms.money_figures:
        return "wording_money"
    if terms.kind in {"notice", "limitation"} and terms.timing is not None:
        return _timed_variant(terms.kind, terms.timing)
    return terms.kind


def _timed_variant(kind: str, timing: Timing) -> str:
    if kind == "notice":
        return kind if timing.length.count else "notice_at_once"
    return f"{kind}_{timing.effect}" if timing.effect else kind


def _clause(spoken: Words, terms: Terms, taken: int | None, legal_zone: str | None, tables: tuple[str, ...]) -> str:
    name = variant(terms)
    table = next((each for each in tables if spoken.has(each, name)), "kind")
    return spoken.of(table, name, clock=clock_of(spoken, legal_zone), **_values(spoken, terms, taken))


def clock_of(spoken: Words, legal_zone: str | None) -> str:
    """By which clock hours are told: that of a country's one legal time, else the person's own."""
    if legal_zone is None:
        return spoken.of("special", "clock_local")
    return spoken.of("special", "clock_legal", zone=spoken.zone(legal_zone))


def way(spoken: Words, channels: frozenset[str]) -> str:
    """By what a communication is made, where a rule names it."""
    if not channels:
        return spoken.of("special", "by_any")
    if channels == frozenset({"visit"}):
        return spoken.of("special", "by_visit")
    named = spoken.either("channel", sorted(channels, key=CHANNELS.index))
    return spoken.of("special", "by_some", channels=named)


def _values(spoken: Words, terms: Terms, taken: int | None) -> dict[str, object]:
    """Everything that the clause of any kind may name."""
    return {
        "open": _clock(terms.open),
        "close": _clock(terms.close),
        "weekdays": _weekdays(spoken, terms),
        "days": terms.days,
        "event": spoken.of("event", terms.event),
        "after": spoken.of("event", terms.after),
        "min_staff": terms.min_staff,
        "calendar": terms.calendar,
        "when": spoken.of("when", terms.when, by=way(spoken, terms.scope.channels)),
        "say": spoken.of("say", terms.say),
        "third": spoken.each("party", sorted(terms.third_persons)),
        "stops": spoken.joined([_stop(spoken, *each) for each in terms.stops.items()]),
        "phrases": _phrases(spoken, terms),
        **_counting(spoken, terms, taken),
        **_timing(spoken, terms),
    }


def _counting(spoken: Words, terms: Terms, taken: int | None) -> dict[str, object]:
    window, channels = terms.window, terms.scope.channels
    span = "month" if window.span == "month" else "days" if window.n > 1 else "day"
    named = spoken.either("channel", sorted(channels, key=CHANNELS.index)) if channels else ""
    told = named and not (terms.kind == "frequency_cap" and terms.unit in OF_CALLS)
    return {
        "limit": terms.limit,
        "unit": spoken.of("unit", terms.unit, terms.limit or 0),
        "unit_one": spoken.of("unit_one", terms.trigger_unit),
        "channels": spoken.of("special", "channels", channels=named) if told else "",
        "window": spoken.of("window", span, n=window.n),
        "subject": spoken.of("subject", terms.subject),
        "taken": "" if taken is None else spoken.of("special", "taken", taken, taken=taken),
    }


def _timing(spoken: Words, terms: Terms) -> dict[str, object]:
    if terms.timing is None:
        return {}
    of = sorted(terms.timing.of)
    return {
        **{table: spoken.either(table, of) for table in ("step", "duty", "record")},
        "count": spoken.length(terms.timing.length),
        "after": spoken.either("event", terms.timing.after),
    }


def _stop(spoken: Words, kind: str, said: StopTerms) -> str:
    if said.event is None:
        return spoken.of("special", "stop_for_good", stop=spoken.of("stop", kind))
    return spoken.of("special", "stop_until", stop=spoken.of("stop", kind), event=spoken.of("event", said.event))


def _phrases(spoken: Words, terms: Terms) -> str:
    ours = terms.phrases.get(spoken.language, ())
    every = [*ours, *(each for some in terms.phrases.values() if some is not ours for each in some)]
    named = spoken.joined(every[:MOST_PHRASES])
    left = len(every) - MOST_PHRASES
    return named + (spoken.of("special", "more_phrases", n=left, total=len(every)) if left > 0 else "")


def _weekdays(spoken: Words, terms: Terms) -> str:
    if not terms.weekdays:
        return ""
    return spoken.of("special", "weekdays", weekdays=spoken.each("weekday", sorted(terms.weekdays)))


def _clock(seconds: int) -> str:
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}"
