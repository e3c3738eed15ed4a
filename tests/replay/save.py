"""Saves the histories that the replay test holds new code against: `.venv/bin/python -m tests.replay.save`.

They go to `tests/replay/histories/<version of Forbear>/`, a folder per release, which is never changed once that release
is out: accounts live for months, so what an old release began must be replayed by a new one.
"""

import argparse
import asyncio
import gzip
import json
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path
from typing import Any

from temporalio.client import Client, WorkflowHistory
from temporalio.contrib.pydantic import pydantic_data_converter

from forbear.services.dev_server import DevServer, Ports
from forbear.services.ports import free_port
from tests.replay.lives import NAMES
from tests.replay.recording import record

HISTORIES = Path(__file__).parent / "histories"
LONG = 100_000
"""Characters from which a file is packed."""
RECORDER = "recorder"
"""Stands in the histories instead of the name of the machine that recorded them."""


def written(history: WorkflowHistory) -> str:
    """An event a line, so that a file can be read and compared."""
    events = _without_traces(json.loads(history.to_json())["events"])
    lines = ",\n".join(json.dumps(event, separators=(",", ":"), sort_keys=True) for event in events)
    return f'{{"events": [\n{lines}\n]}}\n'


def _without_traces(value: Any) -> Any:
    """Stack traces play no part in a replay, and name the folders of the machine that recorded them."""
    if isinstance(value, dict):
        return {key: _without_traces(each) for key, each in value.items() if key != "stackTrace"}
    return [_without_traces(each) for each in value] if isinstance(value, list) else value


async def recorded(server: DevServer) -> dict[str, WorkflowHistory]:
    """All branches, played on a server."""
    client = await Client.connect(
        server.address, namespace=server.namespace, data_converter=pydantic_data_converter, identity=RECORDER
    )
    return await record(client)


def save(histories: dict[str, WorkflowHistory], folder: Path, *, anew: bool) -> list[str]:
    """Write those that are not there yet; returns their names."""
    folder.mkdir(parents=True, exist_ok=True)
    wanted = [name for name in NAMES if anew or name not in files(folder)]
    for name in wanted:
        text = written(histories[name])
        if len(text) > LONG:
            (folder / f"{name}.json.gz").write_bytes(gzip.compress(text.encode(), mtime=0))
        else:
            (folder / f"{name}.json").write_text(text, encoding="utf-8")
    return wanted


def files(folder: Path) -> dict[str, Path]:
    """The saved histories of a release by their names."""
    return {path.name.removesuffix(".gz").removesuffix(".json"): path for path in sorted(folder.glob("*.json*"))}


def load(path: Path) -> str:
    """A saved history as JSON."""
    return gzip.decompress(path.read_bytes()).decode() if path.suffix == ".gz" else path.read_text(encoding="utf-8")


def main() -> None:
    reading = argparse.ArgumentParser(description=__doc__)
    reading.add_argument("--anew", action="store_true", help="overwrite: only for a release that is not out yet")
    anew = bool(reading.parse_args().anew)
    folder = HISTORIES / version("forbear")
    ports = Ports(grpc=free_port(), ui=free_port(), http=free_port(), metrics=free_port())
    with tempfile.TemporaryDirectory() as data, DevServer(Path(data), ports) as server:
        histories = asyncio.run(recorded(server))
    saved = save(histories, folder, anew=anew)
    sys.stdout.write(f"{len(saved)} histories saved in {folder.relative_to(Path.cwd())}\n")


if __name__ == "__main__":
    main()
