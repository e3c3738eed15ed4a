"""One measured figure: ours against a limit, in slices that take turns, because the machine is shared."""

import statistics
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Figure:
    """What was measured.

    Args:
        name: what is compared with what.
        ours, limit: medians, in `unit`.
        ratios: ours against the limit, one for each slice.
        better: whether the goal is the least or the most the ratio may be.
        goal: None where the figure is only recorded.
    """

    name: str
    unit: str
    ours: float
    limit: float
    ratios: list[float]
    better: Literal["at least", "at most"]
    goal: float | None

    @property
    def ratio(self) -> float:
        return statistics.median(self.ratios)

    @property
    def met(self) -> bool | None:
        if self.goal is None:
            return None
        return self.ratio >= self.goal if self.better == "at least" else self.ratio <= self.goal

    def as_json(self) -> dict[str, object]:
        return {**asdict(self), "ratio": self.ratio, "met": self.met}


def seconds(work: Callable[[], object]) -> float:
    """How long the machine took."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def in_turns(ours: Callable[[], float], limit: Callable[[], float], slices: int) -> tuple[list[float], list[float]]:
    """Measure both, one after the other, the one that begins changing with each slice."""
    found: tuple[list[float], list[float]] = ([], [])
    for number in range(slices):
        for side in (0, 1) if number % 2 == 0 else (1, 0):
            found[side].append((ours, limit)[side]())
    return found


def rates(name: str, unit: str, ours: list[float], limit: list[float], goal: float | None) -> Figure:
    """Rates, of which more is better: ours is so much of the limit."""
    ratios = [mine / bare for mine, bare in zip(ours, limit, strict=True)]
    return Figure(name, unit, statistics.median(ours), statistics.median(limit), ratios, "at least", goal)


def costs(name: str, unit: str, ours: list[float], limit: list[float], goal: float | None) -> Figure:
    """Costs, of which less is better: ours is so many times the limit."""
    ratios = [mine / bare for mine, bare in zip(ours, limit, strict=True)]
    return Figure(name, unit, statistics.median(ours), statistics.median(limit), ratios, "at most", goal)
