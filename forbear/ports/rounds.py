"""How a round of upkeep goes on when one of its items fails, and how long it waits for somebody who does not answer.

A failed item is counted and logged, and the others go on; a cancellation ends the round.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import timedelta
from typing import Final, TypeVar

import structlog
from temporalio.exceptions import CancelledError

from forbear.clock import Clock
from forbear.errors import PartlyDone

T = TypeVar("T")
PART_BUDGET: Final = timedelta(seconds=40)
"""Machine time in which a part of a round may begin questions; four such parts fit well into a round's time-out."""
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
        CancelledError: the round is to stop; no further item has its turn.
    """
    done = failed = 0
    for item in items:
        try:
            done += do(item)
        except CancelledError:
            raise
        except Exception as error:  # noqa: BLE001  whatever it is, the next item may be a lost answer
            failed += 1
            log.error("upkeep_item_failed", part=part, item=name(item), error=type(error).__name__)  # noqa: TRY400  a trace may quote a row
    if failed:
        raise PartlyDone(part, done=done, failed=failed)
    return done


class Patience:
    """What questions to providers may cost a round: a time for each part, and one time-out for each that is silent.

    Where a part was cut short, the next round begins behind that place, so that no item keeps the others waiting.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._mute: set[str] = set()
        self._behind: dict[str, str] = {}

    def renew(self) -> None:
        """A new round begins: everybody may be asked again."""
        self._mute.clear()

    def asking(self, part: str, items: Sequence[T], name: Callable[[T], str]) -> Iterator[T]:
        """The items that this round has time for."""
        over = self._clock.machine_now() + PART_BUDGET
        names, behind = [name(item) for item in items], self._behind.pop(part, "")
        first = names.index(behind) + 1 if behind in names else 0
        for number, (item, called) in enumerate(zip(_from(first, items), _from(first, names), strict=True)):
            if self._clock.machine_now() >= over:
                log.warning("upkeep_part_cut_short", part=part, left=len(items) - number)
                return
            yield item
            if self._clock.machine_now() >= over:
                self._behind[part] = called

    def is_mute(self, provider: str) -> bool:
        return provider in self._mute

    def gave_no_answer(self, provider: str, part: str, item: str) -> None:
        """Ask a provider nothing more in this round."""
        self._mute.add(provider)
        self._behind[part] = item
        log.warning("upkeep_provider_mute", provider=provider, part=part, item=item)


def _from(first: int, items: Sequence[T]) -> list[T]:
    return [*items[first:], *items[:first]]
