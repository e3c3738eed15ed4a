"""What upkeep asks of Temporal: which accounts, or which cases, have a workflow that runs."""

from collections.abc import Sequence
from typing import Protocol


class Runs(Protocol):
    def running(self, ids: Sequence[str], /) -> frozenset[str]:
        """Those of these whose workflow runs, as Temporal's list shows it; the list may lag some seconds.

        Raises:
            ConnectionError: Temporal could not be asked; the next round asks again.
        """
        ...
