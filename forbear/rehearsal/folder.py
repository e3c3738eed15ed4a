"""The rehearsal's folder: wiped at each start, but only if it is empty or was made by a rehearsal."""

import shutil
from pathlib import Path

from forbear.errors import CannotStart
from forbear.services.folders import Lock, private

MARKER = ".rehearsal"
MEANING = "Made by 'forbear demo', which wipes this folder at its next start.\n"


def claim(data: Path) -> Path:
    """Make the folder empty and ours.

    Raises:
        CannotStart: it holds something else.
        FolderLocked: an installation is being served from it.
    """
    if data.exists() and any(data.iterdir()):
        if not (data / MARKER).exists():
            raise CannotStart(f"{data} holds something that no rehearsal made: empty it, or give another folder")
        _unserved(data)
        shutil.rmtree(data)
    private(data)
    (data / MARKER).write_text(MEANING, encoding="utf-8")
    return data


def _unserved(data: Path) -> None:
    lock = Lock(data / "lock", "Forbear")
    lock.take()
    lock.release()
