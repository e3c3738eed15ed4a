"""Every fault of the box × every way out that a machine serves × the worker killed or not: sent at most once, none lost.

In pairs on every run, the whole product in `make prove`. Each batch is one way out: its cases go through the same box at
the same time, and each has a lender of its own.
"""

import io
import logging
from collections.abc import Generator, Iterator
from contextlib import contextmanager

import pytest
from structlog.testing import capture_logs

from forbear.settings import Settings
from tests.matrix import cases, judging
from tests.matrix.cases import Case
from tests.matrix.judging import End
from tests.matrix.office import NAME
from tests.matrix.playing import Play
from tests.matrix.world import World, opened

ALL = cases.everything()
PAIRS = cases.pairwise(ALL)


@pytest.fixture(scope="module")
def world(module_database: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with opened(module_database, tmp_path_factory.mktemp("matrix")) as world:
        yield world


@contextmanager
def spoken() -> Generator[io.StringIO]:
    """What is logged in the standard way, as loud as our processes are."""
    words = io.StringIO()
    handler = logging.StreamHandler(words)
    handler.setLevel(logging.INFO)
    logging.getLogger().addHandler(handler)
    yield words
    logging.getLogger().removeHandler(handler)


def wrong(world: World, chosen: list[Case]) -> list[str]:
    """Play the cases; everything that is wrong with them."""
    play, before = Play(world), world.said()
    with capture_logs() as logs, spoken() as words:
        play.run(chosen)
    ends = [End(str(one.case), one.touch, one.row().state, one.tasks()) for one in play.played]
    said = f"{logs}{words.getvalue()}{world.said().removeprefix(before)}"
    secrets = {str(one.case): [*one.secrets, NAME] for one in play.played}
    return [*play.findings, *judging.findings(world.log(), ends), *judging.shown(said, secrets)]


@pytest.mark.timeout(600)
@pytest.mark.parametrize("route", cases.ROUTES)
def test_every_pair(world: World, route: str) -> None:
    assert wrong(world, [case for case in PAIRS if case.route == route]) == []


@pytest.mark.prove
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("route", cases.ROUTES)
def test_everything(world: World, route: str) -> None:
    assert wrong(world, [case for case in ALL if case.route == route]) == []


def test_every_fault_of_the_box_has_its_place() -> None:
    assert cases.unplaced() == []


def test_every_pair_that_can_happen_is_among_the_chosen() -> None:
    assert {pair for case in PAIRS for pair in case.pairs} == {pair for case in ALL for pair in case.pairs}
    assert len(PAIRS) < len(ALL) / 2


def line(channel: str, ref: str, **more: str) -> judging.Line:
    return {"channel": channel, "ref": ref, **more}


@pytest.mark.parametrize(
    ("log", "state", "tasks", "found"),
    [
        ([line("sms", "t")], "delivered", [], []),
        ([line("sms", "t"), line("sms", "t")], "sent", [], ["taken 2 times"]),
        ([line("call", "t", kind="accepted"), line("call", "t", kind="ended")], "delivered", [], []),
        ([line("letter", "t", kind="accepted")] * 2, "sent", [], ["taken 2 times"]),
        ([line("sms", "t")], "failed", [], ["taken, and said to be certainly not sent"]),
        ([line("sms", "another")], "sent", [], ["never taken, and said to be sent"]),
        ([], "failed", [], []),
        ([], "dispatching", [], ["lost as dispatching"]),
        ([line("sms", "t")], "unknown", [("unknown_touch", "open")], []),
        ([line("sms", "t")], "unknown", [("unknown_touch", "done")], ["unknown, and nobody is asked", "lost as unknown"]),
    ],
)  # fmt: skip
def test_the_judge_sees(log: list[judging.Line], state: str, tasks: list[tuple[str, str]], found: list[str]) -> None:
    assert list(judging.findings(log, [End("it", "t", state, tasks)])) == [f"it: {each}" for each in found]


def test_the_judge_recognises_a_person_in_a_log() -> None:
    assert judging.shown("sent to 2135550101", {"it": ["12135550101", "2135550101"]})
    assert not judging.shown("sent tch_1", {"it": ["12135550101", "2135550101"]})
