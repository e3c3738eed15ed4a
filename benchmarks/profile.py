"""Profiles the hottest path, decide and claim, and prints the heaviest lines: `python -m benchmarks.profile`."""

from pyinstrument import Profiler
from pyinstrument.renderers import ConsoleRenderer

from benchmarks.__main__ import hush
from benchmarks.decisions import Ready
from benchmarks.stand import stand

PEOPLE = 60
INTERVAL_SECONDS = 0.0005


def main() -> None:
    """One warm-up, so that what is compiled once is not counted each time."""
    hush()
    with stand() as here:
        warm, hot = Ready.make(here, 5), Ready.make(here, PEOPLE)
        with warm.place.open(warm.worlds, pool=2) as ledger:
            warm.all(ledger)
        with hot.place.open(hot.worlds, pool=2) as ledger:
            profiler = Profiler(interval=INTERVAL_SECONDS)
            with profiler:
                hot.all(ledger)
        here.drop(warm.place, hot.place)
    renderer = ConsoleRenderer(show_all=False, timeline=False, short_mode=True, color=False, unicode=True)
    print(profiler.output(renderer))


if __name__ == "__main__":
    main()
