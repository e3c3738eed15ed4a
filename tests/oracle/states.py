"""The states and cities of the United States, which bind every lender where nothing else is said."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from tests.oracle.clocks import day, instant
from tests.oracle.counts import ATTEMPTS, COMMUNICATIONS, CONTACTS, CONVERSATIONS, AttemptCap, in_days, those
from tests.oracle.hours import keep
from tests.oracle.life import HOLD, Life, Past, Rule, always, in_force

SHIELD = date(2027, 1, 1)
HOME, ELSEWHERE = {"mobile", "residence"}, {"workplace", "other"}
SPOKEN = {"call", "voicemail", "sms"}
MESSAGES = {"sms", "email"}


def law(life: Life) -> Iterator[Rule]:
    """What the person's states and cities say, but for stops."""
    here = set(life.jurisdictions)
    for name, said in STATES.items():
        if name in here:
            yield from said(life)
    for cap in caps(life):
        yield Rule(cap.rule, HOLD, cap.denies)


def caps(life: Life) -> Iterator[AttemptCap]:
    """Limits on attempts."""
    here, calls = set(life.jurisdictions), life.channel == "call" and not life.to_lawyer
    for debt in life.asked:
        if "US-NYC" in here and life.channel in {"call", "sms", "email"} and not life.to_lawyer:
            yield _attempts(life, "US-NYC.SHIELD.FREQ3", 3, {"call", "sms", "email"}, debt, binds=_shielded)
        if "US-DC" in here and calls:
            yield _attempts(life, "US-DC.CALL4", 4, {"call"}, debt)
    if "US-WV" in here and calls and life.party == "debtor":
        yield _attempts(life, "US-WV.CALL30", 30, {"call"}, None, parties={"debtor"})


def _attempts(
    life: Life,
    name: str,
    limit: int,
    channels: set[str],
    debt: str | None,
    *,
    parties: set[str] | None = None,
    binds: Callable[[datetime, ZoneInfo], bool] = in_force,
) -> AttemptCap:
    counted, busy = (
        those(life.history, results, channels=channels, debt=debt, parties=parties or ())
        for results in (ATTEMPTS, {"busy"})
    )
    return AttemptCap(name, limit, 7, life.zones, lambda _: counted, lambda _: busy, binds)


def _shielded(at: datetime, zone: ZoneInfo) -> bool:
    return day(at, zone) >= SHIELD


def _at_most(
    life: Life,
    name: str,
    limit: int,
    days: int,
    pasts: list[Past],
    *,
    binds: Callable[[datetime, ZoneInfo], bool] = in_force,
) -> Rule:
    def denies(at: datetime) -> bool:
        return any(binds(at, zone) and in_days(pasts, zone, at, days) >= limit for zone in life.zones)

    return Rule(name, HOLD, denies)


def _new_york_city(life: Life) -> Iterator[Rule]:
    if life.party == "debtor":
        contacts = those(life.history, CONTACTS, parties={"debtor"})
        yield _at_most(life, "US-NYC.FREQ2", 2, 7, contacts, binds=lambda at, zone: not _shielded(at, zone))


def _massachusetts(life: Life) -> Iterator[Rule]:
    if life.to_lawyer:
        return
    for debt in life.asked:
        for name, places, days in (("US-MA.FREQ2.HOME", HOME, 7), ("US-MA.FREQ2.ELSEWHERE", ELSEWHERE, 30)):
            if life.channel in SPOKEN and life.place in places:
                told = those(life.history, COMMUNICATIONS, channels=SPOKEN, places=places, debt=debt)
                yield _at_most(life, name, 2, days, told)
        if (life.channel, life.place) == ("visit", "residence"):
            visits = those(life.history, ATTEMPTS, channels={"visit"}, places={"residence"}, debt=debt)
            yield _at_most(life, "US-MA.VISIT1", 1, 30, visits)


def _washington(life: Life) -> Iterator[Rule]:
    if life.role not in {"licensed_agency", "debt_buyer"}:
        return
    if life.place == "residence":
        yield from keep(life, "US-WA.HOURS", ("07:30", "21:00"), life.zones)
    if life.party in {"debtor", "spouse"}:
        yield _at_most(life, "US-WA.FREQ3", 3, 7, those(life.history, CONTACTS, parties={"debtor", "spouse"}))
    if (life.party, life.place) == ("debtor", "workplace"):
        at_work = those(life.history, CONTACTS, parties={"debtor"}, places={"workplace"})
        yield _at_most(life, "US-WA.WORK1", 1, 7, at_work)


def _columbia(life: Life) -> Iterator[Rule]:
    if life.channel == "visit":
        yield Rule("US-DC.VISIT0", None, always)
    if life.channel not in MESSAGES or life.to_lawyer:
        return
    asks = life.purpose == "ask_for_consent"
    if not asks and not life.consented():
        yield Rule("US-DC.EMSG5", "message_consent", always)
    for debt in life.asked:
        sent = those(life.history, ATTEMPTS, channels=MESSAGES, debt=debt)
        if asks:
            asked = [past for past in sent if past.purpose == "ask_for_consent"]
            yield _at_most(life, "US-DC.EMSG1.ASK", 1, 7, asked)
        else:
            yield _at_most(life, "US-DC.EMSG5", 5, 7, sent)


def _florida(life: Life) -> Iterator[Rule]:
    if life.channel != "email":
        yield from keep(life, "US-FL.HOURS", ("08:00", "21:00"), life.zones, unless_agreed=True)


def _west_virginia(life: Life) -> Iterator[Rule]:
    yield from keep(life, "US-WV.HOURS", ("08:00", "21:00"), life.zones)
    if life.channel == "call" and life.party == "debtor":
        talks = those(life.history, CONVERSATIONS, channels={"call"}, parties={"debtor"})
        yield _at_most(life, "US-WV.CONV10", 10, 7, talks)


def _nevada(life: Life) -> Iterator[Rule]:
    if life.role != "licensed_agency" or not any(life.debts[debt]["kind"] == "medical" for debt in life.asked):
        return
    notices = [instant(each["at"]) for each in life.events if each["kind"] == "medical_notice_sent"]
    if not notices:
        yield Rule("US-NV.MED60", "medical_notice_sent", always)
        return
    wait = timedelta(days=60)
    sent = min(notices)
    yield Rule("US-NV.MED60", HOLD, lambda at: any(day(at, zone) < day(sent, zone) + wait for zone in life.zones))


STATES = {
    "US-NYC": _new_york_city,
    "US-MA": _massachusetts,
    "US-WA": _washington,
    "US-DC": _columbia,
    "US-FL": _florida,
    "US-WV": _west_virginia,
    "US-NV": _nevada,
}
