"""How much an uploaded exhibit may be, and how one that is unfit is refused.

An exhibit comes from outside and may be made to harm: whatever goes beyond these numbers is refused before it is
worked on, and its process has little memory and little time.
"""

from typing import Final

MOST_BYTES: Final = 120_000_000
MOST_PAGES: Final = 1_000
MOST_OBJECTS: Final = 250_000
MOST_SIDE: Final = 14_400.0
"""Points, that is five metres: the most the format itself allows."""
LEAST_SIDE: Final = 18.0
MOST_CONTENT: Final = 40_000_000
"""Bytes of one page's content when it is unpacked."""
MOST_PIXELS: Final = 120_000_000
MOST_TAGS: Final = 60_000
MOST_DEPTH: Final = 60
MOST_MEMORY: Final = 3 << 30
"""Bytes of address space of the process that opens exhibits."""


class Unfit(Exception):
    """An exhibit that cannot be bound: the code of what is wrong, in words, and what to do instead."""

    def __init__(self, code: str, problem: str, remedy: str) -> None:
        super().__init__(code)
        self.code, self.problem, self.remedy = code, problem, remedy
