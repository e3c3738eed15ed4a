"""Papers in words: what is refused before anything is rendered, and sums that add up."""

import re
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jinja2 import DictLoader

from forbear.documents import wording
from forbear.documents.markup import blocks
from forbear.documents.registry import FOLDER, find_kind
from forbear.documents.wording import reference, word_address_page, word_letter
from forbear.money.components import COMPONENTS
from forbear.ports.papers import Figure, Paper, Unprintable
from tests.documents.letters import CHICAGO, FIGURES, TOUCH, US_HEAD, american, chinese, guaranteed, to

AMOUNTS = st.decimals(min_value=Decimal("0.01"), max_value=Decimal("9999999.99"), places=2)
ROWS = st.dictionaries(st.sampled_from(COMPONENTS), AMOUNTS, min_size=1)


@given(rows=ROWS)
@settings(max_examples=60, deadline=None)
def test_the_total_is_the_sum_of_the_rows_that_are_printed(rows: dict[str, Decimal]) -> None:
    figures = tuple(Figure(component, amount) for component, amount in rows.items())
    said = blocks(word_letter(american(figures=figures)).html)
    printed = [Decimal(each.strip("$").replace(",", "")) for each in said if each.startswith("$")]
    assert len(printed) == len(rows) + 1
    assert printed[:-1] == list(rows.values())
    assert printed[-1] == sum(printed[:-1])


def _refused(paper: Paper) -> str:
    with pytest.raises(Unprintable) as refused:
        word_letter(paper)
    assert paper.to.name not in str(refused.value)
    return refused.value.code


@pytest.mark.parametrize(
    ("figures", "why"),
    [
        ((), "nothing is owed"),
        ((Figure("principal", Decimal(0)),), "nothing is owed"),
        ((Figure("principal", Decimal(-5)),), "more was paid than was owed"),
        ((Figure("principal", Decimal("1.005")),), "more digits than USD has"),
        ((Figure("fee", Decimal(1)), Figure("fee", Decimal(1))), "twice"),
    ],
)
def test_figures_that_cannot_be_printed_truly_are_refused(figures: tuple[Figure, ...], why: str) -> None:
    with pytest.raises(Unprintable, match=why) as refused:
        word_letter(american(figures=figures))
    assert refused.value.code == "sums.equal"


def test_an_amount_is_never_rounded_by_its_currency() -> None:
    assert _refused(american(currency="JPY")) == "sums.equal"


@pytest.mark.parametrize(
    ("paper", "code"),
    [
        (american(kind="summons"), "kind.unknown"),
        (american(kind="../frame"), "kind.unknown"),
        (american(role="guarantor"), "kind.reader"),
        (american(role="contact"), "kind.reader"),
        (american(kind="guarantor-notice"), "kind.reader"),
        (american(kind="guarantor-notice", role="spouse"), "kind.reader"),
        (american(link=""), "words.missing"),
        (american(disclosures=("mini_miranda",)), "words.owed"),
        (chinese(disclosures=("sender_identity", "card_letter_seal")), "words.owed"),
        (to(american(), country="FR"), "address.country"),
    ],
)
def test_a_letter_goes_only_to_whom_and_where_it_was_written_for(paper: Paper, code: str) -> None:
    assert _refused(paper) == code


def test_a_letter_that_says_what_its_permit_asks_for_goes() -> None:
    assert word_letter(chinese(disclosures=("sender_identity", "amount_and_due_date"))).window


@pytest.mark.parametrize(
    ("language", "country", "written"),
    [
        ("en-GB", "US", "en"),
        ("zh-CN", "US", "zh-Hans"),
        ("es", "US", "en"),
        ("ug", "CN", "zh-Hans"),
        ("en", "CN", "en"),
    ],
)
def test_a_reader_is_written_to_in_the_nearest_language(language: str, country: str, written: str) -> None:
    assert find_kind("reminder").spoken(language, country) == written


def test_a_template_that_lacks_a_value_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    jinja = wording._jinja().overlay(loader=DictLoader({"reminder/en.html": "{{ lender }} {{ nobody_gave_this }}"}))
    monkeypatch.setattr(wording, "_jinja", lambda: jinja)
    with pytest.raises(Unprintable, match="nobody_gave_this") as refused:
        word_letter(american())
    assert refused.value.code == "words.missing"


def test_an_unknown_component_is_refused_and_never_left_out() -> None:
    assert _refused(american(figures=(*FIGURES, Figure("surcharge", Decimal(1))))) == "words.missing"


def test_each_letter_names_the_ways_out_in_each_language() -> None:
    for name in ("reminder", "notice", "guarantor-notice"):
        kind = find_kind(name)
        for language in kind.languages:
            source = (FOLDER / kind.template(language)).read_text("utf-8")
            pages = () if name == "guarantor-notice" else ("link", "code")
            for value in ("balance", "due_since", "as_of", "phone", "reference", "figures", *pages):
                assert f"{{{{ {value}" in source or f"in {value}" in source or f'"{{{{ {value}' in source, (name, value)


@pytest.mark.parametrize("paper", [chinese(), chinese(kind="notice"), guaranteed(chinese())])
def test_a_chinese_letter_says_nothing_in_another_language(paper: Paper) -> None:
    every = tuple(Figure(component, Decimal(1)) for component in COMPONENTS)
    said = "".join(blocks(word_letter(replace(paper, figures=every)).html))
    for value in (paper.link, reference(TOUCH)):
        said = said.replace(value, "") if value else said
    assert not re.search("[A-Za-z]", said)


def test_an_address_page_is_made_of_no_account() -> None:
    made = word_address_page(TOUCH, CHICAGO, replace(US_HEAD, phone=""))
    assert made.code == TOUCH
    assert "$" not in made.html


@pytest.mark.parametrize("role", ["guarantor", "counter_guarantor"])
@pytest.mark.parametrize("language", ["en", "zh-Hans"])
def test_who_answers_for_a_debt_is_told_of_it_as_somebody_elses(role: str, language: str) -> None:
    said = " ".join(blocks(word_letter(guaranteed(chinese(language=language), role)).html))
    assert not any(mine in said.casefold() for mine in ("you owe", "your account", "您的欠款", "您的账户", "您在示例"))
    other, own = ("another person’s", "counter-guarantee") if language == "en" else ("他人的债务", "反担保")
    assert other in said
    assert (own in said) == (role == "counter_guarantor")
    assert "http" not in said
