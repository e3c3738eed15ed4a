"""Days and amounts as people write them in a text: 'Friday', '3/15', 'the 15th', '下周五', '$50', '50块'.

Every pattern is bounded, so that no text makes it slow. A day that is not clearly between today and the horizon is
no day: the message is then a promise without one, which a human completes.
"""

import itertools
import re
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from forbear.channels.civil_days import civil, coming, month_end, named_day, next_with_day
from forbear.channels.inbound_days_zh import chinese_amount, chinese_day

HORIZON: Final = timedelta(days=92)

WEEKDAYS: Final = {
    name: number
    for number, names in enumerate(
        (
            "monday mon",
            "tuesday tue tues",
            "wednesday wed",
            "thursday thu thur thurs",
            "friday fri",
            "saturday sat",
            "sunday sun",
        )
    )
    for name in names.split()
}
MONTHS: Final = {
    name: number
    for number, names in enumerate(
        (
            "january jan", "february feb", "march mar", "april apr", "may", "june jun", "july jul", "august aug",
            "september sep sept", "october oct", "november nov", "december dec",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
NUMBERS: Final = {"a": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "ten": 10}
SOON: Final = {"today": 0, "tonight": 0, "tomorrow": 1, "tmrw": 1, "tmr": 1, "tomorow": 1}

_ISO = re.compile(r"\b(20\d\d)-(\d{1,2})-(\d{1,2})\b")
_NUMERIC = re.compile(r"(?<![\d/.])(\d{1,2})/(\d{1,2})(?:/(20\d\d|\d\d))?(?![\d/])")
_ORDINAL = re.compile(r"\b(\d{1,2})(?:st|nd|rd|th)\b")
_DAY = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?")
_MARKED = re.compile(r"[$¥€£]\s?(\d{1,3}(?:,\d{3}){1,3}(?:\.\d{1,2})?|\d{1,9}(?:\.\d{1,2})?)")
_NAMED = re.compile(
    r"(?<![\d.,])(\d{1,3}(?:,\d{3}){1,3}(?:\.\d{1,2})?|\d{1,9}(?:\.\d{1,2})?)\s?(?:usd|dollars?|bucks|元|块|塊)"
)
_AFTER_PAY = re.compile(
    r"\b(?:pay|send)(?: you| u| about| at least)? (\d{1,9}(?:\.\d{1,2})?)(?![\d/:.-]|st|nd|rd|th|月|日|号)"
)


def find_amount(text: str) -> Decimal | None:
    """The first amount in a folded text; a bare number counts only right after 'pay' or 'send'."""
    for pattern in (_MARKED, _NAMED, _AFTER_PAY):
        found = pattern.search(text)
        if found:
            return Decimal(found.group(1).replace(",", ""))
    return chinese_amount("".join(text.split()))


def find_day(text: str, words: list[str], today: date, *, day_first: bool) -> date | None:
    """The day a folded text names, if it lies between today and the horizon."""
    readers = (
        lambda: _written_out(text, today, day_first=day_first),
        lambda: _by_month(words, today),
        lambda: chinese_day("".join(text.split()), today),
        lambda: _relative(words, today),
        lambda: _weekday(words, today),
        lambda: _of_this_month(text, words, today),
    )
    for read in readers:
        day = read()
        if day is not None:
            return day if today <= day <= today + HORIZON else None
    return None


def _written_out(text: str, today: date, *, day_first: bool) -> date | None:
    found = _ISO.search(text)
    if found:
        return civil(int(found.group(1)), int(found.group(2)), int(found.group(3)))
    found = _NUMERIC.search(text)
    if not found:
        return None
    first, second = int(found.group(1)), int(found.group(2))
    month, day = (second, first) if day_first else (first, second)
    if month > 12:  # noqa: PLR2004  no month has this number, so the writer put the day first
        month, day = day, month
    if found.group(3):
        return civil(int(found.group(3)) % 100 + 2000, month, day)
    return coming(month, day, today)


def _by_month(words: list[str], today: date) -> date | None:
    for at, word in enumerate(words):
        if word not in MONTHS:
            continue
        before = words[max(0, at - 2) : at]
        beside = [*words[at + 1 : at + 2], *reversed([each for each in before if each != "of"])]
        for near in beside:
            found = _DAY.fullmatch(near)
            if found:
                return coming(MONTHS[word], int(found.group(1)), today)
    return None


def _relative(words: list[str], today: date) -> date | None:
    line = f" {' '.join(words)} "
    if " day after tomorrow " in line:
        return today + timedelta(days=2)
    for word, days in SOON.items():
        if f" {word} " in line:
            return today + timedelta(days=days)
    if any(f" {end} " in line for end in ("end of month", "end of the month", "month end", "end of this month", "eom")):
        return month_end(today)
    for count, unit in itertools.pairwise(words):
        number = int(count) if count.isascii() and count.isdigit() and len(count) < 3 else NUMBERS.get(count)  # noqa: PLR2004
        if number is not None and unit in {"day", "days", "week", "weeks"}:
            return today + timedelta(days=number * (7 if unit.startswith("week") else 1))
    return today + timedelta(days=7) if " next week " in line else None


def _weekday(words: list[str], today: date) -> date | None:
    for at, word in enumerate(words):
        if word in WEEKDAYS:
            return named_day(WEEKDAYS[word], today, next_week=at > 0 and words[at - 1] == "next")
    return None


def _of_this_month(text: str, words: list[str], today: date) -> date | None:
    found = _ORDINAL.search(text)
    if found:
        return next_with_day(int(found.group(1)), today)
    for first, second, third in zip(words, words[1:], words[2:], strict=False):
        if first in {"on", "by"} and second == "the" and third.isascii() and third.isdigit() and len(third) < 3:  # noqa: PLR2004
            return next_with_day(int(third), today)
    return None
