"""Opens one uploaded exhibit and draws it anew on the court's sheet: harmless, upright, readable, with tags.

Runs only in the process of the desk. What comes out holds nothing of the original but what is seen on its pages, the
text behind it and its tags.
"""

import io
import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final, Literal

import pikepdf
import pypdfium2
import pypdfium2.raw as pdfium
from pikepdf import Array, Dictionary, Name, Pdf

from forbear.documents.packets.boxing import FOOT, Placed, place, written
from forbear.documents.packets.dangers import PRINT_ANEW, measure, open_pdf
from forbear.documents.packets.limits import MOST_BYTES, Unfit
from forbear.documents.packets.pictures import FINER, bare_jpeg, coarsen, embed, open_picture, smaller
from forbear.documents.packets.tagging import Tags, TooMuch

PDF: Final = "application/pdf"
LOOK_DPI: Final = 40
WHITE: Final = 250
POINTS: Final = 72.0
MOST_ASKED, FEW, MOSTLY = 200, 20, 0.8
"""Signs that are asked how they stand; with fewer, or where not so many agree, a page stays as its file has it."""
DEEPEST: Final = 12
"""Forms within forms, as far as they are looked into."""


@dataclass(frozen=True, slots=True)
class Asked:
    """How an exhibit is wanted: on which sheet, how fine, and the words for who does not see a scanned page."""

    media_type: str
    width: float
    height: float
    most_dpi: int
    scan: str = field(repr=False)
    language: str
    first: int = 1
    last: int = 0
    """The pages wanted, counted from 1; 0 for all that follow."""
    job: Literal["open"] = "open"


@dataclass(frozen=True, slots=True)
class Opened:
    """What is told of an exhibit: its pages, those on which no text can be searched, whether it had tags."""

    pages: int = 0
    bare: tuple[int, ...] = ()
    tagged: bool = False


@dataclass(frozen=True, slots=True)
class _Seen:
    """One page as pdfium has it."""

    text: bool
    blank: bool
    free_foot: bool
    finest: dict[tuple[int, int], float]
    """Of each size of picture, how many dots stand in an inch of the page where it is drawn largest."""
    bare_font: bool
    upright: int | None
    """By how many degrees, clockwise, the page must be turned for its text to be read; None where that is not plain."""


def open_exhibit(content: bytes, asked: Asked) -> tuple[bytes, Opened]:
    """Draw an exhibit anew.

    Raises:
        Unfit: with what is wrong and what to do.
    """
    if not content:
        raise Unfit("exhibit.readable", "the file is empty", "Give it again")
    if len(content) > MOST_BYTES:
        raise Unfit("exhibit.measure", f"it has more than {MOST_BYTES} bytes", "Scan it at 300 dpi, or divide it")
    return _open_pdf(content, asked) if asked.media_type == PDF else _open_picture(content, asked)


