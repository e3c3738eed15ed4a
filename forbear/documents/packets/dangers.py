"""What an uploaded file must not hold, looked for before anything else is done with it: what acts, what is hidden.

Links that lead outside are not among it: they are left out when the exhibit is drawn anew.
"""

import io
import re
from typing import Any, Final

import pikepdf

from forbear.documents.packets.limits import (
    LEAST_SIDE,
    MOST_CONTENT,
    MOST_OBJECTS,
    MOST_PAGES,
    MOST_SIDE,
    Unfit,
)

ACTS: Final = {
    "/JavaScript": "a script",
    "/JS": "a script",
    "/Launch": "a command that starts a program",
    "/SubmitForm": "a form that sends itself away",
    "/ImportData": "a form that fetches data",
    "/XFA": "a form that changes itself",
    "/RichMedia": "a film or another moving thing",
    "/Rendition": "a film or another moving thing",
    "/Movie": "a film or another moving thing",
    "/Sound": "a sound",
    "/EmbeddedFile": "another file inside",
    "/EmbeddedFiles": "another file inside",
    "/GoToE": "another file inside",
    "/Collection": "other files inside",
}
NAME: Final = re.compile(rb"/[A-Za-z0-9_#]+")
TEXT: Final = re.compile(rb"\((?:\\.|[^()\\])*\)|<[0-9A-Fa-f\s]*>", re.DOTALL)
PRINT_ANEW: Final = "Print it to a plain PDF and give that"


def open_pdf(content: bytes) -> pikepdf.Pdf:
    """Open a file that may be bound.

    Raises:
        Unfit: it cannot be read, is locked, holds something that acts or is hidden, or is beyond measure.
    """
    try:
        pdf = pikepdf.open(io.BytesIO(content), suppress_warnings=True)
    except pikepdf.PasswordError:
        raise Unfit("exhibit.encrypted", "it is locked with a password", "Give it without a password") from None
    except (pikepdf.PdfError, ValueError, RuntimeError):
        raise Unfit("exhibit.readable", "it is no PDF that can be read", "Scan or export it again") from None
    if pdf.is_encrypted:
        raise Unfit("exhibit.encrypted", "it is protected against changes", "Give it without protection")
    _check_measure(pdf)
    _check_acts(pdf)
    _check_layers(pdf)
    return pdf


def _check_measure(pdf: pikepdf.Pdf) -> None:
    if len(pdf.objects) > MOST_OBJECTS:
        raise Unfit("exhibit.measure", "it is made of more pieces than a document has", PRINT_ANEW)
    pages = len(pdf.pages)
    if not pages:
        raise Unfit("exhibit.pages", "it has no page", "Give a file with pages")
    if pages > MOST_PAGES:
        raise Unfit("exhibit.pages", f"it has {pages} pages; at most {MOST_PAGES} may be in one", "Divide it")
    for number, page in enumerate(pdf.pages, 1):
        left, bottom, right, top, unit = measure(page)
        sides = ((right - left) * unit, (top - bottom) * unit)
        if not all(LEAST_SIDE <= each <= MOST_SIDE for each in sides):
            raise Unfit("exhibit.measure", f"its page {number} is of no size that can be printed", PRINT_ANEW)
        _check_content(page, number)


def _check_content(page: pikepdf.Page, number: int) -> None:
    """A page's content may be a few bytes that unpack to many."""
    inner = page.obj.get("/Contents")
    streams = list(inner) if isinstance(inner, pikepdf.Array) else [] if inner is None else [inner]
    size = sum(len(each.read_bytes()) for each in streams if isinstance(each, pikepdf.Stream))
    if size > MOST_CONTENT:
        raise Unfit("exhibit.measure", f"its page {number} unpacks to more than a page can be", PRINT_ANEW)


def measure(page: pikepdf.Page) -> tuple[float, float, float, float, float]:
    """What of a page is seen: left, bottom, right and top in its own units, and how many points a unit is."""
    seen: Any = page.mediabox
    whole = [float(each) for each in seen]
    crop = [float(each) for each in page.cropbox]
    left, bottom = (
        max(min(whole[0], whole[2]), min(crop[0], crop[2])),
        max(min(whole[1], whole[3]), min(crop[1], crop[3])),
    )
    right, top = (
        min(max(whole[0], whole[2]), max(crop[0], crop[2])),
        min(max(whole[1], whole[3]), max(crop[1], crop[3])),
    )
    return left, bottom, right, top, float(page.obj.get("/UserUnit", 1))


def _check_acts(pdf: pikepdf.Pdf) -> None:
    for part in pdf.objects:
        bare = part.stream_dict if isinstance(part, pikepdf.Stream) else part
        names = {name.decode("latin-1") for name in NAME.findall(TEXT.sub(b" ", bare.unparse(resolved=True)))}
        if found := sorted(names & ACTS.keys()):
            raise Unfit("exhibit.active", f"it holds {ACTS[found[0]]}", PRINT_ANEW)


def _check_layers(pdf: pikepdf.Pdf) -> None:
    """A layer that is switched off would be seen on a page that is drawn anew: nobody meant it to be."""
    layers: Any = pdf.Root.get("/OCProperties")
    if layers is None:
        return
    usual = layers.get("/D", pikepdf.Dictionary())
    if len(usual.get("/OFF", [])) or usual.get("/BaseState") == pikepdf.Name.OFF:
        raise Unfit("exhibit.layers", "it has layers that are switched off", PRINT_ANEW)
