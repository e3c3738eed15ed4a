"""Chinese notices through the pool of presses, against the bare engine; and what the presses keep of memory.

The pool words each paper, lays it out from the core fonts, writes it as an archive and looks at the finished bytes. The
limit is the engine alone, in one process, with the same HTML and style sheets and the whole fonts of the same package:
it looks at nothing. Papers differ from each other, as those of a run do. Those with signs that no core font has take a
press longer, which then cuts the whole font too: they have a row of their own.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final

from benchmarks.figure import Figure, in_turns, rates, seconds
from benchmarks.sizes import Sizes
from forbear.documents import fonts
from forbear.documents.presses import PRESSES, Presses
from forbear.documents.registry import find_kind
from forbear.documents.samples import sample
from forbear.documents.wording import word_letter
from forbear.ports.papers import Paper, Rendered, Unprintable
from forbear.ports.post import PostAddress

KIND: Final = "cn.letter.lawyer"
GOAL, MOST_MEBIBYTES, FLAT = 3.0, 250.0, 1.15
COMMON: Final = ("王小明", "李丽华", "张伟", "刘洋", "陈静", "杨国强", "赵海燕", "黄志刚")
LAWYER: Final = "郑文博"
"""The sample's own has a name of rare signs."""
RARE: Final = ("王玥", "李镕", "张喆", "刘堃", "陈祎", "杨㛃", "赵䶮", "黄𬱖")
"""Names with signs that no core font has."""
MOMENT: Final = 600.0
"""Seconds until a press of this run counts as hung: other work may have the machine."""
MEBIBYTE: Final = 2**20
PAGE: Final = os.sysconf("SC_PAGE_SIZE")


def papers(count: int, names: Sequence[str] = COMMON, first: int = 0) -> list[Paper]:
    """Notices of two pages, each to somebody else; of rare names the lawyer's is one too."""
    model = sample(find_kind(KIND), "zh-Hans")
    if names is COMMON:
        model = replace(model, fields={**model.fields, "lawyer_name": LAWYER})

    def one(number: int) -> Paper:
        name, street = names[number % len(names)], f"示例路{number + 1}号"
        to = PostAddress(name, (street,), "深圳市", "CN", "广东省", "518000")
        return replace(model, to=to, touch=f"tch_{number:022}")

    return [one(first + number) for number in range(count)]


def measure(sizes: Sizes) -> list[Figure]:
    with _warm() as presses:
        figures = [_rate(presses, sizes, COMMON, GOAL), _rate(presses, sizes, RARE, None)]
    return [*figures, *_memory(sizes)]


def _rate(presses: Presses, sizes: Sizes, names: Sequence[str], goal: float | None) -> Figure:
    ready = papers(sizes.papers, names)

    def ours() -> float:
        return len(ready) / seconds(lambda: _print(presses, ready))

    def bare() -> float:
        return len(ready) / _bare(ready)

    pages = presses.render(ready[0]).pages
    signs = "common" if names is COMMON else "rare"
    name = f"notices, Chinese, {pages} pages, {signs} names / the bare engine, whole fonts"
    return rates(name, "1/s", *in_turns(ours, bare, sizes.slices), goal)


def _memory(sizes: Sizes) -> list[Figure]:
    """Of presses in a run of letters, and of those that meet rare names; each in presses of their own."""
    with _warm() as presses:
        line = [_after_hundred(presses, part) for part in _hundreds(sizes.letters)]
        most = max(max(part) for part in line)
    with _warm() as presses:
        rare = max(_after_hundred(presses, papers(sizes.papers, RARE)))
    first, last = statistics.mean(line[0]), statistics.mean(line[-1])
    return [
        Figure("memory of a press, common names / the most it may have", "MiB", most, MOST_MEBIBYTES,
               [most / MOST_MEBIBYTES], "at most", 1.0),
        Figure("memory of a press, rare names / the most it may have", "MiB", rare, MOST_MEBIBYTES,
               [rare / MOST_MEBIBYTES], "at most", None),
        Figure(f"memory of a press in the last hundred of {sizes.letters} letters / in the first", "MiB", last, first,
               [last / first], "at most", FLAT),
    ]  # fmt: skip


def _hundreds(letters: int) -> Iterator[list[Paper]]:
    for first in range(0, letters, 100):
        yield papers(min(100, letters - first), first=first)


def _after_hundred(presses: Presses, ready: list[Paper]) -> list[float]:
    """Mebibytes of each press that is at work, looked at ten times in so many letters."""
    step, seen = max(1, len(ready) // 10), list[float]()
    for at in range(0, len(ready), step):
        _print(presses, ready[at : at + step])
        seen += [size / MEBIBYTE for pid in presses.pids() if (size := _resident(pid))]
    return seen


def _resident(pid: int) -> int:
    """Bytes; none of a process that is just being replaced."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text("ascii").split()[1]) * PAGE
    except OSError:
        return 0


def _print(presses: Presses, ready: Sequence[Paper]) -> list[Rendered]:
    with ThreadPoolExecutor(PRESSES) as pool:
        return list(pool.map(partial(_made, presses), ready))


def _made(presses: Presses, paper: Paper) -> Rendered:
    """A paper; one for which a press that grew old is being replaced waits for it."""
    while True:
        try:
            return presses.render(paper)
        except Unprintable as no:
            if no.code != "engine.busy":
                raise


@contextmanager
def _warm() -> Generator[Presses]:
    with Presses(ready_seconds=MOMENT, job_seconds=MOMENT) as presses:
        _print(presses, papers(2 * PRESSES))
        yield presses


def _bare(ready: Sequence[Paper]) -> float:
    """Seconds of the bare engine for the same papers, told by a process that knows the whole fonts alone."""
    sheets = [word_letter(paper) for paper in ready]
    with tempfile.TemporaryDirectory() as folder:
        told = subprocess.run(
            [sys.executable, "-m", "benchmarks.bare_papers"],
            input=json.dumps({"sheet": sheets[0].sheet, "pages": [sheet.html for sheet in sheets]}),
            env={**os.environ, "FONTCONFIG_FILE": str(fonts.configure(Path(folder), ()))},
            check=True,
            capture_output=True,
            text=True,
            cwd=Path(__file__).parents[1],
        )
    return float(told.stdout)
