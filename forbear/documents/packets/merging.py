"""Makes one volume of many parts: pages in their order, tags and bookmarks of all, links from the index, numbers.

Our own papers come in one file, which shares their fonts and has all their tags; exhibits come as the desk drew them.
Nothing here reads pages: that is done afterwards, by others.
"""

import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import pikepdf
from pikepdf import Array, Dictionary, Name, OutlineItem, Pdf, String

from forbear.documents.jobs import Place
from forbear.documents.packets.numbering import Run
from forbear.documents.packets.stamping import Stamp, set_labels
from forbear.documents.packets.words import words_of
from forbear.ports.packets import CourtProfile

CLAIMS: Final = ("pdfaid:part", "pdfaid:conformance", "pdfuaid:part")
DEEPEST: Final = 3
"""Levels of a paper's own headings among the bookmarks."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One part as it comes into a volume: an exhibit with its file, or a paper whose pages are in the papers' file."""

    run: Run
    title: str = field(repr=False)
    level: int
    language: str
    exhibit: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Jump:
    """A row of a paper that leads to a part: where it stands, and what is led to."""

    key: str
    place: Place
    to: str


@dataclass(frozen=True, slots=True)
class Heading:
    """One of a paper's own headings."""

    title: str = field(repr=False)
    page: int
    top: float
    depth: int


def merge(
    papers: bytes,
    pieces: Sequence[Piece],
    jumps: Sequence[Jump],
    profile: CourtProfile,
    title: str,
    *,
    language: str,
) -> bytes:
    """One volume.

    Args:
        papers: every paper of it, in the order of the pieces; empty where it has none.
        pieces: in order.
        jumps: from rows to parts; those to parts of other volumes are left out.
        profile: what the court wants.
        title: of the volume.
        language: of the volume.
    """
    return _Volume(papers, pieces, profile).made(jumps, title, language)


