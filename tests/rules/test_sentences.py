"""The reason in one plain sentence: every word that a pack can need in both languages, and what the sentences say."""

import json
import re
import string
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, get_args

import pytest

from forbear.calendars import near
from forbear.errors import BadInput
from forbear.ledger import permit_form
from forbear.rules import clauses, facts, sentences
from forbear.rules.case_parts import STOPS
from forbear.rules.cases import packs_on, read_case
from forbear.rules.engine import check
from forbear.rules.matters import Earliest, KeepUntil, LastDay, Reason
from forbear.rules.packs import Packs
from forbear.rules.spoken import FOLDER, LANGUAGES, words
from forbear.rules.terms import FUNCTION_OF, Force, LengthUnit, Subject, Terms, Unit

PACKS = packs_on(None)
VECTORS = Path("tests/vectors/contact.jsonl").read_text(encoding="utf-8").splitlines()
TIMED = {"notice": "step", "deadline": "duty", "limitation": "duty", "retention": "record"}
HAN = re.compile(r"[\u4e00-\u9fff]")
Need = tuple[str, str]


def _terms() -> Iterator[Terms]:
    for pack in PACKS.by_jurisdiction.values():
        yield from pack.terms


def _events(terms: Terms) -> Iterator[str | None]:
    yield from (terms.event, terms.after)
    yield from (stop.event for stop in terms.stops.values())
    if terms.timing is not None:
        yield from (terms.timing.event, *terms.timing.after, *terms.timing.restarts)


def _needed() -> set[Need]:
    """Every word that a rule of a shipped pack, or of any kind, can ask for."""
    need: set[Need] = {(table, kind) for table in ("kind", "plain") for kind in FUNCTION_OF}
    for choices, table in (
        (Unit, "unit"),
        (Unit, "unit_one"),
        (Subject, "subject"),
        (LengthUnit, "count"),
        (Force, "force"),
    ):
        need |= {(table, name) for name in get_args(choices)}
    need |= {("channel", name) for name in get_args(facts.Channel)} | {("stop", name) for name in (*STOPS, "other")}
    need |= {("function", name) for name in FUNCTION_OF.values()} | {
        ("verdict", name) for name in get_args(facts.Verdict)
    }
    for terms in _terms():
        need |= {("event", event) for event in _events(terms) if event} | {("stop", stop) for stop in terms.stops}
        need |= {("evidence", terms.evidence), ("when", terms.when)} | {("party", name) for name in terms.third_persons}
        need |= {("say", terms.say)} if terms.say else set()
        need |= {(TIMED[terms.kind], name) for name in terms.timing.of} if terms.timing else set()
    return need


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_that_a_pack_can_need_is_there(language: str) -> None:
    missing = sorted(need for need in _needed() if not words(language).has(*need))
    assert missing == [], f"add these to forbear/rules/words/{language}.toml"


