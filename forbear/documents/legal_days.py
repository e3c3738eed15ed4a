"""Days on a paper that follow from the law: whoever gives one too short makes the paper void, so that it is refused.

They are given as fields like all others, and reckoned again here by `forbear/money/legal_dates.py`. A later day than
the law's is the reader's gain and passes. Where no law names a number of days, the reader has ours to answer in.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from types import MappingProxyType
from typing import Final, cast

from forbear.calendars import near
from forbear.documents.filling import Flaw, Value
from forbear.money.legal_dates import default_notice_gb, letter_of_claim_gb, validation_period_us

FIRST_CLASS: Final = 2
"""Working days after which first-class post counts as served: posted on a Monday, on the Wednesday."""
CURE_US: Final = 15
"""Days that Wisconsin gives to cure a default (Wis. Stat. 425.105)."""
TO_ANSWER: Final = 10
"""Days for the post and an answer where no law that we know of names them: our own, and no fewer."""
Given = Mapping[str, Value]
Least = Mapping[str, date]


def legal_flaws(kind: str, day: date, given: Given) -> Iterator[Flaw]:
    """Every day of a paper that is earlier than the law lets it be.

    Args:
        kind: its id.
        day: of the paper.
        given: its fields, of the right types.
    """
    if kind not in LEAST or any(given.get(field) is None for field in ASKED.get(kind, ())):
        return  # what is missing altogether was told already
    for field, least in LEAST[kind](day, given).items():
        told = given.get(field)
        if isinstance(told, date) and told < least:
            yield Flaw(field, "is earlier than the law lets it be", f"Give {least} or a later day")


def _default_notice(day: date, given: Given) -> Least:
    """Posted on the day of the notice at the earliest; 14 days from deemed service, and one more."""
    posted = max(day, cast("date", given["posted_on"]))
    found = default_notice_gb(posted, FIRST_CLASS, near("GB-EAW", posted).days)
    return {"posted_on": day, "deemed_service": found.deemed_service, "remedy_by": found.recommended_date}


def _letter_of_claim(day: date, given: Given) -> Least:
    """30 days from the date of the letter, and the claim on the day after the last of those that are given."""
    reply_by = max(letter_of_claim_gb(day).reply_by, cast("date", given["reply_by"]))
    return {"reply_by": letter_of_claim_gb(day).reply_by, "claim_from": date.fromordinal(reply_by.toordinal() + 1)}


def _reply_form(day: date, given: Given) -> Least:
    del day
    return {"reply_by": letter_of_claim_gb(cast("date", given["letter_date"])).reply_by}


def _validation_notice(day: date, given: Given) -> Least:
    del given
    return {"period_end": validation_period_us(day, near("US-federal", day).days).period_end}


def _days_after(field: str, days: int) -> Callable[[date, Given], Least]:
    def least(day: date, given: Given) -> Least:
        del given
        return {field: day + timedelta(days=days)}

    return least


LEAST: Final[Mapping[str, Callable[[date, Given], Least]]] = MappingProxyType(
    {
        "gb.notice.default": _default_notice,
        "gb.letter.claim": _letter_of_claim,
        "gb.form.reply": _reply_form,
        "us.notice.validation": _validation_notice,
        "us.notice.right_to_cure": _days_after("cure_by", CURE_US),
        "us.notice.intent": _days_after("cure_by", TO_ANSWER),
        "us.letter.final_demand": _days_after("answer_by", TO_ANSWER),
        "us.statement.account": _days_after("object_by", TO_ANSWER),
    }
)
"""Of a kind, the earliest day that each of its fields may name."""
ASKED: Final = {
    "gb.notice.default": ("posted_on",),
    "gb.letter.claim": ("reply_by",),
    "gb.form.reply": ("letter_date",),
}
"""Fields that must be given before the others can be reckoned."""
