"""A case on a real database that its real workflow asks, on the virtual time of the skipping server.

What people tell goes through the outbox and the relay, as in life; a test waits until the workflow has taken it in.
"""

import asyncio
import threading
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy import text
from temporalio.api.enums.v1 import EventType

from forbear.contracts import queues
from forbear.contracts.cases import CaseClose, CaseDecision, CaseRest, PacketOrder, PacketOutcome
from forbear.ledger.cases.deciding import ANSWER
from forbear.ledger.relaying import RelayingBook
from forbear.ports.relay import Telling
from forbear.temporal.relay import Relay
from tests.case_life.handing_over import CaseHouse
from tests.case_life.living import A_DAY, LivedCase
from tests.workflows.case_stage import playing
from tests.workflows.stage import Stage

PATIENCE_SECONDS = 60.0
LAST = text(
    "select number, at, answer from case_decision where legal_case = :case order by at desc, number desc limit 1"
)
WAITING = text("select count(*), max(at) from outbox where legal_case = :case and delivered_at is null")
TOLD = text("select max(at) from outbox where legal_case = :case")


@dataclass
class WatchedCase(LivedCase):
    """The same case; but nobody here asks it. Its acts run in a thread of their own, beside the loop of the server."""

    stage_of: Stage = field(kw_only=True)
    loop: asyncio.AbstractEventLoop = field(kw_only=True)

    def settle(self) -> CaseRest | CaseClose:
        """Wait until the workflow has taken in what was told, and rests or has ended."""
        for _ in range(int(PATIENCE_SECONDS / 0.02)):
            answer = self._settled()
            if answer is not None:
                self._look()
                return answer
            threading.Event().wait(0.02)
        raise AssertionError(f"the workflow did not come to rest: {self._last()}")

    def live_until(self, day: date) -> CaseRest | CaseClose:
        """Let the server's time pass, a day at a time."""
        answer = self.settle()
        while not isinstance(answer, CaseClose) and self.house.now < self._noon(day):
            self._sleep(min(A_DAY, self._noon(day) - self.house.now))
            answer = self.settle()
        return answer

    def sleep_through(self, rest: CaseRest) -> None:
        """Let the end of a rest pass while nobody works: from then on its workflow waits for a worker."""
        self._sleep(rest.until - self.house.now + timedelta(seconds=1))

    def _noon(self, day: date) -> datetime:
        """Of each week at another hour: a rest lasts a week at most, and what is told in the millisecond in which a
        timer fires confuses the skipping server, as it does not the real one."""
        return super()._noon(day) + timedelta(hours=day.toordinal() // 7 % 5)

    def _sleep(self, span: timedelta) -> None:
        asyncio.run_coroutine_threadsafe(self._skip(span), self.loop).result(PATIENCE_SECONDS)

    async def _skip(self, span: timedelta) -> None:
        """The server loses its way if time is skipped while a workflow task is being completed."""
        handle = self.stage_of.client.get_workflow_handle(queues.case_workflow_id(self.case))
        async with asyncio.timeout(PATIENCE_SECONDS):
            while (await handle.fetch_history()).events[-1].event_type != EventType.EVENT_TYPE_TIMER_STARTED:  # noqa: ASYNC110  another process's state has no event to wait on
                await asyncio.sleep(0.01)
        await self.stage_of.env.sleep(span)

    def _settled(self) -> CaseRest | CaseClose | None:
        """The last answer, if it ends something, answers what was told last, and is not over yet."""
        with self.house.worker() as session:
            waiting = session.execute(WAITING, {"case": self.case}).one()[0]
            told = session.execute(TOLD, {"case": self.case}).scalar()
        last = self._last()
        if waiting or last is None or (told is not None and last[0] < told):
            return None
        at, answer = last
        if isinstance(answer, CaseClose):
            return answer
        return (
            answer if isinstance(answer, CaseRest) and answer.until > self.house.now and at <= self.house.now else None
        )

    def _last(self) -> tuple[datetime, CaseDecision] | None:
        with self.house.worker() as session:
            found = session.execute(LAST, {"case": self.case}).first()
        return None if found is None else (found.at, ANSWER.validate_python(found.answer["told"]))


@dataclass
class MarkingShop:
    """Marks packets as made; how they are bound has tests of its own."""

    case: LivedCase
    made: list[str] = field(default_factory=list)

    def make(self, order: PacketOrder) -> PacketOutcome:
        self.made.append(order.packet)
        self.case.mark(order.packet, "prepared")
        return PacketOutcome(packet=order.packet, state="prepared", reason="marked as made")


class CasesOnly(RelayingBook):
    """Puts away what is told to accounts: their workflows have no worker here, and a task that waits stops all time."""

    def waiting(self, limit: int) -> list[Telling]:
        found = super().waiting(limit)
        self.delivered([each.id for each in found if not each.case])
        return [each for each in found if each.case]


@asynccontextmanager
async def working(stage: Stage, house: CaseHouse, shop: MarkingShop) -> AsyncGenerator[None]:
    """Workers of cases and packets and the relay, until the block ends: then nobody works.

    They keep no workflow in mind: the skipping server would wait for them to come back.
    """
    telling = CasesOnly(house.ledger)
    async with playing(stage.client, house.book, shop, cached=0):
        relay = asyncio.create_task(Relay(telling, stage.client).run())
        try:
            yield
        finally:
            relay.cancel()
            with suppress(asyncio.CancelledError):
                await relay
            telling.close()
