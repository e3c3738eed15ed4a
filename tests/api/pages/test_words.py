"""Every word of the pages is in a catalogue, every entry of it is used, and every language says the same things."""

import re
import string
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from forbear.api.pages import wording
from forbear.api.pages.wording import FALLBACK, FOLDER, Writing, languages, shown_phone, words_in
from forbear.errors import BadData

API = FOLDER.parents[1] / "forbear" / "api"
TEMPLATES = [FOLDER.parent / "page.html", *FOLDER.glob("*.html")]
CODE = [*TEMPLATES, *(API / "pages").rglob("*.py"), *(API / "hooks").rglob("*.py")]
SOURCE = "\n".join(path.read_text() for path in CODE)
BUILT = ("account.", "parts.", "cover.", "done_", "gone.", "broken.", "busy.")
"""Sections whose keys are put together on the page: `w("parts." ~ name)`."""
HEADINGS = [f"{choice}.heading" for choice in ("pay", "promise", "dispute", "hardship", "wrong_person", "stop")]


def named(sentence: str) -> set[str]:
    return {field for _, field, _, _ in string.Formatter().parse(sentence) if field}


def test_every_entry_is_used() -> None:
    for key in words_in(FALLBACK).sentences:
        built = key.startswith(BUILT) or key in HEADINGS or key == "language.name"
        assert built or f'"{key}"' in SOURCE, f"{key} is on no page"


def test_every_key_in_the_code_exists() -> None:
    sections = {key.partition(".")[0] for key in words_in(FALLBACK).sentences}
    asked = set(re.findall(rf'"((?:{"|".join(sections)})\.[a-z_]+)"', SOURCE))
    missing = asked - set(words_in(FALLBACK).sentences) - {path.name for path in CODE}
    assert missing == set()


@pytest.mark.parametrize("language", languages())
def test_every_language_says_the_same_with_the_same_values(language: str) -> None:
    ours, theirs = words_in(FALLBACK).sentences, words_in(language).sentences
    assert set(ours) == set(theirs)
    for key, sentence in ours.items():
        assert named(sentence) == named(theirs[key]), key
    assert not any(re.search(r"""["'<>]""", sentence) for sentence in theirs.values()), "typographic quotes, no markup"


def test_templates_hold_no_words_of_their_own() -> None:
    for path in TEMPLATES:
        text = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}|<[^>]*>", " ", path.read_text(), flags=re.DOTALL)
        text = re.sub(r'aria-[a-z]+="[^"]*"', " ", text)
        assert not re.search(r"[A-Za-z]{2,}", text), f"{path.name}: {text.split()}"


def test_a_missing_word_or_value_is_an_error() -> None:
    words = words_in("en")
    for key, values in (("pay.nothing", {}), ("pay.full", {}), ("pay.full", {"tot": 1})):
        with pytest.raises(BadData):
            words(key, **values)


def test_languages_fall_back_to_their_main_one_and_then_to_english() -> None:
    assert words_in("en-US").language == "en"
    assert words_in("tlh-QO").language == "en"
    assert wording.languages() == languages()


@pytest.mark.parametrize(
    ("language", "country", "money", "day"),
    [
        ("en", "US", "$1,234.50", "March 9, 2026"),
        ("en-GB", "GB", "US$1,234.50", "9 March 2026"),
        ("zh-CN", "CN", "US$1,234.50", "2026年3月9日"),
        ("en", "XX", "$1,234.50", "March 9, 2026"),
        ("not a language", "??", "$1,234.50", "March 9, 2026"),
    ],
)
def test_amounts_and_days_are_written_as_people_there_write_them(
    language: str, country: str, money: str, day: str
) -> None:
    writing = Writing.of(language, country, None)
    assert writing.money(Decimal("1234.5000"), "USD") == money
    assert writing.day(date(2026, 3, 9)) == day


def test_yen_have_no_digits_after_the_point() -> None:
    assert Writing.of("en", "US", None).money(Decimal("1234.0000"), "JPY") == "¥1,234"


def test_times_are_local_and_name_their_zone() -> None:
    at = datetime(2026, 3, 2, 19, 30, tzinfo=UTC)
    assert Writing.of("en", "US", "America/Chicago").time(at).replace("\u202f", " ") == "1:30 PM CST"
    assert Writing.of("en", "US", None).time(at).replace("\u202f", " ") == "7:30 PM UTC"
    assert Writing.of("en", "US", "Not/AZone").time(at).replace("\u202f", " ") == "7:30 PM UTC"
    assert Writing.of("en", "US", "America/Chicago").local_day(at.replace(hour=3)) == date(2026, 3, 1)


def test_a_number_is_written_as_its_own_country_does() -> None:
    assert shown_phone("+12125550199", "US") == "(212) 555-0199"
    assert shown_phone("+12125550199", "GB") == "+1 212-555-0199"
    assert shown_phone("12345", "US") == "12345"
