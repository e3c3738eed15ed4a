"""What the files of a packet are called: plain Latin letters, short, in the order of the packet.

Titles in other scripts stay in the bookmarks; there the file is called by its role.
"""

import re
import unicodedata
from collections.abc import Sequence
from typing import Final

from forbear.ports.packets import Part

OTHER: Final = re.compile(r"[^A-Za-z0-9]+")
ENOUGH: Final = 0.6
"""Of a title's letters and digits, how many must be plain for it to name a file."""
EXTENSION: Final = ".pdf"
NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*\.pdf")


def file_names(parts: Sequence[Part], most: int) -> tuple[str, ...]:
    """A name for the file of each part: its number, its tab or role, and its title where that is plain."""
    digits = max(2, len(str(len(parts))))
    seen: dict[str, int] = {}
    names: list[str] = []
    for number, part in enumerate(parts, 1):
        seen[part.role] = seen.get(part.role, 0) + 1
        stem = f"{number:0{digits}}_{_said(part, seen[part.role], digits)}"
        names.append(_short(stem, most - len(EXTENSION)) + EXTENSION)
    return tuple(names)


def _short(stem: str, most: int) -> str:
    """As many whole words as fit."""
    if len(stem) <= most:
        return stem
    cut = stem[: most + 1].rpartition("-")[0]
    return (cut if len(cut) > most // 2 else stem[:most]).rstrip("-_")


def volume_names(count: int) -> tuple[str, ...]:
    if count == 1:
        return (f"Packet{EXTENSION}",)
    digits = len(str(count))
    return tuple(f"Volume-{number:0{digits}}{EXTENSION}" for number in range(1, count + 1))


def _said(part: Part, place: int, digits: int) -> str:
    title = plain(part.title)
    if not title:
        return f"{plain(part.role) or 'part'}-{place:0{digits}}"
    tab = plain(part.tab)
    return f"{plain(part.role).capitalize()}-{tab}_{title}" if tab else title


def plain(text: str) -> str:
    """A text in plain letters, or nothing where too little of it would be left."""
    signs = [sign for sign in text if sign.isalnum()]
    told = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    kept = OTHER.sub("-", told.replace("'", "")).strip("-")
    return kept if sum(sign.isalnum() for sign in kept) >= ENOUGH * len(signs) > 0 else ""
