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


def _described(rule: str, language: str) -> str:
    """What the last version of a shipped rule says."""
    found = [(pack, terms) for pack in PACKS.by_jurisdiction.values() for terms in pack.terms if terms.rule == rule]
    pack, terms = found[-1]
    return sentences.of_rule(terms, language, pack.legal_zone)


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
        for told in (sentences.of_rule(terms, language, None), clauses.denial(words(language), terms, 3, None)):
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


@pytest.mark.parametrize(
    ("rule", "en", "zh"),
    [
        ("CN.SOL", ("3 years after the day on which the creditor knew or should have known of the harm and the debtor, the "
         "debtor may plead that time has run"),
         "诉讼时效期间为3年，自权利人知道或者应当知道权利受到损害以及义务人之日起算；届满后债务人可以提出时效抗辩"),
        ("GB-SCT.SOL5", "5 years after the accrual of the claim, the debt is extinguished",
         "债权的存续期间为5年，自诉因成立之日起算；届满后债权消灭"),
        ("CN.HOURS.GBT", "contact is made only from 08:00 to 22:00 by Beijing time", "仅可在北京时间08:00至22:00之间联系"),
        ("US.REGF.HOURS", "contact is made only from 08:00 to 21:00 local time", "仅可在当地时间08:00至21:00之间联系"),
        ("CN.VISIT.CBA.22.ID", "every communication by visit must show or hold this: one's identity, shown",
         "每次上门须出示身份证明"),
        ("CN.REC.CBA", "every communication by call needs this: a recording of the call", "每次以电话联系须对通话全程录音"),
        ("CN.ID.CBA", "every communication must show or hold this: who sends it", "每次联系须表明发送人身份"),
        ("US-DC.CALL4", "at most 4 attempts by call in 7 days about one debt may be made",
         "就同一笔债务任意连续7个自然日内以电话联系（含未接通或未送达）不得超过4次"),
        ("GB.VISIT.NOTICE", "nobody may visit before receipt of the notice of the visit or the person's agreement to talk",
         "须在上门通知到达或当事人愿意交谈后方可上门"),
        ("GB-EAW.BREATHE60", "no contact after a breathing space (until the end of the moratorium)",
         "出现以下情形后不得联系：进入债务喘息期（直至喘息期结束）"),
    ],
)  # fmt: skip
def test_what_a_rule_says(rule: str, en: str, zh: str) -> None:
    assert (_described(rule, "en"), _described(rule, "zh-Hans")) == (en, zh)


def test_a_hold_under_one_legal_time_names_it() -> None:
    held, statement = _held(), PACKS.versions_of("CN.HOURS.GBT")[-1].statement
    finding = facts.Finding("CN.HOURS.GBT", held.until, None, statement, "quiet_hours")
    permit = replace(held, zones=("Asia/Shanghai",), findings=(finding,))
    assert "from 08:00 to 22:00 by Beijing time" in sentences.of_permit(permit, PACKS, "en")


def test_items_that_hold_a_comma_stand_further_apart() -> None:
    assert words("en").joined(["who calls", "how to opt out"]) == "who calls, how to opt out"
    assert words("en").joined(["who calls, by name", "how to opt out"]) == "who calls, by name; how to opt out"
    assert words("zh-Hans").joined(["表明身份，且始终一致", "录音"]) == "表明身份，且始终一致；录音"


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
