"""Where legal staff put what they fetched: final packets by case, and of drafts the pages that they looked at.

`packets.jsonl` says of each what it is, so that a judge can hold it against the record: `at`, `case`, `packet`,
`profile`, `folder`, `final`, and `files` with the digest of each as it came.
"""

import json
import os
import threading
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Final

from forbear.clock import Clock
from forbear.services.folders import private

FOLDER: Final = "packets"
LIST: Final = "packets.jsonl"
DRAFT: Final = "DRAFT"
REFERENCE: Final = 10


class Shelf:
    """A folder for its owner's eyes: packets are full of names."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self._folder, self._clock = private(folder), clock
        self._turn = threading.Lock()

    def put(
        self, case: str, packet: str, profile: str, files: Mapping[str, bytes], *, name: str, final: bool = True
    ) -> None:
        """Keep a packet's files, and put down that they are here."""
        reference = f"{name}-{case.rpartition('_')[2][:REFERENCE]}"
        folder = self._folder / reference / (profile if final else f"{DRAFT}-{profile}")
        private(folder.parent)
        private(folder)
        for file, content in files.items():
            _write(folder / file, content)
        line = {
            "at": self._clock.now().isoformat(),
            "case": case,
            "packet": packet,
            "profile": profile,
            "folder": folder.relative_to(self._folder).as_posix(),
            "final": final,
            "files": {file: sha256(content).hexdigest() for file, content in files.items()},
        }
        with self._turn, (self._folder / LIST).open("a", encoding="utf-8") as output:
            output.write(json.dumps(line) + "\n")


def _write(path: Path, content: bytes) -> None:
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as output:
        output.write(content)
