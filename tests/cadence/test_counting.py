"""One test per cell of the table that says what each state of a touch counts as."""

from typing import get_args

import pytest

from forbear.cadence.counting import COUNTS_AS, counts_as
from forbear.contracts.words import Channel, TouchState

CELLS: dict[Channel, dict[TouchState, str]] = {
    "sms": {
        "claimed": "delivered",
        "dispatching": "delivered",
        "sent": "delivered",
        "delivered": "delivered",
        "unknown": "delivered",
        "undelivered": "no_answer",
        "failed": "",
    },
    "email": {
        "claimed": "delivered",
        "dispatching": "delivered",
        "sent": "delivered",
        "delivered": "delivered",
        "unknown": "delivered",
        "undelivered": "no_answer",
        "failed": "",
    },
    "call": {
        "claimed": "no_answer, connected",
        "dispatching": "no_answer, connected",
        "sent": "no_answer, connected",
        "delivered": "connected",
        "unknown": "no_answer",
        "undelivered": "no_answer",
        "failed": "",
    },
    "letter": {
        "claimed": "delivered",
        "dispatching": "delivered",
        "sent": "delivered",
        "delivered": "delivered",
        "unknown": "delivered",
        "undelivered": "no_answer",
        "failed": "",
    },
    "visit": {
        "claimed": "visited",
        "dispatching": "visited",
        "sent": "visited",
        "delivered": "visited",
        "unknown": "visited",
        "undelivered": "no_answer",
        "failed": "",
    },
}


@pytest.mark.parametrize(
    ("channel", "state", "expected"),
    [(channel, state, expected) for channel, row in CELLS.items() for state, expected in row.items()],
)
def test_counts_as(channel: Channel, state: TouchState, expected: str) -> None:
    assert ", ".join(counts_as(channel, state)) == expected


def test_the_table_has_a_cell_for_every_channel_and_state() -> None:
    every = {(channel, state) for channel in get_args(Channel) for state in get_args(TouchState)}
    assert set(COUNTS_AS) == every
    assert {(channel, state) for channel, row in CELLS.items() for state in row} == every


def test_only_a_certain_failure_counts_nothing() -> None:
    assert {state for (_, state), result in COUNTS_AS.items() if not result} == {"failed"}
