"""Reads a finished paper back: its signs with their places, its pages as pictures, its fonts and its marks.

Two libraries that share nothing with the engine: pdfium for what is seen, qpdf for what is said about it. pdfium knows
no threads: one process, one reader at a time.
"""

import ctypes
import io
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Self, cast

import pikepdf
import pypdfium2
import pypdfium2.raw as pdfium
from PIL.Image import Image

from forbear.documents.envelopes import Box
from forbear.ports.papers import Unprintable

POINTS_PER_MM: Final = 72 / 25.4
MARKS: Final = ("/Lang", "/StructTreeRoot", "/MarkInfo", "/ViewerPreferences")
"""What is looked at of a file's catalogue."""
NO_MARK: Final = -1
Edges = tuple[float, float, float, float]
DOTS_PER_MM: Final = 6.0
"""About 150 dots an inch: a hairline is still seen."""


@dataclass(slots=True)  # not frozen: that doubles what a thousand of them take to make
class Sign:
    """One sign that stands on a page, and where: its left, top, right and bottom edge in millimetres.

    `mark` is the number of the marked piece of content that it is part of.
    """

    text: str = field(repr=False)
    edges: Edges
    mark: int = NO_MARK

    @property
    def box(self) -> Box:
        return Box(*self.edges)


@dataclass(frozen=True, slots=True)
class Page:
    """One page as a reader has it. `picture` is grey, `DOTS_PER_MM` to a millimetre; `order` is that of its tags."""

    width: float
    height: float
    rotation: int
    signs: tuple[Sign, ...] = field(repr=False)
    picture: Image = field(repr=False)
    order: tuple[int, ...] = field(repr=False, default=())
    text: str = field(repr=False, init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "text", "".join(sign.text for sign in self.signs))  # it is asked for again and again

    @property
    def told(self) -> str:
        """The page as it is read aloud: in the order of its tags, without what they leave out."""
        pieces: defaultdict[int, list[str]] = defaultdict(list)
        for sign in self.signs:
            pieces[sign.mark].append(sign.text)
        return "".join("".join(pieces.get(mark, ())) for mark in self.order)

    def darkest(self, box: Box) -> int:
        """The darkest dot inside a box, 255 being white; what lies off the page is white."""
        left, top = max(0, round(box.left * DOTS_PER_MM)), max(0, round(box.top * DOTS_PER_MM))
        right = min(self.picture.width, round(box.right * DOTS_PER_MM))
        bottom = min(self.picture.height, round(box.bottom * DOTS_PER_MM))
        if left >= right or top >= bottom:
            return 255
        return cast("tuple[int, int]", self.picture.crop((left, top, right, bottom)).getextrema())[0]


@dataclass(frozen=True, slots=True)
class Finished:
    """A paper as it was read back."""

    pages: tuple[Page, ...]
    catalogue: Mapping[str, Any] = field(repr=False)
    metadata: bytes = field(repr=False)
    fonts: Mapping[str, bool]
    """Each font, and whether it stands in the file with its signs' meanings."""
    title: str
    size: int

    @classmethod
    def read(cls, pdf: bytes) -> Self:
        """Read final bytes.

        Raises:
            Unprintable: they cannot be read.
        """
        try:
            with pikepdf.open(io.BytesIO(pdf)) as reader:
                root, title = reader.Root, str(reader.docinfo.get("/Title", ""))
                marks = {name: _plain(root[name]) for name in MARKS if name in root}
                metadata = root.Metadata.read_bytes() if "/Metadata" in root else b""
                fonts = dict(_fonts(reader))
            document = pypdfium2.PdfDocument(pdf)
            try:
                pages = tuple(_page(document[number]) for number in range(len(document)))
            finally:
                document.close()
            return cls(pages, marks, metadata, fonts, title, len(pdf))
        except Exception as error:  # noqa: BLE001  readers of broken files raise anything
            raise Unprintable("file.readable", f"the finished file cannot be read ({type(error).__name__})") from None


