"""What a season leaves on paper: the world's log and the client's log for the judge, and its own events for people."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from tests.conftest import Hands

LAST = 40
WORLD, CLIENT, LEDGER = "world.jsonl", "client.jsonl", "ledger.jsonl"


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the story: when, who, what, and how it stands. Ids only."""

    at: datetime
    who: str
    what: str
    state: str

    def line(self) -> str:
        return f"{self.at:%d %b %H:%M:%S}  {self.who:<26}  {self.what:<18}  {self.state}"


@dataclass
class Papers:
    """Writes the two logs and keeps the events."""

    folder: Path
    hands: Hands
    events: list[Event] = field(default_factory=list[Event])

    def __post_init__(self) -> None:
        self._files = {name: (self.folder / name).open("w", encoding="utf-8") for name in (WORLD, CLIENT)}

    def say(self, who: str, what: str, state: str = "") -> None:
        self.events.append(Event(self.hands.at, who, what, state))

    def world(self, at: datetime, **line: Any) -> None:
        self._write(WORLD, {"at": at.isoformat(), **line})

    def client(self, kind: str, account: str, **line: Any) -> None:
        self._write(CLIENT, {"at": self.hands.at.isoformat(), "kind": kind, "account": account, **line})

    def close(self) -> None:
        for file in self._files.values():
            file.close()

    def digest(self) -> str:
        """One number for everything that happened."""
        return sha256("\n".join(event.line() for event in self.events).encode()).hexdigest()

    def tail(self) -> list[str]:
        return [event.line() for event in self.events[-LAST:]]

    def _write(self, name: str, line: Mapping[str, Any]) -> None:
        self._files[name].write(json.dumps(line) + "\n")
