"""The published dates of `money.jsonl` come out of the shipped packs' own rules too."""

from datetime import date, timedelta

import pytest

from forbear.calendars import calendar
from forbear.rules.cases import packs_on
from forbear.rules.facts import Calendar, Lender
from forbear.rules.periods import Matter, Reason, earliest, last_day
from forbear.rules.validation import last_day as validation_last_day
from tests.rules.test_day_counting import day_of, money
from tests.rules.timing import matter

AMERICAN = ("US",)
ENGLISH = ("GB-EAW",)
CHINESE = ("CN",)


def asked(jurisdictions: tuple[str, ...], kind: str, on: str, *calendars: Calendar, as_of: str) -> Matter:
    """A collector's matter in which one thing happened, at noon in London."""
    return matter(
        (kind, day_of(on)),
        as_of=day_of(as_of),
        jurisdictions=jurisdictions,
        lender=Lender("third_party_collector"),
        zone="Europe/London",
        calendars=calendars,
    )


def of(rules: tuple[Reason, ...], rule: str) -> Reason:
    return next(each for each in rules if each.rule == rule)


def test_the_letter_of_claim() -> None:
    given, expect = money("letter_of_claim_dates_gb")
    letter = asked(ENGLISH, "letter_of_claim_sent", given["letter_date"], as_of="2026-03-03")
    reason = of(earliest("file_claim", letter, packs_on(None)).rules, "GB-EAW.PAP30")
    assert reason.day == day_of(expect["earliest_issue"])


def test_the_default_notice_once_it_is_served() -> None:
    _, expect = money("default_notice_date_gb")
    served = asked(ENGLISH, "default_notice_served", expect["deemed_service"], as_of="2026-03-10")
    assert earliest("act_on_default", served, packs_on(None)).day == day_of(expect["earliest_date"])


def test_the_validation_period() -> None:
    given, expect = money("reg_f_period_end")
    closed = calendar("US-federal", day_of("2026-08-03"))
    notice = asked(AMERICAN, "validation_notice_sent", given["sent_on"], closed, as_of="2026-08-20")
    found = last_day("dispute_in_writing", notice, packs_on(None))
    (reason,) = found.rules
    assert found.day == day_of(expect["period_end"])
    assert reason.counted_from == day_of(expect["assumed_receipt"])
    assert reason.calendar == "US-federal"


@pytest.mark.parametrize("sent", [date(2026, 11, 1) + timedelta(days=days) for days in range(0, 400, 7)])
def test_a_dispute_is_in_time_until_the_same_day_by_both_functions(sent: date) -> None:
    closed = calendar("US-federal", sent)
    for day in (sent, sent + timedelta(days=3)):
        notice = asked(AMERICAN, "validation_notice_sent", day.isoformat(), closed, as_of="2030-01-01")
        assert last_day("dispute_in_writing", notice, packs_on(None)).day == validation_last_day(day, 5, 30, closed)


def test_thirty_days_that_end_in_the_national_holiday() -> None:
    given, expect = money("period_end_cn")
    closed = calendar("CN", day_of("2026-09-01"))
    agreed = asked(CHINESE, "mediation_agreement_effective", given["event_date"], closed, as_of="2026-09-15")
    assert last_day("apply_for_judicial_confirmation", agreed, packs_on(None)).day == day_of(expect["last_day"])


def test_three_years_that_end_on_a_sunday() -> None:
    given, expect = money("limitation_date_cn")
    plain = Calendar("CN", "weekends", date(2024, 1, 1), date(2028, 12, 31), frozenset())
    owed = asked(CHINESE, "harm_known", given["event_date"], plain, as_of="2026-11-22")
    reason = of(last_day("sue", owed, packs_on(None)).rules, "CN.SOL")
    assert (reason.day, reason.calendar_unknown) == (day_of(expect["last_day"]), False)


def test_a_year_whose_holidays_nobody_has_named_yet_moves_no_last_day() -> None:
    given, expect = money("limitation_date_cn")
    owed = asked(CHINESE, "harm_known", given["event_date"], calendar("CN", day_of("2026-11-22")), as_of="2026-11-22")
    reason = of(last_day("sue", owed, packs_on(None)).rules, "CN.SOL")
    assert (reason.day, reason.calendar_unknown) == (day_of(expect["last_day"]) - timedelta(days=1), True)