def test_both_languages_have_the_same_words_and_fill_in_the_same_values() -> None:
    en, zh = (tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8")) for name in LANGUAGES)
    for table in en.keys() - {"zone"}:
        assert en[table].keys() == zh[table].keys(), table
    named = {"n", "total", "unit_one"}  # of 'and 2 more' and '等3条', and of parts whose place the grammar decides
    for table, held in en.items():
        for key, text in held.items() if table != "zone" else ():
            both = [_names(each) - named for each in (text, zh[table][key])]
            assert both[0] - {"statement"} == both[1] - {"statement"}, f"{table}.{key}"


def _names(text: str | list[str]) -> set[str]:
    return {name for _, name, *_ in string.Formatter().parse("".join(text)) if name}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_version_of_every_rule_is_described_without_a_gap(language: str) -> None:
    for terms in _terms():
        for told in (sentences.of_rule(terms, language), clauses.denial(words(language), terms, 3)):
            assert told, terms.rule
            assert not re.search(r"[{}]|None|  ", told), f"{terms.rule}: {told}"
            assert "_" not in told, f"{terms.rule}: {told}"


def _permits() -> Iterator[facts.Permit]:
    for line in VECTORS:
        given = json.loads(line)["given"]
        if set(given["person"]["jurisdictions"]) <= PACKS.by_jurisdiction.keys():
            attempt, known, now = read_case(given, PACKS, near)
            yield check(attempt, known, PACKS, now)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_published_case_has_one_sentence_that_names_the_rule_and_the_instant(language: str) -> None:
    spoken, seen = words(language), set[str]()
    for permit in _permits():
        told = sentences.of_permit(permit, PACKS, language)
        seen.add(permit.verdict)
        assert (
            told.count("." if language == "en" else "。")
            == told.rstrip(".。").count("." if language == "en" else "。") + 1
        )
        assert told.endswith("." if language == "en" else "。")
        assert bool(HAN.search(told)) == (language == "zh-Hans")
        if permit.verdict != "allow":
            assert any(rule in told for rule in permit.rules)
        if permit.until is not None:
            assert spoken.moment(permit.until, (permit.zones or (None,))[0]) in told
        if permit.event is not None:
            assert spoken.of("event", permit.event) in told
    assert seen == {"allow", "hold", "block"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_stored_permit_says_what_the_fresh_one_said(language: str) -> None:
    for permit in _permits():
        stored = json.loads(json.dumps(permit_form.written(permit)))
        assert sentences.of_permit(stored, PACKS, language) == sentences.of_permit(permit, PACKS, language)


def _held() -> facts.Permit:
    given = json.loads(VECTORS[0])["given"]
    attempt, known, now = read_case(given, PACKS, near)
    return check(attempt, known, PACKS, now)


def test_the_sentence_of_a_hold() -> None:
    assert sentences.of_permit(_held(), PACKS, "en") == (
        "Held until Tue 1 December 2026, 08:00 (America/New_York), because contact is made only from 08:00 to 21:00 "
        "local time (US.REGF.HOURS)."
    )
    assert sentences.of_permit(_held(), PACKS, "zh-Hans") == (
        "暂缓至2026年12月1日（星期二）08:00（美国东部时间）：仅可在当地时间08:00至21:00之间联系（US.REGF.HOURS）。"
    )


def test_a_permit_from_before_kinds_were_kept_is_said_all_the_same() -> None:
    permit = _held()
    stored: dict[str, Any] = permit_form.written(permit)
    for newer in ("looked_at", "warnings", "counts", "evidence", "calendars"):
        del stored[newer]
    del stored["findings"][0]["kind"]
    assert sentences.of_permit(stored, PACKS, "en") == sentences.of_permit(permit, PACKS, "en")


def test_numbers_are_those_of_the_version_that_decided_and_none_where_it_is_gone() -> None:
    permit = _held()
    finding = replace(permit.findings[0], why="From 07:00, as a pack once said.")
    told = sentences.of_permit(replace(permit, findings=(finding,)), PACKS, "en")
    assert "08:00 to 21:00" not in told
    assert "because it is outside the hours in which contact is made (US.REGF.HOURS)" in told
    gone = sentences.of_permit(replace(permit, findings=(replace(finding, kind=""),)), Packs({}), "en")
    assert "because the rule says no (US.REGF.HOURS)" in gone


def test_the_rule_that_lifts_last_is_named_and_the_others_are_counted() -> None:
    permit = _held()
    first = permit.findings[0]
    assert first.until is not None
    earlier = replace(first, rule="US.REGF.FREQ7", until=first.until.replace(hour=1))
    told = sentences.of_permit(replace(permit, findings=(earlier, first)), PACKS, "en")
    assert "(US.REGF.HOURS and 1 more)" in told


def test_what_a_cap_counted_is_said() -> None:
    rule = next(terms for terms in _terms() if terms.rule == "US.REGF.FREQ7")
    count = facts.Count(rule.rule, "A", "America/New_York", 7, 7, ())
    finding = facts.Finding(rule.rule, _held().until, None, rule.statement, rule.kind)
    told = sentences.of_permit(replace(_held(), findings=(finding,), counts=(count,)), PACKS, "en")
    assert (
        "at most 7 attempts by call or voicemail in 7 days to one person about one debt may be made, and 7 count already"
        in told
    )


def test_drafts_are_named_beside_what_decides() -> None:
    warning = facts.Finding("IN.DRAFT.REC", None, None, "", "recording")
    told = sentences.of_permit(replace(_held(), warnings=(warning,)), PACKS, "en")
    assert told.endswith("; the draft IN.DRAFT.REC would deny it too.")


DAY = date(2027, 2, 1)
REASON = Reason("US-NYC.SHIELD.CRA14", DAY, "…", counted_from=date(2027, 1, 18))


@pytest.mark.parametrize(
    ("told", "words_of_it"),
    [
        (sentences.of_earliest("report_to_bureau", Earliest(DAY, None, (REASON,)), "en"), "Not before Mon 1 February 2027"),
        (sentences.of_earliest("report_to_bureau", Earliest(None, "bureau_notice_mailed", (REASON,)), "en"), "waits for the mailing"),
        (sentences.of_earliest("report_to_bureau", Earliest(None), "en"), "At any time"),
        (sentences.of_last_day("answer_complaint", LastDay(DAY, None, (REASON,)), "en"), "On Mon 1 February 2027 at the latest"),
        (sentences.of_last_day("sue", LastDay(DAY, None, (REASON,)), "zh-Hans"), "最迟应于2027年2月1日（星期一）起诉，期间自2027年1月18日"),
        (sentences.of_last_day("answer_complaint", LastDay(None), "en"), "No rule sets a last day"),
        (sentences.of_keep_until("recording", KeepUntil(DAY, None, (REASON,)), "en"), "Keep recordings until the end of Mon 1 February"),
        (sentences.of_keep_until("recording", KeepUntil(None, "record_made"), "en"), "begins only with the making of the record"),
        (sentences.of_duty("opt_out_instructions", "always", "US.X", "en"), "every communication must say or do this: how to opt out"),
        (sentences.of_fault("US.X", "police", 3, "…", "zh-Hans"), "第3行不得出现“police”"),
    ],
)  # fmt: skip
def test_periods_duties_and_faults_are_said_too(told: str, words_of_it: str) -> None:
    assert words_of_it in told


def test_a_cadence_s_own_code_is_said_and_an_unknown_one_keeps_its_reason() -> None:
    assert sentences.of_code("PERSON.TURN", "…", PACKS, "zh-Hans") == "应先就当事人的另一笔债务联系"
    assert sentences.of_code("POLICY.SMS1", "…", PACKS, "en") == "The limit on contacts is reached"
    assert sentences.of_code("OTHER.RULE", "as it was told", PACKS, "en") == "As it was told"


def test_a_language_that_is_not_spoken_is_refused() -> None:
    with pytest.raises(BadInput, match="language: is not spoken here"):
        words("fr")
