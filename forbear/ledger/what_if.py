"""What if? What the engine would say to a touch at an instant that was never decided, on the facts of the ledger.

Nothing is locked, written or claimed: an answer is what would be decided if nothing else happened until then.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import get_args

from sqlalchemy.orm import Session

from forbear.cadence.life import ContactPoint, Life, Person
from forbear.cadence.permits import sendable, usable
from forbear.cadence.playbooks import PRODUCT_CONTACTS_IN_7_DAYS, Playbook
from forbear.cadence.translate import to_attempt, to_facts
from forbear.contracts.words import Channel
from forbear.ledger.lives import load_life
from forbear.ledger.views import find_account
from forbear.rules.engine import check
from forbear.rules.facts import Facts, Permit
from forbear.rules.packs import Packs


@dataclass(frozen=True, slots=True)
class WhatIf:
    """The permit that one way to one person would get. `reached`: the playbook's route goes there."""

    person: str
    role: str
    channel: Channel
    point: str
    place: str
    reached: bool
    permit: Permit


def what_if(
    session: Session,
    account: str,
    at: datetime,
    *,
    now: datetime,
    packs: Packs,
    playbooks: Mapping[str, Playbook],
    confirmed: bool = False,
) -> tuple[WhatIf, ...]:
    """What the engine would say at an instant, to every way to every person of the account, on today's facts.

    Args:
        session: of the worker's role. Nothing is locked and nothing is written.
        account: the account.
        at: the world instant to ask for.
        now: world time. What the ledger knows now is what is asked with; of the past, what had happened by `at`.
        packs: the rules.
        playbooks: by name.
        confirmed: take the balance as confirmed by the lender right before `at`, as it does every night.
    """
    found = find_account(session, account)
    life = load_life(session, account, now=now, packs=packs)
    if life is None:
        return ()
    playbook = playbooks.get(found.playbook)
    most = PRODUCT_CONTACTS_IN_7_DAYS if playbook is None else playbook.contacts_in_7_days
    answers: list[WhatIf] = []
    for person in life.persons:
        facts = _facts(life, person, at, most, confirmed=confirmed)
        for channel, point, reached in _ways(life, person, playbook):
            permit = check(to_attempt(life, person, point, channel), facts, packs, at)
            answers.append(WhatIf(person.id, person.role, channel, point.id, point.place, reached, permit))
    return tuple(answers)


def _ways(life: Life, person: Person, playbook: Playbook | None) -> Iterator[tuple[Channel, ContactPoint, bool]]:
    """Every channel and point by which the person could be reached, and whether the playbook's route goes there."""
    for channel in get_args(Channel):
        points = usable(person, channel)
        reached = points if playbook is None else sendable(life, person, channel, playbook)
        yield from ((channel, point, point in reached) for point in points)


def _facts(life: Life, person: Person, at: datetime, most: int, *, confirmed: bool) -> Facts:
    facts = to_facts(life, person, at, contacts_in_7_days=most)
    facts = replace(facts, history=tuple(past for past in facts.history if past.at <= at))
    if not confirmed:
        return facts
    return replace(facts, debts=tuple(replace(debt, balance_as_of=at) for debt in facts.debts))
