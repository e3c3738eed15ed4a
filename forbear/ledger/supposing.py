"""What if somebody of the account were tried: every way there is, weighed at an instant with what is known now.

Nothing is locked, claimed or written: an answer is good for reading only.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import cast, get_args

from sqlalchemy.orm import Session

from forbear.cadence.either_way import readings, weigh
from forbear.cadence.life import ContactPoint, Life, Person
from forbear.cadence.permits import sendable
from forbear.cadence.playbooks import Playbook
from forbear.cadence.translate import to_attempt
from forbear.contracts.words import Channel
from forbear.errors import NotFound
from forbear.ledger.lives import load_life
from forbear.ledger.views import find_account
from forbear.rules.facts import Facts, Permit
from forbear.rules.packs import Packs


@dataclass(frozen=True, slots=True)
class Supposed:
    """One way to one person, by the id of the contact point, and the permit it would get."""

    person: str
    role: str
    channel: Channel
    point: str
    place: str
    permit: Permit


def suppose(
    session: Session,
    account: str,
    channel: Channel | None,
    packs: Packs,
    playbooks: Mapping[str, Playbook],
    *,
    at: datetime,
    confirmed: bool = False,
) -> list[Supposed]:
    """Weigh every contact point of every person of the account; calls as a person would make them.

    Args:
        session: of the worker's role.
        account: the account.
        channel: by which way; None asks for all.
        packs: the rules to ask.
        playbooks: where a higher limit may be declared, and the route of texts.
        at: the instant. Contacts after it do not count; stops and consents are those that stand now.
        confirmed: take the balance as confirmed right before `at`, as a lender does every night.

    Raises:
        NotFound: no such account, or its playbook is not installed.
    """
    found, life = find_account(session, account), load_life(session, account, now=at, packs=packs)
    if found.playbook not in playbooks:
        raise NotFound(f"The playbook of {account} is not installed here")
    if life is None:
        raise NotFound(f"No account {account}")
    playbook = playbooks[found.playbook]
    answers: list[Supposed] = []
    for person in life.persons:
        facts = _facts(life, person, playbook, at, confirmed=confirmed)
        for way, point in _ways(life, person, playbook, channel):
            permit, _ = weigh(to_attempt(life, person, point, way, by="person"), facts, packs, at)
            answers.append(Supposed(person.id, person.role, way, point.id, point.place, permit))
    return answers


def _ways(
    life: Life, person: Person, playbook: Playbook, channel: Channel | None
) -> Iterator[tuple[Channel, ContactPoint]]:
    """What reaches the person: each channel with each point that it goes to."""
    ways = cast("tuple[Channel, ...]", get_args(Channel) if channel is None else (channel,))
    for way in ways:
        for point in sendable(life, person, way, playbook, by="person"):
            yield way, point


def _facts(life: Life, person: Person, playbook: Playbook, at: datetime, *, confirmed: bool) -> list[Facts]:
    known = readings(life, person, at, contacts_in_7_days=playbook.contacts_in_7_days)
    until_then = [replace(facts, history=tuple(past for past in facts.history if past.at <= at)) for facts in known]
    if not confirmed:
        return until_then
    return [
        replace(facts, debts=tuple(replace(debt, balance_as_of=at) for debt in facts.debts)) for facts in until_then
    ]
