"""Profiles one of the two hottest paths and prints its heaviest lines: `python -m benchmarks.profile decide|callback`.

`decide` decides and claims. `callback` stores what a carrier tells of several touches, as the API does with what it let
in meanwhile.
"""

import sys
from collections.abc import Callable

from pyinstrument import Profiler
from pyinstrument.renderers import ConsoleRenderer

from benchmarks.__main__ import hush
from benchmarks.callbacks import NEWS, send, sid_of
from benchmarks.decisions import Ready
from benchmarks.stand import Stand, stand
from forbear.ledger.engine import Ledger
from forbear.ledger.receipt_batches import News, store

PEOPLE = 60
WARM = 3
TOGETHER = 8
"""Callbacks in one batch."""
INTERVAL_SECONDS = 0.0005


def decide(here: Stand, profiler: Profiler) -> None:
    hot = Ready.make(here, PEOPLE)
    with hot.place.open(hot.worlds, pool=2) as ledger:
        hot.warm(ledger)
        with profiler:
            hot.all(ledger)


def callback(here: Stand, profiler: Profiler) -> None:
    sent = send(here, PEOPLE)
    touches = list(sent.addresses)
    with Ledger.open(sent.place.settings, pool=2) as ledger:

        def take(told: list[str]) -> None:
            for status in NEWS:
                for place in range(0, len(told), TOGETHER):
                    some, at = told[place : place + TOGETHER], ledger.clock.now()
                    stored = store(ledger, [News(touch, status, sid_of(touch), None, at) for touch in some])
                    assert all(stored)  # noqa: S101  else it measured something else

        take(touches[:WARM])
        with profiler:
            take(touches[WARM:])


PATHS: dict[str, Callable[[Stand, Profiler], None]] = {"decide": decide, "callback": callback}


def main(path: str = "decide") -> None:
    hush()
    profiler = Profiler(interval=INTERVAL_SECONDS)
    with stand() as here:
        PATHS[path](here, profiler)
    renderer = ConsoleRenderer(show_all=False, timeline=False, short_mode=True, color=False, unicode=True)
    print(profiler.output(renderer))


if __name__ == "__main__":
    main(*sys.argv[1:2])
