"""What can be said of parts before anything is opened: each is there, named once, and the one that was received."""

import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from forbear.errors import Missing
from forbear.ports.packets import INDEX, CourtProfile, PacketFacts, Part

KEY: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
ROLE: Final = re.compile(r"[a-z][a-z0-9_]{0,39}")
MOST_LEVEL: Final = 4
MOST_PARTS: Final = 400


def missing_of(parts: Sequence[Part], profile: CourtProfile, facts: PacketFacts) -> Iterator[Missing]:
    """Everything that keeps these parts from being bound."""
    if not parts:
        yield Missing("packet", "it has no part", "Give at least one paper")
    if len(parts) > MOST_PARTS:
        yield Missing("packet", f"it has {len(parts)} parts; at most {MOST_PARTS} can be bound", "Divide it")
    for key, often in Counter(part.key for part in parts).items():
        if often > 1:
            yield Missing(key, f"{often} parts have this key", "Give each a key of its own")
    indexes = [part for part in parts if part.role == INDEX]
    if profile.needs_index and not indexes:
        yield Missing(INDEX, "the court wants an index", "Add the paper whose role is 'index'")
    if len(indexes) > 1:
        yield Missing(indexes[1].key, "the packet has two indexes", "Leave one out")
    for part in parts:
        yield from _of_part(part, profile)
    known = {part.key for part in parts}
    for row, key in facts.evidence.items():
        if key not in known:
            yield Missing(key, f"row {row} of the evidence names it, and it is no part of the packet", "Add it")


def _of_part(part: Part, profile: CourtProfile) -> Iterator[Missing]:
    def missing(problem: str, remedy: str) -> Missing:
        return Missing(part.key, problem, remedy, part.supplier, part.title)

    if not KEY.fullmatch(part.key):
        yield missing("its key has other signs than letters, digits and ._-", "Give it a plain key")
    if not ROLE.fullmatch(part.role):
        yield missing("its role is no word in small letters", "Say what it is, such as 'exhibit'")
    if not part.title.strip():
        yield missing("it has no title", "Give the title that the index is to say")
    if not 1 <= part.level <= MOST_LEVEL:
        yield missing(f"its level is not from 1 to {MOST_LEVEL}", "Give 1 for what stands at the margin")
    if part.kind == "exhibit":
        yield from _of_exhibit(part, profile)
    elif part.paper is None:
        yield missing("the paper is not there", "Prepare it")


def _of_exhibit(part: Part, profile: CourtProfile) -> Iterator[Missing]:
    def missing(problem: str, remedy: str) -> Missing:
        return Missing(part.key, problem, remedy, part.supplier, part.title)

    if part.content is None:
        yield missing("the exhibit is not there", "Upload it")
        return
    if part.media_type not in profile.formats:
        yield missing("the court does not take files of its kind", f"Give one of {', '.join(profile.formats)}")
    if hashlib.sha256(part.content).hexdigest() != part.sha256:
        yield missing("it is not the file that was received: its hash differs", "Upload it again")
