"""A slow and plain second reading of the United States rules and of the product's own limits.

It shares no code with the engine. It asks every rule at one instant, and finds `until` by walking the clock in
quarter hours, which is exact because all windows, consents and zone changes of a drawn life fall on one.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

Json = dict[str, Any]

HOLD = "hold"
COLLECTORS = {"third_party_collector", "debt_buyer", "licensed_agency"}
ATTEMPTS = {"delivered", "no_answer", "voicemail_left", "machine_no_message", "connected", "wrong_party", "visited"}
CONTACTS = {"delivered", "voicemail_left", "connected", "visited"}
QUARTER = timedelta(minutes=15)
FARTHEST = timedelta(days=400)
HOLIDAYS = {
    *(date(2026, month, day) for month, day in ((1, 1), (1, 19), (2, 16), (5, 25), (6, 19), (7, 4), (9, 7))),
    *(date(2026, month, day) for month, day in ((10, 12), (11, 11), (11, 26), (12, 25))),
    *(date(2027, month, day) for month, day in ((1, 1), (1, 18), (2, 15), (5, 31), (6, 19), (7, 4), (9, 6))),
    *(date(2027, month, day) for month, day in ((10, 11), (11, 11), (11, 25), (12, 25))),
}
"""5 U.S.C. 6103(a) for two years, copied from the calendar and not computed; no day off in lieu."""


@dataclass
class Answer:
    verdict: str
    until: datetime | None
    events: set[str | None]
    """What could lift a block; for good where None is among them."""
    rules: set[str]


def answer(given: Json) -> Answer:
    """What a careful clerk would say."""
    return walk(given, denials)


def walk(given: Json, denials: Callable[[Json, datetime], Iterator[tuple[str, str | None]]]) -> Answer:
    """The verdict at `now`, and `until` by looking again at every quarter hour."""
    now = datetime.fromisoformat(given["now"]).astimezone(UTC)
    first = list(denials(given, now))
    rules = {rule for rule, _ in first}
    if not first:
        return Answer("allow", None, set(), rules)
    at, found = now, first
    while found:
        events = {event for _, event in found if event != HOLD}
        if events:
            return Answer("block", None, events, rules)
        at = _next_quarter(at)
        if at - now > FARTHEST:
            return Answer("block", None, {None}, rules)
        found = list(denials(given, at))
    return Answer("hold", at, set(), rules)


def _next_quarter(at: datetime) -> datetime:
    whole = at.replace(minute=at.minute // 15 * 15, second=0, microsecond=0)
    return whole + QUARTER


def denials(given: Json, at: datetime) -> Iterator[tuple[str, str | None]]:
    """Every rule that denies at one instant: its id, and HOLD, or the event that lifts it, or None for good."""
    life = Life(given)
    yield from law(life, at)
    yield from product(life, at)


def law(life: "Life", at: datetime) -> Iterator[tuple[str, str | None]]:
    """What the federal rules deny."""
    if life.collector and has_hours(life) and outside(life, at, "08:00", "21:00", life.zones):
        yield "US.REGF.HOURS", HOLD
    yield from _frequency(life, at)
    yield from _stops(life, at)


def product(life: "Life", at: datetime) -> Iterator[tuple[str, str | None]]:
    """What the product's own limits and the lender's deny."""
    if life.product and has_hours(life) and outside(life, at, "08:00", "21:00", life.product_hours):
        yield "POLICY.HOURS", HOLD
    opening, closing = life.policy.get("open"), life.policy.get("close")
    if opening and closing and has_hours(life):
        inside = (_inside(at, zone, opening, closing, life.guard) for zone in life.product_zones)
        if not all(inside):
            yield "POLICY.LENDER.HOURS", HOLD
    if life.product:
        yield from _policy(life, at)


class Life:
    """Names for the parts of one `given`."""

    def __init__(self, given: Json) -> None:
        person = given["person"]
        self.now = _instant(given["now"])
        self.attempt: Json = given["attempt"]
        self.federal = "US" in person["jurisdictions"]
        self.collector = given["lender"]["role"] in COLLECTORS
        stated = [each["zone"] for each in person["places"] if each["kind"] == "stated"]
        self.zones = [ZoneInfo(each) for each in stated or [place["zone"] for place in person["places"]]]
        self.product_zones = self.product_hours = self.zones
        """Where the product's limits are read, and its hours."""
        self.stops: list[Json] = person["stops"]
        self.agreements: list[Json] = person["agreements"]
        self.events: list[Json] = person["events"]
        self.suppressions: list[Json] = person.get("suppressions", [])
        self.history: list[Json] = given["history"]
        self.debts: list[Json] = given["debts"]
        self.policy: Json = given["policy"]
        self.product = set(self.policy) != {"guard_seconds"}
        self.guard = timedelta(seconds=self.policy["guard_seconds"])
        self.to_lawyer = self.attempt["party"] == "attorney"
        self.confirms = self.attempt.get("purpose") == "opt_out_confirmation"


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def _inside(at: datetime, zone: ZoneInfo, opening: str, closing: str, guard: timedelta) -> bool:
    clock = at.astimezone(zone).time()
    since_midnight = timedelta(hours=clock.hour, minutes=clock.minute, seconds=clock.second)
    return _span(opening) + guard <= since_midnight < _span(closing) - guard