class _Sheets:
    """The new file: pages are added one by one, and told what they draw once it is known how they are tagged."""

    def __init__(self, asked: Asked) -> None:
        self.asked, self.pdf = asked, Pdf.new()
        self.tags = Tags(self.pdf)

    def add(self, placed: Placed, name: str, drawn: Any) -> Any:
        box = Array([0, 0, round(placed.width, 4), round(placed.height, 4)])
        page = self.pdf.make_indirect(
            Dictionary(
                Type=Name.Page,
                MediaBox=box,
                Resources=Dictionary(XObject=Dictionary({name: drawn})),
                StructParents=self.tags.number(),
                Tabs=Name.S,
            )
        )
        self.pdf.pages.append(pikepdf.Page(page))
        return self.pdf.pages[-1].obj

    def draw(self, page: Any, content: str) -> None:
        """Draw a page whose content has tags of its own."""
        page.Contents = self.pdf.make_stream(f"q {content} Q\n".encode())

    def draw_whole(self, page: Any, content: str, *, text: bool, number: int) -> None:
        """Draw a page that is one piece: text, or a picture of which is said what it is."""
        kind = "P" if text else "Figure"
        alt = "" if text else self.asked.scan.format(page=self.asked.first - 1 + number)
        self.tags.whole_page(page, f"/{kind}", alt)
        page.Contents = self.pdf.make_stream(f"/{kind} <</MCID 0>> BDC q {content} Q EMC\n".encode())

    def finish(self) -> bytes:
        self.tags.write()
        self.pdf.Root.Lang = pikepdf.String(self.asked.language)
        saved = io.BytesIO()
        self.pdf.save(saved, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
        return saved.getvalue()


def _open_picture(content: bytes, asked: Asked) -> tuple[bytes, Opened]:
    picture, dpi, untouched = open_picture(content, asked.media_type)
    box = (0.0, 0.0, float(picture.width), float(picture.height))
    placed = place(box, 0, POINTS / dpi, (asked.width, asked.height), free_foot=False)
    finest = POINTS / placed.scale
    if finest > asked.most_dpi * FINER:
        picture, untouched = smaller(picture, asked.most_dpi / finest), False
    sheets = _Sheets(asked)
    drawn = embed(sheets.pdf, picture, bare_jpeg(content) if untouched else b"", photo=asked.media_type == "image/jpeg")
    page = sheets.add(placed, "/Im", drawn)
    a, _, _, d, e, f = placed.matrix
    matrix = written((a * box[2], 0, 0, d * box[3], e, f))
    sheets.draw_whole(page, f"{matrix} cm /Im Do", text=False, number=1)
    return sheets.finish(), Opened(1, (1,))


def _open_pdf(content: bytes, asked: Asked) -> tuple[bytes, Opened]:
    with open_pdf(content) as source:
        del source.pages[asked.last or len(source.pages) :]
        del source.pages[: asked.first - 1]
        numbers = {page.obj.objgen: at for at, page in enumerate(source.pages)}
        if len(numbers) != len(source.pages):
            raise Unfit("exhibit.measure", "one page stands in it several times", PRINT_ANEW)
        seen = tuple(_look(_flattened(source)))
        if any(each.bare_font for each in seen):
            raise Unfit("exhibit.fonts", "a font of its text is not in the file", PRINT_ANEW + ", with its fonts")
        sheets = _Sheets(asked)
        forms, matrices, coarse = list[tuple[Any, Any]](), list[str](), set[tuple[int, int]]()
        for number, (look, page) in enumerate(zip(seen, source.pages, strict=True), 1):
            placed = _placed(page, asked, look, number)
            coarse |= _coarsen(page, asked.most_dpi * placed.scale, look, number, coarse)
            form = sheets.pdf.copy_foreign(_form(page))
            forms.append((sheets.add(placed, "/Fx", form), form))
            matrices.append(f"{written(placed.matrix)} cm /Fx Do")
        tagged = _adopt(source, sheets.tags, forms, numbers)
        for at, ((page, _), drawn) in enumerate(zip(forms, matrices, strict=True)):
            if at in tagged:
                sheets.draw(page, drawn)
            else:
                sheets.draw_whole(page, drawn, text=seen[at].text, number=at + 1)
        bare = tuple(at for at, look in enumerate(seen, 1) if not look.text and not look.blank)
        return sheets.finish(), Opened(len(seen), bare, bool(tagged))


def _flattened(source: Pdf) -> bytes:
    """Notes, stamps and filled fields become part of their page; links go. The bytes are for looking at."""
    try:
        source.generate_appearance_streams()
        source.flatten_annotations("all")
        for page in source.pages:
            for name in ("/Annots", "/AA", "/B", "/Thumb", "/PieceInfo", "/Metadata"):
                if name in page.obj:
                    del page.obj[name]
        saved = io.BytesIO()
        source.save(saved, deterministic_id=True)
    except (pikepdf.PdfError, ValueError, RuntimeError):
        raise Unfit("exhibit.readable", "its pages cannot be read", "Scan or export it again") from None
    return saved.getvalue()


def _placed(page: pikepdf.Page, asked: Asked, seen: _Seen, number: int) -> Placed:
    left, bottom, right, top, unit = measure(page)
    turned = page.rotation % 360
    if turned % 90:
        raise Unfit("exhibit.measure", f"its page {number} stands aslant", PRINT_ANEW)
    upright = turned if seen.upright is None else seen.upright
    free = seen.free_foot and upright == turned
    placed = place((left, bottom, right, top), upright, unit, (asked.width, asked.height), free_foot=free)
    page.obj.CropBox = Array([left, bottom, right, top])
    return placed


def _form(page: pikepdf.Page) -> Any:
    """A page as something to draw: as much of it as is seen."""
    for name in ("/TrimBox", "/BleedBox", "/ArtBox"):
        if name in page.obj:
            del page.obj[name]
    form: Any = page.as_form_xobject(handle_transformations=False)
    for name in ("/StructParents", "/StructParent", "/Metadata", "/PieceInfo", "/OC", "/OPI", "/Ref", "/AF"):
        if name in form:
            del form[name]
    return form


def _coarsen(
    page: pikepdf.Page, most: float, seen: _Seen, number: int, before: set[tuple[int, int]]
) -> set[tuple[int, int]]:
    """Pictures that would be finer on the sheet than the court wants them are made coarser; which were.

    One that several pages share was so with the first of them.
    """
    factors = {size: most / dpi for size, dpi in seen.finest.items() if dpi > most * FINER}
    done = coarsen(page.resources, factors) if factors else set[tuple[int, int]]()
    if factors.keys() - done - before:
        raise Unfit(
            "exhibit.dpi",
            f"on its page {number} is a picture too fine for the court that cannot be made coarser here",
            "Scan it at 300 dpi",
        )
    return done


def _adopt(source: Pdf, tags: Tags, pages: list[tuple[Any, Any]], numbers: dict[tuple[int, int], int]) -> set[int]:
    """The pages whose own tags could be kept; none where the tree has no end or makes no sense."""
    tree: Any = source.Root.get("/StructTreeRoot")
    if not isinstance(tree, Dictionary):
        return set()
    before = len(tags.top.K)
    try:
        return tags.adopt(tree, pages, numbers)
    except (TooMuch, ValueError, TypeError, KeyError, AttributeError, pikepdf.PdfError):
        while len(tags.top.K) > before:
            del tags.top.K[len(tags.top.K) - 1]
        return set()


def _look(content: bytes) -> Iterator[_Seen]:
    """Each page as another library reads and draws it: what neither can, no court's reader can."""
    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError:
        raise Unfit("exhibit.readable", "its pages cannot be read", "Scan or export it again") from None
    try:
        for number in range(len(document)):
            yield _looked_at(document, number)
    finally:
        document.close()


def _looked_at(document: Any, number: int) -> _Seen:
    try:
        page: Any = document[number]
        grey = page.render(scale=LOOK_DPI / POINTS, grayscale=True).to_pil().convert("L")
        texts = page.get_textpage()
        words = texts.get_text_range()
    except (pypdfium2.PdfiumError, ValueError, MemoryError):
        raise Unfit("exhibit.readable", f"its page {number + 1} cannot be drawn", "Scan or export it again") from None
    finest, bare_font = dict[tuple[int, int], float](), False
    for each in page.get_objects(max_depth=DEEPEST):
        if each.type == pdfium.FPDF_PAGEOBJ_IMAGE:
            told = each.get_metadata()
            size, dpi = (int(told.width), int(told.height)), max(told.horizontal_dpi, told.vertical_dpi)
            finest[size] = min(finest.get(size, dpi), dpi)
        elif each.type == pdfium.FPDF_PAGEOBJ_TEXT and not bare_font:
            bare_font = pdfium.FPDFFont_GetIsEmbedded(pdfium.FPDFTextObj_GetFont(each.raw)) == 0
    foot = grey.crop((0, grey.height - round(FOOT * LOOK_DPI / POINTS), grey.width, grey.height))
    blank, free = grey.getextrema()[0] > WHITE, foot.getextrema()[0] > WHITE
    return _Seen(any(sign.isalnum() for sign in words), blank, free, finest, bare_font, _upright(texts))


def _upright(texts: Any) -> int | None:
    """How a page must be turned, by what most of its signs say: a page that was scanned lying is read standing."""
    count = texts.count_chars()
    step = max(1, count // MOST_ASKED)
    angles = [round(math.degrees(pdfium.FPDFText_GetCharAngle(texts.raw, at))) % 360 for at in range(0, count, step)]
    if len(angles) < FEW:
        return None
    angle, often = Counter(angles).most_common(1)[0]
    return (360 - angle) % 360 if angle % 90 == 0 and often >= MOSTLY * len(angles) else None
