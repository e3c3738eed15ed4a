"""Every paper of the catalogue in each language, from its sample: made, passed, and looked at by libraries of its own.

What is looked up here is written anew and not with the project's own checks, which passed before.
"""

import io
import re
import shutil
import subprocess
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pikepdf
import pypdfium2
import pytest
import tinyhtml5

from forbear.documents.presses import Presses
from forbear.documents.registry import FOLDER, kinds
from tests.documents.catalogue import Entry, entries

PAPERS = entries()
SIZES = {(210, 297), (216, 279)}
"""A4 and US Letter, in whole millimetres."""
NAME = re.compile(r"/[A-Z]{6}\+.+")
LEAVES = {"p", "h1", "h2", "h3", "td", "th", "li"}
DRAFT = {"en": "DRAFT", "zh-Hans": "草稿", "zh-Hant": "草稿"}
SPACES = re.compile(r"\s+")


@pytest.fixture(scope="module", params=PAPERS, ids=str)
def entry(request: pytest.FixtureRequest) -> Entry:
    """One paper after the other, each with all its tests, so that two processes do not make it twice."""
    return request.param


def squeezed(text: str) -> str:
    """Without blanks, line breaks and invisible signs, in one form."""
    kept = (sign for sign in unicodedata.normalize("NFKC", text) if unicodedata.category(sign) != "Cf")
    return SPACES.sub("", "".join(kept))


def tree(node: Any) -> Iterator[Any]:
    """The tags below one, depth first."""
    kids = node.get("/K", [])
    for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
        if isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
            yield kid
            yield from tree(kid)


def read(pdf: bytes) -> list[tuple[str, Any]]:
    """Text and grey picture of each page."""
    document: Any = pypdfium2.PdfDocument(pdf)
    try:
        pages = [document[number] for number in range(len(document))]
        return [(page.get_textpage().get_text_range(), page.render(grayscale=True).to_pil()) for page in pages]
    finally:
        document.close()


def test_every_folder_is_a_paper_of_the_registry() -> None:
    assert {entry.folder for entry in PAPERS} == {kind.folder for kind in kinds().values()}
    assert {path.name for path in FOLDER.iterdir() if path.is_dir()} == {entry.folder for entry in PAPERS}


def test_its_file_is_whole_closed_and_alone(presses: Presses, entry: Entry) -> None:
    with pikepdf.open(io.BytesIO(entry.render(presses).pdf)) as pdf:
        assert pdf.check_pdf_syntax() == []
        assert not pdf.is_encrypted
        assert "/ID" in pdf.trailer
        assert len(pdf.attachments) == 0
        raw = b" ".join(part.unparse() for part in pdf.objects if isinstance(part, pikepdf.Dictionary))
        for act in (b"/JavaScript", b"/JS", b"/Launch", b"/URI", b"/OpenAction", b"/AA", b"/EmbeddedFile"):
            assert act not in raw
        for page in pdf.pages:
            left, bottom, right, top = (float(each) for each in page.mediabox)
            assert (left, bottom) == (0, 0)
            assert (round(right * 25.4 / 72), round(top * 25.4 / 72)) in SIZES
            assert "/Rotate" not in page.obj


def test_it_says_what_it_is_and_brings_its_fonts(presses: Presses, entry: Entry) -> None:
    with pikepdf.open(io.BytesIO(entry.render(presses).pdf)) as pdf:
        root = cast("Any", pdf.Root)
        assert str(root.Lang) == entry.language
        assert root.MarkInfo.Marked
        assert root.ViewerPreferences.DisplayDocTitle
        assert len(root.OutputIntents) == 1
        with pdf.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as said:
            assert (said.pdfa_status, said["pdfuaid:part"]) == ("2A", "1")
            assert said["dc:title"] == str(pdf.docinfo["/Title"]) != ""
        fonts = [font for page in pdf.pages for font in cast("Any", page.obj).Resources.Font.values()]
        assert fonts
        for font in fonts:
            inner = font.DescendantFonts[0] if "/DescendantFonts" in font else font
            assert NAME.fullmatch(str(font.BaseFont))
            assert "/ToUnicode" in font
            assert {"/FontFile", "/FontFile2", "/FontFile3"} & set(inner.FontDescriptor.keys())


def test_whoever_does_not_see_it_is_told_everything_in_order(presses: Presses, entry: Entry) -> None:
    with pikepdf.open(io.BytesIO(entry.render(presses).pdf)) as pdf:
        tags = list(tree(cast("Any", pdf.Root).StructTreeRoot))
        places = [int(cast("Any", page.obj).StructParents) for page in pdf.pages]
        assert sorted(set(places)) == sorted(places)
        numbers = list(cast("Any", pdf.Root).StructTreeRoot.ParentTree.Nums)[::2]
        assert set(places) <= {int(number) for number in numbers}
        assert [tag for tag in tags if str(tag.S) == "/Figure" and not str(tag.get("/Alt", ""))] == []
        levels = [int(str(tag.S)[2:]) for tag in tags if re.fullmatch(r"/H[1-6]", str(tag.S))]
        assert all(after <= before + 1 for before, after in zip([0, *levels], levels, strict=False))
        heads = {str(tag.ID) for tag in tags if tag.S == pikepdf.Name.TH}
        under = [{str(head) for head in tag.A.Headers} for tag in tags if tag.S == pikepdf.Name.TD]
        assert all(each and each <= heads for each in under)
        with pdf.open_outline() as outline:
            titles = [item.title for first in outline.root for item in (first, *all_below(first))]
        assert len(titles) == len(levels)


def all_below(item: Any) -> Iterator[Any]:
    for child in item.children:
        yield child
        yield from all_below(child)


def test_it_can_be_read_and_is_what_was_put_in(presses: Presses, entry: Entry) -> None:
    pages = read(entry.render(presses).pdf)
    text = squeezed("".join(text for text, _ in pages))
    assert "\ufffd" not in text
    assert "\u25a1" not in text
    page: Any = tinyhtml5.parse(entry.words().html, namespace_html_elements=False)
    body = page.find("body")
    leaves = [each for each in body.iter() if each.tag in LEAVES and len(each) == 0]
    said = [squeezed(element.text or "") for element in leaves]
    assert [each for each in said if each not in text] == []
    for words, picture in pages:
        assert DRAFT[entry.language] in words or not entry.render(presses).draft
        dots = picture.histogram()
        dark = sum(dots[:128]) / sum(dots)
        assert 0.001 < dark < 0.4


@pytest.mark.skipif(shutil.which("qpdf") is None, reason="there is no qpdf here; CI has it")
def test_qpdf_finds_nothing_wrong(presses: Presses, entry: Entry, tmp_path: Path) -> None:
    file = tmp_path / "paper.pdf"
    file.write_bytes(entry.render(presses).pdf)
    checked = subprocess.run(["qpdf", "--check", str(file)], capture_output=True, text=True, check=False)
    assert (checked.returncode, "WARNING" in checked.stdout) == (0, False), checked.stdout