def _span(clock: str) -> timedelta:
    read = time.fromisoformat(clock)
    return timedelta(hours=read.hour, minutes=read.minute)


def has_hours(life: Life) -> bool:
    """Letters have none, and messages to the lawyer neither."""
    return life.attempt["channel"] != "letter" and not life.to_lawyer


def outside(life: Life, at: datetime, opening: str, closing: str, zones: list[ZoneInfo]) -> bool:
    """Whether it is outside these hours, widened by the agreed ones, by any of these clocks."""
    agreed = [(each["open"], each["close"]) for each in life.agreements if each["kind"] == "hours"]
    usual = [(opening, closing), *agreed]
    return any(not any(_inside(at, zone, *span, life.guard) for span in usual) for zone in zones)


def _day(at: datetime, zone: ZoneInfo) -> date:
    return at.astimezone(zone).date()


def _called_with_consent(life: Life, at: datetime, zone: ZoneInfo) -> bool:
    for each in life.agreements:
        if each["kind"] == "call_consent":
            start, end = _instant(each["from"]), _instant(each["to"])
            if start <= at < end and _day(at, zone) < _day(start, zone) + timedelta(days=7):
                return True
    return False


def _same_person(life: Life, past: Json) -> bool:
    attempt = life.attempt
    return past["party"] == attempt["party"] and (attempt["party"] != "contact" or past["to"] == attempt["to"])


def _frequency(life: Life, at: datetime) -> Iterator[tuple[str, str | None]]:
    if not life.collector or life.to_lawyer:
        return
    channel = life.attempt["channel"]
    for zone in life.zones:
        if _called_with_consent(life, at, zone):
            continue
        for debt in life.attempt["debts"]:
            calls = [
                past
                for past in life.history
                if past["channel"] in {"call", "voicemail"}
                and debt in past["debts"]
                and _same_person(life, past)
                and not _called_with_consent(life, _instant(past["at"]), zone)
            ]
            if channel in {"call", "voicemail"} and _in_days(calls, ATTEMPTS, zone, at, 7) >= 7:
                yield "US.REGF.FREQ7", HOLD
            talks = [past for past in calls if past["channel"] == "call" and past["result"] == "connected"]
            if channel == "call" and any(_day(at, zone) < _since(past, zone, 7) for past in talks):
                yield "US.REGF.COOL7", HOLD


def _since(past: Json, zone: ZoneInfo, days: int) -> date:
    return _day(_instant(past["at"]), zone) + timedelta(days=days)


def _in_days(pasts: list[Json], results: set[str], zone: ZoneInfo, at: datetime, days: int) -> int:
    today = _day(at, zone)
    dates = {today - timedelta(days=back) for back in range(days)}
    return sum(1 for past in pasts if past["result"] in results and _day(_instant(past["at"]), zone) in dates)


