"""Nothing outlives us: a parent that is killed outright takes its servers with it."""

import os
import signal
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import pytest

from forbear.services import processes
from forbear.services.ports import answers, free_port
from forbear.services.processes import poll_until

PARENT = """
import sys, time
from pathlib import Path
from forbear.services import settings_file
from forbear.services.dev_server import DevServer, Ports
from forbear.services.postgres import Postgres

folder, runs_as, *numbers = sys.argv[1:]
postgres, *temporal = map(int, numbers)
settings = settings_file.provide(Path(folder, "settings.toml"), {})
Postgres(Path(folder, "postgres"), postgres, settings, fast=True, runs_as=runs_as or None).start()
DevServer(Path(folder, "temporal"), Ports(*temporal)).start()
print("ready", flush=True)
time.sleep(600)
"""
AS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="only root has to become somebody else")


def children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


@contextmanager
def parent(folder: Path, ports: list[int], runs_as: str = "") -> Generator[subprocess.Popen[str]]:
    command = [sys.executable, "-c", PARENT, str(folder), runs_as, *map(str, ports)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as started:
        assert started.stdout is not None
        assert started.stdout.readline() == "ready\n"
        yield started
        started.kill()


@pytest.mark.parametrize(
    "runs_as", ["", pytest.param("namespace", marks=AS_ROOT), pytest.param("account", marks=AS_ROOT)]
)
def test_sigkill_of_the_parent_leaves_no_server(tmp_path: Path, runs_as: str) -> None:
    ports = [free_port() for _ in range(5)]
    with parent(tmp_path, ports, runs_as) as killed:
        servers = children(killed.pid)
        assert len(servers) == 2
        assert all(answers(port) for port in ports[:3])
    assert poll_until(lambda: not any(answers(port) for port in ports), within=20)
    assert poll_until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in servers), within=20)


def test_right_after_sigkill_the_same_folder_and_ports_can_be_served_again(tmp_path: Path) -> None:
    ports = [free_port() for _ in range(5)]
    with parent(tmp_path, ports):
        pass
    with parent(tmp_path, ports):
        assert all(answers(port) for port in ports[:3])


def test_ctrl_c_in_the_terminal_reaches_the_parent_only(tmp_path: Path) -> None:
    child = processes.start("it", ["sleep", "600"], log=tmp_path / "log", env={"PATH": "/usr/bin:/bin"})
    try:
        assert os.getpgid(child.pid) != os.getpgrp()
        assert os.getsid(child.pid) == child.pid
    finally:
        child.stop()
    assert child.process.returncode == -signal.SIGTERM
