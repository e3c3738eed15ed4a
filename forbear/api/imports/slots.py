"""Room for the files that are received at once, and how much of it one lender may have."""

import threading
from collections import Counter
from typing import Final

UPLOADS: Final = 4
"""Files received at once by this process: each holds a connection until it is kept or dropped."""
EACH: Final = 2
"""Of one lender, whose slow lines must not keep all others out."""


class Slots:
    """Counts the files under way; any thread may take and give."""

    def __init__(self, every: int = UPLOADS, each: int = EACH) -> None:
        self._every, self._each = every, each
        self._lock = threading.Lock()
        self._taken: Counter[str] = Counter()

    def take(self, lender: str) -> bool:
        """Whether there was room for one more file of this lender."""
        with self._lock:
            if self._taken.total() >= self._every or self._taken[lender] >= self._each:
                return False
            self._taken[lender] += 1
            return True

    def give(self, lender: str) -> None:
        """The file is kept or dropped."""
        with self._lock:
            self._taken[lender] -= 1
            self._taken += Counter[str]()  # so that lenders without a file are not kept
