"""What must be true of a finished paper before it may leave, looked up in its final bytes and not in what made them.

Each check has a code and a sentence that says what to do; the first that fails refuses the paper. None of them quotes
the paper: its words are personal.
"""

import unicodedata
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import segno

from forbear.documents.engine import Pages
from forbear.documents.envelopes import Box, Sheet, sheets
from forbear.documents.markup import Read
from forbear.documents.preflight import preflight
from forbear.documents.reading import DOTS_PER_MM, Finished, Page
from forbear.documents.wording import Sheets
from forbear.ports.papers import Unprintable

MOST_BYTES: Final = 2_000_000
MARGIN: Final = 5.0
"""Millimetres at each edge of a page on which no office printer prints."""
TOLERANCE: Final = 1.0
"""The check allows that much more than the rule that people aim at, so that a blurred edge fails nobody."""
CHINESE: Final = frozenset(f"{hand}-{form}" for hand in ("Sans", "Serif") for form in ("SC", "TC"))
BOLD: Final = frozenset({"Noto-Sans-Bold", "Noto-Serif-Bold"})
"""Faces of the Latin fonts, which vary in weight; where a law asks for words in bold, and nowhere else."""
OURS: Final = BOLD | {f"{of}-{font}" for of in ("Forbear", "Noto") for font in (*CHINESE, "Sans", "Serif")}
"""What the engine calls our fonts: the core of one is `Forbear`."""
WHITE: Final = 250
DARK, LIGHT = 100, 190
ADDRESS_ROOM: Final = 0.4
"""Around a sign, in millimetres: how far its ink may reach beyond its box."""
QUIET_MODULES: Final = 4


@dataclass(frozen=True, slots=True)
class Subject:
    """What is looked at: what was wanted, what was made, and what was read back of it."""

    wanted: Sheets
    made: Pages
    finished: Finished
    sheet: Sheet

    @property
    def front(self) -> Page:
        return self.finished.pages[0]


Problem = str | None
Check = Callable[[Subject], Problem]


def check(wanted: Sheets, made: Pages) -> int:
    """Look at final bytes; how many pages they have.

    Raises:
        Unprintable: with the first check that failed.
    """
    subject = Subject(wanted, made, Finished.read(made.pdf), sheets()[wanted.sheet])
    for code, look in CHECKS.items():
        if (problem := look(subject)) is not None:
            raise Unprintable(code, problem)
    preflight(made.pdf, subject.finished.pages, Read.of(wanted.html), folded)
    return len(subject.finished.pages)


def _count(subject: Subject) -> Problem:
    found = len(subject.finished.pages)
    most = subject.wanted.most_pages
    return None if 1 <= found <= most else f"the paper has {found} pages; at most {most} may go"


def _size(subject: Subject) -> Problem:
    sheet = subject.sheet
    for number, page in enumerate(subject.finished.pages, 1):
        if abs(page.width - sheet.width) > TOLERANCE or abs(page.height - sheet.height) > TOLERANCE:
            return f"page {number} is not {sheet.width} by {sheet.height} mm"
    return None


def _orientation(subject: Subject) -> Problem:
    turned = [number for number, page in enumerate(subject.finished.pages, 1) if page.rotation]
    return f"page {turned[0]} is turned" if turned else None


def _blank(subject: Subject) -> Problem:
    """A page with nothing but its foot is as good as blank."""
    read, last = Read.of(subject.wanted.html), len(subject.finished.pages)
    for number, page in enumerate(subject.finished.pages, 1):
        only_edge = Counter(folded(page.text)) == Counter(folded(read.edge(number, last)))
        if not page.text or only_edge or page.darkest(Box(0, 0, page.width, page.height)) > DARK:
            return f"page {number} is blank"
    return None


def _outside(subject: Subject) -> Problem:
    for number, page in enumerate(subject.finished.pages, 1):
        edge = MARGIN - TOLERANCE
        strips = (
            Box(0, 0, page.width, edge),
            Box(0, page.height - edge, page.width, page.height),
            Box(0, 0, edge, page.height),
            Box(page.width - edge, 0, page.width, page.height),
        )
        if min(page.darkest(strip) for strip in strips) < WHITE:
            return f"on page {number} something stands within {MARGIN:g} mm of the edge, where printers do not print"
    return None


def _in_window(subject: Subject) -> Problem:
    """The address is read back, line by line, and stands where the window always shows it."""
    if not subject.wanted.window:
        return None
    front, room = subject.front, subject.sheet.address
    owners = [sign for sign in front.signs for _ in folded(sign.text)]
    at = folded(front.text).find(folded("".join(subject.wanted.window)))
    if at < 0:
        return "the address is not on the first page as the record has it"
    for number, line in enumerate(subject.wanted.window, 1):
        length = len(folded(line))
        if not all(room.holds(sign.box) for sign in owners[at : at + length]):
            return f"line {number} of the address is too long for the window; write it shorter or on two lines"
        at += length
    return None


def _only_address(subject: Subject) -> Problem:
    """Wherever the sheet slips to, the window shows name and address and nothing else: no sign, no line, no code."""
    page, sheet = subject.front, subject.sheet
    private = sheet.private
    inside = [sign for sign in page.signs if any(sign.box.meets(box) for box in private)]
    if folded("".join(sign.text for sign in inside)) != folded("".join(subject.wanted.window)):
        return "the window can show more than name and address; move it out of the window's reach"
    rest = page.picture.copy()
    for sign in inside:
        rest.paste(255, _dots(sign.box.grown(ADDRESS_ROOM)))
    bare = Page(page.width, page.height, page.rotation, (), rest)
    if any(bare.darkest(box) < WHITE for box in private):
        return "the window can show a mark beside the address; move it out of the window's reach"
    return None


