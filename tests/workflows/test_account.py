"""`AccountWorkflow` over whole lives: order, wake-ups, outages, pages turned, and what its history costs."""

import asyncio
import threading
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta

from temporalio.api.enums.v1 import EventType
from temporalio.client import WorkflowHandle, WorkflowHistory
from temporalio.worker import Replayer

from forbear.contracts import queues
from forbear.contracts.decision import AccountStart, Asked, Close, Contact, Decision, Escalate, Rest
from forbear.ports.sms import SmsText
from forbear.temporal.runner import sandbox
from tests.workflows.stage import CountingCarrier, Script, ScriptedBook, Stage
from workflows.account import AccountWorkflow

MOST_EVENTS_A_TOUCH = 16


async def begin(stage: Stage, **start: object) -> WorkflowHandle[AccountWorkflow, str]:
    account = f"acc_{uuid.uuid4().hex}"
    return await stage.client.start_workflow(
        AccountWorkflow.run,
        AccountStart.model_validate({"tenant": "ten_1", "account": account, **start}),
        id=queues.account_workflow_id(account),
        task_queue=queues.ACCOUNTS,
    )


def rest(until: datetime, stage: str = "M1", rule: str = "") -> Rest:
    return Rest(until=until, wake_at=until, reason="resting", rule=rule, stage=stage)


async def replay(stage: Stage, history: WorkflowHistory) -> None:
    replayer = Replayer(
        workflows=[AccountWorkflow], data_converter=stage.client.data_converter, workflow_runner=sandbox()
    )
    await replayer.replay_workflow(history)


async def test_a_whole_life_of_forty_days_touches_once_a_day_and_replays(
    stage: Stage, daily: Callable[[int], Script]
) -> None:
    book, carrier = ScriptedBook(daily(40), stage.clock), CountingCarrier()
    async with stage.playing(book, carrier):
        handle = await begin(stage)
        assert await handle.result() == "paid in full"
        history = await handle.fetch_history()
    assert book.recorded == [f"tch_{n}" for n in range(40)]
    assert len(carrier.sent) == 40
    gaps = [later - earlier for (_, earlier), (_, later) in zip(book.asked[1::2], book.asked[2::2], strict=True)]
    assert all(timedelta(days=1) <= gap < timedelta(days=1, minutes=1) for gap in gaps)
    assert len(history.events) / 40 <= MOST_EVENTS_A_TOUCH
    await replay(stage, history)


async def test_any_fact_wakes_a_rest_and_is_named_in_history(stage: Stage) -> None:
    def script(asked: Asked, now: datetime) -> Decision:
        return rest(now + timedelta(days=7)) if asked.number == 0 else Close(reason="paid in full")

    book = ScriptedBook(script, stage.clock)
    async with stage.playing(book, CountingCarrier()):
        with stage.env.auto_time_skipping_disabled():
            handle = await begin(stage)
            await asyncio.to_thread(book.was_asked.wait, 20)
            await handle.signal("payment_received")
            assert await handle.result() == "paid in full"
        history = await handle.fetch_history()
    names = [
        event.workflow_execution_signaled_event_attributes.signal_name
        for event in history.events
        if event.event_type == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED
    ]
    assert names == ["payment_received"]
    assert book.asked[1][1] - book.asked[0][1] < timedelta(minutes=1)
    await replay(stage, history)


async def test_news_during_a_decision_wakes_the_rest_that_follows(stage: Stage) -> None:
    deciding, go_on = threading.Event(), threading.Event()

    def script(asked: Asked, now: datetime) -> Decision:
        if asked.number == 0:
            deciding.set()
            assert go_on.wait(20)
            return rest(now + timedelta(days=7))
        return Close(reason="heard")

    book = ScriptedBook(script, stage.clock)
    async with stage.playing(book, CountingCarrier()):
        with stage.env.auto_time_skipping_disabled():
            handle = await begin(stage)
            await asyncio.to_thread(deciding.wait, 20)
            await handle.signal("opted_out")
            go_on.set()
            assert await handle.result() == "heard"


