"""The pages of a packet one by one: which volume and part each is of, what is printed on it, and its hash."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from forbear.errors import NotFound
from forbear.ledger.tables.cases import Packet

MANIFEST: Final = "manifest.json"
VOLUME: Final = "volume"
CHECKS: Final = (
    "packet.pages", "packet.harmless", "packet.sheet", "packet.numbers", "packet.text", "packet.bookmarks",
    "packet.links", "packet.references", "packet.fonts", "packet.pictures", "packet.tags", "packet.described",
    "packet.size", "packet.names", "packet.hashes",
)  # fmt: skip
"""What every packet has passed before it is kept: see `forbear/documents/packets/preflight.py`."""


LAST: Final = re.compile(r"([0-9]+)$")


@dataclass(frozen=True, slots=True)
class PartOf:
    """A part of a packet as its manifest has it. `runs` are its pages by volume: the last number printed on each."""

    key: str
    role: str
    tab: str
    printed: str
    sha256: str
    template: str
    media_type: str
    runs: tuple[tuple[int, int], ...] = ()
    first: int = 0
    """Its first page, counted through all volumes from 1."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """One page: in which file, which there (from 0), and of which part."""

    number: int
    of: int
    file: str
    at: int
    volume: int
    part: PartOf | None = None


def volumes(packet: Packet) -> Sequence[Mapping[str, Any]]:
    """The files that one reads, in order."""
    return [each for each in packet.stored if each["role"] == VOLUME]


def parts_of(packet: Packet, manifest: bytes) -> tuple[PartOf, ...]:
    """The parts in order, each with its first page."""
    found = tuple(_part(each) for each in json.loads(manifest)["parts"])
    first: dict[str, int] = {}
    for number in range(sum(int(each["pages"]) for each in volumes(packet)), 0, -1):
        part = leaf(packet, found, number).part
        if part is not None:
            first[part.key] = number
    return tuple(replace(each, first=first.get(each.key, 0)) for each in found)


def _part(told: Mapping[str, Any]) -> PartOf:
    runs = [(int(run["volume"]), int(last[1])) for run in told["pages"] if (last := LAST.search(run["printed"]))]
    template = told.get("template", {})
    return PartOf(
        key=told["key"],
        role=told["role"],
        tab=told.get("tab", ""),
        printed=", ".join(run["printed"] for run in told["pages"] if run["printed"]),
        sha256=str(told.get("sha256") or template.get("sha256", "")),
        template=str(template.get("id", "")),
        media_type=str(told.get("media_type", "")),
        runs=tuple(runs),
    )


def leaf(packet: Packet, parts: Sequence[PartOf], number: int) -> Leaf:
    """A page by its number in the whole packet.

    Raises:
        NotFound: there is no such page.
    """
    before, every = 0, volumes(packet)
    of = sum(int(each["pages"]) for each in every)
    for place, each in enumerate(every, 1):
        pages, at = int(each["pages"]), number - before - 1
        if 0 <= at < pages:
            return Leaf(number, of, each["name"], at, place, _at(parts, place, pages, at))
        before += pages
    raise NotFound("the packet has no such page")


def _at(parts: Sequence[PartOf], volume: int, pages: int, at: int) -> PartOf | None:
    """The part of a page in a volume, whether its numbers begin anew in each volume or go on from the one before."""
    ends = sorted((last, part.key) for part in parts for place, last in part.runs if place == volume)
    if not ends:
        return None
    label = ends[-1][0] - pages + at + 1
    key = next((key for last, key in ends if label <= last), None)
    return next((part for part in parts if part.key == key), None)
