"""Packets: complete or refused with everything that is missing, numbered, linked, tagged, the same every time."""

import hashlib
import io
import json
import os
import random
import shutil
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
import pytest
from pikepdf import Pdf

from forbear.documents.packets import ocr
from forbear.documents.packets.binding import PacketBinder
from forbear.documents.packets.sample_packet import AMERICAN, photograph, printed, sample_packet, scanned
from forbear.errors import Incomplete
from forbear.ports.packets import Bound, PacketFacts, Part
from forbear.rehearsal import exhibits
from tests.packets.conftest import profile
from tests.packets.hostile import locked

Given = tuple[tuple[Part, ...], PacketFacts]
TEXAS = profile("us-tx")


def labels(content: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(content)
    return [document.get_page_label(at) for at in range(len(document))]


def feet(content: bytes) -> list[list[str]]:
    document = pypdfium2.PdfDocument(content)
    return [document[at].get_textpage().get_text_bounded(bottom=0, top=42).split() for at in range(len(document))]


def test_a_packet_is_numbered_through_and_each_part_is_where_the_index_says(bound: Bound, american: Given) -> None:
    (volume,) = bound.volumes
    assert labels(volume.content) == [str(each) for each in range(1, bound.pages + 1)]
    assert [foot[-1] for foot in feet(volume.content)] == labels(volume.content)
    assert [entry.key for entry in bound.index] == [part.key for part in american[0] if part.role != "index"]
    at = int(bound.index[0].first)
    for entry in bound.index:
        assert (int(entry.first), int(entry.last)) == (at, at + entry.pages - 1)
        at += entry.pages
    assert at == bound.pages + 1


def test_the_index_and_the_list_of_exhibits_print_those_pages(bound: Bound) -> None:
    document = pypdfium2.PdfDocument(bound.volumes[0].content)
    index = document[0].get_textpage().get_text_range()
    listed = "".join(
        document[at].get_textpage().get_text_range()
        for entry in bound.index
        if entry.key == "us-exhibit_list"
        for at in range(int(entry.first) - 1, int(entry.last))
    )
    for entry in bound.index:
        assert f"{entry.first} {entry.last}" in " ".join(index.split())
        if entry.bates:
            assert entry.bates in listed
            shown = entry.first if entry.pages == 1 else f"{entry.first}-{entry.last}"
            assert f"{entry.bates} {shown}" in " ".join(listed.split())


def test_the_files_of_parts_bear_the_numbers_of_the_volume(bound: Bound) -> None:
    whole = labels(bound.volumes[0].content)
    assert [label for file in bound.files for label in labels(file.content)] == whole
    assert [foot for file in bound.files for foot in feet(file.content)] == feet(bound.volumes[0].content)


def test_bookmarks_name_parts_and_their_own_headings_with_pages(bound: Bound) -> None:
    marks = list(pypdfium2.PdfDocument(bound.volumes[0].content).get_toc(max_depth=20))
    told = [(mark.level, mark.get_title()) for mark in marks]
    assert told[0] == (0, "Index (p. 1)")
    assert (1, "Parties (p. 2)") in told
    assert any(level == 1 and title.startswith("Exhibit A: ") for level, title in told)
    for mark in marks:
        target = mark.get_dest()
        assert target is not None
        assert mark.get_title().endswith(f"(p. {(target.get_index() or 0) + 1})")


def test_tags_of_every_part_survive_and_point_to_pages_of_the_file(bound: Bound, american: Given) -> None:
    with Pdf.open(io.BytesIO(bound.volumes[0].content)) as pdf:
        root: Any = pdf.Root.StructTreeRoot
        (top,) = root.K
        assert [str(part.S) for part in top.K] == ["/Part"] * len(american[0])
        assert [str(part.T).rpartition(": ")[2] for part in top.K] == [part.title for part in american[0]]
        pages = {page.obj.objgen for page in pdf.pages}
        order = {page.obj.objgen: at for at, page in enumerate(pdf.pages)}
        first = [next(order[each.Pg.objgen] for each in _walk(part) if "/Pg" in each) for part in top.K]
        assert first == sorted(first), "read aloud, parts come in the order of the packet"
        assert all(each.Pg.objgen in pages for each in _walk(top) if "/Pg" in each)
        assert sum(str(each.S) == "/Link" for each in _walk(top) if "/S" in each) == len(bound.index) + 9
        assert b"pdfaid:part" not in pdf.Root.Metadata.read_bytes(), "with pages of others it is no archive of ours"


def _walk(tag: Any) -> Any:
    yield tag
    kids = tag.get("/K", [])
    for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
        if isinstance(kid, pikepdf.Dictionary):
            yield from _walk(kid)


def test_of_our_own_papers_alone_the_packet_still_is_an_archive(binder: PacketBinder, american: Given) -> None:
    papers = tuple(part for part in american[0] if part.kind == "paper" and part.role != "exhibit_list")
    made = binder.bind(papers, TEXAS, replace(american[1], evidence={}))
    with Pdf.open(io.BytesIO(made.volumes[0].content)) as pdf:
        metadata = pdf.Root.Metadata.read_bytes()
    assert b"pdfaid:part" in metadata
    assert b"pdfuaid:part" in metadata


def test_qpdf_finds_nothing_wrong(bound: Bound, tmp_path: Path) -> None:
    if shutil.which("qpdf") is None:
        pytest.skip("qpdf is not installed")
    for file in (*bound.volumes, *bound.files):
        path = tmp_path / file.name
        path.write_bytes(file.content)
        told = subprocess.run(["qpdf", "--check", str(path)], check=False, capture_output=True, text=True)
        assert told.returncode == 0, told.stdout + told.stderr


def test_the_same_packet_is_the_same_bytes(binder: PacketBinder, american: Given, bound: Bound) -> None:
    again = binder.bind(american[0], TEXAS, american[1])
    assert again.archive == bound.archive
    assert again.sha256 == bound.sha256
    other = binder.bind(american[0], TEXAS, replace(american[1], previous="0" * 64))
    assert other.sha256 != bound.sha256
    assert other.volumes == bound.volumes


def test_another_process_with_another_hash_seed_gives_the_same_bytes(bound: Bound) -> None:
    script = (
        "from tests.packets.conftest import profile\n"
        "from forbear.documents.packets.binding import PacketBinder\n"
        "from forbear.documents.packets.desks import Desks\n"
        "from forbear.documents.packets.sample_packet import AMERICAN, sample_packet\n"
        "from forbear.documents.presses import Presses\n"
        "with Presses(1, ready_seconds=90, job_seconds=60) as shop, Desks(1) as desks:\n"
        "    parts, facts = sample_packet(AMERICAN, exhibits=9, pages=24)\n"
        "    import hashlib\n"
        "    made = PacketBinder(shop, desks).bind(parts, profile('us-tx'), facts)\n"
        "    print(made.sha256, hashlib.sha256(made.archive).hexdigest())\n"
    )
    told = subprocess.run(
        [sys.executable, "-c", script],
        check=True,
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[2],
        env={**os.environ, "PYTHONHASHSEED": "4711", "TZ": "Asia/Tokyo", "LC_ALL": "C.UTF-8"},
    )
    assert told.stdout.split() == [bound.sha256, hashlib.sha256(bound.archive).hexdigest()]


def test_manifest_sums_and_archive_agree(bound: Bound) -> None:
    with zipfile.ZipFile(io.BytesIO(bound.archive)) as archive:
        for line in archive.read("SHA256SUMS").decode().splitlines():
            digest, name = line.split("  ")
            assert hashlib.sha256(archive.read(name)).hexdigest() == digest
        assert {each.date_time for each in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert archive.read("manifest.json") == bound.manifest
    told = json.loads(bound.manifest)
    assert told["fonts"]
    assert told["generator"]["weasyprint"]
    assert bound.sha256 == hashlib.sha256(bound.manifest).hexdigest()
    exhibit = next(each for each in told["parts"] if each["key"] == "ex-1")
    assert exhibit["sha256"] != exhibit["normalised"]
    assert {each["source"] for each in told["parts"]} == {"generated", "evidence"}
    paper = next(each for each in told["parts"] if each["key"] == "us-court-complaint")
    assert len(paper["template"]["sha256"]) == 64


@pytest.mark.parametrize(
    "seed", [1, 2, pytest.param(3, marks=pytest.mark.prove), pytest.param(4, marks=pytest.mark.prove)]
)
def test_parts_in_any_order_and_of_any_size_are_bound(binder: PacketBinder, american: Given, seed: int) -> None:
    drawn = random.Random(seed)
    index, *rest = american[0]
    drawn.shuffle(rest)
    others = [
        _exhibit(f"more-{at}", printed(at, drawn.randint(1, 4), (drawn.uniform(150, 900), drawn.uniform(150, 900))))
        for at in range(3)
    ]
    parts = [*rest, *(replace(each, level=drawn.randint(1, 3)) for each in others)]
    parts.insert(drawn.randrange(len(parts)), index)
    made = binder.bind(tuple(parts), TEXAS, american[1])
    assert labels(made.volumes[0].content) == [str(each) for each in range(1, made.pages + 1)]
    assert [entry.key for entry in made.index] == [part.key for part in parts if part.role != "index"]


def _exhibit(key: str, content: bytes, media_type: str = "application/pdf", **other: Any) -> Part:
    digest = hashlib.sha256(content).hexdigest()
    return Part(
        key, f"Title of {key}", "exhibit", "exhibit", content=content, media_type=media_type, sha256=digest, **other
    )


def test_everything_that_is_missing_is_told_at_once_and_by_its_name(binder: PacketBinder, american: Given) -> None:
    parts, facts = american
    paper = parts[1].paper
    assert paper is not None
    broken = (
        parts[0],
        replace(parts[1], paper=replace(paper, fields={}, known={})),
        replace(parts[2], paper=None),
        *parts[4:],
        _exhibit("locked", locked("secret"), supplier="lender"),
        replace(_exhibit("changed", printed(1, 1)), sha256="0" * 64),
        _exhibit("sheet", b"a,b", "text/csv"),
        Part("absent", "Absent", "exhibit", "exhibit", supplier="claimant"),
        replace(_exhibit("bad key!", printed(1, 1))),
        replace(_exhibit("nameless", printed(1, 1)), title=" "),
    )
    facts = replace(facts, evidence={**facts.evidence, "99": "nowhere"})
    with pytest.raises(Incomplete) as raised:
        binder.bind(broken, TEXAS, facts)
    told = {each.item: each for each in raised.value.missing}
    assert {
        "us-court-complaint", "us-affidavit-debt", "locked", "changed", "sheet", "absent", "bad key!", "nameless", "nowhere",
    } <= told.keys()  # fmt: skip
    assert told["locked"].supplier == "lender"
    assert told["absent"].supplier == "claimant"
    assert all(each.problem and each.remedy for each in told.values())
    assert all(each.item in str(raised.value) for each in told.values())


def test_a_paper_that_is_refused_is_named_with_its_check(binder: PacketBinder, american: Given) -> None:
    parts, facts = american
    paper = parts[1].paper
    assert paper is not None
    broken = (parts[0], replace(parts[1], paper=replace(paper, fields={}, known={})), *parts[2:])
    with pytest.raises(Incomplete) as raised:
        binder.bind(broken, TEXAS, facts)
    (only,) = raised.value.missing
    assert only.item == "us-court-complaint"
    assert "fields.given" in only.problem


Parts = tuple[Part, ...]


def _none(parts: Parts) -> Parts:
    return parts[:0]


def _without_index(parts: Parts) -> Parts:
    return parts[1:]


def _two_indexes(parts: Parts) -> Parts:
    return (*parts, replace(parts[0], key="second"))


def _twice(parts: Parts) -> Parts:
    return (*parts, parts[-1])


def _too_deep(parts: Parts) -> Parts:
    return (*parts[:-1], replace(parts[-1], level=9))


def _strange_role(parts: Parts) -> Parts:
    return (*parts[:-1], replace(parts[-1], role="Exhibit B"))


@pytest.mark.parametrize(
    ("change", "item"),
    [
        (_none, "packet"),
        (_without_index, "index"),
        (_two_indexes, "second"),
        (_twice, "ex-9"),
        (_too_deep, "ex-9"),
        (_strange_role, "ex-9"),
    ],
)
def test_a_packet_that_makes_no_sense_is_refused(binder: PacketBinder, american: Given, change: Any, item: str) -> None:
    facts = replace(american[1], evidence={})
    with pytest.raises(Incomplete) as raised:
        binder.bind(change(american[0]), profile("us-ca"), facts)
    assert item in {each.item for each in raised.value.missing}


def test_scans_without_text_are_held_where_the_court_wants_it(
    binder: PacketBinder, american: Given, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ocr, "is_installed", lambda: False)
    with pytest.raises(Incomplete) as raised:
        binder.bind(american[0], profile("us-tx", needs_text_layer=True), american[1])
    told = {each.item: each.problem for each in raised.value.missing}
    assert {"ex-3", "ex-6", "ex-8", "ex-9"} == told.keys(), "the scanned ones and the photograph, and no other"
    assert "pages 1" in told["ex-3"]
    assert "exhibit.text" in told["ex-3"]


def test_text_that_was_recognised_is_bound(
    binder: PacketBinder, american: Given, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The program itself is optional: here another file with text stands for what it makes."""
    monkeypatch.setattr(ocr, "is_installed", lambda: True)

    def recognise(content: bytes, language: str) -> bytes:
        assert content
        assert language == "en"
        return printed(5, 1)

    monkeypatch.setattr(ocr, "recognise", recognise)
    parts = (*american[0][:1], _exhibit("scan", scanned(1, 1)), _exhibit("photo", photograph(1, "PNG"), "image/png"))
    made = binder.bind(parts, profile("us-tx", needs_text_layer=True), replace(american[1], evidence={}))
    document = pypdfium2.PdfDocument(made.volumes[0].content)
    assert "Sample 5, page 1" in document[1].get_textpage().get_text_range()


@pytest.mark.skipif(not ocr.is_installed(), reason="ocrmypdf is not installed")
def test_what_the_program_recognises_is_found_in_the_packet(binder: PacketBinder, american: Given) -> None:
    said = "The balance of the account"
    photo = exhibits.make("CN", {"made": "receipt", "title": said, "lines": [said, "was 1200 dollars in all"]})
    parts = (*american[0][:1], _exhibit("scan", photo[0], photo[1]))
    made = binder.bind(parts, profile("us-tx", needs_text_layer=True), replace(american[1], evidence={}))
    document = pypdfium2.PdfDocument(made.volumes[0].content)
    assert said in " ".join(document[1].get_textpage().get_text_range().split())


def test_a_draft_makes_the_packet_one(binder: PacketBinder, chinese: Given, bound: Bound) -> None:
    assert binder.bind(chinese[0], profile("cn-court"), chinese[1]).draft
    assert not bound.draft


def test_a_chinese_packet_says_its_titles_in_its_bookmarks(binder: PacketBinder, chinese: Given) -> None:
    made = binder.bind(chinese[0], profile("cn-court"), replace(chinese[1], says=("示例银行股份有限公司示例市分行",)))
    told = [mark.get_title() for mark in pypdfium2.PdfDocument(made.volumes[0].content).get_toc(max_depth=20)]
    assert told[:2] == ["卷内目录（第1页）", "民事起诉状（第2页）"]
    assert any(each.startswith("证据1：") for each in told)
    assert all(file.name.isascii() for file in made.files)


def test_more_rows_than_a_page_of_index_holds_still_agree(binder: PacketBinder) -> None:
    parts, facts = sample_packet(AMERICAN, exhibits=40, pages=52)
    made = binder.bind(parts, TEXAS, facts)
    assert int(made.index[0].first) > 2, "the index itself takes several pages"


def test_numbers_may_bear_the_volume(binder: PacketBinder, american: Given) -> None:
    made = binder.bind(american[0], profile("us-tx", prefix="{volume}-"), american[1])
    assert labels(made.volumes[0].content)[:2] == ["1-1", "1-2"]
    assert made.index[0].first == "1-2"
