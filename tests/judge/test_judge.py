"""The judge on hand-made logs: a true story has no finding, and a story with one defect has exactly that one."""

import json
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest

from tests.judge.__main__ import main
from tests.judge.story import ADA, BO, NOW, Story, a_true_story, contact, pay_at_bank, permission, send, unsend

Break = Callable[[Story], object]


def judged(story: Story, folder: Path, *more: str) -> tuple[int, dict[str, object], list[tuple[str, str, str]]]:
    """Exit status, verdict, and the findings' class, rule and subject."""
    story.write(folder)
    files = [word for name in ("world", "client", "ledger") for word in (f"--{name}", str(folder / f"{name}.jsonl"))]
    status = main([*files, "--out", str(folder / "verdict.json"), "--now", NOW, *more])
    verdict = json.loads((folder / "verdict.json").read_text(encoding="utf-8"))
    return status, verdict, [(each["kind"], each["rule"], each["subject"]) for each in verdict["findings"]]


def test_a_true_story_has_no_finding(tmp_path: Path) -> None:
    status, verdict, findings = judged(a_true_story(), tmp_path)
    assert (status, findings) == (0, [])
    assert verdict == {
        "violations": 0,
        "duplicates": 0,
        "lost": 0,
        "unexpected": 0,
        "idle": 0,
        "leaks": 0,
        "recovered": 0,
        "findings": [],
    }


def test_an_answer_that_came_late_does_not_make_its_balance_young(tmp_path: Path) -> None:
    """An outage keeps the client's answers back: what was told is known from its commit, not from its answer."""
    story = a_true_story()
    story.told(kind="enrolled", account="acc_bo")["at"] = "2026-10-27T16:02:00Z"
    story.told(kind="balance", account="acc_loan")["at"] = "2026-11-04T18:01:00Z"
    assert judged(story, tmp_path)[2] == []


def told_too_late(story: Story) -> None:
    """Longer after the text than two racing commits can explain."""
    story.told(kind="balance", account="acc_loan")["at"] = "2026-11-04T19:00:00Z"


def night(story: Story) -> None:
    """20:30 in New York is lawful, 07:59 in Los Angeles is not."""
    story.line(ref="tch_4")["at"] = "2026-11-04T15:59:30Z"
    story.row("touch", id="tch_4")["claimed_at"] = "2026-11-04T15:59:00Z"


def summer_hours_in_winter(story: Story) -> None:
    """12:30 UTC is 08:30 in New York until 31 October, and 07:30 from 1 November on."""
    story.client[0]["zones"] = story.client[1]["zones"] = ["America/New_York"]
    story.line(ref="tch_4")["at"] = "2026-11-04T12:30:20Z"
    story.row("touch", id="tch_4")["claimed_at"] = "2026-11-04T12:30:00Z"


def late_on_the_handset(story: Story) -> None:
    story.line(sid="SMtch_2", status="delivered")["at"] = "2026-10-28T03:00:00Z"


def second_of_the_day(story: Story) -> None:
    """Over accounts: the other debt of the same person, the same local day."""
    unsend(story, "tch_3")
    send(story, "tch_5", "acc_loan", ADA, "2026-10-28T00:00:00Z")


def third_in_seven_days(story: Story) -> None:
    """A text from before enrolment counts."""
    story.told(account="acc_loan")["contacts"] = [contact("2026-10-25T15:00:00Z", "sms", "delivered")]
    story.told(account="acc_card")["contacts"] = []


def fourth_contact(story: Story) -> None:
    calls = [contact(f"2026-10-{day}T15:00:00Z", "call", "connected") for day in (26, 27)]
    story.told(account="acc_card")["contacts"] = calls


def without_consent(story: Story) -> None:
    story.told(account="acc_bo")["consents"] = [permission("+13035550199", "2026-01-05T12:00:00Z")]


def consent_came_later(story: Story) -> None:
    story.told(account="acc_bo")["consents"] = [permission(None, "2026-10-28T12:00:00Z")]


def without_zone(story: Story) -> None:
    story.told(account="acc_bo")["zones"] = []


def opted_out_before(story: Story) -> None:
    story.told(account="acc_bo")["opt_outs"] = [permission(None, "2026-09-01T12:00:00Z")]


def after_stop(story: Story) -> None:
    story.told(account="acc_bo")["balance_as_of"] = "2026-10-30T12:00:00Z"
    send(story, "tch_5", "acc_bo", BO, "2026-10-31T16:00:00Z")


