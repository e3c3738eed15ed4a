"""When a paper counts as served although nobody saw it arrive, by rules that are data with their source."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Final, get_args

from forbear import calendars
from forbear.contracts.case_words import ServiceMethod
from forbear.errors import BadData, BadInput
from forbear.rules.day_counting import business_days_after, rests

FILE: Final = Path(__file__).parent / "deemed.toml"
METHODS: Final = frozenset(get_args(ServiceMethod))
KEYS: Final = frozenset({"jurisdiction", "methods", "days", "calendar", "source"})


@dataclass(frozen=True, slots=True)
class DeemedRule:
    """So many days after a paper was sent by one of these methods, it counts as served. `calendar`: working days."""

    id: str
    jurisdiction: str
    methods: frozenset[str]
    days: int
    calendar: str
    source: str

    def day(self, sent: date) -> date:
        """The day on which what was sent on a day counts as served."""
        if not self.calendar:
            return sent + timedelta(days=self.days)
        return business_days_after(sent, self.days, rests(calendars.near(self.calendar, sent)))


@cache
def deemed_rules() -> Mapping[str, DeemedRule]:
    """Every rule by its id."""
    return load(FILE)


def load(path: Path) -> Mapping[str, DeemedRule]:
    """Read a file of rules.

    Raises:
        BadData: a rule is not understood.
    """
    found: dict[str, DeemedRule] = {}
    for name, told in tomllib.loads(path.read_text("utf-8")).get("rule", {}).items():
        methods = frozenset(told.get("methods", ()))
        if set(told) - KEYS or not methods or not methods <= METHODS or not told.get("source") or told["days"] < 0:
            raise BadData(path, None, f"rule {name}: needs jurisdiction, methods, days and source, and known methods")
        calendar = told.get("calendar", "")
        if calendar and calendar not in calendars.TABLES:
            raise BadData(path, None, f"rule {name}: calendar {calendar} is not known")
        found[name] = DeemedRule(name, told["jurisdiction"], methods, told["days"], calendar, told["source"])
    return found


def reckoned(rule: str, method: str, sent: date | None, reached: date | None) -> date | None:
    """The day on which a paper counts as served: as it was told, or by a rule of ours that is named.

    Raises:
        BadInput: the rule is about another method, asks for the day of sending, or gives a later day.
    """
    known = deemed_rules().get(rule)
    if known is None:
        return reached
    if method not in known.methods:
        raise BadInput("rule", "is about another method", f"It is about {', '.join(sorted(known.methods))}.")
    if sent is None:
        raise BadInput("sent_on", "is missing", "Say when it was sent: the rule runs from that day.")
    by_rule = known.day(sent)
    if reached is not None and reached != by_rule:
        raise BadInput("reached_on", "is not the day that the rule gives", f"Leave it out, or enter {by_rule}.")
    return by_rule
