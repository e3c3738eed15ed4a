"""Small faults in finished files, each put into a good paper and refused under its own code."""

import io
from collections.abc import Callable
from dataclasses import replace
from typing import Any, cast

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, String

from forbear.documents import preflight
from forbear.documents.checking import CHECKS, MOST_BYTES, check, folded
from forbear.documents.engine import Pages
from forbear.documents.markup import Read, with_row_heads
from forbear.documents.presses import Presses
from forbear.documents.reading import Finished
from forbear.ports.papers import Unprintable
from tests.documents.catalogue import Entry

LETTER = Entry("gb-letter-claim", "en")
"""A letter of many pages, with tables, pictures and headings."""


def tags(pdf: pikepdf.Pdf, kind: str) -> list[Any]:
    """Every tag of a kind, in order."""

    def below(node: Any) -> list[Any]:
        kids = node.get("/K", [])
        found = [kid for kid in (kids if isinstance(kids, Array) else [kids]) if isinstance(kid, Dictionary)]
        return [each for kid in found if "/S" in kid for each in (kid, *below(kid))]

    return [tag for tag in below(cast("Any", pdf.Root).StructTreeRoot) if str(tag.S) == kind]


def fonts(pdf: pikepdf.Pdf) -> list[Any]:
    return [font for page in pdf.pages for font in cast("Any", page.obj).Resources.Font.values()]


def acts(pdf: pikepdf.Pdf) -> None:
    pdf.Root.OpenAction = Dictionary(S=Name.JavaScript, JS=String("app.alert(1)"))


def acts_when_a_page_is_shown(pdf: pikepdf.Pdf) -> None:
    pdf.pages[0].obj.AA = Dictionary(O=Dictionary(S=Name.Launch, F=String("run")))


def hides_a_file(pdf: pikepdf.Pdf) -> None:
    pdf.attachments["case.json"] = pikepdf.AttachedFileSpec(
        pdf, b"{}", description="", filename="case.json", mime_type="application/json", creation_date="", mod_date=""
    )


def leads_away(pdf: pikepdf.Pdf) -> None:
    link = Dictionary(
        Type=Name.Annot,
        Subtype=Name.Link,
        Rect=Array([0, 0, 9, 9]),
        A=Dictionary(S=Name.URI, URI=String("https://example.com")),
    )
    pdf.pages[0].obj.Annots = Array([pdf.make_indirect(link)])


def holds_a_whole_font(pdf: pikepdf.Pdf) -> None:
    for font in fonts(pdf):
        font.BaseFont = Name("/Whole+" + str(font.BaseFont).partition("+")[2])


def lacks_a_font(pdf: pikepdf.Pdf) -> None:
    describes = fonts(pdf)[0].DescendantFonts[0].FontDescriptor
    for file in {"/FontFile", "/FontFile2", "/FontFile3"} & set(describes.keys()):
        del describes[file]


def says_no_colours(pdf: pikepdf.Pdf) -> None:
    del pdf.Root.OutputIntents


def has_two_titles(pdf: pikepdf.Pdf) -> None:
    pdf.docinfo["/Title"] = String("Another paper")


def is_in_another_language(pdf: pikepdf.Pdf) -> None:
    pdf.Root.Lang = String("fr")


def lacks_an_entry(pdf: pikepdf.Pdf) -> None:
    with pdf.open_outline() as outline:
        outline.root[0].children.pop()


def shares_tags(pdf: pikepdf.Pdf) -> None:
    pdf.pages[1].obj.StructParents = 0


def shows_without_words(pdf: pikepdf.Pdf) -> None:
    tags(pdf, "/Figure")[0].Alt = String(" ")


def skips_a_level(pdf: pikepdf.Pdf) -> None:
    for tag in tags(pdf, "/H2"):
        tag.S = Name.H3


def stands_under_no_head(pdf: pikepdf.Pdf) -> None:
    tags(pdf, "/TD")[-1].A.Headers = Array([])


def stands_under_a_strange_head(pdf: pikepdf.Pdf) -> None:
    tags(pdf, "/TD")[-1].A.Headers = Array([String("nowhere")])


def is_told_in_another_order(pdf: pikepdf.Pdf) -> None:
    kids = tags(pdf, "/Document")[0].K
    kids[1], kids[2] = kids[2], kids[1]


def leaves_words_out(pdf: pikepdf.Pdf) -> None:
    kids = tags(pdf, "/Document")[0].K
    del kids[[str(kid.S) for kid in kids].index("/P")]