async def test_a_claimed_touch_goes_on_to_the_sender_whatever_news_came(stage: Stage) -> None:
    deciding, go_on = threading.Event(), threading.Event()

    def script(asked: Asked, now: datetime) -> Decision:
        if asked.number == 0:
            deciding.set()
            assert go_on.wait(20)
            return Contact(touch="tch_1", channel="sms", reason="reminder", stage="M1")
        return Close(reason="done")

    book, carrier = ScriptedBook(script, stage.clock), CountingCarrier()
    async with stage.playing(book, carrier):
        with stage.env.auto_time_skipping_disabled():
            handle = await begin(stage)
            await asyncio.to_thread(deciding.wait, 20)
            await handle.signal("payment_received")
            go_on.set()
            await handle.result()
    assert book.prepared == ["tch_1"]


async def test_a_sender_that_breaks_is_not_tried_again_and_the_account_goes_on(stage: Stage) -> None:
    def script(asked: Asked, now: datetime) -> Decision:
        if asked.number == 0:
            return Contact(touch="tch_1", channel="sms", reason="reminder", stage="M1")
        return Close(reason="went on")

    def broken(text: SmsText) -> object:
        raise RuntimeError("the process died, as far as Temporal can tell")

    book, carrier = ScriptedBook(script, stage.clock), CountingCarrier()
    carrier.answer = broken  # pyright: ignore[reportAttributeAccessIssue]  it never returns
    async with stage.playing(book, carrier):
        handle = await begin(stage)
        assert await handle.result() == "went on"
        history = await handle.fetch_history()
    assert len(carrier.sent) == 1
    assert book.recorded == []
    await replay(stage, history)


async def test_an_outage_of_the_ledger_delays_and_never_ends_the_account(stage: Stage) -> None:
    failures = 3

    def script(asked: Asked, now: datetime) -> Decision:
        nonlocal failures
        if failures:
            failures -= 1
            raise ConnectionError("no database")
        return Close(reason="it came back")

    book = ScriptedBook(script, stage.clock)
    async with stage.playing(book, CountingCarrier()):
        handle = await begin(stage)
        assert await handle.result() == "it came back"
    assert len(book.asked) == 4
    assert {asked.number for asked, _ in book.asked} == {0}


async def test_a_new_stage_turns_the_page_and_the_decisions_go_on_counting(stage: Stage) -> None:
    def script(asked: Asked, now: datetime) -> Decision:
        if asked.number < 6:
            return rest(now + timedelta(days=5), stage="M1" if asked.number < 3 else "M2", rule=f"R{asked.number}")
        return Close(reason="end")

    book = ScriptedBook(script, stage.clock)
    async with stage.playing(book, CountingCarrier()):
        handle = await begin(stage)
        assert await handle.result() == "end"
    assert [asked.number for asked, _ in book.asked] == list(range(7))
    runs = [asked.run for asked, _ in book.asked]
    assert len(set(runs)) == 2
    assert runs.index(runs[-1]) == 4


async def test_an_escalated_account_stays_awake_with_legal_staff(stage: Stage) -> None:
    def script(asked: Asked, now: datetime) -> Decision:
        steps: list[Decision] = [
            Escalate(case="cas_1", reason="four months past due"),
            rest(now + timedelta(days=7), stage="legal"),
            Close(reason="settled"),
        ]
        return steps[asked.number]

    book = ScriptedBook(script, stage.clock)
    async with stage.playing(book, CountingCarrier()):
        handle = await begin(stage)
        assert await handle.result() == "settled"


async def test_a_rest_that_is_already_over_does_not_spin(stage: Stage) -> None:
    def script(asked: Asked, now: datetime) -> Decision:
        return rest(now - timedelta(days=1)) if asked.number < 5 else Close(reason="end")

    book = ScriptedBook(script, stage.clock)
    async with stage.playing(book, CountingCarrier()):
        handle = await begin(stage)
        assert await handle.result() == "end"
        history = await handle.fetch_history()
    timers = [event for event in history.events if event.event_type == EventType.EVENT_TYPE_TIMER_FIRED]
    assert len(timers) == 5
