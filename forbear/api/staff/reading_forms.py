"""Reads the forms of a caller's task: the day and the amount of a promise, the cause, what was ticked, what was said.

Nothing typed is lost: a form with an error comes back as it was sent, with a sentence at each field.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from starlette.datastructures import FormData

from forbear.api.pages import answers
from forbear.api.pages.answers import FURTHEST, Wrong
from forbear.api.pages.wording import Writing
from forbear.api.staff.wording import StaffWords
from forbear.contracts.outcomes import CALL_OUTCOMES, CAUSES, TICKS
from forbear.ledger.outcomes import Promised

LONGEST_NOTE: Final = 2_000
PROMISING: Final = frozenset({"promise", "spoke_promise"})
NAMES: Final = ("outcome", "meaning", "cause", "on", "amount", "note", "no_promise")


@dataclass
class Told:
    """A form as it was sent, and what it says."""

    values: dict[str, str]
    ticked: tuple[str, ...] = ()
    errors: dict[str, str] = field(default_factory=dict[str, str])
    promise: Promised | None = None

    @property
    def cause(self) -> str | None:
        return self.values["cause"] or None


@dataclass(frozen=True, slots=True)
class Bounds:
    """Within what a promise may be: civil days where the person is, and all that is owed."""

    today: date
    most: Decimal
    currency: str
    writing: Writing
    words: StaffWords

    @property
    def last(self) -> date:
        return self.today + FURTHEST

    def spoken(self) -> Mapping[str, str]:
        """What the hints of the form say."""
        return {"first": self.writing.day(self.today), "last": self.writing.day(self.last)}


def call_ended(fields: FormData, bounds: Bounds) -> Told:
    """How a call ended, as far as the form alone can be judged."""
    told, words = _told(fields), bounds.words
    if told.values["outcome"] not in CALL_OUTCOMES:
        told.errors["outcome"] = words("outcome.missing")
    if told.values["cause"] and told.values["cause"] not in CAUSES:
        told.values["cause"] = ""
    if told.values["outcome"] in PROMISING:
        _promise(told, bounds)
    return told


def message_means(fields: FormData, bounds: Bounds, meanings: tuple[str, ...]) -> Told:
    """What a message means."""
    told = _told(fields)
    if told.values["meaning"] not in meanings:
        told.errors["meaning"] = bounds.words("reply.missing")
    if told.values["meaning"] in PROMISING:
        _promise(told, bounds)
    return told


def looked_into(fields: FormData) -> Told:
    """What was found out about something that had to be looked into."""
    return _told(fields)


def _told(fields: FormData) -> Told:
    values = {name: str(fields.get(name, ""))[:LONGEST_NOTE] for name in NAMES}
    return Told(values, tuple(tick for tick in TICKS if fields.get(f"tick-{tick}")))


def _promise(told: Told, bounds: Bounds) -> None:
    words, typed = bounds.words, told.values["on"].strip()
    try:
        day = date.fromisoformat(typed) if typed else None
    except ValueError:
        day = bounds.today - timedelta(days=1)
    if day is None:
        told.errors["on"] = words("outcome.on_missing")
    elif not bounds.today <= day <= bounds.last:
        told.errors["on"] = words("outcome.on_wrong", **bounds.spoken())
    else:
        told.promise = Promised(day, _amount(told, bounds))


def _amount(told: Told, bounds: Bounds) -> Decimal | None:
    if not told.values["amount"].strip():
        return None
    try:
        return answers.amount(
            "amount", told.values["amount"], bounds.words, bounds.writing, most=bounds.most, currency=bounds.currency
        )
    except Wrong as wrong:
        told.errors["amount"] = wrong.sentence
        return None
