"""Amounts, days and numbers as they are spoken, in both languages."""

from datetime import date
from decimal import Decimal

import pytest

from forbear.channels.voice import spoken
from forbear.channels.voice.days import readable_day


@pytest.mark.parametrize(
    ("number", "english", "han"),
    [
        (0, "zero", "零"),
        (7, "seven", "七"),
        (10, "ten", "十"),
        (13, "thirteen", "十三"),
        (20, "twenty", "二十"),
        (21, "twenty-one", "二十一"),
        (100, "one hundred", "一百"),
        (101, "one hundred one", "一百零一"),
        (110, "one hundred ten", "一百一十"),
        (1_001, "one thousand one", "一千零一"),
        (1_010, "one thousand ten", "一千零一十"),
        (1_200, "one thousand two hundred", "一千二百"),
        (10_050, "ten thousand fifty", "一万零五十"),
        (100_000, "one hundred thousand", "十万"),
        (
            1_234_567,
            "one million two hundred thirty-four thousand five hundred sixty-seven",
            "一百二十三万四千五百六十七",
        ),
        (100_000_001, "one hundred million one", "一亿零一"),
    ],
)
def test_a_whole_number(number: int, english: str, han: str) -> None:
    assert (spoken.english(number), spoken.han(number)) == (english, han)


@pytest.mark.parametrize(
    ("amount", "currency", "english", "chinese"),
    [
        ("100.00", "USD", "one hundred US dollars", "一百美元"),
        ("1.00", "USD", "one US dollar", "一美元"),
        ("1234.50", "USD", "one thousand two hundred thirty-four US dollars and fifty cents", "一千二百三十四点五美元"),
        ("99.01", "GBP", "ninety-nine British pounds and one penny", "九十九点零一英镑"),
        ("1200.00", "CNY", "one thousand two hundred Chinese yuan", "一千二百元"),
        ("1234.05", "CNY", "one thousand two hundred thirty-four Chinese yuan and five fen", "一千二百三十四元零五分"),
        ("10.50", "CNY", "ten Chinese yuan and fifty fen", "十元五角"),
        ("5000", "JPY", "five thousand Japanese yen", "五千日元"),
    ],
)
def test_a_sum_to_its_smallest_unit(amount: str, currency: str, english: str, chinese: str) -> None:
    assert spoken.money(Decimal(amount), currency, "en") == english
    assert spoken.money(Decimal(amount), currency, "zh-Hans") == chinese


def test_a_sum_below_one_yuan() -> None:
    assert spoken.money(Decimal("0.30"), "CNY", "zh") == "三角"


@pytest.mark.parametrize(
    ("day", "english", "chinese"),
    [
        (date(2026, 3, 1), "March first, twenty twenty-six", "二零二六年三月一日"),
        (date(2026, 12, 31), "December thirty-first, twenty twenty-six", "二零二六年十二月三十一日"),
        (date(2026, 11, 20), "November twentieth, twenty twenty-six", "二零二六年十一月二十日"),
        (date(2007, 2, 12), "February twelfth, two thousand seven", "二零零七年二月十二日"),
    ],
)
def test_a_day(day: date, english: str, chinese: str) -> None:
    assert (spoken.day(day, "en"), spoken.day(day, "zh-Hans")) == (english, chinese)


def test_every_day_of_a_month_has_its_own_word() -> None:
    named = [spoken.ordinal(number) for number in range(1, 32)]
    assert len(set(named)) == 31
    assert (named[2], named[21]) == ("third", "twenty-second")


def test_a_number_is_spoken_digit_by_digit_as_it_is_dialled() -> None:
    assert spoken.phone("+12125550199", "en") == "two one two, five five five, zero one nine nine"
    assert spoken.phone("+861085550199", "zh-Hans").replace(", ", "") == "零一零八五五五零一九九"


TODAY = date(2026, 12, 20)


@pytest.mark.parametrize(
    ("digits", "day"),
    [
        ("1220", date(2026, 12, 20)),
        ("1231", date(2026, 12, 31)),
        ("0115", date(2027, 1, 15)),
        ("0120", date(2027, 1, 20)),
        ("0121", None),
        ("1219", None),
        ("0230", None),
        ("1301", None),
        ("", None),
        ("12", None),
        ("12 0", None),
        ("12²0", None),
        ("*220", None),
    ],
)
def test_the_day_of_a_promise(digits: str, day: date | None) -> None:
    assert readable_day(digits, TODAY) == day


def test_the_leap_day_is_a_day_in_its_year_alone() -> None:
    assert readable_day("0229", date(2028, 2, 10)) == date(2028, 2, 29)
    assert readable_day("0229", date(2026, 2, 10)) is None
