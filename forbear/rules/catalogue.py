"""The rules as a reader meets them: a list, one rule whole, the same for a person and for a program.

Everything here is plain data that `json` can write; what the law is on a day is one question, what the packs said on a
day another, and the packs passed in answer the second.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from typing import Any, cast

from forbear.rules.packs import Pack, Packs
from forbear.rules.sentences import of_rule
from forbear.rules.terms import FUNCTION_OF, NEVER_ENDS, Terms

Json = dict[str, Any]
UNVERIFIED = frozenset({"from memory", "C", "S~"})
"""Evidence with which a number must be read again before it is relied on."""
TOLD_APART = frozenset(
    {"rule", "kind", "title", "questions", "statement", "force", "evidence", "cite", "added", "verified_on"}
    | {"first", "last", "phrases", "words", "window"}
)
"""Fields of a version that are told by themselves, not among its parameters."""
CLOCKS = frozenset({"open", "close"})
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which rules a list shows; None is all. `on` is a day on which the version is in force."""

    jurisdiction: str | None = None
    function: str | None = None
    on: date | None = None
    unverified: bool = False

    def takes(self, pack: Pack, terms: Terms) -> bool:
        """Whether a version of a pack's rule is among them."""
        return (
            self.jurisdiction in {None, pack.jurisdiction}
            and self.function in {None, FUNCTION_OF[terms.kind]}
            and (self.on is None or terms.in_force(self.on.toordinal()))
            and (not self.unverified or is_unverified(pack, terms))
        )


def is_unverified(pack: Pack, terms: Terms) -> bool:
    """Whether part of what a rule says waits to be read again: by its evidence, or by an open question."""
    return terms.evidence in UNVERIFIED or bool(pack.unanswered.intersection(pack.asked_of.get(terms.rule, ())))


def listed(packs: Packs, wanted: Wanted, language: str = "en") -> list[Json]:
    """Each rule with a version that is wanted, and those versions; packs by name, rules as their pack has them."""
    found: list[Json] = []
    for pack in in_order(packs):
        for terms in pack.terms:
            if wanted.takes(pack, terms):
                if not found or found[-1]["id"] != terms.rule:
                    found.append({**rule_head(pack, terms), "versions": []})
                found[-1]["versions"].append(version_view(pack, terms, language))
    return found


def whole(packs: Packs, rule: str, language: str = "en") -> Json | None:
    """Everything the packs hold of a rule; None for a rule that none of them has."""
    for pack in packs.by_jurisdiction.values():
        versions = [terms for terms in pack.terms if terms.rule == rule]
        if versions:
            return {
                **rule_head(pack, versions[0]),
                "pack_version": pack.version,
                "signed_by": pack.signed_by or None,
                "versions": [version_view(pack, terms, language) for terms in versions],
                "questions": [
                    {"id": each, "text": pack.questions.get(each, "")} for each in pack.asked_of.get(rule, ())
                ],
            }
    return None


def row_id(terms: Terms) -> str:
    """A name for one version: its rule and its first day, `start` where it has none."""
    return f"{terms.rule}@{starts(terms) or 'start'}"


def in_order(packs: Packs) -> Iterator[Pack]:
    """The packs by the names of their places."""
    for name in sorted(packs.by_jurisdiction):
        yield packs.by_jurisdiction[name]


def rule_head(pack: Pack, terms: Terms) -> Json:
    """What all versions of a rule share."""
    return {
        "id": terms.rule,
        "jurisdiction": pack.jurisdiction,
        "title": terms.title,
        "kind": terms.kind,
        "function": FUNCTION_OF[terms.kind],
    }


def version_view(pack: Pack, terms: Terms, language: str = "en") -> Json:
    """One version: its dates, what it says, where it stands and how well that is known."""
    cite = terms.cite
    return {
        "from": starts(terms),
        "to": None if terms.last == NEVER_ENDS else date.fromordinal(terms.last).isoformat(),
        "statement": terms.statement,
        "in_words": of_rule(terms, language, pack.legal_zone),
        "parameters": parameters(terms),
        "cite": {
            "instrument": cite.instrument,
            "section": cite.section,
            "published": cite.published.isoformat() if cite.published else None,
        },
        "force": terms.force,
        "evidence": terms.evidence,
        "verified_on": terms.verified_on.isoformat() if terms.verified_on else None,
        "added": terms.added.isoformat(),
    }


def starts(terms: Terms) -> str | None:
    """The first day in force; None where it reaches back for ever."""
    return date.fromordinal(terms.first).isoformat() if terms.first > 0 else None


def parameters(terms: Terms) -> Json:
    """The numbers and names of a version that the engine works with, without those that say nothing."""
    found = _said(terms, TOLD_APART)
    for clock in CLOCKS & found.keys():
        found[clock] = f"{found[clock] // 3600:02}:{found[clock] // 60 % 60:02}"
    if "weekdays" in found:
        found["weekdays"] = [WEEKDAYS[each] for each in found["weekdays"]]
    for phrases in ("phrases", "words"):
        if held := getattr(terms, phrases):
            found[phrases] = {language: list(some) for language, some in held.items()}
    scope = cast("Json", found.pop("scope", {}))
    return _counting(terms) | found | scope


def _counting(terms: Terms) -> Json:
    """What a cap or a cooldown says even where it is the usual."""
    if terms.kind == "cooldown":
        return {"subject": terms.subject, "trigger_unit": terms.trigger_unit}
    if terms.kind != "frequency_cap":
        return {}
    window = terms.window
    span = (
        "local_month" if window.span == "month" else f"local_days_rolling({window.n})" if window.n > 1 else "local_day"
    )
    return {"unit": terms.unit, "subject": terms.subject, "window": span}


def _said(value: Any, without: frozenset[str] = frozenset()) -> Json:
    empty: tuple[object, ...] = (None, "", 0, False, (), frozenset(), {})
    told: Json = {}
    for each in fields(value):
        held = getattr(value, each.name)
        if each.name not in without and held not in empty and held != each.default:
            plain = _plain(held)
            if plain not in ({}, []):
                told[each.name] = plain
    return told


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        return _said(value)
    if isinstance(value, Mapping):
        return {str(name): _plain(each) for name, each in cast("Mapping[object, Any]", value).items()}
    if isinstance(value, frozenset):
        return sorted(cast("frozenset[Any]", value))
    if isinstance(value, tuple):
        return [_plain(each) for each in cast("tuple[Any, ...]", value)]
    return value.isoformat() if isinstance(value, date) else value
