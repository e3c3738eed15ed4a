"""The lives whose histories are saved: one for each branch of the two workflows, named after what happens in it.

Each is a script of decisions and what meets them from outside. `shows` are the events that prove, in a saved file, that
the branch was taken; they are looked for in this order.
"""

import asyncio
import threading
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from temporalio.client import WorkflowHandle

from forbear.contracts.decision import Asked, Close, Contact, Decision, Escalate, Rest

SOON = timedelta(milliseconds=100)
A_DAY = timedelta(days=1)
LONGER_THAN_A_TASK = 10.0
"""Machine seconds. From eight on, the SDK renews the workflow task of a decision under way and hears what came meanwhile."""
LONGER_THAN_A_CONTACT = 27.0
EVENTS_A_REST = 6
PAGE = 1_000

Handle = WorkflowHandle[Any, Any]


@dataclass
class Outside:
    """What a scripted ledger and a test say to each other while a life is played."""

    deciding: threading.Event = field(default_factory=threading.Event)
    go_on: threading.Event = field(default_factory=threading.Event)
    outages: int = 0

    def hold(self) -> None:
        """Say that a decision is under way, and keep it so until told to go on."""
        self.deciding.set()
        assert self.go_on.wait(60)

    async def begun(self) -> None:
        """Wait until the life is in the middle of its decision."""
        assert await asyncio.to_thread(self.deciding.wait, 60)


