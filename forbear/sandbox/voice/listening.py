"""Understands a menu as somebody who hears it does: which key is for what, and which digits are asked for.

Pure, in English and Chinese. It knows no wording in particular: keys are found by `press 1`, `2 for`, or `按1`, and
what they are for by the words beside them.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from forbear.sandbox.voice.scripts import Intent

Part = Literal["year", "month", "day"]

_DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_NAMES: Mapping[str, str] = MappingProxyType(
    {name: str(digit) for digit, name in enumerate(_DIGITS)}
    | {name: str(digit) for digit, name in enumerate("零一二三四五六七八九")}
    | dict.fromkeys(("star", "asterisk", "星", "米"), "*")
    | dict.fromkeys(("pound", "hash", "井"), "#")
)
_KEY = rf"(?P<key>[0-9*#]|{'|'.join(_NAMES)})"
_MENTION = re.compile(
    rf"\b(?:press|dial|push)\s+(?:the\s+)?(?:key\s+|number\s+)?{_KEY}(?![0-9a-z])(?:\s+(?:key|sign))?"
    rf"|按(?:下|一下)?\s*{_KEY.replace('?P<key>', '?P<zh>')}(?:号?键|字键|号)?"
    rf"|(?:^|,|;|，|、|\bor|\band|或)\s*(?:or\s+)?{_KEY.replace('?P<key>', '?P<bare>')}\s+(?=(?:to|for|if)\b)",
    re.IGNORECASE | re.MULTILINE,
)
_SENTENCES = re.compile(r"[.!?。!?;；\n]+(?=\s|$|[\u4e00-\u9fff])|[。！？；\n]+")
_CLAUSES = re.compile(r"[,，、:：]")

_MEANINGS: tuple[tuple[Intent, str, str], ...] = (
    (
        "stop",
        r"\bstop\b|no (?:more |further )?calls|\bend (?:the |these )?calls|(?:not|n't) [^,.]*call|never call",
        "不再|停止|不希望|别再|不要再|拒绝",
    ),
    ("wrong", r"wrong (?:number|person)", "打错|登记有误|号码有误|号码不对|不认识|找错"),
    (
        "not_me",
        r"not (?:you|me|here|them|available|this person|that person)|are not\b|someone else|somebody else",
        "不是|转告|他人|别人",
    ),
    (
        "hardship",
        r"(?:can'?t|cannot|unable to|hard to|trouble|difficult\w*|struggl\w+)|hardship",
        "困难|无力|还不上|协商",
    ),
    (
        "dispute",
        r"disput|disagree|not (?:right|correct|owe)|do not owe|wrong amount|mistake",
        "异议|争议|不认可|有误|不对",
    ),
    ("promise", r"promis|\b(?:day|date)\b|later|when you", "承诺|约定|日期|哪一?天|几号"),
    (
        "human",
        r"(?:person|agent|somebody|someone|colleague|staff|human|operator|advis[eo]r)\b|speak (?:to|with)|talk to",
        "人工|客服|专员|坐席",
    ),
    ("pay", r"\bpay\b|payment|link", "还款|付款|支付|链接|缴"),
    ("repeat", r"repeat|hear|listen|again$", "重听|再听|重复|重播"),
    ("redo", r"change|another|different|again|re-?enter", "重新|更改|修改|重输"),
    ("confirm", r"correct|confirm|right|agree|\byes\b", "确认|正确|对的|无误|同意|是的"),
    ("me", r"this is|you are|speaking|that is|i am|\bme\b|\byes\b", "本人|就是|是我|是您"),
)
"""In this order: what a person would notice first. Each in English and in Chinese."""
_READ: tuple[tuple[Intent, re.Pattern[str]], ...] = tuple(
    (intent, re.compile(f"{english}|{chinese}", re.IGNORECASE)) for intent, english, chinese in _MEANINGS
)
_PARTS: tuple[tuple[Part, str], ...] = (
    ("year", r"\byear|年"),
    ("month", r"\bmonth|月"),
    ("day", r"\bday|\bdate of the month|(?<!出生)日|号(?!码)"),
)
_ASKS = re.compile(r"\b(?:enter|type|key in|digits?|give)\b|输入|请按|键入|位数?字?", re.IGNORECASE)
_BORN = re.compile(r"\bborn\b|\bbirth|出生|生日", re.IGNORECASE)
_LAST_FOUR = re.compile(r"last (?:four|4)|(?:后|末|最后)(?:四|4)位", re.IGNORECASE)
_IDENTITY = re.compile(r"\bid\b|identity|social security|ssn|身份证|证件", re.IGNORECASE)
_POSTCODE = re.compile(r"\bzip\b|post(?:al)? ?code|邮政编码|邮编", re.IGNORECASE)
_DAYS_AHEAD = re.compile(r"how many days|number of days|几天|多少天|天数", re.IGNORECASE)
_POUND = re.compile(r"#|\bpound\b|\bhash\b|井号|井字", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Offer:
    """A key, and what it is for as far as the words tell."""

    key: str
    words: str
    intent: Intent | None


def offers(prompt: str) -> tuple[Offer, ...]:
    """The keys a prompt offers, in its order. The key that ends an entry is not one."""
    found = [offer for sentence in _SENTENCES.split(prompt) for offer in _in_sentence(sentence)]
    return tuple(offer for offer in found if offer.key != "#")


def meaning(words: str) -> Intent | None:
    """What words beside a key, or spoken, are about."""
    return next((intent for intent, pattern in _READ if pattern.search(words)), None)


def _in_sentence(sentence: str) -> list[Offer]:
    mentions = list(_MENTION.finditer(sentence))
    # "Press 1 to pay, 2 for a person" leaves words out; "enter four digits, two for the month" offers no keys.
    while mentions and mentions[0].group("bare"):
        del mentions[0]
    if not mentions:
        return []
    # "To pay, press 1" or "press 1 to pay": whichever this sentence begins with holds for all of it.
    before = bool(sentence[: mentions[0].start()].strip(" ,，、请"))
    starts = [0, *(mention.end() for mention in mentions)]
    ends = [*(mention.start() for mention in mentions), len(sentence)]
    found: list[Offer] = []
    for position, mention in enumerate(mentions):
        at = position if before else position + 1
        words = sentence[starts[at] : ends[at]].strip(" ,，、请。.")
        if not words:  # this one is the other way round
            other = sentence[starts[position + before] : ends[position + before]]
            words = _CLAUSES.split(other.strip(" ,，、"))[0 if before else -1]
        found.append(Offer(_key(mention), words, meaning(words)))
    return found


def _key(mention: re.Match[str]) -> str:
    said = mention.group("key") or mention.group("zh") or mention.group("bare")
    return _NAMES.get(said.lower(), said)


def ends_with_pound(prompt: str) -> bool:
    """Whether one is told to end with the # key."""
    return bool(_POUND.search(prompt))


