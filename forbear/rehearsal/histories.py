"""What a touch costs in history events, counted in the histories themselves.

An undisturbed touch is the span from a run's start, or from the contact before, to a contact's completion, with no
signal in it and one timer. A rehearsal without such a span is answered by first touches,
and at last by all events over all contacts.
"""

import asyncio
import os
from collections.abc import Mapping, Sequence
from statistics import mean

from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import Client, WorkflowExecution

from forbear.contracts import queues
from forbear.settings import Settings
from forbear.temporal.client import connect

CONTACT = "contact"
AT_ONCE = 8
ONE_TIMER = 1
OPENING = [EventType.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED, EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED]
"""A run begins with its start and the signal that came with it."""


async def _fetch(client: Client, execution: WorkflowExecution, turn: asyncio.Semaphore) -> list[HistoryEvent]:
    async with turn:
        handle = client.get_workflow_handle(execution.id, run_id=execution.run_id)
        return list((await handle.fetch_history()).events)


async def _fetch_all(settings: Settings) -> list[list[HistoryEvent]]:
    client = await connect(settings)
    turn = asyncio.Semaphore(AT_ONCE)
    found = [each async for each in client.list_workflows(f"WorkflowType = '{queues.ACCOUNT_WORKFLOW}'")]
    return await asyncio.gather(*(_fetch(client, each, turn) for each in found))


def fetch(settings: Settings, environment: Mapping[str, str]) -> list[list[HistoryEvent]]:
    """The events of every run of every account.

    Args:
        settings: hold the keys of the codec.
        environment: says where Temporal listens.
    """
    before = {name: os.environ.get(name) for name in environment}
    os.environ.update(environment)
    try:
        return asyncio.run(_fetch_all(settings))
    finally:
        for name, value in before.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})


def events_per_touch(histories: Sequence[Sequence[HistoryEvent]]) -> float:
    """The mean cost of an undisturbed touch, to one decimal; 0 where nothing was sent."""
    spans = [span for events in histories for span in _spans(events)]
    calm = [span for span in spans if _undisturbed(span)]
    # A run's first touch follows the signal that started it: second best, and all that a short rehearsal has.
    first = [span[len(OPENING) :] for span in spans if _kinds(span)[: len(OPENING)] == OPENING]
    for chosen in (calm, [span for span in first if _undisturbed(span)]):
        if chosen:
            return round(float(mean(map(len, chosen))), 1)
    return round(sum(map(len, histories)) / len(spans), 1) if spans else 0.0


def _spans(events: Sequence[HistoryEvent]) -> list[Sequence[HistoryEvent]]:
    """Each stretch that ends with the completion of a contact."""
    scheduled = {event.event_id for event in events if _is_contact(event)}
    spans: list[Sequence[HistoryEvent]] = []
    start = 0
    for index, event in enumerate(events):
        if event.activity_task_completed_event_attributes.scheduled_event_id in scheduled:
            spans.append(events[start : index + 1])
            start = index + 1
    return spans


def _is_contact(event: HistoryEvent) -> bool:
    return event.activity_task_scheduled_event_attributes.activity_type.name == CONTACT


def _undisturbed(span: Sequence[HistoryEvent]) -> bool:
    kinds = _kinds(span)
    timers = kinds.count(EventType.EVENT_TYPE_TIMER_STARTED)
    return EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED not in kinds and timers == ONE_TIMER


def _kinds(span: Sequence[HistoryEvent]) -> list[int]:
    return [event.event_type for event in span]