def _page(page: Any) -> Page:
    width, height = page.get_size()
    picture = page.render(scale=DOTS_PER_MM / POINTS_PER_MM, grayscale=True).to_pil().convert("L")
    text = page.get_textpage()  # kept until it is read: without it, what it knows is gone
    signs = tuple(_signs(text.raw, height))
    return Page(width / POINTS_PER_MM, height / POINTS_PER_MM, page.get_rotation(), signs, picture, tuple(_order(page)))


def _order(page: Any) -> Iterator[int]:
    """The marks of a page's content, in the order of the tags."""
    tree = pdfium.FPDF_StructTree_GetForPage(page)
    try:
        for at in range(pdfium.FPDF_StructTree_CountChildren(tree)):
            yield from _marks(pdfium.FPDF_StructTree_GetChildAtIndex(tree, at))
    finally:
        pdfium.FPDF_StructTree_Close(tree)


def _marks(element: Any) -> Iterator[int]:
    for at in range(pdfium.FPDF_StructElement_CountChildren(element)):
        if (mark := pdfium.FPDF_StructElement_GetChildMarkedContentID(element, at)) != NO_MARK:
            yield mark
        elif inner := pdfium.FPDF_StructElement_GetChildAtIndex(element, at):
            yield from _marks(inner)


def _signs(text: Any, height: float) -> Iterator[Sign]:
    """Every sign that is on the page; blanks and what the reader itself put in are none."""
    half: tuple[int, Edges] | None = None
    edges_of = _edges(text, height)
    for at in range(pdfium.FPDFText_CountChars(text)):
        if pdfium.FPDFText_IsGenerated(text, at):
            continue
        number, edges = pdfium.FPDFText_GetUnicode(text, at), edges_of(at)
        drawn = pdfium.FPDFText_GetTextObject(text, at)
        mark = pdfium.FPDFPageObj_GetMarkedContentID(drawn) if drawn else NO_MARK
        if half is not None:  # beyond the first 65,536 signs one is told as two halves
            yield Sign(chr(0x10000 + ((half[0] - 0xD800) << 10) + (number - 0xDC00)), half[1], mark)
            half = None
        elif 0xD800 <= number < 0xDC00:  # noqa: PLR2004  the first half
            half = (number, edges)
        # A hyphen at a line's end is told as a sign of the reader's own.
        elif not (sign := "-" if pdfium.FPDFText_IsHyphen(text, at) else chr(number)).isspace():
            yield Sign(sign, edges, mark)


def _edges(text: Any, height: float) -> Callable[[int], Edges]:
    """Tells where a sign stands; the places into which the reader writes serve for one sign after the other."""
    left, right, bottom, top = (ctypes.c_double() for _ in range(4))
    places = [ctypes.byref(each) for each in (left, right, bottom, top)]

    def edges(at: int) -> Edges:
        if not pdfium.FPDFText_GetCharBox(text, at, *places):
            raise ValueError("a sign has no place")
        return (
            left.value / POINTS_PER_MM,
            (height - top.value) / POINTS_PER_MM,
            right.value / POINTS_PER_MM,
            (height - bottom.value) / POINTS_PER_MM,
        )

    return edges


def _plain(mark: Any) -> Any:
    """What a mark says, without the file it stands in; of what is long, that it is there."""
    if not isinstance(mark, pikepdf.Dictionary):
        return str(mark)
    told = cast("Mapping[str, Any]", mark)
    return {name: value for name, value in told.items() if isinstance(value, bool)} or True


def _fonts(reader: pikepdf.Pdf) -> Iterator[tuple[str, bool]]:
    for page in reader.pages:
        for font in cast("Any", page.obj).Resources.get("/Font", {}).values():
            inner = font.DescendantFonts[0] if "/DescendantFonts" in font else font
            file = {"/FontFile", "/FontFile2", "/FontFile3"} & set(inner.FontDescriptor.keys())
            yield str(font.BaseFont), bool(file) and "/ToUnicode" in font
