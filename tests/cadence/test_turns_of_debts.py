"""Another debt's turn silences this one, and throws away nothing that somebody has in hand for it."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from forbear.cadence.decide import decide
from forbear.cadence.decision import Rest
from forbear.cadence.life import Life, Promise, Rival, Stop
from forbear.cadence.playbooks import Playbook, load_all
from forbear.contracts.words import TaskState
from forbear.rules.packs import Packs
from tests.cadence.chinese_loan import a_loan, asked_for, on

OLDER = Rival("acc_2", "len_2", "M6", "CNY", Decimal(900000), date(2025, 1, 1), speaks=True)


@pytest.fixture(scope="module")
def book() -> Playbook:
    return load_all()["cn-guaranteed-loan"]


def life_with(step: str, state: TaskState) -> Life:
    """One borrower whose older debt speaks, and a task that was asked for before it did."""
    alone = a_loan(persons=a_loan().persons[:1], rivals=(OLDER,), balance_as_of=on(1))
    return asked_for(alone, step, on(1), expires_at=on(3), state=state)


@pytest.mark.parametrize(
    ("step", "state", "dropped"),
    [
        ("daily-call", "open", ("tsk_0",)),
        ("daily-call", "taken", ()),
        ("first-visit", "open", ()),
        ("first-visit", "taken", ()),
    ],
)
def test_what_somebody_took_or_may_have_planned_waits_for_its_turn(
    book: Playbook, packs: Packs, step: str, state: TaskState, dropped: tuple[str, ...]
) -> None:
    rest = decide(life_with(step, state), book, packs, on(1))
    assert isinstance(rest, Rest)
    assert (rest.rule, rest.drops) == ("PERSON.TURN", dropped)


@pytest.mark.parametrize("step", ["daily-call", "first-visit"])
def test_a_stop_takes_it_back_all_the_same(book: Playbook, packs: Packs, step: str) -> None:
    life = life_with(step, "taken")
    stopped = replace(life, persons=(replace(life.borrower, stops=(Stop("dispute", on(1)),)),))
    assert decide(stopped, book, packs, on(1)).drops == ("tsk_0",)
    promised = replace(life, promises=(Promise(Decimal(10), on(3).date(), on(1), "open"),))
    assert decide(promised, book, packs, on(1)).drops == ("tsk_0",)


@pytest.mark.parametrize("step", ["daily-call", "first-visit"])
def test_so_does_the_end_of_its_own_time(book: Playbook, packs: Packs, step: str) -> None:
    life = replace(life_with(step, "taken"), balance_as_of=on(3))
    assert decide(life, book, packs, on(3)).drops == ("tsk_0",)
