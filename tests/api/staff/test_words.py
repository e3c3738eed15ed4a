"""Every word of staff's pages is in a catalogue, in every language, with the same values; every outcome has its words."""

import re
import string

import pytest

from forbear.api.staff import scripts
from forbear.api.staff.task_outcomes import ENDS
from forbear.api.staff.wording import FOLDER, words_in
from forbear.contracts.outcomes import CALL_OUTCOMES, CAUSES, TICKS
from forbear.ledger.human_readings import MEANINGS
from forbear.ledger.staffing import LANGUAGES, ROLES

SCRIPTS = sorted(scripts.names())
VALUES = {"name", "caller", "lender", "phone", "amount", "day", "summary"}


def named(sentence: str) -> set[str]:
    return {field for _, field, _, _ in string.Formatter().parse(sentence) if field}


def test_every_language_says_the_same_with_the_same_values() -> None:
    ours, *others = (words_in(language).sentences for language in LANGUAGES)
    for theirs in others:
        assert set(ours) == set(theirs)
        for key, sentence in ours.items():
            assert named(sentence) == named(theirs[key]), key
    assert not any(
        re.search(r"""["'<>]""", sentence)
        for language in LANGUAGES
        for sentence in words_in(language).sentences.values()
    )


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.html")), ids=lambda path: path.name)
def test_templates_hold_no_words_of_their_own_and_ask_for_none_that_are_missing(path: object) -> None:
    source = FOLDER.joinpath(str(path)).read_text("utf-8")
    shown = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}|<[^>]*>", " ", source, flags=re.DOTALL)
    assert not re.search(r"[A-Za-z]{2,}", re.sub(r'[a-z-]+="[^"]*"', " ", shown)), shown.split()
    for key in re.findall(r'w\("([a-z_]+\.[a-z_]+)"[,)]', source):
        assert key in words_in("en").sentences, key


@pytest.mark.parametrize("language", LANGUAGES)
def test_everything_that_can_be_chosen_has_words(language: str) -> None:
    known = words_in(language).sentences
    wanted = [f"outcome.{each}" for each in CALL_OUTCOMES] + [f"causes.{each}" for each in CAUSES]
    wanted += [f"ticks.{each}" for each in TICKS] + [f"reply.{each}" for each in MEANINGS]
    wanted += [f"roles.{each}" for each in ROLES]
    wanted += [f"{kind}.{each}" for kind, ends in ENDS.items() for each in (*ends, "lead")]
    wanted += [f"{kind}.{each}" for kind, ends in ENDS.items() if len(ends) > 1 for each in ("legend", "missing")]
    wanted += [f"{kind}.done" for kind, ends in ENDS.items() if len(ends) == 1]
    assert [key for key in wanted if key not in known] == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", SCRIPTS)
def test_every_script_is_whole_and_silent_before_the_check(name: str, language: str) -> None:
    values = {each: f"«{each}»" for each in VALUES}
    script = scripts.fill(name, language, values)
    assert script.language == language
    assert [step for step, _ in script.before] == ["greet", "check", "not_them", "wrong_number"]
    assert [step for step, _ in script.after] == ["say", "ask", "agree", "help", "wrong", "close"]
    early = " ".join(sentence for _, sentence in (*script.before, *script.message))
    assert "«amount»" not in early
    assert "«lender»" in early
    for step, _ in (*script.before, *script.after, *script.message):
        assert f"steps.{step}" in words_in(language).sentences


@pytest.mark.parametrize(
    ("template", "party", "stage", "lender", "chosen"),
    [
        ("call-promise-missed", "borrower", "M1", "original_creditor", "call-promise-missed"),
        ("reminder-call", "borrower", "M1", "original_creditor", "call-friendly"),
        ("reminder-call", "co_borrower", "M2", "original_creditor", "call-talk"),
        ("reminder-call", "borrower", "M5", "original_creditor", "call-help"),
        ("call-friendly", "guarantor", "M1", "original_creditor", "call-guarantor"),
        ("call-friendly", "spouse", "M1", "original_creditor", None),
        ("call-friendly", "borrower", "M1", "third_party_collector", None),
    ],
)
def test_a_script_fits_party_stage_and_lender(
    template: str, party: str, stage: str, lender: str, chosen: str | None
) -> None:
    assert scripts.choose(template, party, stage, lender) == chosen


def test_why_a_visit_waits_is_said_in_whole_chinese_sentences() -> None:
    words = words_in("zh-Hans")
    held = {key: said for key, said in words.sentences.items() if key.startswith("visit_held.")}
    assert [key for key, said in held.items() if not said.endswith("。")] == []
    assert words("visit_held.until", when="3月2日12:00") == "3月2日12:00之后可以开始。"
