"""What a touch counts as against the limits, by channel and state: one table, in the law's words.

The table counts high. A text whose answer is still out counts as delivered and an unknown dial as unanswered, because
a limit must hold even if every open question turns out against us. Only what certainly was not sent counts nothing.
"""

from collections.abc import Mapping
from types import MappingProxyType

from forbear.contracts.words import Channel, TouchState
from forbear.rules.facts import Result

COUNTS_AS: Mapping[tuple[Channel, TouchState], Result | None] = MappingProxyType(
    {
        ("sms", "claimed"): "delivered",
        ("sms", "dispatching"): "delivered",
        ("sms", "unknown"): "delivered",
        ("sms", "sent"): "delivered",
        ("sms", "delivered"): "delivered",
        ("sms", "undelivered"): "no_answer",
        ("sms", "failed"): None,
        ("email", "claimed"): "delivered",
        ("email", "dispatching"): "delivered",
        ("email", "unknown"): "delivered",
        ("email", "sent"): "delivered",
        ("email", "delivered"): "delivered",
        ("email", "undelivered"): "no_answer",
        ("email", "failed"): None,
        # A call becomes a conversation only by its recorded result; a connected call without one counts as such.
        ("call", "claimed"): "no_answer",
        ("call", "dispatching"): "no_answer",
        ("call", "unknown"): "no_answer",
        ("call", "sent"): "no_answer",
        ("call", "delivered"): "connected",
        ("call", "undelivered"): "no_answer",
        ("call", "failed"): None,
        ("letter", "claimed"): "delivered",
        ("letter", "dispatching"): "delivered",
        ("letter", "unknown"): "delivered",
        ("letter", "sent"): "delivered",
        ("letter", "delivered"): "delivered",
        ("letter", "undelivered"): "no_answer",
        ("letter", "failed"): None,
        # An agent who set out and has not reported may be standing at the door.
        ("visit", "claimed"): "visited",
        ("visit", "dispatching"): "visited",
        ("visit", "unknown"): "visited",
        ("visit", "sent"): "visited",
        ("visit", "delivered"): "visited",
        ("visit", "undelivered"): "no_answer",
        ("visit", "failed"): None,
    }
)


def counts_as(channel: Channel, state: TouchState) -> Result | None:
    """The result a touch without a recorded one counts as; None when it certainly was not made."""
    return COUNTS_AS[channel, state]
