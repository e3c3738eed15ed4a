"""The judge on two lenders of one tenant: a true story has no finding, and each defect of China's route exactly one."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.judge.china_story import CODES, JIA, YI, a_true_story_of_two_lenders, add_contact, send_domestic
from tests.judge.story import ADA, Story, permission, send
from tests.judge.test_judge import judged

Break = Callable[[Story], object]


def test_a_true_story_of_two_lenders_has_no_finding(tmp_path: Path) -> None:
    """Among it: 08:05 in Beijing is 06:05 in Xinjiang, and 21:30 in Beijing is 08:30 in New York."""
    status, _, findings = judged(a_true_story_of_two_lenders(), tmp_path)
    assert (status, findings) == (0, [])


def moved(story: Story, touch: str, at: str) -> None:
    story.line(ref=touch)["at"] = at
    story.row("touch", id=touch)["claimed_at"] = at
    story.line(sid=f"SM{touch}", status="delivered")["at"] = at


def late_in_beijing(story: Story) -> None:
    """22:00 in Beijing is 20:00 in Xinjiang, where one might still be texted by one's own clock."""
    moved(story, "tch_6", "2026-10-28T14:00:00Z")


def early_in_beijing(story: Story) -> None:
    moved(story, "tch_6", "2026-10-27T23:59:00Z")


def night_abroad(story: Story) -> None:
    """20:30 in Beijing is 07:30 in New York."""
    moved(story, "tch_8", "2026-11-04T12:30:00Z")


def night_at_home(story: Story) -> None:
    """10:00 in New York is 23:00 in Beijing, and the number is a Chinese one."""
    moved(story, "tch_8", "2026-11-04T15:00:00Z")


def a_chinese_number_is_enough(story: Story) -> None:
    """Whatever else the lender said of its owner's place."""
    night_at_home(story)
    story.told(kind="enrolled", account="acc_ada")["countries"] = ["US"]


def both_lenders_on_one_day(story: Story) -> None:
    """Two numbers, two routes, two lenders: one person."""
    story.client.append({"at": "2026-11-03T12:00:00Z", "kind": "balance", "account": "acc_loan", "owed": "0"})
    story.client[-1]["as_of"] = "2026-11-03T11:00:00Z"
    story.ledger.remove(story.row("touch", id="tch_3"))
    story.world.remove(story.line(ref="tch_3"))
    send(story, "tch_9", "acc_loan", ADA, "2026-11-04T18:00:00Z")


def both_lenders_in_one_week(story: Story) -> None:
    send(story, "tch_9", "acc_loan", ADA, "2026-11-05T18:00:00Z")


def by_the_wrong_route(story: Story) -> None:
    line = story.line(ref="tch_6")
    for name in ("route", "template", "links", "words"):
        del line[name]
    story.row("touch", id="tch_6")["provider"] = "twilio"


def abroad_by_the_domestic_route(story: Story) -> None:
    story.line(ref="tch_2").update(route="aliyun", template=CODES["cn-notice-talk"], links=0, words=[])
    story.row("touch", id="tch_2").update(template="cn-notice-talk", language="zh-Hans", provider="aliyun")


def by_another_route_than_claimed(story: Story) -> None:
    story.row("touch", id="tch_6")["provider"] = "twilio"


def with_a_link(story: Story) -> None:
    story.line(ref="tch_6")["links"] = 1


def with_a_forbidden_word(story: Story) -> None:
    story.line(ref="tch_6")["words"] = ["欠款"]


def never_approved(story: Story) -> None:
    story.row("touch", id="tch_6")["template"] = "reminder-friendly"


def under_another_code(story: Story) -> None:
    story.line(ref="tch_8")["template"] = CODES["cn-notice-friendly"]


def under_another_name(story: Story) -> None:
    story.line(ref="tch_6")["from"] = "另一家"


def plain_words_to_a_guarantor(story: Story) -> None:
    story.row("touch", id="tch_7")["template"] = "cn-notice-friendly"
    story.line(ref="tch_7")["template"] = CODES["cn-notice-friendly"]


def to_an_emergency_contact(story: Story) -> None:
    add_contact(story)
    story.row("touch", id="tch_7")["role"] = "contact"
    story.line(ref="tch_7")["to"] = "+8619900000003"


def consent_of_the_other_lender(story: Story) -> None:
    """What Ada agreed to with the credit union is not the bank's."""
    story.told(kind="enrolled", account="acc_ada")["consents"] = []
    story.told(kind="enrolled", account="acc_card")["consents"] = [permission(None, "2026-01-05T12:00:00Z")]


def after_a_stop_by_the_domestic_route(story: Story) -> None:
    """It binds from the ledger's own row, which has an id of its own, and not only when patience ends."""
    said = {"at": "2026-10-28T12:00:00Z", "channel": "sms-in", "kind": "stop", "from": YI, "to": "示例储蓄"}
    story.world.append(said | {"sid": "4711", "route": "aliyun"})
    at = "2026-10-28T12:01:00Z"
    story.ledger += [
        {"table": "reply", "id": "rpl_9", "provider_id": "aliyun:ab", "person": "per_yi", "at": at, "reading": "stop"},
        {"table": "suppression", "person": None, "address_key": "key_yi_acc_jia", "at": at, "lifted_at": None},
    ]


