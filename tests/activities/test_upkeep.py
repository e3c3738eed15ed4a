"""A round of upkeep asks the carrier what people wrote, and goes on with the rest when it cannot be asked."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from temporalio.testing import ActivityEnvironment

from activities.upkeep import UpkeepActivities
from forbear.contracts.decision import UpkeepReport
from forbear.ports.book import Settled, Unsettled
from forbear.ports.replies import Ear, Written
from forbear.ports.sms import Found, Sending, SmsText

NOW = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
EARS = [Ear("ten_1", "len_1", "+12125550198", NOW - timedelta(hours=1), NOW)]
WRITTEN = [Written("+12125550123", "please stop texting me", "SM1", NOW)]


class Book:
    """Nothing waits in it; remembers that it was asked to seal, and what was reported."""

    def __init__(self) -> None:
        self.sealed = 0
        self.reports: list[UpkeepReport] = []

    def expire_claims(self) -> int:
        return 0

    def unsettled(self) -> list[Unsettled]:
        return []

    def settle(self, touch: Unsettled, found: Found | None) -> Settled:
        raise AssertionError(touch, found)

    def wake_idle(self) -> tuple[int, int]:
        return 3, 0

    def seal(self) -> int:
        self.sealed += 1
        return 0

    def report(self, report: UpkeepReport) -> None:
        self.reports.append(report)


class Replies:
    """One number of ours; takes what it is given."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, list[str]]] = []

    def ears(self) -> list[Ear]:
        return EARS

    def take_missed(self, ear: Ear, listed: Sequence[Written]) -> int:
        self.taken.append((ear.number, [written.provider_id for written in listed]))
        return len(listed)


class Carrier:
    """Lists one message, or cannot be reached."""

    def __init__(self, *, away: bool = False) -> None:
        self.away = away

    def send(self, text: SmsText) -> Sending:
        raise AssertionError("upkeep sends nothing")

    def find(
        self, *, provider: str, touch: str, to: str, sender: str, since: datetime, marker_sha256: str
    ) -> Found | None:
        raise AssertionError("nothing is open")

    def written_to(self, number: str, *, since: datetime, until: datetime) -> list[Written]:
        assert (number, since, until) == (EARS[0].number, EARS[0].since, EARS[0].until)
        if self.away:
            raise ConnectionError
        return WRITTEN


@pytest.mark.parametrize("away", [False, True])
def test_what_people_wrote_is_caught_up_on_where_the_carrier_answers(away: bool) -> None:
    book, replies, carrier = Book(), Replies(), Carrier(away=away)
    report = ActivityEnvironment().run(UpkeepActivities(book, carrier, replies, carrier).look_after)
    assert replies.taken == ([] if away else [("+12125550198", ["SM1"])])
    assert report.replies_caught_up == (0 if away else 1)
    assert (report.accounts_seen, book.sealed, book.reports) == (3, 1, [report])
