"""Replays saved histories as a worker would: with the same sandbox and the installation's own converter."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer

from forbear.settings import Settings
from forbear.temporal.codec import data_converter
from forbear.temporal.runner import sandbox
from tests.replay import explaining
from tests.replay.save import HISTORIES, files, load
from workflows.account import AccountWorkflow
from workflows.case import CaseWorkflow
from workflows.upkeep import UpkeepWorkflow

WORKFLOWS: tuple[type[Any], ...] = (AccountWorkflow, CaseWorkflow, UpkeepWorkflow)


class Unreplayable(AssertionError):
    """A history that the code no longer fits, in words for whoever changed the code."""


def saved() -> Iterator[tuple[str, str]]:
    """Release and name of every saved history."""
    for folder in sorted(each for each in HISTORIES.iterdir() if each.is_dir()):
        yield from ((folder.name, name) for name in files(folder))


def history_of(release: str, name: str) -> WorkflowHistory:
    path: Path = files(HISTORIES / release)[name]
    return WorkflowHistory.from_json(f"saved:{name}", load(path))


async def replay(release: str, name: str, settings: Settings, workflows: Sequence[type[Any]] = WORKFLOWS) -> None:
    """Replay one saved history.

    Raises:
        Unreplayable: the code asks for something else than the history says.
    """
    replayer = Replayer(workflows=workflows, data_converter=data_converter(settings), workflow_runner=sandbox())
    result = await replayer.replay_workflow(history_of(release, name), raise_on_replay_failure=False)
    if result.replay_failure is not None:
        raise Unreplayable(explaining.broken(release, name, result.replay_failure))
