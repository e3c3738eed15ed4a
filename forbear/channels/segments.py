"""How many segments a text message costs, and which characters can be sent at all.

Counting follows 3GPP TS 23.038: the GSM 7-bit default alphabet and its extension table, else UCS-2. An escape pair or
a surrogate pair is never split between two segments.
"""

BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ ÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENDED = frozenset("\f^{}\\[~]|€")
"""Two septets each: an escape and the character."""
GSM_SINGLE, GSM_PART = 160, 153
UCS_SINGLE, UCS_PART = 70, 67
LAST_OF_ONE_UNIT = "\uffff"
"""Characters beyond it take two UTF-16 units."""


def segments(text: str) -> int:
    """The number of segments a provider charges; 1 for an empty text."""
    if all(char in BASIC or char in EXTENDED for char in text):
        return _parts([2 if char in EXTENDED else 1 for char in text], GSM_SINGLE, GSM_PART)
    return _parts([2 if char > LAST_OF_ONE_UNIT else 1 for char in text], UCS_SINGLE, UCS_PART)


def _parts(widths: list[int], single: int, part: int) -> int:
    if sum(widths) <= single:
        return 1
    count, room = 1, part
    for width in widths:
        if width > room:
            count, room = count + 1, part
        room -= width
    return count