@dataclass(frozen=True, slots=True)
class Entry:
    """Digits a prompt asks for.

    Args:
        what: which fact of one's life.
        parts: of a date, in the order they are named.
        pound: whether to end with the # key.
    """

    what: Literal["birth", "phone", "identity", "postcode", "date", "days"]
    parts: tuple[Part, ...] = ()
    pound: bool = False


def entry(prompt: str) -> Entry | None:
    """What digits a prompt asks for, if it asks for any; the last question in it counts."""
    asking = [sentence for sentence in _SENTENCES.split(prompt) if _ASKS.search(sentence)]
    question = " ".join(asking) or prompt
    pound = ends_with_pound(prompt)
    if _BORN.search(question):
        return Entry("birth", _parts(question), pound)
    if _LAST_FOUR.search(question):
        only_identity = _IDENTITY.search(question) and not re.search(r"phone|mobile|手机|电话", question, re.IGNORECASE)
        return Entry("identity" if only_identity else "phone", pound=pound)
    if _POSTCODE.search(question):
        return Entry("postcode", pound=pound)
    if _DAYS_AHEAD.search(question):
        return Entry("days", pound=pound)
    parts = _parts(question)
    return Entry("date", parts, pound) if asking and {"month", "day"} <= set(parts) else None


def _parts(question: str) -> tuple[Part, ...]:
    """The parts of a date in the order they are asked for; what follows a colon is how, what precedes it is what."""
    how = re.split(r"[:：]", question)[-1]
    if how != question and len(parts := _parts(how)) > 1:
        return parts
    found: list[tuple[int, Part]] = []
    for part, pattern in _PARTS:
        if match := re.search(pattern, question, re.IGNORECASE):
            found.append((match.start(), part))
    return tuple(part for _, part in sorted(found))
