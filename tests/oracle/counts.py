"""What counts: the results that make an attempt, a communication, a contact, a conversation; and counting dates."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from tests.oracle.clocks import day
from tests.oracle.life import Past, in_force

ATTEMPTS = {"delivered", "no_answer", "voicemail_left", "machine_no_message", "connected", "wrong_party", "visited"}
COMMUNICATIONS = {"delivered", "voicemail_left", "machine_no_message", "connected"}
CONTACTS = {"delivered", "voicemail_left", "connected", "visited"}
CONVERSATIONS = {"connected"}
UNANSWERED = {"no_answer", "busy"}


def in_days(pasts: Iterable[Past], zone: ZoneInfo, at: datetime, days: int) -> int:
    """How many of them lie on the `days` consecutive dates that end on the date of `at`."""
    today = day(at, zone)
    first = today - timedelta(days=days - 1)
    return sum(first <= day(past.at, zone) <= today for past in pasts)


def in_month(pasts: Iterable[Past], zone: ZoneInfo, at: datetime) -> int:
    """How many of them lie in the calendar month of `at`."""
    today = day(at, zone)
    dates = (day(past.at, zone) for past in pasts)
    return sum((date.year, date.month) == (today.year, today.month) and date <= today for date in dates)


def those(
    pasts: Iterable[Past],
    results: Collection[str],
    *,
    channels: Collection[str] = (),
    parties: Collection[str] = (),
    places: Collection[str] = (),
    debt: str | None = None,
) -> list[Past]:
    """The past attempts with one of these results; what is not named is not asked. Talk with the lawyer is no matter."""
    return [
        past
        for past in pasts
        if past.result in results
        and past.party != "attorney"
        and (not channels or past.channel in channels)
        and (not parties or past.party in parties)
        and (not places or past.place in places)
        and (debt is None or debt in past.debts)
    ]


@dataclass(frozen=True)
class AttemptCap:
    """A limit of the law on attempts: the product counts a busy line against it, too."""

    rule: str
    limit: int
    days: int
    zones: list[ZoneInfo]
    counted: Callable[[ZoneInfo], list[Past]]
    busy: Callable[[ZoneInfo], list[Past]]
    binds: Callable[[datetime, ZoneInfo], bool] = in_force

    def denies(self, at: datetime) -> bool:
        return any(
            self.binds(at, zone) and in_days(self.counted(zone), zone, at, self.days) >= self.limit
            for zone in self.zones
        )

    def denies_with_busy(self, at: datetime) -> bool:
        for zone in self.zones:
            counted, busy = (in_days(pasts(zone), zone, at, self.days) for pasts in (self.counted, self.busy))
            if busy and self.binds(at, zone) and counted + busy >= self.limit:
                return True
        return False
