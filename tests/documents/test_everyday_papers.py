"""The six everyday papers in English: right for an American and a British reader, with sums that agree."""

from dataclasses import replace

import pytest

from forbear.documents.checking import folded
from forbear.documents.presses import Presses
from forbear.documents.wording import word_letter
from forbear.ports.papers import Unprintable
from forbear.ports.post import PostAddress
from tests.documents.in_english import EVERYWHERE, pages_of, paper, said

LEEDS = PostAddress("Morgan Example", ("14 Sample Terrace",), "Exampleford", "GB", "", "ZZ99 3WZ")


@pytest.mark.parametrize("kind", EVERYWHERE)
def test_each_reads_right_for_a_british_reader_too(kind: str, presses: Presses) -> None:
    base = paper(kind)
    british = replace(base, to=LEEDS, currency="GBP")
    pages = pages_of(presses.render(british).pdf)
    words = said(british)
    assert not any(each in words for each in ("check,", "credit counselor", "legal aid office", "$"))
    assert base.fields.get("contract_no", "") in words
    assert folded("ZZ99 3WZ") in pages[0]
    if kind in {"promise-confirmation", "plan-schedule", "settlement"}:
        assert "Citizens Advice" in words


def test_amounts_in_words_and_a_cheque_stand_as_the_reader_writes_them() -> None:
    base = paper("receipt-payment")
    assert "two hundred fifty dollars" in said(base)
    british = said(replace(base, to=LEEDS, currency="GBP"))
    assert "two hundred and fifty pounds" in british
    assert "cheque" in british


@pytest.mark.parametrize(
    ("kind", "field", "value"),
    [
        ("receipt-payment", "received", "250.01"),
        ("promise-confirmation", "promised", "300.01"),
        ("plan-schedule", "planned", "1541.21"),
        ("settlement", "waived", "541.21"),
        ("settlement", "to_pay", "999.99"),
    ],
)
def test_an_everyday_paper_whose_sums_do_not_agree_is_refused(kind: str, field: str, value: str) -> None:
    with pytest.raises(Unprintable, match=r"add.up"):
        word_letter(paper(kind, **{field: value}))


def test_a_settlement_that_was_paid_says_so_and_asks_for_nothing() -> None:
    done = paper("settlement", state="completed", completed_on="2027-01-10", payments=None)
    words = said(done)
    assert "Nothing more is owed on this account" in words
    assert "Where to pay" not in words


def test_who_gave_a_counter_guarantee_is_released_from_that() -> None:
    assert "released from your counter-guarantee" in said(replace(paper("release"), role="counter_guarantor"))
    assert "released from your guarantee" in said(replace(paper("release"), role="guarantor"))
