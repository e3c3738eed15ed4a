"""Binds a packet: opens exhibits, makes papers until their page numbers agree, joins all, and has it read back.

A packet is laid out at least twice: once to learn how many pages each paper has, and once with the numbers in the index
and the lists of evidence. That goes on while a paper's length changes, and is given up after a few times.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, Protocol

from forbear.documents.jobs import Bundle
from forbear.documents.packets.checklist import missing_of
from forbear.documents.packets.desks import Desks
from forbear.documents.packets.exhibits import Drawn, Exhibits
from forbear.documents.packets.finishing import Finishing, finish
from forbear.documents.packets.indexing import Filling
from forbear.documents.packets.merging import Jump, Piece, merge
from forbear.documents.packets.numbering import Length, Run, number
from forbear.documents.packets.words import words_of
from forbear.errors import Incomplete, Missing
from forbear.ports.packets import INDEX, Bound, CourtProfile, PacketFacts, Part
from forbear.ports.papers import Paper, Unprintable

MOST_PASSES: Final = 4
MOST_DIVISIONS: Final = 6
ROOM: Final = 0.95
"""Of what the court takes in one file, how much the parts of a volume may fill; less each time that is too much."""
NOBODYS: Final = frozenset({"engine.busy", "engine.hung", "engine.closed"})
"""Refusals that are no fault of a paper: the same may be asked again."""


class Shop(Protocol):
    """Makes several papers at once; `documents.presses.Presses` does."""

    def bundle(self, papers: tuple[Paper, ...], *, write: bool = True) -> Bundle: ...


@dataclass(frozen=True, slots=True)
class Settled:
    """A packet whose numbers agree: where each part is, and the papers of each volume."""

    runs: tuple[Run, ...]
    filling: Filling = field(repr=False)
    bundles: tuple[Bundle, ...] = field(repr=False)


class PacketBinder:
    """Implements `ports.packets.Binder`. Any number of threads may ask."""

    def __init__(self, presses: Shop, desks: Desks) -> None:
        self._presses, self._desks = presses, desks

    def bind(self, parts: tuple[Part, ...], profile: CourtProfile, facts: PacketFacts) -> Bound:
        return _Binding(self._presses, self._desks, parts, profile, facts).bound()


class _Binding:
    """One packet being bound."""

    def __init__(
        self, presses: Shop, desks: Desks, parts: tuple[Part, ...], profile: CourtProfile, facts: PacketFacts
    ) -> None:
        self.presses, self.desks, self.profile, self.facts = presses, desks, profile, facts
        self.given = parts
        self.language = facts.language or profile.language
        self.drawn: dict[str, Drawn] = {}
        self.aliases: dict[str, tuple[str, ...]] = {}
        self.parts: dict[str, Part] = {}
        self.lengths: dict[tuple[str, int], int] = {}

    def bound(self) -> Bound:
        self._open()
        volumes: list[list[str]] = [list(self.parts)]
        for tried in range(MOST_DIVISIONS):
            settled = self._settled(volumes)
            bodies = [self._merged(settled, at, keys) for at, keys in enumerate(volumes, 1)]
            most = self.profile.max_file_bytes
            if not self.profile.single_pdf or all(len(body) <= most for body in bodies):
                return self._finished(settled, volumes, bodies)
            volumes = self._divided(settled, ROOM * 0.85**tried)
        raise Incomplete(
            (Missing("packet", "it cannot be divided into files that the court takes", "Leave parts out"),)
        )

    def _open(self) -> None:
        """Open every exhibit and lay out every paper once; what is missing of either is told together."""
        missing = list(missing_of(self.given, self.profile, self.facts))
        sound = {each.item for each in missing}
        wanted = [part for part in self.given if part.kind == "exhibit" and part.key not in sound]
        opened, unfit = Exhibits(self.desks, self.profile, self.language).open(wanted)
        missing += unfit
        for part in self.given:
            pieces = opened.get(part.key, ())
            for piece in pieces:
                self.drawn[piece.part.key], self.parts[piece.part.key] = piece, piece.part
            if len(pieces) > 1:
                self.aliases[part.key] = tuple(piece.part.key for piece in pieces)
            if not pieces:
                self.parts[part.key] = part
        missing += self._measure([part for part in self.given if part.paper is not None], missing)
        if missing:
            raise Incomplete(tuple(missing))

    def _measure(self, papers: Sequence[Part], missing: Sequence[Missing]) -> list[Missing]:
        """How many pages each paper has, with numbers in it that are about as long as the right ones."""
        if not papers:
            return []
        lost = {each.item for each in missing}
        rows = {row: key for row, key in self.facts.evidence.items() if key in self.parts or key in self.aliases}
        lengths = [
            Length(key, self.drawn[key].pages if key in self.drawn else 1, key in self.drawn) for key in self.parts
        ]
        facts = replace(self.facts, evidence=rows)
        filling = Filling(self.parts, number([lengths], self.profile), facts, self.aliases)
        asked = [part for part in papers if part.key not in lost]
        bundle = self.presses.bundle(tuple(filling.paper(part, 1) for part in asked), write=False)
        for part, leaf in zip(asked, bundle.leaves, strict=True):
            self.lengths[part.key, 1] = leaf.pages
        return _refused(asked, bundle)

    def _settled(self, volumes: Sequence[Sequence[str]]) -> Settled:
        for _ in range(MOST_PASSES):
            runs = number([[self._length(key, at) for key in keys] for at, keys in enumerate(volumes, 1)], self.profile)
            filling = Filling(self.parts, runs, self.facts, self.aliases)
            bundles, settled = list[Bundle](), True
            for at, keys in enumerate(volumes, 1):
                asked = [self.parts[key] for key in keys if key not in self.drawn]
                bundle = self.presses.bundle(tuple(filling.paper(part, at) for part in asked))
                if refused := _refused(asked, bundle):
                    raise Incomplete(tuple(refused))
                for part, leaf in zip(asked, bundle.leaves, strict=True):
                    settled = settled and self._length(part.key, at).pages == leaf.pages
                    self.lengths[part.key, at] = leaf.pages
                bundles.append(bundle)
            if settled:
                return Settled(runs, filling, tuple(bundles))
        raise Incomplete((Missing(INDEX, "its length changes with the numbers in it, again and again", "Shorten it"),))

    def _length(self, key: str, volume: int) -> Length:
        if key in self.drawn:
            return Length(key, self.drawn[key].pages, exhibit=True)
        return Length(key, self.lengths.get((key, volume)) or self.lengths[key, 1], exhibit=False)

    def _merged(self, settled: Settled, volume: int, keys: Sequence[str]) -> bytes:
        runs = {run.key: run for run in settled.runs if run.volume == volume}
        bundle = settled.bundles[volume - 1]
        papers = self._papers(keys)
        jumps = [
            Jump(key, leaf.rows[named.row], named.to)
            for key, leaf in zip(papers, bundle.leaves, strict=True)
            for named in settled.filling.named(self.parts[key], volume)
            if named.row in leaf.rows
        ]
        pieces = [self._piece(runs[key]) for key in keys]
        return merge(bundle.together, pieces, jumps, self.profile, self.facts.title, language=self.language)

    def _papers(self, keys: Sequence[str]) -> list[str]:
        return [key for key in keys if key not in self.drawn]

    def _piece(self, run: Run) -> Piece:
        part = self.parts[run.key]
        language = part.language or (part.paper.language if part.paper else "") or self.language
        exhibit = self.drawn[run.key].content if run.key in self.drawn else None
        return Piece(run, shown_title(part, language), part.level, language, exhibit)

    def _divided(self, settled: Settled, share: float) -> list[list[str]]:
        """Parts into volumes, in their order, each with the index in front of it."""
        index = next((key for key, part in self.parts.items() if part.role == INDEX), None)
        if index is None:
            raise Incomplete(
                (Missing(INDEX, "the packet needs several volumes, each with an index", "Add the paper 'index'"),)
            )
        sizes = self._sizes(settled)
        room = self.profile.max_file_bytes * share - sizes[index]
        if large := [key for key, size in sizes.items() if key not in self.drawn and size > room]:
            raise Incomplete((Missing(large[0], "the paper alone is too large for the court", "Divide it"),))
        volumes, filled = [[index]], 0
        for key in (each for each in self.parts if each != index):
            if filled and filled + sizes[key] > room:
                volumes.append([index])
                filled = 0
            volumes[-1].append(key)
            filled += sizes[key]
        return volumes

    def _sizes(self, settled: Settled) -> Mapping[str, int]:
        sizes = {key: len(drawn.content) for key, drawn in self.drawn.items()}
        papers = [key for key in dict.fromkeys(run.key for run in settled.runs) if key not in self.drawn]
        for key in papers:
            sizes[key] = max(len(content) for content in self._files(settled, key))
        return sizes

    def _files(self, settled: Settled, key: str) -> list[bytes]:
        """A paper's own files, one for each volume it is in."""
        found: list[bytes] = []
        for volume, bundle in enumerate(settled.bundles, 1):
            papers = [run.key for run in settled.runs if run.volume == volume and run.key not in self.drawn]
            if key in papers:
                found.append(bundle.files[papers.index(key)])
        return found

    def _finished(self, settled: Settled, volumes: Sequence[Sequence[str]], bodies: Sequence[bytes]) -> Bound:
        """Each part's own file, the manifest and the archive; all of it read back."""
        papers = {key: iter(self._files(settled, key)) for key in self.parts if key not in self.drawn}
        contents = [
            self.drawn[run.key].content if run.key in self.drawn else next(papers[run.key]) for run in settled.runs
        ]
        bundles = settled.bundles
        placed = {
            (key, volume, row)
            for volume, keys in enumerate(volumes, 1)
            for key, leaf in zip(self._papers(keys), bundles[volume - 1].leaves, strict=True)
            for row in leaf.rows
        }
        work = Finishing(
            parts=self.parts,
            pieces=tuple(self._piece(run) for run in settled.runs),
            contents=tuple(contents),
            bodies=tuple(bodies),
            filling=settled.filling,
            placed=frozenset(placed),
            normalised={key: drawn.sha256 for key, drawn in self.drawn.items()},
            draft=any(leaf.draft for bundle in bundles for leaf in bundle.leaves),
        )
        return finish(work, self.profile, self.facts, self.desks)


def shown_title(part: Part, language: str) -> str:
    """A part's title as bookmarks say it: an exhibit's with its letter or number."""
    return words_of(language).tab.format(tab=part.tab, title=part.title) if part.tab else part.title


def _refused(parts: Sequence[Part], bundle: Bundle) -> list[Missing]:
    for leaf in bundle.leaves:
        if leaf.code in NOBODYS:
            raise Unprintable(leaf.code, leaf.sentence)
    return [
        Missing(part.key, f"{leaf.sentence} ({leaf.code})", "Give what its fields ask for", part.supplier, part.title)
        for part, leaf in zip(parts, bundle.leaves, strict=True)
        if leaf.code
    ]
