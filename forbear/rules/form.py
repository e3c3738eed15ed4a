"""The form of a pack: which keys a rule, a version and each rule kind may have, and what a version must hold."""

import re
from typing import cast, get_args

from forbear.rules import facts
from forbear.rules.terms import Cite, Force, Period, Scope, StopTerms, Subject, Terms, Unit
from forbear.rules.values import (
    Flaw,
    Raw,
    Read,
    Unreadable,
    a_clock,
    a_day,
    a_flag,
    a_number,
    a_table,
    a_text,
    a_window,
    one_of,
    read_keys,
    some_of,
    some_weekdays,
)

EVIDENCE = ("S", "R", "G", "S~", "from memory", "C", "policy")
WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
POLICY_FIELDS = ("contacts_in_7_days", "open", "close", "sms_a_day", "sms_in_7_days")

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
    "period": a_table(PERIOD, PERIOD, Period),
}


def _stop(raw: object) -> StopTerms:
    read = read_keys(raw, STOP)
    if read.pop("for_good", False) == ("event" in read):
        raise Unreadable("needs either event or for_good = true")
    return StopTerms(**read)


def _stops(raw: object) -> dict[str, StopTerms]:
    if not isinstance(raw, dict) or not raw:
        raise Unreadable("must be a table of stops that is not empty")
    return {kind: _stop(each) for kind, each in cast("dict[str, object]", raw).items()}


PARAMS: dict[str, Read] = {
    "open": a_clock,
    "close": a_clock,
    "open_from": one_of(POLICY_FIELDS),
    "close_from": one_of(POLICY_FIELDS),
    "weekdays": some_weekdays,
    "yields_to": some_of(),
    "override": one_of(("hours", "call_consent")),
    "override_days": a_number,
    "unit": UNITS,
    "subject": one_of(get_args(Subject)),
    "window": a_window,
    "limit": a_number,
    "limit_from": one_of(POLICY_FIELDS),
    "days": a_number,
    "after": a_text,
    "event": a_text,
    "trigger_unit": UNITS,
    "trigger_channels": CHANNELS,
    "stops": _stops,
    "min_staff": a_number,
    "third_persons": PARTIES,
    "only_for": PURPOSES,
    "failed_calls": a_number,
    "say": a_text,
    "when": one_of(("first", "later", "always")),
}
KINDS: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    "quiet_hours": (
        frozenset(),
        frozenset({"open", "close", "open_from", "close_from", "weekdays", "override", "yields_to"}),
    ),
    "frequency_cap": (
        frozenset({"unit", "subject", "window"}),
        frozenset({"limit", "limit_from", "override", "override_days"}),
    ),
    "cooldown": (
        frozenset({"subject", "days", "trigger_unit", "trigger_channels"}),
        frozenset({"override", "override_days"}),
    ),
    "wait_period": (frozenset({"after", "days", "event"}), frozenset()),
    "stop_state": (frozenset({"stops"}), frozenset()),
    "suppression": (frozenset({"event"}), frozenset()),
    "consent": (frozenset({"event"}), frozenset()),
    "visit": (frozenset(), frozenset({"min_staff", "event"})),
    "third_party": (frozenset({"third_persons"}), frozenset({"only_for", "failed_calls", "event", "stops"})),
    "balance": (frozenset({"days", "event"}), frozenset()),
    "zone": (frozenset({"event"}), frozenset()),
    "jurisdiction": (frozenset({"event"}), frozenset()),
    "busy_counts": (frozenset(), frozenset()),
    "disclosure": (frozenset({"say"}), frozenset({"when"})),
}
"""The parameters that a rule of each kind must and may have, besides its scope."""
CITE: dict[str, Read] = {"instrument": a_text, "section": a_text, "published": a_day}
VERSION: dict[str, Read] = {
    "from": a_day,
    "to": a_day,
    "statement": a_text,
    "cite": a_table(CITE, ("instrument",), Cite),
    "force": one_of(get_args(Force)),
    "evidence": one_of(EVIDENCE),
    "verified_on": a_day,
    "added": a_day,
    "corrects": lambda raw: raw if raw == "start" else a_day(raw),
}
NEEDED = ("statement", "cite", "force", "evidence", "added")