def _consented_after(life: Life, since: datetime | None) -> bool:
    return any(
        each["kind"] == "message_consent"
        and each["channel"] == life.attempt["channel"]
        and each.get("to") in {None, life.attempt["to"]}
        and (since is None or _instant(each["at"]) > since)
        for each in life.agreements
    )


def _happened_after(life: Life, kind: str, since: datetime) -> bool:
    return any(each["kind"] == kind and _instant(each["at"]) > since for each in life.events)


def _confirmed_since(life: Life, since: datetime) -> bool:
    return any(
        past.get("purpose") == "opt_out_confirmation"
        and _instant(past["at"]) >= since
        and past["channel"] == life.attempt["channel"]
        and past["to"] == life.attempt["to"]
        and past["result"] in ATTEMPTS
        for past in life.history
    )


def _opted_out(life: Life, stop: Json, *, anywhere: bool) -> bool:
    since = _instant(stop["at"])
    if _consented_after(life, since) or (life.confirms and not _confirmed_since(life, since)):
        return False
    if anywhere:
        return True
    by_channel = stop.get("channel") in {None, life.attempt["channel"]}
    return by_channel and stop.get("to") in {None, life.attempt["to"]}


def _about(life: Life, stop: Json) -> bool:
    return not stop.get("debts") or bool(set(stop["debts"]) & set(life.attempt["debts"]))


def _stops(life: Life, at: datetime) -> Iterator[tuple[str, str | None]]:
    channel = life.attempt["channel"]
    automated = channel == "sms" or (channel in {"call", "voicemail"} and life.attempt.get("prerecorded", False))
    for stop in life.stops:
        kind, since = stop["kind"], _instant(stop["at"])
        if kind == "opt_out":
            if life.collector and _opted_out(life, stop, anywhere=False):
                yield ("US.REGF.OPTOUT" if channel in {"sms", "email"} else "US.REGF.MEDIA"), "new_consent"
            dates = [_day(at, zone) for zone in life.zones] or [at.date()]
            reaches = automated and stop.get("channel") in {None, "sms", "call"}
            if max(dates) >= date(2027, 1, 31) and reaches and _opted_out(life, stop, anywhere=True):
                yield "US.TCPA.REVOKEALL", "human_review"
        if kind == "bankruptcy" and _about(life, stop) and not _happened_after(life, "court_order", since):
            yield "US.BK.STAY", "court_order"
        if life.collector and _about(life, stop):
            yield from _collectors_stop(life, stop)


def _collectors_stop(life: Life, stop: Json) -> Iterator[tuple[str, str | None]]:
    kind, since = stop["kind"], _instant(stop["at"])
    if kind == "wrong_number" and stop["to"] == life.attempt["to"]:
        yield "US.REGF.WRONGNO", None
    if kind == "attorney" and not life.to_lawyer and not _happened_after(life, "attorney_silent_or_agrees", since):
        yield "US.REGF.ATTY", "attorney_silent_or_agrees"
    if kind == "dispute" and stop.get("written") and not _happened_after(life, "verification_sent", since):
        notices = [_instant(each["at"]) for each in life.events if each["kind"] == "validation_notice_sent"]
        if not notices or any(
            _day(since, zone) <= _last_day(_day(sent, zone)) for zone in life.zones for sent in notices
        ):
            yield "US.REGF.DISPUTE", "verification_sent"
    if kind == "cease_all" and not _happened_after(life, "debtor_withdraws", since):
        yield "US.REGF.CEASE", "debtor_withdraws"
    if kind == "deceased" and not _happened_after(life, "representative_named", since):
        yield "US.REGF.DECEASED", "representative_named"


def _last_day(sent: date) -> date:
    day, counted = sent, 0
    while counted < 5:
        day += timedelta(days=1)
        if day.isoweekday() <= 5 and day not in HOLIDAYS:
            counted += 1
    return day + timedelta(days=30)


POLICY_EVENTS = {
    "attorney": "attorney_silent_or_agrees",
    "dispute": "verification_sent",
    "cease_all": "debtor_withdraws",
    "bankruptcy": "court_order",
    "deceased": "representative_named",
    "hardship": "hardship_resolved",
    "breathing_space": "moratorium_ended",
}


