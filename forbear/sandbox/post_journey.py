"""What becomes of a letter once it is printed: the scans on its way and its end, by where it goes and what it paid for.

Pure: the same seed, addressee and letter give the same journey. All times are world time.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from random import Random
from typing import Final

RENDERED_AFTER: Final = timedelta(seconds=40)
CANCELLABLE_FOR: Final = timedelta(minutes=5)
_SIGNED_BY: Final = frozenset({"certified", "certified_return_receipt"})


class Fate(StrEnum):
    """What an address does with mail."""

    DELIVERED = "delivered"
    RETURNED = "returned"  # nobody of that name, or no such place
    MOVED = "moved"  # sent on, and delivered there
    UNCLAIMED = "unclaimed"  # certified mail that nobody collects; plain mail is delivered
    LOST = "lost"  # certified mail is reported lost; plain mail is never heard of again
    SILENT = "silent"  # delivered, and no scan ever tells
    UNDELIVERABLE = "undeliverable"  # the provider refuses the address at once
    RETURNED_LATE = "returned_late"  # scanned as delivered, and back some days later


@dataclass(frozen=True, slots=True)
class Scan:
    """One tracking event: its name as Lob writes it, and the detail of a certified one."""

    name: str
    after: timedelta
    detail: str | None = None


@dataclass(frozen=True, slots=True)
class Journey:
    """The scans, and when plain mail is said to be delivered, if it is."""

    scans: tuple[Scan, ...]
    delivered_after: timedelta | None = None

    @property
    def end(self) -> str:
        """How it ends in the world's own words, whatever the scans tell."""
        names = {scan.name for scan in self.scans}
        if "Returned to Sender" in names:
            return "returned"
        delivered = "Delivered" in names or self.delivered_after is not None
        return "delivered" if delivered else "lost"


def fate_of(seed: int, addressee: str, returned_share: float) -> Fate:
    """What an addressee without a script does: the same at every letter."""
    drawn = Random(f"{seed}:post:{addressee}").uniform(0, 100)
    if drawn < returned_share:
        return Fate.RETURNED
    return Fate.MOVED if drawn < returned_share * 1.5 else Fate.DELIVERED


def journey(fate: Fate, service: str | None, chance: Random) -> Journey:
    """Mailed after a day or so, three to six days on its way, and a return takes longer than the way there."""
    mailed = timedelta(hours=chance.uniform(14, 40))
    moves = mailed + timedelta(hours=chance.uniform(8, 30))
    near = moves + timedelta(days=chance.uniform(1, 3))
    out = near + timedelta(hours=chance.uniform(4, 20))
    arrives = out + timedelta(hours=chance.uniform(2, 9))
    certified = service in _SIGNED_BY
    way = [Scan("Mailed", mailed, "package_accepted"), Scan("In Transit", moves, "package_departed")]
    if fate is Fate.SILENT:
        return Journey((), arrives)
    if fate is Fate.LOST:
        lost = [Scan("Issue", arrives + timedelta(days=9), "package_lost")] if certified else []
        return Journey((*way, *lost))
    way += [
        Scan("In Local Area", near, "package_in_local_area"),
        Scan("Processed for Delivery", out, "out_for_delivery"),
    ]
    if fate is Fate.MOVED:
        way.append(Scan("Re-Routed", arrives, "package_forwarded"))
        arrives += timedelta(days=chance.uniform(2, 4))
    back = arrives + timedelta(days=chance.uniform(4, 8))
    if fate is Fate.RETURNED or (fate is Fate.UNCLAIMED and certified):
        return Journey((*way, *_why_back(fate, arrives, back, certified=certified)))
    scans = [*way, Scan("Delivered", arrives, "delivered")] if certified else way
    if fate is Fate.RETURNED_LATE:
        scans = [*scans, Scan("Returned to Sender", back, "returned_to_sender")]
    return Journey(tuple(scans), None if certified else arrives)


def _why_back(fate: Fate, arrives: timedelta, back: timedelta, *, certified: bool) -> Sequence[Scan]:
    """Only certified mail is told why it comes back."""
    returned = Scan("Returned to Sender", back, "returned_to_sender")
    if not certified:
        return [returned]
    if fate is Fate.UNCLAIMED:
        notice, waits = Scan("Issue", arrives, "notice_left"), Scan("Pickup Available", arrives, "pickup_available")
        return [notice, waits, Scan("Issue", back - timedelta(days=1), "package_unclaimed"), returned]
    return [Scan("Issue", arrives, "package_undeliverable"), returned]
