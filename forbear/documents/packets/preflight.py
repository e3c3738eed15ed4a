"""What must be true of a finished packet, looked up in its final bytes by what shares nothing with what bound them.

Two libraries read it back: pdfium what is seen, qpdf's what is said about it. Each check has a code; the first that
fails refuses the packet. None quotes it: its words are personal.
"""

import hashlib
import io
import json
import re
import unicodedata
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final, Literal

import pikepdf

from forbear.documents.packets.limits import Unfit
from forbear.documents.packets.rereading import Sheet, Volume, reread

ACTIVE: Final = frozenset(
    {"/JavaScript", "/JS", "/Launch", "/AA", "/SubmitForm", "/RichMedia", "/XFA", "/URI", "/GoToR", "/GoToE"}
    | {"/EmbeddedFiles", "/EmbeddedFile", "/Filespec", "/AF", "/Collection", "/Rendition", "/Movie", "/Sound"}
)
NAMES: Final = re.compile(rb"/[A-Za-z]+")
STRINGS: Final = re.compile(rb"\((?:\\.|[^()\\])*\)|<[0-9A-Fa-f\s]*>", re.DOTALL)
FILE_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*\.pdf")
NO_SIGNS: Final = frozenset("\ufffd\u25a1\uffff")
OFF: Final = 1.0
"""Points by which a sheet's size may be off."""
FINER: Final = 1.02
"""How much finer than wanted a picture may be: sizes are whole dots."""
CLAIM: Final = b"pdfaid:part"


