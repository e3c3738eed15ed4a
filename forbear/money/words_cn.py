"""Amounts in Chinese financial capitals, as papers and cheques have them, and back into figures.

Writing follows one canon (壹拾, never 拾 alone; 零 wherever a place between digits is empty). Reading also takes the
variants that the rules allow: 圆 for 元, 正 for 整, and a 零 before 角 that may be there or not.
"""

import re
from decimal import Decimal
from typing import Final

from forbear.money.exact import CENT, CONTEXT

DIGITS: Final = "零壹贰叁肆伍陆柒捌玖"
PLACES: Final = ("", "拾", "佰", "仟")
GROUPS: Final = ("", "万", "亿", "万")
"""What stands after a group of four digits; the fourth is counted in 亿, which the third then writes."""
MOST: Final = Decimal("9999999999999999.99")
_WRITTEN: Final = re.compile(
    r"人民币(?:(?P<yuan>[零壹贰叁肆伍陆柒捌玖拾佰仟万亿]+)[元圆])?"
    r"(?:零?(?P<jiao>[壹贰叁肆伍陆柒捌玖])角)?(?:零?(?P<fen>[壹贰叁肆伍陆柒捌玖])分)?[整正]?"
)
_FREE: Final = re.compile(r"(?<=[拾佰仟万亿]元)零(?=.角)")
"""A 零 that may be left out: before 角, where the yuan end in an empty place."""


def in_words(amount: Decimal) -> str:
    """人民币 and the amount; `ValueError` for one below zero, with parts of a 分, or beyond what is written so."""
    if not 0 <= amount <= MOST:
        raise ValueError(f"is not from 0 to {MOST}")
    if amount != amount.quantize(CENT, context=CONTEXT):
        raise ValueError("has parts of a 分")
    yuan, rest = divmod(int(CONTEXT.scaleb(amount, 2)), 100)
    jiao, fen = divmod(rest, 10)
    if not yuan and not rest:
        return "人民币零元整"
    whole = f"{_whole(yuan)}元" if yuan else ""
    return f"人民币{whole}{_small(yuan, jiao, fen)}"


def from_words(text: str) -> Decimal:
    """The figure of an amount in words; `ValueError` for what no paper may say."""
    found = _WRITTEN.fullmatch(text)
    if found is None:
        raise ValueError("is no amount in capitals")
    digit = {mark: value for value, mark in enumerate(DIGITS)}
    yuan = _read_whole(found["yuan"] or "零")
    cents = yuan * 100 + digit[found["jiao"] or "零"] * 10 + digit[found["fen"] or "零"]
    amount = CONTEXT.scaleb(Decimal(cents), -2)
    if amount > MOST or text.replace("圆", "元").replace("正", "整") not in _ways(in_words(amount)):
        raise ValueError("is no amount in capitals")
    return amount


def _ways(canon: str) -> set[str]:
    """The canonical words and what the rules allow beside them."""
    ways = {canon, _FREE.sub("", canon)}
    return ways | {way.removesuffix("整") for way in ways if way.endswith("角整")}


def _whole(yuan: int) -> str:
    groups = [yuan // 10_000**place % 10_000 for place in range(len(GROUPS))]
    text = ""
    for place in reversed(range(len(GROUPS))):
        group = groups[place]
        if group:
            gap = text and (len(str(group)) < len(PLACES) or not groups[place + 1])
            text += f"{'零' if gap else ''}{_group(group)}{GROUPS[place]}"
        elif place == 2 and text:  # noqa: PLR2004  no 亿 of its own, but the 万 before it are 万亿
            text += "亿"
    return text


def _group(group: int) -> str:
    """Up to four digits: one 零 between two of them, none at the end."""
    text, gap = "", False
    for place in reversed(range(len(PLACES))):
        digit = group // 10**place % 10
        if digit:
            text += f"{'零' if gap else ''}{DIGITS[digit]}{PLACES[place]}"
        gap = not digit and bool(text)
    return text


def _small(yuan: int, jiao: int, fen: int) -> str:
    if not jiao and not fen:
        return "整"
    tenths = f"{'零' if yuan and yuan % 10 == 0 else ''}{DIGITS[jiao]}角" if jiao else ""
    if not fen:
        return f"{tenths}整"
    return f"{tenths}{'零' if yuan and not jiao else ''}{DIGITS[fen]}分"


def _read_whole(text: str) -> int:
    """Digit and place by place; 万 and 亿 multiply what stands before them."""
    done, section, digit = 0, 0, 0
    for mark in text:
        if mark in DIGITS:
            digit = DIGITS.index(mark)
        elif mark in PLACES:
            section, digit = section + digit * 10 ** PLACES.index(mark), 0
        elif mark == "万":
            done, section, digit = done + (section + digit) * 10_000, 0, 0
        else:
            done, section, digit = (done + section + digit) * 100_000_000, 0, 0
    return done + section + digit
