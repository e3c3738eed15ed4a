"""What a claim promises: until when the touch may be sent, and when an undispatched claim is given back.

`dispatch_by` ends before the contact window does and before the lease does, so that a worker that slept through
either does not send.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

from forbear.cadence.decision import Contact
from forbear.clock import Clock

GUARD = timedelta(seconds=60)
"""World time kept free before a window closes."""
SLACK = timedelta(seconds=1)
"""Machine time that a message may need from the last look at the clock to the provider."""


@dataclass(frozen=True, slots=True)
class Claim:
    """`dispatch_by` is world time, `lease_until` machine time."""

    contact: Contact
    dispatch_by: datetime
    lease_until: datetime

    @classmethod
    def weigh(cls, contact: Contact, clock: Clock, *, lease_seconds: float, now: datetime) -> Self | None:
        """The claim's limits, or None where too little of the window is left."""
        lease = timedelta(seconds=lease_seconds)
        # Counted from `now` and not from the machine's clock again: the sender's last instant never outlives the lease.
        lease_until = clock.to_machine(now) + lease
        dispatch_by = now + clock.world_span(lease)
        if contact.window_closes is not None:
            margin = max(GUARD, clock.world_span(SLACK))
            dispatch_by = min(dispatch_by, contact.window_closes - margin)
        return cls(contact, dispatch_by, lease_until) if dispatch_by > now else None