def read_terms(rule: Raw, version: Raw) -> Terms:
    """One version of a rule, typed; what the version does not say, the rule says for all its versions."""
    kind = rule["kind"]
    needed, optional = KINDS[kind]
    own = read_keys(version, VERSION | PARAMS | SCOPE, NEEDED)
    shared = {key: value for key, value in rule.items() if key not in {"id", "kind", "questions", "version"}}
    said = read_keys(shared, PARAMS | SCOPE) | own
    for key in sorted(needed - said.keys()):
        raise Flaw(key, f"is missing for a {kind}")
    for key in sorted((said.keys() & PARAMS.keys()) - needed - optional):
        raise Flaw(key, f"means nothing for a {kind}")
    _check_whole(said, kind, bool(rule.get("questions")))
    said["statement"] = " ".join(said["statement"].split())
    scope = Scope(**{key: said.pop(key) for key in SCOPE if key in said})
    said.pop("corrects", None)
    first, last = said.pop("from", None), said.pop("to", None)
    dates = {"first": first and first.toordinal(), "last": last and last.toordinal()}
    return Terms(
        rule=rule["id"], kind=kind, scope=scope, **said, **{key: day for key, day in dates.items() if day is not None}
    )


def _check_whole(said: Raw, kind: str, asked: bool) -> None:
    if "from" in said and "to" in said and said["from"] >= said["to"]:
        raise Flaw("to", "must be later than from, as the dates are half-open")
    if kind == "frequency_cap" and "limit" not in said and "limit_from" not in said:
        raise Flaw("limit", "is missing, and limit_from too")
    if kind == "quiet_hours" and not ({"open", "close"} <= said.keys()) ^ ({"open_from", "close_from"} <= said.keys()):
        raise Flaw("open", "and close, or open_from and close_from, must stand together")
    if said.get("subject") == "debtor" and "parties" not in said:
        raise Flaw("parties", "is missing: subject debtor counts the parties that the rule names, together")
    _check_pairs(said, kind)
    if (said["evidence"] == "from memory") == ("verified_on" in said):
        raise Flaw("verified_on", "is the day on which the source was read: missing, or untrue of a rule from memory")
    if said["evidence"] in {"C", "from memory"} and not asked:
        raise Flaw("questions", f"evidence '{said['evidence']}' needs an open question")
    for key, number in _numbers(said):
        if not _holds(said["statement"], number):
            raise Flaw("statement", f"does not hold the {number} of {key}")


def _check_pairs(said: Raw, kind: str) -> None:
    if kind == "third_party" and ("failed_calls" in said) != ("event" in said):
        raise Flaw("event", "goes with failed_calls: it says what else shows that the debtor cannot be reached")
    if (said.get("override") == "call_consent") != ("override_days" in said):
        raise Flaw("override_days", "goes with override = call_consent")


def _numbers(said: Raw) -> list[tuple[str, str]]:
    """Every number of a version that its statement must hold, as it should be found there."""
    plain = ("limit", "days", "override_days", "min_staff", "failed_calls", "days_past_due_at_most")
    found = [(key, str(said[key])) for key in plain if key in said]
    found += [(key, f"{said[key] // 3600:02}:{said[key] // 60 % 60:02}") for key in ("open", "close") if key in said]
    if "window" in said and said["window"].span == "days" and said["window"].n > 1:
        found.append(("window", str(said["window"].n)))
    periods = [stop.period for stop in said.get("stops", {}).values() if stop.period]
    return found + [("period", str(n)) for each in periods for n in (each.receipt_days, each.days)]


def _holds(statement: str, number: str) -> bool:
    word = WORDS[int(number)] if number.isdigit() and int(number) < len(WORDS) else number
    pattern = rf"(?<![\d:])({re.escape(number)}|{re.escape(word)})(?![\d:])"
    return re.search(pattern, statement, re.IGNORECASE) is not None
