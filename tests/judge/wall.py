"""By which wall clocks a text is judged: the hours of each place whose law protects the person, all of them together.

China has one legal time from Xinjiang to Shanghai, 08:00 to 22:00, and it goes with the number as with the person.
Anywhere else it is 08:00 to 21:00 by every wall clock the person may live by: in England too, whose rule names no hours
(FCA Handbook, CONC 7.9.4R: no unreasonable times), so that what was promised instead is what binds.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from tests.judge.reading import Text
from tests.judge.told import Person, Spoken

CHINA, CHINESE_NUMBER, BEIJING = "CN", "+86", "Asia/Shanghai"
OPEN, CLOSE, CLOSE_IN_CHINA = time(8), time(21), time(22)


@dataclass(frozen=True, slots=True, order=True)
class Window:
    """The hours of one zone, closed at their end."""

    zone: str
    close: time

    def shut(self, at: datetime) -> bool:
        return not OPEN <= at.astimezone(ZoneInfo(self.zone)).time() < self.close


def windows(text: Text, spoken: Spoken, persons: list[Person]) -> list[Window]:
    """Every window that must be open at once; none where the person's clock is unknown."""
    law = countries(text, spoken, persons)
    found = {Window(BEIJING, CLOSE_IN_CHINA)} if CHINA in law else set[Window]()
    if law != {CHINA}:
        zones = {zone for person in persons for zone, told in person.zones if spoken.knew(told)}
        found |= {Window(zone, CLOSE) for zone in zones}
    return sorted(found)


def countries(text: Text, spoken: Spoken, persons: list[Person]) -> set[str]:
    """Whose law protects the people behind the number, as the speaking lender had been told."""
    told = {country for person in persons for country, told in person.countries if spoken.knew(told)}
    return told | {CHINA} if text.to.startswith(CHINESE_NUMBER) else told


def in_days(moments: list[datetime], at: datetime, zone: str, days: int) -> int:
    """How many of the moments fall on the local days that end with this one."""
    last = local_day(at, zone)
    first = last - timedelta(days=days - 1)
    return sum(first <= local_day(moment, zone) <= last for moment in moments)


def local_day(at: datetime, zone: str) -> date:
    return at.astimezone(ZoneInfo(zone)).date()
