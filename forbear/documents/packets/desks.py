"""A few desks, each a process that is replaced when it hangs, dies or has opened many files.

They are programs of their own, like the presses. Any number of threads may ask.
"""

import os
import queue
import socket
import subprocess
import sys
import threading
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from forbear.documents.packets.desk import JOB, TOLD, Told
from forbear.documents.packets.limits import Unfit
from forbear.documents.packets.opening import Asked, Opened
from forbear.documents.packets.preflight import Look
from forbear.documents.presses import KEPT
from forbear.ports.papers import Unprintable

DESKS: Final = 2
JOBS_OF_A_DESK: Final = 400
READY_SECONDS, EXHIBIT_SECONDS, LOOK_SECONDS, FREE_SECONDS = 60.0, 45.0, 120.0, 120.0
"""Machine time until a new desk is ready, for one exhibit, for one packet read back, and until a desk is free."""
MODULE: Final = "forbear.documents.packets.desk"
LATE: Final = Unfit("exhibit.time", "it takes too long to read", "Print it to a plain PDF and give that")


class _Stuck(Exception):
    """A desk did not answer in time, or is gone."""


@dataclass
class _Desk:
    """One process and our end of its pipe."""

    process: subprocess.Popen[bytes]
    pipe: Connection
    ready: bool = False
    jobs: int = 0

    @classmethod
    def start(cls) -> Self:
        ours, theirs = socket.socketpair()
        with theirs:
            process = subprocess.Popen(
                [sys.executable, "-m", MODULE, str(theirs.fileno())],
                pass_fds=(theirs.fileno(),),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env={name: os.environ[name] for name in KEPT if name in os.environ} | {"PYTHONUTF8": "1"},
                cwd=Path(__file__).parents[3],
            )
        return cls(process, Connection(ours.detach()))

    def ask(self, job: bytes, files: tuple[bytes, ...], seconds: float) -> tuple[Told, bytes]:
        if not self.ready:
            self._receive(READY_SECONDS)
            self.ready = True
        self.jobs += 1
        try:
            for each in (job, *files):
                self.pipe.send_bytes(each)
        except OSError:
            raise _Stuck from None
        return TOLD.validate_json(self._receive(seconds)), self._receive(seconds)

    def end(self) -> None:
        self.pipe.close()
        self.process.kill()
        self.process.wait()

    def _receive(self, seconds: float) -> bytes:
        try:
            if not self.pipe.poll(seconds):
                raise _Stuck
            return self.pipe.recv_bytes()
        except (EOFError, OSError):
            raise _Stuck from None


class Desks:
    """Opens exhibits and looks at finished packets, each in another process."""

    def __init__(self, count: int = DESKS, *, exhibit_seconds: float = EXHIBIT_SECONDS) -> None:
        self._seconds = exhibit_seconds
        self._idle: queue.SimpleQueue[_Desk] = queue.SimpleQueue()
        self._all: list[_Desk] = []
        self._lock = threading.Lock()
        self._closed = False
        self.count = count
        for _ in range(count):
            self._idle.put(self._start())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def open(self, content: bytes, asked: Asked) -> tuple[bytes, Opened]:
        """An exhibit drawn anew.

        Raises:
            Unfit: what is wrong with it; also if it made its reader hang or die.
            Unprintable: no desk was free.
        """
        try:
            told, made = self._ask(JOB.dump_json(asked), (content,), self._seconds)
        except _Stuck:
            raise LATE from None
        if told.opened is None:
            raise Unfit(told.code, told.problem, told.remedy)
        return made, told.opened

    def look(self, look: Look, files: tuple[bytes, ...]) -> None:
        """Read a finished packet back.

        Raises:
            Unprintable: with the check that failed.
        """
        try:
            told, _ = self._ask(JOB.dump_json(look), files, LOOK_SECONDS)
        except _Stuck:
            raise Unprintable("engine.hung", "the packet could not be read back in time; try again") from None
        if told.code:
            raise Unprintable(told.code, told.problem)

    def pids(self) -> list[int]:
        """Of the processes at work, for whoever watches what they take."""
        with self._lock:
            return [desk.process.pid for desk in self._all]

    def close(self) -> None:
        """End every desk; a file being read is not read."""
        with self._lock:
            self._closed = True
            desks, self._all = self._all, []
        for desk in desks:
            desk.end()

    def _ask(self, job: bytes, files: tuple[bytes, ...], seconds: float) -> tuple[Told, bytes]:
        try:
            desk = self._idle.get(timeout=FREE_SECONDS)
        except queue.Empty:
            raise Unprintable("engine.busy", "every desk is at work; try again") from None
        whole = False
        try:
            answer = desk.ask(job, files, seconds)
            whole = desk.jobs < JOBS_OF_A_DESK
            return answer
        finally:
            self._idle.put(desk if whole else self._replaced(desk))

    def _start(self) -> _Desk:
        desk = _Desk.start()
        with self._lock:
            if not self._closed:
                self._all.append(desk)
                return desk
        desk.end()
        raise Unprintable("engine.closed", "the desks are being stopped")

    def _replaced(self, desk: _Desk) -> _Desk:
        with self._lock:
            if desk in self._all:
                self._all.remove(desk)
        desk.end()
        return self._start()
