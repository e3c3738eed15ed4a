"""The print shop: a few processes that make papers, each replaced when it hangs, dies or grows old.

Processes are started at once and in the background, so that the first letter finds them warm. They are programs of
their own and not forks: a fork would take over our threads, locks and open connections.
"""

import os
import queue
import socket
import subprocess
import sys
import tempfile
import threading
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import structlog
from pydantic import TypeAdapter

from forbear.documents import fonts
from forbear.documents.jobs import JOB, AddressJob, Answer, Bundle, BundleJob, Job, LetterJob
from forbear.ports.papers import LetterHead, Paper, Rendered, Unprintable
from forbear.ports.post import PostAddress

PRESSES: Final = 2
JOBS_OF_A_PRESS: Final = 200
"""Then it is replaced: the engine keeps memory."""
FREE_SECONDS, READY_SECONDS, JOB_SECONDS = 5.0, 12.0, 7.0
"""Machine time until a press is free, until a new one has made its first page, and for one paper, which takes a
fraction of a second. Together less than the activity that waits for it may take."""
MOST_WAITS: Final = 4
"""How often a new press may keep somebody waiting in vain before it counts as hung."""
MODULE: Final = "forbear.documents.press"
KEPT: Final = (
    "PATH",
    "HOME",
    "TMPDIR",
    "LD_LIBRARY_PATH",
    "DYLD_FALLBACK_LIBRARY_PATH",
    "SYSTEMROOT",
    "VIRTUAL_ENV",
    "XDG_CACHE_HOME",
)
"""Of our environment, what a press is given; no secret, language or zone is among it."""
ANSWER: Final = TypeAdapter(Answer)
log = structlog.get_logger("forbear.papers")


class _Stuck(Exception):
    """A press did not answer in time, or is gone."""


class _Late(Exception):
    """A press is not ready yet; it may well be a moment later."""


@dataclass
class _Press:
    """One process and our end of its pipe."""

    process: subprocess.Popen[bytes]
    pipe: Connection
    ready: bool = False
    jobs: int = field(default=0)
    waits: int = field(default=0)

    @classmethod
    def start(cls, configuration: Path) -> Self:
        ours, theirs = socket.socketpair()
        with theirs:
            process = subprocess.Popen(
                [sys.executable, "-m", MODULE, str(theirs.fileno())],
                pass_fds=(theirs.fileno(),),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                env=_environment(configuration),
                cwd=Path(__file__).parents[2],
            )
        return cls(process, Connection(ours.detach()))

    def ask(self, job: Job, ready_seconds: float, seconds: float) -> tuple[Answer, bytes]:
        if not self.ready:
            self._await_first_page(ready_seconds)
        self.jobs += 1
        try:
            self.pipe.send_bytes(JOB.dump_json(job))
        except OSError:
            raise _Stuck from None
        return ANSWER.validate_json(self._receive(seconds)), self._receive(seconds)

    def _await_first_page(self, seconds: float) -> None:
        if not self.pipe.poll(seconds):
            self.waits += 1
            raise _Late if self.waits < MOST_WAITS else _Stuck
        self._receive(seconds)
        self.ready = True

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


class Presses:
    """Implements `ports.papers.Renderer`. Any number of threads may ask; as many papers are made at once as presses."""

    def __init__(
        self,
        count: int = PRESSES,
        *,
        ready_seconds: float = READY_SECONDS,
        job_seconds: float = JOB_SECONDS,
        jobs: int = JOBS_OF_A_PRESS,
    ) -> None:
        self._ready_seconds, self._job_seconds, self._jobs = ready_seconds, job_seconds, jobs
        self._folder = tempfile.TemporaryDirectory(prefix="forbear-papers-")
        self._configuration = fonts.configure(Path(self._folder.name))
        self._idle: queue.SimpleQueue[_Press] = queue.SimpleQueue()
        self._all: list[_Press] = []
        self._lock = threading.Lock()
        self._closed = False
        for _ in range(count):
            self._idle.put(self._start())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def render(self, paper: Paper) -> Rendered:
        return self._make(LetterJob(paper), paper.touch)

    def address_page(self, touch: str, to: PostAddress, head: LetterHead) -> Rendered:
        return self._make(AddressJob(touch, to, head), touch)

    def bundle(self, papers: tuple[Paper, ...], *, write: bool = True) -> Bundle:
        """Papers of one packet, made by one press; each that is refused says so in its leaf.

        Raises:
            Unprintable: every press is at work, or the engine hung or failed.
        """
        if not papers:
            return Bundle(())
        answer, made = self._ask(BundleJob(papers, write), papers[0].touch, self._job_seconds * (1 + len(papers)))
        sizes = [leaf.size for leaf in answer.leaves]
        at = len(made) - sum(sizes)
        together, files = made[:at], list[bytes]()
        for size in sizes:
            files.append(made[at : at + size])
            at += size
        return Bundle(answer.leaves, tuple(files), together)

    def pids(self) -> list[int]:
        """Of the processes at work, for whoever watches what they take."""
        with self._lock:
            return [press.process.pid for press in self._all]

    def close(self) -> None:
        """End every press; a paper under way is not made."""
        with self._lock:
            self._closed = True
            presses, self._all = self._all, []
        for press in presses:
            press.end()
        self._folder.cleanup()

    def _make(self, job: Job, touch: str) -> Rendered:
        answer, pdf = self._ask(job, touch, self._job_seconds)
        return Rendered(pdf, answer.sha256, answer.pages, answer.draft)

    def _ask(self, job: Job, touch: str, seconds: float) -> tuple[Answer, bytes]:
        try:
            press = self._idle.get(timeout=FREE_SECONDS)
        except queue.Empty:
            raise Unprintable("engine.busy", "every press is at work; try again") from None
        try:
            answer, pdf = press.ask(job, self._ready_seconds, seconds)
        except _Late:
            raise Unprintable("engine.busy", "the presses are not warm yet; try again") from None
        except _Stuck:
            log.error("paper.press_replaced", touch=touch)  # noqa: TRY400  the stack says nothing of the other process
            press = self._replace(press)
            raise Unprintable("engine.hung", "the engine gave no answer and was replaced; try again") from None
        finally:
            self._idle.put(press if press.jobs < self._jobs else self._replace(press))
        if answer.code:
            log.error("paper.refused", touch=touch, code=answer.code)
            raise Unprintable(answer.code, answer.sentence)
        return answer, pdf

    def _start(self) -> _Press:
        press = _Press.start(self._configuration)
        with self._lock:
            if not self._closed:
                self._all.append(press)
                return press
        press.end()
        raise Unprintable("engine.closed", "the presses are being stopped")

    def _replace(self, press: _Press) -> _Press:
        with self._lock:
            if press in self._all:
                self._all.remove(press)
        press.end()
        return self._start()


def _environment(configuration: Path) -> dict[str, str]:
    """What a press may know of this machine."""
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    fixed = {"LC_ALL": "C.UTF-8", "TZ": "UTC", "PYTHONHASHSEED": "0", "PYTHONUTF8": "1"}
    return {**kept, **fixed, "FONTCONFIG_FILE": str(configuration)}
