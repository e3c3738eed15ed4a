"""The folders a service owns: closed to others, and locked so that two processes never serve the same data."""

import fcntl
import os
from pathlib import Path
from typing import Self

from forbear.errors import FolderLocked


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
    """An exclusive lock on a file beside the data. The kernel gives it back when its holder dies, however it dies."""

    def __init__(self, file: Path, what: str) -> None:
        self.file, self.what = file, what
        self._handle: int | None = None

    def take(self) -> Self:
        """Take the lock or raise `FolderLocked`, naming the process that has it."""
        handle = os.open(self.file, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.read(handle, 32).decode(errors="replace").strip() or "unknown"
            os.close(handle)
            raise FolderLocked(
                f"{self.what} in {self.file.parent} is in use by process {holder}: stop it, or give another folder"
            ) from None
        os.truncate(handle, 0)
        os.write(handle, f"{os.getpid()}\n".encode())
        self._handle = handle
        return self

    def release(self) -> None:
        """Give the lock back; the file stays, since removing it would let two holders in."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None

    def held(self) -> bool:
        """Whether some process has the lock, for `forbear doctor`."""
        if self._handle is not None:
            return True
        if not self.file.exists():
            return False
        try:
            self.take().release()
        except FolderLocked:
            return True
        return False
