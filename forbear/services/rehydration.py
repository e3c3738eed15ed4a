"""What `forbear rehydrate` does: opens the ledger with the relay's few rights, and has Temporal's workflows rebuilt."""

import asyncio
from collections.abc import Callable

from forbear.ledger.engine import Ledger
from forbear.ledger.relaying import OpenAccountsBook
from forbear.settings import Settings
from forbear.temporal.client import connect
from forbear.temporal.rehydrating import Rebuilt, rehydrate


def run(settings: Settings, say: Callable[[str], None]) -> Rebuilt:
    """Rebuild all workflows; returns when every open account was told.

    Raises:
        CannotStart: the ledger or Temporal does not answer.
    """
    return asyncio.run(_run(settings, say))


async def _run(settings: Settings, say: Callable[[str], None]) -> Rebuilt:
    client = await connect(settings)
    with Ledger.open(settings, pool=1) as ledger:
        book = OpenAccountsBook(ledger)
        return await rehydrate(client, book, upkeep_seconds=settings.upkeep_seconds, say=say)
