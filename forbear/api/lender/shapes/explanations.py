"""Why an account got what it got, as far as its lender may read it: what is answered, with an example of each."""

from datetime import date, datetime
from typing import Any, Final

from pydantic import Field

from forbear.api.lender import examples
from forbear.api.lender.answers import Answer

Json = dict[str, Any]


class ToldTouch(Answer):
    """A touch of the lender's own."""

    id: str
    channel: str
    role: str
    step: str
    state: str
    at: datetime


class ToldDecision(Answer):
    """A stored decision. What rests on another lender's facts reads 'a limit of this person'."""

    id: str
    at: datetime
    ended: datetime | None = Field(description="When the next decision was taken.")
    decision: str = Field(description="rest, contact, escalate or close")
    verdict: str | None = Field(description="allow, hold or block; null where nothing was asked of the rules.")
    until: datetime | None
    rule: str | None
    reason: str
    sentence: str = Field(description="Why, in one plain sentence of the language asked for.")
    step: str | None
    touch: str | None = Field(description="The touch that was claimed.")
    counted: list[ToldTouch] = Field(description="The lender's own touches that limits counted.")


class Explanation(Answer):
    account: str
    at: datetime
    before: ToldDecision | None
    in_force: ToldDecision | None = Field(description="null before the first decision.")
    after: ToldDecision | None


class AccountDay(Answer):
    """A civil day where the borrower's dates are counted."""

    account: str
    day: date
    zone: str
    starts: datetime
    ends: datetime
    days_past_due: int
    decisions: list[ToldDecision] = Field(description="The one in force when the day began, and those of the day.")
    touches: list[ToldTouch] = Field(description="The lender's own touches of the day.")


DECIDED: Final[Json] = {
    "id": "dec_7TbRk2WmXz4LqNc9VpY5sJ",
    "at": "2026-03-02T15:00:00Z",
    "ended": None,
    "decision": "rest",
    "verdict": "hold",
    "until": "2026-03-03T15:00:00Z",
    "rule": "POLICY.SMS1",
    "reason": "At most 1 text a local day to one person, over all debts. A text of unknown fate counts.",
    "sentence": "The limit on contacts is reached",
    "step": None,
    "touch": None,
    "counted": [],
}
EXPLANATION: Final[Json] = {
    "account": examples.ACCOUNT["id"],
    "at": "2026-03-02T15:00:00Z",
    "before": None,
    "in_force": DECIDED,
    "after": None,
}
DAY: Final[Json] = {
    "account": examples.ACCOUNT["id"],
    "day": "2026-03-02",
    "zone": "America/Chicago",
    "starts": "2026-03-02T06:00:00Z",
    "ends": "2026-03-03T06:00:00Z",
    "days_past_due": 10,
    "decisions": [DECIDED],
    "touches": [],
}
