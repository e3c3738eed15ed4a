"""The notice that a guarantor paid for the borrower: who has to pay whom now, how much, and what is refused."""

import re
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from forbear.documents.presses import Presses
from forbear.documents.registry import find_kind
from forbear.documents.samples import sample
from forbear.documents.wording import word_letter
from forbear.money.words_cn import from_words
from forbear.ports.papers import Paper, Unprintable

KIND = "cn.notice.subrogation"
COUNTER = {"counter_no": "FD-2024-00518", "counter_day": "2024-05-18", "counter_scope": "代偿的全部款项"}
IN_WORDS = re.compile(r"(人民币[零壹贰叁肆伍陆柒捌玖拾佰仟万亿元角分整]+)（(?:<span[^>]*>)?¥([\d,]+\.\d\d)")


def paper(role: str = "borrower", **fields: Any) -> Paper:
    """The sample to a reader in a role, with some of its fields given otherwise; None leaves one out."""
    base = sample(find_kind(KIND))
    told = {name: value for name, value in {**base.fields, **fields}.items() if value is not None}
    return replace(base, role=role, fields=told)


def refused(told: Paper) -> str:
    with pytest.raises(Unprintable) as no:
        word_letter(told)
    return str(no.value)


@pytest.mark.parametrize("role", ["borrower", "co_borrower", "counter_guarantor"])
def test_each_reader_is_told_who_paid_what_when_and_to_whom_to_pay_now(role: str, presses: Presses) -> None:
    told = paper(role, **(COUNTER if role == "counter_guarantor" else {}))
    page = word_letter(told).html
    for words in ("2026年11月12日", "SAMPLE-0001", "0000 0000 0000 0000 555", "2026年12月8日", "怎样提出异议"):
        assert words in page
    found = IN_WORDS.findall(page)
    assert {Decimal(figures.replace(",", "")) for _, figures in found} == {Decimal("49991.33"), Decimal("50052.97")}
    assert all(from_words(words) == Decimal(figures.replace(",", "")) for words, figures in found)
    assert 'alt="已勾选的方框"' not in page
    assert presses.render(told).pages == 3


def test_it_is_for_no_guarantor_and_an_operator_approves_it() -> None:
    kind = find_kind(KIND)
    assert kind.parties == {"borrower", "co_borrower", "counter_guarantor"}
    assert (kind.approval, kind.link, kind.reviewer) == ("operator", "never", "")
    assert "kind.reader" in refused(paper("guarantor"))


def test_more_is_demanded_neither_than_is_owed_nor_than_was_paid_without_a_reason() -> None:
    assert "demanded_is_more_than_is_owed" in refused(paper(demanded="50052.98"))
    assert "why_more_is_demanded_than_was_paid" in refused(paper(demanded_basis=None))
    assert word_letter(paper(demanded="49991.33", demanded_basis=None))


def test_a_counter_guarantor_is_called_under_a_contract_of_their_own() -> None:
    assert "a_counter_guarantee_must_be_given" in refused(paper("counter_guarantor"))
    assert "counter_scope: " in refused(paper("counter_guarantor", counter_no="FD-2024-00518"))
    page = word_letter(paper("counter_guarantor", **COUNTER)).html
    assert "反担保合同（编号" in page
    assert "确认反担保责任" in page


@pytest.mark.parametrize("name", [name for name, each in find_kind(KIND).fields.items() if each.required])
def test_what_is_missing_is_named(name: str) -> None:
    assert f"{name}: " in refused(paper("borrower", **{name: None}))
