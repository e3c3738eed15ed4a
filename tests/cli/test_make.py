"""The make targets a newcomer is promised, and the script that runs them all."""

import os
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
TARGETS = ["setup", "demo", "up", "gallery", "test", "prove", "mutate", "lint", "bench", "lock", "clean"]


def test_make_alone_lists_the_targets_and_does_nothing_else() -> None:
    # Under `make test` this make would otherwise announce itself as another's child.
    alone = {name: value for name, value in os.environ.items() if name not in {"MAKEFLAGS", "MAKELEVEL", "MFLAGS"}}
    made = subprocess.run(["make"], cwd=ROOT, env=alone, capture_output=True, text=True, check=True)
    listed = made.stdout.splitlines()
    assert [line.split()[1] for line in listed] == ["help", *TARGETS]


def test_the_check_of_a_change_runs_lint_test_demo_and_prove() -> None:
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    subprocess.run(["bash", "-n", script], check=True)
    assert "for target in lint test demo prove; do" in script.read_text(encoding="utf-8")


def test_the_lock_names_no_package_index() -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert "://" not in lock
    pinned = [line for line in lock.splitlines() if line and not line.startswith((" ", "#"))]
    assert all("==" in line for line in pinned)
    assert lock.count("--hash=sha256:") >= len(pinned)
