"""Why a task is there: every code has its sentence in every language, and whatever the tables say can be said in each."""

import ast
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from forbear.api.staff.task_reasons import named, said_in, why
from forbear.api.staff.wording import words_in
from forbear.cadence.call_codes import CALLS
from forbear.cadence.letter_codes import LETTERS
from forbear.cadence.playbooks import load_all
from forbear.cadence.sms_codes import CODES as SMS
from forbear.cadence.sms_codes import OF_FORBEAR
from forbear.ledger.staffing import LANGUAGES
from forbear.ledger.tables.tasks import Task
from forbear.ledger.task_reasons import CODES, VALUES, Because, because
from tests.api.staff.desk import Desk
from tests.api.staff.test_callers import call

ROOT = Path(__file__).parents[3]
ASKING = {
    "number_reverify",
    "never_again",
    "address_wrong",
    "stop_template",
    "stop_route",
    "call_operator",
    "hold_account",
}
"""Actions that end in a task."""
VALUE = {"code": "30007", "channel": "sms", "provider": "twilio", "reading": "hardship"}
TITLES = {step.title for book in load_all().values() for step in book.steps if step.by != "machine"}
TABLES = (*SMS.values(), OF_FORBEAR, CALLS, LETTERS)
MEANINGS = [known for table in TABLES for known in table.values() if known.action in ASKING]


def task(reason: Because) -> Task:
    row = SimpleNamespace(id="tsk_example", reason=reason.code, reason_values=dict(reason.values))
    return cast("Task", row)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", CODES)
def test_every_code_is_worded_with_the_values_it_comes_with(code: Any, language: str) -> None:
    values = {name: VALUE.get(name, f"«{name}»") for name in VALUES.get(code, ())}
    words = words_in(language)
    said = why(words, task(Because(code, values)))
    assert said.sentence != words("reasons.unknown")
    assert "{" not in said.sentence
    derived = {"says", "do"} if "code" in values else set[str]()
    assert named(words.sentences[f"reasons.{code}"]) <= set(values) | derived


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_is_there_for_a_code_that_is_not(language: str) -> None:
    known = {key.partition(".")[2] for key in words_in(language).sentences if key.startswith("reasons.")}
    assert known == {*CODES, "unknown", "unknown_code", "no_sender"}


def test_whatever_opens_a_task_gives_a_known_code_and_just_its_values() -> None:
    found = list[str]()
    for path in sorted((ROOT / "forbear").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call) or "because" not in {
                getattr(node.func, each, "") for each in ("id", "attr")
            }:
                continue
            if node.args and isinstance(node.args[0], ast.Constant):
                code = cast("Any", node.args[0].value)
                assert code in CODES, (path.name, code)
                if isinstance(node.func, ast.Name) and all(each.arg for each in node.keywords):
                    assert {each.arg for each in node.keywords} == VALUES.get(code, frozenset()), (path.name, code)
                found.append(code)
    assert {"step", "number_code", "account_held"} <= set(found)


@pytest.mark.parametrize("language", [each for each in LANGUAGES if each != "en"])
def test_titles_of_peoples_steps_and_meanings_of_codes_are_said_in_every_language(language: str) -> None:
    said = said_in(language).said
    assert set(said["titles"]) == TITLES
    assert {each.says for each in MEANINGS} | {each.do for each in MEANINGS if each.do} <= set(said["codes"])
    everything = {sentence for table in TABLES for known in table.values() for sentence in (known.says, known.do)}
    assert set(said["codes"]) - everything <= {"nobody has said what it means"}


def test_a_chinese_page_says_it_in_chinese() -> None:
    words = words_in("zh-Hans")
    heard = {"channel": "sms", "provider": "twilio", "sender": "+12125550100"}
    said = why(words, task(because("incident_template", code="30007", template="reminder", **heard)))
    assert "运营商拦截了这些用词" in said.sentence
    assert not said.language
    step = why(words, task(because("step", step="first-call", title="Long arrears: a visit")))
    assert step.sentence == "长期逾期：上门（步骤 first-call）。"
    assert why(words, task(because("reply_understood", reading="hardship"))).sentence.startswith("已按“无力付款”")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", ["no-number", "route-not-set-up"])
def test_what_a_lender_lacks_to_call_is_said_with_its_remedy(code: str, language: str) -> None:
    said = why(words_in(language), task(because("incident_lacking", channel="call", provider="twilio", code=code)))
    of_code, its = OF_FORBEAR[code], said_in(language)
    assert its("codes", of_code.says) in said.sentence
    assert its("codes", of_code.do) in said.sentence


def test_a_sentence_of_before_codes_is_marked_as_what_it_is_written_in() -> None:
    before = task(because("earlier", sentence="somebody should look"))
    assert (why(words_in("zh-Hans"), before).language, why(words_in("en"), before).language) == ("en", "")


def test_a_code_of_a_newer_release_breaks_no_page(desk: Desk) -> None:
    errand = call(desk)
    with desk.house.worker() as session:
        session.get_one(Task, errand.task).reason = "of_tomorrow"
    assert "See below what has to be done" in desk.hire("caller").signed_in().visit(errand.path).text


@pytest.mark.parametrize(("language", "shown"), [("en", "(step by-hand-call)"), ("zh-Hans", "（步骤 by-hand-call）")])
def test_a_page_says_why_in_its_readers_language(desk: Desk, language: str, shown: str) -> None:
    errand = call(desk)
    assert shown in desk.hire("caller", language=language).signed_in().visit(errand.path).text
