"""The folders a service owns: closed to others, and locked so that two processes never serve the same data."""

import fcntl
import os
from pathlib import Path

from forbear.errors import FolderLocked
from forbear.services.processes import poll_until, running

ORPHAN_SECONDS = 15.0
"""How long services may take to end once their parent was killed."""


def private(folder: Path) -> Path:
    """Make a folder of ours that only its owner may enter; parents that exist are left as they are."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    folder.chmod(0o700)
    return folder


def write_private(file: Path, text: str) -> None:
    """Write a file only its owner may read, whole or not at all."""
    fresh = file.with_name(f"{file.name}.new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as output:
        output.write(text)
    fresh.replace(file)


class Lock:
    """An exclusive lock on a file beside the data.

    Services inherit its handle, so it is held as long as anything of ours still serves the data, and the kernel gives
    it back when the last of them is gone, however it went.
    """

    def __init__(self, file: Path, what: str) -> None:
        self.file, self.what = file, what
        self.handle: int | None = None

    def take(self) -> int:
        """Take the lock, or keep it when it is ours already.

        Raises:
            FolderLocked: a living process has it, or what a dead one left behind does not end.
        """
        if self.handle is None and not poll_until(lambda: self._try() or running(self.holder()), ORPHAN_SECONDS):
            raise FolderLocked(
                f"{self.what} in {self.file.parent} is still served by what process {self.holder()} left"
            )
        if self.handle is None:
            raise FolderLocked(
                f"{self.what} in {self.file.parent} is served by process {self.holder()}: end it, or use another folder"
            )
        return self.handle

    def release(self) -> None:
        """Give the lock back; the file stays, since removing it would let two holders in."""
        if self.handle is not None:
            os.close(self.handle)
            self.handle = None

    def held(self) -> bool:
        """Whether some process has the lock."""
        if self.handle is not None or not self.file.exists():
            return self.handle is not None
        free = self._try()
        self.release()
        return not free

    def holder(self) -> int:
        """The process that took the lock last; 0 when none did."""
        text = self.file.read_text().strip()
        return int(text) if text.isdigit() else 0

    def _try(self) -> bool:
        handle = os.open(self.file, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            return False
        os.truncate(handle, 0)
        os.write(handle, f"{os.getpid()}\n".encode())
        self.handle = handle
        return True
