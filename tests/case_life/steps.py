"""What happens in a case, step by step: each step is told on its day, and leads to a stage."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from forbear.contracts.cases import CaseClose
from tests.case_life.living import LivedCase

Act = Callable[[LivedCase], None]


@dataclass(frozen=True, slots=True)
class Step:
    """What happens so many days after the step before, and the stage in which the case is then."""

    after: int
    does: Act
    stage: str


def live(case: LivedCase, steps: Sequence[Step]) -> None:
    """Live through these steps; each must lead to its stage."""
    for number, step in enumerate(steps):
        answer = case.live_until(case.today + timedelta(days=step.after))
        assert not isinstance(answer, CaseClose), f"step {number}: the case closed before {step.stage}"
        step.does(case)
        assert case.stage == step.stage, f"step {number}: {case.stage}, not {step.stage}: {case.answers[-1][1]}"


def days(number: int) -> timedelta:
    """A day so far ahead of the one on which a fact is told."""
    return timedelta(days=number)


def tells(kind: str, *, person: str = "", **values: Any) -> Act:
    """A fact of that day; a value that is a span is the day so far ahead."""

    def act(case: LivedCase) -> None:
        ahead = {name: case.today + value if isinstance(value, timedelta) else value for name, value in values.items()}
        case.tell(kind, person=person, **ahead)

    return act


def together(*acts: Act) -> Act:
    """These on one day, in this order."""

    def act(case: LivedCase) -> None:
        for each in acts:
            each(case)

    return act


def files(*slots: str) -> Act:
    """Files that the checklist asks for."""

    def act(case: LivedCase) -> None:
        case.file(*slots)
        case.settle()

    return act


def notifies(paper: str, *people: str) -> Act:
    """A notice that reached these people, with proof."""
    return lambda case: case.notify(paper, *people)


def hands_in(profile: str, kind: str, **values: Any) -> Act:
    """A packet that was made is approved and leaves, and the fact of it is told."""

    def approve(case: LivedCase) -> None:
        case.approve(profile)

    return together(approve, tells(kind, **values))
