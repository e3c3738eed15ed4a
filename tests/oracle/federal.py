"""Regulation F's hours and the numbers of its calls, which bind collectors, by every clock of the person at once."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from tests.oracle import counts
from tests.oracle.clocks import day, instant
from tests.oracle.hours import keep
from tests.oracle.life import HOLD, Life, Past, Rule

CALLS = {"call", "voicemail"}
WEEK = timedelta(days=7)


def law(life: Life) -> Iterator[Rule]:
    """What binds a collector's attempt everywhere in the United States, but for stops."""
    if "US" not in life.jurisdictions or not life.collector:
        return
    yield from keep(life, "US.REGF.HOURS", ("08:00", "21:00"), life.zones, unless_agreed=True)
    for cap in caps(life):
        yield Rule(cap.rule, HOLD, cap.denies)
    if life.channel == "call" and not life.to_lawyer:
        for debt in life.asked:
            yield _cooling(life, debt)


def caps(life: Life) -> Iterator[counts.AttemptCap]:
    """Seven calls in seven days to one person about each debt."""
    if "US" not in life.jurisdictions or not life.collector or life.channel not in CALLS or life.to_lawyer:
        return
    for debt in life.asked:
        calls = {zone: _calls(life, debt, zone, counts.ATTEMPTS) for zone in life.zones}
        busy = {zone: _calls(life, debt, zone, {"busy"}) for zone in life.zones}
        yield counts.AttemptCap(
            "US.REGF.FREQ7",
            limit=7,
            days=7,
            zones=life.zones,
            counted=calls.__getitem__,
            busy=busy.__getitem__,
            binds=lambda at, zone: not consented(life, at, zone),
        )


def _cooling(life: Life, debt: str) -> Rule:
    talks = {
        zone: [past for past in _calls(life, debt, zone, counts.CONVERSATIONS) if past.channel == "call"]
        for zone in life.zones
    }

    def denies(at: datetime) -> bool:
        return any(
            not consented(life, at, zone) and any(day(at, zone) < day(past.at, zone) + WEEK for past in talks[zone])
            for zone in life.zones
        )

    return Rule("US.REGF.COOL7", HOLD, denies)


def consented(life: Life, at: datetime, zone: ZoneInfo) -> bool:
    """Whether a consent to calls covers this instant: for 7 dates at most, that of its start being day 1."""
    for each in life.agreements:
        if each["kind"] == "call_consent":
            start, end = instant(each["from"]), instant(each["to"])
            if start <= at < end and day(at, zone) < day(start, zone) + WEEK:
                return True
    return False


def same_person(life: Life, past: Past) -> bool:
    """One party is one person, but for contacts, who are told apart by their numbers."""
    return past.party == life.party and (life.party != "contact" or past.to == life.to)


def _calls(life: Life, debt: str, zone: ZoneInfo, results: set[str]) -> list[Past]:
    return [
        past
        for past in counts.those(life.history, results, channels=CALLS, debt=debt)
        if same_person(life, past) and not consented(life, past.at, zone)
    ]
