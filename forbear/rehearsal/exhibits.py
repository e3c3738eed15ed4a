"""Makes the exhibits of the rehearsal: contracts, vouchers, statements and receipts of nobody, each a marked specimen.

Chinese ones are pictures, as scanners and telephones give them; the others are documents with text, since courts abroad
want one that can be searched. The same words give the same bytes.
"""

import html
import os
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from io import BytesIO
from time import struct_time
from typing import Any, Final

import fontpkg_noto_sans
import pylopdf_fonts_zh_cn
from PIL import Image, ImageDraw, ImageFont

CHINA: Final = "CN"
EPOCH: Final = "SOURCE_DATE_EPOCH"
SHEETS: Final = {"US": "letter"}
JPEG, PDF = "image/jpeg", "application/pdf"
SIZES: Final = {"contract": (1000, 1414), "statement": (1414, 1000), "receipt": (1180, 820)}
"""Pixels: an upright page, a lying one, and a photograph. What is not named is an upright page."""
PAPER, INK, MARK, RULE = (252, 251, 247), (38, 42, 48), (214, 120, 110), (196, 200, 205)
MARGIN, LEADING = 90, 62
QUALITY: Final = 72
DAY: Final = struct_time((2026, 10, 26, 0, 0, 0, 0, 299, 0))
"""Written into pictures that are documents: the day on which the rehearsal begins, so that bytes stay the same."""
SPECIMEN: Final = {CHINA: "示例 · 样本 · 并非真实文件", "": "SPECIMEN · not a real document"}
PAGE: Final = """<!doctype html><html lang="en"><title>{title}</title><style>
@font-face {{ font-family: Specimen; src: url("{font}"); }}
@page {{ size: {size}; margin: 22mm 20mm; }}
body {{ font: 11pt/1.6 Specimen; color: #262a30; }} h1 {{ font-size: 17pt; font-weight: normal; }}
p.mark {{ color: #a1261c; border: 1px solid; padding: 2mm 3mm; }} p {{ margin: 2mm 0; }}
</style><p class="mark">{mark}</p><h1>{title}</h1>{lines}<p class="mark">{mark}</p></html>"""


def make(country: str, told: Mapping[str, Any]) -> tuple[bytes, str]:
    """One exhibit as its matter describes it; with its media type."""
    made, title, lines = str(told["made"]), str(told["title"]), [str(line) for line in told["lines"]]
    if country != CHINA:
        return _document(made, title, lines, SHEETS.get(country, "A4")), PDF
    if made == "receipt":
        return _picture(made, title, lines, "JPEG"), JPEG
    return _picture(made, title, lines, "PDF"), PDF


def _picture(made: str, title: str, lines: Sequence[str], kind: str) -> bytes:
    page = Image.new("RGB", SIZES.get(made, SIZES["contract"]), PAPER)
    draw = ImageDraw.Draw(page)
    width, height = page.size
    draw.rectangle((30, 30, width - 30, height - 30), outline=RULE, width=3)
    draw.text((MARGIN, 70), SPECIMEN[CHINA], font=_font(30), fill=MARK)
    draw.text((MARGIN, 140), title, font=_font(52), fill=INK)
    for number, line in enumerate(lines):
        draw.text((MARGIN, 260 + number * LEADING), line, font=_font(32), fill=INK)
    draw.text((width - 560, height - 110), SPECIMEN[CHINA], font=_font(30), fill=MARK)
    target = BytesIO()
    if kind == "JPEG":
        page.save(target, "JPEG", quality=QUALITY, dpi=(110, 110))
    else:
        page.save(target, "PDF", resolution=121.0, creationDate=DAY, modDate=DAY)
    return target.getvalue()


@cache
def _font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(pylopdf_fonts_zh_cn.sans_path()), size)


def _document(made: str, title: str, lines: Sequence[str], sheet: str) -> bytes:
    from weasyprint import HTML
    from weasyprint.text.fonts import FontConfiguration

    font = fontpkg_noto_sans.ROOT / "files" / "NotoSans[wdth,wght].ttf"
    text = PAGE.format(
        title=html.escape(title),
        font=font.as_uri(),
        size=f"{sheet} landscape" if made == "statement" else sheet,
        mark=SPECIMEN[""],
        lines="".join(f"<p>{html.escape(line)}</p>" for line in lines),
    )
    with _of_a_day():
        written = HTML(string=text).write_pdf(font_config=FontConfiguration())
    if written is None:
        raise ValueError("an exhibit could not be written")
    return written


@contextmanager
def _of_a_day() -> Generator[None]:
    """Fonts that are cut down bear the day of it, unless they are told another: the same bytes on every day."""
    before = os.environ.get(EPOCH)
    os.environ[EPOCH] = "0"
    try:
        yield
    finally:
        os.environ.pop(EPOCH) if before is None else os.environ.update({EPOCH: before})
