"""What a claim promises: until when the touch may be sent, and when an undispatched claim is given back.

`dispatch_by` ends before the contact window does and before the lease does, so that a worker that slept through
either does not send.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Self

from forbear.cadence.decision import Contact
from forbear.clock import Clock

GUARD = timedelta(seconds=60)
"""World time kept free before a window closes."""
LAST_CALL = timedelta(minutes=10)
"""World time kept free before a window closes to a call: whoever is called in its last minute still talks after it. No
call of the machine's lasts longer (`ports.calls.CallOrder`)."""
SLACK = timedelta(seconds=1)
"""Machine time that a message may need from the last look at the clock to the provider."""
BY_HAND: Mapping[str, timedelta] = MappingProxyType({"call": timedelta(hours=2), "visit": timedelta(hours=12)})
"""World time in which a person says how it ended. A caller writes it down after the call; officers are on the road all
day and may be out of reach. Then nobody knows, and a human is asked. What is told later still counts."""
TO_BEGIN = timedelta(minutes=15)
"""World time in which a person who was told 'you may' dials or knocks."""
TO_READ = timedelta(seconds=10)
"""Machine time that the page with the number needs at least to reach them, however fast the world's clock runs."""


@dataclass(frozen=True, slots=True)
class Claim:
    """`dispatch_by` is world time, `lease_until` machine time."""

    contact: Contact
    dispatch_by: datetime
    lease_until: datetime
    sender: str | None = None
    """Which of the lender's senders it goes out by; None for its first."""

    def by(self, sender: str) -> Self:
        """The same claim with its sender."""
        return replace(self, sender=sender)

    @classmethod
    def weigh(cls, contact: Contact, clock: Clock, *, lease_seconds: float, now: datetime) -> Self | None:
        """The claim's limits, or None where too little of the window is left."""
        lease = timedelta(seconds=lease_seconds)
        # Counted from `now` and not from the machine's clock again: the sender's last instant never outlives the lease.
        lease_until = clock.to_machine(now) + lease
        dispatch_by = now + clock.world_span(lease)
        if contact.window_closes is not None:
            margin = max(_guard(contact), clock.world_span(SLACK))
            dispatch_by = min(dispatch_by, contact.window_closes - margin)
        return cls(contact, dispatch_by, lease_until) if dispatch_by > now else None

    @classmethod
    def by_hand(cls, contact: Contact, clock: Clock, *, now: datetime) -> Self | None:
        """The same for what a person begins now: the lease lasts until the end should have been told."""
        dispatch_by = now + max(TO_BEGIN, clock.world_span(TO_READ))
        if contact.window_closes is not None:
            dispatch_by = min(dispatch_by, contact.window_closes - _guard(contact))
        lease_until = clock.to_machine(now + BY_HAND[contact.channel])
        return cls(contact, dispatch_by, lease_until) if dispatch_by > now else None


def _guard(contact: Contact) -> timedelta:
    return LAST_CALL if contact.channel == "call" else GUARD
