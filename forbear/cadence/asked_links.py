"""The link that somebody asked for in a call: a text of its own, which needs a permit of its own. Pure.

It answers a request, so it waits neither for the playbook's day nor for its pause; rules of hours, consent and number
bind it like every other text. After a day it is no answer any more.
"""

from datetime import datetime, timedelta

from forbear.cadence.conditions import own_touches
from forbear.cadence.decision import Contact
from forbear.cadence.life import LinkAsked, Person
from forbear.cadence.paths import Moment, contact
from forbear.cadence.permits import Scales, Weighed
from forbear.cadence.steps import Step

STEP = "link-asked"
"""The id of its step and the name of its template."""
WANTED = timedelta(hours=24)
"""World time."""


def link_asked(moment: Moment) -> Contact | None:
    """The text with the link, if one was asked for, was not sent yet, and may be sent now."""
    if not moment.playbook.route.urls_allowed:
        return None
    for asked in moment.life.links_asked:
        person = next((each for each in moment.life.persons if each.id == asked.person), None)
        if person is not None and _is_open(moment, asked, person) and (found := _text(moment, asked, person)):
            return found
    return None


def link_again_at(moment: Moment) -> datetime | None:
    """When a link that is held now may be sent while it still answers: no rest may be longer than that."""
    found: list[datetime] = []
    if moment.life.legal_case is not None or not moment.playbook.route.urls_allowed:
        return None
    for asked in moment.life.links_asked:
        person = next((each for each in moment.life.persons if each.id == asked.person), None)
        if person is None or not _is_open(moment, asked, person):
            continue
        for weighed in _weighed(moment, person):
            until = weighed.permit.until
            if weighed.point.id == asked.point and until is not None and moment.now < until < asked.at + WANTED:
                found.append(until)
    return min(found, default=None)


def _is_open(moment: Moment, asked: LinkAsked, person: Person) -> bool:
    sent = any(touch.step == STEP and touch.at >= asked.at for touch in own_touches(moment.life, person))
    return not sent and moment.now < asked.at + WANTED


def _text(moment: Moment, asked: LinkAsked, person: Person) -> Contact | None:
    for weighed in _weighed(moment, person):
        if weighed.point.id == asked.point and not weighed.held_now:
            return contact(moment, _step(person), person, weighed)
    return None


def _weighed(moment: Moment, person: Person) -> list[Weighed]:
    scales = Scales(moment.life, person, moment.packs, moment.playbook, now=moment.now, earliest=moment.now)
    return scales.weigh(_step(person))


def _step(person: Person) -> Step:
    return Step(
        id=STEP,
        title="The link that was asked for in a call",
        from_day=0,
        to_day=0,
        channel="sms",
        party=person.role,
        template=STEP,
        when="always",
        at_most=1,
        gap_days=0,
    )
