"""What became of every touch of each channel, in a few kinds of ends that a reader tells apart. Pure.

Texts are counted in the world's log; calls, letters and visits in the ledger, which the judge holds against the world's
log and against what the staff wrote down.
"""

from __future__ import annotations  # the month counts by this module, which names its type alone

from collections import Counter
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from forbear.rehearsal.figures import Month, Row

CHANNELS = ("sms", "call", "letter", "visit")
ENDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "sms": ("delivered", "not delivered", "no report"),
        "call": ("answered", "refused", "voicemail", "no_answer", "wrong_number", "no_such_number", "unknown"),
        "letter": ("signed", "delivered", "on_its_way", "returned", "not_sent"),
        "visit": (
            "met",
            "refused",
            "nobody_home",
            "somebody_else",
            "no_such_place",
            "unknown",
            "declined",
            "not_needed",
        ),
    }
)
"""In the order in which they are told."""
REFUSED = {"spoke_refuses", "spoke_stop", "spoke_attorney", "hung_up_before_check"}
"""Outcomes of a talk with a caller who was turned away."""
CALLED = {
    "connected": "answered",
    "voicemail_left": "voicemail",
    "machine_no_message": "voicemail",
    "no_answer": "no_answer",
    "busy": "no_answer",
    "wrong_party": "wrong_number",
    "not_in_service": "no_such_number",
}
"""Results of calls, in the law's words."""
VISITED = {
    "met_borrower": "met",
    "refused": "refused",
    "asked_not_to_return": "refused",
    "nobody_home": "nobody_home",
    "met_third_party": "somebody_else",
    "address_wrong": "no_such_place",
    "moved": "no_such_place",
}
POSTED = {"delivered": "delivered", "undelivered": "returned", "failed": "not_sent"}
"""Of a letter in any other state nobody knows more than that it is under way."""


def ends(month: Month, channel: str) -> dict[str, int]:
    """How many touches of a channel came to each end, those that none came to left out."""
    counted = COUNTED[channel](month)
    return {end: counted[end] for end in ENDS[channel] if counted[end]}


def made(month: Month) -> dict[str, int]:
    """How many touches of each channel were made."""
    counted = {"sms": len(month.texts), "call": len(_touches(month, "call"))}
    counted["letter"] = sum(row["state"] != "failed" for row in _touches(month, "letter"))
    counted["visit"] = sum(row["touch"] is not None for row in month.rows("visit"))
    return {channel: count for channel, count in counted.items() if count}


def by_people(month: Month) -> int:
    """How many calls a person made."""
    return sum(row["task"] is not None for row in _touches(month, "call"))


def _touches(month: Month, channel: str) -> list[Row]:
    return [row for row in month.rows("touch") if row.get("channel") == channel]


def _texts(month: Month) -> Counter[str]:
    return Counter(text["last"] for text in month.texts)


def _calls(month: Month) -> Counter[str]:
    tasks = {row["id"]: row for row in month.rows("task")}
    return Counter(_call(row, tasks.get(row["task"], {}).get("outcome")) for row in _touches(month, "call"))


def _call(touch: Row, outcome: str | None) -> str:
    if outcome in REFUSED:
        return "refused"
    return CALLED.get(touch["result"] or "", "unknown")


def _letters(month: Month) -> Counter[str]:
    signed = {row["touch"] for row in month.rows("service_proof") if row["kind"] == "signed"}
    return Counter(
        "signed" if row["id"] in signed and row["state"] == "delivered" else POSTED.get(row["state"], "on_its_way")
        for row in _touches(month, "letter")
    )


def _visits(month: Month) -> Counter[str]:
    """Also those that were asked for and not made; what is still being planned is left out."""
    return Counter(end for row in month.rows("visit") if (end := _visit(row)) is not None)


def _visit(visit: Row) -> str | None:
    if visit["touch"] is not None:
        return VISITED.get(visit["outcome"] or "", "unknown")
    return {"declined": "declined", "withdrawn": "not_needed"}.get(visit["state"])


COUNTED: Mapping[str, Callable[[Month], Counter[str]]] = MappingProxyType(
    {"sms": _texts, "call": _calls, "letter": _letters, "visit": _visits}
)
