"""How a template writes values: amounts exactly, days, percentages and amounts in words, all in its reader's language.

Nothing is rounded or reckoned here; what cannot be written exactly refuses the paper.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Final, cast

from babel import Locale
from babel.core import UnknownLocaleError
from babel.dates import format_date
from babel.numbers import format_currency, format_percent
from jinja2 import Environment, pass_context
from jinja2.runtime import Context

from forbear.documents.addressing import is_latin
from forbear.money import words_cn, words_en
from forbear.ports.papers import Unprintable

TRADITIONAL: Final = str.maketrans("贰叁陆万亿", "貳參陸萬億")
CAPITALS: Final[Mapping[tuple[str, str], str]] = {("zh-Hans", "CNY"): "人民币", ("zh-Hant", "TWD"): "新臺幣"}
"""Languages and currencies whose amounts are written in Chinese capitals, and the currency's name before them."""

REPUBLIC: Final = 1911
"""The year before the first of the Republic, by which Taiwan counts."""


def install(jinja: Environment) -> None:
    """Give a template environment the filters and tests of the papers."""
    filters = cast("dict[str, object]", jinja.filters)
    filters |= {"money": _money, "day": _day, "percent": _percent, "in_words": _in_words}
    cast("dict[str, object]", jinja.tests)["latin"] = is_latin


def write_day(day: date, locale: Locale) -> str:
    """A date in its long form; in Chinese for Taiwan by the years of the Republic, as papers have it there."""
    if (locale.script, locale.territory) == ("Hant", "TW"):
        before = day.year <= REPUBLIC  # the year before the first is the first before the Republic
        year = f"前{REPUBLIC + 1 - day.year}" if before else f"{day.year - REPUBLIC}"
        return f"民國{year}年{day.month}月{day.day}日"
    return format_date(day, "long", locale=locale)


@cache
def locale_of(language: str, country: str) -> Locale:
    """How people of a country write in a language; as anybody does where that is not known."""
    tag = language.replace("-", "_")
    try:
        return Locale.parse(f"{tag}_{country}")
    except UnknownLocaleError:
        return Locale.parse(tag)


@pass_context
def _money(context: Context, amount: Decimal) -> str:
    """The ledger's own figure, exactly, as the reader writes money."""
    return format_currency(amount, context["currency"], locale=context["locale"])


@pass_context
def _day(context: Context, day: date) -> str:
    return write_day(day, context["locale"])


@pass_context
def _percent(context: Context, percent: Decimal) -> str:
    """A number of percent, with every digit that it was given with."""
    return format_percent(percent / 100, locale=context["locale"], decimal_quantization=False)


@pass_context
def _in_words(context: Context, amount: Decimal) -> str:
    """An amount in words, as papers of the language have it beside the figure."""
    language, currency = str(context["language"]), str(context["currency"])
    try:
        if name := CAPITALS.get((language, currency)):
            words = words_cn.in_words(amount).removeprefix("人民币")
            return name + (words.translate(TRADITIONAL) if language == "zh-Hant" else words)
        if language == "en":
            return words_en.in_words(amount, currency)
    except ValueError as error:
        raise Unprintable("words.missing", f"an amount cannot be written in words: it {error}") from None
    raise Unprintable("words.missing", f"amounts of {currency} in words are not known in this paper's language")
