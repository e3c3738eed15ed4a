"""Rebuilds every workflow from the ledger, onto a Temporal that has lost them or never had them.

Nothing is carried over but ids. A rebuilt run has an id of its own, so its decisions count from nought without meeting
stored ones; what the lost run had claimed ends by its lease, what it was sending is unknown until upkeep has looked for
it at the provider, and until then the account rests. Doing it again, or while workers run, wakes accounts and no more.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

import structlog
from temporalio.client import Client
from temporalio.service import RPCError

from forbear.contracts.words import Fact
from forbear.ports.book import OpenAccount
from forbear.ports.cases import OpenCase
from forbear.ports.relay import OpenBook
from forbear.temporal import namespace
from forbear.temporal.starting import start_upkeep, tell_account, tell_case

FACT: Final[Fact] = "rehydrated"
PAGE = 500
AT_ONCE = 20
"""Starts in flight: more only queue up inside the server."""
Open = TypeVar("Open", OpenAccount, OpenCase)
log = structlog.get_logger("forbear.rehydrate")


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """How many open accounts and cases were told, and how many of both could not be."""

    told: int
    failed: int
    cases: int = 0


async def rehydrate(
    client: Client, book: OpenBook, *, upkeep_seconds: float, say: Callable[[str], None] = lambda _: None
) -> Rebuilt:
    """Make the namespace if it is missing, start upkeep, and start or wake the workflow of every open account and case.

    Raises:
        CannotStart: the namespace cannot be made or used.
    """
    await namespace.make(client)
    await start_upkeep(client, upkeep_seconds)
    gate = asyncio.Semaphore(AT_ONCE)

    async def account(each: OpenAccount) -> bool:
        telling = tell_account(client, tenant=each.tenant, account=each.account, fact=FACT)
        return await _told(gate, telling, account=each.account)

    async def case(each: OpenCase) -> bool:
        return await _told(gate, tell_case(client, tenant=each.tenant, case=each.case, fact=FACT), case=each.case)

    accounts = await _tell_all("accounts", book.open_accounts, account, lambda each: each.account, say)
    cases = await _tell_all("cases", book.open_cases, case, lambda each: each.case, say)
    return Rebuilt(accounts[0], accounts[1] + cases[1], cases[0])


async def _tell_all(
    what: str,
    page_after: Callable[[str, int], Sequence[Open]],
    tell: Callable[[Open], Awaitable[bool]],
    name: Callable[[Open], str],
    say: Callable[[str], None],
) -> tuple[int, int]:
    """How many were told and how many could not be, page by page in the order of their ids."""
    told = failed = 0
    after = ""
    while page := await asyncio.to_thread(page_after, after, PAGE):
        reached = await asyncio.gather(*(tell(each) for each in page))
        told += sum(reached)
        failed += len(page) - sum(reached)
        after = name(page[-1])
        say(f"{told} {what} have their workflow" + (f", {failed} could not be reached" if failed else ""))
    return told, failed


async def _told(gate: asyncio.Semaphore, telling: Awaitable[None], **who: str) -> bool:
    """False if Temporal does not take it, after the client's own tries."""
    async with gate:
        try:
            await telling
        except RPCError as error:
            log.warning("not_rehydrated", **who, status=error.status.name)
            return False
    return True
