"""No call is begun so late that it would go on after its window has closed."""

from datetime import timedelta

import pytest

from forbear.clock import Clock
from forbear.ledger.claims import GUARD, LAST_CALL, Claim
from forbear.ports.calls import CallOrder
from tests.ledger.house import AN_HOUR, NOON

LEASE = 3_600.0
A_SECOND = timedelta(seconds=1)


class Wanted:
    """What a claim looks at of a contact whose window closes at one."""

    def __init__(self, channel: str) -> None:
        self.channel = channel
        self.window_closes = NOON + AN_HOUR


def last(channel: str, *, by_hand: bool) -> timedelta:
    """How long before its window closes a touch may be begun at the latest."""
    clock, wanted = Clock.starting(NOON, 1), Wanted(channel)
    for ahead in range(3_600):
        now = wanted.window_closes - ahead * A_SECOND
        if by_hand:
            claim = Claim.by_hand(wanted, clock, now=now)  # pyright: ignore[reportArgumentType]  all it looks at
        else:
            claim = Claim.weigh(wanted, clock, lease_seconds=LEASE, now=now)  # pyright: ignore[reportArgumentType]  likewise
        if claim is not None:
            assert claim.dispatch_by <= wanted.window_closes - (LAST_CALL if channel == "call" else GUARD)
            return ahead * A_SECOND
    raise AssertionError("it may never be begun")


@pytest.mark.parametrize(
    ("channel", "by_hand", "free"),
    [("call", False, LAST_CALL), ("call", True, LAST_CALL), ("sms", False, GUARD), ("visit", True, GUARD)],
)
def test_so_much_of_a_window_is_kept_free(channel: str, by_hand: bool, free: timedelta) -> None:
    assert last(channel, by_hand=by_hand) == free + A_SECOND


def test_no_call_of_the_machine_lasts_longer() -> None:
    assert timedelta(seconds=CallOrder("t", "+13125550101", "+13125550199", "", "", "").longest_seconds) <= LAST_CALL
