"""A lender that imports files without any server: its runners are started, stopped and killed by the test."""

import csv
import gzip
import io
import itertools
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlalchemy import func, select, text

from forbear.api.imports import answers
from forbear.api.imports.results import ndjson
from forbear.api.imports.runner import Runner
from forbear.clock import Clock
from forbear.ledger import import_files
from forbear.ledger.admin import add_lender, add_tenant
from forbear.ledger.engine import Ledger, make_engine
from forbear.ledger.import_spool import Upload
from forbear.ledger.tables.accounts import Account
from forbear.settings import Settings
from tests.conftest import Hands
from tests.ledger.kept import KeptLedger

Json = dict[str, Any]
_names = itertools.count(1)
COLUMNS = (
    *("loan_number", "product", "debt_kind", "playbook", "currency", "due_since", "principal", "balance_as_of"),
    *("borrower_name", "borrower_birth_date", "language", "phone", "phone_type", "phone_zone", "sms_consent_how"),
)


def row(number: int, **changes: str) -> dict[str, str]:
    """A row with which nothing is wrong, of a person of its own."""
    good = {
        "loan_number": f"IM-{number}",
        "product": "Auto Loan",
        "debt_kind": "other",
        "playbook": "us-first-party",
        "currency": "USD",
        "due_since": "2026-02-20",
        "principal": "250.00",
        "balance_as_of": "2026-03-02T09:00:00Z",
        "borrower_name": f"Zebediah Quux {number}",
        "borrower_birth_date": "1961-05-06",
        "language": "en",
        "phone": f"+1312555{100 + number % 100:04}",
        "phone_type": "mobile",
        "phone_zone": "America/Chicago",
        "sms_consent_how": "",
    }
    return {**good, **changes}


def table(*rows: dict[str, str], columns: tuple[str, ...] = (), end: str = "\r\n") -> str:
    """A CSV file of these rows."""
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, columns or tuple(rows[0] if rows else COLUMNS), lineterminator=end)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def good(count: int, **changes: str) -> str:
    return table(*(row(number, **changes) for number in range(1, count + 1)))


@dataclass
class Importer:
    """A lender with a ledger of its own."""

    ledger: Ledger
    tenant: str
    lender: str
    hands: Hands
    _keys: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def send(self, body: str | bytes, *, key: str = "", dry_run: bool = False, **declared: Any) -> str:
        """Spool a file; the answer is the import's id."""
        upload = self.upload(key)
        upload.begin()
        upload.write(body.encode() if isinstance(body, str) else body)
        told = {"format": None, "encoding": None, "compressed": False, "dry_run": dry_run, **declared}
        before = upload.keep({"body": {"id": upload.id}}, declared=told, at=self.ledger.clock.now())
        return upload.id if before is None else str(before.body["body"]["id"])

    def upload(self, key: str = "") -> Upload:
        key = key or f"key-{next(self._keys)}"
        return Upload(self.ledger, tenant=self.tenant, lender=self.lender, key=key, told="POST /v1/imports")

    def runner(self, name: str = "") -> Runner:
        return Runner(self.ledger, name=name)

    def work(self) -> None:
        """Work until nothing waits."""
        runner = self.runner()
        while runner.serve():
            pass

    def done(self, body: str | bytes, **declared: Any) -> tuple[Json, list[Json]]:
        """Import a file and see it through: the import, and the results."""
        file = self.send(body, **declared)
        self.work()
        return self.seen(file), self.results(file)

    def seen(self, file: str) -> Json:
        with self.ledger.api(self.tenant, self.lender) as session:
            view = answers.shown(import_files.found(session, file))
        answers.Import.model_validate(view)
        return view

    def results(self, file: str) -> list[Json]:
        rows = import_files.results(self.ledger, self.tenant, self.lender, file)
        return [json.loads(line) for line in b"".join(ndjson(rows)).decode().splitlines()]

    def accounts(self) -> list[str]:
        with self.ledger.api(self.tenant, self.lender) as session:
            return list(session.scalars(select(Account.external_id).order_by(Account.external_id)))

    def count(self, name: str) -> int:
        """Rows of a table that belong to this lender, as the migrator sees them."""
        engine = make_engine(self.ledger.settings.database_url_for("migrator"))
        with engine.connect() as connection:
            chosen = select(func.count()).select_from(text(name)).where(text("lender = :lender"))
            return connection.execute(chosen, {"lender": self.lender}).scalar_one()


def importer(settings: Settings, ledger: Ledger, hands: Hands, tenant: str = "", country: str = "US") -> Importer:
    """A lender that nobody has imported for."""
    number = next(_names)
    url = settings.database_url_for("migrator")
    tenant = tenant or add_tenant(url, f"Example Importers {number}")
    sender = f"+1{500 + number // 100}5550{100 + number % 100}"
    lender = add_lender(
        url, tenant=tenant, name="Example Lender", role="original_creditor", kind="bank", country=country,
        phone="+13125550180", sender=sender,
    )  # fmt: skip
    return Importer(ledger, tenant, lender, hands)


@pytest.fixture
def lender(module_database: Settings, hands: Hands) -> Iterator[Importer]:
    """A lender of its own for the test."""
    with KeptLedger.open(module_database, clock=Clock.real(hands)) as ledger:
        yield importer(module_database, ledger, hands)


def settled_once(lender: Importer, file: str, rows: int, status: str = "enrolled") -> None:
    """Every record of this file has its one result, and what it wrote is there once."""
    seen, results = lender.seen(file), lender.results(file)
    assert (seen["state"], seen["counts"][status], seen["position"]["row"]) == ("done", rows, rows)
    assert [(each["line"], each["status"]) for each in results] == [(2 + each, status) for each in range(rows)]
    assert lender.count("import_piece") == 0
    written = rows if status == "enrolled" else 0
    assert [lender.count(name) for name in ("account", "entry", "party")] == [written] * 3


@pytest.fixture
def alone(module_database: Settings) -> None:
    """No file of a test before this one waits."""
    with make_engine(module_database.database_url_for("migrator")).begin() as connection:
        connection.execute(text("update import_file set finished_at = now(), state = 'done' where finished_at is null"))


def packed(text: str) -> bytes:
    return gzip.compress(text.encode(), mtime=0)
