"""`decide`: what comes next for one account, from its life, its playbook and the rules. Pure.

The order of the questions is the order in which an operator would ask them: is anything owed, is something under way,
was something promised, is it another debt's turn, which step is due, and may we take it? The first answer wins, and
each comes with its reason in words.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from forbear.cadence.asked_links import link_again_at, link_asked
from forbear.cadence.conditions import happened, unmet
from forbear.cadence.decision import Ask, Close, Contact, Decision, Escalate, Rest
from forbear.cadence.life import Life
from forbear.cadence.paths import LONGEST_REST, Moment, idle, in_turn, next_step
from forbear.cadence.standing import cause_of, first_to_speak, promised_day
from forbear.cadence.steps import Playbook
from forbear.rules.packs import Packs

WHILE_UNSETTLED = timedelta(hours=6)
"""World time. A touch in the balance is settled by a receipt, which wakes the account; this is the fallback."""


def decide(life: Life, playbook: Playbook, packs: Packs, now: datetime) -> Decision:
    """Say what comes next.

    Args:
        life: one account and everything that bears on it, read in one transaction.
        playbook: the cadence of its product.
        packs: the rules in force.
        now: world time, aware.

    Returns:
        `Rest` (with the rule that holds, if one does), `Ask` or `Contact` with their permit, `Escalate` or `Close`.
    """
    moment = Moment(life, playbook, packs, now)
    answer = next((found for question in QUESTIONS if (found := question(moment)) is not None), None)
    if answer is None:
        answer = _no_further_step(moment)
    if isinstance(answer, Rest) and (link_at := link_again_at(moment)) is not None:
        answer = replace(answer, until=min(answer.until, link_at))
    # What is under way is waited for before anything is taken back.
    if not life.errands or life.in_flight:
        return answer
    drops = idle(moment) if _goes_on(answer) else tuple(errand.id for errand in life.errands if errand.waiting)
    return replace(answer, drops=drops)


def _goes_on(answer: Decision) -> bool:
    """Whether people may still be asked for something while this is the answer."""
    if isinstance(answer, Rest):
        return answer.rule != "PROMISE.OPEN" and answer.stage != "legal"
    return isinstance(answer, Ask | Contact)


def _no_further_step(moment: Moment) -> Rest:
    end = moment.playbook.escalation
    if end is not None and moment.day >= end.begins(cause_of(moment.life)):
        why = "legal staff take over once what must come before has happened, which it has not yet"
        return moment.rest(moment.now + LONGEST_REST, why, "STEP.REQUIRED")
    return moment.rest(moment.now + LONGEST_REST, "the playbook has no further step for this account")


def _nothing_owed(moment: Moment) -> Close | None:
    if moment.life.balance <= 0:
        after = moment.playbook.repaid
        return Close("paid in full", then=None if after is None else (after.matter, after.title))
    if moment.life.state == "closed":
        return Close("closed by the lender")
    return None


def _with_legal_staff(moment: Moment) -> Rest | None:
    if moment.life.legal_case is None:
        return None
    why = "with legal staff: outreach pauses while the matter is open"
    return Rest(moment.now + LONGEST_REST, why, stage="legal")


def _under_way(moment: Moment) -> Rest | None:
    if not moment.life.in_flight:
        return None
    why = "a touch of this account is not settled yet: its receipt is awaited before anything else is sent"
    return moment.rest(moment.now + WHILE_UNSETTLED, why, "TOUCH.UNSETTLED")


def _promised(moment: Moment) -> Rest | None:
    promised = promised_day(moment.life, moment.now)
    if promised is None:
        return None
    day, until = promised
    why = f"a payment is promised for {day:%a %d %b %Y}: outreach waits until it should have arrived"
    return moment.rest(until, why, "PROMISE.OPEN")


def _another_debts_turn(moment: Moment) -> Rest | None:
    """The borrower's other debt silences this one for him, and for nobody who is told of this debt alone."""
    borrower = moment.life.borrower.id
    if first_to_speak(moment.life, moment.now) or any(person.id != borrower for _, person in moment.turns):
        return None
    return in_turn(moment)


def _cadence_over(moment: Moment) -> Escalate | None:
    end = moment.playbook.escalation
    if end is None or moment.day < end.begins(cause_of(moment.life)):
        return None
    held = any(
        unmet(moment.life, step, person, moment.day) for step in moment.playbook.steps for person in moment.life.persons
    )
    if held or not all(happened(moment.life, after) for after in end.after):
        return None
    return Escalate(end.matter, end.title)


QUESTIONS: tuple[Callable[[Moment], Decision | None], ...] = (
    _nothing_owed,
    _with_legal_staff,
    _under_way,
    link_asked,
    _promised,
    _another_debts_turn,
    _cadence_over,
    next_step,
)
