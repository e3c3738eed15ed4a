"""Every call and letter of every shipped playbook has its words; one that lacks them stops the worker with the reason."""

from dataclasses import replace

import pytest

from forbear.cadence.playbooks import load_all
from forbear.channels.step_words import check_words
from forbear.errors import CannotStart

BOOKS = load_all()
LOAN = BOOKS["cn-guaranteed-loan"]


def test_the_shipped_playbooks_have_all_their_words() -> None:
    check_words(BOOKS)


@pytest.mark.parametrize("channel", ["call", "letter"])
def test_a_step_without_words_is_told_for_each_language(channel: str) -> None:
    steps = tuple(replace(step, template="no-such") for step in LOAN.steps if step.channel == channel)
    with pytest.raises(CannotStart) as told:
        check_words({"loan": replace(LOAN, steps=steps)})
    lines = str(told.value).splitlines()
    assert len(lines) == len(steps) * len(LOAN.languages)
    assert f"step {steps[0].id}: no {channel} no-such in zh-Hans" in lines[0]


def test_a_letter_is_written_for_the_reader_of_its_step() -> None:
    letters = tuple(replace(step, template="notice") for step in LOAN.steps if step.channel == "letter")
    with pytest.raises(CannotStart) as told:
        check_words({"loan": replace(LOAN, steps=letters)})
    lines = str(told.value).splitlines()
    assert len(lines) == 2
    assert "step counter-guarantor-notice: the letter notice is not written for a counter guarantor" in lines[1]


def test_a_machine_and_a_person_speak_by_different_files() -> None:
    menu = replace(LOAN.steps[1], by="machine", template="menu")
    check_words({"loan": replace(LOAN, steps=(menu,))})
    with pytest.raises(CannotStart, match="templates/staff/scripts"):
        check_words({"loan": replace(LOAN, steps=(replace(menu, by="person"),))})
