"""The checks of finished papers: one small fault each, put into an otherwise good letter, and named by its code."""

import io
from collections.abc import Callable
from dataclasses import replace
from types import ModuleType
from typing import Any, cast

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from pypdf import PdfWriter

from forbear.documents import core_font
from forbear.documents.checking import CHECKS, MARGIN, check
from forbear.documents.envelopes import Box, sheets
from forbear.documents.wording import Sheets, word_letter
from forbear.ports.papers import Unprintable
from tests.documents.letters import american, british, chinese, taiwanese, to

Render = Callable[[Sheets], int]
PLACED = '<div style="position: absolute; left: {left}mm; top: {top}mm; {style}">{words}</div>'
MARGINS = {"letter-US": (20.0, 14.0), "a4-CN": (20.0, 15.0), "a4-GB": (20.0, 15.0), "a4-TW": (20.0, 15.0)}
"""Left and top of the style sheets: what an absolute place is measured from."""
LETTERS = {"letter-US": american, "a4-CN": chinese, "a4-GB": british, "a4-TW": taiwanese}


@pytest.fixture(scope="module")
def engine() -> ModuleType:
    """The engine in this process, with the fonts that a press has."""
    core_font.ensure()
    from forbear.documents import engine

    return engine


@pytest.fixture(scope="module")
def render(engine: ModuleType) -> Render:
    return lambda sheets: check(sheets, engine.render(sheets))


def _placed(letter: Sheets, left: float, top: float, words: str = "", style: str = "") -> Sheets:
    """A letter with something put on its first page, in millimetres from the sheet's corner."""
    from_left, from_top = MARGINS[letter.sheet]
    extra = PLACED.format(left=left - from_left, top=top - from_top, style=style, words=words)
    return replace(letter, html=letter.html.replace("<body ", f"{extra}<body ").replace("</body>", f"{extra}</body>"))


def _styled(letter: Sheets, css: str) -> Sheets:
    return replace(letter, html=letter.html.replace("</head>", f"<style>{css}</style></head>"))


def _code_of(render: Render, letter: Sheets) -> str:
    with pytest.raises(Unprintable) as refused:
        render(letter)
    assert "Jordan" not in refused.value.sentence
    return refused.value.code


@pytest.mark.parametrize("sheet", sorted(LETTERS))
def test_a_good_letter_passes(render: Render, sheet: str) -> None:
    letter = word_letter(LETTERS[sheet]())
    assert letter.sheet == sheet
    assert render(letter) == 1


@pytest.mark.parametrize(
    "lines", [("14 Sample Terrace",), ("Flat 2", "The Example Building", "14 Sample Row", "Fictional Green")]
)
def test_a_british_letter_folded_once_stands_in_the_window_of_a_larger_envelope(
    render: Render, lines: tuple[str, ...]
) -> None:
    letter = word_letter(to(british(), lines=lines))
    assert render(replace(letter, sheet="a4-GB-C5")) == 1


