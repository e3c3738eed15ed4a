"""The calendar of legal periods for those who work cases: its page, its secret address, and the feed itself.

A feed is read by strangers' programs and lies on lock screens: it holds a reference and the name of a period, and
nobody's name. Every day in it is whole, with reminders where the period's ladder has them.
"""

from datetime import UTC, timedelta
from typing import Final
from urllib.parse import urlsplit

from fastapi import APIRouter, HTTPException
from fastapi.responses import Response
from icalendar import Alarm, Calendar, Event

from forbear.api.staff.cases_at import ROOT, Legal, TheCases, reference
from forbear.api.staff.rendering import render, see_other
from forbear.api.staff.session import Fields, TheLedger, TheSettings
from forbear.api.staff.staff_route import StaffRoute
from forbear.api.staff.visits_at import TheVisits
from forbear.api.staff.wording import StaffWords, words_in
from forbear.ledger.cases import feed
from forbear.ledger.cases.feed import Term, Terms
from forbear.ledger.visits_feed import exists, make, revoke

router = APIRouter(prefix=f"{ROOT}/calendar", route_class=StaffRoute, include_in_schema=False)
feeds = APIRouter(include_in_schema=False)
PRODUCT: Final = "-//Forbear//Legal periods//EN"
REFRESH: Final = timedelta(hours=1)
ONE_DAY: Final = timedelta(days=1)


@router.get("")
def show(staff: Legal, desk: TheCases, visits: TheVisits) -> Response:
    with visits.desk(staff) as theirs:
        return render(
            desk.request, "cases/calendar.html", has=exists(theirs), address="", officer=staff.is_any("officer")
        )


@router.post("/make")
def make_address(staff: Legal, fields: Fields, desk: TheCases, visits: TheVisits, settings: TheSettings) -> Response:
    """A fresh address, shown this once; the one before stops working."""
    del fields
    with visits.desk(staff) as theirs:
        token = make(theirs)
    address = f"{settings.public_url.rstrip('/')}/feeds/cases/{token}.ics"
    return render(desk.request, "cases/calendar.html", has=True, address=address, officer=staff.is_any("officer"))


@router.post("/end")
def end(staff: Legal, fields: Fields, visits: TheVisits) -> Response:
    del fields
    with visits.desk(staff) as theirs:
        revoke(theirs)
    return see_other(f"{ROOT}/calendar")


@feeds.get("/feeds/cases/{token}.ics")
def fetch(token: str, ledger: TheLedger, settings: TheSettings) -> Response:
    """Periods and hearings; the same answer for an address that was taken back and for one that never was."""
    found = feed.read(ledger, token)
    if found is None:
        raise HTTPException(404)
    host = urlsplit(settings.public_url).hostname or "forbear.invalid"
    return Response(written(found, host), media_type="text/calendar; charset=utf-8")


def written(found: Terms, host: str) -> bytes:
    """The whole feed."""
    words = words_in(found.language)
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", words("case_feed.name"))
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    for each in found.terms:
        calendar.add_component(_event(each, words, host))
    return calendar.to_ical()


def _event(term: Term, words: StaffWords, host: str) -> Event:
    event, title = Event(), _title(term, words)
    event.add("uid", f"{term.id}@{host}")
    event.add("dtstamp", term.changed_at.astimezone(UTC))
    event.add("last-modified", term.changed_at.astimezone(UTC))
    event.add("sequence", int(term.changed_at.timestamp()))
    event.add("summary", title)
    event.add("dtstart", term.day)
    event.add("dtend", term.day + ONE_DAY)
    event.add("transp", "TRANSPARENT")
    event.add("status", "CONFIRMED")
    event.add("class", "PRIVATE")
    for days in () if term.lapsed else term.ladder:
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", title)
        alarm.add("trigger", timedelta(days=-days))
        event.add_component(alarm)
    return event


def _title(term: Term, words: StaffWords) -> str:
    if term.hearing:
        return words("case_feed.hearing", reference=reference(term.case))
    key = "case_feed.lapsed" if term.lapsed else "case_feed.last"
    named = f"case_clock.{term.kind}"
    clock = words(named) if named in words.sentences else term.kind.replace("_", " ")
    return words(key, reference=reference(term.case), clock=clock)
