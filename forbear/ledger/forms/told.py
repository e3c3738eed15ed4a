"""What a lender tells in the rules' own words: the circumstances of a debt and of a person, and what happened when."""

from collections.abc import Mapping
from typing import Annotated, TypeVar

from pydantic import AfterValidator, Field

from forbear.contracts.words import (
    DEBT_CIRCUMSTANCES,
    EVENTS,
    PERSON_CIRCUMSTANCES,
    DebtCircumstance,
    EventKind,
    PersonCircumstance,
)
from forbear.ledger.forms.text import Form, Instant

AnyWord = TypeVar("AnyWord", bound=str)


def once(words: list[AnyWord]) -> list[AnyWord]:
    """Each word once, in a fixed order: told in another order, it is the same."""
    return sorted(set(words))


def _meanings(table: Mapping[AnyWord, str]) -> str:
    return "; ".join(f"{word}: {meaning}" for word, meaning in table.items())


DebtCircumstances = Annotated[
    list[DebtCircumstance],
    Field(max_length=20, description=f"What rules ask of the debt. {_meanings(DEBT_CIRCUMSTANCES)}."),
    AfterValidator(once),
]
PersonCircumstances = Annotated[
    list[PersonCircumstance],
    Field(
        max_length=20,
        description=f"What rules ask of the person, on your own accounts. {_meanings(PERSON_CIRCUMSTANCES)}.",
    ),
    AfterValidator(once),
]


class EventForm(Form):
    """Something that happened to the account and that rules count from or wait for."""

    kind: EventKind = Field(description=f"{_meanings(EVENTS)}.")
    at: Instant = Field(description="When it happened; not ahead.")