FAULTS: dict[str, tuple[Callable[[Sheets], Sheets], str]] = {
    "eleven_pages": (lambda it: _styled(it, "h2 { break-before: page }"), "pages.count"),
    "a5_size": (lambda it: _styled(it, "@page { size: A5 }"), "page.size"),
    "landscape": (lambda it: _styled(it, "@page { size: 11in 8.5in }"), "page.size"),
    "nothing_on_the_last_page": (
        lambda it: replace(it, html=it.html.replace("</body>", '<p style="break-before: page"></p></body>')),
        "page.blank",
    ),
    "debt_in_the_window": (lambda it: _placed(it, 60, 84, "You owe it"), "window.only"),
    "debt_beside_the_window": (lambda it: _placed(it, 120, 60, "Debt"), "window.only"),
    "reference_under_the_address": (lambda it: _styled(it, ".meta { top: 70mm; left: 5mm }"), "window.only"),
    "rule_under_the_address": (
        lambda it: _placed(it, 60, 86, style="width: 20mm; border-top: 0.3mm solid #000"),
        "window.only",
    ),
    "address_margin": (lambda it: _styled(it, ".window { top: 20mm }"), "window.address"),
    "address_too_low": (lambda it: _styled(it, ".window { top: 57mm }"), "window.address"),
    "repeated_address_block": (lambda it: _placed(it, 26, 84, "Jordan Example"), "window.only"),
    "body_slides_up": (lambda it: _styled(it, ".panel { height: 74mm }"), "window.only"),
    "no_address": (lambda it: _styled(it, ".window { display: none }"), "window.address"),
    "words_at_the_edge": (lambda it: _placed(it, 1, 150, "Edge"), "ink.outside"),
    "mark_at_the_foot": (
        lambda it: _placed(it, 100, 278, style="width: 9mm; height: 0.5mm; background: #000"),
        "ink.outside",
    ),
    "words_added_by_style": (lambda it: _styled(it, "h1::after { content: ' Final warning' }"), "text.layer"),
    "words_hidden_by_style": (lambda it: _styled(it, "table { display: none }"), "text.layer"),
    "another_code": (lambda it: replace(it, code="https://pay.example.org/p/0000000000000000"), "barcode.readable"),
    "code_covered": (
        lambda it: _styled(it, ".how { position: relative } .how img { opacity: 0.2 }"),
        "barcode.readable",
    ),
    "no_code": (lambda it: replace(it, html=it.html.replace('id="code"', "")), "barcode.readable"),
    "a_code_too_many": (lambda it: replace(it, code=""), "barcode.readable"),
    "no_title": (
        lambda it: replace(it, html=it.html.replace("<title>A reminder about your account", "<title>")),
        "form.archive",
    ),
    "no_language": (lambda it: replace(it, html=it.html.replace('lang="en"', "")), "engine.silent"),
    "draft_that_does_not_say_so": (lambda it: replace(it, draft=True), "draft.marked"),
    "unknown_style": (lambda it: _styled(it, "p { colour: red }"), "engine.silent"),
    "remote_picture": (
        lambda it: replace(it, html=it.html.replace("</body>", '<img alt="" src="https://example.com/x.png"></body>')),
        "engine.fetched",
    ),
    "local_file": (
        lambda it: replace(it, html=it.html.replace("</body>", '<img alt="" src="file:///etc/hostname"></body>')),
        "engine.fetched",
    ),
    "remote_style": (
        lambda it: replace(
            it, html=it.html.replace("</head>", '<link rel="stylesheet" href="http://example.com/a.css"></head>')
        ),
        "engine.fetched",
    ),
    "machine_font": (lambda it: replace(it, html=it.html.replace("Dear", "Dear \u0e01")), "glyphs.covered"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_found_and_named(render: Render, fault: str) -> None:
    spoil, code = FAULTS[fault]
    assert _code_of(render, spoil(word_letter(american()))) == code


def test_a_broken_file_is_refused(engine: ModuleType, render: Render) -> None:
    letter = word_letter(american())
    render(letter)
    made = engine.render(letter)
    for broken in (b"", made.pdf[:5000], b"%PDF-1.7 nothing"):
        with pytest.raises(Unprintable, match=r"file\.readable"):
            check(letter, replace(made, pdf=broken))


def test_a_font_that_prints_one_sign_and_says_another_is_refused(engine: ModuleType) -> None:
    letter = word_letter(american())
    made = engine.render(letter)
    writer = PdfWriter(clone_from=io.BytesIO(made.pdf))
    fonts_of = cast("Any", writer.pages[0]["/Resources"])["/Font"]
    (serif,) = (
        each.get_object() for each in fonts_of.values() if each.get_object()["/BaseFont"].endswith("Forbear-Serif")
    )
    meanings = serif["/ToUnicode"].get_object()
    said = meanings.get_data()
    for wrong, right in ((b"<0061>", b"<0065>"), (b"<0061>", b"<0061>")):  # an a that says it is an e; and as it was
        assert said.count(b"<0061>") == 1
        meanings.set_data(said.replace(wrong, right))
        changed = io.BytesIO()
        writer.write(changed)
        spoilt = replace(made, pdf=changed.getvalue())
        if wrong == right:
            assert check(letter, spoilt) == 1
        else:
            with pytest.raises(Unprintable, match=r"text\.layer"):
                check(letter, spoilt)


def test_two_letters_are_not_taken_for_each_other(engine: ModuleType) -> None:
    one, other = word_letter(american()), word_letter(american(kind="notice"))
    with pytest.raises(Unprintable):
        check(one, engine.render(other))


def test_every_check_that_a_template_can_break_was_seen_to_fail() -> None:
    beyond = {"page.orientation", "fonts.embedded", "size.bytes"}
    """The engine cannot be made to do these by a page."""
    assert set(CHECKS) - beyond <= {code for _, code in FAULTS.values()}


@given(
    name=st.sampled_from(sorted(MARGINS)),
    across=st.floats(0.0, 0.99),
    down=st.floats(0.0, 0.97),
)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
def test_one_dot_anywhere_is_judged_by_geometry_alone(render: Render, name: str, across: float, down: float) -> None:
    letter = word_letter(LETTERS[name]())
    sheet = sheets()[name]
    dot = Box(across * sheet.width, down * sheet.height, across * sheet.width + 1, down * sheet.height + 1)
    edge = Box(0, 0, sheet.width, sheet.height).grown(-(MARGIN - 1))
    unsure = any(box.grown(0.5).meets(dot) and not box.grown(-0.5).holds(dot) for box in (edge, *sheet.private))
    code_or_address = Box(15, 140, 60, 240).meets(dot) or sheet.address.grown(2).meets(dot)
    assume(not unsure and not code_or_address)
    spoilt = _placed(letter, dot.left, dot.top, style="width: 1mm; height: 1mm; background: #000")
    if any(box.meets(dot) for box in sheet.private):
        assert _code_of(render, spoilt) == "window.only"
    elif not edge.holds(dot):
        assert _code_of(render, spoilt) == "ink.outside"
    else:
        assert render(spoilt) == 1
