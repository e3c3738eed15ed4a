"""How a call that the machine made ended, in the law's words: one table from what the provider and the menu showed.

It counts high, like the table of states: somebody who answered had a conversation unless a machine or a wrong party is
proven, because a limit must hold even if every open question turns out against us. Pure.
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final, Literal

from forbear.rules.facts import Result

Reached = Literal["nobody", "silent", "message", "greeted", "wrong_party", "verified"]
"""How far a call came: no word of ours was fetched, none was said, a message was left on a machine, somebody was
greeted, somebody said that we have the wrong person, or somebody passed the identity check."""
Listener = Literal["machine", "somebody"]

ANSWERED: Final = frozenset({"answered", "in-progress", "completed"})
UNANSWERED: Final[Mapping[str, Result]] = MappingProxyType(
    {"busy": "busy", "no-answer": "no_answer", "failed": "no_answer", "given_up": "no_answer"}
)
"""A failed call may have rung, and so may one whose end nobody told until we gave it up."""
RANG_OUT: Final = frozenset({"ringing", "canceled"})
"""A call that was taken back while it rang was made; before anything rang it was not."""
NOT_IN_SERVICE: Final = frozenset({"13223", "13224", "21211", "21214", "21217"})
"""Codes of a failed call that prove that nothing could ring: the number is none, or no longer one."""
RESULTS: Final[Mapping[tuple[Listener, Reached], Result]] = MappingProxyType(
    {
        ("machine", "nobody"): "machine_no_message",
        ("machine", "silent"): "machine_no_message",
        ("machine", "message"): "voicemail_left",
        # Whoever presses keys is no machine, whatever the detection said.
        ("machine", "greeted"): "connected",
        ("machine", "wrong_party"): "wrong_party",
        ("machine", "verified"): "connected",
        ("somebody", "nobody"): "connected",
        ("somebody", "silent"): "connected",
        ("somebody", "message"): "voicemail_left",
        ("somebody", "greeted"): "connected",
        ("somebody", "wrong_party"): "wrong_party",
        ("somebody", "verified"): "connected",
    }
)


def listener(answered_by: str | None) -> Listener:
    """Who listens, by the provider's detection; what it does not know may be a human."""
    known = answered_by is not None and (answered_by.startswith("machine") or answered_by == "fax")
    return "machine" if known else "somebody"


def result_of(statuses: Iterable[str], code: str | None, answered_by: str | None, reached: Reached) -> Result | None:
    """The result of a call; None while its state says all there is to say, or when it certainly was not made.

    Args:
        statuses: everything the provider said of it, in any order.
        code: of a failure.
        answered_by: by its detection, None where nothing was detected.
        reached: how far the menu came.
    """
    known = set(statuses)
    if known & ANSWERED or reached != "nobody":
        return RESULTS[listener(answered_by), reached]
    if "failed" in known and code in NOT_IN_SERVICE:
        return "not_in_service"
    if known >= RANG_OUT:
        known.add("no-answer")
    return next((result for status, result in UNANSWERED.items() if status in known), None)
