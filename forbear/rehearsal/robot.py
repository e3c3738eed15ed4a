"""Somebody who works by the clock of a place: rounds in office hours until told to stop, patient with outages."""

import threading
from abc import ABC, abstractmethod
from datetime import datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from forbear.clock import Clock
from forbear.rehearsal.asking import Unavailable

OPENS, CLOSES = time(9), time(18)
"""Far inside the hours of any law, so that an act that a slow machine delays is lawful still."""
SUNDAY: Final = 7
BETWEEN: Final = timedelta(minutes=50)
"""World time from the end of one round to the next."""
LONGEST: Final = timedelta(hours=12)
"""World time of a wait; the hours are then looked at again."""


class Robot(ABC):
    """One robot, which runs in a thread of its own.

    Args:
        name: what a failure is told under.
        clock: the world's.
        zone: by whose clock it works.
        hours: from and to when.
    """

    def __init__(self, name: str, clock: Clock, zone: ZoneInfo, hours: tuple[time, time] = (OPENS, CLOSES)) -> None:
        self.name, self.clock, self.zone, self._hours = name, clock, zone, hours
        self.stopping = threading.Event()

    @abstractmethod
    def begin(self) -> None:
        """What is done once, before the first round."""

    @abstractmethod
    def round(self) -> None:
        """Do what there is to do now."""

    def work(self) -> None:
        """Rounds until it is told to stop; a round that an outage broke off is made again."""
        self.begin()
        while not self.stopping.is_set():
            if self.at_work():
                try:
                    self.round()
                except Unavailable:
                    self.rest(BETWEEN)
            self.rest(BETWEEN if self.at_work() else min(LONGEST, self._until_open()))

    def stop(self) -> None:
        self.stopping.set()

    def rest(self, span: timedelta) -> bool:
        """Wait for a span of world time; whether it is time to stop."""
        return self.stopping.wait(max(0.0, self.clock.machine_span(span).total_seconds()))

    def at_work(self) -> bool:
        local = self.clock.now().astimezone(self.zone)
        return local.isoweekday() != SUNDAY and self._hours[0] <= local.time() < self._hours[1]

    def _until_open(self) -> timedelta:
        local = self.clock.now().astimezone(self.zone)
        opens = datetime.combine(local.date(), self._hours[0], self.zone)
        return (opens if opens > local else opens + timedelta(days=1)) - local
