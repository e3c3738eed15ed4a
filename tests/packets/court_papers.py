"""What the tests of American and English papers of packets share: what is true of every one of them."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any, Final, cast

import pypdfium2
import pytest

from forbear.documents.checking import folded
from forbear.documents.filling import fill
from forbear.documents.packets.elements import elements_of
from forbear.documents.presses import Presses
from forbear.documents.registry import find_kind
from forbear.documents.samples import sample
from forbear.documents.wording import word_letter
from forbear.ports.papers import Paper, Unprintable
from tests.documents.in_english import said

DOTS_PER_MM: Final = 4
FREE_FOOT: Final = 15
"""Millimetres below which nothing stands: there the packet prints its number."""
TICKED: Final = 'alt="Ticked box"'
UNTICKED: Final = 'alt="Empty box"'
BY_HAND: Final = ("Dated", "Date", "Signature", "Signed", "Executed on")
A_DAY: Final = date(2031, 2, 13)
"""Of the paper itself; it stands in no sample, so that wherever it is printed, something was dated beforehand."""


def paper(kind: str, **fields: Any) -> Paper:
    """The sample of a kind, with some of its fields given otherwise; None leaves one out."""
    base = sample(find_kind(kind), "en")
    told = {name: value for name, value in {**base.fields, **fields}.items() if value is not None}
    return replace(base, fields=told)


def words(kind: str, **fields: Any) -> str:
    return said(paper(kind, **fields))


def html(kind: str, **fields: Any) -> str:
    return word_letter(paper(kind, **fields)).html


def refused(kind: str, **fields: Any) -> str:
    """Why a paper is refused."""
    with pytest.raises(Unprintable) as no:
        word_letter(paper(kind, **fields))
    return str(no.value)


def rows(kind: str, field: str) -> list[dict[str, Any]]:
    """A sample's rows, to be changed."""
    return [dict(row) for row in cast("list[Mapping[str, Any]]", paper(kind).fields[field])]


def pages(pdf: bytes) -> list[Any]:
    document = cast("Any", pypdfium2.PdfDocument(pdf))
    return [document[number] for number in range(len(document))]


def check_finished(press: Presses, kind: str, *, sheet: str, draft: bool) -> None:
    """A sample is a paper for a court that nobody has accepted yet, black on white, with its foot left free."""
    found, rendered = find_kind(kind), press.render(paper(kind))
    assert (found.court, found.reviewer, found.link, found.sheet) == (True, "", "never", sheet)
    assert rendered.draft is draft
    sourced = ("[M]", ", in excerpt", ", read", "not read")
    assert found.legal_basis
    assert all(each.endswith(sourced) for each in found.legal_basis)
    for page in pages(rendered.pdf):
        assert ("DRAFT" in folded(page.get_textpage().get_text_range())) is draft
        picture = page.render(scale=DOTS_PER_MM * 25.4 / 72).to_pil()
        assert picture.convert("HSV").getchannel("S").getextrema()[1] == 0
        foot = picture.convert("L").crop((0, picture.height - FREE_FOOT * DOTS_PER_MM, picture.width, picture.height))
        assert foot.getextrema() == (255, 255)


def check_named_when_missing(kind: str) -> None:
    """Whatever a paper needs is named when it is not told; choices among it, so that none has an answer of its own."""
    needed = [each for each in find_kind(kind).fields.values() if each.required]
    assert needed
    for each in needed:
        told = refused(kind, **{each.name: None})
        assert told.startswith("fields.given")
        assert f"{each.name}: '{each.called()}' is missing" in told


def check_nothing_by_hand_is_filled_in(kind: str, *, signed: bool) -> None:
    """Lines for a date and a signature are empty, and the day of the paper stands nowhere."""
    page = word_letter(replace(paper(kind), day=A_DAY))
    assert str(A_DAY.year) not in said(replace(paper(kind), day=A_DAY))
    empty = sum(page.html.count(f'<span class="label">{label}</span><span class="blank"></span>') for label in BY_HAND)
    labelled = sum(page.html.count(f'<span class="label">{label}</span>') for label in BY_HAND)
    assert empty == labelled
    assert (empty > 0) is signed


def check_sums_are_those_of_the_account(kind: str) -> None:
    """Another component or another total than the account's on the cut-off day is refused by name."""
    assert "sums_do_not_add_up_to_sum_total" in refused(kind, sum_principal="1.00")
    told = paper(kind)
    more = replace(told, figures=(replace(told.figures[0], amount=told.figures[0].amount + 1), *told.figures[1:]))
    with pytest.raises(Unprintable, match="sum_total_must_be_the_balance"):
        word_letter(more)


def elements(kind: str) -> dict[str, dict[str, Any]]:
    """What a sample says for machines: the values of each element, by its number or else its label."""
    found, given = find_kind(kind), paper(kind)
    values, flaws = fill(found.fields, given.fields, given.currency)
    assert not flaws
    told = elements_of(found, values)
    listed = [each for section in told["sections"] for each in section["elements"]]
    return {each["number"] or each["label"]: each["values"] for each in listed}


def check_nothing_is_kept_from_machines(kind: str) -> None:
    """Every field stands in one element, but for the whole number of an account, which the page does not say either."""
    named = [name for values in elements(kind).values() for name in values]
    assert sorted(named) == sorted(find_kind(kind).fields.keys() - {"account_no"})
