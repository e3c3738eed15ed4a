"""What a touch counts as against the limits, by channel and state: one table, in the law's words.

The table counts high, because a limit must hold even if every open question turns out against us. A text whose answer
is still out counts as delivered. A call under way may end either way, and some limits count conversations and others
calls that nobody took: until its end is known it counts as either, once in each of two readings
(`forbear.cadence.either_way`). Once nobody knows its end it counts as a dial that was
not answered. Only what certainly was not sent counts nothing.
"""

from collections.abc import Mapping
from types import MappingProxyType

from forbear.contracts.words import Channel, TouchState
from forbear.rules.facts import Result

UNDER_WAY: tuple[Result, ...] = ("no_answer", "connected")
"""The conversation last: what looks at how the latest calls ended sees that one of them may be one."""
COUNTS_AS: Mapping[tuple[Channel, TouchState], tuple[Result, ...]] = MappingProxyType(
    {
        ("sms", "claimed"): ("delivered",),
        ("sms", "dispatching"): ("delivered",),
        ("sms", "unknown"): ("delivered",),
        ("sms", "sent"): ("delivered",),
        ("sms", "delivered"): ("delivered",),
        ("sms", "undelivered"): ("no_answer",),
        ("sms", "failed"): (),
        ("email", "claimed"): ("delivered",),
        ("email", "dispatching"): ("delivered",),
        ("email", "unknown"): ("delivered",),
        ("email", "sent"): ("delivered",),
        ("email", "delivered"): ("delivered",),
        ("email", "undelivered"): ("no_answer",),
        ("email", "failed"): (),
        # A connected call without a recorded result counts as a conversation.
        ("call", "claimed"): UNDER_WAY,
        ("call", "dispatching"): UNDER_WAY,
        ("call", "unknown"): ("no_answer",),
        ("call", "sent"): UNDER_WAY,
        ("call", "delivered"): ("connected",),
        ("call", "undelivered"): ("no_answer",),
        ("call", "failed"): (),
        ("letter", "claimed"): ("delivered",),
        ("letter", "dispatching"): ("delivered",),
        ("letter", "unknown"): ("delivered",),
        ("letter", "sent"): ("delivered",),
        ("letter", "delivered"): ("delivered",),
        ("letter", "undelivered"): ("no_answer",),
        ("letter", "failed"): (),
        # An officer who set out and has not reported may be standing at the door.
        ("visit", "claimed"): ("visited",),
        ("visit", "dispatching"): ("visited",),
        ("visit", "unknown"): ("visited",),
        ("visit", "sent"): ("visited",),
        ("visit", "delivered"): ("visited",),
        ("visit", "undelivered"): ("no_answer",),
        ("visit", "failed"): (),
    }
)


def counts_as(channel: Channel, state: TouchState) -> tuple[Result, ...]:
    """The results a touch without a recorded one counts as; none when it certainly was not made."""
    return COUNTS_AS[channel, state]