def _dots(box: Box) -> tuple[int, int, int, int]:
    left, top, right, bottom = (round(each * DOTS_PER_MM) for each in (box.left, box.top, box.right, box.bottom))
    return left, top, right, bottom


def _embedded(subject: Subject) -> Problem:
    fonts = subject.finished.fonts
    if not fonts or not all(fonts.values()):
        return "a font is not in the file, or does not say what its signs mean"
    strange = {name.rpartition("+")[2] for name in fonts} - OURS
    return "a font is not one of ours" if strange else None


def _text_layer(subject: Subject) -> Problem:
    """What the file says is what was put in: sign for sign, and every paragraph in one piece."""
    put = Read.of(subject.wanted.html)
    wanted = [folded(block) for block in put.blocks]
    read = [folded(page.text) for page in subject.finished.pages]
    edges = "".join(put.edge(number, len(read)) for number in range(1, len(read) + 1))
    over = Counter("".join(read))
    over.subtract("".join(wanted) + folded(edges))
    _take_heads(over, put, len(read))
    if any(over.values()):
        return "the signs in the file are not those of the letter; the fonts or the template are at fault"
    missing = [block for block in wanted if not any(block in page for page in read)]
    return "a paragraph is not in the file in one piece" if missing else None


def _take_heads(over: Counter[str], put: Read, pages: int) -> None:
    """Take out of what is read too often the heads of tables that go on to another page."""
    for head in sorted(put.heads, key=len, reverse=True):
        signs = Counter(folded(head))
        for _ in range(pages - 1):
            if any(over[sign] < often for sign, often in signs.items()):
                break
            over.subtract(signs)


def _draft(subject: Subject) -> Problem:
    """Every page of a draft says that it is one, and no page of another paper does."""
    mark = folded(Read.of(subject.wanted.html).running.get("data-draft", ""))
    if bool(mark) != subject.wanted.draft:
        return "the frame and the registry do not agree on whether this is a draft; let the template extend a frame"
    unmarked = [number for number, page in enumerate(subject.finished.pages, 1) if mark not in folded(page.text)]
    return f"page {unmarked[0]} does not say that this is a draft" if unmarked else None


def _archive(subject: Subject) -> Problem:
    finished, marks = subject.finished, subject.finished.catalogue
    promised = (b'pdfaid:part="2"', b'pdfaid:conformance="A"', b'pdfuaid:part="1"')
    if not all(each in finished.metadata for each in promised):
        return "the file does not say that it is PDF/A-2a and PDF/UA-1"
    if not (marks.get("/Lang") and marks.get("/StructTreeRoot") and marks.get("/MarkInfo", {}).get("/Marked")):
        return "the file has no language or no tags"
    shown = marks.get("/ViewerPreferences", {}).get("/DisplayDocTitle")
    return None if shown and finished.title else "the file has no title that readers show"


def _code(subject: Subject) -> Problem:
    """The printed code, point by point, is the one of the words it should say."""
    if subject.made.code is None:
        return None
    number, left, top, width = subject.made.code
    picture = subject.finished.pages[number].picture
    wanted = [list(row) for row in segno.make(subject.wanted.code, error="m", micro=False, boost_error=False).matrix]
    module = width / (len(wanted) + 2 * QUIET_MODULES)
    for row, dots in enumerate(wanted):
        for column, dark in enumerate(dots):
            across = left + (column + QUIET_MODULES + 0.5) * module
            down = top + (row + QUIET_MODULES + 0.5) * module
            grey = picture.getpixel((int(across * DOTS_PER_MM), int(down * DOTS_PER_MM)))
            if not isinstance(grey, int) or (grey > DARK if dark else grey < LIGHT):
                return f"the code on page {number + 1} cannot be read as it was meant"
    return None


def _bytes(subject: Subject) -> Problem:
    size = subject.finished.size
    return None if size <= MOST_BYTES else f"the file has {size} bytes; at most {MOST_BYTES} may go"


def folded(text: str) -> str:
    """Text without its blanks, in one form for signs that are written in two."""
    return unicodedata.normalize("NFKC", text).translate(SEEN)


class _Seen(dict[int, int | None]):
    """What becomes of a sign, looked up once: a blank and one that only steers others become nothing."""

    def __missing__(self, number: int) -> int | None:
        sign = chr(number)
        blank = sign.isspace() or unicodedata.category(sign) == "Cf"
        return self.setdefault(number, None if blank else number)


SEEN: Final = _Seen()


CHECKS: Final[dict[str, Check]] = {
    "pages.count": _count,
    "page.size": _size,
    "page.orientation": _orientation,
    "page.blank": _blank,
    "window.address": _in_window,
    "window.only": _only_address,
    "ink.outside": _outside,
    "fonts.embedded": _embedded,
    "text.layer": _text_layer,
    "draft.marked": _draft,
    "form.archive": _archive,
    "barcode.readable": _code,
    "size.bytes": _bytes,
}
"""In the order in which they are asked."""
