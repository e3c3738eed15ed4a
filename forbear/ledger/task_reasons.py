"""Why a task is there: a code, and the values that its sentence needs. Nothing among the values is personal.

It is put into words when it is read, in the reader's language (`templates/staff/*/reasons.toml`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final, Literal, get_args

Code = Literal[
    "step",
    "reply_other",
    "reply_help",
    "reply_paid",
    "reply_promise",
    "reply_start",
    "reply_understood",
    "reply_recording",
    "number_code",
    "number_never_again",
    "number_wrong_person",
    "address_code",
    "address_deceased",
    "unknown_at_provider",
    "unknown_by_hand",
    "unknown_abandoned",
    "incident_template",
    "incident_route",
    "incident_call",
    "incident_unmapped",
    "incident_lacking",
    "account_held",
    "clock_alarm",
    "clock_lapsed",
    "earlier",
]
CODES: Final[tuple[Code, ...]] = get_args(Code)
_HEARD: Final = frozenset({"channel", "provider", "code"})
_SENT: Final = _HEARD | {"sender"}
VALUES: Final[Mapping[Code, frozenset[str]]] = MappingProxyType(
    {
        "step": frozenset({"step", "title"}),
        "reply_understood": frozenset({"reading"}),
        "number_code": _HEARD,
        "number_never_again": _HEARD,
        "address_code": _HEARD,
        "unknown_at_provider": frozenset({"channel", "provider"}),
        "unknown_by_hand": frozenset({"channel"}),
        "unknown_abandoned": frozenset({"channel"}),
        "incident_template": _SENT | {"template"},
        "incident_route": _SENT,
        "incident_call": _SENT,
        "incident_unmapped": _SENT,
        "incident_lacking": _HEARD,
        "account_held": _HEARD,
        "clock_alarm": frozenset({"clock", "days", "last_day", "case", "alarm"}),
        "clock_lapsed": frozenset({"clock", "last_day", "case", "alarm"}),
        "earlier": frozenset({"sentence"}),
    }
)
"""What each code comes with, and nothing besides; those that are not here come alone."""


@dataclass(frozen=True, slots=True)
class Because:
    """A code with its values, which are ids, codes and words of playbooks."""

    code: Code
    values: Mapping[str, str] = field(default_factory=dict[str, str])


def because(code: Code, /, **values: str) -> Because:
    """Why a task is about to be opened."""
    return Because(code, values)