@dataclass(frozen=True, slots=True)
class Spot:
    """A part in a volume: on which page of it, counted from 0, and what must be printed on each of its pages."""

    key: str
    title: str = field(repr=False)
    volume: int
    at: int
    labels: tuple[str, ...]
    bates: tuple[str, ...]
    paper: bool


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the part `key` in a volume that names another: what it must say, and whether it is a link."""

    key: str
    volume: int
    to: str
    says: tuple[str, ...] = field(repr=False)
    linked: bool


@dataclass(frozen=True, slots=True)
class Look:
    """What a packet should be. `files` are the names of the bytes that come with it: volumes, parts, manifest, archive.

    Attributes:
        volumes: how many of the files are volumes.
        most_volume, most_part: bytes, where the court takes such files; 0 where it does not.
    """

    files: tuple[str, ...]
    volumes: int
    spots: tuple[Spot, ...]
    rows: tuple[Row, ...]
    width: float
    height: float
    most_dpi: int
    most_volume: int
    most_part: int
    most_total: int
    most_name: int
    says: tuple[str, ...] = field(repr=False)
    sha256: str
    job: Literal["look"] = "look"


class Packet:
    """A packet as it was read back."""

    def __init__(self, look: Look, files: list[bytes]) -> None:
        self.look, self.files = look, files
        self.volumes = tuple(reread(content) for content in files[: look.volumes])

    @cached_property
    def parts(self) -> tuple[Volume, ...]:
        return tuple(reread(content) for content in self.files[self.look.volumes : -2])

    @property
    def opened(self) -> Iterator[Volume]:
        yield from self.volumes
        yield from self.parts

    def pages(self, spot: Spot) -> tuple[Sheet, ...]:
        return self.volumes[spot.volume - 1].sheets[spot.at : spot.at + len(spot.labels)]


def look_at(look: Look, files: list[bytes]) -> None:
    """Read a packet back.

    Raises:
        Unfit: with the first check that failed.
    """
    packet = Packet(look, files)
    try:
        for code, check in CHECKS.items():
            if (problem := check(packet)) is not None:
                raise Unfit(code, problem, "")
    finally:
        for each in packet.opened:
            each.close()


def _count(packet: Packet) -> str | None:
    for number, volume in enumerate(packet.volumes, 1):
        wanted = sum(len(spot.labels) for spot in packet.look.spots if spot.volume == number)
        if len(volume.sheets) != wanted:
            return f"volume {number} has {len(volume.sheets)} pages, and its index counts {wanted}"
    for spot, part in zip(packet.look.spots, packet.parts, strict=True):
        if len(part.sheets) != len(spot.labels):
            return f"the file of part '{spot.key}' has not as many pages as the packet has of it"
    return None


def _harmless(packet: Packet) -> str | None:
    for each in packet.opened:
        if each.pdf.is_encrypted:
            return "a file is encrypted"
        written = [
            (part.stream_dict if isinstance(part, pikepdf.Stream) else part).unparse(resolved=True)
            for part in each.pdf.objects
        ]
        names = {name.decode() for name in NAMES.findall(STRINGS.sub(b" ", b"\n".join(written)))}
        if found := sorted(names & ACTIVE):
            return f"a file holds {found[0][1:]}: it acts, hides another file or leads outside"
        start = each.root.get("/OpenAction")
        if start is not None and not isinstance(start, pikepdf.Array):
            return "a file does something when it is opened"
    return None


def _size(packet: Packet) -> str | None:
    sheet = sorted((packet.look.width, packet.look.height))
    for spot in packet.look.spots:
        for label, page in zip(spot.labels, packet.pages(spot), strict=True):
            if page.rotation or any(
                abs(is_ - wanted) > OFF for is_, wanted in zip(sorted((page.width, page.height)), sheet, strict=True)
            ):
                return f"page {label}, of part '{spot.key}', is turned or not of the court's size"
    return None


def _numbers(packet: Packet) -> str | None:
    """Printed number, the number readers show and the place in the file are one and the same, on every page."""
    for spot, part in zip(packet.look.spots, packet.parts, strict=True):
        for pages, whose in ((packet.pages(spot), "the volume"), (part.sheets, "its own file")):
            for at, page in enumerate(pages):
                wanted = spot.labels[at] + (spot.bates[at] if spot.bates else "")
                if sorted(page.foot.split()) != sorted(filter(None, (spot.labels[at], *spot.bates[at : at + 1]))):
                    return f"page {spot.labels[at]} of part '{spot.key}' does not bear {wanted} in {whose}"
                if page.label != spot.labels[at]:
                    return f"page {spot.labels[at]} of part '{spot.key}' is shown as another in {whose}"
    return None


def _text(packet: Packet) -> str | None:
    said = list[str]()
    for spot in packet.look.spots:
        for page in packet.pages(spot) if spot.paper else ():
            if NO_SIGNS & set(page.text):
                return f"on a page of part '{spot.key}' a sign says that it is none"
            said.append(folded(page.text))
    whole = "".join(said)
    missing = sum(folded(each) not in whole for each in packet.look.says)
    return f"{missing} of the words that the packet must say are nowhere in its papers" if missing else None


def _outline(packet: Packet) -> str | None:
    """Each part has its bookmark, in order, with the number of the page it leads to; none leads elsewhere."""
    for number, volume in enumerate(packet.volumes, 1):
        wanted = [spot for spot in packet.look.spots if spot.volume == number]
        marks = iter(volume.bookmarks)
        for spot in wanted:
            found = next(
                (mark for mark in marks if folded(spot.title) in folded(mark.title) and mark.page == spot.at), None
            )
            if found is None:
                return f"part '{spot.key}' has no bookmark of its title that leads to its first page"
        for mark in volume.bookmarks:
            if not 0 <= mark.page < len(volume.sheets):
                return "a bookmark leads nowhere"
            label = re.escape(volume.sheets[mark.page].label)
            if not re.search(rf"(?<![0-9]){label}(?![0-9])[^0-9]*$", mark.title):
                return f"a bookmark does not end with the page it leads to, {volume.sheets[mark.page].label}"
    return None


def _links(packet: Packet) -> str | None:
    """What a row of the index says stands under its link, and the link leads to where that part begins."""
    spots = {(spot.key, spot.volume): spot for spot in packet.look.spots}
    for number, volume in enumerate(packet.volumes, 1):
        rows = [row for row in packet.look.rows if row.volume == number and row.linked]
        if len(volume.links) != len(rows):
            return f"volume {number} has {len(volume.links)} links, and its rows that lead to a part are {len(rows)}"
        for row in rows:
            own, target = spots[row.key, number], spots[row.to, number]
            under = [
                folded(link.text)
                for link in volume.links
                if link.target == target.at and own.at <= link.page < own.at + len(own.labels)
            ]
            if not any(all(folded(each) in text for each in row.says) for text in under):
                return f"no row of part '{row.key}' leads to part '{row.to}' and names its title and pages"
    return None


def _references(packet: Packet) -> str | None:
    """Each row says the pages behind its own title and before the next row's."""
    for key, volume in dict.fromkeys((row.key, row.volume) for row in packet.look.rows):
        own = next(spot for spot in packet.look.spots if (spot.key, spot.volume) == (key, volume))
        text, at = folded("".join(page.text for page in packet.pages(own))), 0
        for row in packet.look.rows:
            if (row.key, row.volume) != (key, volume):
                continue
            for each in row.says:
                at = text.find(folded(each), at)
                if at < 0:
                    return f"part '{key}' does not name the pages of part '{row.to}' in their place"
                at += len(folded(each))
    return None


def _fonts(packet: Packet) -> str | None:
    for spot in packet.look.spots:
        for label, page in zip(spot.labels, packet.pages(spot), strict=True):
            if page.bare_font:
                return f"on page {label}, of part '{spot.key}', a font is not in the file"
    return None


def _pictures(packet: Packet) -> str | None:
    for spot in packet.look.spots:
        for label, page in zip(spot.labels, packet.pages(spot), strict=True):
            if page.finest > packet.look.most_dpi * FINER:
                return f"on page {label}, of part '{spot.key}', is a picture of {page.finest:.0f} dpi"
    return None


