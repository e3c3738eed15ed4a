"""Each check of a finished packet refuses what it is there for, in bytes that were changed after they were bound."""

import io
import json
import re
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, Pdf, String

from forbear.documents.packets.limits import Unfit
from forbear.documents.packets.preflight import CHECKS, Look, look_at
from tests.packets.conftest import Looked

Change = Callable[[Any], object]


def with_volume(looked: Looked, change: Change) -> tuple[Look, list[bytes]]:
    """The packet, its volume changed."""
    _, look, files = looked
    with Pdf.open(io.BytesIO(files[0])) as pdf:
        change(pdf)
        written = io.BytesIO()
        pdf.save(written, deterministic_id=True)
    return look, [written.getvalue(), *files[1:]]


def refused(look: Look, files: list[bytes]) -> str:
    with pytest.raises(Unfit) as raised:
        look_at(look, files)
    assert raised.value.problem
    return raised.value.code


def test_what_was_bound_passes(looked: Looked) -> None:
    look_at(looked[1], list(looked[2]))


def _lose_page(pdf: Any) -> None:
    del pdf.pages[-1]


def _script(pdf: Any) -> None:
    pdf.Root.OpenAction = Dictionary(S=Name.JavaScript, JS=String("app.alert(1)"))


def _attach(pdf: Any) -> None:
    pdf.attachments["a.txt"] = b"a"


def _outside(pdf: Any) -> None:
    pdf.pages[0].obj.Annots[0].A = Dictionary(S=Name.URI, URI=String("https://example.org"))


def _turn(pdf: Any) -> None:
    pdf.pages[2].obj.Rotate = 90


def _stretch(pdf: Any) -> None:
    pdf.pages[2].obj.MediaBox = Array([0, 0, 595, 842])


def _swap(pdf: Any) -> None:
    page = pdf.pages[-1]
    del pdf.pages[-1]
    pdf.pages.insert(len(pdf.pages) - 2, page)


def _relabel(pdf: Any) -> None:
    pdf.Root.PageLabels.Nums[1].St = 2


def _lose_bookmark(pdf: Any) -> None:
    with pdf.open_outline() as outline:
        del outline.root[1]


def _misname_bookmark(pdf: Any) -> None:
    with pdf.open_outline() as outline:
        outline.root[1].title = outline.root[1].title.replace("(p. 2)", "(p. 3)")


def _mislead_bookmark(pdf: Any) -> None:
    with pdf.open_outline() as outline:
        outline.root[1].destination = Array([pdf.pages[4].obj, Name.XYZ, 0, 700, None])


def _mislead_link(pdf: Any) -> None:
    pdf.pages[0].obj.Annots[2].Dest[0] = pdf.pages[1].obj


def _lose_link(pdf: Any) -> None:
    del pdf.pages[0].obj.Annots[0]


def _move_link(pdf: Any) -> None:
    marks = pdf.pages[0].obj.Annots
    marks[0].Rect = marks[1].Rect


def _lose_font(pdf: Any) -> None:
    del pdf.pages[0].obj.Resources.Font["/ForbearStamp"].FontDescriptor["/FontFile2"]


def _share_tags(pdf: Any) -> None:
    pdf.pages[1].obj.StructParents = pdf.pages[0].obj.StructParents


def _lose_tags(pdf: Any) -> None:
    del pdf.Root.StructTreeRoot


def _silence_picture(pdf: Any) -> None:
    for each in pdf.objects:
        if isinstance(each, Dictionary) and each.get("/S") == Name.Figure and "/Alt" in each:
            del each.Alt


def _stray_tag(pdf: Any) -> None:
    stray = Dictionary(Type=Name.StructElem, S=Name.P, Pg=pdf.make_indirect(Dictionary(Type=Name.Page)))
    pdf.Root.StructTreeRoot.K[0].K.append(pdf.make_indirect(stray))


def _lose_language(pdf: Any) -> None:
    del pdf.Root.Lang


def _retitle(pdf: Any) -> None:
    pdf.docinfo["/Title"] = String("Another")


def _claim(pdf: Any) -> None:
    with pdf.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as said:
        said["pdfaid:part"] = "2"