Script = Callable[[Asked, datetime, Outside], Decision]
Act = Callable[[Handle, Outside], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Branch:
    """One life. `saves` names the file of each of its runs; `sending` says how the carrier answers."""

    saves: tuple[str, ...]
    shows: tuple[tuple[str, ...], ...]
    script: Script
    act: Act | None = None
    sending: str = "accepted"


def rest(now: datetime, span: timedelta = SOON, *, rule: str = "", stage: str = "M1") -> Rest:
    until = now + span
    return Rest(until=until, wake_at=until, reason="resting", rule=rule, stage=stage)


def contact(asked: Asked) -> Contact:
    return Contact(touch=f"tch_{asked.account}_{asked.number}", channel="sms", reason="reminder", stage="M1")


DONE = Close(reason="paid in full")


def then_closes(*first: Callable[[Asked, datetime], Decision]) -> Script:
    """These answers in turn, then a close."""

    def script(asked: Asked, now: datetime, _: Outside) -> Decision:
        return first[asked.number](asked, now) if asked.number < len(first) else DONE

    return script


def while_deciding(first: Callable[[Asked, datetime], Decision], *, for_seconds: float = 0.0) -> Script:
    """The first decision lasts until it is told to go on, or so many seconds longer; then a close."""

    def script(asked: Asked, now: datetime, outside: Outside) -> Decision:
        if asked.number or outside.deciding.is_set():
            return DONE if asked.number else first(asked, now)
        outside.hold()
        threading.Event().wait(for_seconds)
        return first(asked, now)

    return script


def after_an_outage(asked: Asked, now: datetime, outside: Outside) -> Decision:
    if outside.outages < 4:  # one, two, four and eight seconds: longer than one workflow task
        outside.outages += 1
        raise ConnectionError("no database")
    return DONE


def many_rests(asked: Asked, now: datetime, _: Outside) -> Decision:
    return rest(now, timedelta(0)) if asked.number < PAGE // EVENTS_A_REST + 5 else DONE


def news(name: str) -> Act:
    """A fact that comes while the first decision is made."""

    async def act(handle: Handle, outside: Outside) -> None:
        await outside.begun()
        await handle.signal(name)
        outside.go_on.set()

    return act


def after_its_first(event: str, *, signal: str = "") -> Act:
    """A fact, or a cancellation, that comes after the first event of a kind."""

    async def act(handle: Handle, _: Outside) -> None:
        while event not in [kind(each.event_type) for each in (await handle.fetch_history()).events]:  # noqa: ASYNC110  another process's state has no event to wait on
            await asyncio.sleep(0.05)
        await (handle.signal(signal) if signal else handle.cancel())

    return act


def kind(event_type: int) -> str:
    """An event's name without its prefix."""
    from temporalio.api.enums.v1 import EventType

    return EventType.Name(EventType.ValueType(event_type)).removeprefix("EVENT_TYPE_")


CLOSED = "WORKFLOW_EXECUTION_COMPLETED"
TURNED = "WORKFLOW_EXECUTION_CONTINUED_AS_NEW"
SIGNALED = "WORKFLOW_EXECUTION_SIGNALED"
DECIDED = "MARKER_RECORDED"
SENT = "ACTIVITY_TASK_COMPLETED"
ATTRIBUTES = "UPSERT_WORKFLOW_SEARCH_ATTRIBUTES"

ACCOUNT: tuple[Branch, ...] = (
    Branch(("rest_to_its_end",), (("TIMER_FIRED", DECIDED, CLOSED),), then_closes(lambda _, now: rest(now))),
    Branch(
        ("rest_woken_by_news",),
        (("TIMER_STARTED", SIGNALED, "TIMER_CANCELED", CLOSED),),
        then_closes(lambda _, now: rest(now, A_DAY)),
        after_its_first("TIMER_STARTED", signal="payment_received"),
    ),
    Branch(
        ("rest_after_news_in_a_long_decision",),
        ((SIGNALED, DECIDED, DECIDED, CLOSED),),
        while_deciding(lambda _, now: rest(now, A_DAY), for_seconds=LONGER_THAN_A_TASK),
        news("opted_out"),
    ),
    Branch(("rest_already_over",), (("TIMER_FIRED", CLOSED),), then_closes(lambda _, now: rest(now, -A_DAY))),
    Branch(
        ("held_rest",),
        ((ATTRIBUTES, "TIMER_FIRED", ATTRIBUTES, "TIMER_FIRED", CLOSED),),
        then_closes(lambda _, now: rest(now, rule="POLICY.HOURS"), lambda _, now: rest(now)),
    ),
    Branch(
        ("contact_sent",),
        ((DECIDED, "ACTIVITY_TASK_SCHEDULED", SENT, DECIDED, "TIMER_FIRED", CLOSED),),
        then_closes(lambda asked, _: contact(asked), lambda _, now: rest(now, rule="POLICY.SMS1")),
    ),
    Branch(
        ("contact_failed",),
        (("ACTIVITY_TASK_FAILED", CLOSED),),
        then_closes(lambda asked, _: contact(asked)),
        sending="breaks",
    ),
    Branch(
        ("contact_timed_out",),
        (("ACTIVITY_TASK_TIMED_OUT", CLOSED),),
        then_closes(lambda asked, _: contact(asked)),
        sending="sleeps",
    ),
    Branch(
        ("contact_with_news_during_the_decision",),
        (("ACTIVITY_TASK_SCHEDULED", SIGNALED, SENT, CLOSED),),
        while_deciding(lambda asked, _: contact(asked)),
        news("payment_received"),
    ),
    Branch(
        ("contact_with_news_in_a_long_decision",),
        ((SIGNALED, "ACTIVITY_TASK_SCHEDULED", SENT, CLOSED),),
        while_deciding(lambda asked, _: contact(asked), for_seconds=LONGER_THAN_A_TASK),
        news("payment_received"),
    ),
    Branch(
        ("escalate_then_rest",),
        ((DECIDED, DECIDED, "TIMER_FIRED", CLOSED),),
        then_closes(
            lambda _, __: Escalate(case="cas_1", reason="four months past due"),
            lambda _, now: rest(now, stage="legal"),
        ),
    ),
    Branch(("close",), ((DECIDED, CLOSED),), then_closes()),
    Branch(
        ("close_refused_by_the_server",),
        (("WORKFLOW_TASK_FAILED", SIGNALED, CLOSED),),
        while_deciding(lambda _, __: DONE),
        news("payment_reversed"),
    ),
    Branch(
        ("close_with_news",),
        ((SIGNALED, DECIDED, DECIDED, CLOSED),),
        while_deciding(lambda _, __: DONE, for_seconds=LONGER_THAN_A_TASK),
        news("payment_reversed"),
    ),
    Branch(
        ("page_turned_by_stage", "carried_over"),
        (("TIMER_FIRED", DECIDED, "TIMER_FIRED", TURNED), (DECIDED, ATTRIBUTES, CLOSED)),
        then_closes(
            lambda _, now: rest(now, rule="POLICY.HOURS"),
            lambda _, now: rest(now, rule="POLICY.HOURS", stage="M2"),
            lambda _, now: rest(now, stage="M2"),
        ),
    ),
    Branch(("page_turned_by_length", "carried_over_after_length"), ((TURNED,), (CLOSED,)), many_rests),
    Branch(("decide_retried_after_an_outage",), ((DECIDED, CLOSED),), after_an_outage),
    Branch(
        ("cancelled_while_resting",),
        (("TIMER_STARTED", "WORKFLOW_EXECUTION_CANCEL_REQUESTED", "WORKFLOW_EXECUTION_CANCELED"),),
        then_closes(lambda _, now: rest(now, A_DAY)),
        after_its_first("TIMER_STARTED"),
    ),
    Branch(
        ("cancelled_while_contacting",),
        (("ACTIVITY_TASK_SCHEDULED", "ACTIVITY_TASK_CANCEL_REQUESTED", "WORKFLOW_EXECUTION_CANCELED"),),
        then_closes(lambda asked, _: contact(asked)),
        after_its_first("ACTIVITY_TASK_SCHEDULED"),
        sending="sleeps",
    ),
)


@dataclass(frozen=True, slots=True)
class Round:
    """A life of upkeep. `rounds` says how its rounds go; the life ends by cancellation, or when its page is turned."""

    saves: str
    shows: tuple[str, ...]
    rounds: str = "well"
    every_seconds: float = 0.05
    cancel_after: str = ""


UPKEEP: tuple[Round, ...] = (
    Round("upkeep_page_turned", (SENT, "TIMER_FIRED", TURNED), every_seconds=0.01),
    Round("upkeep_round_failed", ("ACTIVITY_TASK_FAILED", "TIMER_FIRED", SENT), "break once", cancel_after=SENT),
    Round(
        "upkeep_cancelled_in_its_sleep",
        (SENT, "TIMER_STARTED", "WORKFLOW_EXECUTION_CANCELED"),
        every_seconds=3_600,
        cancel_after="TIMER_STARTED",
    ),
    Round(
        "upkeep_cancelled_in_a_round",
        ("ACTIVITY_TASK_CANCEL_REQUESTED", "WORKFLOW_EXECUTION_CANCELED"),
        "sleep",
        cancel_after="ACTIVITY_TASK_SCHEDULED",
    ),
)
