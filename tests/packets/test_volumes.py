"""A packet that is too large for one file is divided between parts, and a part that is too large into pieces."""

import hashlib
import io
from dataclasses import replace
from typing import Any

import pypdfium2
import pytest
from pikepdf import Pdf

from forbear.documents.packets.binding import PacketBinder
from forbear.documents.packets.sample_packet import AMERICAN, photograph, sample_packet, scanned
from forbear.errors import Incomplete
from forbear.ports.packets import Bound, PacketFacts, Part
from forbear.ports.papers import Unprintable
from tests.packets.conftest import profile

LIMIT = 700_000


@pytest.fixture(scope="module")
def given() -> tuple[tuple[Part, ...], PacketFacts]:
    return sample_packet(AMERICAN, exhibits=8, pages=68)


@pytest.fixture(scope="module")
def divided(binder: PacketBinder, given: tuple[tuple[Part, ...], PacketFacts]) -> Bound:
    return binder.bind(given[0], profile("us-tx", max_file_bytes=LIMIT), given[1])


def test_no_volume_and_no_part_is_larger_than_the_court_takes(divided: Bound) -> None:
    assert len(divided.volumes) > 1
    for file in (*divided.volumes, *divided.files):
        assert len(file.content) <= LIMIT


def test_numbers_go_on_and_every_volume_begins_with_its_index(divided: Bound) -> None:
    labels, whole = list[str](), len(divided.volumes)
    for number, volume in enumerate(divided.volumes, 1):
        document: Any = pypdfium2.PdfDocument(volume.content)
        labels += [document.get_page_label(at) for at in range(len(document))]
        first = document[0].get_textpage().get_text_range()
        assert f"Volume {number} of {whole}" in first
        inside = [entry for entry in divided.index if entry.volume == number]
        for entry in inside:
            assert entry.title.partition(" (part")[0].split()[0] in first
            assert document.get_page_label(int(entry.first) - 1 - len(labels) + len(document)) == entry.first
        with Pdf.open(io.BytesIO(volume.content)) as pdf:
            links: Any = [mark for page in pdf.pages for mark in page.obj.get("/Annots", [])]
            assert len(links) >= len(inside)
    assert labels == [str(each) for each in range(1, divided.pages + 1)]


def test_a_part_in_pieces_is_listed_piece_by_piece(divided: Bound) -> None:
    pieces = [entry for entry in divided.index if entry.key.startswith("ex-3~")]
    assert len(pieces) > 1
    assert [entry.title for entry in pieces] == [
        f"Notice of default (part {at} of {len(pieces)})" for at in range(1, len(pieces) + 1)
    ]
    exhibits = [entry.bates for entry in divided.index if entry.bates]
    assert exhibits[0].startswith("EX000001")


def test_a_page_that_is_larger_than_a_file_may_be_is_named(binder: PacketBinder) -> None:
    parts, facts = sample_packet(AMERICAN, exhibits=1, pages=1)
    content = photograph(1, "JPEG", (3000, 2000))
    large = replace(parts[-1], key="photo", content=content, media_type="image/jpeg")
    large = replace(large, sha256=hashlib.sha256(content).hexdigest())
    with pytest.raises(Incomplete) as raised:
        binder.bind((parts[0], large), profile("us-tx", max_file_bytes=60_000), replace(facts, evidence={}))
    assert [each.item for each in raised.value.missing] == ["photo"]
    assert "exhibit.size" in raised.value.missing[0].problem


def test_several_volumes_need_an_index(binder: PacketBinder) -> None:
    content = scanned(1, 3)
    parts = tuple(
        Part(f"e{at}", f"Scan {at}", "exhibit", "exhibit", content=content, media_type="application/pdf",
             sha256=hashlib.sha256(content).hexdigest())
        for at in range(4)
    )  # fmt: skip
    _, facts = sample_packet(AMERICAN, exhibits=1, pages=1)
    with pytest.raises(Incomplete) as raised:
        binder.bind(parts, profile("us-tx", max_file_bytes=400_000), replace(facts, evidence={}))
    assert [each.item for each in raised.value.missing] == ["index"]
    made = binder.bind(parts, profile("us-tx"), replace(facts, evidence={}))
    assert len(made.volumes) == 1


def test_more_than_the_court_takes_in_all_is_refused(
    binder: PacketBinder, given: tuple[tuple[Part, ...], PacketFacts]
) -> None:
    with pytest.raises(Unprintable) as raised:
        binder.bind(given[0], profile("us-tx", max_total_bytes=100_000), given[1])
    assert raised.value.code == "packet.size"


def test_a_court_that_takes_parts_alone_holds_no_volume_against_its_limit(
    binder: PacketBinder, given: tuple[tuple[Part, ...], PacketFacts]
) -> None:
    made = binder.bind(given[0], profile("us-tx", max_file_bytes=LIMIT, single_pdf=False), given[1])
    assert len(made.volumes) == 1
    assert all(len(file.content) <= LIMIT for file in made.files)
