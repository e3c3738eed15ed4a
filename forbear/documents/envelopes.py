"""What an envelope's window can show of the sheet inside it, and what it always shows, as plain geometry.

A sheet is smaller than its envelope and slides. What can ever stand in the window must be name and address alone; the
address must stand where it can always be read. Everything is in millimetres from the sheet's top left corner.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, Self

from forbear.errors import BadData

FILE: Final = Path(__file__).with_name("envelopes.toml")
SLIP: Final = 3.0
"""How far beyond what the sizes say a sheet may slip: folds are not exact and paper bends."""


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle; `top` is above `bottom`, so it is the smaller number."""

    left: float
    top: float
    right: float
    bottom: float

    def grown(self, by: float) -> "Box":
        return Box(self.left - by, self.top - by, self.right + by, self.bottom + by)

    def holds(self, other: "Box") -> bool:
        """Whether another box lies inside this one."""
        across = self.left <= other.left and other.right <= self.right
        return across and self.top <= other.top and other.bottom <= self.bottom

    def meets(self, other: "Box") -> bool:
        """Whether the two have a point in common."""
        across = self.left <= other.right and other.left <= self.right
        return across and self.top <= other.bottom and other.top <= self.bottom


@dataclass(frozen=True, slots=True)
class Envelope:
    """An envelope and its window, measured from the envelope's left edge and bottom."""

    name: str
    width: float
    height: float
    left: float
    bottom: float
    window_width: float
    window_height: float

    def shown(self, sheet: "Sheet") -> Box:
        """Everything that can come to stand in the window, wherever the sheet lies."""
        sideways, upwards = self.width - sheet.width, self.height - sheet.panel
        nominal = self._nominal(sheet)
        return Box(nominal.left - sideways, nominal.top, nominal.right, nominal.bottom + upwards).grown(SLIP)

    def always(self, sheet: "Sheet") -> Box:
        """What stands in the window wherever the sheet lies."""
        sideways, upwards = self.width - sheet.width, self.height - sheet.panel
        nominal = self._nominal(sheet)
        return Box(nominal.left, nominal.top + upwards, nominal.right - sideways, nominal.bottom)

    def _nominal(self, sheet: "Sheet") -> Box:
        """The window on a sheet that lies in the envelope's left bottom corner."""
        bottom = sheet.panel - self.bottom
        return Box(self.left, bottom - self.window_height, self.left + self.window_width, bottom)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A size of paper, how it is folded, and the envelopes it may go into; none if it has no window."""

    name: str
    width: float
    height: float
    panel: float
    envelopes: tuple[Envelope, ...]

    @classmethod
    def read(cls, name: str, raw: Mapping[str, Any]) -> Self:
        sheet = raw["sheet"][name]
        envelopes = tuple(_envelope(each, raw["envelope"][each]) for each in sheet["envelopes"])
        read = cls(name, sheet["width"], sheet["height"], sheet["panel"], envelopes)
        for each in envelopes:
            if each.width < read.width or each.height < read.panel:
                raise BadData(FILE, None, f"{each.name} is smaller than the folded sheet {name}")
        return read

    @property
    def page(self) -> Box:
        return Box(0, 0, self.width, self.height)

    @property
    def address(self) -> Box:
        """Where an address stands in the window of every envelope, wherever the sheet lies; anywhere without one."""
        if not self.envelopes:
            return self.page
        boxes = [each.always(self) for each in self.envelopes]
        return Box(
            max(box.left for box in boxes),
            max(box.top for box in boxes),
            min(box.right for box in boxes),
            min(box.bottom for box in boxes),
        )

    @property
    def private(self) -> tuple[Box, ...]:
        """Where nothing but name and address may stand."""
        return tuple(each.shown(self) for each in self.envelopes)


@cache
def sheets() -> Mapping[str, Sheet]:
    """Every sheet by its name."""
    raw = tomllib.loads(FILE.read_text("utf-8"))
    return MappingProxyType({name: Sheet.read(name, raw) for name in raw["sheet"]})


def _envelope(name: str, raw: Mapping[str, Any]) -> Envelope:
    window = raw["window"]
    return Envelope(
        name, raw["width"], raw["height"], window["left"], window["bottom"], window["width"], window["height"]
    )
