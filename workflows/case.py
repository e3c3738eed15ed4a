"""One legal case, from the day somebody takes it up until the matter is over.

The same loop as an account's: decide, act, wait. Which periods run, what is missing and what may be filed is decided by
an activity that reads the ledger; this workflow only sees to it that the question is asked in time, for years if need
be. Its history holds ids, stages and reasons.
"""

import asyncio
import contextlib
from collections.abc import Sequence
from datetime import timedelta

from temporalio import workflow
from temporalio.common import RawValue, RetryPolicy, SearchAttributeKey
from temporalio.exceptions import FailureError, is_cancelled_exception

with workflow.unsafe.imports_passed_through():
    from activities.case import CaseActivities, PacketActivities
    from forbear.contracts import queues
    from forbear.contracts.cases import (
        CaseAlarm,
        CaseAsked,
        CaseClose,
        CaseDecision,
        CaseMove,
        CasePrepare,
        CaseRest,
        CaseStart,
        PacketOrder,
    )

HISTORY_PAGE = 1_000
"""Events after which a run turns the page: replaying more at a cold start costs too much."""
SHORTEST_REST = timedelta(milliseconds=200)
"""Machine time. A rest already over still yields, so that no decision can spin."""
MOST_WITHOUT_REST = 50
"""Answers in a row. A case whose alarms of years come due at once has fewer; more means that they go in a circle."""
PAUSE_IN_A_CIRCLE = timedelta(minutes=1)
DECIDE_TIMEOUT = timedelta(seconds=30)
UNTIL_THE_LEDGER_ANSWERS = RetryPolicy(initial_interval=timedelta(seconds=1), maximum_interval=timedelta(seconds=15))
"""No limit on attempts: an outage of the database must delay a case, never end it."""
PACKET_TIMEOUT = timedelta(minutes=10)
PACKET_SIGN_OF_LIFE = timedelta(minutes=1)
PACKET_PATIENCE = timedelta(hours=1)
"""In the queue and at the press, all tries together: meanwhile nobody looks at the case's clocks."""
FEW_TRIES = RetryPolicy(
    initial_interval=timedelta(seconds=5), maximum_interval=timedelta(minutes=1), maximum_attempts=3
)
"""Making a packet again changes nothing, so it may be tried again; what stays broken is for people."""
PAUSE_WITHOUT_A_PACKET = timedelta(minutes=10)
"""Machine time before a packet is asked for again whose making broke off without a word in the ledger."""

HELD_BY = SearchAttributeKey.for_keyword(queues.HELD_BY)
STAGE = SearchAttributeKey.for_keyword(queues.STAGE)


