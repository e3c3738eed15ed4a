"""Every saved history is replayed by today's code, and there is one for every branch of the workflows."""

import ast
import sys
import threading
from collections.abc import Generator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

import pytest

from forbear.settings import Settings
from tests.replay import replaying
from tests.replay.branches import kind
from tests.replay.fingerprints import CHECKOUT, WORKFLOWS
from tests.replay.lives import NAMES, SHOWS
from tests.replay.save import HISTORIES, files, load

RELEASE = version("forbear")
SAVED = sorted(replaying.saved())


@pytest.fixture
def settings(secrets: dict[str, object]) -> Settings:
    return Settings.model_validate(secrets)


@pytest.mark.parametrize(("release", "name"), SAVED)
async def test_a_saved_history_is_replayed_by_the_code_of_today(settings: Settings, release: str, name: str) -> None:
    await replaying.replay(release, name, settings)


def test_every_branch_has_a_file_in_this_release() -> None:
    assert set(files(HISTORIES / RELEASE)) == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_file_shows_the_branch_it_is_named_after(name: str) -> None:
    events = iter([kind(each.event_type) for each in replaying.history_of(RELEASE, name).events])
    missing = [wanted for wanted in SHOWS[name] if wanted not in events]
    assert missing == []


@pytest.mark.parametrize("name", NAMES)
def test_a_file_names_no_machine_and_no_number(name: str) -> None:
    text = load(files(HISTORIES / RELEASE)[name])
    assert '"identity":"recorder"' in text
    assert "stackTrace" not in text
    assert "@" not in text.replace("@type", "")


async def test_the_saved_histories_reach_every_line_of_the_workflows(settings: Settings) -> None:
    """What no history reaches could change without any replay noticing."""
    with traced() as reached:
        for name in NAMES:
            await replaying.replay(RELEASE, name, settings)
    for path in sorted(WORKFLOWS.glob("[!_]*.py")):
        unreached = sorted(_lines(path) - reached.get(str(path), set()))
        assert unreached == [], f"{path.relative_to(CHECKOUT)}: lines {unreached} are in no saved history"


@contextmanager
def traced() -> Generator[dict[str, set[int]]]:
    """The lines of workflow code that ran, in any thread, by file."""
    reached: dict[str, set[int]] = {}
    inside = str(WORKFLOWS)

    def line(frame: FrameType, event: str, _: Any) -> Any:
        if event == "line":
            reached.setdefault(frame.f_code.co_filename, set()).add(frame.f_lineno)
        return line

    def call(frame: FrameType, _: str, __: Any) -> Any:
        return line if frame.f_code.co_filename.startswith(inside) else None

    before = sys.gettrace()
    threading.settrace(call)
    sys.settrace(call)
    try:
        yield reached
    finally:
        sys.settrace(before)
        threading.settrace(before)  # pyright: ignore[reportArgumentType]  None ends it; the stubs do not say so


def _lines(path: Path) -> set[int]:
    """The first lines of all statements inside functions, docstrings left out."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    functions = [each for each in ast.walk(tree) if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef)]
    statements = [each for function in functions for each in ast.walk(function) if isinstance(each, ast.stmt)]
    chosen = {each.lineno for each in statements if each not in functions and not _docstring(each)}
    return chosen & _executable(compile(tree, str(path), "exec"))


def _docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _executable(code: CodeType) -> set[int]:
    """The lines that a compiled file has instructions for."""
    inner = [each for each in code.co_consts if isinstance(each, CodeType)]
    own = {line for _, _, line in code.co_lines() if line is not None}
    return own.union(*(_executable(each) for each in inner))
