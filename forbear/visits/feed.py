"""An officer's visits as an iCalendar feed (RFC 5545), for the calendar on a phone.

A feed is read by strangers' programs and lies on lock screens: a title is a number, and nothing says whom the visit is
to or why. `METHOD` is PUBLISH, which a feed that is fetched has to be; a visit taken back stays in it as cancelled.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event

from forbear.visits.places import Place
from forbear.visits.slots import Span

Language = Literal["en", "zh-Hans"]
TITLES: Final[dict[str, str]] = {"en": "Customer visit #{number}", "zh-Hans": "客户拜访 #{number}"}
NAMES: Final[dict[str, str]] = {"en": "Visits", "zh-Hans": "拜访"}
PRODUCT: Final = "-//Forbear//Visits//EN"
REFRESH: Final = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Appointment:
    """One visit as a calendar shows it. `sequence` rises with each change of it."""

    id: str
    number: int
    slot: Span
    zone: str
    place: Place | None
    sequence: int
    changed_at: datetime
    cancelled: bool = False
    url: str | None = None


def title(number: int, language: str) -> str:
    return TITLES.get(language, TITLES["en"]).format(number=number)


def write_feed(appointments: Iterable[Appointment], *, language: str, host: str) -> bytes:
    """The whole feed. Zones are written out in it, so that a phone without zone tables shows the right hour."""
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", NAMES.get(language, NAMES["en"]))
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    for each in appointments:
        calendar.add_component(_event(each, language, host))
    calendar.add_missing_timezones()
    return calendar.to_ical()


def _event(appointment: Appointment, language: str, host: str) -> Event:
    zone, event = ZoneInfo(appointment.zone), Event()
    event.add("uid", f"{appointment.id}@{host}")
    event.add("dtstamp", appointment.changed_at)
    event.add("last-modified", appointment.changed_at)
    event.add("sequence", appointment.sequence)
    event.add("summary", title(appointment.number, language))
    event.add("dtstart", appointment.slot.start.astimezone(zone))
    event.add("dtend", appointment.slot.end.astimezone(zone))
    event.add("status", "CANCELLED" if appointment.cancelled else "CONFIRMED")
    event.add("class", "PRIVATE")
    if appointment.place is not None and not appointment.cancelled:
        event.add("geo", (round(appointment.place.latitude, 5), round(appointment.place.longitude, 5)))
    if appointment.url is not None:
        event.add("url", appointment.url)
    return event
