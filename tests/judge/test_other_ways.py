"""The judge on calls, letters and visits: a true story has no finding, and one with one defect has exactly that one."""

import json
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from tests.judge.__main__ import main
from tests.judge.reading import Row
from tests.judge.story import ADA, NOW, Story, a_true_story, confirm, send
from tests.judge.ways_story import CY, OFFICERS, tell_other_ways

Break = Callable[[Story, list[Row]], object]


def judged(story: Story, works: list[Row], folder: Path) -> list[tuple[str, str, str]]:
    story.write(folder)
    (folder / "staff.jsonl").write_text("".join(json.dumps(line) + "\n" for line in works), encoding="utf-8")
    files = [
        word for name in ("world", "client", "ledger", "staff") for word in (f"--{name}", str(folder / f"{name}.jsonl"))
    ]
    main([*files, "--out", str(folder / "verdict.json"), "--now", NOW])
    verdict = json.loads((folder / "verdict.json").read_text(encoding="utf-8"))
    return [(each["kind"], each["rule"], each["subject"]) for each in verdict["findings"]]


def act(works: list[Row], kind: str, **fields: Any) -> Row:
    return next(line for line in works if line["kind"] == kind and fields.items() <= line.items())


def test_a_true_story_over_all_channels_has_no_finding(tmp_path: Path) -> None:
    story = a_true_story()
    assert judged(story, tell_other_ways(story), tmp_path) == []


def call_at_night(story: Story, works: list[Row]) -> None:
    """07:30 in New York; answered by day, but the telephone rang before."""
    del works
    story.row("touch", id="tch_call")["claimed_at"] = "2026-10-27T11:30:00Z"
    story.line(sid="CAmachine", kind="accepted")["at"] = "2026-10-27T11:30:20Z"


def answered_at_night(story: Story, works: list[Row]) -> None:
    """A queued call that connects hours later."""
    del works
    story.line(sid="CAmachine", kind="answered")["at"] = "2026-10-28T02:00:00Z"


def placed_twice(story: Story, works: list[Row]) -> None:
    del works
    story.world.append({**story.line(sid="CAmachine", kind="accepted"), "sid": "CAagain"})


def without_claim(story: Story, works: list[Row]) -> None:
    del works
    story.world.append({**story.line(sid="CAmachine", kind="accepted"), "sid": "CAmore", "ref": "tch_none"})


def to_somebody_else(story: Story, works: list[Row]) -> None:
    del story
    act(works, "call")["to"] = act(works, "call_ended")["to"] = ADA


def without_consent_to_a_machine(story: Story, works: list[Row]) -> None:
    del works
    del story.told(account="acc_cy")["consents"][1]


def dialled_at_night(story: Story, works: list[Row]) -> None:
    """The permit was given by day; the caller waited until 21:30."""
    del story
    act(works, "call")["at"] = "2026-10-30T01:30:00Z"


def dialled_twice(story: Story, works: list[Row]) -> None:
    del story
    works.append({**act(works, "call"), "at": "2026-10-29T16:05:00Z"})


def dialled_without_a_claim(story: Story, works: list[Row]) -> None:
    del story
    works.append({**act(works, "call"), "task": "tsk_none"})


def a_call_nobody_made(story: Story, works: list[Row]) -> None:
    del story
    works[:] = [line for line in works if line.get("task") != "tsk_dial"]


def an_outcome_lost(story: Story, works: list[Row]) -> None:
    del works
    story.row("task", id="tsk_dial")["outcome"] = "no_answer"


def all_day_long(story: Story, works: list[Row]) -> None:
    """Four dials on one day, each with a claim of its own."""
    for number in range(3):
        claim = deepcopy(story.row("touch", id="tch_dial")) | {"id": f"tch_d{number}", "task": f"tsk_d{number}"}
        story.ledger.append(claim)
        task = {"table": "task", "id": f"tsk_d{number}", "touch": f"tch_d{number}", "outcome": "no_answer"}
        story.ledger.append(task)
        works.append({**act(works, "call"), "task": f"tsk_d{number}"})