class _Volume:
    def __init__(self, papers: bytes, pieces: Sequence[Piece], profile: CourtProfile) -> None:
        self.pieces, self.profile = pieces, profile
        self.pdf = Pdf.open(io.BytesIO(papers)) if papers else Pdf.new()
        self.mixed = any(piece.exhibit is not None for piece in pieces)
        self.headings = list(_headings(self.pdf))
        self.document, self.parents = self._tree()
        self.first: dict[str, int] = {piece.run.key: piece.run.at for piece in pieces}

    def made(self, jumps: Sequence[Jump], title: str, language: str) -> bytes:
        order, tops, own = self._gather()
        self._order(order)
        self.document.K = Array(tops)
        self._bookmark(own)
        for jump in jumps:
            if jump.to in self.first and jump.key in self.first:
                self._link(jump)
        stamp = Stamp(self.pdf, self.profile.stamp)
        for piece in self.pieces:
            for at, label in enumerate(piece.run.labels):
                bates = piece.run.bates[at] if piece.run.bates else ""
                stamp.press(self.pdf.pages[piece.run.at + at], label, bates)
        self._describe(title, language)
        saved = io.BytesIO()
        self.pdf.save(saved, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
        self.pdf.close()
        return saved.getvalue()

    def _tree(self) -> tuple[Any, Any]:
        """The tree's one document, and the list of whose tag each piece of content is part of."""
        root: Any = self.pdf.Root
        if "/StructTreeRoot" not in root:
            root.StructTreeRoot = self.pdf.make_indirect(
                Dictionary(
                    Type=Name.StructTreeRoot, K=Array([]), ParentTree=self.pdf.make_indirect(Dictionary(Nums=Array([])))
                )
            )
            top = self.pdf.make_indirect(Dictionary(Type=Name.StructElem, S=Name.Document, P=root.StructTreeRoot))
            top.K = Array([])
            root.StructTreeRoot.K = Array([top])
            root.MarkInfo = Dictionary(Marked=True)
        return root.StructTreeRoot.K[0], root.StructTreeRoot.ParentTree.Nums

    def _gather(self) -> tuple[list[Any], list[Any], dict[str, list[Heading]]]:
        """Pages and tags in the order of the pieces, and the headings of each paper."""
        own = [page.obj for page in self.pdf.pages]
        whose = {page.objgen: at for at, page in enumerate(own)}
        tags: dict[int, list[Any]] = {}
        for tag in list(self.document.get("/K", [])):
            tags.setdefault(_page_of(tag, whose), []).append(tag)
        order, tops, headings = list[Any](), list[Any](), dict[str, list[Heading]]()
        at = 0
        for piece in self.pieces:
            if piece.exhibit is not None:
                pages, top = self._take(piece.exhibit)
            else:
                pages = own[at : at + piece.run.pages]
                kids = [tag for page in range(at, at + piece.run.pages) for tag in tags.get(page, [])]
                top = self._part(kids)
                inside = (each for each in self.headings if at <= each.page < at + piece.run.pages)
                headings[piece.run.key] = [
                    Heading(each.title, each.page - at + piece.run.at, each.top, each.depth) for each in inside
                ]
                at += piece.run.pages
            top.Lang, top.T = String(piece.language), String(piece.title)
            order += pages
            tops.append(top)
        return order, tops, headings

    def _take(self, content: bytes) -> tuple[list[Any], Any]:
        """Pages and tags of an exhibit; its places in the list of parents come behind those there are."""
        offset = self._next()
        with Pdf.open(io.BytesIO(content)) as source:
            before = len(self.pdf.pages)
            self.pdf.pages.extend(source.pages)
            tree: Any = self.pdf.copy_foreign(source.Root.StructTreeRoot)
            pages = [page.obj for page in self.pdf.pages][before:]
        for page in pages:
            page.StructParents = int(page.StructParents) + offset
            for form in page.Resources.get("/XObject", Dictionary()).values():
                if "/StructParents" in form:
                    form.StructParents = int(form.StructParents) + offset
        numbers = tree.ParentTree.Nums
        for at in range(0, len(numbers), 2):
            self.parents.append(int(numbers[at]) + offset)
            self.parents.append(numbers[at + 1])
        top = tree.K[0]
        top.S, top.P = Name.Part, self.document
        return pages, top

    def _next(self) -> int:
        return int(self.parents[len(self.parents) - 2]) + 1 if len(self.parents) else 0

    def _part(self, kids: list[Any]) -> Any:
        part = self.pdf.make_indirect(Dictionary(Type=Name.StructElem, S=Name.Part, P=self.document, K=Array(kids)))
        for kid in kids:
            kid.P = part
        return part

    def _order(self, order: list[Any]) -> None:
        """Put the pages in order; each stays the object that tags and bookmarks point to."""
        tree: Any = self.pdf.Root.Pages
        del self.pdf.pages[:]
        for page in order:
            self.pdf.pages.append(pikepdf.Page(page))
        tree.Count = len(order)

    def _bookmark(self, headings: Mapping[str, Sequence[Heading]]) -> None:
        if "/Outlines" in self.pdf.Root:
            del self.pdf.Root.Outlines
        said = {piece.run.key: piece for piece in self.pieces}
        with self.pdf.open_outline(max_depth=20) as outline:
            outline.root.clear()
            above: list[tuple[int, OutlineItem]] = []
            for piece in self.pieces:
                item = self._item(piece, piece.title, piece.run.at, None)
                above = [each for each in above if each[0] < piece.level]
                (above[-1][1].children if above else outline.root).append(item)
                above.append((piece.level, item))
                inner: list[tuple[int, OutlineItem]] = [(0, item)]
                for each in _below_title(headings.get(piece.run.key, ())):
                    below = self._item(said[piece.run.key], each.title, each.page, each.top)
                    inner = [one for one in inner if one[0] < each.depth]
                    inner[-1][1].children.append(below)
                    inner.append((each.depth, below))

    def _item(self, piece: Piece, title: str, at: int, top: float | None) -> OutlineItem:
        label = piece.run.labels[at - piece.run.at]
        words = words_of(piece.language)
        return OutlineItem(words.page.format(title=title, page=label), self._target(at, top))

    def _target(self, at: int, top: float | None = None) -> Any:
        """A page, as large as it is shown already."""
        page = self.pdf.pages[at]
        height = float(page.mediabox[3])
        return Array([page.obj, Name.XYZ, 0, height if top is None else top, None])

    def _link(self, jump: Jump) -> None:
        page, left, bottom, right, top = jump.place
        at: Any = self.pdf.pages[self.first[jump.key] + page].obj
        told = next(piece for piece in self.pieces if piece.run.key == jump.to)
        number = self._next()
        link = self.pdf.make_indirect(
            Dictionary(
                Type=Name.Annot,
                Subtype=Name.Link,
                Rect=Array([round(each, 3) for each in (left, bottom, right, top)]),
                Border=Array([0, 0, 0]),
                F=4,
                Dest=self._target(self.first[jump.to]),
                Contents=String(words_of(told.language).page.format(title=told.title, page=told.run.labels[0])),
                StructParent=number,
            )
        )
        if "/Annots" not in at:
            at.Annots = Array([])
        at.Annots.append(link)
        part = self.document.K[[piece.run.key for piece in self.pieces].index(jump.key)]
        reference = Dictionary(Type=Name.OBJR, Pg=at, Obj=link)
        tag = self.pdf.make_indirect(Dictionary(Type=Name.StructElem, S=Name.Link, P=part, Pg=at, K=Array([reference])))
        part.K.append(tag)
        self.parents.append(number)
        self.parents.append(tag)

    def _describe(self, title: str, language: str) -> None:
        root: Any = self.pdf.Root
        run = self.pieces[0].run
        set_labels(self.pdf, run.prefix, run.first)
        root.Lang = String(language)
        root.ViewerPreferences = Dictionary(DisplayDocTitle=True)
        root.PageMode = Name.UseOutlines
        first = self.pdf.pages[0]
        root.OpenAction = Array([first.obj, Name.XYZ, 0, float(first.mediabox[3]), 1])
        root.StructTreeRoot.ParentTreeNextKey = self._next()
        if "/Names" in root:
            del root.Names
        entitle(self.pdf, title, claims=not self.mixed)


def entitle(pdf: Pdf, title: str, *, claims: bool) -> None:
    """Say what a file is called, in both places; what it claims to be is said only while it is still true."""
    pdf.docinfo["/Title"] = String(title)
    with pdf.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as said:
        said["dc:title"] = title
        for claim in CLAIMS:
            if not claims and claim in said:
                del said[claim]


def _below_title(headings: Sequence[Heading]) -> Iterator[Heading]:
    """A paper's headings but its title, which the part's own bookmark is."""
    alone = sum(each.depth == 1 for each in headings) == 1
    for each in headings:
        if each.depth > alone and each.depth <= DEEPEST:
            yield each


def _headings(pdf: Pdf) -> Iterator[Heading]:
    pages = {page.obj.objgen: at for at, page in enumerate(pdf.pages)}
    with pdf.open_outline() as outline:
        yield from _walk(outline.root, pages, 1)


def _walk(items: Sequence[OutlineItem], pages: Mapping[tuple[int, int], int], depth: int) -> Iterator[Heading]:
    for item in items:
        target: Any = item.destination
        if isinstance(target, Array) and target[0].objgen in pages:
            yield Heading(item.title, pages[target[0].objgen], float(target[3]), depth)
        yield from _walk(item.children, pages, depth + 1)


def _page_of(tag: Any, pages: Mapping[tuple[int, int], int]) -> int:
    """The page on which a tag begins."""
    if "/Pg" in tag and tag.Pg.objgen in pages:
        return pages[tag.Pg.objgen]
    kids = tag.get("/K", [])
    for kid in kids if isinstance(kids, Array) else [kids]:
        if isinstance(kid, Dictionary) and (found := _page_of(kid, pages)) >= 0:
            return found
    return -1
