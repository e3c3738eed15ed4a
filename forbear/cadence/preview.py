"""The dated plan of one account: what its playbook would do from now on, and the rules that hold each step. Pure.

It walks through `decide` as if the lender confirmed the balance every night, nobody answered, nothing was paid and
people did at once what they are asked for. So it shows the most that can happen, and never more than the rules allow.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from forbear.cadence.decide import decide
from forbear.cadence.decision import Ask, Close, Contact, Escalate, Rest
from forbear.cadence.life import Errand, Life, PastTouch
from forbear.cadence.steps import Playbook
from forbear.cadence.translate import days_past_due, home_zone
from forbear.contracts.words import TouchState
from forbear.rules.packs import Packs

MOST = 2_000
"""Decisions; a plan that needs more goes in circles."""
A_MOMENT = timedelta(minutes=1)
OF_THE_CADENCE = frozenset({"", "TASK.OPEN", "TOUCH.UNSETTLED"})
UNANSWERED = {"call": "no_answer", "visit": "nobody_home"}


@dataclass(frozen=True, slots=True)
class Planned:
    """One thing that would happen. `held` are the rules that hold it until then, with why; `at` is world time.

    Of what is held when the plan ends, `at` is that end.
    """

    at: datetime
    day: int
    zone: str
    kind: Literal["contact", "ask", "escalate", "close", "held"]
    says: str
    step: str = ""
    channel: str = ""
    party: str = ""
    held: tuple[tuple[str, str], ...] = ()


def plan(life: Life, playbook: Playbook, packs: Packs, now: datetime, *, days: int) -> Iterator[Planned]:
    """What would happen in so many days, oldest first."""
    ends, zone = now + timedelta(days=days), str(home_zone(life.borrower))
    held: dict[str, str] = {}
    for number in range(MOST):
        if now >= ends:
            break
        life = replace(life, balance_as_of=now)
        answer = decide(life, playbook, packs, now)
        day = days_past_due(life, now)
        if isinstance(answer, Rest):
            if answer.rule not in OF_THE_CADENCE:
                held.setdefault(answer.rule, answer.reason)
            now = max(answer.until, now + A_MOMENT)
            continue
        yield _planned(answer, now, day, zone, tuple(held.items()))
        held = {}
        if isinstance(answer, Escalate | Close):
            return
        life, now = _lived(life, answer, now, number), now + A_MOMENT
    if held:
        yield Planned(min(now, ends), days_past_due(life, now), zone, "held", "nothing more", held=tuple(held.items()))


def _planned(
    answer: Ask | Contact | Escalate | Close, now: datetime, day: int, zone: str, held: tuple[tuple[str, str], ...]
) -> Planned:
    if isinstance(answer, Escalate):
        return Planned(now, day, zone, "escalate", answer.reason, held=held)
    if isinstance(answer, Close):
        return Planned(now, day, zone, "close", answer.reason, held=held)
    kind = "ask" if isinstance(answer, Ask) else "contact"
    return Planned(now, day, zone, kind, answer.reason, answer.step, answer.channel, answer.role, held)


def _lived(life: Life, answer: Ask | Contact, now: datetime, number: int) -> Life:
    """The life after it: what was sent arrived, what a person tried reached nobody."""
    ref, result = f"planned-{number}", UNANSWERED.get(answer.channel)
    state: TouchState = "delivered" if result is None else "undelivered"
    touch = PastTouch(
        at=now,
        channel=answer.channel,
        role=answer.role,
        state=state,
        key=answer.key,
        place=answer.place,
        account=life.account,
        accounts=(life.account,),
        step=answer.step,
        result=None if result is None else "no_answer",
        person=answer.person,
        ref=ref,
    )
    persons = tuple(
        replace(person, history=(*person.history, touch)) if person.id == answer.person else person
        for person in life.persons
    )
    if isinstance(answer, Contact):
        return replace(life, persons=persons)
    done = Errand(
        id=f"task-{number}",
        step=answer.step,
        person=answer.person,
        state="done",
        asked_at=now,
        expires_at=answer.expires_at,
        touch=ref,
        outcome=result,
    )
    return replace(life, persons=persons, errands=(*life.errands, done))