def guarantor_without_consent(story: Story) -> None:
    story.told(kind="enrolled", account="acc_jia")["others"][0]["consents"] = []


UNLAWFUL: list[tuple[Break, str, str]] = [
    (late_in_beijing, "hours", "tch_6"),
    (early_in_beijing, "hours", "tch_6"),
    (night_abroad, "hours", "tch_8"),
    (night_at_home, "hours", "tch_8"),
    (a_chinese_number_is_enough, "hours", "tch_8"),
    (both_lenders_on_one_day, "texts a day", "tch_9"),
    (both_lenders_in_one_week, "texts in 7 days", "tch_9"),
    (by_the_wrong_route, "route", "tch_6"),
    (by_another_route_than_claimed, "route", "tch_6"),
    (with_a_link, "link", "tch_6"),
    (with_a_forbidden_word, "wording", "tch_6"),
    (never_approved, "template", "tch_6"),
    (under_another_code, "template", "tch_8"),
    (under_another_name, "signature", "tch_6"),
    (plain_words_to_a_guarantor, "party", "tch_7"),
    (to_an_emergency_contact, "party", "tch_7"),
    (consent_of_the_other_lender, "consent", "tch_8"),
    (guarantor_without_consent, "consent", "tch_7"),
    (after_a_stop_by_the_domestic_route, "silence", "tch_7"),
    (abroad_by_the_domestic_route, "route", "tch_2"),
]


@pytest.mark.parametrize(("broken", "rule", "subject"), UNLAWFUL, ids=[case[0].__name__ for case in UNLAWFUL])
def test_one_unlawful_text_is_the_one_finding(tmp_path: Path, broken: Break, rule: str, subject: str) -> None:
    story = a_true_story_of_two_lenders()
    broken(story)
    status, _, findings = judged(story, tmp_path)
    assert findings == [("unlawful", rule, subject)]
    assert status == 1


def to_the_borrower_instead(story: Story) -> None:
    moved(story, "tch_6", "2026-10-27T00:05:00Z")
    story.line(ref="tch_7")["to"] = JIA


def guarantors_stop_unheard(story: Story) -> None:
    """The borrower's own opt-out does not stand for the guarantor's."""
    at = "2026-10-28T14:00:00Z"
    story.world.append({"at": at, "channel": "sms-in", "kind": "stop", "from": YI, "to": "示例储蓄", "sid": "SMin9"})
    key = "key_jia_acc_jia"
    story.ledger.append({"table": "suppression", "person": None, "address_key": key, "at": at, "lifted_at": None})


OTHER: list[tuple[Break, str, str, str]] = [
    (to_the_borrower_instead, "unexpected", "recipient", "tch_7"),
    (guarantors_stop_unheard, "lost", "fact", "SMin9"),
]


@pytest.mark.parametrize(("broken", "kind", "rule", "subject"), OTHER, ids=[case[0].__name__ for case in OTHER])
def test_one_other_defect_is_the_one_finding(tmp_path: Path, broken: Break, kind: str, rule: str, subject: str) -> None:
    story = a_true_story_of_two_lenders()
    broken(story)
    assert judged(story, tmp_path)[2] == [(kind, rule, subject)]


def test_the_same_week_is_lawful_for_two_people(tmp_path: Path) -> None:
    """What both lenders may not do to one person, they may do to two."""
    story = a_true_story_of_two_lenders()
    both_lenders_in_one_week(story)
    story.told(kind="enrolled", account="acc_ada")["person"] = "another"
    assert judged(story, tmp_path)[2] == []


def test_a_window_may_end_at_ten_in_the_evening_for_china_only(tmp_path: Path) -> None:
    """21:59 in Beijing for somebody in Beijing."""
    story = a_true_story_of_two_lenders()
    moved(story, "tch_6", "2026-10-28T13:59:00Z")
    send_domestic(story, "tch_9", "acc_jia", JIA, "2026-10-30T00:00:00Z", template="cn-notice-talk")
    story.told(kind="balance", account="acc_jia").update(at="2026-10-29T12:00:00Z", as_of="2026-10-29T11:00:00Z")
    assert judged(story, tmp_path)[2] == []


@pytest.mark.parametrize("written", ["尊敬的甲一先生", "\\u7684\\u7532\\u4e00", "%E7%9A%84%E7%94%B2%E4%B8%80"])
def test_a_chinese_name_is_found_however_it_was_written(tmp_path: Path, written: str) -> None:
    (tmp_path / "needles.txt").write_text("甲一\n四川省\n", encoding="utf-8")
    (tmp_path / "clean.log").write_text("甲 一 甲二\n", encoding="utf-8")
    (tmp_path / "dirty.log").write_text(f'{{"who": "{written}"}}\n', encoding="utf-8")
    files = ("--needles", str(tmp_path / "needles.txt"), "--text", str(tmp_path / "clean.log"))
    findings = judged(a_true_story_of_two_lenders(), tmp_path, *files, str(tmp_path / "dirty.log"))[2]
    assert findings == [("leaking", "text", "dirty.log")]
