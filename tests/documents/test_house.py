"""The house design: a lender's colour and logo, tables that go on to another page, and what is kept free for a hand."""

import base64
import io
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, cast

import pikepdf
import pypdfium2
import pytest
from PIL import Image

from forbear.documents.markup import Read
from forbear.documents.presses import Presses
from forbear.documents.registry import FOLDER, find_kind
from forbear.documents.samples import sample
from forbear.documents.wording import word_letter
from forbear.ports.papers import Paper, Unprintable
from tests.documents.letters import american, british, chinese, taiwanese

GREEN, PALE = "#0b5e55", "#f2c14e"
"""One that words can be read in, and one that they cannot."""


def logo(kind: str = "PNG") -> str:
    made = io.BytesIO()
    Image.new("RGB", (300, 120), GREEN).save(made, kind)
    return f"data:image/{kind.lower()};base64,{base64.b64encode(made.getvalue()).decode()}"


def looking(paper: Paper, colour: str = "", picture: str = "") -> Paper:
    return replace(paper, head=replace(paper.head, colour=colour, logo=picture))


def colours(pdf: bytes) -> set[tuple[int, ...]]:
    """The colours of the first page that are no grey."""
    document: Any = pypdfium2.PdfDocument(pdf)
    try:
        picture = document[0].render(scale=2).to_pil().convert("RGB")
    finally:
        document.close()
    return {colour for _, colour in picture.getcolors(10_000_000) if max(colour) - min(colour) > 40}


@pytest.mark.parametrize("paper", [american(), british(), chinese(), taiwanese()], ids=["us", "gb", "cn", "tw"])
@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_a_letter_bears_the_lenders_colour_and_logo_beside_its_name(presses: Presses, paper: Paper, kind: str) -> None:
    rendered = presses.render(looking(paper, GREEN, logo(kind)))
    assert (11, 94, 85) in colours(rendered.pdf)
    with pikepdf.open(io.BytesIO(rendered.pdf)) as pdf:
        said = [str(part.Alt) for part in pdf.objects if isinstance(part, pikepdf.Dictionary) and "/Alt" in part]
    assert any(paper.head.name in each for each in said)


def test_a_colour_too_light_for_words_is_used_for_rules_alone(presses: Presses) -> None:
    assert "--ink" not in word_letter(looking(american(), PALE)).html
    assert f"--ink: {GREEN}" in word_letter(looking(american(), GREEN)).html
    assert (242, 193, 78) in colours(presses.render(looking(american(), PALE)).pdf)


@pytest.mark.parametrize(
    ("paper", "name"),
    [
        (american(), "Example Consumer Credit and Savings Cooperative of the Greater Sample Area"),
        (chinese(), "示例省示例市示例区农村商业银行股份有限公司信用卡中心示例分中心"),
    ],
    ids=["us", "cn"],
)
def test_a_long_name_beside_a_logo_stays_out_of_the_window(presses: Presses, paper: Paper, name: str) -> None:
    named = replace(paper, head=replace(paper.head, name=name))
    assert presses.render(looking(named, GREEN, logo())).pages >= 1


def test_a_letter_of_a_lender_without_a_look_is_black(presses: Presses) -> None:
    assert colours(presses.render(american()).pdf) == set()


@pytest.mark.parametrize(
    ("colour", "picture"),
    [
        ("red", ""),
        ("#12345", ""),
        ("#000000; } body { display: none", ""),
        ("", "https://example.com/logo.png"),
        ("", "file:///etc/hostname"),
        ("", "data:image/svg+xml;base64,PHN2Zy8+"),
        ("", 'data:image/png;base64,AAAA" onload="x'),
    ],
)
def test_a_look_of_another_form_is_refused(colour: str, picture: str) -> None:
    with pytest.raises(Unprintable, match=r"house\.look"):
        word_letter(looking(american(), colour, picture))


def test_forty_payments_go_on_to_another_page_under_the_same_head(presses: Presses) -> None:
    first, amount, payments = date(2026, 12, 20), Decimal("25.00"), list[dict[str, str]]()
    for number in range(1, 41):
        day = first + timedelta(days=14 * (number - 1))
        left = amount * (40 - number)
        payments.append(
            {"day": str(day), "amount": str(amount), "cumulative": str(amount * number), "remaining": str(left)}
        )
    paper = sample(find_kind("plan-schedule"), "en")
    paper = replace(paper, fields={**paper.fields, "planned": str(amount * 40), "payments": payments})
    rendered = presses.render(paper)
    document: Any = pypdfium2.PdfDocument(rendered.pdf)
    try:
        texts = [document[number].get_textpage().get_text_range() for number in range(len(document))]
    finally:
        document.close()
    assert len(texts) == rendered.pages > 1
    heads = [text.count("Paid by then") for text in texts]
    assert sum(heads) > 1
    assert max(heads) == 1
    assert sum(text.count("$25.00") for text in texts) >= len(payments)
    for number, text in enumerate(texts, 1):
        assert f"Page {number} of {len(texts)}" in text


def test_a_running_foot_is_said_in_the_language_of_the_paper() -> None:
    feet = [Read.of(word_letter(paper).html).edge(2, 3) for paper in (american(), chinese())]
    assert [foot.partition("TCH-4QmXb7Zk2L")[2] for foot in feet] == ["Page 2 of 3", "第 2 页，共 3 页"]


def test_no_paper_fetches_anything_or_sets_words_beside_its_own() -> None:
    """What the engine writes by itself, as numbers of lists do, would be in no comparison."""
    for path in FOLDER.rglob("*.html"):
        source = path.read_text("utf-8")
        assert "<ol" not in source, path
        assert 'src="http' not in source, path
    for path in FOLDER.rglob("*.css"):
        assert "@import" not in path.read_text("utf-8"), path
        assert "http" not in path.read_text("utf-8"), path


def test_what_a_hand_is_to_fill_is_empty(presses: Presses) -> None:
    """Nothing is signed, sealed, ticked or dated beforehand, however the sample is filled."""
    rendered = presses.render(sample(find_kind("cn.notice.dunning"), "zh-Hans"))
    with pikepdf.open(io.BytesIO(rendered.pdf)) as pdf:
        said = [
            str(cast("Any", part).Alt)
            for part in pdf.objects
            if isinstance(part, pikepdf.Dictionary) and "/Alt" in part
        ]
    assert said.count("未勾选的方框") > 1
    assert "已勾选的方框" not in said
