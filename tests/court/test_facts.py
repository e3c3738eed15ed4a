"""What a fact may be told with: every kind has its form, and every wrong value is named with its remedy."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forbear.contracts.case_words import FACTS
from forbear.court.facts import FACT_KINDS, FILE, Value, check_fact, form, forms, load, parted
from forbear.errors import BadData
from tests.rules.timing import FEW

GOOD = {"date": "2026-11-22", "money": "1250.00", "text": "as told", "integer": 1}


def good(value: Value) -> object:
    return value.choices[0] if value.choices else GOOD[value.type]


@pytest.mark.parametrize("kind", FACT_KINDS)
def test_a_fact_told_with_everything_its_form_asks_is_taken(kind: str) -> None:
    asked = form(kind)  # pyright: ignore[reportArgumentType]  a kind of the list
    told = {each.name: good(each) for each in asked.values}
    assert check_fact(asked.kind, told) == ()
    for value in asked.values:
        less = {name: each for name, each in told.items() if name != value.name}
        assert [each.field for each in check_fact(asked.kind, less)] == ([value.name] if value.required else [])
        assert [each.field for each in check_fact(asked.kind, told | {value.name: 7.5})] == [value.name]
    plain, sealed = parted(asked.kind, told)
    assert plain | sealed == told
    assert {each.name for each in asked.values if each.sealed} == set(sealed)


def test_every_kind_of_fact_has_a_form() -> None:
    assert set(forms()) == set(FACTS)


def test_free_text_is_always_sealed() -> None:
    words = {"paper", "by_rule"}
    plain = {each.name for form in forms().values() for each in form.values if each.type == "text" and not each.sealed}
    assert plain == words


@pytest.mark.parametrize(
    ("details", "field", "remedy"),
    [
        ({"result": "won"}, "result", "granted, granted_in_part, refused"),
        ({"result": "granted", "served_on": "22.11.2026"}, "served_on", "2026-11-22"),
        ({"result": "granted", "served_on": "9999-12-25"}, "served_on", "2026-11-22"),
        ({"result": "granted", "served_on": "0202-01-01"}, "served_on", "2026-11-22"),
        ({"result": "granted", "amount": "-5"}, "amount", "1250.00"),
        ({"result": "granted", "amount": 1250}, "amount", "1250.00"),
        ({"result": "granted", "judge": "x" * 81}, "judge", "at most 80"),
        ({"result": "granted", "colour": "red"}, "colour", "Known are"),
        ({}, "result", "Send one of"),
    ],
)
def test_a_wrong_value_is_named_with_its_remedy(details: dict[str, object], field: str, remedy: str) -> None:
    (flaw,) = check_fact("judged", details)
    assert (flaw.field, remedy in flaw.remedy) == (field, True)


def test_some_facts_are_about_a_person() -> None:
    assert [each.field for each in check_fact("served", {}, person=False)] == ["person"]
    assert check_fact("filed", {}, person=False) == ()


@FEW
@given(
    st.dictionaries(
        st.sampled_from(["until", "freeze", "amount"]),
        st.one_of(st.text(max_size=12), st.integers(), st.none(), st.booleans()),
    )
)
def test_whatever_is_told_gives_flaws_and_never_an_error(details: dict[str, object]) -> None:
    for flaw in check_fact("frozen", details):
        assert flaw.field
        assert flaw.remedy


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("[fact.served]", "[fact.sirved]", "is no kind of fact"),
        ('required = ["way"]', 'required = ["weg"]', "neither required nor"),
        (
            'also = ["method", "particulars_on", "remark"]',
            'also = ["method", "particulars_on", "noise"]',
            "described nowhere",
        ),
        ('type = "money"\nlabel = { en = "Amount"', 'type = "coins"\nlabel = { en = "Amount"', "type must be one of"),
        ('choices = ["personal"', 'options = ["personal"', "unknown key"),
        ('label = { en = "Court", zh-Hans = "法院" }', 'label = { en = "Court" }', "label must be given"),
    ],
)
def test_a_file_of_facts_that_does_not_fit_is_refused(tmp_path: Path, old: str, new: str, problem: str) -> None:
    text = FILE.read_text("utf-8")
    assert old in text
    file = tmp_path / "facts.toml"
    file.write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(BadData, match=problem):
        load(file)
