"""The rehearsal's folder: wiped when it is ours, left alone when it is not."""

from pathlib import Path

import pytest

from forbear.errors import CannotStart, FolderLocked
from forbear.rehearsal import folder
from forbear.services import folders
from forbear.services.folders import Lock


def test_what_an_earlier_rehearsal_left_is_wiped(tmp_path: Path) -> None:
    data = folder.claim(tmp_path / "demo")
    (data / "carrier.jsonl").write_text("old", encoding="utf-8")
    folder.claim(data)
    assert [path.name for path in data.iterdir()] == [folder.MARKER]


def test_an_empty_folder_is_taken(tmp_path: Path) -> None:
    (tmp_path / "demo").mkdir()
    assert (folder.claim(tmp_path / "demo") / folder.MARKER).exists()


def test_somebody_elses_folder_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work", encoding="utf-8")
    with pytest.raises(CannotStart, match="no rehearsal made"):
        folder.claim(tmp_path)
    assert (tmp_path / "thesis.txt").read_text(encoding="utf-8") == "years of work"


def test_a_folder_being_served_is_not_wiped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folders, "ORPHAN_SECONDS", 0.1)
    data = folder.claim(tmp_path / "demo")
    (data / "carrier.jsonl").write_text("alive", encoding="utf-8")
    serving = Lock(data / "lock", "Forbear")
    serving.take()
    with pytest.raises(FolderLocked):
        folder.claim(data)
    serving.release()
    assert (data / "carrier.jsonl").exists()
