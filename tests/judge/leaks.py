"""Looks for planted personal strings in texts that must hold none: histories, ids, logs, addresses.

A string counts in any of the forms that a log or an address may give it: as it is, escaped as in JSON, percent-encoded.
"""

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import quote

from tests.judge.finding import Finding

SHORTEST, SHORTEST_IN_CHINESE = 4, 2


def check_leaks(needles: Iterable[str], texts: Iterable[Path]) -> Iterator[Finding]:
    """One finding for each needle and file; the needle is named by its place in the list, not shown.

    A needle stands alone: `1234` is not found in `a1234b`, because ids and digests hold every short string by chance.
    A Chinese one may stand among others, as names do in a sentence.
    """
    wanted = [(number, needle) for number, needle in enumerate(needles, start=1) if _is_telling(needle)]
    for path in texts:
        content = path.read_text(encoding="utf-8", errors="replace").lower()
        for number, needle in wanted:
            if any(form in content and (not needle.isascii() or _alone(form, content)) for form in _forms(needle)):
                yield Finding("leaking", "text", path.name, f"holds the personal string of line {number}")


def _is_telling(needle: str) -> bool:
    """Whether it is long enough to say something of somebody; a Chinese name is two characters long."""
    return len(needle) >= (SHORTEST if needle.isascii() else SHORTEST_IN_CHINESE)


def _forms(needle: str) -> set[str]:
    return {form.lower() for form in (needle, json.dumps(needle)[1:-1], quote(needle))}


def _alone(needle: str, content: str) -> bool:
    return re.search(rf"(?<![0-9a-z]){re.escape(needle)}(?![0-9a-z])", content) is not None