def _tags(packet: Packet) -> str | None:
    for each in packet.opened:
        marked = each.root.get("/MarkInfo", {}).get("/Marked")
        if "/StructTreeRoot" not in each.root or not marked:
            return "a file has no tags"
        places = [page.obj.get("/StructParents") for page in each.pdf.pages]
        known = each.parents
        if None in places or len(set(places)) != len(places):
            return "two pages share their tags, or one has none"
        if not known.issuperset(places) or len(known) != each.parent_count:
            return "the tags of a page are not among those of its file"
        if each.bare_figures:
            return "a picture has no words for who does not see it"
        if each.astray:
            return "a tag stands for a page that is not in its file"
    return None


def _description(packet: Packet) -> str | None:
    """Title and language; and that nobody claims to be an archive in whom pages of others are."""
    look = packet.look
    own = [[spot] for spot in look.spots]
    inside = [[spot for spot in look.spots if spot.volume == number] for number in range(1, look.volumes + 1)]
    for each, spots in zip(packet.opened, (*inside, *own), strict=True):
        title = str(each.pdf.docinfo.get("/Title", ""))
        shown = each.root.get("/ViewerPreferences", {}).get("/DisplayDocTitle")
        if not (title and shown and each.root.get("/Lang") and "/ID" in each.pdf.trailer):
            return "a file has no title that readers show, no language or no identifier"
        with each.pdf.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as said:
            if said.get("dc:title") != title:
                return "a file's two titles differ"
        if (CLAIM in each.root.Metadata.read_bytes()) != all(spot.paper for spot in spots):
            return "a file claims to be an archive though pages of others are in it, or no longer says that it is one"
    return None


def _bytes(packet: Packet) -> str | None:
    look = packet.look
    sizes = [len(content) for content in packet.files[:-2]]
    volumes, parts = sizes[: look.volumes], sizes[look.volumes :]
    for number, size in enumerate(volumes, 1):
        if look.most_volume and size > look.most_volume:
            return f"volume {number} has {size} bytes; the court takes {look.most_volume}"
    for spot, size in zip(look.spots, parts, strict=True):
        if look.most_part and size > look.most_part:
            return f"the file of part '{spot.key}' has {size} bytes; the court takes {look.most_part}"
    whole = sum(volumes if look.most_volume else parts)
    return f"all has {whole} bytes; the court takes {look.most_total}" if 0 < look.most_total < whole else None


def _names(packet: Packet) -> str | None:
    names = [name.rpartition("/")[2] for name in packet.look.files[:-2]]
    for name in names:
        if len(name) > packet.look.most_name or not FILE_NAME.fullmatch(name):
            return "a file's name is too long, or has other signs than plain letters and digits"
    return None if len(set(packet.look.files)) == len(packet.look.files) else "two files have one name"


def _hashes(packet: Packet) -> str | None:
    """The manifest names every file with the hash it has; the archive holds the same, and sums that fit."""
    manifest, archive = packet.files[-2], packet.files[-1]
    if hashlib.sha256(manifest).hexdigest() != packet.look.sha256:
        return "the packet's hash is not that of its manifest"
    given = {
        name: hashlib.sha256(content).hexdigest()
        for name, content in zip(packet.look.files[:-2], packet.files[:-2], strict=True)
    }
    told = json.loads(manifest)
    data = {each["name"]: each["sha256"] for each in told["data_files"]}
    if {each["name"]: each["sha256"] for each in told["files"]} != given:
        return "the manifest does not name the files as they are"
    with zipfile.ZipFile(io.BytesIO(archive)) as inside:
        names = inside.namelist()
        if names != sorted(names) or len({each.date_time for each in inside.infolist()}) != 1:
            return "the archive is not in the order that makes it the same every time"
        held = {name: hashlib.sha256(inside.read(name)).hexdigest() for name in names}
        lines = inside.read("SHA256SUMS").decode("ascii").splitlines()
    held.pop("SHA256SUMS")
    if held != given | data | {"manifest.json": packet.look.sha256}:
        return "the archive does not hold the files as they are"
    return None if dict(line.split("  ")[::-1] for line in lines) == held else "the sums are not those of the files"


def folded(text: str) -> str:
    """Text without its blanks, in one form for signs that are written in two; a hyphen that ends a line is one."""
    told = unicodedata.normalize("NFKC", text.replace("\x02", "-").replace("\ufffe", "-"))
    return "".join(sign for sign in told if not sign.isspace() and unicodedata.category(sign) not in {"Cf", "Cc"})


CHECKS: Final[Mapping[str, Callable[[Packet], str | None]]] = {
    "packet.pages": _count,
    "packet.harmless": _harmless,
    "packet.sheet": _size,
    "packet.numbers": _numbers,
    "packet.text": _text,
    "packet.bookmarks": _outline,
    "packet.links": _links,
    "packet.references": _references,
    "packet.fonts": _fonts,
    "packet.pictures": _pictures,
    "packet.tags": _tags,
    "packet.described": _description,
    "packet.size": _bytes,
    "packet.names": _names,
    "packet.hashes": _hashes,
}
"""In the order in which they are asked."""
