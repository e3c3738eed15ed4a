"""Which rules of which packs are asked about an attempt: found once for each sort of attempt, then remembered.

Whom a rule binds depends on a few words (channel, party, role ...) and, for some rules, on the debts; only the
latter is left to each attempt. What is remembered belongs to the packs and never outlives them.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from forbear.rules.facts import Attempt, Channel, ContactPlace, Facts, Party, Purpose, Role
from forbear.rules.packs import Pack, Packs
from forbear.rules.terms import FUNCTION_OF, NEVER_ENDS, SILENT_FORCES, Scope, Terms

ALSO: dict[str, frozenset[str]] = {"licensed_agency": frozenset({"licensed_agency", "third_party_collector"})}
"""A licensed agency is also a third-party collector."""
NOT_FOR_LAWYERS = frozenset({"quiet_hours", "frequency_cap", "busy_counts", "cooldown", "zone"})
"""Hours and caps do not bind messages to the person's lawyer."""
MOST_REMEMBERED = 10_000
LONGEST_MONTH = 31


class Sort(NamedTuple):
    """What of an attempt and its facts decides which rules are asked, apart from the debts."""

    jurisdictions: tuple[str, ...]
    channel: Channel
    party: Party
    place: ContactPlace | None
    purpose: Purpose
    prerecorded: bool
    language: str | None
    role: Role
    lender_kind: str
    circumstances: frozenset[str]
    product: bool


@dataclass(frozen=True, slots=True)
class Rule:
    """One version of a rule that is asked. `by_debt` says whether its debts must still be looked at."""

    terms: Terms
    pack: Pack
    by_debt: bool
    silent: bool
    always: bool
    """Whether it was always in force and always will be."""


@dataclass(frozen=True, slots=True)
class Asked:
    """The packs that apply, widest first and the product's policy last, and what of them is asked.

    `unknown` are places without a pack. `checks` can deny and `sayings` ask for something to be said; `longest` is
    the longest stretch of local dates, with today, in which any of them counts.
    """

    packs: tuple[Pack, ...]
    unknown: tuple[str, ...]
    checks: tuple[Rule, ...]
    sayings: tuple[Rule, ...]
    attempt_caps: tuple[Rule, ...]
    longest: int
    versions: tuple[tuple[str, str], ...]


def asked(attempt: Attempt, facts: Facts, packs: Packs) -> Asked:
    """What is asked about an attempt."""
    sort = Sort(
        facts.jurisdictions,
        attempt.channel,
        attempt.party,
        attempt.place,
        attempt.purpose,
        attempt.prerecorded,
        attempt.language,
        facts.lender.role,
        facts.lender.kind,
        facts.circumstances,
        facts.policy.product,
    )
    known: dict[Any, Asked] = packs.remembered
    if (found := known.get(sort)) is None:
        if len(known) >= MOST_REMEMBERED:
            known.clear()
        found = known[sort] = _find(sort, packs)
    return found


def longest(packs: Packs) -> int:
    """The longest stretch of local dates, with today, in which any rule of the packs counts."""
    if (known := packs.remembered.get(longest)) is None:
        lengths = (_length(terms) for pack in packs.by_jurisdiction.values() for terms in pack.terms)
        known = packs.remembered[longest] = max(lengths, default=0)
    return known


def _find(sort: Sort, packs: Packs) -> Asked:
    names = packs.stack(sort.jurisdictions)
    found = [packs.by_jurisdiction[name] for name in names if name in packs]
    if (policy := packs.policy()) is not None and policy not in found:
        found.append(policy)
    here = frozenset(names)
    rules = [_rule(terms, pack) for pack in found for terms in pack.terms if _is_asked(terms, sort, here)]
    checks = tuple(rule for rule in rules if FUNCTION_OF[rule.terms.kind] == "check")
    return Asked(
        packs=tuple(found),
        unknown=tuple(name for name in names if name not in packs),
        checks=checks,
        sayings=tuple(rule for rule in rules if FUNCTION_OF[rule.terms.kind] == "must_say"),
        attempt_caps=tuple(rule for rule in checks if _caps_attempts(rule)),
        longest=max((_length(rule.terms) for rule in checks), default=0),
        versions=tuple((pack.jurisdiction, pack.version) for pack in found),
    )


