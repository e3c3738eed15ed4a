"""How a number is written in a sentence, in digits, English words and Chinese numerals, so that it can be found there.

A pack's statement must hold every number of its rule; a number inside another one (7 in 17, one in none) is not held.
"""

import re

UNITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
TEENS = ("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen")
TENS = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
TEN, HUNDRED, THOUSAND = 10, 100, 1000
HAN = "零一二三四五六七八九"
BELOW_TWENTY = UNITS + TEENS


def holds(statement: str, number: int) -> bool:
    """Whether a sentence names a whole number."""
    digits = rf"(?<![\d:.,]){number}(?![\d:]|[.,]\d)"
    if re.search(digits, statement):
        return True
    if (word := in_words(number)) and re.search(_apart(word), statement, re.IGNORECASE):
        return True
    return any(re.search(rf"(?<![两百十{HAN}]){each}(?![两百十{HAN}])", statement) for each in in_han(number))


def holds_clock(statement: str, clock: str) -> bool:
    """Whether a sentence names a time of day such as 08:00."""
    return re.search(rf"(?<![\d:]){clock}(?![\d:])", statement) is not None


def _apart(word: str) -> str:
    """The word by itself: not inside another, and not as a part of a compound number such as thirty-five."""
    compounds = "|".join(UNITS[1:10])
    return rf"(?<![A-Za-z-]){word}(?![A-Za-z]|-(?:{compounds})\b)"


def in_words(number: int) -> str:
    """A number below a hundred, or a hundred itself, in English; empty for others."""
    if number < len(BELOW_TWENTY):
        return BELOW_TWENTY[number]
    if number >= HUNDRED:
        return "(?:a|one) hundred" if number == HUNDRED else ""
    tens, rest = divmod(number, TEN)
    return TENS[tens] + (f"-{UNITS[rest]}" if rest else "")


def in_han(number: int) -> list[str]:
    """The ways in which a number below a thousand is written in Chinese; none for others."""
    if number >= THOUSAND:
        return []
    hundreds, tens, units = number // HUNDRED, number // TEN % TEN, number % TEN
    written = HAN[hundreds] + "百" if hundreds else ""
    if tens:
        written += ("" if tens == 1 and not hundreds else HAN[tens]) + "十"
    elif hundreds and units:
        written += HAN[0]
    written += HAN[units] if units or not number else ""
    return [written, "两" + written[1:]] if written in {"二", "二百"} else [written]
