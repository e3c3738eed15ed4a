"""A change of a workflow's commands is stopped with a reason one can read; the same change behind a patch is not.

Each edit is made to a copy of `workflows/account.py`, which is then held against the fingerprint and the histories.
"""

import importlib
import sys
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

from forbear.settings import Settings
from tests.replay import explaining, replaying
from tests.replay.fingerprints import CHECKOUT, as_lines, fingerprint

RELEASE = version("forbear")
ORIGINAL = CHECKOUT / "workflows" / "account.py"
COPY = "edited_account"
RESTED = """                    await self._rest(decision, heard)
"""
SENT = """                    await self._contact(decision)
"""
PATCHED = """                    if workflow.patched("look-again"):
                        await self._decide()
"""
MARKED = """                    self._mark(held_by=decision.rule, stage=decision.stage)
"""


class Edits:
    """Copies of the account's workflow under a module name of their own."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / f"{COPY}.py"

    def make(self, *changes: tuple[str, str]) -> type[Any]:
        text = ORIGINAL.read_text(encoding="utf-8")
        for old, new in changes:
            assert text.count(old) == 1, old
            text = text.replace(old, new)
        self.path.write_text(text, encoding="utf-8")
        sys.modules.pop(COPY, None)
        importlib.invalidate_caches()
        return importlib.import_module(COPY).AccountWorkflow

    def told(self) -> str:
        """What the comparison of the fingerprints says."""
        return explaining.changed(as_lines(fingerprint(ORIGINAL)), as_lines(fingerprint(self.path)))


@pytest.fixture
def edits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Edits]:
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)  # two edits of one length within a second look alike
    yield Edits(tmp_path)
    sys.modules.pop(COPY, None)


@pytest.fixture
def settings(secrets: dict[str, object]) -> Settings:
    return Settings.model_validate(secrets)


ANOTHER_ACTIVITY = (("                ContactActivities.contact,\n", "                CadenceActivities.decide,\n"),)
ANOTHER_ORDER = ((MARKED, ""), (RESTED, RESTED + MARKED))
ONE_MORE_CALL = ((SENT, SENT + "                    await self._decide()\n"),)
ONE_TIMER_LESS = (("timeout=span, timeout_summary=rest.reason", "timeout=None"),)

BREAKING: dict[str, tuple[tuple[tuple[str, str], ...], str, str]] = {
    "another activity's name": (ANOTHER_ACTIVITY, "contact_sent", "+Account, run:       activity 'decide'"),
    "another order": (ANOTHER_ORDER, "held_rest", "+Account, run:     with contextlib.suppress"),
    "one more call": (ONE_MORE_CALL, "contact_sent", "+Account, run:     local activity 'decide'"),
    "one timer less": (ONE_TIMER_LESS, "rest_to_its_end", "without a timer"),
}


@pytest.mark.parametrize("what", sorted(BREAKING))
async def test_a_change_of_commands_is_stopped_and_says_why(edits: Edits, settings: Settings, what: str) -> None:
    changes, history, line = BREAKING[what]
    workflow = edits.make(*changes)
    told = edits.told()
    for words in (line, "What this breaks", 'workflow.patched("what-is-new")', "tests.replay.fingerprints"):
        assert words in told
    with pytest.raises(replaying.Unreplayable) as raised:
        await replaying.replay(RELEASE, history, settings, [workflow])
    said = str(raised.value)
    for words in (f"'{history}' of release {RELEASE}", "ondeterminism", "workflow.patched"):
        assert words in said


@pytest.mark.parametrize("history", ["contact_sent", "contact_failed", "contact_with_news_during_the_decision"])
async def test_the_same_change_behind_a_patch_replays_what_began_before_it(
    edits: Edits, settings: Settings, history: str
) -> None:
    workflow = edits.make((SENT, SENT + PATCHED))
    await replaying.replay(RELEASE, history, settings, [workflow])
    assert "+Account, run:     patch 'look-again'" in edits.told()


@pytest.mark.parametrize("history", ["contact_sent", "held_rest", "close_with_news"])
async def test_a_copy_without_a_change_is_not_stopped(edits: Edits, settings: Settings, history: str) -> None:
    await replaying.replay(RELEASE, history, settings, [edits.make()])
    assert edits.told() == ""
