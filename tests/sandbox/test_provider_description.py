"""The provider's own description of Messages and Calls, against the box: schemathesis asks everything it allows.

The description is not ours to keep: FORBEAR_TWILIO_SPEC names the file.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.sandbox.box import ACCOUNT, AUTH_TOKEN, OURS, Box, Receiver

SPEC = os.environ.get("FORBEAR_TWILIO_SPEC", "")
pytestmark = pytest.mark.skipif(not SPEC, reason="FORBEAR_TWILIO_SPEC names no description of the provider's API")
EXAMPLES = {
    "CreateMessage": {"To": "+12125550123", "From": OURS, "Body": "Hello"},
    "CreateCall": {"To": "+12125550124", "From": OURS, "Twiml": "<Response><Say>Hello</Say></Response>"},
}
"""Requests that are accepted: what is drawn from the schema alone hardly ever is."""


@pytest.fixture
def box(tmp_path: Path, receiver: Receiver) -> Iterator[Box]:
    """A box of its own: what is asked of it here is of no use to anybody else."""
    folder = tmp_path / "box"
    folder.mkdir()
    with Box(folder, receiver) as box:
        yield box
        assert box.stop() == 0


@pytest.fixture
def description(tmp_path: Path) -> Path:
    """The provider's file, with an example for each request that creates something."""
    read: dict[str, Any] = json.loads(Path(SPEC).read_text())
    for operations in read["paths"].values():
        for operation in operations.values():
            if isinstance(operation, dict) and (example := EXAMPLES.get(str(operation.get("operationId")))):
                operation["requestBody"]["content"]["application/x-www-form-urlencoded"]["example"] = example
    path = tmp_path / "provider.json"
    path.write_text(json.dumps(read))
    return path


@pytest.mark.parametrize("product", ["Messages", "Calls"])
def test_the_box_agrees_with_the_providers_description(
    box: Box, description: Path, tmp_path: Path, product: str
) -> None:
    config = tmp_path / "schemathesis.toml"
    config.write_text(f'[parameters]\n"path.AccountSid" = "{ACCOUNT}"\n')
    program = [sys.executable, "-c", "from schemathesis.cli import schemathesis; schemathesis()"]
    asked = [
        *("--config-file", str(config), "run", str(description), "--url", f"{box.url}/api"),
        *("--auth", f"{ACCOUNT}:{AUTH_TOKEN}", "--include-path-regex", product, "--mode", "positive"),
        *("--phases", "examples,coverage,stateful", "--max-examples", "10", "--generation-deterministic"),
        # The description allows far more than is accepted, and names no refusals.
        *("--exclude-checks", "ignored_auth,positive_data_acceptance", "--no-color"),
    ]
    done = subprocess.run([*program, *asked], cwd=tmp_path, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stdout[-4_000:] + done.stderr[-1_000:]
    accepted = {line["channel"] for line in box.log() if line.get("channel") in {"sms", "call"}}
    assert accepted == {"sms" if product == "Messages" else "call"}
