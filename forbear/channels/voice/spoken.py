"""Amounts, days and telephone numbers as words: voices misread digits, and a sum that was misread is a wrong demand.

English and Chinese; every other language is spoken in English. Pure.
"""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Final

import phonenumbers
from babel.dates import get_month_names
from babel.numbers import get_currency_name

from forbear.money.currency import minor_digits

ONES: Final = [
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
]
TENS: Final = ["zero", "ten", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
SCALES: Final = ((10**9, "billion"), (10**6, "million"), (10**3, "thousand"))
IRREGULAR: Final = MappingProxyType(
    {1: "first", 2: "second", 3: "third", 5: "fifth", 8: "eighth", 9: "ninth", 12: "twelfth"}
)
MINOR: Final = MappingProxyType(
    {"USD": ("cent", "cents"), "EUR": ("cent", "cents"), "GBP": ("penny", "pence"), "CNY": ("fen", "fen")}
)
HAN: Final = "零一二三四五六七八九"
HAN_PLACES: Final = ("", "十", "百", "千")
HAN_SCALES: Final = ((10**8, "亿"), (10**4, "万"))
TEN, HUNDRED = 10, 100


def english(number: int) -> str:
    """A whole number, as 'one thousand two hundred thirty-four'."""
    if number < len(ONES):
        return ONES[number]
    if number < HUNDRED:
        tens, ones = divmod(number, TEN)
        return TENS[tens] + (f"-{ONES[ones]}" if ones else "")
    for size, name in (*SCALES, (HUNDRED, "hundred")):
        if number >= size:
            many, rest = divmod(number, size)
            return f"{english(many)} {name}" + (f" {english(rest)}" if rest else "")
    raise AssertionError(number)


def ordinal(number: int) -> str:
    """The place of a day in its month, as 'twenty-first'."""
    if number in IRREGULAR:
        return IRREGULAR[number]
    tens, ones = divmod(number, TEN)
    if number > len(ONES) - 1 and ones:
        return f"{TENS[tens]}-{ordinal(ones)}"
    word = english(number)
    return f"{word[:-1]}ieth" if word.endswith("y") else f"{word}th"


def han(number: int) -> str:
    """A whole number, as 一千二百三十四; a gap is one 零."""
    for size, name in HAN_SCALES:
        if number >= size:
            many, rest = divmod(number, size)
            gap = "零" if 0 < rest < size // TEN else ""
            return f"{han(many)}{name}" + (f"{gap}{han(rest)}" if rest else "")
    digits = [int(digit) for digit in str(number)]
    spoken, gap = "", False
    for place, digit in zip(range(len(digits) - 1, -1, -1), digits, strict=True):
        if digit:
            spoken += ("零" if gap else "") + HAN[digit] + HAN_PLACES[place]
        gap = bool(spoken) and not digit
    spoken = spoken or HAN[0]
    return spoken.removeprefix("一") if spoken.startswith("一十") else spoken


def money(amount: Decimal, currency: str, language: str) -> str:
    """A sum, to its smallest unit."""
    digits = minor_digits(currency)
    whole = int(amount)
    rest = int((amount - whole).scaleb(digits).to_integral_value()) if digits else 0
    return MONEY[_spoken_in(language)](whole, rest, currency)


def day(when: date, language: str) -> str:
    """A day with its month and year."""
    if _spoken_in(language) == "zh":
        return f"{''.join(HAN[int(digit)] for digit in str(when.year))}年{han(when.month)}月{han(when.day)}日"
    month = get_month_names("wide", locale="en")[when.month]
    return f"{month} {ordinal(when.day)}, {_year(when.year)}"


def phone(e164: str, language: str) -> str:
    """A telephone number, digit by digit, as people of its country dial it."""
    number = phonenumbers.parse(e164)
    written = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)
    names = HAN if _spoken_in(language) == "zh" else ONES
    groups = "".join(each if each.isdigit() else " " for each in written).split()
    between = "" if names is HAN else " "
    return ", ".join(between.join(names[int(digit)] for digit in group) for group in groups)


def _spoken_in(language: str) -> str:
    return "zh" if language.partition("-")[0] == "zh" else "en"


def _english_money(whole: int, rest: int, currency: str) -> str:
    spoken = f"{english(whole)} {get_currency_name(currency, count=whole, locale='en')}"
    if not rest:
        return spoken
    one, many = MINOR.get(currency, ("hundredth", "hundredths"))
    return f"{spoken} and {english(rest)} {one if rest == 1 else many}"


def _han_money(whole: int, rest: int, currency: str) -> str:
    if currency != "CNY":
        digits = str(rest).zfill(minor_digits(currency)).rstrip("0") if rest else ""
        point = f"点{''.join(HAN[int(digit)] for digit in digits)}" if digits else ""
        return f"{han(whole)}{point}{get_currency_name(currency, locale='zh_Hans')}"
    tenths, hundredths = divmod(rest, TEN)
    small = (f"{HAN[tenths]}角" if tenths else "") + (f"{HAN[hundredths]}分" if hundredths else "")
    gap = "零" if whole and hundredths and not tenths else ""
    return f"{han(whole)}元{gap}{small}" if whole or not small else small


def _year(year: int) -> str:
    """2026 as 'twenty twenty-six'; the years after 2000 whole."""
    century, rest = divmod(year, HUNDRED)
    if rest < TEN:
        return english(year)
    return f"{english(century)} {english(rest)}"


MONEY: Final[Mapping[str, Callable[[int, int, str], str]]] = {"en": _english_money, "zh": _han_money}
