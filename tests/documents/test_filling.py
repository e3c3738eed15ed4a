"""Fields of a paper: typed values out of whatever form they came in, and every flaw told at once without a value."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forbear.documents.fields import Field, read_fields
from forbear.documents.filling import fill

LABEL = {"label": {"en": "Some field"}}
TABLES: dict[str, Any] = {
    "text": {**LABEL, "type": "text", "required": True, "most": 10},
    "day": {**LABEL, "type": "date"},
    "amount": {**LABEL, "type": "money"},
    "rate": {**LABEL, "type": "percent"},
    "number": {**LABEL, "type": "integer"},
    "sure": {**LABEL, "type": "yes_no"},
    "way": {**LABEL, "type": "choice", "choices": ["post", "visit"], "when": "sure"},
    "where": {**LABEL, "type": "address", "when": "way=visit"},
    "why": {**LABEL, "type": "text", "when": "sure=no"},
    "rows": {**LABEL, "type": "rows", "most": 3, "row": {"day": {**LABEL, "type": "date", "required": True}}},
}
FIELDS: Mapping[str, Field] = read_fields(Path("paper.toml"), TABLES, ("en",))


def told(**values: Any) -> list[str]:
    return [str(flaw) for flaw in fill(FIELDS, {"text": "x", **values}, "USD")[1]]


def value(name: str, given: Any, **more: Any) -> Any:
    values, flaws = fill(FIELDS, {"text": "x", **more, name: given}, "USD")
    assert not flaws
    return values[name]


@pytest.mark.parametrize(
    ("name", "given", "wanted"),
    [
        ("text", " 借据 1 ", "借据 1"),
        ("day", "2026-03-31", date(2026, 3, 31)),
        ("day", date(2026, 3, 31), date(2026, 3, 31)),
        ("amount", "1234.50", Decimal("1234.50")),
        ("amount", 7, Decimal(7)),
        ("amount", Decimal("0.10"), Decimal("0.10")),
        ("rate", "6.6", Decimal("6.6")),
        ("number", "12", 12),
        ("sure", "NO", False),
        ("where", "1 Example Street\nSampleton", ("1 Example Street", "Sampleton")),
        ("where", ["1 Example Street"], ("1 Example Street",)),
        ("rows", [{"day": "2026-01-02"}], (SimpleNamespace(day=date(2026, 1, 2)),)),
        ("rows", None, None),
    ],
)
def test_a_value_is_read_in_whatever_form_it_comes(name: str, given: Any, wanted: Any) -> None:
    assert value(name, given, why="x") == wanted


@pytest.mark.parametrize(
    ("given", "flaw"),
    [
        ({"text": ""}, "text: 'Some field' is missing. Give a text of at most 10 signs"),
        ({"text": "  "}, "text: 'Some field' says nothing"),
        ({"text": "x" * 11}, "text: 'Some field' has 11 signs; at most 10 fit. Write it shorter"),
        ({"text": "a\nb"}, "holds a sign that nobody sees, or a line break"),
        ({"text": "a\u202eb"}, "holds a sign that nobody sees"),
        ({"text": 5}, "text: 'Some field' is no text"),
        ({"day": "31.3.2026"}, "day: 'Some field' is no date. Give a date such as 2026-03-31"),
        ({"day": "2026-02-29"}, "is no date"),
        ({"day": "0026-03-01"}, "is no date of our time"),
        ({"amount": "1.005"}, "is no amount of USD, which has 2 digits after the point"),
        ({"amount": "-1"}, "is below zero"),
        ({"amount": 1.5}, "is no exact amount. Give it as text in quotes"),
        ({"amount": True}, "is no exact amount"),
        ({"rate": "6,6"}, "is no number of percent"),
        ({"number": "1.0"}, "is no whole number"),
        ({"sure": "perhaps"}, "is neither yes nor no"),
        ({"way": "fax"}, "is none of its choices. Give one of post, visit"),
        ({"where": [1]}, "is no list of lines"),
        ({"where": ["a"] * 7}, "has 7 lines; at most 6 fit"),
        ({"rows": "x"}, "rows: 'Some field' is no list of rows"),
        ({"rows": [{"day": "2026-01-01"}] * 4}, "has 4 rows; at most 3 stand on this paper"),
        ({"rows": [{"day": "2026-01-01"}, {}]}, "rows.1.day: 'Some field' is missing"),
        ({"rows": [{"day": "2026-01-01", "x": 1}]}, "rows.0.x: is no field of this paper"),
        ({"other": "1"}, "other: is no field of this paper. Leave it out; it has text, day"),
        ({"Jordan Example, 12 Sample St": "1"}, "a field: is no field of this paper"),
        ({"sure": True}, "way: 'Some field' is missing because sure is given. Give one of post, visit"),
        ({"sure": False}, "why: 'Some field' is missing because sure=no is given"),
        ({"sure": True, "way": "visit"}, "where: 'Some field' is missing because way=visit is given"),
    ],
)
def test_a_flaw_names_field_label_and_remedy(given: dict[str, Any], flaw: str) -> None:
    assert any(flaw in each for each in told(**given)), told(**given)


@pytest.mark.parametrize("given", [{}, {"sure": True, "way": "post"}, {"sure": False, "why": "x"}, {"way": "post"}])
def test_a_condition_that_does_not_hold_asks_for_nothing(given: dict[str, Any]) -> None:
    assert told(**given) == []


def test_every_flaw_is_told_at_once() -> None:
    assert len(told(text="", day="x", amount="x", rate="x", number="x", sure="x")) == 6


@given(
    st.dictionaries(
        st.sampled_from([*TABLES, "other"]),
        st.none()
        | st.booleans()
        | st.integers()
        | st.text()
        | st.floats()
        | st.lists(st.text() | st.none())
        | st.dictionaries(st.text(), st.text()),
    )
)
@settings(max_examples=300, deadline=None)
def test_whatever_is_given_is_read_or_refused_and_never_quoted(given: dict[str, Any]) -> None:
    secret = "Jordan Example 12"
    given = {name: f"{secret}{each}" if isinstance(each, str) and each else each for name, each in given.items()}
    values, flaws = fill(FIELDS, given, "USD")
    assert values.keys() == FIELDS.keys()
    assert not any(secret in str(flaw) for flaw in flaws)
