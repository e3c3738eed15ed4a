"""What crosses between a case's workflow and its decisions: references, stages, reasons. Never a name, sum or text.

`forbear.court.decision` holds the full decision; the ledger stores that and hands the workflow this extract. A case has
the same loop as an account: decide, act, wait. Instants `_at` are UTC; `until` is world time, `wake_at` machine time.
"""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from forbear.contracts.decision import Contract


class CaseStart(Contract):
    """One case's workflow. `number` is the next decision's number and survives continue-as-new.

    So does `unrested`, the answers in a row without a rest: each move turns the page, and moves that go round in a
    circle would otherwise never be noticed.
    """

    tenant: str
    case: str
    number: int = 0
    stage: str = ""
    held_by: str = ""
    unrested: int = 0


class CaseAsked(Contract):
    """The key of a decision about a case. Asking twice under one key gives the stored answer."""

    tenant: str
    case: str
    run: str
    number: int


class CaseRest(Contract):
    """Nothing may or need be done before `until`: what is missing, or which period runs. `rule` names what holds it."""

    kind: Literal["rest"] = "rest"
    until: datetime
    wake_at: datetime
    reason: str
    rule: str = ""
    stage: str = ""


class CaseMove(Contract):
    """The case entered a stage; the ledger has it already."""

    kind: Literal["move"] = "move"
    stage: str
    reason: str


class CaseAlarm(Contract):
    """An alarm of a clock was raised, or a lapse was put down; the ledger has told the people named for it."""

    kind: Literal["alarm"] = "alarm"
    clock: str
    reason: str
    stage: str = ""


class CasePrepare(Contract):
    """A packet was asked for: make it."""

    kind: Literal["prepare"] = "prepare"
    packet: str
    reason: str
    stage: str = ""


class CaseClose(Contract):
    """The matter is over."""

    kind: Literal["close"] = "close"
    reason: str


CaseDecision = Annotated[
    CaseRest | CaseMove | CaseAlarm | CasePrepare | CaseClose,
    Field(discriminator="kind"),
]


class PacketOrder(Contract):
    """Which packet to make. Everything else is read from the ledger."""

    tenant: str
    case: str
    packet: str


class PacketOutcome(Contract):
    """How a packet stands after it was tried: `prepared`, `incomplete` or `failed`, and how much is missing."""

    packet: str
    state: str
    reason: str