def called_after_a_stop_to_a_caller(story: Story, works: list[Row]) -> None:
    """What somebody told a caller binds from the moment in which the page had taken it."""
    act(works, "call_ended")["outcome"] = story.row("task", id="tsk_dial")["outcome"] = "spoke_stop"
    story.ledger.append({"table": "suppression", "person": "per_cy", "address_key": None, "lifted_at": None})
    confirm(story, "acc_cy", "2026-11-05T12:00:00Z")
    send(story, "tch_cy", "acc_cy", CY, "2026-11-05T17:00:00Z")


def stop_to_a_caller_lost(story: Story, works: list[Row]) -> None:
    act(works, "call_ended")["outcome"] = story.row("task", id="tsk_dial")["outcome"] = "spoke_stop"


def called_after_a_stop_to_the_menu(story: Story, works: list[Row]) -> None:
    del works
    said = {"channel": "call-in", "kind": "stop", "from": CY, "to": "+15005550006", "sid": "CAmachine"}
    story.world.append(said | {"at": "2026-10-27T15:01:00Z", "ref": "tch_call"})
    story.ledger.append({"table": "suppression", "person": None, "address_key": "key_cy", "lifted_at": None})


def a_fourth_contact_by_text(story: Story, works: list[Row]) -> None:
    """A call by a machine, one by a caller, a visit and two letters in the week before."""
    del works
    confirm(story, "acc_cy", "2026-10-31T12:00:00Z")
    send(story, "tch_cy", "acc_cy", CY, "2026-10-31T17:00:00Z")


def called_after_an_opt_out_from_calls(story: Story, works: list[Row]) -> None:
    """An opt-out from texts alone is none from calls; this one is."""
    works[:] = [line for line in works if line.get("task") != "tsk_dial"]
    story.ledger.remove(story.row("touch", id="tch_dial"))
    given = {"to": CY, "at": "2026-09-01T12:00:00Z"}
    story.told(account="acc_cy")["opt_outs"] = [{"channel": "sms", **given}, {"channel": "call", **given}]


def letter_twice(story: Story, works: list[Row]) -> None:
    del works
    story.world.append({**story.line(sid="ltr_1", kind="accepted"), "sid": "ltr_2"})


def printed_twice(story: Story, works: list[Row]) -> None:
    del story
    works.append(act(works, "letter", what="printed"))


def letter_without_claim(story: Story, works: list[Row]) -> None:
    del story
    works.append({**act(works, "letter", what="printed"), "touch": "tch_none"})


def letter_never_taken(story: Story, works: list[Row]) -> None:
    del works
    story.world[:] = [line for line in story.world if line.get("sid") != "ltr_1"]


def letter_after_the_lenders_stop(story: Story, works: list[Row]) -> None:
    """The visit and the caller were earlier than the stop; the letter is printed on."""
    del works
    story.client.append({"at": "2026-10-27T11:00:00Z", "kind": "stop", "account": "acc_cy", "stop": "dispute"})
    story.client.append({"at": "2026-10-27T12:30:00Z", "kind": "stop_lifted", "account": "acc_cy", "stop": "dispute"})
    story.ledger.append({"table": "stop", "person": "per_cy", "kind": "dispute"})


def back_and_still_valid(story: Story, works: list[Row]) -> None:
    del story
    works.append({**act(works, "letter", what="printed"), "at": "2026-11-03T12:00:00Z", "what": "returned"})


def one_alone(story: Story, works: list[Row]) -> None:
    del story
    act(works, "visit")["staff"] = OFFICERS[:1] * 2


def one_not_there(story: Story, works: list[Row]) -> None:
    del works
    story.ledger.remove(story.row("visit_check_in", officer=OFFICERS[1]))


def nobody_approved(story: Story, works: list[Row]) -> None:
    del works
    story.row("visit", id="vis_1")["decided_by"] = None


def approved_by_one_of_them(story: Story, works: list[Row]) -> None:
    del works
    story.row("visit", id="vis_1")["decided_by"] = OFFICERS[0]


def visit_at_night(story: Story, works: list[Row]) -> None:
    for officer in OFFICERS:
        story.row("visit_check_in", officer=officer)["at"] = "2026-10-31T01:20:00Z"
    act(works, "visit")["at"] = "2026-10-31T01:25:00Z"


