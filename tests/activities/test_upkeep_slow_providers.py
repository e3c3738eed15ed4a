"""Providers that hang, answer slowly or refuse one question cost a round of upkeep little, and nobody else their turn."""

from datetime import timedelta
from typing import Any

import pytest
from temporalio.exceptions import CancelledError
from temporalio.testing import ActivityEnvironment

from forbear.ports.sms import Found
from tests.activities.upkeeping import Busy, Hanging, Sent, upkeep_over


def test_a_provider_that_hangs_costs_one_time_out_and_the_record_is_looked_after_before() -> None:
    hanging, sent = Hanging(), Sent()
    book = Busy(hanging)
    upkeep = upkeep_over(hanging, book, sent)
    report = ActivityEnvironment().run(upkeep.look_after)
    assert book.turns == [(part, 0) for part in ("claims", "idle", "missing", "seal", "purge")]
    assert hanging.asked == ["replies", "payments"], "the texts' provider was asked once, and the payments' once"
    assert (book.settled, sent.learnt, report.failed) == ([], [], 0)
    ActivityEnvironment().run(upkeep.look_after)
    assert hanging.asked == ["replies", "payments"] * 2, "in the next round each is asked again"


def test_a_provider_that_answers_slowly_gets_a_time_for_each_part_and_every_item_has_its_turn() -> None:
    hanging, sent = Hanging(answers=True), Sent()
    book = Busy(hanging)
    upkeep, began = upkeep_over(hanging, book, sent), hanging.at
    ActivityEnvironment().run(upkeep.look_after)
    assert hanging.at - began < timedelta(minutes=3)
    assert (book.settled, sent.learnt) == (
        ["tch_000", "tch_001", "tch_002", "tch_003"],
        ["sent_0", "sent_1", "sent_2", "sent_3"],
    )
    ActivityEnvironment().run(upkeep.look_after)
    assert book.settled[4:] == ["tch_004", "tch_005", "tch_006", "tch_007"]


def test_one_question_that_a_provider_refuses_keeps_no_other_from_being_asked() -> None:
    hanging, sent = Hanging(answers=True, seconds=0, unreadable="tch_000"), Sent()
    book = Busy(hanging)
    ActivityEnvironment().run(upkeep_over(hanging, book, sent).look_after)
    assert (len(book.settled), len(sent.learnt)) == (499, 100)


def test_one_item_that_always_times_out_does_not_keep_the_same_others_waiting() -> None:
    class Poisoned(Hanging):
        def find(self, **named: Any) -> Found | None:
            self.answers = named["touch"] != "tch_000"
            self._wait(named["touch"])
            return None

    hanging, sent = Poisoned(answers=True, seconds=0), Sent()
    book = Busy(hanging)
    upkeep = upkeep_over(hanging, book, sent)
    ActivityEnvironment().run(upkeep.look_after)
    assert book.settled == []
    hanging.answers = True
    ActivityEnvironment().run(upkeep.look_after)
    assert len(book.settled) == 499


@pytest.mark.parametrize("swallowed", [False, True])
def test_a_cancellation_amid_the_items_ends_the_round_at_once(swallowed: bool) -> None:
    """As a thread gets it: raised amid a question, where an adapter may take it for its own error."""
    env = ActivityEnvironment()

    class Cancelled(Hanging):
        def find(self, **named: Any) -> Found | None:
            self.asked.append(named["touch"])
            env.cancel()
            if swallowed:
                raise ConnectionError
            raise CancelledError("now")

    hanging, sent = Cancelled(answers=True, seconds=0), Sent()
    book = Busy(hanging)
    with pytest.raises(CancelledError):
        env.run(upkeep_over(hanging, book, sent).look_after)
    assert (hanging.asked, book.reports, sent.learnt) == (["replies", "tch_000"], [], [])
