"""`make bench`: prints a table of ratios and writes `var/bench.json`.

Absolute rates on a shared machine mean little, so every figure is a ratio to a limit measured in the same run. What
each row means stands in docs/performance.md.
"""

import argparse
import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import structlog
from rich.console import Console
from rich.table import Table

from benchmarks import (
    by_people,
    callbacks,
    channels,
    decisions,
    imports,
    memory,
    packets,
    papers,
    permits,
    season,
    touches,
)
from benchmarks.figure import Figure
from benchmarks.sizes import TINY, USUAL, Sizes
from benchmarks.stand import stand

RESULTS = Path("var/bench.json")
ERRORS_ONLY = 40
ALONE = {each.__name__.rpartition(".")[2]: each for each in (permits, papers, packets)}
"""They need neither a database nor Temporal."""
ROOMS = {
    each.__name__.rpartition(".")[2]: each
    for each in (touches, channels, by_people, callbacks, decisions, imports, memory, season)
}


def hush() -> None:
    """A log line for each touch would be measured too."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(ERRORS_ONLY))


def figures(sizes: Sizes, only: Sequence[str] = ()) -> Iterator[Figure]:
    """Every figure, or those of some rows only."""
    for name, room in ALONE.items():
        if not only or name in only:
            yield from room.measure(sizes)
    chosen = [room for name, room in ROOMS.items() if not only or name in only]
    if chosen:
        with stand() as here:
            for room in chosen:
                yield from room.measure(here, sizes)


def table(found: list[Figure]) -> Table:
    shown = Table(title="Ours against a limit measured in the same run")
    for column in ("what", "ours", "limit", "ratio", "spread", "goal", ""):
        shown.add_column(column, justify="left" if column == "what" else "right")
    for each in found:
        spread = f"{min(each.ratios):.2f} to {max(each.ratios):.2f}" if len(each.ratios) > 1 else ""
        goal = "" if each.goal is None else f"{each.better} {each.goal:g}"
        met = {True: "met", False: "NOT MET", None: ""}[each.met]
        values = (_number(each.ours), f"{_number(each.limit)} {each.unit}", f"{each.ratio:.2f}")
        shown.add_row(each.name, *values, spread, goal, met)
    return shown


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--tiny", action="store_true", help="only see that it works: the figures mean nothing")
    parser.add_argument("--results", type=Path, default=RESULTS, help="the JSON file to write")
    parser.add_argument("--only", nargs="+", choices=(*ALONE, *ROOMS), default=(), help="measure only these rows")
    given = parser.parse_args(arguments)
    hush()
    found = list(figures(TINY if given.tiny else USUAL, given.only))
    Console(width=150).print(table(found))
    given.results.parent.mkdir(parents=True, exist_ok=True)
    given.results.write_text(json.dumps([each.as_json() for each in found], indent=2) + "\n", "utf-8")


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}"  # noqa: PLR2004  three digits


if __name__ == "__main__":
    main()
