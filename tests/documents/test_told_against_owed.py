"""Amounts that a paper was told, perhaps days ago, against what is owed when it is made: none asks for what was paid."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from forbear.documents.registry import find_kind
from forbear.documents.samples import sample
from forbear.documents.wording import word_letter
from forbear.ports.papers import Figure, Paper, Unprintable


def owing(paper: Paper, amount: Decimal) -> Paper:
    return replace(paper, figures=(Figure("principal", amount),))


@pytest.mark.parametrize(
    ("kind", "asked", "told"),
    [
        ("us.notice.right_to_cure", "to_cure", "to_cure"),
        ("us.notice.intent", "to_cure", "to_cure"),
        ("gb.notice.default", "remedy_amount", "remedy"),
        ("cn.notice.guarantor", "called", "called"),
    ],
)
def test_no_notice_asks_for_more_than_is_owed_when_it_is_made(kind: str, asked: str, told: str) -> None:
    paper = sample(find_kind(kind))
    amount = Decimal(str(paper.fields[asked]))
    assert word_letter(owing(paper, amount))
    with pytest.raises(Unprintable, match=f"does not fit together: {told}_is_more_than_is_owed. Correct"):
        word_letter(owing(paper, amount - Decimal("0.01")))


def test_instalments_that_were_missed_come_to_no_more_than_is_owed() -> None:
    paper = sample(find_kind("cn.notice.dunning"))
    rows: list[dict[str, Any]] = paper.fields["missed"]
    amount = sum((Decimal(row["open"]) for row in rows), Decimal(0))
    assert word_letter(owing(paper, amount))
    with pytest.raises(Unprintable, match="missed_is_more_than_is_owed"):
        word_letter(owing(paper, amount - Decimal("0.01")))


def test_the_whole_debt_is_no_less_than_what_is_late() -> None:
    paper = sample(find_kind("us.notice.intent"))
    with pytest.raises(Unprintable, match="whole_is_less_than_to_cure"):
        word_letter(replace(paper, fields={**paper.fields, "whole": "1.00"}))


def test_how_arrears_came_about_leads_to_what_is_in_arrears() -> None:
    paper = sample(find_kind("gb.notice.arrears"))
    assert "In arrears before this" not in word_letter(paper).html
    with pytest.raises(Unprintable, match="movements_do_not_lead_to_what_is_owed"):
        word_letter(replace(paper, fields={**paper.fields, "opening_shortfall": "10.00"}))
    later = owing(replace(paper, fields={**paper.fields, "opening_shortfall": "10.00"}), Decimal("522.00"))
    assert "In arrears before this" in word_letter(later).html


@pytest.mark.parametrize(
    ("kind", "field"), [("us.letter.final_demand", "next"), ("us.notice.right_to_cure", "otherwise")]
)
def test_no_case_is_spoken_of_unless_there_is_time_left_to_sue(kind: str, field: str) -> None:
    paper = sample(find_kind(kind))
    meant = {**paper.fields, field: "claim"}
    with pytest.raises(Unprintable, match=r"in_time: .* is missing because"):
        word_letter(replace(paper, fields=meant))
    with pytest.raises(Unprintable, match="in_time_must_be_yes"):
        word_letter(replace(paper, fields={**meant, "in_time": "no"}))
    assert "start a case in court" in word_letter(replace(paper, fields={**meant, "in_time": "yes"})).html
