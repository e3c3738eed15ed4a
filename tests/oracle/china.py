"""China's rules: the national standard and the banks' guideline, by Beijing's clock wherever the person is."""

from collections.abc import Iterator
from datetime import date, datetime
from zoneinfo import ZoneInfo

from tests.oracle import counts
from tests.oracle.clocks import day
from tests.oracle.hours import keep
from tests.oracle.life import HOLD, Life, Past, Rule

BEIJING = ZoneInfo("Asia/Shanghai")
STANDARD = date(2025, 2, 28)
GUIDELINE = date(2026, 1, 30)
DEBTORS = {"debtor", "co_debtor"}
"""A second debtor has a count of his own."""


def _standard(at: datetime, _: object = None) -> bool:
    return day(at, BEIJING) >= STANDARD


def _guideline(at: datetime, _: object = None) -> bool:
    return day(at, BEIJING) >= GUIDELINE


def law(life: Life) -> Iterator[Rule]:
    """What binds this attempt in China."""
    if "CN" not in life.jurisdictions:
        return
    clock = [BEIJING]
    yield from keep(life, "CN.HOURS.GBT", ("08:00", "22:00"), clock, unless_agreed=True, binds=_standard)
    if life.channel != "sms":
        yield from keep(life, "CN.HOURS.CBA", ("08:00", "22:00"), clock, unless_agreed=True, binds=_guideline)
    yield from _calls(life)
    if life.channel == "visit" and life.attempt.get("staff", 1) < 2:
        yield Rule("CN.VISIT.CBA.22", "two_collectors", _guideline)
    refused = any(stop["kind"] == "refused_as_third_person" and stop["to"] == life.to for stop in life.stops)
    if refused or (life.party == "contact" and life.purpose != "relay"):
        yield Rule("CN.THIRD.GBT", None, _standard)
    if life.party == "contact" and not _unreachable(life):
        yield Rule("CN.THIRD.CBA.3", "debtor_unreachable", _guideline)


def _calls(life: Life) -> Iterator[Rule]:
    if life.channel != "call" or life.to_lawyer:
        return
    talks = counts.those(life.history, counts.CONVERSATIONS, channels={"call"}, parties={life.party})
    if life.party in DEBTORS:
        yield Rule("CN.FREQ.GBT.CALL3", HOLD, lambda at: _standard(at) and _on_the_day(talks, at) >= 3)
    rang = [past for past in counts.those(life.history, counts.UNANSWERED, channels={"call"}) if past.to == life.to]
    yield Rule("CN.FREQ.CBA.DIAL6", HOLD, lambda at: _guideline(at) and _on_the_day(rang, at) >= 6)


def _on_the_day(pasts: list[Past], at: datetime) -> int:
    return counts.in_days(pasts, BEIJING, at, 1)


def _unreachable(life: Life) -> bool:
    if any(event["kind"] == "debtor_unreachable" for event in life.events):
        return True
    failed = 0
    for past in sorted(life.history, key=lambda each: each.at):
        about = not life.asked or past.debts & set(life.asked)
        if past.channel == "call" and past.party == "debtor" and past.at <= life.now and about:
            failed = 0 if past.result == "connected" else failed + 1
    return failed >= 3
