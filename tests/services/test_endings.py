"""Nothing outlives us: a parent that is killed outright takes its servers with it."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from forbear.services import processes
from forbear.services.ports import answers, free_port
from forbear.services.processes import poll_until

PARENT = """
import sys, time
from pathlib import Path
from forbear.services import settings_file
from forbear.services.dev_server import DevServer, Ports
from forbear.services.postgres import Postgres
from forbear.settings import Settings

folder, *numbers = sys.argv[1:]
postgres, *temporal = map(int, numbers)
Postgres(Path(folder, "postgres"), postgres, Settings.model_validate(settings_file.fresh_secrets()), fast=True).start()
DevServer(Path(folder, "temporal"), Ports(*temporal)).start()
print("ready", flush=True)
time.sleep(600)
"""


def children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def test_sigkill_of_the_parent_leaves_no_server(tmp_path: Path) -> None:
    ports = [free_port() for _ in range(5)]
    with subprocess.Popen(
        [sys.executable, "-c", PARENT, str(tmp_path), *map(str, ports)], stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout is not None
        assert parent.stdout.readline() == "ready\n"
        servers = children(parent.pid)
        assert len(servers) == 2
        assert all(answers(port) for port in ports[:3])
        parent.kill()
    assert poll_until(lambda: not any(answers(port) for port in ports), within=20)
    assert poll_until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in servers), within=20)


def test_ctrl_c_in_the_terminal_reaches_the_parent_only(tmp_path: Path) -> None:
    child = processes.start("it", ["sleep", "600"], log=tmp_path / "log", env={"PATH": "/usr/bin:/bin"})
    try:
        assert os.getpgid(child.pid) != os.getpgrp()
        assert os.getsid(child.pid) == child.pid
    finally:
        child.stop()
    assert child.process.returncode == -signal.SIGTERM
