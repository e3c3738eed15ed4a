"""A dry run of two hundred thousand rows takes no more memory than one of two thousand."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import SecretStr

from forbear.settings import Settings
from tests.api.importing import Importer, lender

__all__ = ["lender"]
SMALL = 2_000
ROOT = Path(__file__).parents[2]
SLACK_KILOBYTES = 6_000
"""What an interpreter's heap wavers by; the rows of the larger files, held, would take twice and fifty times as much."""


@pytest.mark.parametrize(
    "large",
    [
        pytest.param(8_000, id="quick"),
        pytest.param(200_000, id="whole", marks=[pytest.mark.prove, pytest.mark.timeout(900)]),
    ],
)
def test_memory_is_flat(lender: Importer, module_database: Settings, large: int) -> None:
    told = {name: _plain(value) for name, value in module_database.model_dump(exclude={"data"}).items()}
    arguments = [lender.tenant, lender.lender, str(SMALL), str(large)]
    ran = subprocess.run(
        [sys.executable, "-m", "tests.api.import_memory", *arguments],
        input=json.dumps(told), capture_output=True, text=True, check=False, cwd=ROOT,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    small, big = json.loads(ran.stdout.splitlines()[-1])
    for rows, seen in ((SMALL, small), (large, big)):
        zoned = len(range(0, rows, 7))
        assert (seen["state"], seen["would_enrol"], seen["refused"]) == ("done", rows - zoned, zoned)
    assert big["kilobytes"] - small["kilobytes"] < SLACK_KILOBYTES, ran.stdout.splitlines()[-1]


def _plain(value: object) -> object:
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    return value.get_secret_value() if isinstance(value, SecretStr) else value