@workflow.defn(name=queues.CASE_WORKFLOW)
class CaseWorkflow:
    @workflow.init
    def __init__(self, start: CaseStart) -> None:
        self._start = start
        self._number = start.number
        self._held_by = start.held_by
        self._stage = start.stage
        self._marked_stage = start.stage
        self._unrested = start.unrested
        self._news = 0

    @workflow.run
    async def run(self, _start: CaseStart) -> str:
        while True:
            heard = self._news  # before deciding: news during a decision must wake the rest after it
            match decision := await self._decide():
                case CaseRest():
                    self._show(f"**Waiting** until {decision.until:%a %d %b %Y %H:%M} UTC: {decision.reason}")
                    self._mark(held_by=decision.rule, stage=decision.stage)
                    await self._rest(decision, heard)
                case CaseMove():
                    self._show(f"**Moved on** to {decision.stage}: {decision.reason}")
                case CaseAlarm():
                    self._show(f"**Alarm raised**: {decision.reason}")
                case CasePrepare():
                    self._show(f"**Making a packet**: {decision.reason}")
                    await self._prepare(decision, heard)
                case CaseClose() if self._news == heard:
                    self._show(f"**Closed**: {decision.reason}")
                    return decision.reason
                case CaseClose():
                    continue  # news came while closing, a payment taken back perhaps: decide again
            await self._pause_in_a_circle(decision)
            self._turn_the_page_when_due(decision.stage)

    @workflow.signal(dynamic=True)
    def news(self, _name: str, _args: Sequence[RawValue]) -> None:
        """Any fact, named by its signal. It only wakes: the next decision reads the ledger."""
        self._news += 1

    async def _decide(self) -> CaseDecision:
        asked = CaseAsked(
            tenant=self._start.tenant, case=self._start.case, run=workflow.info().run_id, number=self._number
        )
        decision = await workflow.execute_local_activity_method(
            CaseActivities.decide_case,
            asked,
            start_to_close_timeout=DECIDE_TIMEOUT,
            retry_policy=UNTIL_THE_LEDGER_ANSWERS,
            summary="Which periods run, and what comes next?",
        )
        self._number += 1
        return decision

    async def _rest(self, rest: CaseRest, heard: int) -> None:
        """Wait for the time to come, or for news."""
        span = max(rest.wake_at - workflow.now(), SHORTEST_REST)
        await self._until_news(heard, span, rest.reason)

    async def _until_news(self, heard: int, span: timedelta, why: str) -> None:
        with contextlib.suppress(asyncio.TimeoutError):
            await workflow.wait_condition(lambda: self._news != heard, timeout=span, timeout_summary=why)

    async def _prepare(self, prepare: CasePrepare, heard: int) -> None:
        """Have a packet made. How it came out stands in the ledger, and the next decision reads it there."""
        order = PacketOrder(tenant=self._start.tenant, case=self._start.case, packet=prepare.packet)
        try:
            await workflow.execute_activity_method(
                PacketActivities.make_packet,
                order,
                task_queue=queues.PACKETS,
                start_to_close_timeout=PACKET_TIMEOUT,
                schedule_to_close_timeout=PACKET_PATIENCE,
                heartbeat_timeout=PACKET_SIGN_OF_LIFE,
                retry_policy=FEW_TRIES,
                summary=prepare.reason,
            )
        except FailureError as error:
            if is_cancelled_exception(error):
                raise
            # Perhaps the ledger could not be told, and the packet stands as asked for: it must not be tried at once.
            workflow.logger.warning("packet not made")
            await self._until_news(heard, PAUSE_WITHOUT_A_PACKET, "The packet could not be made; to be tried again")

    async def _pause_in_a_circle(self, decision: CaseDecision) -> None:
        """Answers that never come to a rest are a fault of the rules: each may cost a minute, and no machine."""
        self._unrested = 0 if isinstance(decision, CaseRest) else self._unrested + 1
        if self._unrested >= MOST_WITHOUT_REST:
            workflow.logger.warning("case without rest")
            await workflow.sleep(PAUSE_IN_A_CIRCLE, summary="Too many steps in a row without a rest")

    def _show(self, what: str) -> None:
        workflow.set_current_details(what)

    def _mark(self, *, held_by: str, stage: str) -> None:
        """Keep the search attributes true, at one event and only when something changed."""
        if (held_by, stage) != (self._held_by, self._marked_stage):
            workflow.upsert_search_attributes([HELD_BY.value_set(held_by), STAGE.value_set(stage)])
            self._held_by, self._marked_stage = held_by, stage

    def _turn_the_page_when_due(self, told: str) -> None:
        stage = told or self._stage
        new_stage, self._stage = bool(self._stage) and stage != self._stage, stage
        info = workflow.info()
        if new_stage or info.get_current_history_length() > HISTORY_PAGE or info.is_continue_as_new_suggested():
            # A stage that began with a move stands in no search attribute yet: '' has the next run's rest tell it.
            shown = self._stage if self._stage == self._marked_stage else ""
            here = {"number": self._number, "held_by": self._held_by, "stage": shown, "unrested": self._unrested}
            workflow.continue_as_new(self._start.model_copy(update=here))
