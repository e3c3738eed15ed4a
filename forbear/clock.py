"""The only place that reads the machine's time.

A `Clock` maps machine time to world time. In production they are the same; in a rehearsal the world runs
faster, up to 7,200 times, with the same code, timers and pages. World durations (windows, rests, validity,
habits) are lengths in world time; machine durations (HTTP time-outs, leases, polls) are real. Names say which.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

MAX_SPEED = 7_200
"""Beyond two world hours a second, one HTTP round trip would outlast a contact window's slack."""


def machine_time() -> datetime:
    """The machine's own time in UTC. Everything else asks a `Clock`."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Clock:
    """World time as a value: `origin` is the world instant that fell on the machine instant `anchor`.

    Args:
        origin: world instant (aware, UTC).
        anchor: machine instant (aware, UTC).
        speed: world seconds in one machine second, 1 to 7,200.
        source: where machine time comes from; tests give their own.
    """

    origin: datetime
    anchor: datetime
    speed: int = 1
    source: Callable[[], datetime] = field(default=machine_time, compare=False, repr=False)

    def __post_init__(self) -> None:
        if not 1 <= self.speed <= MAX_SPEED:
            raise ValueError(f"speed must be 1 to {MAX_SPEED}, not {self.speed}")
        if self.origin.utcoffset() is None or self.anchor.utcoffset() is None:
            raise ValueError("origin and anchor must be aware instants")

    @classmethod
    def real(cls, source: Callable[[], datetime] = machine_time) -> "Clock":
        """World time is machine time."""
        epoch = datetime(2000, 1, 1, tzinfo=UTC)
        return cls(origin=epoch, anchor=epoch, speed=1, source=source)

    @classmethod
    def starting(cls, origin: datetime, speed: int, source: Callable[[], datetime] = machine_time) -> "Clock":
        """A rehearsal's clock that shows `origin` now."""
        return cls(origin=origin.astimezone(UTC), anchor=source(), speed=speed, source=source)

    @classmethod
    def from_json(cls, text: str, source: Callable[[], datetime] = machine_time) -> "Clock":
        """Read what `to_json` wrote."""
        raw = json.loads(text)
        return cls(
            origin=datetime.fromisoformat(raw["origin"]),
            anchor=datetime.fromisoformat(raw["anchor"]),
            speed=int(raw["speed"]),
            source=source,
        )

    def to_json(self) -> str:
        return json.dumps({"origin": self.origin.isoformat(), "anchor": self.anchor.isoformat(), "speed": self.speed})

    def now(self) -> datetime:
        """The world's time."""
        return self.to_world(self.source())

    def machine_now(self) -> datetime:
        """The machine's time, for leases and time-outs."""
        return self.source()

    def to_world(self, machine: datetime) -> datetime:
        """The world instant that falls on a machine instant."""
        return self.origin + (machine - self.anchor) * self.speed

    def to_machine(self, world: datetime) -> datetime:
        """The machine instant on which a world instant falls."""
        return self.anchor + (world - self.origin) / self.speed

    def world_span(self, machine_span: timedelta) -> timedelta:
        """How far the world moves in a machine duration."""
        return machine_span * self.speed

    def machine_span(self, world_span: timedelta) -> timedelta:
        """How long a world duration takes on the machine."""
        return world_span / self.speed
