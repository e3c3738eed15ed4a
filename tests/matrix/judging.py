"""What must hold of every case when all is at rest, judged by what the world itself wrote down."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

Line = Mapping[str, Any]
WAITING: Final = frozenset({"open", "taken"})


@dataclass(frozen=True, slots=True)
class End:
    """How a touch ended: what the ledger says, and whom it asked for help (kind and state)."""

    name: str
    touch: str
    state: str
    tasks: Sequence[tuple[str, str]]


def accepted(log: Sequence[Line], touch: str) -> int:
    """How often the world took this touch."""
    return sum(line.get("ref") == touch and _taken(line) for line in log)


def _taken(line: Line) -> bool:
    """Acceptance, in the box's journal: a text's only line with a channel, and a kind of its own elsewhere."""
    return line.get("channel") == "sms" or (line.get("channel") in {"call", "letter"} and line["kind"] == "accepted")


def findings(log: Sequence[Line], ends: Sequence[End]) -> Iterator[str]:
    """Everything that is wrong; nothing is as it should be."""
    for end in ends:
        times, asked = (
            accepted(log, end.touch),
            any(kind == "unknown_touch" and state in WAITING for kind, state in end.tasks),
        )
        if times > 1:
            yield f"{end.name}: taken {times} times"
        if end.state == "unknown" and not asked:
            yield f"{end.name}: unknown, and nobody is asked"
        if end.state not in SETTLED and not asked:
            yield f"{end.name}: lost as {end.state}"
        if times and end.state == "failed":
            yield f"{end.name}: taken, and said to be certainly not sent"
        if not times and end.state in REACHED:
            yield f"{end.name}: never taken, and said to be {end.state}"


SETTLED: Final = frozenset({"sent", "delivered", "undelivered", "failed"})
REACHED: Final = SETTLED - {"failed"}


def shown(said: str, secrets: Mapping[str, Sequence[str]]) -> list[str]:
    """Cases whose person can be recognised in what was logged."""
    return [
        f"{name}: a person can be recognised in the log"
        for name, each in secrets.items()
        if any(secret in said for secret in each)
    ]
