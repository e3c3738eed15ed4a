"""The sender's last look: may a touch that was claimed a moment ago still be sent? Pure."""

import sys
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from forbear.cadence.either_way import readings, weigh
from forbear.cadence.life import Life, Person
from forbear.cadence.permits import NO_VOICE, VOICE_CONSENT, sendable, usable
from forbear.cadence.playbooks import Playbook
from forbear.cadence.standing import debt_stands_still, promised_day
from forbear.cadence.translate import to_attempt, to_facts
from forbear.contracts.words import Channel
from forbear.rules.engine import check
from forbear.rules.packs import Packs

SAID: Final = frozenset({"stop_state", "suppression"})
"""Kinds of rules that speak of what somebody said."""


@dataclass(frozen=True, slots=True)
class ClaimedTouch:
    """The touch that is about to be sent."""

    person: str
    point: str
    channel: Channel


def still_allowed(life: Life, touch: ClaimedTouch, playbook: Playbook, packs: Packs, now: datetime) -> str | None:
    """The reason why the touch may not be sent after all, or None.

    `life` must leave the touch itself out of the person's history, or it would count against itself.
    """
    return _account_says_no(life, now) or _person_says_no(life, touch, playbook, packs, now)


def forbidden(life: Life, touch: ClaimedTouch, packs: Packs, now: datetime) -> str | None:
    """The stop or opt-out that reaches what is on its way already, or None: its hours and counts were weighed."""
    person = next((each for each in life.persons if each.id == touch.person), None)
    if person is None:
        return "the person is no longer a party of this account"
    if person.id != life.borrower.id and debt_stands_still(life, now):
        return "the debt itself was stopped meanwhile"
    point = next((each for each in person.points if each.id == touch.point), None)
    if point is None or point.state == "wrong_party":
        return "the contact point is no longer theirs"
    facts = to_facts(life, person, now, contacts_in_7_days=sys.maxsize)
    permit = check(to_attempt(life, person, point, touch.channel), facts, packs, now)
    said = [finding for finding in permit.findings if finding.kind in SAID]
    return f"{said[0].rule}: {said[0].why}" if said else None


def _account_says_no(life: Life, now: datetime) -> str | None:
    if life.balance <= 0:
        return "nothing is owed any more"
    if life.state != "open" or life.legal_case is not None:
        return "the account is no longer open for outreach"
    if promised_day(life, now) is not None:
        return "a payment was promised meanwhile"
    return None


def _person_says_no(life: Life, touch: ClaimedTouch, playbook: Playbook, packs: Packs, now: datetime) -> str | None:
    person = next((each for each in life.persons if each.id == touch.person), None)
    if person is None:
        return "the person is no longer a party of this account"
    if person.id != life.borrower.id and debt_stands_still(life, now):
        return "the debt itself was stopped meanwhile"
    points = sendable(life, person, touch.channel, playbook)
    point = next((each for each in points if each.id == touch.point), None)
    if point is None:
        return _unusable(person, touch)
    facts = readings(life, person, now, contacts_in_7_days=playbook.contacts_in_7_days)
    permit, _ = weigh(to_attempt(life, person, point, touch.channel), facts, packs, now)
    if permit.verdict == "allow":
        return None
    return f"{permit.findings[0].rule}: {permit.findings[0].why}"


def _unusable(person: Person, touch: ClaimedTouch) -> str:
    if touch.channel == "call" and any(each.id == touch.point for each in usable(person, "call")):
        return f"{VOICE_CONSENT}: {NO_VOICE}"
    return "the contact point is no longer valid, or the route does not reach it"
