"""Stops: what the United States, New York City, and England and Wales make of them."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from tests.oracle.clocks import day, instant
from tests.oracle.life import HOLD, Json, Life, Rule, always

ALL_REVOKED = date(2027, 1, 31)
SHIELD = date(2027, 1, 1)
HOLIDAYS = {
    *(date(2026, month, day) for month, day in ((1, 1), (1, 19), (2, 16), (5, 25), (6, 19), (7, 4), (9, 7))),
    *(date(2026, month, day) for month, day in ((10, 12), (11, 11), (11, 26), (12, 25))),
    *(date(2027, month, day) for month, day in ((1, 1), (1, 18), (2, 15), (5, 31), (6, 19), (7, 4), (9, 6))),
    *(date(2027, month, day) for month, day in ((10, 11), (11, 11), (11, 25), (12, 25))),
    *(date(2028, month, day) for month, day in ((1, 1), (1, 17), (2, 21), (5, 29), (6, 19), (7, 4), (9, 4))),
    *(date(2028, month, day) for month, day in ((10, 9), (11, 11), (11, 23), (12, 25))),
}
"""5 U.S.C. 6103(a) for three years, copied from the calendar and not computed; no day off in lieu."""
LIFTED_BY = {
    "attorney": ("US.REGF.ATTY", "attorney_silent_or_agrees"),
    "cease_all": ("US.REGF.CEASE", "debtor_withdraws"),
    "deceased": ("US.REGF.DECEASED", "representative_named"),
}
MORATORIA = {"breathing_space": "GB-EAW.BREATHE60", "mental_health_crisis": "GB-EAW.MHCM30"}


def law(life: Life) -> Iterator[Rule]:
    """Every stop that binds this attempt."""
    for stop in life.stops:
        if "US" in life.jurisdictions:
            yield from _opt_out(life, stop)
            yield from _united_states(life, stop)
        if "US-NYC" in life.jurisdictions and _disputed(life, stop):
            yield Rule(
                "US-NYC.SHIELD.DISPUTE",
                "verification_sent",
                lambda at: any(day(at, each) >= SHIELD for each in life.zones),
            )
        if "GB-EAW" in life.jurisdictions and stop["kind"] in MORATORIA and life.about(stop):
            yield _until(MORATORIA[stop["kind"]], instant(stop["until"]))


def _until(name: str, end: datetime) -> Rule:
    return Rule(name, HOLD, lambda at: at < end)


def confirmed(life: Life, since: datetime) -> bool:
    """Whether the one confirmation was sent."""
    return any(
        past.purpose == "opt_out_confirmation"
        and past.at >= since
        and past.channel == life.channel
        and past.to == life.to
        and past.result not in {"busy", "not_in_service"}
        for past in life.history
    )


def revoked(life: Life, said: Json) -> bool:
    """Neither consented again since, nor the one confirmation."""
    since = instant(said["at"])
    return not (life.consented(since) or (life.confirms and not confirmed(life, since)))


def same_address(life: Life, stop: Json) -> bool:
    """Whether an opt-out is from this channel, and from this address if it names one."""
    return stop["channel"] == life.channel and stop.get("to") in {None, life.to}


def _opt_out(life: Life, stop: Json) -> Iterator[Rule]:
    if stop["kind"] != "opt_out" or not revoked(life, stop):
        return
    if life.collector and same_address(life, stop):
        name = "US.REGF.OPTOUT" if life.channel in {"sms", "email"} else "US.REGF.MEDIA"
        yield Rule(name, "new_consent", always)
    recorded = life.channel in {"call", "voicemail"} and life.prerecorded
    if (recorded or life.channel == "sms") and stop["channel"] in {"sms", "call"}:
        yield Rule(
            "US.TCPA.REVOKEALL", "human_review", lambda at: any(day(at, zone) >= ALL_REVOKED for zone in life.zones)
        )


def _united_states(life: Life, stop: Json) -> Iterator[Rule]:
    kind, since = stop["kind"], instant(stop["at"])
    if not life.about(stop):
        return
    if kind == "bankruptcy" and not life.happened("court_order", since):
        yield Rule("US.BK.STAY", "court_order", always)
    if not life.collector:
        return
    if kind == "wrong_number" and stop["to"] == life.to:
        yield Rule("US.REGF.WRONGNO", None, always)
    if kind in LIFTED_BY and not (kind == "attorney" and life.to_lawyer):
        name, event = LIFTED_BY[kind]
        if not life.happened(event, since):
            yield Rule(name, event, always)
    if _disputed(life, stop) and stop.get("written") and _in_time(life, since):
        yield Rule("US.REGF.DISPUTE", "verification_sent", always)


def _disputed(life: Life, stop: Json) -> bool:
    open_still = not life.happened("verification_sent", instant(stop["at"]))
    return stop["kind"] == "dispute" and life.about(stop) and open_still


def _in_time(life: Life, since: datetime) -> bool:
    """On or before the last day of the validation period by one of the clocks; without a notice it has no end."""
    notices = [instant(each["at"]) for each in life.events if each["kind"] == "validation_notice_sent"]
    return not notices or any(day(since, zone) <= last_day(day(sent, zone)) for zone in life.zones for sent in notices)


def last_day(sent: date) -> date:
    """30 days after the fifth day that is no Saturday, Sunday or holiday."""
    found, counted = sent, 0
    while counted < 5:
        found += timedelta(days=1)
        if found.isoweekday() <= 5 and found not in HOLIDAYS:
            counted += 1
    return found + timedelta(days=30)
