"""A runner that dies, stalls or is stopped anywhere: every record is settled once, and whoever goes on begins there."""

import threading
from typing import Any

import pytest
from sqlalchemy import text

from forbear.api.imports import runner as running
from forbear.api.imports import working
from forbear.api.imports.working import Work
from forbear.ledger import import_files
from forbear.ledger.import_files import LEASE
from forbear.settings import Settings
from tests.api.importing import Importer, alone, good, importer, lender, row, settled_once, table

__all__ = ["alone", "lender"]
pytestmark = pytest.mark.usefixtures("alone")
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
    settled_once(lender, file, ROWS)


def test_a_dry_run_goes_on_after_a_kill_too(lender: Importer, ladder: Ladder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(working, "BATCH", 3)
    for rung in range(1, 9):
        file = lender.send(good(10), dry_run=True)
        ladder.left = rung
        with pytest.raises(Killed):
            lender.work()
        lender.hands.advance(LEASE)
        lender.work()
        settled_once(lender, file, 10, "would_enrol")


def test_a_kill_during_the_check_starts_the_check_again(lender: Importer, monkeypatch: pytest.MonkeyPatch) -> None:
    file = lender.send(good(ROWS))
    with monkeypatch.context() as patch:
        patch.setattr(import_files, "renew", _killing)
        with pytest.raises(Killed):
            lender.work()
    assert lender.seen(file)["state"] == "received"
    lender.hands.advance(LEASE)
    lender.work()
    settled_once(lender, file, ROWS)


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
    settled_once(lender, file, ROWS)
    awake.set()
    sleeper.join(30)
    assert not sleeper.is_alive()
    settled_once(lender, file, ROWS)


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
    settled_once(lender, file, ROWS)


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
