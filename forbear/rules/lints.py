"""What a version of a rule must hold together: pairs of keys, its source, and every number in its statement."""

from collections.abc import Iterator
from typing import Any

from forbear.rules.numerals import holds, holds_clock
from forbear.rules.values import Flaw, Raw

MONTHS = frozenset({"months", "years"})
PLAIN = ("limit", "days", "override_days", "min_staff", "failed_calls", "days_past_due_at_most", "count")


def check_whole(said: Raw, kind: str, *, asked: bool) -> None:
    """Refuse with a `Flaw` what does not hang together; `asked` is whether the rule names an open question."""
    if "from" in said and "to" in said and said["from"] >= said["to"]:
        raise Flaw("to", "must be later than from, as the dates are half-open")
    _check_needs(said, kind)
    _check_pairs(said, kind)
    _check_timing(said)
    _check_source(said, asked=asked)
    for key, number in _numbers(said):
        if not holds(said["statement"], number):
            raise Flaw("statement", f"does not hold the {number} of {key}")
    for key in ("open", "close"):
        if key in said and not holds_clock(said["statement"], clock := _clock(said[key])):
            raise Flaw("statement", f"does not hold the {clock} of {key}")


def _check_needs(said: Raw, kind: str) -> None:
    if kind == "frequency_cap" and "limit" not in said and "limit_from" not in said:
        raise Flaw("limit", "is missing, and limit_from too")
    if kind == "quiet_hours" and not ({"open", "close"} <= said.keys()) ^ ({"open_from", "close_from"} <= said.keys()):
        raise Flaw("open", "and close, or open_from and close_from, must stand together")
    if kind == "wording" and ("phrases" in said) == ("money_figures" in said):
        raise Flaw("phrases", "or money_figures: a rule of wording forbids one of them")
    if said.get("subject") == "debtor" and "parties" not in said:
        raise Flaw("parties", "is missing: subject debtor counts the parties that the rule names, together")
    if "calendar" not in said and any(stop.period for stop in said.get("stops", {}).values()):
        raise Flaw("calendar", "is missing: a period counts business days, by its own or its pack's calendar")


def _check_pairs(said: Raw, kind: str) -> None:
    if kind == "third_party" and ("failed_calls" in said) != ("event" in said):
        raise Flaw("event", "goes with failed_calls: it says what else shows that the debtor cannot be reached")
    if (said.get("override") == "call_consent") != ("override_days" in said):
        raise Flaw("override_days", "goes with override = call_consent")
    if said.get("closed_otherwise") and "weekdays" not in said:
        raise Flaw("closed_otherwise", "goes with weekdays")
    if kind == "quiet_hours" and said.get("override", "hours") != "hours":
        raise Flaw("override", "of hours can only be agreed hours")


def _check_timing(said: Raw) -> None:
    if "count" not in said:
        return
    units = {said["unit"], *(said[key].unit for key in ("receipt", "long_stop") if key in said)}
    if bool(units & MONTHS) != ("month_end" in said):
        raise Flaw("month_end", "says how months and years end: needed where they are counted, and only there")
    if "calendar" not in said and ("business_days" in units or said.get("roll") == "next_business_day"):
        raise Flaw("calendar", "is missing: business days are counted by the rule's own or its pack's calendar")
    if said.get("restarts_after_expiry") and "restarts" not in said:
        raise Flaw("restarts_after_expiry", "goes with restarts")


def _check_source(said: Raw, *, asked: bool) -> None:
    if said["force"] != "policy" and not said["cite"].section:
        raise Flaw("cite", "is not complete: it names an instrument without a section, or that it was not verified")
    if (said["evidence"] == "from memory") == ("verified_on" in said):
        raise Flaw("verified_on", "is the day on which the source was read: missing, or untrue of a rule from memory")
    if said["evidence"] in {"C", "from memory"} and not asked:
        raise Flaw("questions", f"evidence '{said['evidence']}' needs an open question")
    if (said["evidence"] == "policy") != (said["force"] == "policy"):
        raise Flaw("evidence", "policy is what the product's own rules rest on, and only they")


def _numbers(said: Raw) -> Iterator[tuple[str, int]]:
    """Every number of a version that its statement must hold."""
    for key in PLAIN:
        if said.get(key):
            yield key, said[key]
    for key in ("receipt", "long_stop"):
        if key in said:
            yield key, said[key].count
    if "window" in said and said["window"].span == "days" and said["window"].n > 1:
        yield "window", said["window"].n
    for stop in said.get("stops", {}).values():
        yield from _numbers_of_stop(stop)


def _numbers_of_stop(stop: Any) -> Iterator[tuple[str, int]]:
    if stop.period:
        yield "period", stop.period.receipt_days
        yield "period", stop.period.days
    for key in ("days", "grace_hours"):
        if getattr(stop, key):
            yield key, getattr(stop, key)


def _clock(seconds: int) -> str:
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}"
