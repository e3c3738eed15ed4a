"""What becomes of an accepted message: statuses, their rank, and the journey a handset gives it.

Pure. A journey is a list of steps in world time; the agenda plays it.
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from random import Random

RANKS = {
    "scheduled": 0,
    "accepted": 1,
    "queued": 2,
    "sent": 3,
    "delivered": 4,
    "undelivered": 4,
    "failed": 4,
    "canceled": 4,
}
"""A message only moves up."""

FINAL = frozenset(status for status, rank in RANKS.items() if rank == max(RANKS.values()))
QUEUE_OVERFLOW = 30001
VALIDITY_EXPIRED = 30036
LONGEST_QUEUE = timedelta(seconds=36_000)

ERROR_MESSAGES = {
    QUEUE_OVERFLOW: "Queue overflow",
    30003: "Unreachable destination handset",
    30004: "Message blocked",
    30005: "Unknown destination handset",
    30006: "Landline or unreachable carrier",
    30007: "Message filtered",
    30008: "Unknown error",
    30034: "US A2P 10DLC - Message from an Unregistered Number",
    VALIDITY_EXPIRED: "Validity Period Expired",
    30500: "Internal error",
}


class Outcome(StrEnum):
    """What a handset, or the network before it, does with a message."""

    DELIVERED = "delivered"
    SILENT = "silent"  # sent, and no delivery report ever comes
    UNREACHABLE = "unreachable"
    BLOCKED = "blocked"
    UNKNOWN_NUMBER = "unknown_number"
    LANDLINE = "landline"
    FILTERED = "filtered"
    UNKNOWN_ERROR = "unknown_error"
    UNREGISTERED = "unregistered"
    INTERNAL_ERROR = "internal_error"  # failed before it left the carrier


_CODES = {
    Outcome.UNREACHABLE: 30003,
    Outcome.BLOCKED: 30004,
    Outcome.UNKNOWN_NUMBER: 30005,
    Outcome.LANDLINE: 30006,
    Outcome.FILTERED: 30007,
    Outcome.UNKNOWN_ERROR: 30008,
    Outcome.UNREGISTERED: 30034,
}


@dataclass(frozen=True, slots=True)
class Handset:
    """What a number does with messages. `queued_for` is world time spent in the carrier's queue before that."""

    outcome: Outcome = Outcome.DELIVERED
    queued_for: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True)
class Step:
    """One change of status, `after` the acceptance in world time."""

    after: timedelta
    status: str
    error_code: int | None = None


def journey(handset: Handset, *, queue: timedelta, validity: timedelta, chance: Random) -> tuple[Step, ...]:
    """The steps of a message that waits `queue` behind others at its sender."""
    waits = queue + handset.queued_for
    leaves = waits + timedelta(seconds=chance.uniform(0.3, 3))
    if waits >= validity:
        return (Step(validity, "failed", VALIDITY_EXPIRED),)
    if handset.outcome is Outcome.INTERNAL_ERROR:
        return (Step(leaves, "failed", 30500),)
    sent = Step(leaves, "sent")
    reported = leaves + timedelta(seconds=chance.uniform(1, 12))
    if handset.outcome is Outcome.SILENT:
        return (sent,)
    if handset.outcome is Outcome.DELIVERED:
        return (sent, Step(reported, "delivered"))
    return (sent, Step(reported, "undelivered", _CODES[handset.outcome]))


def moves_up(current: str, following: str) -> bool:
    """Whether a message in one status may go to another."""
    return RANKS[following] > RANKS[current]
