"""The people of the print room: print what waits, give it to the post, scan receipts and what comes back.

They do what `forbear print-room` does, on the same shelves and in the same record.
"""

import logging
from datetime import datetime, timedelta
from random import Random
from typing import Any, Final

import structlog

from forbear.channels.print_room import shelves
from forbear.channels.print_spool import Item, Shelf, Spool, happened
from forbear.errors import CannotStart, Conflict
from forbear.ledger.engine import Ledger
from forbear.ledger.print_room import tell
from forbear.ports.post import PostStatus
from forbear.rehearsal.lenders import Creditor
from forbear.rehearsal.robot import Robot
from forbear.rehearsal.stafflog import StaffLog
from forbear.services.house import House

POST_AFTER: Final = timedelta(hours=3)
"""World time from the printer to the post office."""
COMES_BACK: Final = 0.3
"""Of one, the letters that come back, here and at the sandbox's print house: so that of the few of a month some do."""
ON_ITS_WAY: Final = (2.0, 6.0)
"""Days until a receipt with a signature comes back, or the letter itself."""
REASONS: Final = ("moved", "unknown_address", "unclaimed")


class Printers(Robot):
    """Those of one lender."""

    def __init__(self, house: House, lender: Creditor, log: StaffLog, *, seed: int) -> None:
        super().__init__("print room", house.clock, lender.zone)
        self._house, self._log, self._seed = house, log, seed
        self._spool = Spool(shelves(house.settings))
        self._seen: list[str] = []
        """Letters in the order in which they were first seen."""

    def begin(self) -> None:
        structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))

    def round(self) -> None:
        with Ledger.open(self._house.settings, pool=0) as ledger:
            for item in [*self._spool.on("waiting"), *self._spool.on("printed"), *self._spool.on("posted")]:
                self._carry_on(ledger, item)
        self.rest(POST_AFTER)

    def _carry_on(self, ledger: Ledger, item: Item) -> None:
        last = max((news.at for news in item.news), default=self.clock.now())
        match item.shelf:
            case "waiting":
                self._enter(ledger, item, "printed", "printed")
            case "printed" if self.clock.now() >= last + POST_AFTER:
                number = f"XX{Random(item.touch).randrange(10**9):09d}CN"  # noqa: S311  made up, the same each time
                self._enter(ledger, item, "handed_over", "posted", proof="posted", tracking_number=number)
            case "posted":
                self._end(ledger, item, last)
            case _:
                pass

    def _end(self, ledger: Ledger, item: Item, posted_at: datetime) -> None:
        """What becomes of it on its way, drawn by its place among all letters."""
        if item.touch not in self._seen:
            self._seen.append(item.touch)
        chance = Random(f"{self._seed}:letter:{self._seen.index(item.touch)}")  # noqa: S311  seeded on purpose
        back, days, reason = chance.random() < COMES_BACK, chance.uniform(*ON_ITS_WAY), chance.choice(REASONS)
        if self.clock.now() < posted_at + timedelta(days=days):
            return
        if back:
            self._enter(ledger, item, "returned", "ended", proof="returned", scanned=True, code=reason)
        else:
            self._enter(ledger, item, "signed", "ended", proof="signed", scanned=True)

    def _enter(self, ledger: Ledger, item: Item, what: PostStatus, shelf: Shelf, **more: Any) -> None:
        news = happened(item.touch, what, self.clock.now(), **more)
        try:
            tell(ledger, item.touch, self._spool.move(item, shelf, news))
        except (Conflict, CannotStart):
            return  # it is carried on, or told, in the next round
        self._log.note("letter", touch=item.touch, what=what, code=more.get("code"))
