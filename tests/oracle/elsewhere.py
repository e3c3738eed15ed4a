"""Taiwan, India, the Philippines and Australia."""

from collections.abc import Iterator
from datetime import date

from tests.oracle.clocks import day
from tests.oracle.counts import CONVERSATIONS, in_days, in_month, those
from tests.oracle.hours import WEEKDAYS, WEEKEND, keep
from tests.oracle.life import HOLD, Life, Past, Rule

SAME_EACH_YEAR = {(1, 1), (1, 26), (4, 25), (12, 25), (12, 26)}
EASTER = {
    *(date(2025, 4, 18), date(2025, 4, 21)),
    *(date(2026, 4, 3), date(2026, 4, 6)),
    *(date(2027, 3, 26), date(2027, 3, 29)),
    *(date(2028, 4, 14), date(2028, 4, 17)),
    *(date(2029, 3, 30), date(2029, 4, 2)),
}
"""Good Friday and Easter Monday, copied from the calendar and not computed."""


def law(life: Life) -> Iterator[Rule]:
    """What these countries say."""
    here = set(life.jurisdictions)
    calls = life.channel == "call"
    if "TW" in here:
        yield from keep(life, "TW.HOURS", ("07:00", "22:00"), life.legal_zone("TW"), unless_agreed=True)
    if "IN" in here and calls:
        yield from keep(life, "IN.HOURS", ("08:00", "19:00"), life.legal_zone("IN"))
    if "IN" in here and any(life.debts[debt]["kind"] == "microfinance" for debt in life.asked):
        yield from keep(life, "IN.HOURS.MFI", ("09:00", "18:00"), life.legal_zone("IN"))
    if "PH" in here and any(life.debts[debt]["days_past_due"] <= 15 for debt in life.asked):
        yield from keep(life, "PH.HOURS", ("06:00", "22:00"), life.legal_zone("PH"), unless_agreed=True)
    if "AU" in here:
        yield from _australian_hours(life)
        yield from _australian_caps(life)


def _australian_hours(life: Life) -> Iterator[Rule]:
    if life.channel == "call":
        yield from keep(life, "AU.HOURS.TEL.WD", ("07:30", "21:00"), life.zones, days=WEEKDAYS)
        yield from keep(life, "AU.HOURS.TEL.WE", ("09:00", "21:00"), life.zones, days=WEEKEND)
    if life.channel == "visit":
        yield from keep(life, "AU.HOURS.F2F", ("09:00", "21:00"), life.zones)
    if life.place == "workplace":
        yield from keep(life, "AU.HOURS.WORK", ("09:00", "17:00"), life.zones, days=WEEKDAYS)
        yield from keep(life, "AU.HOURS.WORK", ("00:00", "00:00"), life.zones, days=WEEKEND)
    if life.channel != "letter":
        yield Rule("AU.HOLIDAY", HOLD, lambda at: any(_holiday(day(at, zone)) for zone in life.zones))


def _holiday(today: date) -> bool:
    return (today.month, today.day) in SAME_EACH_YEAR or today in EASTER


def _australian_caps(life: Life) -> Iterator[Rule]:
    if life.channel == "call" and not life.to_lawyer:
        for debt in life.asked:
            yield from _talks(life, those(life.history, CONVERSATIONS, channels={"call"}, debt=debt))


def _talks(life: Life, talks: list[Past]) -> Iterator[Rule]:
    yield Rule("AU.FREQ3W", HOLD, lambda at: any(in_days(talks, zone, at, 7) >= 3 for zone in life.zones))
    yield Rule("AU.FREQ10M", HOLD, lambda at: any(in_month(talks, zone, at) >= 10 for zone in life.zones))
