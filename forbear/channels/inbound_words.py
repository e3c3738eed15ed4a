"""Reads what a person wrote back. Errs towards peace: what may be a request to stop is one.

Carriers obey single words only; a court or a regulator reads the sentence. So whole words are compared, in order and
within reach of each other, in English and Chinese whatever language the account has. Nothing here backtracks: the
time taken grows with the length of the text and no faster.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Final

from forbear.channels import inbound_phrases as said
from forbear.channels.inbound_days import find_amount, find_day
from forbear.ports.replies import Reading, ReadingKind
from forbear.rules.lookalikes import LATIN

LONGEST: Final = 4_000
"""Carriers join at most 1,600 characters; what lies beyond both ends of this length is not read."""
OBEYED: Final[dict[str, ReadingKind]] = {"STOP": "stop", "START": "start", "HELP": "help"}
"""Twilio's `OptOutType`, which comes with Advanced Opt-Out only."""
DAY_FIRST: Final = ("en-gb", "en-au", "en-ie", "en-nz")
_LOOKALIKE: Final = {ord(other): latin for other, latin in LATIN.items() if other.islower()}
_MARKS: Final = " .,!?;:\"'()[]*-。，！？；：“”‘’「」【】"
_WORD = re.compile(r"[a-z0-9]+")
_PAUSE = re.compile(r"[.,;:!?。，；：！？]")
_HAN = re.compile(r"[\u3400-\u9fff]")


def read(text: str, language: str, today: date | None = None) -> Reading:
    """Understand one message.

    Args:
        text: as it came in.
        language: the person's; decides only the order of day and month in '3/4'.
        today: the civil date where the person is, from which 'Friday' is counted. Without it no day is understood.
    """
    folded = _fold(text)
    plain = _plain(folded)
    if plain:
        # A carrier compares what was typed, and knows no letters of another alphabet.
        return replace(plain, carrier=plain.carrier and text.isascii())
    words = _WORD.findall(folded.replace("'", ""))
    line, compact = f" {' '.join(words)} ", "".join(folded.split())
    stops = _asks_to_stop(line, words, compact) or any(map(_refuses_contact, _clauses(folded)))
    day = find_day(folded, words, today, day_first=language.lower().startswith(DAY_FIRST)) if today else None
    kind = _kind(line, compact, dated=day is not None) or ("stop" if stops else "other")
    if kind != "promise":
        return Reading(kind, stops=stops)
    return Reading(kind, stops=stops, due_on=day, amount=find_amount(folded))


def as_obeyed(reading: Reading, opt_out_type: str) -> Reading:
    """The reading of a message which the carrier understood by its own list of words, obeyed and answered.

    Its list may hold words that we do not know; what it made of them is what the person was told.
    """
    kind = OBEYED.get(opt_out_type.upper())
    return reading if kind is None else Reading(kind, stops=kind == "stop", plain=True, carrier=True)


def _fold(text: str) -> str:
    """One form for all ways of typing: full-width, curly, capitals, runs of spaces."""
    shown = text if len(text) <= LONGEST else f"{text[: LONGEST // 2]} {text[-LONGEST // 2 :]}"
    flat = unicodedata.normalize("NFKC", shown).casefold().translate(_LOOKALIKE)
    return " ".join(flat.replace("’", "'").replace("‘", "'").replace("`", "'").split())


def _plain(folded: str) -> Reading | None:
    """A word of the agreed kind, standing alone but for quotes and punctuation."""
    alone = folded.strip(_MARKS)
    tables: tuple[tuple[ReadingKind, Iterable[str], Iterable[str]], ...] = (
        ("stop", said.PLAIN_STOP, said.CARRIER_STOP),
        ("start", said.PLAIN_START, said.CARRIER_START),
        ("help", said.PLAIN_HELP, said.CARRIER_HELP),
    )
    for kind, meant, carrier in tables:
        if alone in meant:
            return Reading(kind, stops=kind == "stop", plain=True, carrier=folded in carrier)
    if alone.isascii() and "".join(_WORD.findall(alone)) in said.CARRIER_STOP and _is_spelt_out(alone):
        return Reading("stop", stops=True)
    if alone and said.PLAIN_STOP_ZH.fullmatch("".join(alone.split())):
        return Reading("stop", stops=True, plain=True)
    return None


