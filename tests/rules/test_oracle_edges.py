"""No drawing: engine and oracle side by side where a life seldom comes: the last day of a dispute, the edges of a consent
to calls, the midnight on which one rule ends and another begins.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest

from tests.rules.asking import CALL, EMAIL, case, past
from tests.rules.twice import Json, agree

NOON = datetime(2026, 11, 2, 17, tzinfo=UTC)
"""In New York."""


def disputes() -> Iterator[Json]:
    """Around the end of the validation periods of notices sent through Thanksgiving, Christmas and New Year."""
    for sent in (NOON + timedelta(days=days) for days in range(0, 75, 4)):
        notice = {"kind": "validation_notice_sent", "at": sent.isoformat()}
        for at in (sent + timedelta(days=days, hours=hours) for days in range(34, 43) for hours in (0, 11, 12)):
            disputed = {"kind": "dispute", "at": at.isoformat(), "written": True}
            now = NOON + timedelta(days=150)
            yield case(now.isoformat(), CALL, stops=[disputed], events=[notice])


def consents() -> Iterator[Json]:
    """Calls three days after a conversation, and after seven calls, about the beginning and end of a consent."""
    talked = (past((NOON - timedelta(days=3)).isoformat(), "connected"),)
    rang = tuple(past((NOON - timedelta(days=1, minutes=each)).isoformat()) for each in range(7))
    for history in (talked, rang):
        for start, end in ((-24, 0), (0, 24), (-7 * 24, 48), (-6 * 24, 48), (1, 2), (30, 40)):
            agreed = {
                "kind": "call_consent",
                "from": (NOON + timedelta(hours=start)).isoformat(),
                "to": (NOON + timedelta(hours=end)).isoformat(),
            }
            for seconds in (-1, 0, 1):
                now = NOON + timedelta(seconds=seconds)
                yield case(now.isoformat(), CALL, history=history, agreements=[agreed])


def new_year() -> Iterator[Json]:
    """In New York City, where 2 contacts in 7 days end with the year and 3 attempts begin."""
    eve = datetime(2026, 12, 31, 17, tzinfo=UTC)
    for made in (1, 2, 3):
        history = tuple(past((eve - timedelta(hours=each)).isoformat(), "connected") for each in range(1, made + 1))
        for hours in range(0, 72, 3):
            now = eve + timedelta(hours=hours)
            yield case(now.isoformat(), EMAIL, jurisdictions=("US", "US-NY", "US-NYC"), history=history)


@pytest.mark.parametrize("edges", [disputes, consents, new_year])
def test_engine_and_oracle_agree_at_the_edges(edges: Callable[[], Iterator[Json]]) -> None:
    seen = {agree(each) for each in edges()}
    assert seen == {"allow", "block" if edges is disputes else "hold"}
