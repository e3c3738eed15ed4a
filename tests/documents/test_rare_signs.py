"""Rare signs of Chinese names are printed as they look: read back, and held against the font's own drawing of each."""

from typing import Any

import pylopdf_fonts_zh_cn
import pypdfium2
import pytest
from PIL import Image, ImageChops, ImageDraw, ImageFont, ImageStat

from forbear.documents.envelopes import Box
from forbear.documents.presses import Presses
from forbear.documents.reading import POINTS_PER_MM, Finished
from tests.documents.letters import chinese, to

RARE = "玥镕喆堃祎㛃"
NOBODYS = "\u0378"
"""A number that no sign has: its picture is what a font prints for want of one."""
BLACK_OR_WHITE = [0] * 128 + [255] * 128
SCALE = 12.0
SIDE = 96
ALIKE = 0.12
"""Share of a square in which two pictures of one sign differ at most: their edges are drawn by two libraries."""


def squared(picture: Image.Image) -> Image.Image:
    """The ink of a picture, black on white, fitted into a square."""
    inked = picture.convert("L").point(BLACK_OR_WHITE)
    box = ImageChops.invert(inked).getbbox()
    assert box, "nothing is printed there"
    return inked.crop(box).resize((SIDE, SIDE)).point(BLACK_OR_WHITE)


def drawn(sign: str, font: Any) -> Image.Image:
    picture = Image.new("L", (600, 600), 255)
    ImageDraw.Draw(picture).text((150, 100), sign, font=font, fill=0)
    return squared(picture)


def difference(one: Image.Image, other: Image.Image) -> float:
    return ImageStat.Stat(ImageChops.difference(one, other)).mean[0] / 255


def printed(pdf: bytes, box: Box) -> Image.Image:
    """What stands in a box of the first page, large."""
    document: Any = pypdfium2.PdfDocument(pdf)
    try:
        page = document[0].render(scale=SCALE, grayscale=True).to_pil()
    finally:
        document.close()
    edges = (box.left, box.top, box.right, box.bottom)
    return squared(page.crop(tuple(round(edge * POINTS_PER_MM * SCALE) for edge in edges)))


@pytest.mark.parametrize("sign", RARE)
def test_a_rare_sign_is_drawn_as_its_font_draws_it_and_not_as_a_box(presses: Presses, sign: str) -> None:
    rendered = presses.render(to(chinese(), name=f"李{sign}"))
    places = [each.box for each in Finished.read(rendered.pdf).pages[0].signs if each.text == sign]
    assert len(places) == 2, "once in the window, once in the salutation"
    homes = (pylopdf_fonts_zh_cn.sans_path(), pylopdf_fonts_zh_cn.serif_path())
    for place, home in zip(places, homes, strict=True):
        font = ImageFont.truetype(str(home), 300)
        picture = printed(rendered.pdf, place)
        assert difference(picture, drawn(sign, font)) < ALIKE
        assert difference(picture, drawn(NOBODYS, font)) > 2 * ALIKE
        assert all(difference(picture, drawn(other, font)) > ALIKE for other in RARE if other != sign)
