"""A lender's own text before it is used: what is sent and answered, with an example of each."""

from datetime import date
from typing import Annotated, Any, Final, Literal

from pydantic import Field

from forbear.api.lender.answers import Answer
from forbear.contracts.words import DebtKind, PartyRole
from forbear.ledger.forms.text import Day, Form, Jurisdiction, Language
from forbear.rules.facts import Purpose

Json = dict[str, Any]
LONGEST: Final = 20_000


class CheckTemplateForm(Form):
    """A text, and what it is for. A value stands in double braces, an amount with its filter: {{ balance | money }}."""

    text: Annotated[str, Field(min_length=1, max_length=LONGEST)]
    language: Language
    channel: Literal["sms", "call", "voicemail", "email", "letter"]
    stage: Literal["before_identity", "after_identity"] = Field(
        description="Whether it is read before the reader's identity was verified."
    )
    parties: Annotated[list[PartyRole], Field(min_length=1, max_length=7)] = Field(description="Who may read it.")
    when: Annotated[list[Literal["first", "later"]], Field(min_length=1, max_length=2)] = Field(
        default=["first", "later"], description="Whether it may be the first word about a debt, a later one or either."
    )
    purposes: Annotated[list[Purpose], Field(min_length=1, max_length=4)] = Field(default=["reminder"])
    jurisdictions: Annotated[list[Jurisdiction], Field(max_length=50)] = Field(
        default=[], description="For whose people it is, with all places inside them; none is everywhere."
    )
    debt_kinds: Annotated[list[DebtKind], Field(max_length=6)] = Field(default=[], description="None is all.")
    day: Day | None = Field(default=None, description="The rules of which day; today's without it.")


class TemplatePasses(Answer):
    """The text may be sent: nothing of it is forbidden, and all that it must carry is there."""

    passes: Literal[True]
    day: date
    rules: list[str] = Field(description="Every rule of words that binds the text.")


SENT: Final[Json] = {
    "text": "{{ lender }}: we have a message about your account. Please call {{ phone }}. Reply STOP to opt out.",
    "language": "en",
    "channel": "sms",
    "stage": "before_identity",
    "parties": ["borrower"],
    "jurisdictions": ["US-TX"],
}
PASSES: Final[Json] = {
    "passes": True,
    "day": "2026-03-02",
    "rules": ["POLICY.WORDS.DEBT", "POLICY.WORDS.OPTOUT", "POLICY.WORDS.SENDER"],
}
