"""Plays the lives of `case_branches` on a real Temporal server, as `recording` plays those of accounts."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime
from threading import Event

from temporalio.client import Client, WorkflowHistory

from forbear.clock import Clock
from forbear.contracts.cases import CaseAsked, CaseDecision, PacketOrder, PacketOutcome
from tests.replay.branches import LONGER_THAN_A_CONTACT, Outside
from tests.replay.case_branches import CASE, CaseBranch
from tests.replay.following import cancelled, runs
from tests.workflows.case_stage import ScriptedCaseBook, ScriptedShop, begin, playing, prepared


def case_of(branch: CaseBranch) -> str:
    return f"cas_{branch.saves[0]}"


@dataclass
class Cast:
    """Finds the life that a question of a worker belongs to, by the opaque id in it."""

    outsides: dict[str, Outside] = field(default_factory=dict[str, Outside])
    over: Event = field(default_factory=Event)

    def decide(self, asked: CaseAsked, now: datetime) -> CaseDecision:
        branch = self._branch(asked.case)
        return branch.script(asked, now, self.outside(branch))

    def make(self, order: PacketOrder) -> PacketOutcome:
        branch = self._branch(order.case)
        if branch.making == "breaks":
            raise ConnectionError("the press hangs")
        if branch.making == "sleeps":
            self.over.wait(LONGER_THAN_A_CONTACT)
        return prepared(order)

    def outside(self, branch: CaseBranch) -> Outside:
        return self.outsides.setdefault(branch.saves[0], Outside())

    def _branch(self, case: str) -> CaseBranch:
        return next(each for each in CASE if case_of(each) == case)


async def record_cases(client: Client) -> dict[str, WorkflowHistory]:
    """The histories of all branches of a case, by the name of their file."""
    cast = Cast()
    book = ScriptedCaseBook(cast.decide, Clock.real())
    book.keeps = lambda _: False
    async with playing(client, book, ScriptedShop(cast.make), threads=3 * len(CASE)):
        try:
            played = await asyncio.gather(*(_life(client, cast, branch) for branch in CASE))
        finally:
            cast.over.set()
    return {name: history for life in played for name, history in life.items()}


async def _life(client: Client, cast: Cast, branch: CaseBranch) -> dict[str, WorkflowHistory]:
    handle = await begin(client, case_of(branch))
    if branch.act is not None:
        await branch.act(handle, cast.outside(branch))
    if "cancelled" in branch.saves[0]:
        await cancelled(handle.result())
    else:
        await handle.result()
    return await runs(client, handle.id, handle.first_execution_run_id, branch.saves)
