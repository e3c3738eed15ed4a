"""A lender's own text is refused with the phrase and the rule, for what the lender is and where its people live."""

from typing import Any

import pytest

from forbear.api.lender.shapes.templates import SENT
from tests.api.house import Client

PATH = "/v1/templates/check"


def refused(client: Client, **changes: Any) -> list[str]:
    answer = client.post(PATH, {**SENT, **changes})
    assert (answer.status_code, answer.json()["code"]) == (422, "words_refused"), answer.text
    assert {each["pointer"] for each in answer.json()["errors"]} == {"/text"}
    return [each["detail"] for each in answer.json()["errors"]]


def test_a_text_that_may_be_sent_passes_and_names_every_rule_asked(one: Client) -> None:
    answer = one.post(PATH, SENT)
    assert answer.status_code == 200, answer.text
    assert answer.json()["passes"] is True
    assert {"POLICY.WORDS.DEBT", "POLICY.WORDS.OPTOUT"} <= set(answer.json()["rules"])
    assert not [rule for rule in answer.json()["rules"] if rule.startswith(("CN.", "US-NY", "US.REGF"))]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"text": SENT["text"].replace("account", "d.e.b.t")}, "line 1: “debt” (POLICY.WORDS.DEBT). Before"),
        ({"text": "\n" + SENT["text"].replace("account", "АRRЕST")}, "line 2: “arrest” (POLICY.WORDS.THREAT)."),
        ({"text": SENT["text"].replace("Reply STOP to opt out.", "")}, "line 1: “opt_out_instructions: Reply STOP"),
        ({"text": SENT["text"].replace("{{ phone }}", "{{ balance }}")}, "line 1: “{{ balance }}” (POLICY.WORDS.MONEY)"),
        ({"text": SENT["text"].replace("{{ phone }}", "{{ phone[0] }}")}, "line 1: “{{ phone[0] }}” (TEMPLATE.PLAIN)"),
        ({"text": SENT["text"].replace("account", "prize"), "jurisdictions": ["GB"]}, "“prize” (GB.MISLEAD)"),
        ({"text": SENT["text"].replace("account", "以贷养贷"), "jurisdictions": ["CN"]}, "“以贷养贷” (CN.PROHIB.CBA8)"),
        ({"language": "fr"}, "“fr” (TEMPLATE.LANGUAGE)"),
        ({"text": "He took a loan.", "parties": ["contact"], "channel": "letter", "stage": "after_identity"}, "“loan” (POLICY.WORDS.THIRD)"),
    ],
)  # fmt: skip
def test_a_text_that_may_not_is_refused_with_the_phrase_and_the_rule(
    one: Client, change: dict[str, Any], told: str
) -> None:
    assert any(told in each for each in refused(one, **change))


def test_a_place_without_a_pack_cannot_be_answered_for(one: Client) -> None:
    answer = one.post(PATH, {**SENT, "jurisdictions": ["US", "ZZ"]})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    assert [each["pointer"] for each in answer.json()["errors"]] == ["/jurisdictions/1"]


def test_a_text_is_held_against_the_rules_of_the_day_that_is_named(one: Client) -> None:
    text = {**SENT, "jurisdictions": ["US-NYC"]}
    days = [one.post(PATH, {**text, "day": day}).json()["rules"] for day in ("2026-12-31", "2027-01-01")]
    assert [("US-NYC.SHIELD.STOP1WORD" in rules) for rules in days] == [False, True]


def test_nothing_is_kept_and_no_key_is_needed(one: Client) -> None:
    answers = [one.http.post(PATH, json=SENT, headers={"Authorization": f"Bearer {one.key}"}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].json() == answers[1].json()
