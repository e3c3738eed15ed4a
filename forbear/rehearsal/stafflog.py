"""What the staff of a rehearsal did, in their own words and at their own time, one line an act, for the judge.

* `call`: `at` (when they dialled), `task`, `staff`, `to`; `call_ended`: `at` (when the page had taken it), `task`,
  `staff`, `to`, `outcome`
* `visit`: `at` (when the page let them knock), `visit`, `staff` (both ids), `person` (the rehearsal's label);
  `visit_ended`: the same with `outcome`
* `letter`: `at`, `touch`, `what` (printed, handed_over, signed or returned), `code` (why it came back)
"""

import json
import threading
from pathlib import Path
from typing import Any

from forbear.clock import Clock
from forbear.services.folders import write_private


class StaffLog:
    """Appends lines from any thread, each flushed."""

    def __init__(self, path: Path, clock: Clock) -> None:
        write_private(path, "")
        self._file = path.open("a", encoding="utf-8")
        self._clock = clock
        self._turn = threading.Lock()

    def note(self, kind: str, **more: Any) -> None:
        with self._turn:
            self._file.write(json.dumps({"at": self._clock.now().isoformat(), "kind": kind, **more}) + "\n")
            self._file.flush()

    def close(self) -> None:
        self._file.close()
