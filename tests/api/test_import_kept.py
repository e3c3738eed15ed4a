"""What an import keeps, in which form and for how long: nothing in clear, nothing of what was dropped, its results for a time."""

import json

import pytest
from sqlalchemy import select, text
from structlog.testing import capture_logs

from forbear.cadence.playbooks import load_all
from forbear.contracts.decision import Asked, Rest
from forbear.ledger import import_files
from forbear.ledger.deciding import DecidingBook
from forbear.ledger.engine import make_engine
from forbear.ledger.import_files import KEPT, LEASE
from forbear.ledger.tables.record import AuditRow
from forbear.rules.packs import load as load_packs
from forbear.settings import Settings
from tests.api.importing import Importer, alone, good, lender, row, settled_once, table

__all__ = ["alone", "lender"]
pytestmark = pytest.mark.usefixtures("alone")
ROWS = 4


def test_an_upload_that_is_dropped_leaves_nothing(lender: Importer) -> None:
    upload = lender.upload("dropped")
    upload.begin()
    upload.write(good(4_000).encode())
    upload.drop()
    assert [lender.count(name) for name in ("import_file", "import_piece", "idempotency", "audit_row")] == [0] * 4
    file = lender.send(good(ROWS), key="dropped")
    lender.work()
    settled_once(lender, file, ROWS)


def test_no_piece_holds_a_name_in_clear(lender: Importer, module_database: Settings) -> None:
    file = lender.send(good(ROWS))
    engine = make_engine(module_database.database_url_for("migrator"))
    for name in ("import_file", "import_piece", "import_row", "idempotency", "audit_row"):
        with engine.connect() as connection:
            rows = connection.execute(text(f"select to_jsonb({name}), * from {name}")).all()  # noqa: S608  a fixed list
        held = str(rows) + "".join(bytes(cell).decode("latin-1") for each in rows for cell in each if _binary(cell))
        assert not any(word in held for word in ("Zebediah", "5550101", "IM-1")), name
    lender.work()
    assert lender.results(file)[0]["external_id"] == "IM-1"
    with engine.connect() as connection:
        rows = connection.execute(text("select to_jsonb(import_row) from import_row")).scalars().all()
    assert "IM-1" not in str(rows)


@pytest.mark.parametrize("dry_run", [True, False])
def test_nothing_of_a_file_without_its_header_is_kept_or_logged_in_clear(
    lender: Importer, module_database: Settings, dry_run: bool
) -> None:
    secret = "Xerxes Plainly"
    rows = [row(1, borrower_name=secret, loan_number="+13125550177"), row(2, phone_zone=secret, product="=" + secret)]
    spoilt = [{**each, name: secret} for each in rows for name in each if name != "loan_number"]
    headless = table(*rows).split("\r\n", 1)[1]
    named = json.dumps(
        {"external_id": "XERXES-1", secret: 1, "xerxes_plainly": {"xerxes": 1}, "parties": [{"xerxes_x": 1}]}
    )
    bodies = (
        headless,
        f"phone,{secret}\r\n" + headless,
        f"phone,phone,{secret}\r\n" + headless,
        table(*spoilt),
        f"{named}\n{secret}\n",
        headless + '"' + secret,
    )
    with capture_logs() as logs:
        for body in bodies:
            seen, _ = lender.done(body, dry_run=dry_run)
            assert seen["state"] == ("done" if body in {bodies[3], bodies[4]} else "refused")
    told = str(logs)
    with make_engine(module_database.database_url_for("migrator")).connect() as connection:
        for name in ("import_file", "import_row", "audit_row"):
            told += str(connection.execute(text(f"select to_jsonb({name}) from {name}")).scalars().all())  # noqa: S608  a fixed list
    for word in ("xerxes", "plainly", "5550177"):
        assert word not in told.lower()


def _binary(cell: object) -> bool:
    return isinstance(cell, bytes | memoryview)


def test_receipt_and_end_are_audited(lender: Importer) -> None:
    file = lender.send(good(ROWS))
    lender.work()
    with lender.ledger.api(lender.tenant, lender.lender) as session:
        kinds = list(session.scalars(select(AuditRow.kind).where(AuditRow.subject == file).order_by(AuditRow.id)))
    assert kinds == ["import_received", "import_done"]


def test_results_are_purged_after_their_time_and_the_import_stays(lender: Importer) -> None:
    file = lender.send(good(ROWS))
    lender.work()
    lender.hands.advance(KEPT)
    assert import_files.purge(lender.ledger) == 0
    lender.hands.advance(LEASE)
    assert import_files.purge(lender.ledger) >= 1
    assert lender.count("import_row") == 0
    assert lender.seen(file)["counts"]["enrolled"] == ROWS
    with pytest.raises(import_files.Erased, match="30 days"):
        lender.results(file)


def test_an_account_without_a_zone_is_held_and_says_so(lender: Importer) -> None:
    consent = {
        "sms_consent_at": "2025-01-05T10:00:00Z",
        "sms_consent_how": "loan agreement",
        "sms_consent_given_to": "Example Lender",
    }
    _, results = lender.done(table(row(1, **consent), row(2, phone_zone="", **consent)))
    assert [each["status"] for each in results] == ["enrolled", "enrolled"]
    book = DecidingBook(lender.ledger, load_all(), load_packs())
    known, unknown = (
        book.decide(Asked(tenant=lender.tenant, account=each["account"], run="run", number=0)) for each in results
    )
    assert not (isinstance(known, Rest) and known.rule == "POLICY.ZONE")
    assert isinstance(unknown, Rest)
    assert unknown.rule == "POLICY.ZONE"
    assert "not known by which clock" in unknown.reason
