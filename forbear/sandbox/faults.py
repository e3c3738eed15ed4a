"""Faults somebody armed: what goes wrong, for which number, how many times.

A fault is taken where it strikes. Machine seconds are for what an HTTP client notices, world seconds for what the
carrier's own queues do; the names say which. Armed faults end with the process.
"""

from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import count
from typing import Literal

Product = Literal["messages", "calls", "letters"]
LONGEST_SECONDS = 10 * 366 * 86_400
"""Nothing lasts longer: ten years, as far as the clock can leap at once."""


class Fault(StrEnum):
    """What can go wrong. `callback_`, `inbound_` and `event_` are the three webhooks we post.

    The domestic provider's reports and replies are `callback_` and `inbound_` too: lost, delayed (by world_seconds)
    and duplicated.
    """

    REFUSE = "refuse"  # with the error code the order names
    TOO_MANY = "429"
    ERROR_BEFORE_ACCEPT = "500_before_accept"
    ERROR_AFTER_ACCEPT = "500_after_accept"
    DROP_BEFORE_ACCEPT = "drop_before_accept"
    DROP_AFTER_ACCEPT = "drop_after_accept"
    OUT_OF_SERVICE = "out_of_service"  # the domestic provider's account owes money
    SLOW = "slow"  # accepted, answered after machine_seconds
    CALLBACK_BEFORE_ANSWER = "callback_before_answer"  # the answer waits until the first callback was taken
    LIST_LAG = "list_lag"  # lists do not show the last world_seconds
    CALLBACK_DUPLICATED = "callback_duplicated"
    CALLBACK_REORDERED = "callback_reordered"  # posted after the message's next callback, or after a while
    CALLBACK_DELAYED = "callback_delayed"  # by world_seconds
    CALLBACK_LOST = "callback_lost"
    CALLBACK_BAD_SIGNATURE = "callback_bad_signature"
    CALLBACK_NEW_PARAMETER = "callback_new_parameter"
    CALLBACK_NO_REPORT_DATE = "callback_no_report_date"  # RawDlrDoneDate is missing
    TWIML_DUPLICATED = "twiml_duplicated"  # a call's request for instructions comes twice; the second answer counts
    TWIML_ANSWER_LOST = "twiml_answer_lost"  # asked, and the answer never heard: the fallback is asked
    TWIML_BAD_SIGNATURE = "twiml_bad_signature"
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


@dataclass(frozen=True, slots=True)
class Order:
    """A fault to arm.

    Args:
        kind: what goes wrong.
        phone: whom it strikes; None strikes any number.
        times: how often; None strikes until disarmed.
        machine_seconds: what an HTTP client notices.
        world_seconds: what the carrier's own queues do.
        product: what it strikes; None strikes all of them.
        code: the error code of a refusal.
        sid: the one message or call it strikes.
    """

    kind: Fault
    phone: str | None = None
    times: int | None = 1
    machine_seconds: float = 0.0
    world_seconds: float = 0.0
    product: Product | None = None
    code: int | None = None
    sid: str | None = None


_LENGTHS: dict[str, tuple[float, float]] = {
    Fault.SLOW: (15.0, 0.0),
    Fault.PAYMENT_SLOW: (15.0, 0.0),
    Fault.CALLBACK_DELAYED: (0.0, 60.0),
    Fault.INBOUND_DELAYED: (0.0, 60.0),
    Fault.EVENT_DELAYED: (0.0, 60.0),
    Fault.LIST_LAG: (0.0, 600.0),
}


def lasting(order: Order, machine_seconds: float | None = None, world_seconds: float | None = None) -> Order:
    """How long a fault lasts where nobody says: a delay of nothing would look like one that was never armed."""
    machine, world = _LENGTHS.get(order.kind, (0.0, 0.0))
    return replace(
        order,
        machine_seconds=machine if machine_seconds is None else machine_seconds,
        world_seconds=world if world_seconds is None else world_seconds,
    )


@dataclass(slots=True)
class Armed:
    """An order in force, with the number of times left."""

    id: int
    order: Order
    left: int | None

    def strikes(self, kind: Fault | str, phone: str | None, product: Product, sid: str | None) -> bool:
        order = self.order
        return (
            order.kind == kind
            and order.phone in {None, phone}
            and order.product in {None, product}
            and order.sid in {None, sid}
        )


class Faults:
    """The faults that are armed now."""

    def __init__(self) -> None:
        self._ids = count(1)
        self._armed: list[Armed] = []

    def arm(self, order: Order) -> Armed:
        armed = Armed(next(self._ids), order, order.times)
        self._armed.append(armed)
        return armed

    def take(
        self, kind: Fault | str, phone: str | None = None, product: Product = "messages", sid: str | None = None
    ) -> Order | None:
        """The fault that strikes here, if one is armed; it is used up by one."""
        for armed in self._armed:
            if armed.strikes(kind, phone, product, sid):
                if armed.left is not None:
                    armed.left -= 1
                self._armed = [other for other in self._armed if other.left != 0]
                return armed.order
        return None

    def armed(self) -> list[Armed]:
        """What is in force for more than the one request that ordered it."""
        return [armed for armed in self._armed if armed.order.sid is None]

    def withdraw(self, identity: int) -> bool:
        """Forget the one of that number; whether there was one."""
        left = [armed for armed in self._armed if armed.id != identity]
        known, self._armed = len(left) < len(self._armed), left
        return known

    def disarm(self, sid: str | None = None) -> None:
        """Forget all of them, or those of one message or call."""
        self._armed = [] if sid is None else [armed for armed in self._armed if armed.order.sid != sid]
