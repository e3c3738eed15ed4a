"""The Taiwanese demand: one sign a cell, twenty a line, ten lines a sheet, and nothing of the post's own form invented."""

import io
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from babel import Locale
from pypdf import PdfReader

from forbear.documents.checking import folded
from forbear.documents.filters import write_day
from forbear.documents.presses import Presses
from forbear.documents.registry import find_kind
from forbear.documents.samples import sample
from forbear.documents.wording import word_letter
from forbear.ports.papers import Figure, Paper, Unprintable

KIND = "tw.notice.demand"
CELLS, LINES = 20, 10
EVERYWHERE = ("receipt-payment", "promise-confirmation", "plan-schedule", "settlement", "release", "paid-in-full")
MAINLAND = "款项|合同|账号|请您|编号|还款计划|证明：|确认"
"""Words of the mainland, in its signs."""


def demand(fields: Mapping[str, Any] | None = None, **changes: Any) -> Paper:
    base = sample(find_kind(KIND))
    return replace(base, fields={**base.fields, **(fields or {})}, **changes)


def grids(paper: Paper) -> list[list[list[str]]]:
    """Sheet by sheet and line by line, what stands in the cells."""
    html = word_letter(paper).html
    sheets = re.split(r'<div class="grid">', html)[1:]
    rows = [re.findall(r'<div class="row">(.*?)</div>', sheet, re.DOTALL) for sheet in sheets]
    return [
        [[unescape(cell) for cell in re.findall(r'<span class="cell">(.*?)</span>', row)] for row in sheet]
        for sheet in rows
    ]


def written(paper: Paper) -> str:
    return "".join(cell for sheet in grids(paper) for row in sheet for cell in row).replace("\u3000", "")


@pytest.mark.parametrize(
    "pay_to", ["範例銀行，帳號0000", "範例銀行範例分行，戶名範例金融股份有限公司，帳號0000-0000-0000"]
)
def test_every_sheet_has_ten_lines_of_twenty_cells_with_one_sign_each(pay_to: str) -> None:
    for sheet in grids(demand({"pay_to": pay_to})):
        assert len(sheet) == LINES
        for row in sheet:
            assert len(row) == CELLS
            assert all(len(cell) == 1 for cell in row)


def test_signs_that_html_writes_otherwise_take_one_cell_too() -> None:
    assert "A&B<C" in written(demand({"contract_no": "A&B<C"}))


def test_it_says_what_is_owed_since_when_and_until_when_in_the_years_of_the_republic() -> None:
    said = written(demand())
    for words in (
        "民國115年9月15日起",
        "民國115年12月10日以前",
        "新臺幣貳萬陸仟貳佰元整",
        "違約利息新臺幣參佰肆拾元整",
    ):
        assert words in said
    assert "2026" not in said


@pytest.mark.parametrize(
    ("amount", "words"),
    [("1.00", "新臺幣壹元整"), ("10300.00", "新臺幣壹萬零參佰元整"), ("100000000.00", "新臺幣壹億元整")],
)
def test_amounts_are_written_in_the_capitals_of_taiwan(amount: str, words: str) -> None:
    assert words in written(demand(figures=(Figure("principal", Decimal(amount)),)))


def test_help_and_ways_to_disagree_stand_before_what_follows() -> None:
    said = written(demand())
    assert said.index("難以繳付") < said.index("支付命令")
    assert "依法異議" in said
    assert "金額有誤" in said


def test_it_renders_as_a_draft_with_sender_receiver_and_copies(presses: Presses) -> None:
    rendered = presses.render(demand())
    said = folded("".join(page.extract_text() for page in PdfReader(io.BytesIO(rendered.pdf)).pages))
    assert rendered.draft
    for words in ("寄件人", "範例金融股份有限公司", "收件人", "範例君", "副本收件人", "範例丙", "民國115年11月23日"):
        assert folded(words) in said
    assert rendered.pages == len(grids(demand()))


def test_without_copies_it_says_so() -> None:
    assert "<p>無</p>" in word_letter(demand({"copies": []})).html


def test_what_the_post_prints_was_not_read_and_is_not_invented() -> None:
    kind = find_kind(KIND)
    assert set(kind.empty_slots("zh-Hant")) == {"form_head", "attestation"}
    assert (kind.jurisdiction, kind.languages, kind.reviewer) == ("TW", ("zh-Hant",), "")
    assert all(each.endswith("[M]") for each in kind.legal_basis[:2])


def test_nothing_owed_makes_no_demand() -> None:
    with pytest.raises(Unprintable, match="nothing is owed"):
        word_letter(demand(figures=()))


@pytest.mark.parametrize("kind", EVERYWHERE)
def test_a_paper_for_everywhere_is_written_as_taiwan_writes(kind: str, presses: Presses) -> None:
    rendered = presses.render(sample(find_kind(kind), "zh-Hant"))
    said = folded("".join(page.extract_text() for page in PdfReader(io.BytesIO(rendered.pdf)).pages))
    assert not rendered.draft
    assert "民國115年11月" in said
    assert not re.search(MAINLAND, said)


@pytest.mark.parametrize(
    ("kind", "field", "given"),
    [
        ("receipt-payment", "received", "2000.01"),
        ("promise-confirmation", "promised", "2999.99"),
        ("plan-schedule", "planned", "26199.00"),
        ("settlement", "waived", "6200.01"),
        ("settlement", "to_pay", "19999.00"),
    ],
)
def test_sums_that_do_not_agree_refuse_the_paper(kind: str, field: str, given: str) -> None:
    base = sample(find_kind(kind), "zh-Hant")
    with pytest.raises(Unprintable, match=r"not_add_up|Give amounts that add up") as refused:
        word_letter(replace(base, fields={**base.fields, field: given}))
    assert refused.value.code in {"words.missing", "fields.given"}


def test_a_settlement_that_is_done_says_that_nothing_is_owed() -> None:
    base = sample(find_kind("settlement"), "zh-Hant")
    fields = {**base.fields, "state": "completed", "completed_on": "2027-01-10", "payments": []}
    html = word_letter(replace(base, fields=fields)).html
    assert "已經全部結清" in html
    assert "付到哪裡" not in html


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (date(2026, 11, 23), "民國115年11月23日"),
        (date(1912, 1, 1), "民國1年1月1日"),
        (date(1911, 12, 31), "民國前1年12月31日"),
        (date(1900, 5, 6), "民國前12年5月6日"),
    ],
)
def test_years_before_the_republic_are_counted_backwards(day: date, said: str) -> None:
    assert write_day(day, Locale.parse("zh_Hant_TW")) == said
