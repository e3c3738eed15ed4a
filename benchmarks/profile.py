"""Profiles the hottest path, decide and claim, and prints the heaviest lines: `python -m benchmarks.profile`."""

from pyinstrument import Profiler
from pyinstrument.renderers import ConsoleRenderer

from benchmarks.__main__ import hush
from benchmarks.decisions import Ready
from benchmarks.stand import stand

PEOPLE = 60
INTERVAL_SECONDS = 0.0005


def main() -> None:
    hush()
    with stand() as here:
        hot = Ready.make(here, PEOPLE)
        with hot.place.open(hot.worlds, pool=2) as ledger:
            hot.warm(ledger)
            profiler = Profiler(interval=INTERVAL_SECONDS)
            with profiler:
                hot.all(ledger)
        here.drop(hot.place)
    renderer = ConsoleRenderer(show_all=False, timeline=False, short_mode=True, color=False, unicode=True)
    print(profiler.output(renderer))


if __name__ == "__main__":
    main()
