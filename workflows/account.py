"""One overdue account, from enrolment until it needs no outreach.

The workflow owns time and order only. What is lawful and what comes next is decided by an activity that reads the
ledger, and is recorded here, so that a new rule or holiday never breaks the replay of a life that runs for months.
"""

import asyncio
import contextlib
from collections.abc import Sequence
from datetime import timedelta

from temporalio import workflow
from temporalio.common import Priority, RawValue, RetryPolicy, SearchAttributeKey
from temporalio.exceptions import FailureError, is_cancelled_exception

with workflow.unsafe.imports_passed_through():
    from activities.cadence import CadenceActivities
    from activities.contact import ContactActivities
    from forbear.contracts import queues
    from forbear.contracts.decision import (
        AccountStart,
        Asked,
        Close,
        Contact,
        ContactOrder,
        Decision,
        Escalate,
        Rest,
    )

HISTORY_PAGE = 1_000
"""Events after which a run turns the page: replaying more at a cold start costs too much."""
SHORTEST_REST = timedelta(milliseconds=200)
"""Machine time. A rest already over still yields, so that no decision can spin."""
DECIDE_TIMEOUT = timedelta(seconds=30)
CONTACT_TIMEOUT = timedelta(seconds=25)
"""Shorter than a claim's lease: a sender that outlives it finds `dispatch_by` passed."""
UNTIL_THE_LEDGER_ANSWERS = RetryPolicy(initial_interval=timedelta(seconds=1), maximum_interval=timedelta(seconds=15))
"""No limit on attempts: an outage of the database must delay an account, never end it."""
ONCE = RetryPolicy(maximum_attempts=1)
"""Providers are not idempotent: a lost answer is reconciled, never sent again."""

HELD_BY = SearchAttributeKey.for_keyword(queues.HELD_BY)
STAGE = SearchAttributeKey.for_keyword(queues.STAGE)


@workflow.defn(name=queues.ACCOUNT_WORKFLOW)
class AccountWorkflow:
    @workflow.init
    def __init__(self, start: AccountStart) -> None:
        self._start = start
        self._number = start.number
        self._held_by = start.held_by
        self._stage = start.stage
        self._marked_stage = start.stage
        self._news = 0

    @workflow.run
    async def run(self, _start: AccountStart) -> str:
        while True:
            heard = self._news  # before deciding: news during a decision must wake the rest after it
            match decision := await self._decide():
                case Rest():
                    self._show(f"**Resting** until {decision.until:%a %d %b %Y %H:%M} UTC: {decision.reason}")
                    self._mark(held_by=decision.rule, stage=decision.stage)
                    await self._rest(decision, heard)
                case Contact():
                    self._show(f"**Contacting** by {decision.channel}: {decision.reason}")
                    await self._contact(decision)
                case Escalate():
                    self._show(f"**With legal staff**: {decision.reason}")
                case Close() if self._news == heard:
                    self._show(f"**Closed**: {decision.reason}")
                    return decision.reason
                case Close():
                    continue  # news came while closing, a chargeback perhaps: decide again
            self._turn_the_page_when_due(decision.stage)

    @workflow.signal(dynamic=True)
    def news(self, _name: str, _args: Sequence[RawValue]) -> None:
        """Any fact, named by its signal. It only wakes: the next decision reads the ledger."""
        self._news += 1

    async def _decide(self) -> Decision:
        asked = Asked(
            tenant=self._start.tenant, account=self._start.account, run=workflow.info().run_id, number=self._number
        )
        decision = await workflow.execute_local_activity_method(
            CadenceActivities.decide,
            asked,
            start_to_close_timeout=DECIDE_TIMEOUT,
            retry_policy=UNTIL_THE_LEDGER_ANSWERS,
            summary="What may and should come next?",
        )
        self._number += 1
        return decision

    async def _rest(self, rest: Rest, heard: int) -> None:
        """Wait for the time to come, or for news."""
        span = max(rest.wake_at - workflow.now(), SHORTEST_REST)
        with contextlib.suppress(asyncio.TimeoutError):
            await workflow.wait_condition(lambda: self._news != heard, timeout=span, timeout_summary=rest.reason)

    async def _contact(self, contact: Contact) -> None:
        """Send the claimed touch, whatever news came meanwhile: the sender looks once more before the first byte."""
        order = ContactOrder(tenant=self._start.tenant, account=self._start.account, touch=contact.touch)
        try:
            await workflow.execute_activity_method(
                ContactActivities.contact,
                order,
                task_queue=queues.CHANNEL_QUEUES[contact.channel],
                start_to_close_timeout=CONTACT_TIMEOUT,
                schedule_to_close_timeout=CONTACT_TIMEOUT,
                retry_policy=ONCE,
                priority=Priority(priority_key=contact.priority),
                summary=contact.reason,
            )
        except FailureError as error:
            if is_cancelled_exception(error):
                raise
            # The ledger knows how the touch stands; upkeep settles it and the next decision goes on from there.
            workflow.logger.warning("contact without an answer")

    def _show(self, what: str) -> None:
        workflow.set_current_details(what)

    def _mark(self, *, held_by: str, stage: str) -> None:
        """Keep the search attributes true, at one event and only when something changed."""
        if (held_by, stage) != (self._held_by, self._stage):
            workflow.upsert_search_attributes([HELD_BY.value_set(held_by), STAGE.value_set(stage)])
            self._held_by, self._marked_stage = held_by, stage

    def _turn_the_page_when_due(self, stage: str) -> None:
        new_phase, self._stage = bool(self._stage) and stage != self._stage, stage
        info = workflow.info()
        if new_phase or info.get_current_history_length() > HISTORY_PAGE or info.is_continue_as_new_suggested():
            # A stage that began with a contact stands in no search attribute yet: '' has the next run's rest tell it.
            told = self._stage if self._stage == self._marked_stage else ""
            here = self._start.model_copy(update={"number": self._number, "held_by": self._held_by, "stage": told})
            workflow.continue_as_new(here)
