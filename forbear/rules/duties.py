"""What must be said or done with an attempt: disclosures, who is speaking, and whether the call is recorded.

`must_say` names every rule that asks for something now, whether or not the attempt is allowed; the permit's
`disclosures` are its words, each once. Drafts and proposals are told with their force, and a permit leaves them out.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from forbear.rules.counting import COUNTED, same_person
from forbear.rules.facts import Attempt, Facts
from forbear.rules.packs import POLICY, Pack, Packs
from forbear.rules.terms import FUNCTION_OF, SILENT_FORCES, Terms
from forbear.rules.weighing import EARLIEST_AND_LATEST, Weighing

KINDS = frozenset(kind for kind, function in FUNCTION_OF.items() if function == "must_say")


@dataclass(frozen=True, slots=True)
class Duty:
    """What one rule asks for: `say` is its key in scripts and templates, `when` which communications must hold it."""

    rule: str
    say: str
    when: str
    statement: str
    force: str


def must_say(attempt: Attempt, facts: Facts, packs: Packs, now: datetime) -> tuple[Duty, ...]:
    """Everything that must go with an attempt, packs widest first and the product's policy last.

    Args:
        attempt: the one try to reach one party.
        facts: all that is known; the history decides between first and later communications.
        packs: the rules, as `forbear.rules.packs.load` gives them.
        now: an aware instant.
    """
    names = dict.fromkeys((*packs.stack(facts.jurisdictions), POLICY))
    asked = [pack for name in names if (pack := packs.by_jurisdiction.get(name)) is not None]
    return tuple(duties(Weighing(attempt, facts, now), asked))


def duties(weighing: Weighing, asked: Sequence[Pack]) -> Iterator[Duty]:
    """The same for an attempt that is being weighed under the packs that apply."""
    now_or_always = {"always", "later" if _spoken_before(weighing) else "first"}
    for pack in asked:
        for terms in pack.terms:
            if terms.kind in KINDS and terms.when in now_or_always and _binds(weighing, pack, asked, terms):
                yield Duty(terms.rule, terms.say, terms.when, terms.statement, terms.force)


def disclosures(weighing: Weighing, asked: Sequence[Pack]) -> tuple[str, ...]:
    """What a permit says must be said, by its key, each once."""
    in_law = (duty.say for duty in duties(weighing, asked) if duty.force not in SILENT_FORCES)
    return tuple(dict.fromkeys(in_law))


def _binds(weighing: Weighing, pack: Pack, asked: Sequence[Pack], terms: Terms) -> bool:
    """Where the date is not the same everywhere, a rule in force in one of the places is enough."""
    if terms.force == "policy" and not weighing.facts.policy.product:
        return False
    zones = weighing.zones(pack, asked) or EARLIEST_AND_LATEST
    in_force = any(terms.in_force(weighing.wall(name).day(weighing.now)) for name in zones)
    return in_force and weighing.binds(terms.scope)


def _spoken_before(weighing: Weighing) -> bool:
    """Whether the person was already told something about one of the debts."""
    return any(
        past.result in COUNTED["communication"]
        and same_person(past, weighing.attempt)
        and not set(past.debts).isdisjoint(weighing.about)
        for past in weighing.past
    )