def after_payment_in_full(story: Story) -> None:
    story.line(ref="tch_4").update(to=ADA)
    story.row("touch", id="tch_4").update(accounts=["acc_loan", "acc_card"])
    story.client.append({"at": "2026-11-03T12:00:00Z", "kind": "balance", "account": "acc_card", "owed": "0"})
    story.client[-1]["as_of"] = "2026-11-03T11:00:00Z"


def after_the_lenders_stop(story: Story) -> None:
    story.client.append({"at": "2026-11-02T12:00:00Z", "kind": "stop", "account": "acc_loan", "stop": "dispute"})
    story.ledger.append({"table": "stop", "person": "per_ada", "kind": "dispute"})


def after_a_dispute_by_text(story: Story) -> None:
    story.world.append(
        {"at": "2026-10-28T16:00:00Z", "channel": "sms-in", "kind": "dispute", "from": ADA, "to": "", "sid": "SMin2"}
    )
    story.ledger += [
        {"table": "reply", "id": "rpl_2", "provider_id": "SMin2", "at": "2026-10-28T16:00:00Z", "reading": "dispute"},
        {"table": "stop", "person": "per_ada", "kind": "dispute"},
    ]


def stale_balance(story: Story) -> None:
    """The debt was confirmed on the 3rd; a text on the 4th must not rest on the balance of 26 October."""
    story.client[:] = [line for line in story.client if line["kind"] != "balance" or line["account"] != "acc_loan"]


def undated_balance(story: Story) -> None:
    story.told(account="acc_bo")["balance_as_of"] = None


UNLAWFUL: list[tuple[Break, str, str]] = [
    (night, "hours", "tch_4"),
    (summer_hours_in_winter, "hours", "tch_4"),
    (late_on_the_handset, "hours", "tch_2"),
    (second_of_the_day, "texts a day", "tch_5"),
    (third_in_seven_days, "texts in 7 days", "tch_3"),
    (fourth_contact, "contacts in 7 days", "tch_3"),
    (without_consent, "consent", "tch_2"),
    (consent_came_later, "consent", "tch_2"),
    (without_zone, "zone", "tch_2"),
    (opted_out_before, "silence", "tch_2"),
    (after_stop, "silence", "tch_5"),
    (after_payment_in_full, "silence", "tch_4"),
    (after_the_lenders_stop, "silence", "tch_4"),
    (after_a_dispute_by_text, "silence", "tch_3"),
    (stale_balance, "balance", "tch_4"),
    (told_too_late, "balance", "tch_4"),
    (undated_balance, "balance", "tch_2"),
]


@pytest.mark.parametrize(("broken", "rule", "subject"), UNLAWFUL, ids=[case[0].__name__ for case in UNLAWFUL])
def test_one_unlawful_text_is_the_one_finding(tmp_path: Path, broken: Break, rule: str, subject: str) -> None:
    story = a_true_story()
    broken(story)
    status, verdict, findings = judged(story, tmp_path)
    assert findings == [("unlawful", rule, subject)]
    assert (status, verdict["violations"]) == (1, 1)


def accepted_twice(story: Story) -> None:
    """Only the count is wrong: the second acceptance has a person and a day of its own."""
    story.world.append(story.line(ref="tch_2") | {"sid": "SMagain", "ref": "tch_1", "to": ADA})
    story.world[-1]["at"] = "2026-11-05T18:00:00Z"
    unsend(story, "tch_4")
    story.told(kind="balance", account="acc_card").update(as_of="2026-11-05T12:00:00Z")
    story.told(kind="payment")["amount"] = "10.00"
    story.row("payment", external_id="bank-1")["amount"] = "10.00"
    story.row("entry", payment="pay_bank-1")["amount"] = "-10.00"


def booked_twice(story: Story) -> None:
    row = story.row("payment", external_id="bank-1")
    story.ledger.append({**row, "id": "pay_other"})


def counted_twice(story: Story) -> None:
    story.ledger.append({**story.row("entry", payment="pay_bank-1")})


def never_seen(story: Story) -> None:
    story.world.remove(story.line(ref="tch_1"))


def said_to_have_failed(story: Story) -> None:
    story.row("touch", id="tch_1")["state"] = "failed"


def enrolment_gone(story: Story) -> None:
    story.ledger.remove(story.row("account", id="acc_bo"))


