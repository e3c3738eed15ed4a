"""A cadence without manners: it wants one contact by one way as soon as the rules allow it, so that only they hold it."""

from collections.abc import Callable
from datetime import datetime

from forbear.cadence.decision import Contact, Decision, Question
from forbear.cadence.life import ContactPoint, Life, Person
from forbear.cadence.permits import usable
from forbear.cadence.playbooks import Playbook
from forbear.cadence.sms_routes import DEFAULT_ROUTE
from forbear.cadence.translate import to_attempt, to_facts
from forbear.contracts.words import Channel, PartyRole
from forbear.rules.engine import check
from forbear.rules.facts import Permit
from forbear.rules.packs import Packs

Decide = Callable[[Life, Playbook, Packs, datetime], Decision]


def weighed(
    life: Life,
    person: Person,
    point: ContactPoint,
    *,
    channel: Channel,
    playbook: Playbook,
    packs: Packs,
    now: datetime,
) -> tuple[Permit, Question]:
    """What the rules say of reaching somebody there, and what they were asked."""
    facts = to_facts(life, person, now, contacts_in_7_days=playbook.contacts_in_7_days)
    attempt = to_attempt(life, person, point, channel)
    return check(attempt, facts, packs, now), Question(attempt, facts)


def contact(
    life: Life,
    person: Person,
    point: ContactPoint,
    permit: Permit,
    question: Question,
    *,
    channel: Channel,
    template: str,
    step: str = "",
    provider: str = DEFAULT_ROUTE,
) -> Contact:
    """Reach somebody there with these words, by this permit."""
    return Contact(
        step=step or channel,
        channel=channel,
        role=person.role,
        person=person.id,
        point=point.id,
        key=point.key,
        place=point.place,
        template=template,
        language=person.language,
        accounts=(life.account,),
        window_closes=permit.closes_at,
        priority=3,
        reason="a reminder",
        permit=permit,
        stage="M1",
        provider=provider,
        question=question,
    )


def insisting(channel: Channel, template: str, provider: str, role: PartyRole = "borrower") -> Decide:
    """Wants whoever has a role, by the one point that they have for a channel; a test that may not is wrong."""

    def decide(life: Life, playbook: Playbook, packs: Packs, now: datetime) -> Decision:
        [person] = [each for each in life.persons if each.role == role]
        [point] = usable(person, channel)
        permit, question = weighed(life, person, point, channel=channel, playbook=playbook, packs=packs, now=now)
        assert permit.verdict == "allow", permit.findings
        return contact(life, person, point, permit, question, channel=channel, template=template, provider=provider)

    return decide
