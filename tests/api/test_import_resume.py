"""A runner that dies, stalls or is stopped anywhere: every record is settled once, and whoever goes on begins there."""

import json
import threading
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import OperationalError
from structlog.testing import capture_logs

from forbear.api.imports import runner as running
from forbear.api.imports import working
from forbear.api.imports.working import Work
from forbear.cadence.playbooks import load_all
from forbear.contracts.decision import Asked, Rest
from forbear.ledger import import_files
from forbear.ledger.deciding import DecidingBook
from forbear.ledger.engine import make_engine
from forbear.ledger.import_files import KEPT, LEASE
from forbear.ledger.tables.record import AuditRow
from forbear.rules.packs import load as load_packs
from forbear.settings import Settings
from tests.api.importing import Importer, good, importer, lender, row, table

__all__ = ["lender"]
ROWS = 4
PLACES = ("before the row", "inside the row", "before the commit", "after the commit")


class Killed(BaseException):
    """The process is gone: nothing after it is run, not even what cleans up."""


class Ladder:
    """Counts the places a runner passes, and kills it at the chosen one."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.left = -1
        enrol, settle, step = working.enrol, import_files.settle, Work.step

        def enrolling(*args: Any, **more: Any) -> str:
            self.rung()
            account = enrol(*args, **more)
            self.rung()
            return account

        def settling(*args: Any) -> None:
            settle(*args)
            self.rung()

        def stepping(work: Work) -> bool:
            more = step(work)
            self.rung()
            return more

        monkeypatch.setattr(working, "enrol", enrolling)
        monkeypatch.setattr(import_files, "settle", settling)
        monkeypatch.setattr(Work, "step", stepping)

    def rung(self) -> None:
        self.left -= 1
        if self.left == 0:
            raise Killed


@pytest.fixture
def ladder(monkeypatch: pytest.MonkeyPatch) -> Ladder:
    return Ladder(monkeypatch)


def _settled_once(lender: Importer, file: str, rows: int, status: str = "enrolled") -> None:
    seen, results = lender.seen(file), lender.results(file)
    assert (seen["state"], seen["counts"][status], seen["position"]["row"]) == ("done", rows, rows)
    assert [(each["line"], each["status"]) for each in results] == [(2 + each, status) for each in range(rows)]
    assert lender.count("import_piece") == 0
    written = rows if status == "enrolled" else 0
    assert [lender.count(name) for name in ("account", "entry", "party")] == [written] * 3


@pytest.mark.parametrize("rung", range(1, 4 * ROWS + 1), ids=lambda each: f"{PLACES[(each - 1) % 4]} {(each + 3) // 4}")
def test_a_kill_anywhere_loses_nothing_and_doubles_nothing(lender: Importer, ladder: Ladder, rung: int) -> None:
    file = lender.send(good(ROWS))
    ladder.left = rung
    with pytest.raises(Killed):
        lender.runner("killed").serve()
    whole = lender.count("import_row")
    assert whole == rung // 4 == lender.count("account") == lender.seen(file)["position"]["row"]
    assert not lender.runner().serve(), "the lease of the dead is not over"
    lender.hands.advance(LEASE)
    lender.work()
    _settled_once(lender, file, ROWS)


def test_a_dry_run_goes_on_after_a_kill_too(lender: Importer, ladder: Ladder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(working, "BATCH", 3)
    for rung in range(1, 9):
        file = lender.send(good(10), dry_run=True)
        ladder.left = rung
        with pytest.raises(Killed):
            lender.work()
        lender.hands.advance(LEASE)
        lender.work()
        _settled_once(lender, file, 10, "would_enrol")


def test_a_kill_during_the_check_starts_the_check_again(lender: Importer, monkeypatch: pytest.MonkeyPatch) -> None:
    file = lender.send(good(ROWS))
    with monkeypatch.context() as patch:
        patch.setattr(import_files, "renew", _killing)
        with pytest.raises(Killed):
            lender.work()
    assert lender.seen(file)["state"] == "received"
    lender.hands.advance(LEASE)
    lender.work()
    _settled_once(lender, file, ROWS)


def _killing(*_: Any, **__: Any) -> None:
    raise Killed


def test_a_runner_that_slept_through_its_lease_changes_nothing(
    lender: Importer, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = lender.send(good(ROWS))
    asleep, awake, enrol = threading.Event(), threading.Event(), working.enrol

    def sleepy(*args: Any, **more: Any) -> str:
        if threading.current_thread() is sleeper:
            asleep.set()
            assert awake.wait(30)
        return enrol(*args, **more)

    monkeypatch.setattr(working, "enrol", sleepy)
    sleeper = threading.Thread(target=lender.runner("asleep").serve)
    sleeper.start()
    assert asleep.wait(30)
    lender.hands.advance(LEASE)
    lender.work()
    _settled_once(lender, file, ROWS)
    awake.set()
    sleeper.join(30)
    assert not sleeper.is_alive()
    _settled_once(lender, file, ROWS)


def test_runners_of_several_processes_share_the_files_and_double_nothing(lender: Importer) -> None:
    files = [lender.send(table(*(row(20 * each + n) for n in range(20)))) for each in range(4)]

    def work() -> None:
        runner = lender.runner()
        while not all(lender.seen(file)["state"] == "done" for file in files):
            runner.serve()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert [lender.seen(file)["counts"]["enrolled"] for file in files] == [20] * 4
    assert lender.count("account") == lender.count("entry") == lender.count("import_row") == 80


def test_stopping_is_a_pause(lender: Importer, monkeypatch: pytest.MonkeyPatch) -> None:
    file = lender.send(good(ROWS))
    first, step = lender.runner(), Work.step

    def stopped(work: Work) -> bool:
        more = step(work)
        first.stop()
        return more

    with monkeypatch.context() as patch:
        patch.setattr(Work, "step", stopped)
        first.serve()
    assert lender.seen(file)["position"] == {"row": 1, "line": 2, "rows": ROWS}
    lender.work()  # at once: the lease was given back
    _settled_once(lender, file, ROWS)


def test_lenders_take_turns(lender: Importer, module_database: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    other = importer(module_database, lender.ledger, lender.hands, lender.tenant)
    monkeypatch.setattr(running, "TURN", 5)
    big = lender.send(good(30))
    lender.hands.advance(LEASE / 100)
    small = other.send(good(3))
    runner = lender.runner()
    served: list[tuple[int, int]] = []
    while runner.serve():
        served.append((lender.seen(big)["position"]["row"], other.seen(small)["position"]["row"]))
        lender.hands.advance(LEASE / 100)
    assert served == [(5, 0), (5, 3), (30, 3)]


def _once(error: Exception) -> Callable[..., Any]:
    enrol, told = working.enrol, Counter[str]()

    def failing(*args: Any, **more: Any) -> str:
        told["calls"] += 1
        if told["calls"] == 2:
            raise error
        return enrol(*args, **more)

    return failing


class _Deadlock(Exception):
    sqlstate = "40P01"


def test_a_deadlock_starts_its_row_again(lender: Importer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(working, "enrol", _once(OperationalError("", {}, _Deadlock())))
    file = lender.send(good(ROWS))
    lender.work()
    _settled_once(lender, file, ROWS)


def test_a_lost_database_leaves_the_row_for_later(lender: Importer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(working, "enrol", _once(OperationalError("", {}, Exception())))
    file = lender.send(good(ROWS))
    with pytest.raises(OperationalError):
        lender.work()
    assert lender.seen(file)["position"]["row"] == 1
    lender.work()
    _settled_once(lender, file, ROWS)


def test_a_row_that_breaks_us_does_not_keep_the_others_waiting(
    lender: Importer, monkeypatch: pytest.MonkeyPatch
) -> None:
    enrol = working.enrol

    def failing(*args: Any, **more: Any) -> str:
        if more["enrolment"].external_id == "IM-2":
            raise RuntimeError("Zebediah Quux 2")
        return enrol(*args, **more)

    monkeypatch.setattr(working, "enrol", failing)
    _, results = lender.done(good(3))
    assert [each["status"] for each in results] == ["enrolled", "refused", "enrolled"]
    assert (results[1]["problems"][0]["code"], results[1]["problems"][0]["line"]) == ("internal", 3)


@pytest.mark.parametrize("broken", ["judge", "refuse_twice"])
def test_a_row_that_breaks_us_does_not_keep_a_dry_run_waiting(
    lender: Importer, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    good_one = getattr(working, broken)

    def failing(what: Any, *args: Any) -> Any:
        if "IM-2" in repr(what):
            raise RuntimeError("Zebediah Quux 2")
        return good_one(what, *args)

    monkeypatch.setattr(working, broken, failing)
    _, results = lender.done(good(3), dry_run=True)
    assert [each["status"] for each in results] == ["would_enrol", "refused", "would_enrol"]
    assert (results[1]["problems"][0]["code"], results[1]["problems"][0]["line"]) == ("internal", 3)


def test_a_file_that_is_spoilt_after_its_check_ends(lender: Importer, module_database: Settings) -> None:
    for dry_run in (False, True):
        file = lender.send(good(ROWS), dry_run=dry_run)
        held = import_files.take(lender.ledger, import_files.waiting(lender.ledger)[0], "first")
        assert held is not None
        assert Work(lender.ledger, held).check()
        import_files.release(lender.ledger, held)
        with make_engine(module_database.database_url_for("migrator")).begin() as connection:
            spoil = text("update import_piece set sealed = sealed || '\\x00' where file = :file")
            connection.execute(spoil, {"file": file})
        lender.work()
        seen = lender.seen(file)
        assert (seen["state"], seen["problem"]["code"]) == ("refused", "internal")


def test_a_file_whose_key_does_not_open_ends(lender: Importer, module_database: Settings) -> None:
    file = lender.send(good(ROWS))
    with make_engine(module_database.database_url_for("migrator")).begin() as connection:
        spoil = text("update import_file set wrapped = wrapped || '\\x00' where id = :file")
        connection.execute(spoil, {"file": file})
    lender.work()
    seen = lender.seen(file)
    assert (seen["state"], seen["problem"]["code"]) == ("refused", "internal")


def test_what_was_settled_is_read_again_under_a_lease_that_is_renewed(
    lender: Importer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(working, "RENEW_EVERY", 2)
    monkeypatch.setattr(running, "TURN", 5)
    file, first = lender.send(good(9)), lender.runner()
    step = Work.step

    def stepping(work: Work) -> bool:
        return step(work) and work.row < 7

    with monkeypatch.context() as patch:
        patch.setattr(Work, "step", stepping)
        first.serve()
    renewed, stopping = list[int](), False
    renew = import_files.renew

    def renewing(*args: Any, **changes: Any) -> None:
        renewed.append(args[1].file.row)
        renew(*args, **changes)

    monkeypatch.setattr(import_files, "renew", renewing)
    with lender.ledger.api(lender.tenant, lender.lender) as session:
        session.execute(text("update import_file set lease_until = null where id = :file"), {"file": file})
    held = import_files.take(lender.ledger, import_files.waiting(lender.ledger)[0], "second")
    assert held is not None
    work = Work(lender.ledger, held, lambda: stopping)
    assert work.step()
    assert (renewed, work.skipped, work.row) == ([7, 7, 7], 7, 8)
    stopping = True
    with pytest.raises(working.Paused):
        Work(lender.ledger, import_files.Held(held.job, "second", held.file, held.opened), lambda: stopping).step()


def test_sharing_with_another_lender_reads_a_file_a_bounded_number_of_times(
    lender: Importer, module_database: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "TURN", 2)
    monkeypatch.setattr(running, "SKIPPED_A_STEP", 2)
    other = importer(module_database, lender.ledger, lender.hands, lender.tenant)
    files = [lender.send(good(60)), other.send(good(60))]
    turns, step, seen = list[int](), Work.step, set[int]()

    def stepping(work: Work) -> bool:
        more = step(work)
        if id(work) not in seen:
            seen.add(id(work))
            kept.append(work)
            turns.append(work.skipped)
        return more

    kept: list[Work] = []
    monkeypatch.setattr(Work, "step", stepping)
    runner = lender.runner()
    while runner.serve():
        lender.hands.advance(LEASE / 100)
    assert [lender.seen(files[0])["state"], other.seen(files[1])["state"]] == ["done", "done"]
    # In turns of one length it would be sixty turns, and 1,740 records read again.
    assert (len(turns), sum(turns)) == (16, 304)


def test_an_upload_that_is_dropped_leaves_nothing(lender: Importer) -> None:
    upload = lender.upload("dropped")
    upload.begin()
    upload.write(good(4_000).encode())
    upload.drop()
    assert [lender.count(name) for name in ("import_file", "import_piece", "idempotency", "audit_row")] == [0] * 4
    file = lender.send(good(ROWS), key="dropped")
    lender.work()
    _settled_once(lender, file, ROWS)


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


def test_a_piece_in_anothers_place_does_not_open(lender: Importer, module_database: Settings) -> None:
    file = lender.send(good(4_000), dry_run=True)
    with make_engine(module_database.database_url_for("migrator")).begin() as connection:
        for old, new in ((0, 98), (1, 0), (98, 1)):
            move = text("update import_piece set number = :new where number = :old and file = :file")
            connection.execute(move, {"old": old, "new": new, "file": file})
    lender.work()
    seen = lender.seen(file)
    assert (seen["state"], seen["problem"]["code"]) == ("refused", "internal")
    assert lender.results(file) == []


def test_a_file_that_breaks_us_does_not_keep_the_lenders_other_files_waiting(
    lender: Importer, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad, check = lender.send(good(1)), Work.check

    def checking(work: Work) -> bool:
        if work.held.job.id == bad:
            raise RuntimeError
        return check(work)

    monkeypatch.setattr(Work, "check", checking)
    lender.hands.advance(LEASE)
    fine, runner = lender.send(good(ROWS)), lender.runner()
    with pytest.raises(RuntimeError):
        runner.serve()
    assert runner.serve()
    assert (lender.seen(bad)["state"], lender.seen(fine)["state"]) == ("received", "done")


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


@pytest.fixture(autouse=True)
def _alone(module_database: Settings) -> None:
    """No file of a test before this one waits."""
    with make_engine(module_database.database_url_for("migrator")).begin() as connection:
        connection.execute(text("update import_file set finished_at = now(), state = 'done' where finished_at is null"))