def stop_unheard(story: Story) -> None:
    story.ledger.remove(story.row("suppression"))


def stop_never_answered(story: Story) -> None:
    """Nobody acknowledged it, but it has had days to arrive."""
    story.ledger.remove(story.row("suppression"))
    story.ledger.remove(story.row("reply"))


def lenders_stop_gone(story: Story) -> None:
    story.client.append({"at": "2026-11-05T12:00:00Z", "kind": "stop", "account": "acc_bo", "stop": "hold"})


def promise_gone(story: Story) -> None:
    line = {"at": "2026-10-28T16:00:00Z", "channel": "page", "kind": "promise", "from": ADA, "sid": None, "ref": None}
    story.world.append(line)


def bank_payment_gone(story: Story) -> None:
    """Its entries remain, so only the payment itself is missing."""
    story.ledger.remove(story.row("payment", external_id="bank-1"))


def payment_of_an_unknown_checkout(story: Story) -> None:
    line = {"at": "2026-11-02T15:00:00Z", "channel": "payment", "kind": "payment", "from": None, "sid": "cs_9"}
    story.world.append(line | {"ref": "chk_9", "amount": "5.00", "currency": "USD"})


def payment_without_effect(story: Story) -> None:
    story.ledger.remove(story.row("entry", payment="pay_bank-1"))


def without_a_claim(story: Story) -> None:
    story.ledger.remove(story.row("touch", id="tch_2"))


def to_somebody_else(story: Story) -> None:
    """Both people could have been texted; this text was about the other one's debt."""
    story.row("touch", id="tch_2")["account"] = "acc_loan"


def to_a_stranger(story: Story) -> None:
    story.line(ref="tch_2")["to"] = "+13035550188"


def sent_before_claimed(story: Story) -> None:
    story.row("touch", id="tch_2")["claimed_at"] = "2026-10-27T16:00:40Z"


def no_next_instant(story: Story) -> None:
    story.row("account", id="acc_bo")["next_at"] = None


def no_reason(story: Story) -> None:
    story.row("account", id="acc_bo")["next_reason"] = None


def long_overdue(story: Story) -> None:
    story.row("account", id="acc_bo")["next_at"] = "2026-11-05T16:00:00Z"


def claim_beyond_lease(story: Story) -> None:
    story.row("touch", id="tch_2")["state"] = "dispatching"


OTHER: list[tuple[Break, str, str, str]] = [
    (accepted_twice, "duplicated", "text", "tch_1"),
    (booked_twice, "duplicated", "payment", "bank-1"),
    (counted_twice, "duplicated", "money", "acc_card"),
    (never_seen, "lost", "record", "tch_1"),
    (said_to_have_failed, "lost", "record", "tch_1"),
    (enrolment_gone, "lost", "account", "acc_bo"),
    (stop_unheard, "lost", "fact", "SMin1"),
    (stop_never_answered, "lost", "fact", "SMin1"),
    (lenders_stop_gone, "lost", "fact", "acc_bo"),
    (promise_gone, "lost", "fact", "ada"),
    (bank_payment_gone, "lost", "payment", "bank-1"),
    (payment_of_an_unknown_checkout, "lost", "payment", "cs_9"),
    (payment_without_effect, "lost", "money", "acc_card"),
    (without_a_claim, "unexpected", "text", "SMtch_2"),
    (to_somebody_else, "unexpected", "recipient", "tch_2"),
    (to_a_stranger, "unexpected", "recipient", "tch_2"),
    (sent_before_claimed, "unexpected", "order", "tch_2"),
    (no_next_instant, "idle", "account", "acc_bo"),
    (no_reason, "idle", "account", "acc_bo"),
    (long_overdue, "idle", "account", "acc_bo"),
    (claim_beyond_lease, "idle", "claim", "tch_2"),
]
COUNTED = {"duplicated": "duplicates", "lost": "lost", "unexpected": "unexpected", "idle": "idle"}


@pytest.mark.parametrize(("broken", "kind", "rule", "subject"), OTHER, ids=[case[0].__name__ for case in OTHER])
def test_one_other_defect_is_the_one_finding(tmp_path: Path, broken: Break, kind: str, rule: str, subject: str) -> None:
    story = a_true_story()
    broken(story)
    status, verdict, findings = judged(story, tmp_path)
    assert findings == [(kind, rule, subject)]
    assert (status, verdict["violations"], verdict[COUNTED[kind]]) == (1, 0, 1)


