"""A packet of 120 pages with 25 exhibits: how long it takes, how many a minute, how much memory, always the same?

The time is held against ten seconds, which is what a person waits; the rate of two at once against that of one after
the other; memory is that of presses and desks and what this process has grown by, at its highest. The first packets
warm all of them.
"""

import hashlib
import os
import threading
import time
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final

from benchmarks.figure import Figure, costs, in_turns, rates, seconds
from benchmarks.sizes import Sizes
from forbear.documents.packets.binding import PacketBinder
from forbear.documents.packets.desks import Desks
from forbear.documents.packets.profiles import find_profile
from forbear.documents.packets.sample_packet import AMERICAN, sample_packet
from forbear.documents.presses import PRESSES, Presses
from forbear.ports.packets import Bound

GOAL_SECONDS, MOST_MEBIBYTES = 10.0, 900.0
MOMENT: Final = 600.0
"""Seconds until a press of this run counts as hung: other work may have the machine."""
MEBIBYTE: Final = 2**20
PAGE: Final = os.sysconf("SC_PAGE_SIZE")
MINUTE: Final = 60.0


class Bindery:
    """Presses and desks at work on the sample packet."""

    def __init__(self, presses: Presses, desks: Desks, exhibits: int, pages: int) -> None:
        self.presses, self.desks = presses, desks
        self.binder = PacketBinder(presses, desks)
        self._before = _resident(os.getpid())
        self.parts, self.facts = sample_packet(AMERICAN, exhibits, pages)
        # Scanned pages are bound as they are: recognising their text is another program's work.
        self.profile = replace(find_profile("us-tx"), needs_text_layer=False)

    def bind(self, _: int = 0) -> Bound:
        return self.binder.bind(self.parts, self.profile, self.facts)

    def most_memory(self) -> float:
        """Mebibytes at the highest while a packet is bound; of this process, what it has grown by."""
        pids, seen, done = [os.getpid(), *self.presses.pids(), *self.desks.pids()], list[float](), threading.Event()

        def watch() -> None:
            while not done.wait(0.02):
                seen.append((sum(map(_resident, pids)) - self._before) / MEBIBYTE)

        watching = threading.Thread(target=watch)
        watching.start()
        self.bind()
        done.set()
        watching.join()
        return max(seen)


def measure(sizes: Sizes) -> list[Figure]:
    with _open(sizes.exhibits, sizes.packet_pages) as bindery:
        first = bindery.bind()
        took = [seconds(bindery.bind) for _ in range(sizes.slices)]
        one, two = in_turns(lambda: _rate(bindery, 1, sizes), lambda: _rate(bindery, PRESSES, sizes), sizes.slices)
        memory = bindery.most_memory()
        same = _digest(first) == _digest(bindery.bind())
    with _open(sizes.exhibits, sizes.packet_pages) as another:
        same = same and _digest(first) == _digest(another.bind())
    what = f"packet of {first.pages} pages, {sizes.exhibits} exhibits"
    return [
        costs(f"{what} / ten seconds", "s", took, [GOAL_SECONDS] * len(took), 1.0),
        rates(f"packets a minute, {PRESSES} at once / one after the other", "1/min", two, one, None),
        Figure(f"memory of all that bind, {what} / the most", "MiB", memory, MOST_MEBIBYTES,
               [memory / MOST_MEBIBYTES], "at most", 1.0),
        Figure("packets with the same bytes, in other processes too / all", "", float(same), 1.0, [float(same)],
               "at least", 1.0),
    ]  # fmt: skip


def _rate(bindery: Bindery, at_once: int, sizes: Sizes) -> float:
    """Packets a minute."""
    count = max(at_once, sizes.packets)
    began = time.perf_counter()
    with ThreadPoolExecutor(at_once) as threads:
        list(threads.map(bindery.bind, range(count)))
    return count / (time.perf_counter() - began) * MINUTE


def _digest(bound: Bound) -> str:
    return hashlib.sha256(bound.archive).hexdigest()


def _resident(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text("ascii").split()[1]) * PAGE
    except OSError:
        return 0


@contextmanager
def _open(exhibits: int, pages: int) -> Generator[Bindery]:
    with Presses(ready_seconds=MOMENT, job_seconds=MOMENT) as presses, Desks() as desks:
        bindery = Bindery(presses, desks, exhibits, pages)
        with ThreadPoolExecutor(PRESSES) as threads:
            list(threads.map(bindery.bind, range(PRESSES)))
        yield bindery
