"""The commands of the workflows are those agreed upon, and what counts as a command is told from what does not."""

import json
from pathlib import Path

import pytest

from tests.replay import explaining
from tests.replay.fingerprints import CHECKOUT, COMMITTED, all_fingerprints, as_lines, fingerprint

ACCOUNT = CHECKOUT / "workflows" / "account.py"
COMPARED = "(held_by, stage) != (self._held_by, self._stage)"


def test_the_commands_are_those_agreed_upon() -> None:
    agreed = json.loads(COMMITTED.read_text(encoding="utf-8"))
    if told := explaining.changed(as_lines(agreed), as_lines(all_fingerprints())):
        pytest.fail(told, pytrace=False)


def edited(tmp_path: Path, *changes: tuple[str, str]) -> list[str]:
    """The fingerprint of the account's workflow with some words changed."""
    text = ACCOUNT.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    path = tmp_path / "account.py"
    path.write_text(text, encoding="utf-8")
    return as_lines(fingerprint(path))


AS_IT_IS = as_lines(fingerprint(ACCOUNT))

HARMLESS = {
    "a summary": (('summary="What may and should come next?"', 'summary="And now?"'),),
    "the operator's words": (("**Resting** until", "**Waiting** until"),),
    "a log line": (('"contact without an answer"', '"no answer"'),),
    "a helper's name": (("_contact", "_reach"),),
}
HARMFUL = {
    "another activity": ("CadenceActivities.decide", "ContactActivities.contact"),
    "a local activity no longer local": ("execute_local_activity_method", "execute_activity_method"),
    "a timer less": ("timeout=span, ", ""),
    "another order": (
        'self._show(f"**Contacting** by',
        "self._mark(held_by='', stage='')\n                    self._show(f\"**Contacting** by",
    ),
    "another condition": (COMPARED, "held_by != self._held_by"),
    "a shorter page": ("HISTORY_PAGE = 1_000", "HISTORY_PAGE = 500"),
    "a handler less": ("@workflow.signal(dynamic=True)", "@workflow.signal"),
    "an activity known by another name": ("ContactActivities.contact,", '"send_text",'),
}


@pytest.mark.parametrize("what", sorted(HARMLESS))
def test_what_no_replay_sees_changes_nothing(tmp_path: Path, what: str) -> None:
    assert edited(tmp_path, *HARMLESS[what]) == AS_IT_IS


@pytest.mark.parametrize("what", sorted(HARMFUL))
def test_what_a_replay_sees_changes_the_fingerprint(tmp_path: Path, what: str) -> None:
    told = explaining.changed(AS_IT_IS, edited(tmp_path, HARMFUL[what]))
    assert "What this breaks" in told
    assert "Only options have changed" not in told


def test_a_retry_policy_is_shown_and_called_an_option(tmp_path: Path) -> None:
    told = explaining.changed(AS_IT_IS, edited(tmp_path, ("maximum_attempts=1", "maximum_attempts=3")))
    assert "+" in told
    assert "maximum_attempts=3" in told
    assert "Only options have changed" in told


def test_an_activity_is_known_by_the_name_its_decorator_gives() -> None:
    assert any("activity 'contact'" in line for line in AS_IT_IS)
    assert any("local activity 'decide'" in line for line in AS_IT_IS)
