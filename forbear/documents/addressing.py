"""The lines that stand in an envelope's window, in the order in which a country's post reads them.

A line that is too long or one too many is refused by its number and never cut: a cut address is somebody else's.
"""

import re
import unicodedata
from typing import Final

import phonenumbers

from forbear.ports.papers import Unprintable
from forbear.ports.post import PostAddress

HAN_LINE: Final = 22
"""Characters of a Chinese line in the window; a longer one goes on in the next, as Chinese may break anywhere."""
MOST_LINES: Final = {"US": 5, "CN": 6, "GB": 7, "TW": 6}
"""As many as the windows of a country's envelopes hold, in the smallest letters that its style sheet has."""
FEWEST_LINES: Final = 3
NOWHERE: Final = re.compile(r"(?i)\b(?:no fixed (?:abode|address)|nfa)\b|居无定所|地址不详|无固定住所")
UNSEEN: Final = frozenset({"Cc", "Cf", "Co", "Cs", "Zl", "Zp"})
"""Signs that turn or hide others: what stands in the window would not be what the ledger holds."""
BAD_START: Final = frozenset('@()=[]"\\/,<>~')
SHEETS: Final = {"US": "letter-US", "CN": "a4-CN", "GB": "a4-GB", "TW": "a4-TW"}
"""The sheet and with it the envelopes that go to a country."""
PLAIN: Final = {"US": "letter-plain", "CN": "a4-plain", "GB": "a4-plain", "TW": "a4-plain"}
"""The sheet without a window that people of a country are used to."""
HOME: Final = {"CN": "China", "TW": "Taiwan"}
"""The last line of an address in Latin letters, where the post of the country does without it in its own."""
WORD_OF_ADDRESS: Final = {"CN": "收", "TW": "君收"}
"""What stands after a name in Chinese."""
_MARKED: Final = re.compile(r"\w[\u0300-\u036f]+")
_NUMBER: Final = re.compile(r"[0-9A-Za-z]{2}")
_HAN: Final = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")


def sheet_for(country: str, *, window: bool = True) -> str:
    """The name of the sheet that goes to a country, in an envelope with a window or without one.

    Raises:
        Unprintable: no layout is known for it.
    """
    try:
        return (SHEETS if window else PLAIN)[country]
    except KeyError:
        raise Unprintable("address.country", f"no letters are laid out for {country}; print it elsewhere") from None


def window_lines(to: PostAddress) -> tuple[str, ...]:
    """Name and address as they stand in the window.

    Raises:
        Unprintable: with the number of the line that is wrong.
    """
    sheet_for(to.country)
    han = to.country in WORD_OF_ADDRESS and any(_HAN.search(line) for line in (to.city, *to.lines))
    lines = [" ".join(composed(line).split()) for line in (_chinese(to) if han else _western(to))]
    lines = [line for line in lines if line]
    _check(lines, MOST_LINES[to.country])
    return tuple(lines)


def composed(text: str) -> str:
    """A letter and its marks as one sign, as the fonts have them. Chinese signs stay which they are."""
    return _MARKED.sub(lambda found: unicodedata.normalize("NFC", found[0]), text)


def is_latin(text: str) -> bool:
    """Whether it is written without a Chinese sign, so that the Latin fonts print it in one hand."""
    return _HAN.search(text) is None


def _western(to: PostAddress) -> list[str]:
    """Name, street, then the place as its country writes it; the country only where its own post writes otherwise."""
    if to.country == "GB":  # the post town in capitals, no county, the code on a line of its own
        return [to.name, *to.lines, to.city.upper(), to.postal_code.upper()]
    place = " ".join(part for part in (to.region, to.postal_code) if part)
    city = f"{to.city}, {place}" if place else to.city
    return [to.name, *to.lines, city, *([HOME[to.country]] if to.country in HOME else [])]


def _chinese(to: PostAddress) -> list[str]:
    """Code, province and city, street, then the name with its word of address."""
    place = to.city if to.region in {"", to.city} else f"{to.region}{to.city}"
    broken = [piece for line in (place, *to.lines) for piece in _pieces(line)]
    return [to.postal_code, *broken, f"{to.name} {WORD_OF_ADDRESS[to.country]}"]


def _pieces(line: str) -> list[str]:
    """A Chinese line as lines that fit, of nearly equal length, with no number torn in two."""
    left, pieces = " ".join(line.split()), list[str]()
    while left:
        lines = -(-len(left) // HAN_LINE)
        even = -(-len(left) // lines)
        end = next((at for at in range(even, 0, -1) if not _NUMBER.match(left, at - 1)), even)
        pieces.append(left[:end].strip())
        left = left[end:]
    return pieces


def _check(lines: list[str], most: int) -> None:
    if len(lines) < FEWEST_LINES:
        raise Unprintable("address.lines", f"the address has {len(lines)} lines; it needs at least {FEWEST_LINES}")
    if len(lines) > most:
        raise Unprintable("address.lines", f"the address has {len(lines)} lines; the window holds {most}")
    for number, line in enumerate(lines, 1):
        if line[0] in BAD_START or not any(character.isalnum() for character in line):
            raise Unprintable("address.shape", f"line {number} of the address begins with a sign or says nothing")
        if any(unicodedata.category(character) in UNSEEN for character in line):
            raise Unprintable("address.shape", f"line {number} of the address holds a sign that nobody sees")
        if NOWHERE.search(line):
            raise Unprintable("address.undeliverable", f"line {number} of the address says that there is none")


def phone_at_home(told: str, country: str) -> str:
    """A number as people of a country write it; as told where it is not in international form."""
    try:
        number = phonenumbers.parse(told, None)
    except phonenumbers.NumberParseException:
        return told
    at_home = phonenumbers.country_code_for_region(country) == number.country_code
    form = phonenumbers.PhoneNumberFormat.NATIONAL if at_home else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(number, form)
