"""Which version of a rule of time is read: that of the day of the act, of the day a duty arose, or every one since."""

from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forbear.rules.packs import Packs
from forbear.rules.periods import earliest, keep_until, last_day
from forbear.rules.terms import LengthUnit
from tests.oracle import days as oracle
from tests.rules.timing import FEW, matter, packs, terms

TURNS = st.dates(date(2026, 1, 1), date(2027, 6, 30))


@st.composite
def histories(draw: st.DrawFn, most: int) -> list[oracle.Version]:
    """Versions that follow each other without a gap, the first and the last maybe bounded."""
    turns = sorted(draw(st.sets(TURNS, min_size=1, max_size=4)))
    bounds = [date.min, *turns, date.max] if draw(st.booleans()) else turns
    return [(first, last, draw(st.integers(1, most))) for first, last in pairwise(bounds)]


def of_history(kind: str, of: str, unit: LengthUnit, versions: list[oracle.Version]) -> Packs:
    said: dict[str, Any] = {"event": "letter_sent"} if kind == "notice" else {}
    return packs(
        *(
            terms(kind, of, count, unit, first=first.toordinal(), last=last.toordinal(), **said)
            for first, last, count in versions
        )
    )


@FEW
@given(histories(200), st.dates(date(2025, 12, 1), date(2027, 3, 1)), st.integers(0, 200))
def test_a_step_waits_for_every_version_on_the_way(versions: list[oracle.Version], sent: date, later: int) -> None:
    as_of = sent + timedelta(days=later)
    found = earliest(
        "file_claim", matter(("sent", sent), as_of=as_of), of_history("notice", "file_claim", "days", versions)
    )
    assert found.day == oracle.first_day(versions, sent, as_of)
    assert bool(found.rules) == (found.day is not None)


@FEW
@given(histories(5), st.dates(date(2021, 1, 1), date(2025, 12, 31)), st.dates(date(2026, 1, 1), date(2027, 12, 31)))
def test_an_action_is_judged_by_the_law_of_its_day(versions: list[oracle.Version], due: date, as_of: date) -> None:
    found = last_day("sue", matter(("sent", due), as_of=as_of), of_history("limitation", "sue", "years", versions))
    assert found.day == oracle.last_action(versions, due, as_of)


def test_a_shorter_limitation_reaches_older_debts_from_its_day_on() -> None:
    shortened = date(2022, 4, 7)
    longer = terms("limitation", "sue", 6, "years", last=shortened.toordinal())
    shorter = terms("limitation", "sue", 3, "years", first=shortened.toordinal())
    known = packs(longer, shorter)

    def last(due: date, as_of: date) -> date | None:
        return last_day("sue", matter(("sent", due), as_of=as_of), known).day

    for as_of in (date(2021, 1, 1), shortened - timedelta(days=1), shortened, date(2022, 12, 31)):
        assert last(date(2020, 1, 1), as_of) == date(2023, 1, 1)
    old = date(2018, 6, 1)
    assert last(old, shortened - timedelta(days=1)) == shortened - timedelta(days=1)
    assert last(old, shortened) == date(2021, 6, 1)


def test_the_day_on_which_a_shorter_limitation_begins_is_judged_by_it() -> None:
    turn = date(2026, 6, 1)
    longer = terms("limitation", "sue", 3, "years", last=turn.toordinal())
    shorter = terms("limitation", "sue", 2, "years", first=turn.toordinal())

    def last(due: date) -> date | None:
        return last_day("sue", matter(("sent", due), as_of=date(2026, 3, 1)), packs(longer, shorter)).day

    assert last(date(2023, 6, 1)) == turn - timedelta(days=1)  # three years end on the day, two ended long before
    assert last(date(2024, 6, 1)) == turn
    assert last(date(2024, 5, 31)) == turn - timedelta(days=1)


@pytest.mark.parametrize(("days_off", "expected"), [(-1, 10), (0, 20), (364, 20), (365, None)])
def test_a_duty_is_judged_by_the_law_of_the_day_on_which_it_arose(days_off: int, expected: int | None) -> None:
    turn = date(2027, 1, 1)
    known = packs(
        terms("deadline", "answer", 10, last=turn.toordinal()),
        terms("deadline", "answer", 20, first=turn.toordinal(), last=date(2028, 1, 1).toordinal()),
    )
    arose = turn + timedelta(days=days_off)
    found = last_day("answer", matter(("sent", arose), as_of=date(2030, 1, 1)), known)
    assert found.day == (None if expected is None else arose + timedelta(days=expected))


@pytest.mark.parametrize(
    ("made", "as_of", "expected"),
    [
        ("2025-12-31", "2025-12-31", None),  # before the rule
        ("2025-12-31", "2026-01-01", "2027-12-31"),  # there when the rule began
        ("2026-12-31", "2027-06-01", "2031-12-31"),  # lengthened while it was kept
        ("2027-12-31", "2030-01-01", "2032-12-31"),  # the rule has ended since
        ("2028-01-01", "2030-01-01", None),
    ],
)
def test_a_record_is_kept_as_every_version_since_says(made: str, as_of: str, expected: str | None) -> None:
    known = packs(
        terms(
            "retention", "recording", 2, "years", first=date(2026, 1, 1).toordinal(), last=date(2027, 1, 1).toordinal()
        ),
        terms(
            "retention", "recording", 5, "years", first=date(2027, 1, 1).toordinal(), last=date(2028, 1, 1).toordinal()
        ),
    )
    asked = matter(("sent", date.fromisoformat(made)), as_of=date.fromisoformat(as_of))
    assert keep_until("recording", asked, known).day == (expected and date.fromisoformat(expected))
