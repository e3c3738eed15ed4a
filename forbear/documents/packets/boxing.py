"""Where a page of any size goes on a sheet: turned as it is to be read, made smaller if it must, never larger.

What lies is put on a lying sheet, so that nobody has to turn their head or the screen. The foot of the sheet is left to
the packet's own numbers.
"""

from dataclasses import dataclass
from typing import Final

POINTS_PER_MM: Final = 72 / 25.4
FOOT: Final = 15 * POINTS_PER_MM
"""The lowest part of every sheet, in which the packet's numbers stand."""
EDGE: Final = 5 * POINTS_PER_MM
FITS: Final = 2.0
"""Points by which a page may differ from the sheet and still count as one."""

Matrix = tuple[float, float, float, float, float, float]
Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Placed:
    """The sheet's width and height, how the page comes onto it, and by how much it was made smaller."""

    width: float
    height: float
    matrix: Matrix
    scale: float


def place(box: Box, rotation: int, unit: float, sheet: tuple[float, float], *, free_foot: bool) -> Placed:
    """Place a page.

    Args:
        box: of the page as it is stored.
        rotation: by how many degrees, clockwise, a reader turns it.
        unit: how many points one unit of the page is.
        sheet: width and height of the sheet when it stands upright.
        free_foot: whether the page leaves the foot blank by itself: then one of the sheet's size stays as it is.
    """
    lying = rotation % 180 == 90  # noqa: PLR2004  a quarter turn
    wide, high = (box[2] - box[0]) * unit, (box[3] - box[1]) * unit
    if lying:
        wide, high = high, wide
    width, height = sheet if high >= wide else (sheet[1], sheet[0])
    if free_foot and abs(wide - width) <= FITS and abs(high - height) <= FITS:
        scale, left, bottom = 1.0, (width - wide) / 2, (height - high) / 2
    else:
        room_wide, room_high = width - 2 * EDGE, height - FOOT - EDGE
        scale = min(1.0, room_wide / wide, room_high / high)
        left = (width - wide * scale) / 2
        bottom = FOOT + (room_high - high * scale) / 2
    return Placed(width, height, _matrix(box, rotation, scale * unit, left, bottom), scale * unit)


def _matrix(box: Box, rotation: int, scale: float, left: float, bottom: float) -> Matrix:
    x0, y0, x1, y1 = box
    turned: dict[int, Matrix] = {
        0: (1, 0, 0, 1, -x0, -y0),
        90: (0, -1, 1, 0, -y0, x1),
        180: (-1, 0, 0, -1, x1, y1),
        270: (0, 1, -1, 0, y1, -x0),
    }
    a, b, c, d, e, f = turned[rotation % 360]
    return (a * scale, b * scale, c * scale, d * scale, e * scale + left, f * scale + bottom)


def written(matrix: Matrix) -> str:
    """As a page's content has it."""
    return " ".join(f"{each:.5f}".rstrip("0").rstrip(".") or "0" for each in matrix)
