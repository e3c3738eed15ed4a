"""A paper in words: the template of its kind filled with what the ledger gave, as HTML and the lines of its window.

Values are escaped and missing ones refused. Amounts stand as their reader's country writes them and are never rounded.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any, Final, cast

import phonenumbers
import segno
from babel import Locale
from babel.core import UnknownLocaleError
from babel.dates import format_date
from babel.numbers import format_currency
from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateError, pass_context
from jinja2.runtime import Context

from forbear.documents.addressing import composed, is_latin, sheet_for, window_lines
from forbear.documents.kinds import FOLDER, HOME_LANGUAGE, kind_of
from forbear.money.currency import write_amount
from forbear.ports.papers import LetterHead, Paper, Unprintable
from forbear.ports.post import PostAddress

REFERENCE_CHARACTERS: Final = 10
"""Of an id's random digits, those a person reads out on the phone; as on the pages."""


@dataclass(frozen=True, slots=True)
class Sheets:
    """What goes to the engine, and what the checks look for in what comes out. Personal."""

    html: str = field(repr=False)
    sheet: str
    window: tuple[str, ...] = field(repr=False)
    code: str = field(repr=False)
    """What the printed code says; empty where the paper has none."""
    footer: str
    """What stands at the foot of every page beside its number."""


def word_letter(paper: Paper) -> Sheets:
    """A letter in words.

    Raises:
        Unprintable: it may not be this letter, its figures do not add up, or its template lacks a value.
    """
    kind = kind_of(paper)
    _check_figures(paper)
    window = window_lines(paper.to)
    language = kind.spoken(paper.language, paper.to.country)
    locale = _locale(language, paper.to.country)
    values = {
        **_head(paper.head, paper.touch, window, language),
        "locale": locale,
        "currency": paper.currency,
        "name": paper.to.name,
        "role": paper.role,
        "day": _day(paper.day, locale),
        "as_of": _day(paper.as_of, locale),
        "due_since": _day(paper.due_since, locale),
        "balance": paper.total,
        "figures": paper.figures,
    }
    if paper.link:  # otherwise a template that asks for one is refused
        values |= {"link": paper.link, "code": _picture(paper.link)}
    html = _fill(f"{language}/{kind.name}.html", values)
    return Sheets(html, sheet_for(paper.to.country), window, paper.link, reference(paper.touch))


def word_address_page(touch: str, to: PostAddress, head: LetterHead) -> Sheets:
    """The address and the touch, and nothing of what the letter is about."""
    sheet, window = sheet_for(to.country), window_lines(to)
    language = HOME_LANGUAGE[to.country]
    values = {**_head(head, touch, window, language), "touch": touch, "code": _picture(touch)}
    return Sheets(_fill(f"{language}/address-page.html", values), sheet, window, touch, reference(touch))


def reference(subject: str) -> str:
    """An id in the form in which a person can read it out."""
    prefix, _, random = subject.partition("_")
    return f"{prefix.upper()}-{random[:REFERENCE_CHARACTERS]}"


def _head(head: LetterHead, touch: str, window: tuple[str, ...], language: str) -> dict[str, Any]:
    lines = () if head.address is None else tuple(line for line in _return_address(head.address) if line)
    return {
        "language": language,
        "lender": head.name,
        "phone": _phone(head),
        "head_lines": lines,
        "window": window,
        "reference": reference(touch),
    }


def _return_address(at: PostAddress) -> tuple[str, ...]:
    """Where the lender's mail goes back to, in two lines."""
    if at.country == "CN":
        return "".join((at.region if at.region != at.city else "", at.city, *at.lines)), at.postal_code
    return ", ".join(at.lines), f"{at.city}, {at.region} {at.postal_code}".strip(", ")


def _phone(head: LetterHead) -> str:
    """The lender's number as people of its country write it; as told where it is not in international form."""
    try:
        number = phonenumbers.parse(head.phone, None)
    except phonenumbers.NumberParseException:
        return head.phone
    home = "US" if head.address is None else head.address.country
    at_home = phonenumbers.country_code_for_region(home) == number.country_code
    form = phonenumbers.PhoneNumberFormat.NATIONAL if at_home else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(number, form).replace(" ", "\u00a0")


def _check_figures(paper: Paper) -> None:
    """What is printed adds up to what is called the total, and something is owed."""
    if not paper.figures or paper.total <= 0:
        raise Unprintable("sums.equal", "nothing is owed; send no letter about it")
    if len({figure.component for figure in paper.figures}) != len(paper.figures):
        raise Unprintable("sums.equal", "a component is named twice")
    try:
        written = [Decimal(write_amount(figure.amount, paper.currency)) for figure in paper.figures]
    except ValueError:
        raise Unprintable("sums.equal", f"an amount has more digits than {paper.currency} has") from None
    if sum(written, Decimal(0)) != Decimal(write_amount(paper.total, paper.currency)):
        raise Unprintable("sums.equal", "the rows do not add up to the total")


def _fill(template: str, values: Mapping[str, Any]) -> str:
    try:
        return composed(_jinja().get_template(template).render(values))
    except TemplateError as error:
        # The message of an undefined value names it, and no value.
        raise Unprintable("words.missing", f"{template}: {error.message or type(error).__name__}") from None


@cache
def _jinja() -> Environment:
    jinja = Environment(loader=FileSystemLoader(FOLDER), undefined=StrictUndefined, autoescape=True)
    cast("dict[str, object]", jinja.filters)["money"] = _money
    cast("dict[str, object]", jinja.tests)["latin"] = is_latin
    return jinja


@pass_context
def _money(context: Context, amount: Decimal) -> str:
    """The ledger's own figure, exactly, as the reader writes money."""
    return format_currency(amount, context["currency"], locale=context["locale"])


def _day(day: date, locale: Locale) -> str:
    return format_date(day, "long", locale=locale)


@cache
def _locale(language: str, country: str) -> Locale:
    tag = language.replace("-", "_")
    try:
        return Locale.parse(f"{tag}_{country}")
    except UnknownLocaleError:
        return Locale.parse(tag)


def _picture(says: str) -> str:
    """A code as a picture that stands in the page itself."""
    return segno.make(says, error="m", micro=False, boost_error=False).svg_data_uri(border=4, dark="#000")
