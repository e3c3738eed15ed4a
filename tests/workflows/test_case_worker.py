"""The worker as it is put together: its relay, its queues, the real book and the real shop carry a case to its packet."""

import asyncio
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
from sqlalchemy import select
from temporalio.client import Client

import worker
from forbear.clock import machine_time
from forbear.contracts import queues
from forbear.ledger.cases import facts
from forbear.ledger.ids import new_id
from forbear.ledger.relaying import RelayingBook
from forbear.ledger.tables.accounts import LegalCase
from forbear.ledger.tables.cases import CaseService, Packet
from forbear.services.dev_server import DevServer
from forbear.settings import Settings
from forbear.temporal.codec import data_converter
from forbear.temporal.relay import Relay
from tests.case_life.handing_over import CN, CaseHouse

PATIENCE_SECONDS = 60
FORMS = frozenset({queues.CASES, queues.PACKETS})


@pytest.fixture
async def house(database: Settings) -> AsyncIterator[CaseHouse]:
    house = await asyncio.to_thread(CaseHouse, database, machine_time)
    yield house
    await asyncio.to_thread(house.close)


@pytest.fixture
async def client(temporal_server: DevServer, database: Settings) -> Client:
    converter = data_converter(database)
    return await Client.connect(temporal_server.address, namespace=temporal_server.namespace, data_converter=converter)


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not await asyncio.to_thread(condition):  # noqa: ASYNC110  another process's state has no event to wait on
            await asyncio.sleep(0.05)


def passed(*_: object) -> None:
    """Nothing to say against any word."""


async def test_a_case_comes_to_its_packet_and_is_told_all_that_is_missing(
    house: CaseHouse, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "refuse_bad_words", passed)  # has tests of its own, and takes seconds
    case, people = await asyncio.to_thread(lambda: house.hand_over(CN, legal={"mediation": "skip"}))

    def row() -> LegalCase:
        with house.worker() as session:
            return session.get_one(LegalCase, case)

    def packets() -> list[Packet]:
        with house.worker() as session:
            return list(session.scalars(select(Packet).where(Packet.legal_case == case)))

    def made() -> bool:
        return [each.state for each in packets()] not in ([], ["asked"])

    def tell() -> None:
        with house.worker() as session:
            paper, to = {"paper": "cn.notice.dunning"}, people["borrower"]
            today = house.now.date()
            account = session.get_one(LegalCase, case).account
            session.add(
                CaseService(
                    id=new_id("srv"), tenant=house.tenant, lender=house.lender, account=account, legal_case=case,
                    **paper, person=to, method="ems", result="signed", sent_on=today, reached_on=today,
                    source="tracking", files=[], event="scanned#0", at=house.now,
                )
            )  # fmt: skip
            facts.tell_fact(house.ledger, session, case, "notice_served", today, person=to, values=paper, now=house.now)

    forbear = worker.Forbear(house.settings, house.ledger, client)
    telling = RelayingBook(house.ledger)
    with ThreadPoolExecutor(20) as pool:
        workers = [each for each in forbear.workers(pool) if each.task_queue in FORMS]
        assert len(workers) == len(FORMS)
        running = [asyncio.create_task(each.run()) for each in workers]
        relay = asyncio.create_task(Relay(telling, client).run())
        try:
            await until(lambda: row().next_rule == "NEED.NOTICE")
            await asyncio.to_thread(tell)
            await until(made)
        finally:
            relay.cancel()
            with suppress(asyncio.CancelledError):
                await relay
            await asyncio.gather(*(each.shutdown() for each in workers))
            await asyncio.gather(*running)
            await client.get_workflow_handle(queues.case_workflow_id(case)).terminate()
            forbear.papers.close()
            forbear.bindery.close()
            telling.close()
    assert (row().stage, [(each.profile, each.state) for each in packets()]) == ("suing", [("cn.suit", "incomplete")])
    assert len(packets()[0].missing) > 1
