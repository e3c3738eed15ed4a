"""Letters that pass for other letters, as data: what a reader takes for Latin, and the signs that stand for letters.

Used to find a phrase that somebody hid. The table is wide on purpose: a letter too many costs nothing, because a whole
phrase has to be found.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final


def _pairs(others: str, latin: str) -> dict[str, str]:
    return dict(zip(others.split(), latin.split(), strict=True))


LATIN: Final[Mapping[str, str]] = MappingProxyType(
    # Greek capitals first: some look like another letter than their small ones.
    _pairs("Α Β Ε Ζ Η Ι Κ Μ Ν Ο Ρ Τ Υ Χ", "a b e z h i k m n o p t y x")
    | _pairs("α β γ δ ε ζ η ι κ μ ν ο ρ σ ς τ υ χ ω ϲ ϳ", "a b y d e z n i k m v o p o c t u x w c j")
    | _pairs(
        "а в г е з и к м н о п р с т у х ь ё є і ї ј ѕ һ ԁ ԍ ԛ ԝ ӏ ѵ ғ ү ө ҽ ӕ ӓ",
        "a b r e 3 u k m h o n p c t y x b e e i i j s h d g q w l v f y o e ae a",
    )
    | _pairs("ա ց ժ հ ի ո ս օ զ յ ք ր", "w g d h h n u o q j f r")
    | _pairs(
        "ᴀ ʙ ᴄ ᴅ ᴇ ꜰ ɢ ʜ ɪ ᴊ ᴋ ʟ ᴍ ɴ ᴏ ᴘ ʀ ꜱ ᴛ ᴜ ᴠ ᴡ ʏ ᴢ",
        "a b c d e f g h i j k l m n o p r s t u v w y z",
    )
    | _pairs("ı ɑ ɡ ǀ ø đ ð ł ŧ ħ ƒ ɩ ɛ ʋ ɯ ʌ ꞵ ƅ ơ ư", "i a g l o d d l t h f i e u w v b b o u")
    | {chr(0x1F1E6 + at): chr(ord("a") + at) for at in range(26)}
)
"""A letter of another script, or of a rarer part of ours, to the small Latin letter it is taken for."""

STANDS_FOR: Final[Mapping[str, str]] = MappingProxyType(
    {
        "a": "[a4@]",
        "b": "[b86]",
        "c": "[c(]",
        "e": "[e3€]",
        "g": "[g9]",
        "i": "[il1!|]",
        "l": "[li1!|]",
        "m": "(?:m|rn)",
        "o": "[o0]",
        "q": "[q9]",
        "s": "[s5$]",
        "t": "[t7+]",
        "u": "[uyv]",
        "v": "[vu]",
        "w": "(?:w|vv)",
        "y": "[yu]",
        "z": "[z2]",
    }
)
"""A small Latin letter to the pattern of what may stand for it: digits, signs, two letters that look
like one, and the Greek upsilon, which is taken for either of two."""

ALIKE: Final[Mapping[str, str]] = MappingProxyType(
    {"a": "4@", "b": "86", "e": "3€", "g": "9q", "i": "l1", "o": "0", "s": "5$", "t": "7", "u": "vy", "z": "2"}
)
"""A letter to all that may stand for it, or for one of these in turn, but for signs that also part words."""

INVISIBLE: Final = frozenset("\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
"""Letters without a shape. Characters that only format, and marks over letters, are known by their category."""
