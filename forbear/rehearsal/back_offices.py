"""The back offices of the rehearsal's lenders: each with a key of its own, all writing one clients' log.

They work beside whoever watches; the failure of one is the rehearsal's.
"""

import threading
from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any, Protocol, TypeVar

import httpx

from forbear.api.auth import SCOPES
from forbear.ledger import admin, lender_entity, print_room
from forbear.ledger.census import Census
from forbear.rehearsal import court
from forbear.rehearsal.clientlog import ClientLog
from forbear.rehearsal.closing import Papers
from forbear.rehearsal.lenders import Creditor
from forbear.rehearsal.office import Office
from forbear.services.house import House

Worker = TypeVar("Worker", bound="Working")
TENANT = "Example Outreach"
HTTP_SECONDS = 60.0


class Working(Protocol):
    """Somebody at work beside us until told to stop."""

    @property
    def name(self) -> str: ...

    def stop(self) -> None: ...


def add_tenant(house: House) -> str:
    """The organisation that the lenders and the staff belong to."""
    return admin.add_tenant(house.settings.database_url_for("migrator"), TENANT)


@contextmanager
def opened(house: House, papers: Papers, lenders: Sequence[Creditor], tenant: str) -> Generator[list[Office]]:
    """An office for each lender, all of one tenant."""
    database = house.settings.database_url_for("migrator")
    with ExitStack() as stack:
        census = stack.enter_context(Census(database))
        provider = stack.enter_context(_client(house.addresses.sandbox_url))
        log = ClientLog(papers.client, house.clock)
        stack.callback(log.close)

        def settled() -> list[dict[str, Any]]:
            """The payment provider's report with the account each checkout was begun for."""
            report = provider.get("/_sandbox/payments").raise_for_status().json()
            begun = census.checkouts() if report else {}
            return [{**paid, "account": begun.get(paid["client_reference_id"])} for paid in report]

        offices: list[Office] = []
        for lender in lenders:
            api = stack.enter_context(_client(house.addresses.api_url, _key(database, tenant, lender)))
            offices.append(Office(api, house.clock, log, settled, lender))
        yield offices


def _key(database: str, tenant: str, lender: Creditor) -> str:
    added = admin.add_lender(
        database,
        tenant=tenant,
        name=lender.name,
        role="original_creditor",
        kind="bank",
        country=lender.country,
        phone=lender.phone,
        sender=lender.sender,
    )
    print_room.set_sender(database, added, lender.mail, lender.mail_service)
    lender_entity.tell_entity(database, added, court.entity_of(lender.country))
    return admin.add_key(database, lender=added, scopes=SCOPES, label="back office").shown


def _client(url: str, key: str | None = None) -> httpx.Client:
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    return httpx.Client(base_url=url, headers=headers, timeout=HTTP_SECONDS, trust_env=False)


@contextmanager
def at_work(offices: Iterable[Worker], work: Callable[[Worker], None]) -> Generator[list[BaseException]]:
    """Run them beside us. Yields what they failed with, empty as long as all is well."""
    failed: list[BaseException] = []

    def guarded(office: Worker) -> None:
        try:
            work(office)
        except BaseException as error:  # noqa: BLE001  it is raised again in the thread that watches
            failed.append(error)

    working = list(offices)
    threads = [threading.Thread(target=guarded, args=(office,), name=office.name, daemon=True) for office in working]
    for thread in threads:
        thread.start()
    try:
        yield failed
    finally:
        for office in working:
            office.stop()
    for thread in threads:
        thread.join()
    if failed:
        raise failed[0]
