"""Puts the packet's number, and the exhibit's where there is one, at the foot of a page.

They can be found and copied like any text, and are marked as no part of the document, so that nobody hears them read
out between two sentences. Their font stands in the file.
"""

import hashlib
import io
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Any, Final

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf, String

from forbear.documents import core_font
from forbear.documents.packets.boxing import POINTS_PER_MM
from forbear.ports.packets import StampPlace

SIZE: Final = 10.0
BASELINE: Final = 7.5 * POINTS_PER_MM
SIDE: Final = 20.0 * POINTS_PER_MM
FIRST, LAST = 0x20, 0x7E
FAMILY: Final = "Forbear Sans"
UNITS: Final = 1000
BEFORE: Final = b"q\n"
BESIDE: Final[Mapping[str, str]] = MappingProxyType({"outer": "centre", "centre": "right", "right": "left"})
"""Where the exhibits' own number stands, by where the packet's does."""
TO_UNICODE: Final = """/CIDInit /ProcSet findresource begin
12 dict begin
begincmap
/CMapName /Adobe-Identity-UCS def
/CMapType 2 def
1 begincodespacerange
<00> <FF>
endcodespacerange
1 beginbfrange
<20> <7E> <0020>
endbfrange
endcmap
CMapName currentdict /CMap defineresource pop
end
end
"""


class Stamp:
    """The stamp of one file: its font is put in once."""

    def __init__(self, pdf: Pdf, place: StampPlace) -> None:
        self._place = place
        self._face = _face()
        self._before: Any = pdf.make_stream(BEFORE)
        self._font = embed_font(pdf)

    def press(self, page: pikepdf.Page, label: str, bates: str) -> None:
        """Stamp one page."""
        page.contents_add(self._before, prepend=True)
        page.contents_add(self._drawn(page, label, bates).encode("ascii"), prepend=False)
        resources = page.obj.Resources
        if "/Font" not in resources:
            resources.Font = Dictionary()
        resources.Font[Name("/ForbearStamp")] = self._font

    def _drawn(self, page: pikepdf.Page, label: str, bates: str) -> str:
        left, bottom, right, _ = (float(each) for each in page.mediabox)
        place: str = self._place
        if place == "outer":
            odd = int("".join(filter(str.isdigit, label))[-1:]) % 2
            place = "right" if odd else "left"
        texts = [(label, place)] + ([(bates, BESIDE[self._place])] if bates else [])
        shown = "".join(self._text(text, where, left, bottom, right) for text, where in texts)
        return f"\nQ\n/Artifact <</Type /Pagination /Subtype /Footer>> BDC q 0 g {shown}Q EMC\n"

    def _text(self, text: str, where: str, left: float, bottom: float, right: float) -> str:
        long = sum(self._face.widths[ord(sign) - FIRST] for sign in text) * SIZE / UNITS
        at = {"left": left + SIDE, "centre": (left + right - long) / 2, "right": right - SIDE - long}[where]
        signs = text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
        return f"BT /ForbearStamp {SIZE:g} Tf 1 0 0 1 {at:.3f} {bottom + BASELINE:.3f} Tm ({signs}) Tj ET "


def embed_font(pdf: Pdf) -> Any:
    """The font of stamps as an object of a file, for plain text of printable ASCII."""
    face = _face()
    descriptor = pdf.make_indirect(
        Dictionary(
            Type=Name.FontDescriptor,
            FontName=Name(f"/{face.name}"),
            Flags=32,
            FontBBox=Array(list(face.box)),
            ItalicAngle=0,
            Ascent=face.ascent,
            Descent=face.descent,
            CapHeight=face.ascent,
            StemV=80,
            FontFile2=pdf.make_stream(face.content, Length1=len(face.content)),
        )
    )
    return pdf.make_indirect(
        Dictionary(
            Type=Name.Font,
            Subtype=Name.TrueType,
            BaseFont=Name(f"/{face.name}"),
            FirstChar=FIRST,
            LastChar=LAST,
            Widths=Array(list(face.widths)),
            Encoding=Name.WinAnsiEncoding,
            FontDescriptor=descriptor,
            ToUnicode=pdf.make_stream(TO_UNICODE.encode("ascii")),
        )
    )


class _Face:
    """A font cut to the signs of stamps, and its measures in thousandths."""

    def __init__(self) -> None:
        from fontTools import subset
        from fontTools.ttLib import TTFont

        core = next(each for each in core_font.CORES if each.family == FAMILY)
        font: Any = TTFont(core.folder / core_font.FONT, recalcTimestamp=False, recalcBBoxes=False)
        options: Any = subset.Options(notdef_outline=True, hinting=False, glyph_names=False, layout_features=[])
        cutter: Any = subset.Subsetter(options)
        cutter.populate(unicodes=range(FIRST, LAST + 1))
        cutter.subset(font)
        written = io.BytesIO()
        font.save(written)
        self.content = written.getvalue()
        scale = UNITS / font["head"].unitsPerEm
        names, measures = font.getBestCmap(), font["hmtx"]
        self.widths = tuple(round(measures[names[sign]][0] * scale) for sign in range(FIRST, LAST + 1))
        self.ascent, self.descent = round(font["hhea"].ascent * scale), round(font["hhea"].descent * scale)
        head = font["head"]
        self.box = tuple(round(each * scale) for each in (head.xMin, head.yMin, head.xMax, head.yMax))
        tag = "".join(chr(ord("A") + each % 26) for each in hashlib.sha256(self.content).digest()[:6])
        self.name = f"{tag}+ForbearSans-Regular"


@cache
def _face() -> _Face:
    core_font.ensure()
    return _Face()


def set_labels(pdf: Pdf, prefix: str, first: int) -> None:
    """Let readers show the printed numbers as the numbers of the pages."""
    label = Dictionary(S=Name.D, St=first)
    if prefix:
        label.P = String(prefix)
    pdf.Root.PageLabels = Dictionary(Nums=Array([0, label]))
