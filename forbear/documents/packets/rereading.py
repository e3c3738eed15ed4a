"""A finished file as two libraries read it back: its pages, bookmarks, links and tags.

pdfium knows no threads: one process, one reader at a time.
"""

import ctypes
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

import pikepdf
import pypdfium2
import pypdfium2.raw as pdfium

from forbear.documents.packets.limits import Unfit

FOOT: Final = 15 * 72 / 25.4
"""Points at the foot of a page in which nothing but the packet's numbers stands."""
DEEPEST: Final = 12
LEVELS: Final = 20


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page. `foot` is what stands at its lower edge, `finest` the dots an inch of its finest picture."""

    width: float
    height: float
    rotation: int
    label: str
    foot: str = field(repr=False)
    text: str = field(repr=False)
    bare_font: bool
    finest: float


@dataclass(frozen=True, slots=True)
class Bookmark:
    title: str = field(repr=False)
    page: int


@dataclass(frozen=True, slots=True)
class Link:
    """A link: the page it is on, the page it leads to (-1: none of this file), and the words under it."""

    page: int
    target: int
    text: str = field(repr=False)


class Volume:
    """One file."""

    def __init__(self, content: bytes) -> None:
        self.pdf = pikepdf.open(io.BytesIO(content))
        self.shown: Any = pypdfium2.PdfDocument(content)

    @property
    def root(self) -> Any:
        return self.pdf.Root

    def close(self) -> None:
        self.shown.close()
        self.pdf.close()

    @cached_property
    def sheets(self) -> tuple[Sheet, ...]:
        return tuple(self._sheet(number) for number in range(len(self.shown)))

    @cached_property
    def bookmarks(self) -> tuple[Bookmark, ...]:
        def page(mark: Any) -> int:
            target = mark.get_dest()
            at = None if target is None else target.get_index()
            return -1 if at is None else at

        return tuple(Bookmark(mark.get_title(), page(mark)) for mark in self.shown.get_toc(max_depth=LEVELS))

    @cached_property
    def links(self) -> tuple[Link, ...]:
        return tuple(self._links())

    @cached_property
    def parents(self) -> set[int]:
        return {int(self._numbers[at]) for at in range(0, len(self._numbers), 2)}

    @property
    def parent_count(self) -> int:
        return len(self._numbers) // 2

    @property
    def bare_figures(self) -> bool:
        return any(str(tag.S) == "/Figure" and not str(tag.get("/Alt", "")).strip() for tag in self._tags)

    @property
    def astray(self) -> bool:
        pages = {page.obj.objgen for page in self.pdf.pages}
        return any("/Pg" in tag and tag.Pg.objgen not in pages for tag in self._tags)

    @property
    def _numbers(self) -> Any:
        return self.root.StructTreeRoot.ParentTree.Nums

    @cached_property
    def _tags(self) -> tuple[Any, ...]:
        return tuple(_walk(self.root.StructTreeRoot))

    def _sheet(self, number: int) -> Sheet:
        page = self.shown[number]
        width, height = page.get_size()
        texts = page.get_textpage()
        foot = texts.get_text_bounded(bottom=0, top=FOOT)
        bare, finest = False, 0.0
        for each in page.get_objects(max_depth=DEEPEST):
            if each.type == pdfium.FPDF_PAGEOBJ_IMAGE:
                told = each.get_metadata()
                finest = max(finest, told.horizontal_dpi, told.vertical_dpi)
            elif each.type == pdfium.FPDF_PAGEOBJ_TEXT and not bare:
                bare = pdfium.FPDFFont_GetIsEmbedded(pdfium.FPDFTextObj_GetFont(each.raw)) == 0
        label = self._label(number)
        return Sheet(width, height, page.get_rotation(), label, foot, texts.get_text_range(), bare, finest)

    def _label(self, number: int) -> str:
        size = pdfium.FPDF_GetPageLabel(self.shown.raw, number, None, 0)
        room = ctypes.create_string_buffer(size)
        pdfium.FPDF_GetPageLabel(self.shown.raw, number, room, size)
        return room.raw.decode("utf-16-le").rstrip("\0")

    def _links(self) -> Iterator[Link]:
        pages = {page.obj.objgen: at for at, page in enumerate(self.pdf.pages)}
        for at, page in enumerate(self.pdf.pages):
            marks: Any = page.obj.get("/Annots", [])
            if not len(marks):
                continue
            texts = self.shown[at].get_textpage()
            for mark in marks:
                left, bottom, right, top = (float(each) for each in mark.Rect)
                target = mark.get("/Dest")
                leads = pages.get(target[0].objgen, -1) if isinstance(target, pikepdf.Array) else -1
                yield Link(at, leads, texts.get_text_bounded(left, bottom, right, top))


def reread(content: bytes) -> Volume:
    """Read a file back.

    Raises:
        Unfit: it cannot be read.
    """
    try:
        return Volume(content)
    except (pikepdf.PdfError, pypdfium2.PdfiumError, ValueError, AttributeError) as error:
        raise Unfit("packet.readable", f"a finished file cannot be read ({type(error).__name__})", "") from None


def _walk(tree: Any) -> Iterator[Any]:
    waiting = [tree]
    while waiting:
        kids = waiting.pop().get("/K", [])
        for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
            if isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
                yield kid
                waiting.append(kid)
