"""`CaseWorkflow` over whole lives: order, wake-ups, outages, packets that fail, pages turned, and what a step costs."""

import asyncio
import threading
from collections import Counter
from datetime import datetime, timedelta
from itertools import pairwise

from temporalio.api.enums.v1 import EventType
from temporalio.client import WorkflowHistory
from temporalio.exceptions import ApplicationError

from forbear.contracts.cases import CaseAsked, CaseDecision, PacketOrder, PacketOutcome
from tests.workflows.case_stage import (
    Answer,
    ScriptedCaseBook,
    ScriptedShop,
    alarm,
    begin,
    close,
    in_turn,
    move,
    playing,
    prepare,
    replay,
    rest,
)
from tests.workflows.stage import Stage
from workflows.case import MOST_WITHOUT_REST, PAUSE_IN_A_CIRCLE, PAUSE_WITHOUT_A_PACKET

A_DAY = timedelta(days=1)


def events(history: WorkflowHistory) -> Counter[str]:
    return Counter(EventType.Name(each.event_type).removeprefix("EVENT_TYPE_") for each in history.events)


async def test_a_rest_ends_on_its_day_and_the_case_decides_again(stage: Stage) -> None:
    book = ScriptedCaseBook(in_turn(lambda now: rest(now + 40 * A_DAY)), stage.clock)
    async with playing(stage.client, book, ScriptedShop()):
        handle = await begin(stage.client)
        assert await handle.result() == "paid"
        history = await handle.fetch_history()
    (_, first), (_, second) = book.asked
    assert 40 * A_DAY <= second - first < 40 * A_DAY + timedelta(minutes=1)
    await replay(stage.client, history)


async def test_any_fact_wakes_a_rest(stage: Stage) -> None:
    book = ScriptedCaseBook(in_turn(lambda now: rest(now + 400 * A_DAY)), stage.clock)
    async with playing(stage.client, book, ScriptedShop()):
        with stage.env.auto_time_skipping_disabled():
            handle = await begin(stage.client)
            await asyncio.to_thread(book.was_asked.wait, 20)
            await handle.signal("payment_received")
            assert await handle.result() == "paid"
        history = await handle.fetch_history()
    assert book.asked[1][1] - book.asked[0][1] < timedelta(minutes=1)
    await replay(stage.client, history)


async def test_news_during_a_decision_wakes_the_rest_that_follows(stage: Stage) -> None:
    deciding, go_on = threading.Event(), threading.Event()

    def script(asked: CaseAsked, now: datetime) -> CaseDecision:
        if asked.number == 0:
            deciding.set()
            assert go_on.wait(20)
            return rest(now + 7 * A_DAY)
        return close("heard")

    book = ScriptedCaseBook(script, stage.clock)
    async with playing(stage.client, book, ScriptedShop()):
        with stage.env.auto_time_skipping_disabled():
            handle = await begin(stage.client)
            await asyncio.to_thread(deciding.wait, 20)
            await handle.signal("case_fact_told")
            go_on.set()
            assert await handle.result() == "heard"


async def test_alarms_and_moves_are_followed_by_the_next_decision_at_once(stage: Stage) -> None:
    book = ScriptedCaseBook(in_turn(lambda now: rest(now), alarm(), alarm(), move("suit")), stage.clock)
    async with playing(stage.client, book, ScriptedShop()):
        handle = await begin(stage.client)
        assert await handle.result() == "paid"
    assert book.numbers == [0, 1, 2, 3, 4]
    assert book.asked[4][1] - book.asked[1][1] < timedelta(seconds=20)


async def test_a_move_turns_the_page_and_decisions_go_on_counting(stage: Stage) -> None:
    answers: list[Answer] = [
        lambda now: rest(now + A_DAY, rule="COURT.NOTICE"),
        move("mediation"),
        lambda now: rest(now + A_DAY, stage="mediation"),
        alarm("mediation"),
        lambda now: rest(now + A_DAY, stage="mediation"),
        move("suit"),
        lambda now: rest(now + A_DAY, stage="suit"),
    ]
    book = ScriptedCaseBook(in_turn(*answers), stage.clock)
    async with playing(stage.client, book, ScriptedShop()):
        handle = await begin(stage.client)
        assert await handle.result() == "paid"
        histories = [await stage.client.get_workflow_handle(handle.id, run_id=run).fetch_history() for run in book.runs]
    assert book.numbers == list(range(8))
    assert len(book.runs) == 3
    assert [sum(asked.run == run for asked, _ in book.asked) for run in book.runs] == [2, 4, 2]
    for history in histories:
        await replay(stage.client, history)


async def test_a_packet_is_made_once_and_the_ledger_asked_what_came_of_it(stage: Stage) -> None:
    book, shop = ScriptedCaseBook(in_turn(prepare("pkt_1"), lambda now: rest(now + A_DAY)), stage.clock), ScriptedShop()
    async with playing(stage.client, book, shop):
        handle = await begin(stage.client)
        assert await handle.result() == "paid"
        history = await handle.fetch_history()
    assert [order.packet for order in shop.orders] == ["pkt_1"]
    assert book.numbers == [0, 1, 2]
    await replay(stage.client, history)


