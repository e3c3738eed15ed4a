"""Why, in one plain sentence of a language, said when it is read: of a permit, a duty, a fault, a period or a rule.

A permit of last year is said anew from its stored form. Numbers are taken from the version of the rule whose statement
the permit holds; where the packs no longer have that version, the sentence does without them.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from forbear.rules import clauses
from forbear.rules.facts import Permit
from forbear.rules.matters import Earliest, KeepUntil, LastDay, Reason
from forbear.rules.packs import Packs
from forbear.rules.spoken import Words, words
from forbear.rules.terms import Terms

NO_PACK = "PACK."


@dataclass(frozen=True, slots=True)
class _Denial:
    """One finding of a permit, as far as its sentence needs it."""

    rule: str
    kind: str
    until: datetime | None
    event: str | None
    why: str


@dataclass(frozen=True, slots=True)
class _Said:
    """A permit, as far as its sentence needs it."""

    verdict: str
    until: datetime | None
    event: str | None
    denials: tuple[_Denial, ...]
    drafts: tuple[str, ...]
    zones: tuple[str, ...]
    disclosures: tuple[str, ...]
    taken: Mapping[str, int]


def of_permit(permit: Permit | Mapping[str, Any], packs: Packs, language: str) -> str:
    """The reason of a permit, or of one as the ledger keeps it, in one sentence.

    The rule that is named first is the one that decides: the last to lift of a hold, the one that a block waits for.
    """
    spoken, said = words(language), _from_permit(permit) if isinstance(permit, Permit) else _from_stored(permit)
    drafts = spoken.of("sentence", "draft", rule=said.drafts[0]) if said.drafts else ""
    deciding = _deciding(said)
    if deciding is None:
        say = spoken.each("say", said.disclosures)
        return spoken.of("sentence", "allow_say" if say else "allow", say=say, draft=drafts)
    values = {
        "because": _because(spoken, deciding, packs, said.taken.get(deciding.rule)),
        "rule": _named(spoken, deciding.rule, len(said.denials)),
        "draft": drafts,
    }
    if said.until is not None:
        return spoken.of("sentence", "hold", until=spoken.moment(said.until, (said.zones or (None,))[0]), **values)
    if said.event is None:
        return spoken.of("sentence", "block", **values)
    return spoken.of("sentence", "block_event", event=spoken.of("event", said.event), **values)


def of_rule(terms: Terms, language: str, legal_zone: str | None) -> str:
    """What one version of a rule says, with its numbers, and its place's one legal time, if it has one."""
    return clauses.description(words(language), terms, legal_zone)


def of_code(rule: str, reason: str, packs: Packs, language: str) -> str:
    """Why a decision rests, by the rule or the cadence's own code that it names; `reason` where neither is known."""
    spoken = words(language)
    kind = next((terms.kind for terms in packs.versions_of(rule)), "")
    if spoken.has("rule", rule):
        reason = spoken.of("rule", rule)
    elif spoken.has("plain", kind):
        reason = spoken.of("plain", kind)
    return reason[:1].upper() + reason[1:]


def limit_of_person(language: str) -> str:
    """All that a lender is told of what another one did or heard."""
    return words(language).of("special", "limit_of_person")


def of_duty(say: str, when: str, rule: str, language: str) -> str:
    """What a communication must say."""
    spoken = words(language)
    return spoken.of(
        "sentence",
        "duty",
        when=spoken.of("when", when, by=clauses.way(spoken, frozenset())),
        say=spoken.of("say", say),
        rule=rule,
    )


def of_fault(rule: str, phrase: str, line: int, statement: str, language: str) -> str:
    """What a text must not say."""
    spoken = words(language)
    return spoken.of(
        "sentence", "fault_phrase" if phrase else "fault", rule=rule, phrase=phrase, line=line, statement=statement
    )


def of_earliest(step: str, answer: Earliest, language: str) -> str:
    """From which day a step may be taken."""
    spoken = words(language)
    return _of_period(spoken, "earliest", answer, of=spoken.of("step", step))


def of_last_day(duty: str, answer: LastDay, language: str) -> str:
    """By which day a duty must be done."""
    spoken = words(language)
    return _of_period(spoken, "last_day", answer, of=spoken.of("duty", duty))


