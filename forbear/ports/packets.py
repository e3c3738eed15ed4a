"""What is asked of whoever binds packets: parts and a court's profile in, numbered and checked volumes out.

Binding reads no clock, no ledger and no network: the same parts under the same profile give the same bytes. What keeps
a packet from being complete is told all at once, each by the part it concerns.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, Protocol

from forbear.errors import Incomplete, Missing
from forbear.ports.papers import Paper

__all__ = [
    "Binder",
    "Bound",
    "CourtProfile",
    "DataFile",
    "Entry",
    "File",
    "Incomplete",
    "Missing",
    "PacketFacts",
    "Part",
    "PartKind",
    "SealProvider",
    "Signed",
    "StampPlace",
]

PartKind = Literal["paper", "exhibit"]
StampPlace = Literal["outer", "centre", "right"]
INDEX = "index"
"""The role of the part that lists the others: its field `entries` is filled by whoever binds."""


@dataclass(frozen=True, slots=True)
class Part:
    """One document of a packet, in the place it takes among the others. Holds personal data.

    Attributes:
        key: by which it is named in mappings and complaints; unique in its packet, letters, digits and `._-` only.
        title: as the index, the bookmarks and, where it is plain Latin, the file name say it.
        role: what it is in the packet: `index`, `complaint`, `evidence_list`, `exhibit`, …; small letters and `_`.
        tab: its letter or number among the exhibits, such as `B` or `12`.
        paper: what to render, where its kind is `paper`. Fields `entries` and, in rows of `evidence`, `pages` and
            `bates` are filled by whoever binds; give any text there.
        content: the untouched original, where its kind is `exhibit`.
        sha256: of the untouched original as it was received; another hash of the content refuses the packet.
        level: in the bookmarks and the index; 1 stands at the margin.
        supplier: who can supply it anew, where it turns out unfit.
    """

    key: str
    title: str = field(repr=False)
    kind: PartKind
    role: str
    tab: str = ""
    paper: Paper | None = field(default=None, repr=False)
    content: bytes | None = field(default=None, repr=False)
    media_type: str = ""
    sha256: str = ""
    language: str = ""
    level: int = 1
    supplier: str = "legal"


@dataclass(frozen=True, slots=True)
class CourtProfile:
    """What one court or committee accepts; each value with its source in `sources`, by the attribute's name.

    Attributes:
        sheet: of `envelopes.toml`; every page of the packet has this size, upright or lying.
        formats: media types in which exhibits may be given.
        max_file_bytes: the most one volume, and one file of a part, may have.
        max_total_bytes: the most all volumes together may have; None where there is no such limit.
        bates_prefix: put before the numbers of exhibits' pages; None where they bear none.
        prefix: put before page numbers; with `{volume}` in it each volume counts from 1, otherwise all count on.
        late_additions: where something that comes later goes: at the end, into a volume or a list of its own.
        separate_files: whether the court takes the parts one by one, `single_pdf` whether it takes volumes; both are
            made for every packet, and only what the court takes is held against its limits.
        needs_index: whether a packet without an index is incomplete.
        language: of the packet's own few words where a part names none.
        unknown: attributes of which no source was found, so that a careful value stands in.
    """

    id: str
    title: str
    sheet: str
    formats: tuple[str, ...]
    max_file_bytes: int
    max_total_bytes: int | None
    bates_prefix: str | None
    bates_start: int
    bates_digits: int
    prefix: str
    stamp: StampPlace
    most_dpi: int
    allows_attachments: bool
    allows_outside_links: bool
    file_name_most: int
    late_additions: Literal["append", "volume", "supplement_list"]
    needs_text_layer: bool
    needs_index: bool
    separate_files: bool
    single_pdf: bool
    language: str
    sources: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DataFile:
    """What lies beside the pages for machines: the elements of a form, a schedule as a table. Never inside a PDF."""

    name: str
    media_type: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class PacketFacts:
    """What is said of a packet as a whole. Ids are opaque.

    Attributes:
        day: the packet's civil date, passed in: nothing here reads a clock.
        evidence: number of a row of `evidence` to the key of its part: its `pages` and `bates` are those of that part.
        materials: number of a row of `materials` to the key of its part: its `pages` are how many that part has.
        data: files for machines; the manifest names them and the archive holds them.
        says: words that must be found in the packet as it is read back: names, the sum, the case's number.
        data_sha256: of the snapshot of the record that the papers were made from.
        tables: name to SHA-256 of what else the sums rest on, such as rates and holidays.
        previous: the hash of the packet that this one takes the place of; empty for the first.
    """

    packet: str
    case: str
    title: str = field(repr=False)
    jurisdiction: str
    day: date
    language: str = ""
    evidence: Mapping[str, str] = field(default_factory=dict[str, str])
    materials: Mapping[str, str] = field(default_factory=dict[str, str])
    data: tuple[DataFile, ...] = field(default=(), repr=False)
    says: tuple[str, ...] = field(default=(), repr=False)
    data_sha256: str = ""
    tables: Mapping[str, str] = field(default_factory=dict[str, str])
    previous: str = ""


@dataclass(frozen=True, slots=True)
class File:
    """One finished file of a packet; `part` is empty for a volume."""

    name: str
    content: bytes = field(repr=False)
    sha256: str
    pages: int
    part: str = ""
    volume: int = 0


@dataclass(frozen=True, slots=True)
class Entry:
    """One part as the index has it: the pages it takes as they are printed, and the volume in which it begins."""

    key: str
    title: str = field(repr=False)
    tab: str
    first: str
    last: str
    volume: int
    pages: int
    bates: str = ""
    level: int = 1


@dataclass(frozen=True, slots=True)
class Bound:
    """A packet: every page numbered, every check passed.

    Attributes:
        volumes: the packet as one reads it, in one file or, where that would be too large, several.
        files: one file for each part, with the same stamps.
        manifest: what it is made of, as canonical JSON.
        sums: `SHA256SUMS` of every file in the archive.
        archive: a ZIP of all that; the same bytes for the same packet.
        sha256: of the manifest: the packet's hash, which an approval names.
        draft: whether one of its papers says that it is a draft; then the packet may not be approved.
    """

    volumes: tuple[File, ...]
    files: tuple[File, ...]
    manifest: bytes = field(repr=False)
    sums: bytes = field(repr=False)
    archive: bytes = field(repr=False)
    pages: int
    sha256: str
    draft: bool
    index: tuple[Entry, ...]


class Binder(Protocol):
    def bind(self, parts: tuple[Part, ...], profile: CourtProfile, facts: PacketFacts) -> Bound:
        """Bind a packet and check its final bytes.

        Raises:
            Incomplete: with everything that is missing or unfit at once.
            Unprintable: a check of the final bytes failed, or the engine is busy or hung; nothing was made.
        """
        ...


@dataclass(frozen=True, slots=True)
class Signed:
    """A file with a signature put behind its last byte: what was signed is its beginning, unchanged.

    Attributes:
        before: hash of the file as its packet's manifest names it.
        after: hash of the file as it is signed; another each time.
    """

    name: str
    content: bytes = field(repr=False)
    before: str
    after: str


class SealProvider(Protocol):
    """Puts an electronic seal of an organisation on a file.

    Seals of this kind, as Chinese courts know them, are made by licensed providers in a format of their own. There is
    none here: papers leave a place free, in which a seal is put by hand or by whoever implements this.
    """

    def seal(self, file: File, page: int, left: float, top: float) -> Signed:
        """Seal a file on one of its pages, at a place in millimetres from its upper left corner."""
        ...
