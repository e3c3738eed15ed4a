"""Looks for planted personal strings in texts that must hold none: histories, ids, logs, addresses."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from tests.judge.finding import Finding

SHORTEST = 4


def check_leaks(needles: Iterable[str], texts: Iterable[Path]) -> Iterator[Finding]:
    """One finding for each needle and file; the needle is named by its place in the list, not shown.

    A needle stands alone: `1234` is not found in `a1234b`, because ids and digests hold every short string by chance.
    """
    wanted = [(number, needle.lower()) for number, needle in enumerate(needles, start=1) if len(needle) >= SHORTEST]
    for path in texts:
        content = path.read_text(encoding="utf-8", errors="replace").lower()
        for number, needle in wanted:
            if needle in content and _alone(needle, content):
                yield Finding("leaking", "text", path.name, f"holds the personal string of line {number}")


def _alone(needle: str, content: str) -> bool:
    return re.search(rf"(?<![0-9a-z]){re.escape(needle)}(?![0-9a-z])", content) is not None
