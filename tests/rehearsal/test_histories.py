"""What a touch costs in history events, counted on hand-made histories."""

from collections.abc import Iterator, Sequence

from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent

from forbear.rehearsal.histories import events_per_touch

TASK = ["WORKFLOW_TASK_SCHEDULED", "WORKFLOW_TASK_STARTED", "WORKFLOW_TASK_COMPLETED"]
TOUCH = ["MARKER_RECORDED", "ACTIVITY_TASK_SCHEDULED", "ACTIVITY_TASK_STARTED", "ACTIVITY_TASK_COMPLETED"]
REST = ["MARKER_RECORDED", "TIMER_STARTED"]
CALM = [*REST, "TIMER_FIRED", *TASK, *TOUCH]


def history(names: Sequence[str]) -> list[HistoryEvent]:
    return list(_events(names))


def _events(names: Sequence[str]) -> Iterator[HistoryEvent]:
    scheduled = 0
    for number, name in enumerate(names, start=1):
        event = HistoryEvent(event_id=number, event_type=EventType.Value(f"EVENT_TYPE_{name}"))
        if name == "ACTIVITY_TASK_SCHEDULED":
            event.activity_task_scheduled_event_attributes.activity_type.name = "contact"
            scheduled = number
        elif name == "ACTIVITY_TASK_COMPLETED":
            event.activity_task_completed_event_attributes.scheduled_event_id = scheduled
        yield event


def test_a_calm_touch_is_counted_from_the_touch_before() -> None:
    assert events_per_touch([history(["WORKFLOW_EXECUTION_STARTED", *TASK, *CALM, *TASK, *CALM])]) == 13.5


def test_spans_with_a_signal_or_a_second_timer_do_not_count() -> None:
    signalled = [*REST, "WORKFLOW_EXECUTION_SIGNALED", *TASK, "TIMER_CANCELED", *CALM]
    assert events_per_touch([history([*CALM, *TASK, *signalled, *TASK, *REST, *CALM])]) == len(CALM)


def test_where_there_are_only_first_touches_their_start_is_left_out() -> None:
    started = ["WORKFLOW_EXECUTION_STARTED", "WORKFLOW_EXECUTION_SIGNALED"]
    assert events_per_touch([history([*started, *TASK, *CALM])]) == len(TASK) + len(CALM)
    assert events_per_touch([history([*started, *TASK, *CALM]), history([*started, *TASK, *CALM, *TASK, *CALM])]) == 13


def test_without_a_calm_touch_all_events_are_shared_out() -> None:
    assert events_per_touch([history(["WORKFLOW_EXECUTION_SIGNALED", *TASK, *TOUCH, *TASK])]) == 11.0


def test_without_a_touch_it_is_nothing() -> None:
    assert events_per_touch([history([*TASK, *REST])]) == 0.0
    assert events_per_touch([]) == 0.0