def test_an_unknown_touch_found_again_is_allowed(tmp_path: Path) -> None:
    story = a_true_story()
    story.ledger.append({"table": "receipt", "touch": "tch_3", "status": "lost"})
    status, verdict, _ = judged(story, tmp_path)
    assert (status, verdict["recovered"]) == (0, 1)


def test_a_payment_nobody_had_time_to_book_is_not_lost(tmp_path: Path) -> None:
    story = a_true_story()
    story.ledger.append({"table": "checkout", "id": "chk_2", "account": "acc_loan"})
    line = {"at": "2026-11-06T14:59:00Z", "channel": "payment", "kind": "payment", "from": None, "sid": "cs_2"}
    story.world.append(line | {"ref": "chk_2", "amount": "20.00", "currency": "USD"})
    assert judged(story, tmp_path)[2] == []


def test_a_part_payment_silences_nothing(tmp_path: Path) -> None:
    story = a_true_story()
    pay_at_bank(story, "acc_loan", "bank-2", "10.00", "2026-11-02T12:00:00Z")
    assert judged(story, tmp_path)[2] == []


def test_what_was_told_after_the_claim_was_not_known(tmp_path: Path) -> None:
    """The second debt's enrolment brings a contact, a zone and an opt-out, all too late for the first text."""
    story = a_true_story()
    late = story.told(account="acc_loan")
    late.update(
        at="2026-10-28T10:00:00Z", zones=["Pacific/Honolulu"], opt_outs=[permission(None, "2026-09-01T12:00:00Z")]
    )
    late["contacts"] = [contact(f"2026-10-2{day}T15:00:00Z", "call", "connected") for day in (3, 4, 5)]
    for touch in ("tch_3", "tch_4"):
        unsend(story, touch)
    assert judged(story, tmp_path)[2] == []


def test_what_came_with_an_enrolment_binds_however_late_its_answer_was_read(tmp_path: Path) -> None:
    story = a_true_story()
    opted_out_before(story)
    story.told(account="acc_bo")["at"] = "2026-10-27T18:00:00Z"
    assert judged(story, tmp_path)[2] == [("unlawful", "silence", "tch_2")]


def test_a_text_that_never_arrived_is_a_text_but_no_contact(tmp_path: Path) -> None:
    story = a_true_story()
    fourth_contact(story)
    story.line(sid="SMtch_1", status="delivered")["status"] = "undelivered"
    assert judged(story, tmp_path)[2] == []


def test_a_call_nobody_took_is_no_contact(tmp_path: Path) -> None:
    story = a_true_story()
    calls = [contact(f"2026-10-{day}T15:00:00Z", "call", "no_answer") for day in (26, 27)]
    story.told(account="acc_card")["contacts"] = calls
    assert judged(story, tmp_path)[2] == []


def test_planted_strings_are_found_where_they_stand_alone(tmp_path: Path) -> None:
    (tmp_path / "needles.txt").write_text("Ada Sampleton\n2125550101\nAda\n", encoding="utf-8")
    (tmp_path / "clean.log").write_text("touch a2125550101b of adamant people\n", encoding="utf-8")
    (tmp_path / "dirty.log").write_text('{"to": "+2125550101"}\n', encoding="utf-8")
    texts = (
        "--needles",
        str(tmp_path / "needles.txt"),
        "--text",
        str(tmp_path / "clean.log"),
        str(tmp_path / "dirty.log"),
    )
    status, verdict, findings = judged(a_true_story(), tmp_path, *texts)
    assert findings == [("leaking", "text", "dirty.log")]
    assert (status, verdict["leaks"]) == (1, 1)
    assert "2125550101" not in json.dumps(verdict)


def test_an_instant_without_an_offset_is_refused(tmp_path: Path) -> None:
    story = a_true_story()
    story.line(ref="tch_1")["at"] = "2026-10-27T18:00:20"
    with pytest.raises(ValueError, match="without an offset"):
        judged(story, tmp_path)


def test_it_shares_nothing_with_what_it_judges() -> None:
    """The import contracts of the linter do not reach tests, so the words are looked at."""
    for file in Path(__file__).parent.glob("*.py"):
        words = file.read_text(encoding="utf-8").split()
        assert not [
            word for before, word in pairwise(words) if before in {"import", "from"} and word.startswith("forbear")
        ]
