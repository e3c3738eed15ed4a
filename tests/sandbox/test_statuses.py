"""Journeys of messages: pure."""

from datetime import timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forbear.sandbox.statuses import FINAL, RANKS, Handset, Outcome, journey, moves_up

HOUR = timedelta(hours=1)


@settings(deadline=None)
@given(st.sampled_from(list(Outcome)), st.integers(0, 40_000), st.integers(1, 36_000), st.integers())
def test_a_journey_moves_up_in_time_and_rank(outcome: Outcome, queued: int, validity: int, seed: int) -> None:
    steps = journey(
        Handset(outcome, timedelta(seconds=queued)),
        queue=timedelta(0),
        validity=timedelta(seconds=validity),
        chance=Random(seed),
    )
    status, after = "queued", timedelta(0)
    for step in steps:
        assert moves_up(status, step.status)
        assert step.after >= after
        status, after = step.status, step.after
    assert (status in FINAL) != (outcome is Outcome.SILENT and queued < validity)
    expired = steps[-1].error_code == 30036
    assert expired == (queued >= validity)


def test_waiting_behind_others_counts_towards_the_validity() -> None:
    steps = journey(Handset(), queue=HOUR, validity=HOUR, chance=Random(1))
    assert [(step.status, step.error_code, step.after) for step in steps] == [("failed", 30036, HOUR)]


@pytest.mark.parametrize(("current", "following"), [("delivered", "sent"), ("failed", "delivered"), ("sent", "sent")])
def test_a_message_never_moves_down(current: str, following: str) -> None:
    assert not moves_up(current, following)


def test_final_statuses() -> None:
    assert {"delivered", "undelivered", "failed", "canceled"} == FINAL
    assert set(RANKS) >= FINAL