async def test_a_shop_that_breaks_is_tried_a_few_times_then_paused_and_then_asked_again(stage: Stage) -> None:
    def broken(order: PacketOrder) -> PacketOutcome:
        raise ConnectionError("the press hangs")

    book, shop = ScriptedCaseBook(in_turn(prepare(), prepare()), stage.clock), ScriptedShop(broken)
    async with playing(stage.client, book, shop):
        handle = await begin(stage.client)
        assert await handle.result() == "paid"
        history = await handle.fetch_history()
    assert len(shop.orders) == 6
    gaps = [later - earlier for (_, earlier), (_, later) in pairwise(book.asked)]
    assert all(gap >= PAUSE_WITHOUT_A_PACKET for gap in gaps)
    await replay(stage.client, history)


async def test_news_ends_the_pause_after_a_packet_that_could_not_be_made(stage: Stage) -> None:
    tried = threading.Event()

    def broken(order: PacketOrder) -> PacketOutcome:
        tried.set()
        raise ApplicationError("the press hangs", non_retryable=True)

    book, shop = ScriptedCaseBook(in_turn(prepare()), stage.clock), ScriptedShop(broken)
    async with playing(stage.client, book, shop):
        with stage.env.auto_time_skipping_disabled():
            handle = await begin(stage.client)
            await asyncio.to_thread(tried.wait, 20)
            await handle.signal("case_file_kept")
            assert await handle.result() == "paid"
    assert len(shop.orders) == 1


async def test_an_outage_of_the_ledger_delays_and_never_ends_the_case(stage: Stage) -> None:
    failures = 3

    def script(asked: CaseAsked, now: datetime) -> CaseDecision:
        nonlocal failures
        if failures:
            failures -= 1
            raise ConnectionError("no database")
        return close("it came back")

    book = ScriptedCaseBook(script, stage.clock)
    async with playing(stage.client, book, ScriptedShop()):
        handle = await begin(stage.client)
        assert await handle.result() == "it came back"
    assert book.numbers == [0, 0, 0, 0]


async def test_answers_that_go_in_a_circle_cost_a_minute_each_over_any_number_of_pages(stage: Stage) -> None:
    """Each move turns the page, so that no run ever sees more than a few of them."""
    more = 4

    def script(asked: CaseAsked, now: datetime) -> CaseDecision:
        if asked.number < MOST_WITHOUT_REST + more:
            return move("suit" if asked.number % 2 else "notice")
        return close("somebody mended the rules")

    book = ScriptedCaseBook(script, stage.clock)
    async with playing(stage.client, book, ScriptedShop()):
        handle = await begin(stage.client)
        assert await handle.result() == "somebody mended the rules"
    assert len(book.runs) > MOST_WITHOUT_REST // 2
    times = [now for _, now in book.asked]
    gaps = [later - earlier for earlier, later in pairwise(times)]
    assert all(gap < PAUSE_IN_A_CIRCLE for gap in gaps[: MOST_WITHOUT_REST - 1])
    assert all(gap >= PAUSE_IN_A_CIRCLE for gap in gaps[MOST_WITHOUT_REST - 1 :])


async def test_a_rest_ends_the_counting_of_answers_without_one(stage: Stage) -> None:
    def script(asked: CaseAsked, now: datetime) -> CaseDecision:
        if asked.number == 2 * MOST_WITHOUT_REST:
            return close()
        return rest(now) if asked.number % MOST_WITHOUT_REST == MOST_WITHOUT_REST - 1 else alarm()

    book = ScriptedCaseBook(script, stage.clock)
    async with playing(stage.client, book, ScriptedShop()):
        handle = await begin(stage.client)
        assert await handle.result() == "paid"
    assert book.asked[-1][1] - book.asked[0][1] < PAUSE_IN_A_CIRCLE


async def test_a_rest_that_is_already_over_does_not_spin(stage: Stage) -> None:
    def script(asked: CaseAsked, now: datetime) -> CaseDecision:
        return rest(now - A_DAY) if asked.number < 5 else close()

    book = ScriptedCaseBook(script, stage.clock)
    async with playing(stage.client, book, ScriptedShop()):
        handle = await begin(stage.client)
        assert await handle.result() == "paid"
        history = await handle.fetch_history()
    assert events(history)["TIMER_FIRED"] == 5


async def test_a_step_costs_few_events_and_no_payload_grows(stage: Stage) -> None:
    """Years of a case: rests, alarms and packets in one stage."""
    rounds = 30

    def script(asked: CaseAsked, now: datetime) -> CaseDecision:
        if asked.number == 3 * rounds:
            return close()
        answers: list[CaseDecision] = [rest(now + 30 * A_DAY), alarm(), prepare(f"pkt_{asked.number}")]
        return answers[asked.number % 3]

    book, shop = ScriptedCaseBook(script, stage.clock), ScriptedShop()
    async with playing(stage.client, book, shop):
        handle = await begin(stage.client)
        assert await handle.result() == "paid"
        history = await handle.fetch_history()
    assert len(shop.orders) == rounds
    # A timer and its task 5, three recorded decisions, a packet and its task 6.
    assert len(history.events) / rounds <= 15
    assert max(each.ByteSize() for each in history.events) < 3_000
    assert sum(each.ByteSize() for each in history.events) / rounds < 8_000
    await replay(stage.client, history)
