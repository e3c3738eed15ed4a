"""The tags of an uploaded exhibit, built anew: what it says of its structure is kept, and nothing else of it.

Each page of an exhibit is drawn as one form; its marked pieces of content are found there. A page without tags gets one
of its own, which says what it is to who does not see it.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any, Final

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf, String

from forbear.documents.packets.limits import MOST_DEPTH, MOST_TAGS

STANDARD: Final = frozenset(
    [
        "/Part",
        "/Art",
        "/Sect",
        "/Div",
        "/BlockQuote",
        "/Caption",
        "/TOC",
        "/TOCI",
        "/Index",
        "/NonStruct",
        "/P",
        "/H",
        "/H1",
        "/H2",
        "/H3",
        "/H4",
        "/H5",
        "/H6",
        "/L",
        "/LI",
        "/Lbl",
        "/LBody",
        "/Table",
        "/TR",
        "/TH",
        "/TD",
        "/THead",
        "/TBody",
        "/TFoot",
        "/Span",
        "/Quote",
        "/Note",
        "/Reference",
        "/Code",
        "/Figure",
        "/Formula",
    ]
)
WORDS: Final = ("/Alt", "/ActualText", "/Lang", "/E")
SPANS: Final = ("/ColSpan", "/RowSpan", "/Scope", "/Headers")
OUTERMOST: Final = "/Document"


class TooMuch(Exception):
    """More tags, or deeper ones, than a document has."""


class Tags:
    """Gathers the tags of the pages of one file and writes them as its tree."""

    def __init__(self, pdf: Pdf) -> None:
        self.pdf = pdf
        self.top = pdf.make_indirect(Dictionary(Type=Name.StructElem, S=Name.Document, K=Array([])))
        self._parents: dict[int, list[Any]] = {}
        self._next = 0

    def number(self) -> int:
        """A place in the tree of parents: one for each page, and one for each form whose content is marked."""
        self._next += 1
        self._parents[self._next - 1] = []
        return self._next - 1

    def whole_page(self, page: Any, kind: str, alt: str = "") -> None:
        """One tag for all of a page's content, which is marked as piece 0."""
        element = self.element(kind, self.top)
        element.Pg, element.K = page, 0
        if alt:
            element.Alt = String(alt)
        self.top.K.append(element)
        self._parents[int(page.StructParents)] = [element]

    def adopt(self, source: Any, pages: Sequence[tuple[Any, Any]], known: dict[tuple[int, int], int]) -> set[int]:
        """Take over a tree of tags; the pages that have some.

        Args:
            source: the tree of the file the pages come from.
            pages: each new page with the form that it draws.
            known: number of a page by its object in the file it comes from.

        Raises:
            TooMuch: it has no end.
        """
        reading = _Reading(self, pages, known, source.get("/RoleMap", Dictionary()))
        kids = list(reading.kids(source, self.top, None, 0))
        for kid in kids:
            self.top.K.append(kid)
        for at, marks in reading.marks.items():
            form = pages[at][1]
            form.StructParents = self.number()
            most = max(marks)
            self._parents[int(form.StructParents)] = [marks.get(each) for each in range(most + 1)]
        return set(reading.marks)

    def write(self) -> None:
        numbers = Array([])
        for number, elements in sorted(self._parents.items()):
            numbers.append(number)
            numbers.append(self.pdf.make_indirect(Array(elements)))
        tree = self.pdf.make_indirect(
            Dictionary(
                Type=Name.StructTreeRoot,
                K=Array([self.top]),
                ParentTree=self.pdf.make_indirect(Dictionary(Nums=numbers)),
                ParentTreeNextKey=self._next,
            )
        )
        self.top.P = tree
        self.pdf.Root.StructTreeRoot = tree
        self.pdf.Root.MarkInfo = Dictionary(Marked=True)

    def element(self, kind: str, parent: Any) -> Any:
        """A new tag, which nothing holds yet."""
        return self.pdf.make_indirect(Dictionary(Type=Name.StructElem, S=Name(kind), P=parent))


class _Reading:
    """One tree being read, with bounds: it may point back at itself."""

    def __init__(
        self, tags: Tags, pages: Sequence[tuple[Any, Any]], known: dict[tuple[int, int], int], roles: Any
    ) -> None:
        self.tags, self.pages, self.known, self.roles = tags, pages, known, roles
        self.marks: defaultdict[int, dict[int, Any]] = defaultdict(dict)
        self._count = 0

    def kids(self, element: Any, ours: Any, page: int | None, depth: int) -> Iterator[Any]:
        if depth > MOST_DEPTH:
            raise TooMuch
        inner = element.get("/K")
        for kid in list(inner) if isinstance(inner, Array) else [] if inner is None else [inner]:
            self._count += 1
            if self._count > MOST_TAGS:
                raise TooMuch
            if isinstance(kid, int):
                yield from self._mark(page, kid, ours)
            elif isinstance(kid, pikepdf.Object) and isinstance(kid, Dictionary):
                yield from self._kid(kid, ours, page, depth)

    def _kid(self, kid: Any, ours: Any, page: int | None, depth: int) -> Iterator[Any]:
        at = self.known.get(kid.Pg.objgen) if "/Pg" in kid else page
        if "/S" not in kid:
            if "/MCID" in kid and "/Stm" not in kid:  # a piece of a form within a form is left out
                yield from self._mark(at, int(kid.MCID), ours)
            return
        kind = self._kind(str(kid.S))
        if kind == OUTERMOST:
            yield from self.kids(kid, ours, at, depth + 1)
            return
        new = self.tags.element(kind, ours)
        for word in WORDS:
            if isinstance(kid.get(word), String):
                new[word] = String(str(kid[word]))
        self._copy_table(kid, new)
        inner = list(self.kids(kid, new, at, depth + 1))
        if inner:
            new.K = Array(inner)
            yield new

    def _kind(self, told: str) -> str:
        for _ in range(8):
            if told in STANDARD or told == OUTERMOST:
                return told
            if told not in self.roles:
                break
            told = str(self.roles[told])
        return "/Div"

    def _copy_table(self, kid: Any, new: Any) -> None:
        """A table's cells: how far they reach, and which heads they stand under."""
        if str(kid.S) in {"/TH", "/TD"}:
            if isinstance(kid.get("/ID"), String):
                new.ID = String(bytes(kid.ID))
            given = kid.get("/A")
            if isinstance(given, Dictionary):
                kept = {name: given[name] for name in SPANS if name in given}
                new.A = Dictionary(O=Name.Table, **{name[1:]: _plain(each) for name, each in kept.items()})

    def _mark(self, page: int | None, mark: int, ours: Any) -> Iterator[Any]:
        if page is None or not 0 <= mark < MOST_TAGS or mark in self.marks[page]:
            return
        self.marks[page][mark] = ours
        new_page, form = self.pages[page]
        yield Dictionary(Type=Name.MCR, Pg=new_page, Stm=form, MCID=mark)


def _plain(value: Any) -> Any:
    if isinstance(value, Array):
        return Array([String(bytes(each)) for each in value if isinstance(each, String)])
    return Name(str(value)) if isinstance(value, Name) else int(value)
