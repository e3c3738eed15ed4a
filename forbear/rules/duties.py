"""What must be said or done with an attempt: disclosures, who is speaking, and whether the call is recorded.

`must_say` names every rule that asks for something now, whether or not the attempt is allowed; the permit's
`disclosures` are its words, each once. Drafts and proposals are told with their force, and a permit leaves them out.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from forbear.rules.counting import COUNTED, same_person
from forbear.rules.facts import Attempt, Facts
from forbear.rules.packs import Packs
from forbear.rules.terms import SILENT_FORCES, Terms
from forbear.rules.weighing import Weighing


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
    return tuple(
        Duty(terms.rule, terms.say, terms.when, terms.statement, terms.force)
        for terms in sayings(Weighing(attempt, facts, packs, now))
    )


def sayings(weighing: Weighing) -> Iterator[Terms]:
    """The rules that ask for something to go with an attempt that is being weighed."""
    spoken: bool | None = None
    for rule in weighing.asked.sayings:
        if rule.terms.when != "always":
            spoken = _spoken_before(weighing) if spoken is None else spoken
            if spoken != (rule.terms.when == "later"):
                continue
        if weighing.is_in_force(rule) and weighing.binds(rule):
            yield rule.terms


def disclosures(weighing: Weighing) -> tuple[str, ...]:
    """What a permit says must be said, by its key, each once."""
    return tuple(dict.fromkeys(terms.say for terms in sayings(weighing) if terms.force not in SILENT_FORCES))


def _spoken_before(weighing: Weighing) -> bool:
    """Whether the person was already told something about one of the debts."""
    return any(
        past.result in COUNTED["communication"]
        and past.party != "attorney"
        and same_person(past, weighing.attempt)
        and not set(past.debts).isdisjoint(weighing.about)
        for past in reversed(weighing.facts.history)
    )
