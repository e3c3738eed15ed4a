"""The words of the pages, one catalogue per language under `templates/pages`, and how amounts and dates are written.

A key that is missing, or a value a sentence needs and does not get, is an error and never a gap on the page.
"""

import tomllib
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Final

import phonenumbers
from babel import Locale
from babel.core import UnknownLocaleError
from babel.dates import format_date, format_time, get_timezone_name
from babel.numbers import format_currency

from forbear.errors import BadData, BadInput
from forbear.rules.wall import zone

FOLDER: Final = Path(__file__).resolve().parents[3] / "templates" / "pages"
FALLBACK: Final = "en"


class Words:
    """One language's catalogue: `words("pay.full", total=…)`."""

    def __init__(self, language: str, path: Path) -> None:
        self.language = language
        self._path = path
        sections = tomllib.loads(path.read_text())
        self.sentences: dict[str, str] = {
            f"{section}.{name}": text for section, named in sections.items() for name, text in named.items()
        }

    def __call__(self, key: str, /, **values: object) -> str:
        """The sentence of a key with its values; what escapes them is the page."""
        try:
            return self.sentences[key].format(**values)
        except KeyError as missing:
            raise BadData(self._path, None, f"'{key}' lacks {missing}") from None


@cache
def languages() -> tuple[str, ...]:
    """The languages that have a catalogue."""
    return tuple(sorted(path.parent.name for path in FOLDER.glob("*/words.toml")))


def words_in(language: str) -> Words:
    """The catalogue of a language, of its main language ('en' for 'en-US'), or the fallback."""
    found = (wanted for wanted in (language, language.partition("-")[0]) if wanted in languages())
    return _catalogue(next(found, FALLBACK))


@cache
def _catalogue(language: str) -> Words:
    return Words(language, FOLDER / language / "words.toml")


@dataclass(frozen=True, slots=True)
class Writing:
    """How one borrower reads amounts, dates and times: in their language, country and zone."""

    locale: Locale
    zone_name: str | None

    @classmethod
    def of(cls, language: str, country: str, zone_name: str | None) -> "Writing":
        """The locale of language and country, as far as there is one; 'UTC' is named where no zone is known."""
        for tag in (f"{language.partition('-')[0]}_{country}", language.partition("-")[0], FALLBACK):
            try:
                return cls(Locale.parse(tag), _known_zone(zone_name))
            except (UnknownLocaleError, ValueError):
                continue
        return cls(Locale.parse(FALLBACK), _known_zone(zone_name))

    def money(self, amount: Decimal, currency: str) -> str:
        return format_currency(amount, currency, locale=self.locale)

    def day(self, day: date) -> str:
        return format_date(day, "long", locale=self.locale)

    def local_day(self, instant: datetime) -> date:
        """The civil date on which an instant falls for this borrower."""
        return instant.astimezone(zone(self.zone_name) if self.zone_name else UTC).date()

    def time(self, instant: datetime) -> str:
        """The time of day where the borrower is, with the zone's name."""
        where = zone(self.zone_name) if self.zone_name else UTC
        local = instant.astimezone(where)
        named = get_timezone_name(local, width="short", locale=self.locale) if self.zone_name else "UTC"
        return f"{format_time(local, 'short', tzinfo=where, locale=self.locale)} {named}"

    @property
    def month_first(self) -> bool:
        return self.locale.territory in {"US", "PH", "FM", "PW"}

    @property
    def year_first(self) -> bool:
        return self.locale.language in {"zh", "ja", "ko", "hu"}


def _known_zone(name: str | None) -> str | None:
    try:
        return zone(name).key if name else None
    except BadInput:
        return None


def shown_phone(e164: str, country: str) -> str:
    """A lender's number as people of its country write it."""
    try:
        number = phonenumbers.parse(e164, None)
    except phonenumbers.NumberParseException:
        return e164
    home = phonenumbers.country_code_for_region(country) == number.country_code
    form = phonenumbers.PhoneNumberFormat.NATIONAL if home else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(number, form)
