"""The ladder of an import of three rows: whichever call fails, each row is enrolled once and has one result."""

import copy
import itertools
import json
from datetime import timedelta

from sqlalchemy import select

from forbear.api.imports.runner import Runner
from forbear.api.lender.examples import ENROLMENT
from forbear.ledger import audit, import_files
from forbear.ledger.import_spool import Upload
from forbear.ledger.tables.accounts import Account
from forbear.ledger.tables.record import Outbox
from forbear.ledger.verify import verify
from tests.conftest import Hands
from tests.ladder.breaking import EVERY_WAY, TRIES, BreakingLedger, Rung, Sound, climb, open_ledger
from tests.ledger.house import House
from tests.season.faulty import Died, Nth

FEWEST_RUNGS = 8
ROWS = 3
DECLARED = {"format": "ndjson", "encoding": "utf-8", "compressed": False, "dry_run": False}
_numbers = itertools.count()


class OneImport:
    """A lender that sends a file, and the process that works on it."""

    def __init__(self, house: House, ledger: BreakingLedger) -> None:
        self.house, self.ledger = house, ledger
        self.name = f"ladder-import-{next(_numbers)}"
        self.references = [f"{self.name}-{row}" for row in range(ROWS)]
        self.file = ""
        self.broken: list[Exception] = []

    def run(self, plan: Nth | Sound) -> None:
        type(self.ledger).plan = plan
        self.broken.clear()
        try:
            self._until_done()
        finally:
            type(self.ledger).plan = Sound()

    def _until_done(self) -> None:
        """The sender repeats its call under one key; the process is started anew whenever it dies."""
        for _ in range(TRIES):
            try:
                self.file = self.file or self._send()
                while Runner(self.ledger, name=f"runner-{next(_numbers)}").serve():
                    pass
            except Died:
                continue
            except Exception as error:  # noqa: BLE001  the runner's own thread goes on after anything, too
                self.broken.append(error)
                continue
            return

    def _send(self) -> str:
        upload = Upload(
            self.ledger, tenant=self.house.tenant, lender=self.house.lender, key=self.name, told="POST\n/v1/imports\n"
        )
        try:
            upload.begin()
            upload.write("".join(f"{json.dumps(row)}\n" for row in self._rows()).encode())
            before = upload.keep({"body": {"id": upload.id}}, declared=DECLARED, at=self.house.now)
        finally:
            upload.drop()
        return upload.id if before is None else before.body["body"]["id"]

    def _rows(self) -> list[dict[str, object]]:
        rows = [copy.deepcopy(ENROLMENT) for _ in range(ROWS)]
        for row, reference in zip(rows, self.references, strict=True):
            row["external_id"] = reference
            row["parties"][0]["name"] = f"Ada {reference}"
        return rows

    def check(self, rung: Rung, *, healed: bool) -> None:
        with self.house.api() as session:
            named = select(Account.id, Account.external_id).where(Account.external_id.in_(self.references))
            accounts = {row.id: row.external_id for row in session.execute(named)}
        with self.house.worker() as session:
            facts = session.scalars(
                select(Outbox.account).where(Outbox.account.in_(accounts), Outbox.fact == "account_enrolled")
            ).all()
        assert sorted(facts) == sorted(accounts), f"an account is told of once: {rung}"
        assert len(set(accounts.values())) == len(accounts), f"a row was enrolled twice: {rung}"
        if healed:
            assert not self.broken, f"still breaking when all is well: {self.broken}"
            assert sorted(accounts.values()) == self.references, f"rows are missing: {rung}"
            rows = list(import_files.results(self.house.ledger, self.house.tenant, self.house.lender, self.file))
            assert [(row.number, row.status) for row in rows] == [(each, "enrolled") for each in (1, 2, 3)], f"{rung}"
            assert {row.account for row in rows} == set(accounts), f"results name other accounts: {rung}"


@EVERY_WAY
def test_an_import_of_three_rows(house: House, hands: Hands, mode: str, when: str) -> None:
    def scenario(rung: Rung) -> Nth:
        one, plan = OneImport(house, ledger), rung.plan()
        one.run(plan)
        one.check(rung, healed=False)
        hands.advance(import_files.LEASE + timedelta(seconds=1))
        one.run(Sound())
        one.check(rung, healed=True)
        return plan

    ledger = open_ledger(house.settings, house.ledger.clock)
    try:
        rungs = climb(scenario, mode, when)
    finally:
        ledger.close()
    assert rungs >= FEWEST_RUNGS
    audit.seal(house.ledger, house.settings.data)
    assert verify(house.ledger, house.settings.data) == []
