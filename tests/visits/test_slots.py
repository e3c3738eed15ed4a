"""Slots: the law's hours, the person's wishes and the shift cut together; a visit fits whole or not at all."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forbear.errors import BadInput
from forbear.visits.slots import SERVICE, Span, common, day_span, open_spans, slots

DAWN = datetime(2026, 3, 2, tzinfo=UTC)


def at(hour: float) -> datetime:
    return DAWN + timedelta(hours=hour)


def span(opens: float, closes: float) -> Span:
    return Span(at(opens), at(closes))


SPANS = st.lists(
    st.tuples(st.integers(0, 1_400), st.integers(1, 600)).map(
        lambda pair: Span(DAWN + timedelta(minutes=pair[0]), DAWN + timedelta(minutes=sum(pair)))
    ),
    max_size=4,
)


def test_law_wishes_and_shift_are_cut_together() -> None:
    left = open_spans([span(8, 22)], [span(12, 13), span(17, 20)], span(9, 18))
    assert left == [span(12, 13), span(17, 18)]
    assert [each.start for each in slots(left)] == [at(12), at(12.25), at(12.5), at(17), at(17.25), at(17.5)]


def test_who_wished_for_nothing_is_visited_in_the_laws_hours() -> None:
    assert open_spans([span(8, 22)], None, span(7, 18)) == [span(8, 18)]
    assert open_spans([span(8, 22)], [], span(7, 18)) == []


def test_a_quarter_of_an_hour_too_little_is_no_slot() -> None:
    assert open_spans([span(8, 8.3)], None, span(0, 24)) == []


@given(SPANS, SPANS, st.integers(15, 20))
def test_every_slot_lies_in_every_bound(legal: list[Span], wishes: list[Span], minutes: int) -> None:
    service, shift = timedelta(minutes=minutes), span(7, 19)
    for slot in slots(open_spans(legal, wishes, shift, service), service):
        assert slot.length == service
        assert shift.holds(slot)
        assert any(each.holds(slot) for each in legal)
        assert any(each.holds(slot) for each in wishes)


@given(SPANS, SPANS)
def test_what_is_common_is_common_both_ways(one: list[Span], other: list[Span]) -> None:
    assert common(one, other) == common(other, one)


def test_a_local_day_in_instants_when_the_clocks_change() -> None:
    day = day_span(date(2026, 3, 8), time(1), time(4), ZoneInfo("America/Chicago"))
    assert day.length == timedelta(hours=2)


@pytest.mark.parametrize("minutes", [14, 21])
def test_a_visit_takes_15_to_20_minutes(minutes: int) -> None:
    with pytest.raises(BadInput):
        open_spans([span(8, 22)], None, span(9, 18), timedelta(minutes=minutes))


def test_hours_that_end_before_they_begin_are_refused() -> None:
    with pytest.raises(BadInput):
        day_span(date(2026, 3, 2), time(18), time(9), ZoneInfo("Asia/Shanghai"))
    assert timedelta(minutes=20) == SERVICE
