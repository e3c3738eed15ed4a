"""The product's own limits and the lender's: no law, for every role, and on top of all law."""

from collections.abc import Iterator
from datetime import timedelta
from zoneinfo import ZoneInfo

from tests.oracle import federal, states, stops
from tests.oracle.clocks import instant
from tests.oracle.counts import ATTEMPTS, CONTACTS, in_days
from tests.oracle.hours import keep
from tests.oracle.life import HOLD, LEGAL_ZONES, Json, Life, Past, Rule, always

STALE = timedelta(days=3)
ENDED_BY = {
    "attorney": "attorney_silent_or_agrees",
    "dispute": "verification_sent",
    "cease_all": "debtor_withdraws",
    "cease": "debtor_withdraws",
    "do_not_contact": "debtor_withdraws",
    "bankruptcy": "court_order",
    "insolvency": "court_order",
    "deceased": "representative_named",
    "hardship": "hardship_resolved",
    "breathing_space": "moratorium_ended",
    "mental_health_crisis": "moratorium_ended",
    "hold": "hold_released",
}
MAY_END = {"do_not_contact", "hardship", "breathing_space", "mental_health_crisis", "hold"}
OF_ONE_NUMBER = {"wrong_number", "refused_as_third_person"}


def clocks(life: Life) -> list[ZoneInfo]:
    """The one clock of each country that has one, and every clock outside these countries that the places name."""
    ruled = [LEGAL_ZONES[each] for each in life.jurisdictions if each in LEGAL_ZONES]
    within = {name for names in ruled for name in names}
    return [*(ZoneInfo(names[0]) for names in ruled), *(zone for zone in life.zones if zone.key not in within)]


def limits(life: Life) -> Iterator[Rule]:
    """All that the product and the lender ask for."""
    hours = (life.policy.get("open"), life.policy.get("close"))
    if hours[0] and hours[1]:
        yield from keep(life, "POLICY.LENDER.HOURS", (hours[0], hours[1]), clocks(life))
    yield from _lender_texts(life)
    if set(life.policy) != {"guard_seconds"}:
        yield from _hours(life)
        yield from _known(life)
        yield from _caps(life)
        yield from _busy(life)
        for stop in life.stops:
            yield from _stop(life, stop)
        if any(_suppressed(life, said) for said in life.suppressions):
            yield Rule("POLICY.SUPPRESSED", "new_consent", always)


def _hours(life: Life) -> Iterator[Rule]:
    """Beijing's clock is left to China's own hours."""
    zones = [zone for zone in clocks(life) if not ("CN" in life.jurisdictions and zone.key == "Asia/Shanghai")]
    yield from keep(life, "POLICY.HOURS", ("08:00", "21:00"), zones, unless_agreed=True)


def _known(life: Life) -> Iterator[Rule]:
    if life.channel == "sms" and not life.confirms and not life.consented():
        yield Rule("POLICY.CONSENT", "message_consent", always)
    if life.purpose == "reminder" and any(_stale(life, debt) for debt in life.asked):
        yield Rule("POLICY.BALANCE", "balance_confirmed", always)


def _stale(life: Life, debt: str) -> bool:
    """A balance is judged now and not at the instant that is asked for."""
    known = life.debts[debt].get("balance_as_of")
    return known is None or life.now - instant(known) > STALE


def _mine(life: Life) -> list[Past]:
    return [past for past in life.history if federal.same_person(life, past) and past.purpose != "opt_out_confirmation"]


def _at_most(life: Life, name: str, limit: int, days: int, pasts: list[Past]) -> Rule:
    zones = clocks(life)
    event = HOLD if limit else None
    return Rule(name, event, lambda at: any(in_days(pasts, zone, at, days) >= limit for zone in zones))


def _texts(life: Life) -> list[Past]:
    return [past for past in _mine(life) if past.channel == "sms" and past.result in ATTEMPTS]


def _may_text(life: Life) -> bool:
    return life.channel == "sms" and not life.confirms and not life.to_lawyer


def _lender_texts(life: Life) -> Iterator[Rule]:
    for name, key, days in (("SMS1", "sms_a_day", 1), ("SMS7", "sms_in_7_days", 7)):
        if _may_text(life) and life.policy.get(key) is not None:
            yield _at_most(life, f"POLICY.LENDER.{name}", life.policy[key], days, _texts(life))


def _caps(life: Life) -> Iterator[Rule]:
    if _may_text(life):
        yield _at_most(life, "POLICY.SMS1", 1, 1, _texts(life))
        yield _at_most(life, "POLICY.SMS7", 2, 7, _texts(life))
    if not life.confirms and not life.to_lawyer:
        contacts = [past for past in _mine(life) if past.result in CONTACTS]
        yield _at_most(life, "POLICY.CONTACT7", life.policy.get("contacts_in_7_days", 3), 7, contacts)


def _busy(life: Life) -> Iterator[Rule]:
    """Where the law caps attempts, a line that was busy counts as one."""
    for cap in (*federal.caps(life), *states.caps(life)):
        yield Rule("POLICY.BUSY", HOLD, cap.denies_with_busy)


def _stop(life: Life, stop: Json) -> Iterator[Rule]:
    kind, since = stop["kind"], instant(stop["at"])
    if not life.about(stop):
        return
    if kind == "opt_out" and stops.same_address(life, stop) and stops.revoked(life, stop):
        yield Rule("POLICY.STOP", "new_consent", always)
    if kind in OF_ONE_NUMBER and stop["to"] == life.to:
        yield Rule("POLICY.STOP", None, always)
    event = ENDED_BY.get(kind)
    if event is None or (kind == "attorney" and life.to_lawyer) or life.happened(event, since):
        return
    if kind in MAY_END and stop.get("until"):
        end = instant(stop["until"])
        yield Rule("POLICY.STOP", HOLD, lambda at: since <= at < end)
    else:
        yield Rule("POLICY.STOP", event, always)


def _suppressed(life: Life, said: Json) -> bool:
    if not stops.revoked(life, said):
        return False
    names_it = said.get("to") == life.to
    if life.to_lawyer:
        return names_it
    by_channel = said.get("channel") in {None, life.channel}
    return {
        "everything": True,
        "all_automated": life.channel in {"sms", "email", "voicemail"} or life.prerecorded,
        "channel": by_channel,
        "number": by_channel and (names_it or said.get("to") is None),
    }[said["scope"]]
