"""An officer's feed: what a calendar reads out of it, and what nobody may read in it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from icalendar import Calendar

from forbear.visits.feed import Appointment, write_feed
from forbear.visits.places import Place
from forbear.visits.slots import Span

START = datetime(2026, 3, 3, 2, 0, tzinfo=UTC)


def appointment(**changes: Any) -> Appointment:
    values: dict[str, Any] = {
        "id": "vis_one",
        "number": 1234,
        "slot": Span(START, START + timedelta(minutes=20)),
        "zone": "Asia/Shanghai",
        "place": Place(31.230416, 121.473701),
        "sequence": 2,
        "changed_at": START - timedelta(days=1),
    }
    return Appointment(**{**values, **changes})


def read(feed: bytes) -> Any:
    return Calendar.from_ical(feed)


@pytest.mark.parametrize(("language", "said"), [("en", "Customer visit #1234"), ("zh-Hans", "客户拜访 #1234")])
def test_an_event_is_a_number_at_an_hour_of_its_zone(language: str, said: str) -> None:
    calendar = read(write_feed([appointment()], language=language, host="example.org"))
    (event,) = calendar.walk("VEVENT")
    assert calendar["method"] == "PUBLISH"
    assert (str(event["summary"]), str(event["uid"]), event["sequence"]) == (said, "vis_one@example.org", 2)
    assert event["dtstart"].params["TZID"] == "Asia/Shanghai"
    assert event["dtstart"].dt.isoformat() == "2026-03-03T10:00:00+08:00"
    assert event["geo"].to_ical() == "31.23042;121.4737"
    assert [str(zone["tzid"]) for zone in calendar.walk("VTIMEZONE")] == ["Asia/Shanghai"]


def test_a_visit_taken_back_is_cancelled_and_has_no_place() -> None:
    (event,) = read(write_feed([appointment(cancelled=True)], language="en", host="example.org")).walk("VEVENT")
    assert str(event["status"]) == "CANCELLED"
    assert "geo" not in event


def test_nothing_but_numbers_and_hours_is_in_it() -> None:
    (event,) = read(write_feed([appointment()], language="en", host="example.org")).walk("VEVENT")
    assert set(event) == {
        *("UID", "DTSTAMP", "LAST-MODIFIED", "SEQUENCE", "SUMMARY", "DTSTART", "DTEND", "STATUS", "CLASS", "GEO"),
    }
    text = write_feed([appointment()], language="zh-Hans", host="example.org").decode().lower()
    assert not [word for word in ("debt", "owe", "loan", "collect", "overdue", "催", "欠", "债", "贷") if word in text]