def of_keep_until(record: str, answer: KeepUntil, language: str) -> str:
    """How long a record is kept."""
    spoken = words(language)
    return _of_period(spoken, "keep_until", answer, of=spoken.of("record", record))


def _of_period(spoken: Words, which: str, answer: Earliest | LastDay | KeepUntil, *, of: str) -> str:
    if answer.event is not None:
        waiting = [each for each in answer.rules if each.event == answer.event]
        rule = _named(spoken, (waiting or answer.rules)[0].rule, len(answer.rules)) if answer.rules else ""
        return spoken.of("sentence", f"{which}_event", of=of, event=spoken.of("event", answer.event), rule=rule)
    if answer.day is None:
        return spoken.of("sentence", f"{which}_none", of=of)
    deciding: Reason = next((each for each in answer.rules if each.day == answer.day), answer.rules[0])
    began = deciding.counted_from or answer.day
    rule = _named(spoken, deciding.rule, len(answer.rules))
    return spoken.of("sentence", which, of=of, day=spoken.day(answer.day), began=spoken.day(began), rule=rule)


def _named(spoken: Words, rule: str, count: int) -> str:
    return rule + (spoken.of("sentence", "more", n=count - 1, total=count) if count > 1 else "")


def _deciding(said: _Said) -> _Denial | None:
    if said.verdict == "allow" or not said.denials:
        return None
    if said.until is not None:
        return max(said.denials, key=lambda each: (each.until is not None, each.until or said.until))
    stuck = [each for each in said.denials if each.until is None]
    return next((each for each in stuck if each.event == said.event), (stuck or list(said.denials))[0])


def _because(spoken: Words, denial: _Denial, packs: Packs, taken: int | None) -> str:
    if denial.rule.startswith(NO_PACK):
        return spoken.of("sentence", "no_pack", place=denial.rule.removeprefix(NO_PACK))
    versions = packs.versions_of(denial.rule)
    meant = next((terms for terms in versions if terms.statement == denial.why), None)
    if meant is not None:
        return clauses.denial(spoken, meant, taken, _legal_zone(denial.rule, packs))
    kind = denial.kind or (versions[-1].kind if versions else "")
    return spoken.of("plain", kind) if spoken.has("plain", kind) else spoken.of("sentence", "unknown_rule")


def _legal_zone(rule: str, packs: Packs) -> str | None:
    """The one legal time of a rule's place, if it has one."""
    holding = (pack for pack in packs.by_jurisdiction.values() if any(terms.rule == rule for terms in pack.terms))
    return next((pack.legal_zone for pack in holding), None)


def _from_permit(permit: Permit) -> _Said:
    return _Said(
        verdict=permit.verdict,
        until=permit.until,
        event=permit.event,
        denials=tuple(
            _Denial(each.rule, getattr(each, "kind", ""), each.until, each.event, each.why) for each in permit.findings
        ),
        drafts=tuple(each.rule for each in permit.warnings),
        zones=permit.zones,
        disclosures=permit.disclosures,
        taken=_most((each.rule, each.taken) for each in permit.counts),
    )


def _from_stored(raw: Mapping[str, Any]) -> _Said:
    findings: Sequence[Mapping[str, Any]] = raw.get("findings", ())
    counts: Sequence[Mapping[str, Any]] = raw.get("counts", ())
    return _Said(
        verdict=str(raw["verdict"]),
        until=_instant(raw.get("until")),
        event=raw.get("event"),
        denials=tuple(
            _Denial(
                str(each["rule"]), str(each.get("kind", "")), _instant(each.get("until")), each.get("event"),
                str(each.get("why", "")),
            )
            for each in findings
        ),
        drafts=tuple(str(each["rule"]) for each in cast("Sequence[Mapping[str, Any]]", raw.get("warnings", ()))),
        zones=tuple(raw.get("zones", ())),
        disclosures=tuple(raw.get("disclosures", ())),
        taken=_most((str(each["rule"]), int(each["taken"])) for each in counts),
    )  # fmt: skip


def _most(counts: Iterable[tuple[str, int]]) -> dict[str, int]:
    """The highest count of each rule, over its debts and zones."""
    found: dict[str, int] = {}
    for rule, taken in counts:
        found[rule] = max(taken, found.get(rule, 0))
    return found


def _instant(raw: object) -> datetime | None:
    return datetime.fromisoformat(raw) if isinstance(raw, str) else None