def knocked_twice(story: Story, works: list[Row]) -> None:
    del story
    works.append(act(works, "visit"))


def a_visit_nobody_made(story: Story, works: list[Row]) -> None:
    del story
    works[:] = [line for line in works if not line["kind"].startswith("visit")]


def visited_again_though_asked_not_to(story: Story, works: list[Row]) -> None:
    row = story.row("visit", id="vis_1")
    act(works, "visit_ended")["outcome"] = row["outcome"] = "asked_not_to_return"
    story.ledger.append(story.row("touch", id="tch_door") | {"id": "tch_door2", "claimed_at": "2026-11-02T15:10:00Z"})
    story.ledger.append({**row, "id": "vis_2", "touch": "tch_door2"})
    story.ledger += [
        {"table": "visit_check_in", "visit": "vis_2", "officer": officer, "at": "2026-11-02T15:09:00Z"}
        for officer in OFFICERS
    ]
    works.append({**act(works, "visit"), "visit": "vis_2", "at": "2026-11-02T15:12:00Z"})


DEFECTS: list[tuple[Break, tuple[str, str, str]]] = [
    (call_at_night, ("unlawful", "call hours", "tch_call")),
    (answered_at_night, ("unlawful", "call hours", "tch_call")),
    (placed_twice, ("duplicated", "call", "tch_call")),
    (without_claim, ("unexpected", "call", "CAmore")),
    (to_somebody_else, ("unexpected", "recipient", "tch_dial")),
    (without_consent_to_a_machine, ("unlawful", "call consent", "tch_call")),
    (dialled_at_night, ("unlawful", "call hours", "tch_dial")),
    (dialled_twice, ("duplicated", "call", "tsk_dial")),
    (dialled_without_a_claim, ("unexpected", "call", "tsk_none")),
    (a_call_nobody_made, ("lost", "record", "tch_dial")),
    (an_outcome_lost, ("lost", "outcome", "tsk_dial")),
    (all_day_long, ("unlawful", "calls a day", "tsk_dial")),
    (called_after_a_stop_to_a_caller, ("unlawful", "silence", "tch_cy")),
    (stop_to_a_caller_lost, ("lost", "fact", "page")),
    (called_after_a_stop_to_the_menu, ("unlawful", "call silence", "tch_dial")),
    (called_after_an_opt_out_from_calls, ("unlawful", "call silence", "tch_call")),
    (a_fourth_contact_by_text, ("unlawful", "contacts in 7 days", "tch_cy")),
    (letter_twice, ("duplicated", "letter", "tch_lob")),
    (printed_twice, ("duplicated", "letter", "tch_ours")),
    (letter_without_claim, ("unexpected", "letter", "tch_none")),
    (letter_never_taken, ("lost", "record", "tch_lob")),
    (letter_after_the_lenders_stop, ("unlawful", "letter silence", "tch_lob")),
    (back_and_still_valid, ("lost", "fact", "tch_ours")),
    (one_alone, ("unlawful", "visit alone", "vis_1")),
    (one_not_there, ("unlawful", "visit alone", "vis_1")),
    (nobody_approved, ("unlawful", "visit approval", "vis_1")),
    (approved_by_one_of_them, ("unlawful", "visit approval", "vis_1")),
    (visit_at_night, ("unlawful", "visit hours", "tch_door")),
    (knocked_twice, ("duplicated", "visit", "vis_1")),
    (a_visit_nobody_made, ("lost", "record", "tch_door")),
    (visited_again_though_asked_not_to, ("unlawful", "visit silence", "vis_2")),
]


@pytest.mark.parametrize(("spoil", "expected"), DEFECTS, ids=[spoil.__name__ for spoil, _ in DEFECTS])
def test_each_defect_is_found_and_nothing_else(spoil: Break, expected: tuple[str, str, str], tmp_path: Path) -> None:
    story = a_true_story()
    works = tell_other_ways(story)
    spoil(story, works)
    assert set(judged(story, works, tmp_path)) == {expected}
