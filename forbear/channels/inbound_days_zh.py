"""Days and amounts as people write them in Chinese: '下周五', '十五号', '三天后', '下个月5号', '五百块', '1万'.

Every pattern is bounded, so that no text makes it slow.
"""

import re
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from forbear.channels.civil_days import coming, month_end, named_day, next_with_day, of_next_month

WEEKDAYS: Final = {"一": 0, "二": 1, "三": 2, "四": 3, "五": 4, "六": 5, "日": 6, "天": 6}
SOON: Final = (
    ("大后天", 3),
    ("后天", 2),
    ("明天", 1),
    ("明日", 1),
    ("明早", 1),
    ("明晚", 1),
    ("今天", 0),
    ("今晚", 0),
    ("今日", 0),
)
DIGITS: Final = {
    "零": 0,
    "〇": 0,
    "一": 1,
    "二": 2,
    "两": 2,
    "兩": 2,
    "三": 3,
    "四": 4,
    "五": 5,
    "六": 6,
    "七": 7,
    "八": 8,
    "九": 9,
}
UNITS: Final = {"十": 10, "百": 100, "千": 1000}

_MONTH = re.compile(r"(\d{1,2})月(\d{1,2})[日号號]?")
_NEXT_MONTH = re.compile(r"下个?個?月(?:的)?(\d{1,2})[日号號]?")
_DAY = re.compile(r"(?<!\d)(\d{1,2})[日号號]")
_WEEK = re.compile(r"(下个|下個|下|这个|这|本)?(?:周|星期|礼拜|週)([一二三四五六日天])")
_AFTER = re.compile(r"(?<!\d)(\d{1,2})(?:个|個)?(天|日|周|星期|礼拜|月)(?:之后|以后|后|後|内|之内|以内)")
_MONTHS_END = re.compile(r"(下个?個?)?月底")
_NEXT_WEEK = re.compile(r"下个?個?(?:周|星期|礼拜|週)(?![一二三四五六日天])")
_COUNTED = re.compile(
    r"(?<![周週期拜零〇一二两兩三四五六七八九十])([零〇一二两兩三四五六七八九十]{1,3})(?=(?:个|個)?[日号號天周月星礼])"
)
_SUM = re.compile(r"(?:还款?|付|转|還款?)(\d{1,9}(?:\.\d{1,2})?)(万|萬)?(?![\d./:-]|[月日号號天周个])")
_TEN_THOUSANDS = re.compile(r"(?<![\d.])(\d{1,4}(?:\.\d{1,4})?)[万萬]")
_WRITTEN_SUM = re.compile(
    r"([零〇一二两兩三四五六七八九十百千万萬]{1,14})(?:元|块|塊)|还([零〇一二两兩三四五六七八九十百千万萬]{2,14})(?![天日号號周月个])"
)


def chinese_day(text: str, today: date) -> date | None:
    """The day that a text without blanks names."""
    digits = _COUNTED.sub(lambda found: str(chinese_number(found.group(1)) or 0), text)
    for read in (_of_a_month, _soon, _later, _at_months_end, _of_a_week, _of_this_month):
        day = read(digits, today)
        if day is not None:
            return day
    return None


def _of_a_month(text: str, today: date) -> date | None:
    if found := _MONTH.search(text):
        return coming(int(found.group(1)), int(found.group(2)), today)
    found = _NEXT_MONTH.search(text)
    return of_next_month(int(found.group(1)), today) if found else None


def _soon(text: str, today: date) -> date | None:
    return next((today + timedelta(days=days) for word, days in SOON if word in text), None)


def _later(text: str, today: date) -> date | None:
    found = _AFTER.search(text)
    if found is None:
        return None
    number, unit = int(found.group(1)), found.group(2)
    if unit == "月":
        return _months_later(number, today)
    return today + timedelta(days=number * (1 if unit in "天日" else 7))


def _months_later(number: int, today: date) -> date:
    first = today.replace(day=1)
    for _ in range(number):
        first = month_end(first) + timedelta(days=1)
    return first.replace(day=min(today.day, month_end(first).day))


def _at_months_end(text: str, today: date) -> date | None:
    found = _MONTHS_END.search(text)
    if found is None:
        return None
    return month_end(month_end(today) + timedelta(days=1)) if found.group(1) else month_end(today)


def _of_a_week(text: str, today: date) -> date | None:
    if found := _WEEK.search(text):
        return named_day(WEEKDAYS[found.group(2)], today, next_week=(found.group(1) or "").startswith("下"))
    return today + timedelta(days=7) if _NEXT_WEEK.search(text) else None


def _of_this_month(text: str, today: date) -> date | None:
    found = _DAY.search(text)
    return next_with_day(int(found.group(1)), today) if found else None


def chinese_amount(text: str) -> Decimal | None:
    """An amount that a text without blanks names in a Chinese way."""
    if found := _TEN_THOUSANDS.search(text):
        return (Decimal(found.group(1)) * 10_000).quantize(Decimal(1))
    if found := _SUM.search(text):
        return Decimal(found.group(1))
    if found := _WRITTEN_SUM.search(text):
        number = chinese_number(found.group(1) or found.group(2))
        return Decimal(number) if number else None
    return None


def chinese_number(text: str) -> int | None:
    """'二十五', '两千', '一万五千', '三百零五'; None for what is no number."""
    total = part = digit = 0
    for sign in text:
        if sign in DIGITS:
            digit = DIGITS[sign]
        elif sign in UNITS:
            part, digit = part + (digit or 1) * UNITS[sign], 0
        elif sign in "万萬":
            total, part, digit = total + (part + digit) * 10_000, 0, 0
        else:
            return None
    return total + part + digit
