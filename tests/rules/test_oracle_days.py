"""No drawing: engine and oracle side by side through the days on which a clock is changed or a rule begins."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from tests.oracle.examples import PROVE
from tests.rules.twice import Json, agree

pytestmark = pytest.mark.counted

EVERY = 1 if PROVE else 5
"""Of the quarter hours, each so manieth; prime to their number in a day."""
EMAIL: Json = {"channel": "email", "party": "debtor", "to": "e1", "debts": []}
CALL: Json = {"channel": "call", "party": "debtor", "to": "m1", "place": "workplace", "debts": []}
CHANGES = (
    (("US",), "America/New_York", EMAIL, "2026-10-31", 3),
    (("US",), "America/Phoenix", EMAIL, "2026-10-31", 3),
    (("US",), "America/Los_Angeles", EMAIL, "2027-03-13", 3),
    (("US", "US-NY", "US-NYC"), "America/New_York", CALL, "2026-12-31", 3),
    (("AU",), "Australia/Lord_Howe", CALL, "2026-10-03", 3),
    (("AU",), "Australia/Sydney", CALL, "2027-03-25", 11),
    (("GB-EAW",), "Europe/London", EMAIL, "2027-03-27", 3),
    (("CN",), "America/Los_Angeles", EMAIL, "2025-02-27", 3),
    (("CN",), "America/Los_Angeles", CALL, "2026-01-29", 3),
    (("CN", "US"), "America/Los_Angeles", CALL, "2026-01-29", 3),
    (("TW",), "Asia/Taipei", CALL, "2028-02-28", 3),
    (("IN",), "Asia/Kolkata", CALL, "2027-12-31", 2),
    (("PH",), "Asia/Manila", CALL, "2027-12-31", 2),
)


def instants(day: str, days: int) -> Iterator[datetime]:
    """Each quarter hour of these days, or each so manieth, and the second before it."""
    start = datetime.fromisoformat(day).replace(tzinfo=UTC)
    for quarter in range(0, days * 96, EVERY):
        yield from (start + timedelta(minutes=15 * quarter, seconds=second) for second in (-1, 0))


@pytest.mark.parametrize("policy", [{"guard_seconds": 0}, {"guard_seconds": 60, "product": True}])
@pytest.mark.parametrize(("jurisdictions", "zone", "attempt", "day", "days"), CHANGES)
def test_every_quarter_hour_of_days_that_change_something(
    *, jurisdictions: tuple[str, ...], zone: str, attempt: Json, day: str, days: int, policy: Json
) -> None:
    for now in instants(day, days):
        agree(
            {
                "now": now.isoformat(),
                "policy": policy,
                "lender": {"role": "third_party_collector"},
                "person": {"jurisdictions": list(jurisdictions), "places": [{"kind": "address", "zone": zone}]},
                "debts": [],
                "attempt": attempt,
                "history": [],
            }
        )
