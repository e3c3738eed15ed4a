"""Turns words into pages: WeasyPrint, quiet or refused, to tagged PDF/A-2a that also says it is PDF/UA.

Imported only in a press, whose environment knows our fonts alone. Nothing is fetched but what stands in the page
itself.
"""

import logging
import os
import re
import zlib
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final

import pydyf
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher

from forbear.documents.registry import PLACES
from forbear.documents.wording import Sheets
from forbear.ports.papers import Unprintable

VARIANT: Final = "pdf/a-2a"
MM_PER_PIXEL: Final = 25.4 / 96
POINTS_PER_PIXEL: Final = 0.75
ROW: Final = re.compile(r"(?:entry|evidence)-[1-9][0-9]{0,3}")
"""Ids by which a paper of a packet names rows that lead to other parts."""
CODE: Final = "code"
"""The id of the printed code's picture."""
MISSING_GLYPH: Final = ".notdef glyph"
ARCHIVE: Final = b'pdfaid:part="2" pdfaid:conformance="A" />'
ACCESSIBLE: Final = (
    ARCHIVE + b'<rdf:Description xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/" rdf:about="" pdfuaid:part="1" />'
)
"""The engine writes one identifier only; the second goes in before the file is written, so that nothing is resaved."""
IN_USE: Final = "n"
LEVEL: Final = 6
"""Of compression. The writer's own, 9, takes more than twice as long and makes a file half a per cent smaller."""
STREAM, END_STREAM = b"\nstream\n", b"\nendstream"
os.environ["SOURCE_DATE_EPOCH"] = "0"
# A font that varies is written into the file as one that does not, and would bear the time at which that was done.


@dataclass(frozen=True, slots=True)
class Pages:
    """The final bytes. `code` is where a printed code's picture stands: page, left, top, width in millimetres."""

    pdf: bytes = field(repr=False)
    code: tuple[int, float, float, float] | None


class _Complaints(logging.Handler):
    """Keeps whatever the engine complains of: it prints wrong pages rather than fail."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.told: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.told.append(record.getMessage())


@dataclass(frozen=True, slots=True)
class Laid:
    """A paper whose pages are laid out, and not yet written: as often as wanted, alone or among others."""

    document: Any = field(repr=False)
    code: tuple[int, float, float, float] | None

    @property
    def pages(self) -> int:
        return len(self.document.pages)

    @property
    def rows(self) -> dict[str, tuple[int, float, float, float, float]]:
        """Where rows that have a name stand: page, left, bottom, right, top, in points from the page's lower left."""
        found: dict[str, tuple[int, float, float, float, float]] = {}
        for number, page in enumerate(self.document.pages):
            for name, place in page.anchors.items():
                if ROW.fullmatch(name):
                    left, top, right, bottom = (each * POINTS_PER_PIXEL for each in place)
                    height = page.height * POINTS_PER_PIXEL
                    found[name] = (number, left, height - bottom, right, height - top)
        return found


def render(sheets: Sheets) -> Pages:
    """Lay out and write.

    Raises:
        Unprintable: the engine complained of anything, the page asks for anything, or no font has a sign.
    """
    return write(lay_out(sheets))


def lay_out(sheets: Sheets) -> Laid:
    """Divide words into pages.

    Raises:
        Unprintable: as for `render`.
    """
    with _quiet():
        document = HTML(string=sheets.html, url_fetcher=_fetcher()).render(
            font_config=_fonts(), stylesheets=[_style("letter.css"), _style(f"{sheets.sheet}.css")]
        )
        code = _find_code(document.pages)
        if bool(sheets.code) != (code is not None):
            raise Unprintable("barcode.readable", "the template has no picture with the id 'code', or one too many")
        return Laid(document, code)


def write(laid: Laid) -> Pages:
    """The file of one paper.

    Raises:
        Unprintable: as for `render`.
    """
    with _quiet():
        return Pages(laid.document.write_pdf(pdf_variant=VARIANT, finisher=_finish) or b"", laid.code)


def write_together(papers: Sequence[Laid]) -> bytes:
    """One file of several papers: its fonts are shared, its tags and contents are those of all.

    Raises:
        Unprintable: as for `render`.
    """
    pages = [page for paper in papers for page in paper.document.pages]
    with _quiet():
        return papers[0].document.copy(pages).write_pdf(pdf_variant=VARIANT, finisher=_finish) or b""


@contextmanager
def _quiet() -> Generator[None]:
    """Refuse whatever the engine complains of, and whatever a page asks for."""
    logger, complaints = logging.getLogger("weasyprint"), _Complaints()
    logger.addHandler(complaints)
    try:
        yield
    except FatalURLFetchingError:
        raise Unprintable("engine.fetched", "the template asks for something outside itself") from None
    finally:
        logger.removeHandler(complaints)
    if any(MISSING_GLYPH in told for told in complaints.told):
        raise Unprintable("glyphs.covered", "no font of ours has a sign of this letter; it has to be written by hand")
    if complaints.told:
        # What it complains of may quote the page: only its kind is told.
        raise Unprintable("engine.silent", f"the engine complained {len(complaints.told)} times of the template")


def _find_code(pages: Any) -> tuple[int, float, float, float] | None:
    for number, page in enumerate(pages):
        if CODE in page.anchors:
            left, top, right, _ = page.anchors[CODE]
            return number, left * MM_PER_PIXEL, top * MM_PER_PIXEL, (right - left) * MM_PER_PIXEL
    return None


def _finish(document: object, pdf: Any) -> None:
    """Add the identifier of PDF/UA beside that of PDF/A, compress what is to be compressed, and write out the rest."""
    del document
    for at, part in enumerate(pdf.objects):
        if getattr(part, "extra", {}).get("Type") == "/Metadata":
            part.stream = [piece.replace(ARCHIVE, ACCESSIBLE) for piece in part.stream]
        elif getattr(part, "compress", False):
            _compress(part)
        elif part.free == IN_USE and part.compressible:
            pdf.objects[at] = _Written(part)


class _Written(pydyf.Object):
    """Written out once: the writer asks twice for the bytes of each of some hundred tags."""

    def __init__(self, part: Any) -> None:
        super().__init__()
        self.number, self._data = part.number, part.data

    @property
    def data(self) -> bytes:
        return self._data


def _compress(stream: Any) -> None:
    """Once: the writer asks twice for the bytes of each stream, and would compress them anew each time."""
    stream.compress = False
    bare = stream.data.partition(STREAM)[2].removesuffix(END_STREAM)
    stream.stream = [zlib.compress(bare, LEVEL)]
    stream.extra["Filter"] = "/FlateDecode"


def _fetcher() -> URLFetcher:
    return URLFetcher(allowed_protocols=("data",), allow_redirects=False, fail_on_errors=True)


@cache
def _fonts() -> FontConfiguration:
    return FontConfiguration()


@cache
def _style(name: str) -> CSS:
    path = next(each / name for each in PLACES if (each / name).is_file())
    return CSS(string=path.read_text("utf-8"), font_config=_fonts(), url_fetcher=_fetcher())
