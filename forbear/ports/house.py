"""How a lender's papers look beside its name: one colour and a small picture, in the form in which both are kept.

A colour that is too light to be read as words is used for rules alone. Nothing is ever fetched: a logo stands in the
page itself.
"""

import re
from typing import Final

COLOUR: Final = re.compile(r"#[0-9a-f]{6}")
LOGO: Final = re.compile(r"data:image/(?:png|jpeg);base64,[A-Za-z0-9+/]+={0,2}")
READABLE: Final = 4.5
"""Contrast from which words of ordinary size can be read; WCAG 2.2, criterion 1.4.3."""
VISIBLE: Final = 1.5
"""Below it nobody sees a rule on white paper."""
_BEND, _SLOPE, _SHIFT, _POWER = 0.04045, 12.92, 0.055, 2.4
_WEIGHTS: Final = (0.2126, 0.7152, 0.0722)


def contrast(colour: str) -> float:
    """The contrast of a colour such as #1a2b3c with white paper, from 1 to 21, as WCAG reckons it."""
    shares = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [each / _SLOPE if each <= _BEND else ((each + _SHIFT) / (1 + _SHIFT)) ** _POWER for each in shares]
    light = sum(weight * each for weight, each in zip(_WEIGHTS, linear, strict=True))
    return 1.05 / (light + 0.05)


def ink(colour: str) -> str:
    """The colour that words are printed in: the lender's, if they can be read in it; else none."""
    return colour if colour and contrast(colour) >= READABLE else ""
