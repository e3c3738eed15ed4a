"""The keys of a pack: how each is read, and which of them a rule of each kind must and may have."""

from typing import cast, get_args

from forbear.rules import facts
from forbear.rules.terms import Effect, Period, Roll, Stage, StopTerms, Subject, Unit
from forbear.rules.values import (
    Read,
    Unreadable,
    a_clock,
    a_flag,
    a_key,
    a_length,
    a_number,
    a_table,
    a_text,
    a_window,
    one_of,
    read_keys,
    some_keys,
    some_of,
    some_phrases,
    some_weekdays,
)

POLICY_FIELDS = ("contacts_in_7_days", "open", "close", "sms_a_day", "sms_in_7_days")
RECORDS = ("contact", "recording", "complaint", "assessment", "notice", "all")

CHANNELS = some_of(get_args(facts.Channel))
PARTIES = some_of(get_args(facts.Party))
PURPOSES = some_of(get_args(facts.Purpose))
UNITS = one_of(get_args(Unit))

SCOPE: dict[str, Read] = {
    "channels": CHANNELS,
    "recorded_only": CHANNELS,
    "roles": some_of(get_args(facts.Role)),
    "lender_kinds": some_of(),
    "parties": PARTIES,
    "except_parties": PARTIES,
    "places": some_of(get_args(facts.ContactPlace)),
    "purposes": PURPOSES,
    "except_purposes": PURPOSES,
    "debt_kinds": some_of(),
    "days_past_due_at_most": a_number,
    "only_jurisdictions": some_of(),
    "except_jurisdictions": some_of(),
    "circumstances": lambda raw: frozenset(some_keys(raw)),
    "languages": some_of(),
}
PERIOD: dict[str, Read] = {"after": a_text, "receipt_days": a_number, "days": a_number}
STOP: dict[str, Read] = {
    "event": a_text,
    "for_good": a_flag,
    "narrowed_by": some_of(("channel", "to")),
    "channels": CHANNELS,
    "except_parties": PARTIES,
    "lifted_by_consent": a_flag,
    "one_confirmation": a_flag,
    "written": a_flag,
    "timed": a_flag,
    "days": a_number,
    "grace_hours": a_number,
    "period": a_table(PERIOD, PERIOD, Period),
}


def _stop(raw: object) -> StopTerms:
    read = read_keys(raw, STOP)
    if read.pop("for_good", False) == ("event" in read):
        raise Unreadable("needs either event or for_good = true")
    if "days" in read and not read.get("timed"):
        raise Unreadable("has days, so that it must be timed")
    return StopTerms(**read)


def _stops(raw: object) -> dict[str, StopTerms]:
    if not isinstance(raw, dict) or not raw:
        raise Unreadable("must be a table of stops that is not empty")
    return {kind: _stop(each) for kind, each in cast("dict[str, object]", raw).items()}


PARAMS: dict[str, Read] = {
    "calendar": a_text,
    "open": a_clock,
    "close": a_clock,
    "open_from": one_of(POLICY_FIELDS),
    "close_from": one_of(POLICY_FIELDS),
    "weekdays": some_weekdays,
    "closed_otherwise": a_flag,
    "yields_to": some_of(),
    "override": one_of(("hours", "call_consent", "message_consent")),
    "override_days": a_number,
    "unit": UNITS,
    "subject": one_of(get_args(Subject)),
    "window": a_window,
    "limit": a_number,
    "limit_from": one_of(POLICY_FIELDS),
    "counts_every_purpose": a_flag,
    "days": a_number,
    "after": a_text,
    "event": a_text,
    "trigger_unit": UNITS,
    "trigger_channels": CHANNELS,
    "stops": _stops,
    "min_staff": a_number,
    "not_alone": some_of(get_args(facts.PlaceKind)),
    "third_persons": PARTIES,
    "only_for": PURPOSES,
    "failed_calls": a_number,
    "say": a_key,
    "when": one_of(("first", "later", "always")),
    "words": some_phrases,
    "phrases": some_phrases,
    "stage": one_of(get_args(Stage)),
    "money_figures": a_flag,
}
TIMED: dict[str, Read] = {
    "calendar": a_text,
    "step": a_key,
    "duty": a_key,
    "records": some_of(RECORDS),
    "after": some_keys,
    "count": a_number,
    "unit": lambda raw: a_length({"count": 0, "unit": raw}).unit,
    "event": a_key,
    "month_end": one_of(("last_day",)),
    "roll": one_of(get_args(Roll)),
    "receipt": a_length,
    "restarts": some_keys,
    "restarts_after_expiry": a_flag,
    "long_stop": a_length,
    "effect": one_of(get_args(Effect)),
}
"""The keys of the kinds that time something, read into `Timing`."""

Keys = frozenset[str]


def _keys(needed: str, optional: str = "") -> tuple[Keys, Keys]:
    return frozenset(needed.split()), frozenset(optional.split())


COUNTED = "after count unit"
KINDS: dict[str, tuple[Keys, Keys]] = {
    "quiet_hours": _keys("", "open close open_from close_from weekdays closed_otherwise override yields_to"),
    "holiday": _keys("calendar"),
    "frequency_cap": _keys("unit subject window", "limit limit_from counts_every_purpose override override_days event"),
    "cooldown": _keys("subject days trigger_unit trigger_channels", "override override_days"),
    "wait_period": _keys("after days event"),
    "stop_state": _keys("stops", "calendar"),
    "suppression": _keys("event"),
    "consent": _keys("event", "days"),
    "visit": _keys("", "min_staff event override"),
    "no_contact": _keys("", "event"),
    "third_party": _keys("third_persons", "only_for failed_calls event stops"),
    "balance": _keys("", "days event"),
    "zone": _keys("event", "not_alone"),
    "jurisdiction": _keys("event"),
    "busy_counts": _keys(""),
    "disclosure": _keys("say", "when words"),
    "identity": _keys("say", "when words"),
    "recording": _keys("say", "when words"),
    "wording": _keys("", "phrases money_figures stage"),
    "notice": _keys(f"step event {COUNTED}", "calendar month_end receipt"),
    "deadline": _keys(f"duty {COUNTED}", "calendar month_end roll receipt"),
    "limitation": _keys(
        f"effect {COUNTED}", "calendar month_end roll receipt restarts restarts_after_expiry long_stop"
    ),
    "retention": _keys(f"records {COUNTED}", "calendar month_end"),
}
"""The parameters that a rule of each kind must and may have, besides its scope."""
TIMED_KINDS = frozenset({"notice", "deadline", "limitation", "retention"})


def readers(kind: str) -> dict[str, Read]:
    """How the keys of a kind are read."""
    return TIMED if kind in TIMED_KINDS else PARAMS


def is_known(key: str) -> bool:
    """Whether a rule of any kind may have a key."""
    return key in PARAMS or key in TIMED
