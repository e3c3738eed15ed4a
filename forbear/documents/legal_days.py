"""Days on a paper that follow from the law, reckoned by `forbear/money/legal_dates.py`, and those that can never be.

Whoever gives none is given the law's; one too short would make the paper void and is refused. A later day than that is
the reader's gain and passes. Where no law that we know of names days to answer in, ours hold, and the refusal says that
they are ours.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any, Final

from forbear.calendars import near
from forbear.documents.filling import FIRST_YEAR, LAST_YEAR, Flaw, Value
from forbear.money.legal_dates import default_notice_gb, letter_of_claim_gb, validation_period_us

FIRST_CLASS: Final = 2
"""Working days after which first-class post counts as served: posted on a Monday, on the Wednesday."""
CURE_US: Final = 15
"""Days that Wisconsin gives to cure a default (Wis. Stat. 425.105)."""
TO_ANSWER: Final = 10
"""Days for the post and an answer: our own, and no fewer."""
ASKS: Final = ("_by", "_until")
"""How the names of fields end that ask for something until a day."""
Days = Mapping[str, date]


def with_legal_days(kind: str, day: date, given: Mapping[str, Any]) -> Mapping[str, Any]:
    """What was given for a paper, and the law's day for each field of a day that was not.

    Args:
        kind: its id.
        day: of the paper.
        given: plain values, which nobody has looked at yet.
    """
    if kind not in LEAST:
        return given
    told = {name: found for name, value in given.items() if (found := _as_day(value)) is not None}
    return {**LEAST[kind](day, told), **{name: value for name, value in given.items() if value not in (None, "")}}


def legal_flaws(kind: str, day: date, given: Mapping[str, Value]) -> Iterator[Flaw]:
    """Every day that a paper may not name, once for each; `given` are its fields, of the right types."""
    told = {name: value for name, value in given.items() if isinstance(value, date)}
    found: dict[str, Flaw] = {}
    for each in (*_too_late(kind, day, told), *_by_law(kind, day, told), *_by_policy(kind, day, told)):
        found.setdefault(each.field, each)
    yield from found.values()


def _too_late(kind: str, day: date, told: Days) -> Iterator[Flaw]:
    """What a reader could not do any more when the paper is written."""
    for field, given in told.items():
        if field.endswith(ASKS) and given < day:
            yield Flaw(field, "is before the day of the paper", f"Give {day} or a later day")
    over = OVER.get(kind, "")
    if over in told and told[over] < day:
        yield Flaw(
            over, "is before the day of the paper, which may not be dated after it", "It is too late for this paper"
        )


def _by_law(kind: str, day: date, told: Days) -> Iterator[Flaw]:
    least = LEAST[kind](day, told) if kind in LEAST else LAW.get(kind, _nothing)(day, told)
    for field, earliest in least.items():
        if field in told and told[field] < earliest:
            yield Flaw(field, "is earlier than the law lets it be", f"Give {earliest} or a later day")


def _by_policy(kind: str, day: date, told: Days) -> Iterator[Flaw]:
    field, earliest = OURS.get(kind, ""), day + timedelta(days=TO_ANSWER)
    if field in told and told[field] < earliest:
        problem = f"leaves fewer than {TO_ANSWER} days to answer in, which is our own rule and no law's"
        yield Flaw(field, problem, f"Give {earliest} or a later day")


def _as_day(value: object) -> date | None:
    """A day as it may be given; what is none, or none of our time, is told by whoever reads the fields."""
    try:
        day = value if isinstance(value, date) else date.fromisoformat(str(value))
    except ValueError:
        return None
    return day if FIRST_YEAR <= day.year < LAST_YEAR else None


def _default_notice(day: date, told: Days) -> Days:
    """Posted on the day of the notice at the earliest; 14 days from deemed service, and one more."""
    posted = max(day, told.get("posted_on", day))
    found = default_notice_gb(posted, FIRST_CLASS, near("GB-EAW", posted).days)
    return {"posted_on": day, "deemed_service": found.deemed_service, "remedy_by": found.recommended_date}


def _letter_of_claim(day: date, told: Days) -> Days:
    """30 days from the date of the letter, and the claim on the day after the last of those that are given."""
    least = letter_of_claim_gb(day).reply_by
    return {"reply_by": least, "claim_from": max(least, told.get("reply_by", least)) + timedelta(days=1)}


def _with_a_letter_of_claim(day: date, told: Days) -> Days:
    """A form goes with its letter, or later once more: the days run from the letter."""
    return {"reply_by": letter_of_claim_gb(told.get("letter_date", day)).reply_by}


def _validation_notice(day: date, told: Days) -> Days:
    del told
    return {"period_end": validation_period_us(day, near("US-federal", day).days).period_end}


def _right_to_cure(day: date, told: Days) -> Days:
    del told
    return {"cure_by": day + timedelta(days=CURE_US)}


def _nothing(day: date, told: Days) -> Days:
    del day, told
    return {}


LEAST: Final[Mapping[str, Callable[[date, Days], Days]]] = MappingProxyType(
    {
        "gb.notice.default": _default_notice,
        "gb.letter.claim": _letter_of_claim,
        "gb.form.reply": _with_a_letter_of_claim,
        "us.notice.validation": _validation_notice,
    }
)
"""Of a kind, the earliest day that each of its fields may name, and names where nobody gave another."""
LAW: Final[Mapping[str, Callable[[date, Days], Days]]] = MappingProxyType({"us.notice.right_to_cure": _right_to_cure})
"""The same where somebody has to give the day: not every state has these."""
OURS: Final[Mapping[str, str]] = MappingProxyType(
    {"us.notice.intent": "cure_by", "us.letter.final_demand": "answer_by", "us.statement.account": "object_by"}
)
"""Of a kind, the field whose day no law that we know of sets, and we do."""
OVER: Final[Mapping[str, str]] = MappingProxyType({"cn.notice.guarantor": "period_end"})
"""Of a kind, the field with the last day on which it means anything: a guarantor is called within the period."""
