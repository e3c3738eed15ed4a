"""What a call counts as: a test for each cell of the one table, and that nothing is missing from it."""

from itertools import permutations, product
from typing import get_args

import pytest

from forbear.cadence.call_results import RESULTS, Listener, Reached, listener, result_of
from forbear.contracts.words import TouchState
from forbear.ledger.receipts import fold
from forbear.rules.counting import COUNTED

ATTEMPT, CONVERSATION, DIAL = COUNTED["attempt"], COUNTED["conversation"], COUNTED["dial"]


@pytest.mark.parametrize(
    ("told", "code", "answered_by", "reached", "result"),
    [
        (["initiated", "failed"], "21217", None, "nobody", "not_in_service"),
        (["initiated", "failed"], "13224", None, "nobody", "not_in_service"),
        (["initiated", "failed"], "32011", None, "nobody", "no_answer"),
        (["initiated", "failed"], None, None, "nobody", "no_answer"),
        (["canceled"], None, None, "nobody", None),
        (["initiated", "ringing", "canceled"], None, None, "nobody", "no_answer"),
        (["initiated", "given_up"], None, None, "nobody", "no_answer"),
        (["initiated", "given_up", "busy"], None, None, "nobody", "busy"),
        (["initiated", "ringing", "busy"], None, None, "nobody", "busy"),
        (["initiated", "ringing", "no-answer"], None, None, "nobody", "no_answer"),
        (["queued"], None, None, "nobody", None),
        (["initiated", "ringing"], None, None, "nobody", None),
        (["completed"], None, "machine_end_beep", "nobody", "machine_no_message"),
        (["completed"], None, "machine_end_beep", "silent", "machine_no_message"),
        (["completed"], None, "machine_end_silence", "message", "voicemail_left"),
        (["completed"], None, "fax", "silent", "machine_no_message"),
        (["completed"], None, "human", "nobody", "connected"),
        (["completed"], None, "human", "silent", "connected"),
        (["completed"], None, "human", "greeted", "connected"),
        (["completed"], None, "human", "wrong_party", "wrong_party"),
        (["completed"], None, "human", "verified", "connected"),
        (["completed"], None, "unknown", "silent", "connected"),
        (["completed"], None, None, "nobody", "connected"),
        (["completed"], None, "machine_start", "greeted", "connected"),
        (["completed"], None, "machine_start", "verified", "connected"),
        (["completed"], None, "machine_start", "wrong_party", "wrong_party"),
        ([], None, "human", "verified", "connected"),
        ([], None, None, "nobody", None),
    ],
)
def test_a_cell(
    told: list[str], code: str | None, answered_by: str | None, reached: Reached, result: str | None
) -> None:
    for order in permutations(told):
        assert result_of(order, code, answered_by, reached) == result


def test_the_table_has_every_cell() -> None:
    assert set(RESULTS) == set(product(get_args(Listener), get_args(Reached)))


@pytest.mark.parametrize("told", ["machine_start", "machine_end_beep", "machine_end_other", "fax"])
def test_only_what_is_proven_to_be_a_machine_is_one(told: str) -> None:
    assert listener(told) == "machine"
    assert {listener(other) for other in ("human", "unknown", "", None)} == {"somebody"}


@pytest.mark.parametrize(
    ("result", "attempt", "conversation", "dial"),
    [
        ("not_in_service", False, False, False),
        ("busy", False, False, True),
        ("no_answer", True, False, True),
        ("machine_no_message", True, False, True),
        ("voicemail_left", True, False, True),
        ("wrong_party", True, False, True),
        ("connected", True, True, True),
        ("called_us", False, True, False),
    ],
)
def test_attempts_and_conversations_are_counted_apart(
    result: str, attempt: bool, conversation: bool, dial: bool
) -> None:
    assert (result in ATTEMPT, result in CONVERSATION, result in DIAL) == (attempt, conversation, dial)


@pytest.mark.parametrize(
    ("told", "state"),
    [
        (["initiated"], "sent"),
        (["initiated", "ringing"], "sent"),
        (["queued", "canceled"], "failed"),
        (["initiated", "ringing", "canceled"], "undelivered"),
        (["queued", "given_up"], "undelivered"),
        (["given_up", "completed"], "delivered"),
        (["initiated", "ringing", "no-answer"], "undelivered"),
        (["initiated", "busy"], "undelivered"),
        (["initiated", "failed"], "undelivered"),
        (["initiated", "ringing", "in-progress", "completed"], "delivered"),
        (["lost", "completed"], "delivered"),
        (["lost"], "unknown"),
    ],
)
def test_the_state_of_a_call_is_the_same_in_every_order(told: list[str], state: TouchState) -> None:
    assert {fold(order) for order in permutations(told)} == {state}
