"""What breaks amid an import, a row, a file or the database, costs that alone: everything else goes on."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from forbear.api.imports import working
from forbear.api.imports.working import Work
from forbear.ledger import import_files
from forbear.ledger.engine import make_engine
from forbear.ledger.import_files import LEASE
from forbear.settings import Settings
from tests.api.importing import Importer, alone, good, lender, settled_once

__all__ = ["alone", "lender"]
pytestmark = pytest.mark.usefixtures("alone")
ROWS = 4


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
    settled_once(lender, file, ROWS)


def test_a_lost_database_leaves_the_row_for_later(lender: Importer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(working, "enrol", _once(OperationalError("", {}, Exception())))
    file = lender.send(good(ROWS))
    with pytest.raises(OperationalError):
        lender.work()
    assert lender.seen(file)["position"]["row"] == 1
    lender.work()
    settled_once(lender, file, ROWS)


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
