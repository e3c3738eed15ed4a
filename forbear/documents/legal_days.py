"""Days on a paper that follow from the law, reckoned by `forbear/money/legal_dates.py`.

Whoever gives none is given the law's; one too short would make the paper void and is refused. A later day than that is
the reader's gain and passes.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any, Final

from forbear.calendars import near
from forbear.documents.filling import Flaw, Value
from forbear.money.legal_dates import default_notice_gb, letter_of_claim_gb, validation_period_us

FIRST_CLASS: Final = 2
"""Working days after which first-class post counts as served: posted on a Monday, on the Wednesday."""
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
    """Every day of a paper that is earlier than the law lets it be; `given` are its fields, of the right types."""
    if kind not in LEAST:
        return
    told = {name: value for name, value in given.items() if isinstance(value, date)}
    for field, least in LEAST[kind](day, told).items():
        if field in told and told[field] < least:
            yield Flaw(field, "is earlier than the law lets it be", f"Give {least} or a later day")


def _as_day(value: object) -> date | None:
    """A day as it may be given; what is none is told by whoever reads the fields."""
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        return None


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


LEAST: Final[Mapping[str, Callable[[date, Days], Days]]] = MappingProxyType(
    {
        "gb.notice.default": _default_notice,
        "gb.letter.claim": _letter_of_claim,
        "gb.form.reply": _with_a_letter_of_claim,
        "us.notice.validation": _validation_notice,
    }
)
"""Of a kind, the earliest day that each of its fields may name."""