def is_turned(pdf: pikepdf.Pdf) -> None:
    pdf.pages[1].obj.Rotate = 180


def is_large(pdf: pikepdf.Pdf) -> None:
    pdf.Root.Ballast = pdf.make_stream(bytes(range(256)) * (MOST_BYTES // 256 + 1), Filter=None)


FAULTS: dict[str, tuple[Callable[[pikepdf.Pdf], None], str]] = {
    "acts": (acts, "file.harmless"),
    "acts_when_a_page_is_shown": (acts_when_a_page_is_shown, "file.harmless"),
    "hides_a_file": (hides_a_file, "file.harmless"),
    "leads_away": (leads_away, "file.harmless"),
    "whole_font": (holds_a_whole_font, "fonts.subset"),
    "font_left_out": (lacks_a_font, "fonts.embedded"),
    "no_colours": (says_no_colours, "form.complete"),
    "two_titles": (has_two_titles, "form.complete"),
    "another_language": (is_in_another_language, "form.complete"),
    "contents_without_an_entry": (lacks_an_entry, "form.outline"),
    "shared_tags": (shares_tags, "tags.pages"),
    "picture_without_words": (shows_without_words, "tags.figures"),
    "level_skipped": (skips_a_level, "tags.headings"),
    "cell_under_no_head": (stands_under_no_head, "tags.tables"),
    "cell_under_a_strange_head": (stands_under_a_strange_head, "tags.tables"),
    "another_order": (is_told_in_another_order, "tags.order"),
    "words_left_out": (leaves_words_out, "tags.order"),
    "turned_page": (is_turned, "page.orientation"),
    "too_large": (is_large, "size.bytes"),
}


def is_only_saved(pdf: pikepdf.Pdf) -> None:
    """Nothing is changed."""
    del pdf


def saved(good: bytes, spoil: Callable[[pikepdf.Pdf], None], **how: Any) -> bytes:
    changed = io.BytesIO()
    with pikepdf.open(io.BytesIO(good)) as pdf:
        spoil(pdf)
        pdf.save(changed, **how)
    return changed.getvalue()


def code_of(presses: Presses, spoil: Callable[[pikepdf.Pdf], None], **how: Any) -> str:
    spoilt = saved(LETTER.render(presses).pdf, spoil, **how)
    with pytest.raises(Unprintable) as refused:
        check(LETTER.words(), Pages(spoilt, None))
    return refused.value.code


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_of_a_file_is_found_and_named(presses: Presses, fault: str) -> None:
    spoil, code = FAULTS[fault]
    assert code_of(presses, spoil, compress_streams=fault != "too_large") == code


def test_a_locked_file_is_refused(presses: Presses) -> None:
    lock = pikepdf.Encryption(owner="example", user="")
    assert code_of(presses, is_only_saved, encryption=lock) == "file.harmless"


def test_a_file_that_was_only_saved_again_passes(presses: Presses) -> None:
    words = LETTER.words()
    again = saved(LETTER.render(presses).pdf, is_only_saved, deterministic_id=True)
    assert check(words, Pages(again, None)) == LETTER.render(presses).pages


def test_a_sign_that_says_it_is_none_is_refused(presses: Presses) -> None:
    pdf = LETTER.render(presses).pdf
    first, *rest = Finished.read(pdf).pages
    strange = replace(first, signs=(*first.signs, replace(first.signs[0], text="\ufffd", mark=-1)))
    with pytest.raises(Unprintable, match=r"glyphs\.meant"):
        preflight.preflight(pdf, (strange, *rest), Read.of(LETTER.words().html), folded)


def test_every_check_of_a_file_was_seen_to_fail() -> None:
    seen = {code for _, code in FAULTS.values()} | {"glyphs.meant"}
    assert set(preflight.CHECKS) <= seen
    assert {"page.orientation", "fonts.embedded", "size.bytes"} <= seen & set(CHECKS)


def test_the_head_of_a_row_says_so_and_that_of_a_column_does_not() -> None:
    table = (
        '<table><thead><tr><th>A</th></tr></thead><tbody><tr><th class="x">B</th><th scope="col">C</th></tr></tbody>'
    )
    assert with_row_heads(table) == table.replace('<th class="x"', '<th scope="row" class="x"')
    assert with_row_heads("<thead><tr><th>A</th></tr></thead><tr><th>B") == (
        '<thead><tr><th>A</th></tr></thead><tr><th scope="row">B'
    )
