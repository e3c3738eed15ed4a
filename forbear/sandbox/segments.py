"""How many segments a text costs: GSM-7 where every character fits, UCS-2 otherwise.

Segments decide price and throughput, so the sandbox counts as the carrier does: an escape pair or a surrogate
pair never straddles two segments.
"""

from typing import Literal

Encoding = Literal["GSM-7", "UCS-2"]

_BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = "\f^{}\\[~]|€"
_WIDTHS = dict.fromkeys(_BASIC, 1) | dict.fromkeys(_EXTENDED, 2)
_LIMITS: dict[Encoding, tuple[int, int]] = {"GSM-7": (160, 153), "UCS-2": (70, 67)}
_BEYOND_BMP = 0xFFFF


def encoding(text: str) -> Encoding:
    """One character outside the GSM alphabet turns the whole text into UCS-2."""
    return "GSM-7" if all(char in _WIDTHS for char in text) else "UCS-2"


def count(text: str) -> int:
    """Segments of a text; an empty one still costs one."""
    kind = encoding(text)
    widths = [_WIDTHS[char] if kind == "GSM-7" else _utf16_units(char) for char in text]
    single, joined = _LIMITS[kind]
    return 1 if sum(widths) <= single else _packed(widths, joined)


def _utf16_units(char: str) -> int:
    return 2 if ord(char) > _BEYOND_BMP else 1


def _packed(widths: list[int], room: int) -> int:
    """Segments needed when no character may be split between two."""
    segments, used = 1, 0
    for width in widths:
        if used + width > room:
            segments, used = segments + 1, 0
        used += width
    return segments
