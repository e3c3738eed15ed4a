"""How the touches of each channel are told apart by their ends, and that every end has words in every language."""

from datetime import timedelta
from typing import Any

import pytest

from forbear.contracts.outcomes import CALL_OUTCOMES, VISIT_OUTCOMES
from forbear.rehearsal import ways
from forbear.rehearsal.demo import ORIGIN
from forbear.rehearsal.figures import Month, Row
from forbear.rehearsal.words import LANGUAGES, words


def month(**tables: list[Row]) -> Month:
    return Month([], tables, ORIGIN, ORIGIN + timedelta(days=1), 1)


def call(result: str | None, task: str | None = None) -> Row:
    return {"id": f"tch_{result}_{task}", "channel": "call", "state": "delivered", "result": result, "task": task}


def letter(name: str, state: str) -> Row:
    return {"id": name, "channel": "letter", "state": state, "result": None, "task": None}


def visit(state: str, outcome: str | None, touch: str | None) -> Row:
    return {"id": f"vis_{state}_{outcome}", "state": state, "outcome": outcome, "touch": touch}


def test_calls_by_machines_and_by_people_end_in_one_list() -> None:
    told = month(
        touch=[call("connected"), call("voicemail_left"), call("connected", "tsk_no"), call("busy", "tsk_busy")],
        task=[{"id": "tsk_no", "outcome": "spoke_refuses"}, {"id": "tsk_busy", "outcome": "busy"}],
    )
    assert ways.ends(told, "call") == {"answered": 1, "refused": 1, "voicemail": 1, "no_answer": 1}
    assert ways.by_people(told) == 2
    assert ways.made(told) == {"call": 4}


def test_a_letter_that_came_back_is_not_signed_for() -> None:
    proofs = [{"touch": "a", "kind": "signed"}, {"touch": "b", "kind": "signed"}, {"touch": "c", "kind": "posted"}]
    letters = [letter("a", "delivered"), letter("b", "undelivered"), letter("c", "delivered"), letter("d", "sent")]
    told = month(touch=[*letters, letter("e", "failed")], service_proof=proofs)
    assert ways.ends(told, "letter") == {"signed": 1, "delivered": 1, "on_its_way": 1, "returned": 1, "not_sent": 1}
    assert ways.made(told) == {"letter": 4}


def test_a_visit_that_is_only_planned_is_none() -> None:
    told = month(
        visit=[
            visit("assigned", None, None),
            visit("declined", None, None),
            visit("withdrawn", None, None),
            visit("under_way", None, "tch_1"),
            visit("reported", "nobody_home", "tch_2"),
            visit("reported", "asked_not_to_return", "tch_3"),
        ]
    )
    assert ways.ends(told, "visit") == {"refused": 1, "nobody_home": 1, "unknown": 1, "declined": 1, "not_needed": 1}
    assert ways.made(told) == {"visit": 3}


def test_every_outcome_that_staff_may_tell_has_an_end() -> None:
    called: dict[str, Any] = {outcome: ended.result for outcome, ended in CALL_OUTCOMES.items()}
    assert set(called.values()) <= set(ways.CALLED)
    assert set(VISIT_OUTCOMES) - {"unsafe_aborted"} == set(ways.VISITED)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_end_has_words(language: str) -> None:
    say = words(language)
    for channel, ends in ways.ENDS.items():
        assert all(say.knows(f"end_{channel}", end) for end in ends)
        assert len({say(f"end_{channel}", end) for end in ends}) == len(ends)
