"""Reads what a borrower typed, and says in words what is wrong with it. Forgiving about spaces, signs and commas.

Nothing typed is lost: a form with an error comes back as it was sent.
"""

import re
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from babel.dates import get_month_names

from forbear.api.pages.wording import Words, Writing
from forbear.money.currency import minor_digits, minor_unit

LONGEST_REASON: Final = 1_000
FURTHEST: Final = timedelta(days=31)
"""How far ahead a date may be promised on the page; a longer arrangement is made with a human."""
OLDEST: Final = 1900
_PLAIN: Final = re.compile(r"[0-9]{1,12}(?:\.[0-9]{1,6})?|[0-9]{1,3}(?:,[0-9]{3}){1,4}(?:\.[0-9]{1,6})?")
_SIGNS: Final = str.maketrans("", "", "$£€¥  \t ")
_LONGEST_FIELD: Final = 40


@dataclass(frozen=True)
class Wrong(Exception):
    """One field that cannot be taken as it is: the id of its input, and a sentence."""

    field: str
    sentence: str


@contextmanager
def collecting(wrong: list[Wrong]) -> Generator[None]:
    """Note what is wrong and go on, so that a form with two faults is corrected once."""
    try:
        yield
    except Wrong as found:
        wrong.append(found)


def birth_date(fields: Mapping[str, str], words: Words, writing: Writing, today: date) -> date:
    """The date of birth from its three parts."""
    year, month, day = (fields[f"birth_{part}"].strip() for part in ("year", "month", "day"))
    if not (year or month or day):
        raise Wrong("birth_" + ("month" if writing.month_first else "day"), words("cover.empty"))
    born = _civil(year, _month(month, writing), day)
    if born is None or born.year < OLDEST or born > today:
        faulty = next((part for part, text in (("day", day), ("month", month), ("year", year)) if not text), "day")
        raise Wrong(f"birth_{faulty}", words("cover.unreal"))
    return born


def amount(field: str, text: str, words: Words, writing: Writing, *, most: Decimal, currency: str) -> Decimal:
    """An amount of money, more than nothing and no more than is owed."""
    typed = text.strip().translate(_SIGNS).removeprefix(currency).removesuffix(currency)
    if not typed:
        raise Wrong(field, words("amount.empty"))
    if len(typed) > _LONGEST_FIELD or not _PLAIN.fullmatch(typed):
        raise Wrong(field, words("amount.unreadable", example=f"{most.quantize(minor_unit(currency)):f}"))
    given = Decimal(typed.replace(",", ""))
    if given != given.quantize(minor_unit(currency)):
        raise Wrong(field, words("amount.digits", digits=minor_digits(currency)))
    if given == 0:
        raise Wrong(field, words("amount.zero"))
    if given > most:
        raise Wrong(field, words("amount.most", total=writing.money(most, currency)))
    return given.quantize(minor_unit(currency))


def promised_day(text: str, words: Words, writing: Writing, today: date) -> date:
    """The day by which somebody will pay."""
    typed = text.strip()
    if not typed:
        raise Wrong("on", words("promise.on_empty"))
    try:
        day = date.fromisoformat(typed)
    except ValueError:
        raise Wrong("on", words("promise.on_unreal", example=(today + timedelta(days=7)).isoformat())) from None
    if not today <= day <= today + FURTHEST:
        raise Wrong("on", words("promise.on_range", first=writing.day(today), last=writing.day(today + FURTHEST)))
    return day


def reason(text: str, words: Words) -> str:
    """What was written beside a choice; may be empty."""
    written = text.strip()
    if len(written) > LONGEST_REASON:
        raise Wrong("reason", words("reason.long", most=LONGEST_REASON))
    return written


def _month(text: str, writing: Writing) -> str:
    """A month's number; its name, whole or short, is understood too."""
    wanted = text.casefold().rstrip(".")
    for width in ("wide", "abbreviated"):
        for number, name in get_month_names(width, locale=writing.locale).items():
            if wanted == str(name).casefold().rstrip("."):
                return str(number)
    return text


def _civil(year: str, month: str, day: str) -> date | None:
    parts = (year, month, day)
    if not all(part.isascii() and part.isdigit() and len(part) <= 4 for part in parts):  # noqa: PLR2004  no part is longer
        return None
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None
