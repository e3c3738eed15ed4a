"""Faults somebody armed: what goes wrong, for which number, how many times.

A fault is taken where it strikes. Machine seconds are for what an HTTP client notices, world seconds for what the
carrier's own queues do; the names say which. Armed faults end with the process.
"""

from dataclasses import dataclass
from enum import StrEnum
from itertools import count


class Fault(StrEnum):
    """What can go wrong. `callback_`, `inbound_` and `event_` are the three webhooks we post.

    The domestic provider's reports and replies are `callback_` and `inbound_` too: lost, delayed (by world_seconds)
    and duplicated.
    """

    TOO_MANY = "429"
    ERROR_BEFORE_ACCEPT = "500_before_accept"
    ERROR_AFTER_ACCEPT = "500_after_accept"
    DROP_BEFORE_ACCEPT = "drop_before_accept"
    DROP_AFTER_ACCEPT = "drop_after_accept"
    OUT_OF_SERVICE = "out_of_service"  # the domestic provider's account owes money
    SLOW = "slow"  # accepted, answered after machine_seconds
    LIST_LAG = "list_lag"  # lists do not show the last world_seconds
    CALLBACK_DUPLICATED = "callback_duplicated"
    CALLBACK_REORDERED = "callback_reordered"  # posted after the message's next callback
    CALLBACK_DELAYED = "callback_delayed"  # by world_seconds
    CALLBACK_LOST = "callback_lost"
    CALLBACK_BAD_SIGNATURE = "callback_bad_signature"
    CALLBACK_NEW_PARAMETER = "callback_new_parameter"
    CALLBACK_NO_REPORT_DATE = "callback_no_report_date"  # RawDlrDoneDate is missing
    INBOUND_DUPLICATED = "inbound_duplicated"
    INBOUND_LOST = "inbound_lost"
    INBOUND_DELAYED = "inbound_delayed"  # by world_seconds; the domestic provider's only
    INBOUND_BAD_SIGNATURE = "inbound_bad_signature"
    EVENT_DUPLICATED = "event_duplicated"
    EVENT_DELAYED = "event_delayed"  # by world_seconds
    EVENT_LOST = "event_lost"
    EVENT_BAD_SIGNATURE = "event_bad_signature"
    PAYMENT_ERROR_BEFORE_ACCEPT = "payment_500_before_accept"
    PAYMENT_DROP_AFTER_ACCEPT = "payment_drop_after_accept"
    PAYMENT_SLOW = "payment_slow"  # accepted, answered after machine_seconds


@dataclass(slots=True)
class Armed:
    """One armed fault. `phone` None strikes any number; `times` None strikes until disarmed."""

    id: int
    kind: Fault
    phone: str | None = None
    times: int | None = 1
    machine_seconds: float = 0.0
    world_seconds: float = 0.0


class Faults:
    """The faults that are armed now."""

    def __init__(self) -> None:
        self._ids = count(1)
        self._armed: list[Armed] = []

    def arm(
        self,
        kind: Fault,
        *,
        phone: str | None = None,
        times: int | None = 1,
        machine_seconds: float = 0.0,
        world_seconds: float = 0.0,
    ) -> Armed:
        armed = Armed(next(self._ids), kind, phone, times, machine_seconds, world_seconds)
        self._armed.append(armed)
        return armed

    def take(self, kind: Fault | str, phone: str | None = None) -> Armed | None:
        """The fault that strikes here, if one is armed; it is used up by one."""
        for armed in self._armed:
            if armed.kind == kind and armed.phone in {None, phone}:
                if armed.times is not None:
                    armed.times -= 1
                self._armed = [other for other in self._armed if other.times != 0]
                return armed
        return None

    def armed(self) -> list[Armed]:
        return list(self._armed)

    def disarm(self) -> None:
        self._armed.clear()
