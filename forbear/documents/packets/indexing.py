"""What a packet says of itself: the rows of its index, and the pages that its lists of evidence name."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, cast

from forbear.documents.packets.numbering import Run, span
from forbear.documents.registry import find_kind
from forbear.ports.packets import INDEX, Entry, PacketFacts, Part
from forbear.ports.papers import Paper

ENTRIES, EVIDENCE, MATERIALS = "entries", "evidence", "materials"
VOLUME, VOLUMES = "volume", "volumes"
MOST_SIGNS: Final = 160
"""Of a title in the index."""


@dataclass(frozen=True, slots=True)
class Named:
    """A row of a part's paper that names another: its id in the paper, that part, and what the row says."""

    row: str
    to: str
    says: tuple[str, ...]


def entries(parts: Mapping[str, Part], runs: Sequence[Run]) -> tuple[Entry, ...]:
    """One for each part in each volume, without the index itself."""
    return tuple(
        Entry(
            key=run.key,
            title=parts[run.key].title,
            tab=parts[run.key].tab,
            first=run.labels[0],
            last=run.labels[-1],
            volume=run.volume,
            pages=run.pages,
            bates=span(run.bates),
            level=parts[run.key].level,
        )
        for run in runs
        if parts[run.key].role != INDEX
    )


class Filling:
    """Fills the papers of one volume once it is known which page bears which number."""

    def __init__(
        self, parts: Mapping[str, Part], runs: Sequence[Run], facts: PacketFacts, aliases: Mapping[str, Sequence[str]]
    ) -> None:
        self._parts, self._facts = parts, facts
        self._entries = entries(parts, runs)
        self._volumes = max(run.volume for run in runs)
        self._runs = {run.key: run for run in runs}
        self._in = {(run.key, run.volume): run for run in runs}
        self._aliases = aliases

    def paper(self, part: Part, volume: int) -> Paper:
        """A part's paper with what it says of the packet."""
        paper = cast("Paper", part.paper)
        if part.role == INDEX:
            kind = find_kind(paper.kind)
            told: dict[str, Any] = {ENTRIES: list(self._rows(kind.fields[ENTRIES].columns, volume))}
            if self._volumes > 1 and VOLUMES in kind.fields:
                told |= {VOLUME: volume, VOLUMES: self._volumes}
            paper = replace(paper, fields={**paper.fields, **told})
        for name in ("fields", "known"):
            given: Mapping[str, Any] = getattr(paper, name)
            if rows := given.get(EVIDENCE):
                filled = [self._evidence(row) for row in rows]
                paper = replace(paper, **{name: {**given, EVIDENCE: filled}})
                given = getattr(paper, name)
            if handed := given.get(MATERIALS):
                counted = [self._material(row) for row in handed]
                paper = replace(paper, **{name: {**given, MATERIALS: counted}})
        return paper

    def named(self, part: Part, volume: int) -> Iterator[Named]:
        """Which rows of a part's paper name which parts."""
        if part.role == INDEX:
            mine = [each for each in self._entries if each.volume == volume]
            for at, each in enumerate(mine, 1):
                run = self._in[each.key, volume]
                pages = dict.fromkeys((str(run.first), str(run.first + run.pages - 1)))
                yield Named(f"entry-{at}", each.key, (_short(each.title), *pages))
        paper = cast("Paper", part.paper)
        rows = paper.fields.get(EVIDENCE) or paper.known.get(EVIDENCE) or []
        for at, row in enumerate(rows, 1):
            if (key := self._facts.evidence.get(str(row.get("number", "")))) is not None:
                yield Named(f"evidence-{at}", self._aliases.get(key, (key,))[0], (str(row["title"]), self._spans(key)))

    def _rows(self, columns: Collection[str], volume: int) -> Iterator[dict[str, Any]]:
        """The rows of the index of one volume, with the columns that its kind has."""
        places = [0]
        for each in self._entries:
            places = [*places[: each.level], *[0] * (each.level - len(places))]
            places[-1] += 1
            if each.volume == volume:
                run = self._in[each.key, volume]
                row = {
                    # A bare number below another would be read as a part of its own.
                    "number": each.tab if each.tab and not each.tab.isdigit() else ".".join(map(str, places)),
                    "title": _short(each.title),
                    "first_page": run.first,
                    "last_page": run.first + run.pages - 1,
                    "pages": run.pages,
                }
                yield {name: value for name, value in row.items() if name in columns}

    def _evidence(self, row: Mapping[str, Any]) -> dict[str, Any]:
        key = self._facts.evidence.get(str(row.get("number", "")))
        if key is None:
            return dict(row)
        bates = [each for alias in self._aliases.get(key, (key,)) for each in self._runs[alias].bates]
        return {**row, "pages": self._spans(key)} | ({"bates": span(bates)} if bates else {})

    def _material(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """A row of what is handed in, with how many pages its part has in all volumes."""
        key = self._facts.materials.get(str(row.get("number", "")))
        if key is None:
            return dict(row)
        aliases = self._aliases.get(key, (key,))
        return {**row, "pages": sum(run.pages for (each, _), run in self._in.items() if each in aliases)}

    def _spans(self, key: str) -> str:
        """The pages of a part; of one in pieces that are apart, those of each."""
        spans: list[list[str]] = []
        last: Run | None = None
        for alias in self._aliases.get(key, (key,)):
            run = self._runs[alias]
            if last is not None and last.volume == run.volume and last.at + last.pages == run.at:
                spans[-1] += run.labels
            else:
                spans.append(list(run.labels))
            last = run
        return ", ".join(span(each) for each in spans)


def _short(title: str) -> str:
    return title if len(title) <= MOST_SIGNS else title[: MOST_SIGNS - 1] + "…"
