"""Reads one JSON object key by key, and refuses what it cannot read with `BadInput` naming the field.

A key that nobody asked for is refused too: a misspelt `stops` would otherwise mean that there are none.
"""

import re
from collections.abc import Collection, Iterator
from datetime import UTC, datetime, time
from typing import Any, cast

from forbear.errors import BadInput

EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
LATEST = datetime(2200, 1, 1, tzinfo=UTC)
CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?", re.ASCII)
INSTANT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d)", re.ASCII)
LONGEST = 200


class Node:
    """One object of the input. Every read marks its key; `done` refuses the keys that are left."""

    def __init__(self, raw: object, path: str) -> None:
        if not isinstance(raw, dict):
            raise BadInput(path or "given", "is no object", "Send a JSON object")
        table = cast("dict[str, object]", raw)
        self._raw = {key: value for key, value in table.items() if value is not None}
        self._path = path
        self._read: set[str] = set()

    def done(self) -> None:
        """Refuse keys that mean nothing here."""
        for key in self._raw:
            if key not in self._read:
                raise BadInput(self.field(key[:40]), "is not known", "Remove it, or check its spelling")

    def field(self, key: str) -> str:
        """The path of a key, as the sender wrote it."""
        return f"{self._path}.{key}" if self._path else key

    def keys(self) -> Collection[str]:
        return self._raw.keys()

    def has(self, key: str) -> bool:
        return key in self._raw

    def _take(self, key: str) -> object:
        self._read.add(key)
        return self._raw.get(key)

    def _refuse(self, key: str, problem: str, remedy: str) -> BadInput:
        return BadInput(self.field(key), problem, remedy)

    def text(self, key: str) -> str:
        """A name that must be there."""
        found = self.maybe_text(key)
        if found is None:
            raise self._refuse(key, "is missing", "Send a text")
        return found

    def maybe_text(self, key: str) -> str | None:
        raw = self._take(key)
        if raw is None:
            return None
        if not isinstance(raw, str) or not raw.strip() or len(raw) > LONGEST:
            raise self._refuse(key, "is no text", f"Send a text of 1 to {LONGEST} characters")
        return raw

    def choice(self, key: str, allowed: Collection[str], default: str | None = None) -> Any:
        """One of the allowed words; it must be there where there is no default."""
        found = self.maybe_choice(key, allowed)
        if found is None and default is None:
            raise self._refuse(key, "is missing", f"Send one of {', '.join(allowed)}")
        return default if found is None else found

    def maybe_choice(self, key: str, allowed: Collection[str]) -> Any:
        raw = self._take(key)
        if raw is not None and (not isinstance(raw, str) or raw not in allowed):
            raise self._refuse(key, "is none of the allowed words", f"Send one of {', '.join(allowed)}")
        return raw

    def number(self, key: str, default: int, most: int) -> int:
        """A whole number from 0 to `most`."""
        raw = self._take(key)
        if raw is None:
            return default
        if not isinstance(raw, int) or isinstance(raw, bool) or not 0 <= raw <= most:
            raise self._refuse(key, "is no such number", f"Send a whole number from 0 to {most}")
        return raw

    def maybe_number(self, key: str, most: int) -> int | None:
        return self.number(key, 0, most) if self.has(key) else None

    def flag(self, key: str, *, default: bool = False) -> bool:
        raw = self._take(key)
        if raw is None:
            return default
        if not isinstance(raw, bool):
            raise self._refuse(key, "is neither true nor false", "Send true or false")
        return raw

    def instant(self, key: str) -> datetime:
        """An instant that must be there."""
        found = self.maybe_instant(key)
        if found is None:
            raise self._refuse(key, "is missing", "Send an instant such as 2026-12-01T13:00:00Z")
        return found

    def maybe_instant(self, key: str) -> datetime | None:
        raw = self._take(key)
        if raw is None:
            return None
        remedy = "Send an instant with its offset, such as 2026-12-01T13:00:00Z"
        if not isinstance(raw, str) or not INSTANT.fullmatch(raw):
            raise self._refuse(key, "is no instant", remedy)
        try:
            found = datetime.fromisoformat(raw).astimezone(UTC)
        except (ValueError, OverflowError):
            raise self._refuse(key, "is no instant", remedy) from None
        if not EARLIEST <= found < LATEST:
            raise self._refuse(key, "is out of range", "Send an instant from 1970 to 2199")
        return found

    def clock(self, key: str) -> time:
        """A wall-clock time that must be there. `24:00` is the midnight that ends a day."""
        found = self.maybe_clock(key)
        if found is None:
            raise self._refuse(key, "is missing", 'Send a time such as "08:00"')
        return found

    def maybe_clock(self, key: str) -> time | None:
        raw = self._take(key)
        if raw is None:
            return None
        if raw in {"24:00", "24:00:00"}:
            return time()
        if not isinstance(raw, str) or not CLOCK.fullmatch(raw):
            raise self._refuse(key, "is no time of day", 'Send a time such as "08:00"')
        return time.fromisoformat(raw)

    def child(self, key: str) -> "Node":
        """An object that must be there."""
        raw = self._take(key)
        if raw is None:
            raise self._refuse(key, "is missing", "Send a JSON object")
        return Node(raw, self.field(key))

    def maybe_child(self, key: str) -> "Node | None":
        return self.child(key) if self.has(key) else None

    def children(self, key: str) -> Iterator["Node"]:
        """The objects of a list, each checked for keys that are left once it was read."""
        for place, raw in enumerate(self._items(key)):
            node = Node(raw, f"{self.field(key)}.{place}")
            yield node
            node.done()

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of names."""
        found: list[str] = []
        for place, raw in enumerate(self._items(key)):
            if not isinstance(raw, str) or not raw.strip() or len(raw) > LONGEST:
                problem = "is no text"
                raise BadInput(f"{self.field(key)}.{place}", problem, f"Send a text of 1 to {LONGEST} characters")
            found.append(raw)
        return tuple(found)

    def _items(self, key: str) -> list[object]:
        raw = self._take(key)
        if raw is None:
            return []
        if not isinstance(raw, list):
            raise self._refuse(key, "is no list", "Send a JSON list")
        return cast("list[object]", raw)
