"""Child processes that end when we end, say why they failed, and stop in order.

Linux sends a child its death signal when the *thread* that started it ends, so services are started from the main
thread only. Elsewhere children are stopped on the way out, and outlive us only when we are killed outright.
"""

import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from forbear.clock import machine_time
from forbear.errors import CannotStart

PR_SET_PDEATHSIG = 1
POLL_SECONDS = 0.02
LIBC = ctypes.CDLL(None, use_errno=True)


def ends_with_parent(death_signal: int, *, before: Callable[[], None] | None = None) -> Callable[[], None]:
    """What a child runs before its program starts, so that it ends with us.

    Args:
        death_signal: what the child gets when the starting thread ends.
        before: a change of identity, which clears the death signal and so must come first.
    """
    parent = os.getpid()

    def before_exec() -> None:
        if before is not None:
            before()
        if sys.platform == "linux":
            LIBC.prctl(PR_SET_PDEATHSIG, death_signal)
            if os.getppid() != parent:  # the parent died before the request took effect
                os._exit(1)

    return before_exec


@dataclass
class Child:
    """One running service of ours."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path
    stop_signal: signal.Signals

    @property
    def pid(self) -> int:
        return self.process.pid

    def alive(self) -> bool:
        return self.process.poll() is None

    def stop(self, within: float = 10.0) -> None:
        """Ask, wait, and kill what does not listen."""
        with suppress(ProcessLookupError):
            self.process.send_signal(self.stop_signal)
        try:
            self.process.wait(within)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """SIGKILL, and wait until the process is gone."""
        self.process.kill()
        self.process.wait()

    def ending(self) -> str:
        """How a child that died did so."""
        status = self.process.returncode
        if status < 0:
            return f"was killed by {signal.Signals(-status).name}"
        return f"ended with status {status}: {last_line(self.log)}"


def start(
    name: str,
    command: Sequence[str | Path],
    *,
    log: Path,
    env: Mapping[str, str],
    stop_signal: signal.Signals = signal.SIGTERM,
    death_signal: signal.Signals | None = None,
    before: Callable[[], None] | None = None,
    cwd: Path | None = None,
    inherit: Sequence[int] = (),
) -> Child:
    """Start a service with its output appended to `log`, in a session of its own so that Ctrl-C reaches only us.

    Args:
        name: what messages call it.
        command: program and arguments.
        log: created for its owner's eyes.
        env: the whole environment.
        stop_signal: what asks it to end.
        death_signal: what it gets when we are killed; the same, unless given.
        before: a change of identity.
        cwd: its working folder.
        inherit: handles it keeps open, such as a lock's.
    """
    if threading.current_thread() is not threading.main_thread():
        raise RuntimeError(f"{name} must be started from the main thread: it would stop when this thread ends")
    with os.fdopen(os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "ab") as output:
        process = subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env=dict(env),
            cwd=cwd,
            start_new_session=True,
            pass_fds=inherit,
            preexec_fn=ends_with_parent(death_signal or stop_signal, before=before),  # noqa: PLW1509  children start from the main thread only
        )
    return Child(name, process, log, stop_signal)


def poll_until(condition: Callable[[], bool], within: float) -> bool:
    """Ask again and again until the condition holds; False when it did not within so many machine seconds."""
    deadline = machine_time() + timedelta(seconds=within)
    while not condition():
        if machine_time() > deadline:
            return False
        time.sleep(POLL_SECONDS)
    return True


def wait_ready(child: Child, ready: Callable[[], bool], within: float = 60.0) -> None:
    """Wait until a child is ready; a child that ends or does not get there is a `CannotStart` with its last words."""
    answered = poll_until(lambda: not child.alive() or ready(), within)
    if not child.alive():
        raise CannotStart(f"{child.name} {child.ending()}. See {child.log}")
    if not answered:
        raise CannotStart(f"{child.name} did not become ready within {within:g} s. See {child.log}")


def last_line(log: Path) -> str:
    """The last line of a log that says something."""
    lines = [line.strip() for line in log.read_text(errors="replace").splitlines() if line.strip()]
    return lines[-1] if lines else "it wrote nothing"


def running(pid: int) -> bool:
    """Whether a process with this id exists, whoever owns it."""
    if pid <= 0:  # to the kernel these are groups of processes
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
