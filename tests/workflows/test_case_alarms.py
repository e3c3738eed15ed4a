"""No clock lapses silently: a worker that was stopped for months tells people at once when it comes back."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest

from forbear.contracts.cases import CaseRest
from forbear.settings import Settings
from tests.case_life.handing_over import CN, CaseHouse
from tests.case_life.lives import GUARANTEED
from tests.case_life.living import A_DAY, LAPSE
from tests.case_life.steps import live
from tests.workflows.case_watching import MarkingShop, WatchedCase, working
from tests.workflows.stage import Stage


@dataclass
class Calendar:
    """The server's time and so much more: the server stands still while a task waits for its worker."""

    stage: Stage
    more: timedelta = timedelta(0)

    def __call__(self) -> datetime:
        return self.stage.clock.now() + self.more


@pytest.fixture
def calendar(stage: Stage) -> Calendar:
    return Calendar(stage)


@pytest.fixture
async def house(database: Settings, calendar: Calendar) -> AsyncIterator[CaseHouse]:
    house = await asyncio.to_thread(CaseHouse, database, calendar)
    yield house
    await asyncio.to_thread(house.close)


async def watched(house: CaseHouse, stage: Stage, **options: Any) -> WatchedCase:
    case, people = await asyncio.to_thread(lambda: house.hand_over(CN, **options))
    nobody: Any = None  # moves this clock by hand
    return WatchedCase(house, nobody, CN, case, people, stage_of=stage, loop=asyncio.get_running_loop())


async def test_after_months_without_a_worker_the_alarm_and_the_lapse_come_at_once(
    house: CaseHouse, stage: Stage, calendar: Calendar
) -> None:
    case = await watched(house, stage, guarantors=("joint",))
    shop = MarkingShop(case)
    async with working(stage, house, shop):
        resting = await asyncio.to_thread(case.settle)
    assert isinstance(resting, CaseRest)
    before = await asyncio.to_thread(case.alarms)
    clock = await asyncio.to_thread(case.clock, "guarantee", "guarantor-1")
    ladder = set(case.ladder("guarantee"))
    passed = {rung for (seen, rung) in before if seen.kind == "guarantee"}
    assert clock.state == "running"
    assert LAPSE not in passed
    assert len(ladder - passed) >= 3, "rungs are left to be slept through"
    await asyncio.to_thread(case.sleep_through, resting)
    calendar.more = await asyncio.to_thread(lambda: clock.last_day - case.today + 60 * A_DAY)
    assert await asyncio.to_thread(case.alarms) == before, "nobody works"
    back = await asyncio.to_thread(lambda: case.today)
    async with working(stage, house, shop):
        await asyncio.to_thread(case.settle)
    after = await asyncio.to_thread(case.alarms)
    told = {rung: day for (seen, rung), day in after.items() if seen.kind == "guarantee" and (seen, rung) not in before}
    assert told == {LAPSE: back, min(ladder): back}
    assert (await asyncio.to_thread(case.clock, "guarantee", "guarantor-1")).state == "lapsed"


async def test_a_guaranteed_loan_lives_from_its_first_day_to_the_money(house: CaseHouse, stage: Stage) -> None:
    """The workflow, the relay and the ledger together; each alarm on its day."""
    case = await watched(house, stage, guarantors=("joint", "general"))
    shop = MarkingShop(case)
    async with working(stage, house, shop):
        await asyncio.to_thread(case.settle)
        await asyncio.to_thread(live, case, GUARANTEED)
        await asyncio.to_thread(lambda: case.tell("booked_back", amount="36500.00"))
    row = await asyncio.to_thread(lambda: case.row)
    assert (row.state, row.outcome) == ("closed", "enforced")
    assert len(shop.made) == len({*shop.made}) == 3
    assert await asyncio.to_thread(case.check_alarms) > 0
    assert row.closed_at is not None
    assert row.closed_at - row.opened_at > timedelta(days=200)