def _rule(terms: Terms, pack: Pack) -> Rule:
    by_debt = bool(terms.scope.debt_kinds) or terms.scope.days_past_due_at_most is not None
    always = terms.first <= 1 and terms.last == NEVER_ENDS
    return Rule(terms, pack, by_debt=by_debt, silent=terms.force in SILENT_FORCES, always=always)


def _caps_attempts(rule: Rule) -> bool:
    """Whether a rule is a cap of law on attempts, in which a busy line is counted as policy."""
    terms = rule.terms
    law = terms.force != "policy" and not rule.silent
    return law and terms.kind == "frequency_cap" and terms.unit == "attempt"


def _length(terms: Terms) -> int:
    """How many local dates back, today included, a rule counts."""
    if terms.kind == "cooldown":
        return terms.days
    if terms.kind != "frequency_cap":
        return 0
    return terms.window.n if terms.window.span == "days" else LONGEST_MONTH


def _is_asked(terms: Terms, sort: Sort, here: frozenset[str]) -> bool:
    """Whether a rule is asked at all: the product's own can be off, and lawyers are outside hours and caps."""
    if terms.force == "policy" and not sort.product and not terms.is_lenders:
        return False
    if sort.party == "attorney" and terms.kind in NOT_FOR_LAWYERS:
        return False
    if sort.channel == "letter" and _leaves_letters_free(terms):
        return False
    return binds(terms.scope, sort, here)


def _leaves_letters_free(terms: Terms) -> bool:
    """Letters have no hours, and no holidays unless a rule names them."""
    return terms.kind == "quiet_hours" or (terms.kind == "holiday" and "letter" not in terms.scope.channels)


def binds(scope: Scope, sort: Sort, here: frozenset[str]) -> bool:
    """Whether a rule with this scope binds such an attempt, apart from its debts."""
    return all(bound(scope, sort, here) for bound in BOUNDS)


def _by_channel(scope: Scope, sort: Sort, _: frozenset[str]) -> bool:
    if scope.channels and sort.channel not in scope.channels:
        return False
    return sort.prerecorded or sort.channel not in scope.recorded_only


def _by_lender(scope: Scope, sort: Sort, _: frozenset[str]) -> bool:
    if scope.lender_kinds and sort.lender_kind not in scope.lender_kinds:
        return False
    return not scope.roles or bool(scope.roles & ALSO.get(sort.role, frozenset({sort.role})))


def _by_party(scope: Scope, sort: Sort, _: frozenset[str]) -> bool:
    return (not scope.parties or sort.party in scope.parties) and sort.party not in scope.except_parties


def _by_purpose(scope: Scope, sort: Sort, _: frozenset[str]) -> bool:
    return (not scope.purposes or sort.purpose in scope.purposes) and sort.purpose not in scope.except_purposes


def _by_place(scope: Scope, sort: Sort, here: frozenset[str]) -> bool:
    if scope.places and sort.place not in scope.places:
        return False
    if scope.only_jurisdictions and not scope.only_jurisdictions & here:
        return False
    return not scope.except_jurisdictions & here


def _by_person(scope: Scope, sort: Sort, _: frozenset[str]) -> bool:
    if scope.circumstances and not scope.circumstances & sort.circumstances:
        return False
    return not scope.languages or sort.language is None or sort.language in scope.languages


BOUNDS: Sequence[Callable[[Scope, Sort, frozenset[str]], bool]] = (
    _by_channel,
    _by_lender,
    _by_party,
    _by_purpose,
    _by_place,
    _by_person,
)