def _is_spelt_out(text: str) -> bool:
    """Whether every letter stands apart: 's t o p', 's.t.o.p'."""
    return all(len(word) == 1 for word in _WORD.findall(text))


def _asks_to_stop(line: str, words: list[str], compact: str) -> bool:
    if _any(said.STOP_PHRASES, line) or _within(said.STOP_PHRASES_ZH, compact) or said.STOP_ZH.search(compact):
        return True
    if said.STOP_MORE_ZH.search(compact) or compact.strip(_MARKS) in said.STOP_ALONE_ZH:
        return True
    if not words:
        return False
    if not said.ANYWHERE.isdisjoint(words) or _is_plain_stop(words):
        return True
    return (words[0] in said.STOP_WORDS or words[-1] in said.STOP_WORDS) and not _any(said.NOT_A_STOP, line)


def _is_plain_stop(words: list[str]) -> bool:
    """Whether only politeness surrounds a plain word, as in 'please cancel', or what means the same when alone."""
    bare = " ".join(word for word in words if word not in said.POLITE)
    return bare in said.PLAIN_STOP or bare in said.STOP_ALONE


def _clauses(folded: str) -> list[list[str]]:
    """The words between one punctuation mark and the next."""
    return [_WORD.findall(clause) for clause in _PAUSE.split(folded.replace("'", ""))]


def _refuses_contact(words: list[str]) -> bool:
    """Whether a word of quitting or refusing stands shortly before one of contacting."""
    since: int | None = None
    for at, word in enumerate(words):
        if since is not None and word in said.CONTACTING and at - since <= said.REACH + 1:
            return True
        if word in said.QUITTING or word in said.REFUSING or words[max(0, at - 1) : at + 1] == ["do", "not"]:
            since = at
        elif word in said.UNRELATED:
            since = None
    return False


def _kind(line: str, compact: str, *, dated: bool) -> ReadingKind | None:
    """The first meaning found; what stops an account for good comes before what only pauses it."""
    paid = _any(said.PAID, line) and " will be paid " not in line
    short = _any(said.SHORT_OF_MONEY, line)
    cannot = _within(said.CANNOT_ZH, compact)
    promising = _any(said.PROMISING, line) or (
        _within(said.PROMISING_ZH, compact) and not cannot and not _within(said.WILL_NOT_ZH, compact)
    )
    wrong = _any(said.WRONG_PERSON, line) or _within(said.WRONG_PERSON_ZH, compact) or said.NOT_ME_ZH.search(compact)
    asking = _any(said.HELP, line) or _within(said.HELP_ZH, compact)
    hard = cannot or (_within(said.HARDSHIP_ZH, compact) and not (dated and promising))
    meanings: tuple[tuple[ReadingKind, bool], ...] = (
        ("deceased", _either(said.DECEASED, line, said.SICK_OF_IT_ZH.sub("", compact))),
        ("insolvency", _either(said.INSOLVENCY, line, compact)),
        ("attorney", _either(said.ATTORNEY, line, compact)),
        ("wrong_person", bool(wrong)),
        ("dispute", _any(said.DISPUTE, line) or _within(said.DISPUTE_ZH, compact)),
        ("paid", paid or _paid_in_chinese(compact, dated=dated)),
        ("hardship", _any(said.HARDSHIP, line) or hard),
        ("promise", dated and (promising or short or _within(said.PAY_ZH, compact))),
        ("hardship", short),
        ("promise", promising and not asking),
        ("help", asking),
    )
    return next((kind for kind, found in meanings if found), None)


def _paid_in_chinese(compact: str, *, dated: bool) -> bool:
    if _within(said.PAID_ZH, compact):
        return True
    return _within(said.PAID_UNDATED_ZH, compact) and not dated and not _within(said.AHEAD_ZH, compact)


def _any(phrases: Iterable[str], line: str) -> bool:
    return any(f" {phrase} " in line for phrase in phrases)


def _within(phrases: Iterable[str], compact: str) -> bool:
    return any(phrase in compact for phrase in phrases)


def _either(phrases: Iterable[str], line: str, compact: str) -> bool:
    """For a table with both scripts in it."""
    return any(phrase in compact if _HAN.search(phrase) else f" {phrase} " in line for phrase in phrases)