def _policy(life: Life, at: datetime) -> Iterator[tuple[str, str | None]]:
    channel = life.attempt["channel"]
    if channel == "sms" and not life.confirms and not _consented_after(life, None):
        yield "POLICY.CONSENT", "message_consent"
    if not life.confirms:
        for debt in life.attempt["debts"]:
            known = [each.get("balance_as_of") for each in life.debts if each["id"] == debt]
            if not known or known[0] is None or life.now - _instant(known[0]) > timedelta(days=3):
                yield "POLICY.BALANCE", "balance_confirmed"
    if not life.to_lawyer:
        yield from _policy_caps(life, at)
    for stop in life.stops:
        yield from _policy_stop(life, stop, at)
    for said in life.suppressions:
        if _suppressed(life, said):
            yield "POLICY.SUPPRESSED", "new_consent"


def _policy_caps(life: Life, at: datetime) -> Iterator[tuple[str, str | None]]:
    channel = life.attempt["channel"]
    mine = [past for past in life.history if _same_person(life, past) and past.get("purpose") != "opt_out_confirmation"]
    texts = [past for past in mine if past["channel"] == "sms"]
    for zone in life.product_zones:
        if channel == "sms" and not life.confirms:
            if _in_days(texts, ATTEMPTS, zone, at, 1) >= 1:
                yield "POLICY.SMS1", HOLD
            if _in_days(texts, ATTEMPTS, zone, at, 7) >= 2:
                yield "POLICY.SMS7", HOLD
        if not life.confirms and _in_days(mine, CONTACTS, zone, at, 7) >= life.policy.get("contacts_in_7_days", 3):
            yield "POLICY.CONTACT7", HOLD
        by_law = life.collector and life.federal and zone in life.zones
        if by_law and channel in {"call", "voicemail"} and not _called_with_consent(life, at, zone):
            yield from _busy(life, at, zone)


def _busy(life: Life, at: datetime, zone: ZoneInfo) -> Iterator[tuple[str, str | None]]:
    for debt in life.attempt["debts"]:
        calls = [
            past
            for past in life.history
            if past["channel"] in {"call", "voicemail"}
            and debt in past["debts"]
            and _same_person(life, past)
            and not _called_with_consent(life, _instant(past["at"]), zone)
        ]
        busy = any(past["result"] == "busy" for past in calls)
        if busy and _in_days(calls, ATTEMPTS | {"busy"}, zone, at, 7) >= 7:
            yield "POLICY.BUSY", HOLD


def _policy_stop(life: Life, stop: Json, at: datetime) -> Iterator[tuple[str, str | None]]:
    kind, since = stop["kind"], _instant(stop["at"])
    if not _about(life, stop):
        return
    if kind == "opt_out" and _opted_out(life, stop, anywhere=False):
        yield "POLICY.STOP", "new_consent"
    if kind in {"wrong_number", "refused_as_third_person"} and stop["to"] == life.attempt["to"]:
        yield "POLICY.STOP", None
    event = POLICY_EVENTS.get(kind)
    if event is None or (kind == "attorney" and life.to_lawyer) or _happened_after(life, event, since):
        return
    if kind in {"hardship", "breathing_space"} and stop.get("until"):
        if since <= at < _instant(stop["until"]):
            yield "POLICY.STOP", HOLD
    else:
        yield "POLICY.STOP", event


def _suppressed(life: Life, said: Json) -> bool:
    attempt, since = life.attempt, _instant(said["at"])
    if _consented_after(life, since) or (life.confirms and not _confirmed_since(life, since)):
        return False
    names_it = said.get("to") == attempt["to"]
    if life.to_lawyer:
        return names_it
    by_channel = said.get("channel") in {None, attempt["channel"]}
    return {
        "everything": True,
        "all_automated": attempt["channel"] in {"sms", "email", "voicemail"} or attempt.get("prerecorded", False),
        "channel": by_channel,
        "number": by_channel and (names_it or said.get("to") is None),
    }[said["scope"]]
