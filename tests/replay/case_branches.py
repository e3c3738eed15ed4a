"""The lives of cases whose histories are saved: one for each branch of `workflows/case.py`, as `branches` has accounts'."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from forbear.contracts.cases import CaseAsked, CaseClose, CaseDecision, CaseRest
from tests.replay.branches import (
    A_DAY,
    ATTRIBUTES,
    CLOSED,
    DECIDED,
    EVENTS_A_REST,
    LONGER_THAN_A_TASK,
    PAGE,
    SENT,
    SIGNALED,
    SOON,
    TURNED,
    Act,
    Outside,
    after_its_first,
    news,
)
from tests.workflows.case_stage import alarm, close, move, prepare

ENOUGH_FOR_A_CIRCLE = 52
"""Two answers more than a case may give in a row before each of them costs a minute."""

CaseScript = Callable[[CaseAsked, datetime, Outside], CaseDecision]
Answer = Callable[[datetime], CaseDecision] | CaseDecision


@dataclass(frozen=True, slots=True)
class CaseBranch:
    """One life. `saves` names the file of each of its runs; `making` says how the shop answers."""

    saves: tuple[str, ...]
    shows: tuple[tuple[str, ...], ...]
    script: CaseScript
    act: Act | None = None
    making: str = "prepared"


def rest(now: datetime, span: timedelta = SOON, *, rule: str = "", stage: str = "notice") -> CaseRest:
    until = now + span
    return CaseRest(until=until, wake_at=until, reason="a period runs", rule=rule, stage=stage)


def in_turn(*answers: Answer) -> CaseScript:
    """These answers in turn, then a close."""

    def script(asked: CaseAsked, now: datetime, _: Outside) -> CaseDecision:
        answer = answers[asked.number] if asked.number < len(answers) else close()
        return answer(now) if callable(answer) else answer

    return script


def while_deciding(first: Answer, *, for_seconds: float = 0.0) -> CaseScript:
    """The first decision lasts until it is told to go on, or so many seconds longer; then a close."""

    def script(asked: CaseAsked, now: datetime, outside: Outside) -> CaseDecision:
        if asked.number:
            return close()
        if not outside.deciding.is_set():
            outside.hold()
            threading.Event().wait(for_seconds)
        return first(now) if callable(first) else first

    return script


def after_an_outage(asked: CaseAsked, now: datetime, outside: Outside) -> CaseDecision:
    if outside.outages < 4:  # one, two, four and eight seconds: longer than one workflow task
        outside.outages += 1
        raise ConnectionError("no database")
    return close()


def many_rests(asked: CaseAsked, now: datetime, _: Outside) -> CaseDecision:
    return rest(now, timedelta(0)) if asked.number < PAGE // EVENTS_A_REST + 5 else close()


def a_circle(asked: CaseAsked, now: datetime, _: Outside) -> CaseDecision:
    return alarm() if asked.number < ENOUGH_FOR_A_CIRCLE else CaseClose(reason="somebody mended the rules")


CANCELED = "WORKFLOW_EXECUTION_CANCELED"
SCHEDULED = "ACTIVITY_TASK_SCHEDULED"

CASE: tuple[CaseBranch, ...] = (
    CaseBranch(("case_rest_to_its_end",), (("TIMER_FIRED", DECIDED, CLOSED),), in_turn(rest)),
    CaseBranch(
        ("case_rest_woken_by_news",),
        (("TIMER_STARTED", SIGNALED, "TIMER_CANCELED", CLOSED),),
        in_turn(lambda now: rest(now, A_DAY)),
        after_its_first("TIMER_STARTED", signal="payment_received"),
    ),
    CaseBranch(
        ("case_rest_after_news_in_a_long_decision",),
        ((SIGNALED, DECIDED, DECIDED, CLOSED),),
        while_deciding(lambda now: rest(now, A_DAY), for_seconds=LONGER_THAN_A_TASK),
        news("case_fact_told"),
    ),
    CaseBranch(("case_rest_already_over",), (("TIMER_FIRED", CLOSED),), in_turn(lambda now: rest(now, -A_DAY))),
    CaseBranch(
        ("case_held_rest",),
        ((ATTRIBUTES, "TIMER_FIRED", ATTRIBUTES, "TIMER_FIRED", CLOSED),),
        in_turn(lambda now: rest(now, rule="CN.GUARANTEE"), rest),
    ),
    CaseBranch(
        ("case_alarms_then_rest",),
        ((DECIDED, DECIDED, DECIDED, "TIMER_FIRED", CLOSED),),
        in_turn(alarm(), alarm(), rest),
    ),
    CaseBranch(
        ("case_packet_made",),
        ((DECIDED, SCHEDULED, SENT, DECIDED, "TIMER_FIRED", CLOSED),),
        in_turn(prepare(), rest),
    ),
    CaseBranch(
        ("case_packet_failed",),
        (("ACTIVITY_TASK_FAILED", "TIMER_STARTED", SIGNALED, "TIMER_CANCELED", CLOSED),),
        in_turn(prepare()),
        after_its_first("TIMER_STARTED", signal="case_file_kept"),
        making="breaks",
    ),
    CaseBranch(
        ("case_packet_failed_with_news",),
        ((SCHEDULED, SIGNALED, "ACTIVITY_TASK_FAILED", DECIDED, CLOSED),),
        in_turn(prepare()),
        after_its_first(SCHEDULED, signal="case_file_kept"),
        making="breaks",
    ),
    CaseBranch(
        ("case_packet_with_news_during_the_decision",),
        ((SCHEDULED, SIGNALED, SENT, CLOSED),),
        while_deciding(prepare()),
        news("payment_received"),
    ),
    CaseBranch(("case_close",), ((DECIDED, CLOSED),), in_turn()),
    CaseBranch(
        ("case_close_refused_by_the_server",),
        (("WORKFLOW_TASK_FAILED", SIGNALED, CLOSED),),
        while_deciding(close()),
        news("payment_reversed"),
    ),
    CaseBranch(
        ("case_close_with_news",),
        ((SIGNALED, DECIDED, DECIDED, CLOSED),),
        while_deciding(close(), for_seconds=LONGER_THAN_A_TASK),
        news("payment_reversed"),
    ),
    CaseBranch(
        ("case_page_turned_by_move", "case_carried_over"),
        ((ATTRIBUTES, "TIMER_FIRED", DECIDED, TURNED), (DECIDED, ATTRIBUTES, "TIMER_FIRED", CLOSED)),
        in_turn(lambda now: rest(now, rule="CN.GUARANTEE"), move("suit"), lambda now: rest(now, stage="suit")),
    ),
    CaseBranch(("case_page_turned_by_length", "case_carried_over_after_length"), ((TURNED,), (CLOSED,)), many_rests),
    CaseBranch(("case_in_a_circle",), ((DECIDED, "TIMER_FIRED", DECIDED, "TIMER_FIRED", CLOSED),), a_circle),
    CaseBranch(("case_decide_retried_after_an_outage",), ((DECIDED, CLOSED),), after_an_outage),
    CaseBranch(
        ("case_cancelled_while_resting",),
        (("TIMER_STARTED", "WORKFLOW_EXECUTION_CANCEL_REQUESTED", CANCELED),),
        in_turn(lambda now: rest(now, A_DAY)),
        after_its_first("TIMER_STARTED"),
    ),
    CaseBranch(
        ("case_cancelled_while_preparing",),
        ((SCHEDULED, "ACTIVITY_TASK_CANCEL_REQUESTED", CANCELED),),
        in_turn(prepare()),
        after_its_first(SCHEDULED),
        making="sleeps",
    ),
)