CHANGES: dict[str, tuple[Change, str]] = {
    "a page less": (_lose_page, "packet.pages"),
    "a script": (_script, "packet.harmless"),
    "a file inside": (_attach, "packet.harmless"),
    "a link outside": (_outside, "packet.harmless"),
    "a turned page": (_turn, "packet.sheet"),
    "a page of another size": (_stretch, "packet.sheet"),
    "two pages in the wrong order": (_swap, "packet.numbers"),
    "other numbers in readers": (_relabel, "packet.numbers"),
    "a bookmark less": (_lose_bookmark, "packet.bookmarks"),
    "a bookmark with another page's number": (_misname_bookmark, "packet.bookmarks"),
    "a bookmark that leads elsewhere": (_mislead_bookmark, "packet.bookmarks"),
    "a link that leads elsewhere": (_mislead_link, "packet.links"),
    "a link less": (_lose_link, "packet.links"),
    "a link over another row": (_move_link, "packet.links"),
    "a font that is not there": (_lose_font, "packet.fonts"),
    "two pages with the same tags": (_share_tags, "packet.tags"),
    "no tags": (_lose_tags, "packet.tags"),
    "a picture without words": (_silence_picture, "packet.tags"),
    "a tag of a page that is not there": (_stray_tag, "packet.tags"),
    "no language": (_lose_language, "packet.described"),
    "two titles": (_retitle, "packet.described"),
    "a claim that is not true": (_claim, "packet.described"),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_is_seen(looked: Looked, name: str) -> None:
    change, code = CHANGES[name]
    assert refused(*with_volume(looked, change)) == code


def test_a_file_that_is_none_is_refused(looked: Looked) -> None:
    _, look, files = looked
    assert refused(look, [b"%PDF-1.7 nothing", *files[1:]]) == "packet.readable"


def test_an_encrypted_file_is_refused(looked: Looked) -> None:
    _, look, files = looked
    with Pdf.open(io.BytesIO(files[0])) as pdf:
        written = io.BytesIO()
        pdf.save(written, encryption=pikepdf.Encryption(user="", owner="owner"))
    assert refused(look, [written.getvalue(), *files[1:]]) == "packet.harmless"


def test_what_the_packet_must_say_must_be_in_its_papers(looked: Looked) -> None:
    _, look, files = looked
    look_at(replace(look, says=("Example Credit Union",)), list(files))
    assert refused(replace(look, says=("Another Credit Union",)), list(files)) == "packet.text"


def test_pages_that_a_list_names_are_compared_row_by_row(looked: Looked) -> None:
    look = looked[1]
    last = look.rows[-1]
    wrong = replace(last, says=(last.says[0], "777-778"), linked=False)
    kept = [replace(row, linked=False) for row in look.rows[:-1]]

    def unlink(pdf: Any) -> None:
        for page in pdf.pages:
            if "/Annots" in page.obj:
                del page.obj.Annots

    _, changed = with_volume(looked, unlink)
    assert refused(replace(look, rows=(*kept, wrong)), changed) == "packet.references"


def test_pictures_finer_than_the_court_wants_are_refused(looked: Looked) -> None:
    _, look, files = looked
    assert refused(replace(look, most_dpi=90), list(files)) == "packet.pictures"


def test_sizes_and_names_are_held_against_the_court(looked: Looked) -> None:
    _, look, files = looked
    for other in ({"most_volume": 1_000}, {"most_part": 1_000}, {"most_total": 1_000}):
        assert refused(replace(look, **other), list(files)) == "packet.size"
    assert refused(replace(look, most_name=9), list(files)) == "packet.names"
    for name in ("volumes/Pácket.pdf", "volumes/a b.pdf", look.files[1]):
        assert refused(replace(look, files=(name, *look.files[1:])), list(files)) == "packet.names"


def test_manifest_archive_and_files_must_agree(looked: Looked) -> None:
    _, look, files = looked
    *rest, manifest, archive = files
    assert refused(look, [*rest, manifest + b" ", archive]) == "packet.hashes"
    told = json.loads(manifest)
    told["files"][0]["sha256"] = "0" * 64
    assert refused(look, [*rest, json.dumps(told).encode(), archive]) == "packet.hashes"
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as before, zipfile.ZipFile(written, "w") as after:
        for info in before.infolist():
            content = before.read(info)
            after.writestr(info, content + b"%" if info.filename.endswith("Packet.pdf") else content)
    assert refused(look, [*rest, manifest, written.getvalue()]) == "packet.hashes"


def test_a_stamp_of_a_parts_own_file_is_looked_at_too(looked: Looked) -> None:
    _, look, files = looked
    with Pdf.open(io.BytesIO(files[2])) as pdf:
        pdf.Root.PageLabels.Nums[1].St = 99
        written = io.BytesIO()
        pdf.save(written)
    assert refused(look, [*files[:2], written.getvalue(), *files[3:]]) == "packet.numbers"


def test_every_check_has_a_change_that_it_sees_and_is_explained() -> None:
    source = Path(__file__).read_text("utf-8")
    assert set(re.findall(r"\"(packet\.[a-z]+)\"", source)) == {*CHECKS, "packet.readable"}
    packets = Path(__file__).parents[2] / "forbear" / "documents" / "packets"
    raised = {code for path in packets.glob("*.py") for code in re.findall(r"\"(exhibit\.[a-z]+)\"", path.read_text())}
    told = (Path(__file__).parents[2] / "docs" / "packets.md").read_text("utf-8")
    assert {*CHECKS, "packet.readable"} | raised == set(re.findall(r"`((?:packet|exhibit)\.[a-z]+)`", told))
