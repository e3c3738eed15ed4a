"""What a handset does with a call: scripts for tests, minds for people. As the control plane takes them."""

from datetime import date
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from forbear.sandbox.faults import LONGEST_SECONDS

Answers = Literal["human", "machine", "voicemail", "fax", "busy", "no_answer", "refuses", "failed"]
Verdict = Literal[
    "human", "machine_start", "machine_end_beep", "machine_end_silence", "machine_end_other", "fax", "unknown"
]
Intent = Literal[
    "stop", "wrong", "not_me", "hardship", "dispute", "promise", "human", "repeat", "redo", "confirm", "pay", "me"
]
PICKS_UP: frozenset[Answers] = frozenset({"human", "machine", "voicemail", "fax"})


class Act(BaseModel):
    """What somebody does when the application listens: one of press, say, hang up, or nothing at all.

    Keys pressed in one act may be several. A silent act lets the application's time-out pass.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    press: str | None = Field(default=None, pattern=r"^[0-9*#]+$")
    say: str | None = None
    hang_up: bool = False
    after: float = Field(default=1.5, ge=0, le=LONGEST_SECONDS, description="World seconds after the prompt")
    seconds: float | None = Field(
        default=None, ge=0, le=LONGEST_SECONDS, description="How long the words take; else by their length"
    )


class Mind(BaseModel):
    """Somebody who understands what is said to them. What they want comes first to last.

    Args:
        leaves_at_check: hangs up when asked to prove who they are.
        patience: how often they let a question pass that they have no answer to.
    """

    model_config = ConfigDict(frozen=True)

    wants: tuple[Intent, ...] = ()
    phone: str
    language: str = "en"
    born: date | None = None
    id_last_four: str | None = None
    postcode: str | None = None
    promised: date | None = None
    promise_days: int = 5
    reason: str = ""
    leaves_at_check: bool = False
    patience: int = 2


class CallScript(BaseModel):
    """A handset's part in calls. Without acts and without a mind, whoever answers listens and says nothing.

    Args:
        answers: who or what picks up, if anybody.
        ring_seconds: how long it rings before that.
        acts: in the order in which the application listens.
        leaves_after: seconds into the call at which they hang up, whatever is being said.
        greeting_seconds: of a machine.
        detected_as: what machine detection takes it for, where it errs.
        sip_code: of a failed call.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    answers: Answers = "human"
    ring_seconds: float = Field(default=6, ge=0, le=LONGEST_SECONDS)
    acts: tuple[Act, ...] = ()
    mind: Mind | None = None
    leaves_after: float | None = Field(default=None, ge=0, le=LONGEST_SECONDS)
    greeting_seconds: float = Field(default=9, ge=0, le=LONGEST_SECONDS)
    detected_as: Verdict | None = None
    sip_code: int = 404
