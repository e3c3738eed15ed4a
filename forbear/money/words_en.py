"""Amounts in English words, as American and British papers have them, and back into figures.

American papers say 'one hundred five dollars and fifty cents', British ones 'one hundred and five pounds and fifty
pence'. Only the canonical words are read back: a paper with others was not written here.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from forbear.money.exact import CENT, CONTEXT

MOST: Final = Decimal("999999999999999.99")
SMALL: Final = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
TENS: Final = ("-", "-", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
GROUPS: Final = ("", "thousand", "million", "billion", "trillion")
HUNDRED, THOUSAND = 100, 1_000


@dataclass(frozen=True, slots=True)
class Manner:
    """How a currency is said: one and many of it, one and many of its hundredth, and whether numbers have an 'and'."""

    one: str
    many: str
    small_one: str
    small_many: str
    joined: bool


MANNERS: Final = {
    "USD": Manner("dollar", "dollars", "cent", "cents", joined=False),
    "GBP": Manner("pound", "pounds", "penny", "pence", joined=True),
}


def in_words(amount: Decimal, currency: str) -> str:
    """The amount; `ValueError` for one below zero, with parts of a cent, or in a currency whose words are not known."""
    manner = _manner(currency)
    if not 0 <= amount <= MOST:
        raise ValueError(f"is not from 0 to {MOST}")
    if amount != amount.quantize(CENT, context=CONTEXT):
        raise ValueError("has parts of a cent")
    whole, part = divmod(int(CONTEXT.scaleb(amount, 2)), HUNDRED)
    words = f"{number(whole, joined=manner.joined)} {manner.one if whole == 1 else manner.many}"
    parts = f"{number(part, joined=manner.joined)} {manner.small_one if part == 1 else manner.small_many}"
    if not part:
        return words
    return f"{words} and {parts}" if whole else parts


def from_words(text: str, currency: str) -> Decimal:
    """The figure of canonical words; `ValueError` for any others."""
    manner = _manner(currency)
    for unit in (manner.many, manner.one):
        head, found, tail = text.partition(f" {unit}")
        if found:
            break
    else:
        head, tail = "", text
    cents = _value(head) * HUNDRED + _value(tail.removesuffix(manner.small_many).removesuffix(manner.small_one))
    amount = CONTEXT.scaleb(Decimal(cents), -2)
    if amount > MOST or in_words(amount, currency) != text:
        raise ValueError("is no amount in words")
    return amount


def number(value: int, *, joined: bool) -> str:
    """A whole number in words, with an 'and' before its tens where numbers are joined."""
    if value == 0:
        return SMALL[0]
    words: list[str] = []
    for place in reversed(range(len(GROUPS))):
        group = value // THOUSAND**place % THOUSAND
        if group:
            last_and_small = joined and place == 0 and group < HUNDRED and bool(words)
            said = _group(group, joined=joined)
            words.append(f"{'and ' if last_and_small else ''}{said}{' ' if place else ''}{GROUPS[place]}")
    return " ".join(words)


def _group(group: int, *, joined: bool) -> str:
    hundreds, rest = divmod(group, HUNDRED)
    said = [f"{SMALL[hundreds]} hundred"] if hundreds else []
    if rest:
        tens, ones = divmod(rest, 10)
        small = SMALL[rest] if rest < len(SMALL) else TENS[tens] + (f"-{SMALL[ones]}" if ones else "")
        said.append(f"{'and ' if hundreds and joined else ''}{small}")
    return " ".join(said)


def _manner(currency: str) -> Manner:
    if currency not in MANNERS:
        raise ValueError(f"words are known for {', '.join(MANNERS)}")
    return MANNERS[currency]


def _value(text: str) -> int:
    """What number words add up to; words that are none count for nothing."""
    done, group = 0, 0
    for word in text.replace("-", " ").split():
        if word in SMALL:
            group += SMALL.index(word)
        elif word in TENS[2:]:
            group += 10 * TENS.index(word)
        elif word == "hundred":
            group *= HUNDRED
        elif word in GROUPS[1:]:
            done, group = done + group * THOUSAND ** GROUPS.index(word), 0
    return done + group
