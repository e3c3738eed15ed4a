"""Worker, API, PostgreSQL and Temporal killed with SIGKILL in the middle of a rehearsal: nothing lost, nothing twice.

Five points, each reached by a condition: in the middle of the import, after the first accepted text, right after a
payment was acknowledged, in the middle of the morning's texts, and while a text is being sent. What is lost or doubled is
said by the judge, which shares no code with what it judges.
"""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from tests.faults.stage import ACCOUNTS, Stage, opened

SOME_ENROLLED, SOME_TEXTS = 7, 8
HELD_SECONDS = 9.0
"""Machine time for which the carrier keeps its answer back; less than our client waits."""
SEVERAL = 5
ONE_DAY = timedelta(hours=13)
PAST_PATIENCE = timedelta(hours=40)
"""World time. What people said on the first day must be in the ledger a day later; until then the judge is patient."""

Point = Callable[[Stage, str], None]


def during_the_import(stage: Stage, service: str) -> None:
    enrolling = stage.enrolling(stage.first_wave)
    stage.await_that(lambda: len(stage.office.accounts) >= SOME_ENROLLED, "some accounts are enrolled")
    assert not enrolling.done()
    stage.kill(service, "during the import")
    enrolling.result()
    assert len(stage.office.accounts) == len(stage.first_wave)


def after_the_first_text(stage: Stage, service: str) -> None:
    stage.await_that(lambda: bool(stage.texts()), "a text is accepted")
    stage.kill(service, "after the first text")


def after_a_payment(stage: Stage, service: str) -> None:
    """The account that would be texted last is paid in full: whatever dies now, nobody may text its borrower."""
    stage.await_that(lambda: bool(stage.untouched()), "an account waits for its first text")
    account = stage.untouched()[0]
    stage.pay_in_full(account)
    stage.kill(service, "after a payment")


def in_the_morning(stage: Stage, service: str) -> None:
    stage.await_that(lambda: len(stage.texts()) >= SOME_TEXTS, "a part of the texts is accepted")
    stage.kill(service, "in the morning")


def while_sending(stage: Stage, service: str) -> None:
    """The carrier has the text, keeps its answer back and loses its reports: only the world knows that it was taken."""
    phone = stage.second_wave[0].phone
    stage.arm("slow", phone, machine_seconds=HELD_SECONDS)
    stage.arm("callback_lost", phone, times=SEVERAL)
    stage.enrolling(stage.second_wave).result()

    def held() -> set[str]:
        return set(stage.texts_to(phone)) & stage.touches("dispatching").keys()

    stage.await_that(lambda: bool(held()), "a text is accepted whose answer is kept back")
    touches = held()
    stage.kill(service, "while sending")
    stage.await_that(
        lambda: touches <= stage.touches("sent", "delivered", "undelivered").keys(), "what was taken is known"
    )


POINTS: tuple[Point, ...] = (
    during_the_import,
    after_the_first_text,
    after_a_payment,
    in_the_morning,
    while_sending,
)


def rehearse(folder: Path, cells: list[tuple[Point, str]], *, at_least: timedelta) -> None:
    """One rehearsal in which services die; each (point, service) is visited, and then the judge speaks."""
    with opened(folder) as stage:
        start = stage.clock.now()
        if cells[0][0] is not during_the_import:
            stage.enrolling(stage.first_wave).result()
        for point, service in cells:
            point(stage, service)
        stage.run_for(at_least, start)
        verdict = stage.end()
        assert verdict["findings"] == []
        if (while_sending, "worker") in cells:
            assert verdict["recovered"] >= 1, "the answer died with the worker, so it was found in the carrier's list"
        assert len(stage.office.accounts) == ACCOUNTS
        assert [service for service, _ in stage.cells] == [service for _, service in cells]
        assert len(stage.texts()) == len(set(stage.texts())) >= SOME_TEXTS


@pytest.mark.timeout(900)
def test_each_service_dies_once_and_nothing_is_lost_or_doubled(tmp_path: Path) -> None:
    cells: list[tuple[Point, str]] = [
        (during_the_import, "api"),
        (after_a_payment, "temporal"),
        (in_the_morning, "postgres"),
        (while_sending, "worker"),
    ]
    rehearse(tmp_path, cells, at_least=ONE_DAY)


@pytest.mark.prove
@pytest.mark.timeout(900)
@pytest.mark.parametrize("service", ["worker", "api", "postgres", "temporal"])
def test_a_service_dies_at_each_of_five_points_and_nothing_is_lost_or_doubled(tmp_path: Path, service: str) -> None:
    rehearse(tmp_path, [(point, service) for point in POINTS], at_least=PAST_PATIENCE)
