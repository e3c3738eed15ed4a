"""May somebody who works for the tenant begin, at this moment, the call, visit or letter that they are to make? Pure.

A task or a run of letters only asks. What is lawful and fitting is decided when the person is about to dial or to
knock, or the letter to be printed, from the life as it stands then, with as many people as there are.
"""

from dataclasses import dataclass
from datetime import datetime

from forbear.cadence.decision import Contact, Question
from forbear.cadence.either_way import readings, weigh
from forbear.cadence.life import ContactPoint, Life, Person
from forbear.cadence.permits import sendable
from forbear.cadence.playbooks import Playbook
from forbear.cadence.standing import debt_stands_still, first_to_speak, promised_day, stage_of
from forbear.cadence.translate import days_past_due, to_attempt
from forbear.contracts.words import Channel, Worker
from forbear.rules.facts import Permit
from forbear.rules.packs import Packs

BY_PERSON = "person"
"""The provider of what a person does."""


@dataclass(frozen=True, slots=True)
class Work:
    """What is asked for: whom to reach, where, by which step, how many go; and whether a machine sends it."""

    step: str
    channel: Channel
    person: str
    point: str
    template: str
    language: str
    staff: int = 1
    by: Worker = "person"


@dataclass(frozen=True, slots=True)
class Barred:
    """It may not begin now: what holds, in words, and until when; None where only an event lifts it."""

    rule: str
    reason: str
    until: datetime | None = None
    permit: Permit | None = None


def may_begin(life: Life, work: Work, playbook: Playbook, packs: Packs, now: datetime) -> Contact | Barred:
    """The contact with its permit of this moment, or what holds it."""
    if (barred := _account_says_no(life) or _promise_says_no(life, now)) is not None:
        return barred
    found = _whom(life, work, playbook, now)
    if isinstance(found, Barred):
        return found
    person, point = found
    attempt = to_attempt(life, person, point, work.channel, staff=work.staff, by=work.by)
    known = readings(life, person, now, contacts_in_7_days=playbook.contacts_in_7_days)
    permit, facts = weigh(attempt, known, packs, now)
    if permit.verdict != "allow":
        first = permit.findings[0]
        return Barred(first.rule, first.why, permit.until, permit)
    provider = BY_PERSON if work.by == "person" else playbook.provider(work.channel)
    return _contact(life, work, (person, point), permit, Question(attempt, facts), now, provider)


def _account_says_no(life: Life) -> Barred | None:
    if life.balance <= 0:
        return Barred("ACCOUNT.PAID", "nothing is owed any more")
    if life.state != "open":
        return Barred("ACCOUNT.CLOSED", "the account is closed")
    if life.legal_case is not None:
        return Barred("ACCOUNT.LEGAL", "legal staff have the account: outreach pauses")
    if life.in_flight:
        return Barred("TOUCH.UNSETTLED", "something else is under way to this account, and its end is not known yet")
    return None


def _promise_says_no(life: Life, now: datetime) -> Barred | None:
    promised = promised_day(life, now)
    if promised is None:
        return None
    day, until = promised
    return Barred("PROMISE.OPEN", f"a payment is promised for {day:%a %d %b %Y}: outreach waits for it", until)


def _whom(life: Life, work: Work, playbook: Playbook, now: datetime) -> tuple[Person, ContactPoint] | Barred:
    person = next((each for each in life.persons if each.id == work.person), None)
    if person is None:
        return Barred("PERSON.GONE", "the person is no longer a party of this account")
    if person.id != life.borrower.id and debt_stands_still(life, now):
        return Barred("DEBT.STOPPED", "the debt itself is stopped, so nobody who answers for it is asked")
    if person.id == life.borrower.id and not first_to_speak(life, now):
        return Barred("PERSON.TURN", "another debt of this person speaks first")
    if not person.jurisdictions:
        return Barred("PLACE.UNKNOWN", "it is not known where this person lives, so no rules can be chosen")
    points = sendable(life, person, work.channel, playbook, by=work.by)
    point = next((each for each in points if each.id == work.point), None)
    if point is None:
        return Barred("POINT.NONE", "the number or address is no longer valid")
    return person, point


def _contact(  # noqa: PLR0917  a contact is all of these
    life: Life,
    work: Work,
    whom: tuple[Person, ContactPoint],
    permit: Permit,
    question: Question,
    now: datetime,
    provider: str,
) -> Contact:
    person, point = whom
    what = {"call": "a call", "visit": "a visit", "letter": "a letter"}.get(work.channel, work.channel)
    return Contact(
        step=work.step,
        channel=work.channel,
        role=person.role,
        person=person.id,
        point=point.id,
        key=point.key,
        place=point.place,
        template=work.template,
        language=work.language,
        accounts=(life.account,),
        window_closes=permit.closes_at,
        priority=3,
        reason=f"{what} by a {work.by} (step {work.step})",
        permit=permit,
        stage=stage_of(days_past_due(life, now)),
        provider=provider,
        question=question,
    )
