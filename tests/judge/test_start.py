"""START by text: what it takes back, with whom it agrees, and that without a STOP it agrees to nothing."""

from pathlib import Path

from tests.judge.story import BO, a_true_story, send, unsend
from tests.judge.test_judge import after_stop, judged, opted_out_before


def test_start_after_stop_lifts_the_silence(tmp_path: Path) -> None:
    story = a_true_story()
    after_stop(story)
    start = {**story.line(kind="stop"), "kind": "start", "sid": "SMin3", "at": "2026-10-30T16:00:00Z"}
    story.world.append(start)
    story.row("suppression")["lifted_at"] = "2026-10-30T16:00:00Z"
    assert judged(story, tmp_path)[2] == []


def test_start_after_stop_agrees_with_the_lender_it_was_sent_to(tmp_path: Path) -> None:
    """And only from then on: what was sent under the old opt-out, before, is still unlawful."""
    story = a_true_story()
    opted_out_before(story)
    after_stop(story)
    story.world.append({**story.line(kind="stop"), "kind": "start", "sid": "SMin3", "at": "2026-10-30T16:00:00Z"})
    story.row("suppression")["lifted_at"] = "2026-10-30T16:00:00Z"
    assert [(rule, subject) for _, rule, subject in judged(story, tmp_path)[2]] == [("silence", "tch_2")]


def test_start_without_a_stop_agrees_to_nothing(tmp_path: Path) -> None:
    story = a_true_story()
    opted_out_before(story)
    send(story, "tch_5", "acc_bo", BO, "2026-10-28T20:00:00Z")
    unsend(story, "tch_2")
    story.world.append({**story.line(kind="stop"), "kind": "start", "sid": "SMin3", "at": "2026-10-28T16:00:00Z"})
    assert ("silence", "tch_5") in [(rule, subject) for _, rule, subject in judged(story, tmp_path)[2]]
