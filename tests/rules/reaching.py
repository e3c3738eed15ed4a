"""Cases that show that a rule is reached: read from `reach/*.toml`, asked of the right function, with and without it.

One case names one rule. Its answer must name the rule and be what the case expects; without the rule it must be another
one. Taking out one dated version at a time tells which versions a case needs.
"""

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, cast

from forbear.calendars import calendar
from forbear.errors import BadInput
from forbear.rules import cases
from forbear.rules.duties import must_say
from forbear.rules.engine import check
from forbear.rules.facts import Lender
from forbear.rules.packs import Packs
from forbear.rules.periods import Earliest, Happened, KeepUntil, LastDay, Matter, earliest, keep_until, last_day
from forbear.rules.terms import FUNCTION_OF, SILENT_FORCES, Terms
from forbear.rules.wording import Text, may_not_say

Json = dict[str, Any]
FOLDER = Path(__file__).parent / "reach"
KEYS = {"rule", "function", "title", "given", "expect"}
NO_ZONE = "Etc/UTC"
"""The clock of a matter that names none: its events stand at noon."""


@dataclass(frozen=True, slots=True)
class Case:
    """One case: where it stands, the rule that it needs, and what is asked and expected."""

    place: str
    rule: str
    function: str
    title: str
    given: Json
    expect: Json

    def __str__(self) -> str:
        return f"{self.place} ({self.rule}: {self.title})"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a function said: the rules that decide, the drafts that only warn, and the words of the answer."""

    rules: tuple[str, ...]
    warnings: tuple[str, ...]
    said: Mapping[str, Any]

    def names(self, rule: str) -> bool:
        return rule in (*self.rules, *self.warnings)


class BadCase(Exception):
    """A case that cannot be asked, and why."""


def read_cases(folder: Path = FOLDER) -> tuple[list[Case], list[str]]:
    """Every case of every file, in order, and what is wrong with the files that cannot be read."""
    found: list[Case] = []
    faults: list[str] = []
    for path in sorted(folder.glob("*.toml")):
        try:
            found += _read_file(path)
        except (BadCase, tomllib.TOMLDecodeError) as wrong:
            faults.append(f"{path.name}: {wrong}")
    return found, faults


def _read_file(path: Path) -> list[Case]:
    raw = tomllib.loads(path.read_text(encoding="utf-8"))
    if raw.keys() - {"case"}:
        raise BadCase(f"only [[case]] may stand here, not {', '.join(sorted(raw.keys() - {'case'}))}")
    found: list[Case] = []
    for number, each in enumerate(cast("list[Json]", raw.get("case", [])), start=1):
        if each.keys() != KEYS:
            odd = ", ".join(sorted(each.keys() ^ KEYS))
            raise BadCase(f"case {number}: has exactly rule, function, title, given and expect; look at {odd}")
        if each["function"] not in ASK:
            raise BadCase(f"case {number}: {each['function']} is none of {', '.join(ASK)}")
        found.append(Case(f"{path.name} case {number}", **each))
    return found


def ask(case: Case, packs: Packs) -> Answer:
    """The answer to a case under some packs."""
    try:
        return ASK[case.function](case.given, packs)
    except (KeyError, TypeError, ValueError, BadInput) as wrong:
        raise BadCase(f"{case}: given cannot be read: {wrong!r}") from wrong


def _check(given: Json, packs: Packs) -> Answer:
    permit = check(*_asked_case(given, packs))
    said = cases.answer(permit) | {"warnings": [each.rule for each in permit.warnings]}
    return Answer(permit.rules, tuple(said["warnings"]), said)


def _must_say(given: Json, packs: Packs) -> Answer:
    duties = must_say(*_asked_case(given, packs))
    law = [duty for duty in duties if duty.force not in SILENT_FORCES]
    drafts = tuple(duty.rule for duty in duties if duty.force in SILENT_FORCES)
    return Answer(tuple(duty.rule for duty in law), drafts, {"say": [duty.say for duty in duties]})


def _asked_case(given: Json, packs: Packs) -> tuple[Any, Any, Packs, datetime]:
    attempt, facts, now = cases.read_case(_plain(given), packs, calendar)
    return attempt, facts, packs, now


def _plain(value: Any) -> Any:
    """A case in TOML may write an instant without quotes."""
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in cast("Json", value).items()}
    if isinstance(value, list):
        return [_plain(each) for each in cast("list[Any]", value)]
    return value.isoformat() if isinstance(value, datetime) else value


def _may_not_say(given: Json, packs: Packs) -> Answer:
    fields: Json = {"name": "case"}
    for key, value in given["text"].items():
        fields[key] = frozenset(cast("list[str]", value)) if isinstance(value, list) else value
    fields["jurisdictions"] = tuple(given["text"].get("jurisdictions", ()))
    faults = may_not_say(Text(**fields), packs, _day(given["day"]))
    return Answer(tuple(fault.rule for fault in faults), (), {"phrase": [fault.phrase for fault in faults]})


def _period(key: str, function: Callable[[str, Matter, Packs], Earliest | LastDay | KeepUntil]) -> Any:
    def asked(given: Json, packs: Packs) -> Answer:
        matter = read_matter({name: each for name, each in given.items() if name != key}, packs)
        found = function(given[key], matter, packs)
        rules, warnings = (tuple(each.rule for each in reasons) for reasons in (found.rules, found.warnings))
        return Answer(rules, warnings, {"day": found.day, "event": found.event, "warned": _warned(found)})

    return asked


def _warned(found: Earliest | LastDay | KeepUntil) -> list[date | None]:
    return [each.day for each in found.warnings]


def read_matter(given: Json, packs: Packs) -> Matter:
    """A matter as a case writes it; the calendars that its packs name are looked up around its day."""
    left = dict(given)
    as_of, jurisdictions = _day(left.pop("as_of")), tuple(cast("list[str]", left.pop("jurisdictions")))
    lender = left.pop("lender", {})
    role = left.pop("role", None) or lender.get("role", "third_party_collector")
    kind = left.pop("lender_kind", None) or lender.get("kind", "other")
    matter = Matter(
        jurisdictions=jurisdictions,
        lender=Lender(role, kind),
        as_of=as_of,
        zone=left.pop("zone", NO_ZONE),
        debt_kind=left.pop("debt_kind", "other"),
        events=tuple(Happened(each["kind"], _instant(each["at"])) for each in left.pop("events", [])),
        calendars=tuple(calendar(name, as_of) for name in packs.calendars(jurisdictions)),
        circumstances=frozenset(left.pop("circumstances", [])),
    )
    if left:
        raise KeyError(f"{', '.join(left)}: not known in a matter")
    return matter


def _day(raw: object) -> date:
    return raw if type(raw) is date else date.fromisoformat(str(raw))


def _instant(raw: object) -> datetime:
    """An aware instant; a bare date is its noon in UTC."""
    if isinstance(raw, datetime) and raw.tzinfo is not None:
        return raw
    text = str(raw)
    read = datetime.fromisoformat(f"{text}T12:00:00Z" if len(text) == len("2027-01-01") else text)
    if read.tzinfo is None:
        raise TypeError("an instant needs its offset")
    return read


ASK: dict[str, Callable[[Json, Packs], Answer]] = {
    "check": _check,
    "must_say": _must_say,
    "may_not_say": _may_not_say,
    "earliest": _period("step", earliest),
    "last_day": _period("duty", last_day),
    "keep_until": _period("record", keep_until),
}


def mismatches(case: Case, answer: Answer) -> list[str]:
    """Where an answer is not what its case expects; a list in the answer must hold what is expected."""
    found: list[str] = []
    for key, wanted in case.expect.items():
        if key not in answer.said:
            found.append(f"{key} is no part of the answer, which has {', '.join(answer.said)}")
            continue
        got = answer.said[key]
        if isinstance(got, list):
            listed = cast("list[Any]", wanted if isinstance(wanted, list) else [wanted])
            found += [f"{key} is {got}, without {each}" for each in listed if each not in got]
        elif got != _comparable(wanted):
            found.append(f"{key} is {got}, not {wanted}")
    return found


def _comparable(value: Any) -> Any:
    """An instant as the published cases write it."""
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if isinstance(value, datetime) else value


def without(packs: Packs, rule: str, first: int | None = None) -> Packs:
    """The packs without a rule, or without its version that begins on a day."""

    def kept(terms: Terms) -> bool:
        return terms.rule != rule or (first is not None and terms.first != first)

    return replace(
        packs,
        by_jurisdiction={
            name: replace(pack, terms=tuple(filter(kept, pack.terms))) for name, pack in packs.by_jurisdiction.items()
        },
    )


def versions(packs: Packs) -> list[Terms]:
    """Every version of every rule, in the order of the packs."""
    return [terms for pack in packs.by_jurisdiction.values() for terms in pack.terms]


def needed(case: Case, packs: Packs) -> list[Terms]:
    """The versions of the case's rule without which its answer is another one; none of a case that cannot be asked."""
    try:
        whole = ask(case, packs)
    except BadCase:
        return []
    return [each for each in packs.versions_of(case.rule) if ask(case, without(packs, case.rule, each.first)) != whole]


def function_of(case: Case, packs: Packs) -> str | None:
    """The function by which the case's rule answers; None where no pack has the rule."""
    return next((FUNCTION_OF[terms.kind] for terms in packs.versions_of(case.rule)), None)
