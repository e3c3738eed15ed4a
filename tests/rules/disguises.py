"""Ways to hide a phrase from a program and not from a reader; and ordinary sentences that only look like one."""

import random
from collections.abc import Callable, Mapping
from typing import Final

from forbear.rules.lookalikes import SIMPLE

CYRILLIC: Final = dict(zip("aceopxyikmhtb", "асеорхуікмнтв", strict=True))
GREEK: Final = dict(zip("aoviktypex", "αονικτυρεχ", strict=True))
DIGITS: Final = dict(zip("oieastbg", "01345789", strict=False)) | {"e": "3", "a": "4", "s": "5", "t": "7", "b": "8"}
SIGNS: Final = {"a": "@", "s": "$", "i": "!"}
ZERO_WIDTH: Final = ("\u200b", "\u200c", "\u200d", "\u2060", "\ufeff", "\u00ad", "\u180e", "\ufe0f", "\u2063")


def _swapped(table: Mapping[str, str]) -> Callable[[str, random.Random], str]:
    return lambda phrase, _: "".join(table.get(letter, letter) for letter in phrase.lower())


def _joined(sign: str, between: str = "  ") -> Callable[[str, random.Random], str]:
    """Every letter apart; words, and Chinese signs, further apart."""
    return lambda phrase, _: between.join(sign.join(word) for word in phrase.split())


def _zero_width(phrase: str, chance: random.Random) -> str:
    return "".join(letter + chance.choice(("", *ZERO_WIDTH)) for letter in phrase) + ZERO_WIDTH[0]


def _mixed_case(phrase: str, chance: random.Random) -> str:
    return "".join(chance.choice((letter.upper(), letter.lower())) for letter in phrase)


def _full_width(phrase: str, chance: random.Random) -> str:
    return "".join(chr(ord(letter) + 0xFEE0) if "!" <= letter <= "~" else letter for letter in phrase)


def _bold(phrase: str, chance: random.Random) -> str:
    """The mathematical alphabet."""
    return "".join(chr(0x1D41A + ord(letter) - 97) if "a" <= letter <= "z" else letter for letter in phrase.lower())


def _circled(phrase: str, chance: random.Random) -> str:
    return "".join(chr(0x24D0 + ord(letter) - 97) if "a" <= letter <= "z" else letter for letter in phrase.lower())


def _marked(phrase: str, chance: random.Random) -> str:
    return "".join(letter + ("\u0301" if letter.isalpha() else "") for letter in phrase)


def _commented(phrase: str, chance: random.Random) -> str:
    at = chance.randrange(1, len(phrase)) if len(phrase) > 1 else 1
    return f"{phrase[:at]}{{# no \n word #}}{phrase[at:]}"


def _parted(sign: str) -> Callable[[str, random.Random], str]:
    """One sign inside the longest word; Chinese signs are words of their own."""

    def hide(phrase: str, chance: random.Random) -> str:
        longest = max(phrase.split(), key=len)
        at = len(longest) // 2
        return phrase.replace(longest, f"{longest[:at]}{sign}{longest[at:]}", 1)

    return hide


def _every_other_traditional(phrase: str, chance: random.Random) -> str:
    """Simplified and traditional signs in one phrase."""
    other = {simple: sign for sign, simple in SIMPLE.items()}
    return "".join(
        chance.choice((SIMPLE.get(letter, letter), other.get(SIMPLE.get(letter, letter), letter))) for letter in phrase
    )


def _wrapped(phrase: str, chance: random.Random) -> str:
    return phrase.replace(" ", "\n")


def _quoted(phrase: str, chance: random.Random) -> str:
    """Put together by the template itself."""
    at = len(phrase) // 2
    quote = '"' if "'" in phrase else "'"
    return f"{{{{ {quote}{phrase[:at]}{quote} ~ {quote}{phrase[at:]}{quote} }}}}"


DISGUISES: Final[Mapping[str, Callable[[str, random.Random], str]]] = {
    "plain": lambda phrase, _: phrase,
    "capitals": lambda phrase, _: phrase.upper(),
    "mixed case": _mixed_case,
    "zero-width characters": _zero_width,
    "spaced out": _joined(" "),
    "dotted": _joined(".", " "),
    "hyphens": _joined("-", " "),
    "stars": _joined("*", " "),
    "full width": _full_width,
    "Cyrillic": _swapped(CYRILLIC),
    "Greek": _swapped(GREEK),
    "digits": _swapped(DIGITS),
    "signs": _swapped(SIGNS),
    "bold": _bold,
    "circled": _circled,
    "marks": _marked,
    "comment": _commented,
    "over lines": _wrapped,
    "a face": _parted("😀"),
    "many faces": _parted("😀👍🏽❤️😀"),
    "a dollar": _parted("$"),
    "a dash": _parted("—"),
    "an arrow": _parted("→"),
    "mixed Chinese": _every_other_traditional,
    "quoted": _quoted,
}

INNOCENT_EN: Final = """
See you later. | Our calendar is full. | A courteous reply. | This is a collector's item. | Our spring collection is out.
We would like to hear from you. | A balanced diet. | By default we write in English. | Please call at your convenience.
The courtyard is open. | He courted favour. | Power to the people. | The flower show | A lower price | Towed away
The alien landed. | The latest news | A plate of food | Translate this page | We relate to that | Template
We have a message for you. | Please confirm who you are. | An outstanding service | The policeman's ball
Her sister plays the guitar. | Sue sings; you dance. | Issue your ticket here | Pursue your dream | Tissue, please
The jailhouse rock | Prisoner of Zenda | A restful day | Bar rested on the wall
Debtless? A debut song | Debate club | Lo and behold | Lone star | Loaner? A loading dock | Mortar
In our view the bail is if they agree | A sheriffdom | Her threat is empty; she laughed at it
Creditable work | Garnishing the dish | A giftshop | Ownership | Owen called | Bowed heads
A repayable kindness? | Collector of stamps | Collectible | Lawn firm and green | Law of the land
Please reply by Friday 5 June. | Our office hours are 9 to 5. | Room 101 | Flight 10AN7 | Version 2.0.1
"""
INNOCENT_ZH: Final = """
依法纳税是公民的义务 | 身体欠佳 | 考虑欠妥 | 从今天起，诉求请致电客服 | 这个款式很好 | 还有什么问题 | 请归还图书
谢谢，不客气 | 请小心台阶 | 还可以更好 | 借此机会祝您节日快乐 | 期待您的来电 | 逾越节 | 约定的时间 | 违背常理 | 今年的债券基金
法院路十五号 | 公安县 | 律己以严 | 警惕诈骗电话 | 他起身诉说往事 | 请您方便时致电 | 清洁工作 | 分期的历史 | 还能见面吗
您好，我们有一条服务信息 | 拍照留念 | 坐在牢固的椅子上 | 垃圾分类 | 请打断他 | 欢迎光临 | 上门口等我 | 通知您开会
"""


def listed(table: str) -> list[str]:
    return [cell.strip() for line in table.strip().splitlines() for cell in line.split("|") if cell.strip()]


INNOCENT: Final = (*listed(INNOCENT_EN), *listed(INNOCENT_ZH))
