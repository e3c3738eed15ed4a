"""The people at the other end of calls and doors, and what robots take from the pages of staff."""

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime, time
from types import SimpleNamespace
from typing import cast
from zoneinfo import ZoneInfo

import pytest

from forbear.clock import Clock
from forbear.contracts.outcomes import CALL_OUTCOMES, CAUSES, VISIT_OUTCOMES
from forbear.rehearsal.answering import at_the_door, on_the_telephone
from forbear.rehearsal.browser import CARD, TOKEN, Browser
from forbear.rehearsal.callers import DIALS, FIRST_DAY, Operator
from forbear.rehearsal.robot import Robot
from forbear.sandbox.habits import HABITS

NEW_YORK = ZoneInfo("America/New_York")
WORK_LIST = """
<ul class="cards">
<li class="card">
<h3><a href="/staff/tasks/tsk_1">Call</a></h3>
<p>For One Lender</p>
</li>
<li class="card held">
<h3><a href="/staff/tasks/tsk_2">Call</a></h3>
<p>For One Lender</p>
</li>
</ul>
<form><input type="hidden" name="csrf" value="abc"></form>
"""


class Idle(Robot):
    """Does nothing."""

    def begin(self) -> None: ...

    def round(self) -> None: ...


def idle(at: datetime) -> Idle:
    return Idle("idle", Clock(origin=at, anchor=datetime.now(UTC), speed=1), NEW_YORK)


def test_every_habit_answers_in_the_words_that_staff_may_tell() -> None:
    for habit in HABITS:
        for number in range(1, 30):
            called, met = on_the_telephone(habit, 1, "+12125550100", number), at_the_door(habit, 1, "p001", number)
            assert called.outcome in CALL_OUTCOMES
            assert met.outcome in VISIT_OUTCOMES
            assert {called.cause, met.cause} <= set(CAUSES)
            assert (called.days is not None) == (CALL_OUTCOMES[called.outcome].promise == "must")
            assert met.days is None or VISIT_OUTCOMES[met.outcome].promise == "may"


def test_the_same_seed_answers_the_same_and_doors_open_in_all_ways() -> None:
    drawn = [at_the_door("pays_at_bank", 3, "p001", number) for number in range(200)]
    assert drawn == [at_the_door("pays_at_bank", 3, "p001", number) for number in range(200)]
    assert Counter(each.outcome for each in drawn).keys() == {
        *("met_borrower", "nobody_home", "refused", "met_third_party"),
    }


def test_what_the_list_holds_is_not_begun() -> None:
    assert [(held, address) for held, address, _ in CARD.findall(WORK_LIST)] == [
        ("", "/staff/tasks/tsk_1"),
        (" held", "/staff/tasks/tsk_2"),
    ]
    assert TOKEN.findall(WORK_LIST) == ["abc"]


class Desk:
    """What an operator finds on its list, and what it said was done."""

    who = SimpleNamespace(role="operator")

    def __init__(self, pages: Mapping[str, str]) -> None:
        self.pages, self.done = pages, list[str]()

    def tasks(self) -> list[str]:
        return list(self.pages)

    def page(self, task: str) -> str:
        return self.pages[task]

    def send(self, path: str) -> None:
        self.done.append(path)


def test_an_operator_says_of_no_paper_that_it_is_right_while_it_lacks_what_only_its_lender_knows() -> None:
    pages = {each: f'<form action="{each}/done">' for each in ("/staff/tasks/tsk_1", "/staff/tasks/tsk_2")}
    desk = Desk({**pages, "/staff/tasks/tsk_2": pages["/staff/tasks/tsk_2"] + "<p>Code fields.given: something.</p>"})
    noon = datetime(2026, 3, 4, 17, tzinfo=UTC)
    operator = Operator(cast("Browser", desk), Clock(origin=noon, anchor=datetime.now(UTC), speed=7_200), NEW_YORK)
    operator.round()
    assert desk.done == ["/staff/tasks/tsk_1/done"]


def test_a_caller_dials_what_the_page_shows() -> None:
    assert DIALS.findall('<a class="call" href="tel:+12125550100">Call</a>') == ["+12125550100"]
    field = '<input type="date" id="on" name="on" value="" min="2026-11-02" max="2026-12-02">'
    assert FIRST_DAY.findall(field) == ["2026-11-02"]


@pytest.mark.parametrize(
    ("at", "works"),
    [
        (datetime(2026, 10, 26, 12, 59, tzinfo=UTC), False),
        (datetime(2026, 10, 26, 13, 0, 1, tzinfo=UTC), True),
        (datetime(2026, 10, 26, 22, 0, 1, tzinfo=UTC), False),
        (datetime(2026, 11, 1, 16, 0, tzinfo=UTC), False),
        (datetime(2026, 11, 2, 13, 30, tzinfo=UTC), False),
        (datetime(2026, 11, 2, 14, 0, 1, tzinfo=UTC), True),
    ],
)
def test_staff_work_by_the_office_clock_and_not_on_sundays(at: datetime, works: bool) -> None:
    assert idle(at).at_work() is works
    assert time(9) <= at.astimezone(NEW_YORK).time() or not works
