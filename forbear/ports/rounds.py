"""How a round of upkeep goes on when one of its items fails: it is counted and logged, and the others go on."""

from collections.abc import Callable, Iterable
from typing import TypeVar

import structlog

from forbear.errors import PartlyDone

T = TypeVar("T")
log = structlog.get_logger("forbear.upkeep")


def each(part: str, items: Iterable[T], do: Callable[[T], int], *, name: Callable[[T], str]) -> int:
    """Do something with each item, whatever becomes of the others.

    Args:
        part: what the log and the error call it.
        items: may be empty.
        do: returns what it counts for.
        name: an opaque id for the log.

    Returns:
        The sum of what was done.

    Raises:
        PartlyDone: when all had their turn and some failed.
    """
    done = failed = 0
    for item in items:
        try:
            done += do(item)
        except Exception as error:  # noqa: BLE001  whatever it is, the next item may be a lost answer
            failed += 1
            log.error("upkeep_item_failed", part=part, item=name(item), error=type(error).__name__)  # noqa: TRY400  a trace may quote a row
    if failed:
        raise PartlyDone(part, done=done, failed=failed)
    return done
