"""Which page bears which number: through all volumes in one row, or in each from 1, as the court wants it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from forbear.ports.packets import CourtProfile

EACH_VOLUME: Final = "{volume}"


@dataclass(frozen=True, slots=True)
class Run:
    """The pages of one part in one volume.

    Attributes:
        at: its first page in the volume, counted from 0.
        labels: what is printed on each page.
        bates: likewise, of an exhibit where the court wants that; else empty.
        prefix, first: of which its first label is made.
    """

    key: str
    volume: int
    at: int
    labels: tuple[str, ...]
    bates: tuple[str, ...] = ()
    prefix: str = ""
    first: int = 1

    @property
    def pages(self) -> int:
        return len(self.labels)


@dataclass(frozen=True, slots=True)
class Length:
    """How many pages a part has, and whether it is an exhibit."""

    key: str
    pages: int
    exhibit: bool


def number(volumes: Sequence[Sequence[Length]], profile: CourtProfile) -> tuple[Run, ...]:
    """Number every page of every volume."""
    return tuple(_runs(volumes, profile))


def _runs(volumes: Sequence[Sequence[Length]], profile: CourtProfile) -> Iterator[Run]:
    printed, exhibited = 1, profile.bates_start
    for volume, parts in enumerate(volumes, 1):
        if EACH_VOLUME in profile.prefix:
            printed = 1
        at, before = 0, profile.prefix.format(volume=volume)
        for part in parts:
            labels = tuple(f"{before}{printed + page}" for page in range(part.pages))
            bates: tuple[str, ...] = ()
            if part.exhibit and profile.bates_prefix is not None:
                numbers = range(exhibited, exhibited + part.pages)
                bates = tuple(f"{profile.bates_prefix}{each:0{profile.bates_digits}}" for each in numbers)
                exhibited += part.pages
            yield Run(part.key, volume, at, labels, bates, before, printed)
            printed, at = printed + part.pages, at + part.pages


def span(labels: Sequence[str]) -> str:
    """First and last, as a list of evidence has them; one alone as it is."""
    if not labels:
        return ""
    return labels[0] if len(labels) == 1 else f"{labels[0]}-{labels[-1]}"
