"""What a pack may not say: numbers missing from statements, gaps of dates, periods that do not hang together."""

import re
from datetime import date
from pathlib import Path

import pytest

from forbear.calendars import TABLES, calendar, for_packs
from forbear.errors import BadData, BadInput
from forbear.rules.case_parts import STOPS
from forbear.rules.kind_forms import KINDS, TIMED_KINDS
from forbear.rules.lookalikes import SIMPLE
from forbear.rules.numerals import holds, holds_clock, in_han
from forbear.rules.packs import Packs, load
from forbear.rules.phrases import as_read
from forbear.rules.terms import FUNCTION_OF, Length
from tests.rules.asking import ask, packs_from

HEAD = '[pack]\njurisdiction = "XX"\n'
SOURCE = """\
cite = { instrument = "Invented Act", section = "1" }
force = "law"
evidence = "S"
verified_on = 2026-11-21
added = 2026-11-22
"""
BOUND = """
[[rule]]
id = "XX.HOURS"
kind = "quiet_hours"
open = "08:00"
close = "20:00"
%s
[[rule.version]]
to = 2026-06-01
statement = "From 08:00 until 20:00."
"""
LATER = """
[[rule.version]]
from = 2026-07-01
statement = "From 08:00 until 20:00 again."
"""


def rule(kind: str, keys: str, statement: str) -> str:
    return f'{HEAD}\n[[rule]]\nid = "XX.TEST"\nkind = "{kind}"\n{keys}\n[[rule.version]]\nstatement = "{statement}"\n{SOURCE}'


def fault(folder: Path, text: str) -> BadData:
    with pytest.raises(BadData) as caught:
        packs_from(folder, text)
    return caught.value


def line_of(text: str, part: str) -> int:
    return next(number for number, line in enumerate(text.splitlines(), start=1) if line.startswith(part))


def test_every_kind_answers_by_one_function() -> None:
    assert KINDS.keys() == FUNCTION_OF.keys()
    assert set(FUNCTION_OF.values()) == {"check", "must_say", "may_not_say", "earliest", "last_day", "keep_until"}
    assert {kind for kind in KINDS if FUNCTION_OF[kind] in {"earliest", "last_day", "keep_until"}} == TIMED_KINDS


def test_every_shipped_pack_names_holidays_that_are_known() -> None:
    packs = load()
    assert set(packs.calendars(packs.by_jurisdiction)) <= TABLES.keys()
    assert [each.name for each in for_packs(packs, ("US", "AU"), date(2026, 12, 1))] == ["AU-national", "US-federal"]


def test_every_name_in_a_shipped_pack_names_something_that_is_there() -> None:
    packs = load()
    for pack in packs.by_jurisdiction.values():
        for terms in pack.terms:
            scope = terms.scope
            assert scope.only_jurisdictions | scope.except_jurisdictions | terms.yields_to <= set(packs.by_jurisdiction)
            assert terms.stops.keys() <= {*STOPS, "other"}, terms.rule
            assert set(terms.questions) <= set(pack.questions), terms.rule


def test_every_question_of_a_shipped_pack_is_about_a_rule_or_about_what_was_read() -> None:
    for name, pack in load().by_jurisdiction.items():
        about = {each for ids in pack.asked_of.values() for each in ids}
        for reviewed in pack.reviewed:
            about |= {*reviewed.questions, *re.findall(r"\bsee (Q[0-9]+)", reviewed.reason)}
        assert set(pack.questions) == about, f"{name}: {sorted(set(pack.questions) - about)}"


# ── Numbers ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("statement", "number", "held"),
    [
        ("At most 7 calls", 7, True),
        ("At most seven calls", 7, True),
        ("At most Seven calls", 7, True),
        ("within seven-day windows", 7, True),
        ("a 7-day window", 7, True),
        ("At most 17 calls, or 7.5", 7, False),
        ("at 07:30", 7, False),
        ("at 7:30", 30, False),
        ("under section 1006.7", 7, False),
        ("1,007 calls", 7, False),
        ("none is left alone", 1, False),
        ("twenty-one calls", 1, False),
        ("twenty-one calls", 20, False),
        ("twenty-one calls", 21, True),
        ("thirty days.", 30, True),
        ("a hundred days", 100, True),
        ("七日内", 7, True),
        ("十七日内", 7, False),
        ("七十日内", 7, False),
        ("三十日", 30, True),
        ("两人以上", 2, True),
        ("一百二十日", 120, True),
    ],
)
def test_a_statement_holds_a_number_only_if_it_says_it(statement: str, number: int, held: bool) -> None:
    assert holds(statement, number) is held


def test_a_time_of_day_is_held_whole() -> None:
    assert holds_clock("from 08:00 on", "08:00")
    assert not holds_clock("from 08:001", "08:00")


@pytest.mark.parametrize(
    ("number", "written"),
    [
        (0, "零"),
        (10, "十"),
        (15, "十五"),
        (20, "二十"),
        (105, "一百零五"),
        (110, "一百一十"),
        (300, "三百"),
        (365, "三百六十五"),
    ],
)
def test_chinese_numerals(number: int, written: str) -> None:
    assert in_han(number)[0] == written
    assert in_han(1000) == []


# ── Dates ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_gap_of_dates_is_named_or_refused(tmp_path: Path) -> None:
    text = HEAD + BOUND % "" + SOURCE + LATER + SOURCE
    found = fault(tmp_path, text)
    assert "no version of XX.HOURS holds from 2026-06-01 to 2026-07-01" in found.reason
    assert found.line == text.splitlines().index("[[rule.version]]", line_of(text, "from = ") - 3) + 1
    said = 'gaps = [{ from = 2026-06-01, to = 2026-07-01, reason = "the court suspended it" }]'
    packs = packs_from(tmp_path, HEAD + BOUND % said + SOURCE + LATER + SOURCE)
    for at, verdict in (("2026-05-31", "hold"), ("2026-06-15", "allow"), ("2026-07-01", "hold")):
        assert ask(f"{at}T06:00:00-04:00", jurisdictions=("XX",), packs=packs).verdict == verdict


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ('gaps = [{ from = 2026-06-02, to = 2026-07-01, reason = "x" }]', "which is none"),
        ('gaps = [{ from = 2026-06-01, to = 2026-07-02, reason = "x" }]', "which is none"),
        ('gaps = [{ from = 2026-07-01, to = 2026-06-01, reason = "x" }]', "from before to"),
        ("gaps = [{ from = 2026-06-01, to = 2026-07-01 }]", "reason is missing"),
    ],
)
def test_a_gap_that_is_none_is_refused(tmp_path: Path, said: str, reason: str) -> None:
    assert reason in fault(tmp_path, HEAD + BOUND % said + SOURCE + LATER + SOURCE).reason


# ── Kinds ────────────────────────────────────────────────────────────────────────────────────────────────────────────

NOTICE = 'step = "file_claim"\nafter = ["letter_sent"]\nevent = "letter_sent"\ncount = 30\nunit = "days"'


@pytest.mark.parametrize(
    ("kind", "keys", "statement", "reason"),
    [
        ("notice", NOTICE, "Not before 31 days.", "statement does not hold the 30 of count"),
        ("notice", NOTICE.replace('"days"', '"months"'), "After 30 months.", "month_end says how months"),
        ("notice", NOTICE + '\nmonth_end = "last_day"', "After 30 days.", "month_end says how months"),
        ("notice", NOTICE.replace('"days"', '"business_days"'), "After 30 business days.", "calendar is missing"),
        ("notice", NOTICE.replace("count = 30\n", ""), "After 30 days.", "count is missing for a notice"),
        ("notice", NOTICE + "\nlimit = 3", "After 30 days.", "limit means nothing for a notice"),
        ("notice", NOTICE + '\nduty = "sue"', "After 30 days.", "duty means nothing for a notice"),
        ("retention", 'records = ["all"]\nafter = ["x"]\ncount = 3\nunit = "years"', "For 3 years.", "month_end"),
        ("retention", 'records = ["some"]\nafter = ["x"]\ncount = 3\nunit = "days"', "For 3 days.", "records must be one"),
        ("limitation", 'after = ["x"]\ncount = 3\nunit = "days"', "3 days.", "effect is missing"),
        ("holiday", "", "No contact on holidays.", "calendar is missing"),
        ("wording", "", "Says nothing.", "phrases or money_figures"),
        ("wording", 'phrases = { EN = ["x"] }', "Says nothing.", "keyed by languages"),
        ("wording", "phrases = { en = [] }", "Says nothing.", "must be a list that is not empty"),
        ("disclosure", 'say = "Mini Miranda"', "Says it.", "say must be a name such as"),
        ("quiet_hours", 'open = "08:00"\nclose = "20:00"\nclosed_otherwise = true', "08:00 to 20:00.", "goes with weekdays"),
        ("frequency_cap", 'unit = "attempt"\nsubject = "debt"\nwindow = "local_day"', "None.", "limit is missing"),
        ("stop_state", "stops.x = { for_good = true, days = 3 }", "For 3 days.", "must be timed"),
        ("stop_state", 'stops.x = { event = "y", grace_hours = 72 }', "After a while.", "does not hold the 72"),
        ("consent", 'event = "x"\ndays = 60', "A recent one.", "does not hold the 60"),
    ],
)  # fmt: skip
def test_a_rule_that_does_not_hang_together_is_refused(
    tmp_path: Path, kind: str, keys: str, statement: str, reason: str
) -> None:
    found = fault(tmp_path, rule(kind, keys, statement))
    assert reason in found.reason
    assert found.line is not None


def test_policy_is_no_law_and_law_no_policy(tmp_path: Path) -> None:
    text = rule("visit", 'channels = ["visit"]', "No visits.")
    assert "evidence policy" in fault(tmp_path, text.replace('evidence = "S"', 'evidence = "policy"')).reason
    whole = text.replace(', section = "1"', "")
    assert "cite is not complete" in fault(tmp_path, whole).reason
    assert fault(tmp_path, whole).line == line_of(whole, "cite")


def test_a_timing_is_read(tmp_path: Path) -> None:
    keys = NOTICE.replace('"days"', '"months"') + (
        '\nmonth_end = "last_day"\ncalendar = "US-federal"\nreceipt = { count = 5, unit = "business_days" }'
    )
    (terms,) = packs_from(tmp_path, rule("notice", keys, "30 months from receipt, taken on day 5.")).versions_of(
        "XX.TEST"
    )
    assert terms.timing is not None
    assert (terms.timing.of, terms.timing.after) == ({"file_claim"}, ("letter_sent",))
    assert terms.timing.lengths() == (Length(30, "months"), Length(5, "business_days"))
    assert terms.needs_calendar
    assert terms.calendar == "US-federal"


# ── Packs that widen others ──────────────────────────────────────────────────────────────────────────────────────────


def two(folder: Path, wider: str = "XX") -> Packs:
    outer = rule("visit", 'channels = ["call"]', "No calls.")
    inner = outer.replace('"XX', '"XX-Y').replace(
        'jurisdiction = "XX-Y"', f'jurisdiction = "XX-Y"\nextends = "{wider}"'
    )
    (folder / "outer.toml").write_text(outer, encoding="utf-8")
    (folder / "inner.toml").write_text(inner, encoding="utf-8")
    return load(folder)


def test_a_pack_that_extends_another_asks_it_first(tmp_path: Path) -> None:
    packs = two(tmp_path)
    assert packs.stack(("XX-Y",)) == ("XX", "XX-Y")
    assert packs.stack(("XX", "XX-Y")) == ("XX", "XX-Y")
    permit = ask(jurisdictions=("XX-Y",), packs=packs)
    assert permit.rules == ("XX.TEST", "XX-Y.TEST")
    assert [name for name, _ in permit.packs] == ["XX", "XX-Y"]
    assert load(tmp_path, ["XX-Y"]).by_jurisdiction.keys() == {"XX", "XX-Y"}


@pytest.mark.parametrize("wider", ["ZZ", "XX-Y"])
def test_a_pack_extends_one_that_is_there_and_not_itself(tmp_path: Path, wider: str) -> None:
    with pytest.raises(BadData, match="no wider pack") as caught:
        two(tmp_path, wider)
    assert caught.value.path == tmp_path / "inner.toml"
    assert caught.value.line == 3


# ── Public holidays ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_federal_holidays_are_the_days_themselves() -> None:
    known = calendar("US-federal", date(2026, 12, 1))
    assert len([day for day in known.days if day.year == 2026]) == 11
    assert date(2026, 7, 4) in known.days  # a Saturday
    assert date(2026, 7, 3) not in known.days
    assert known.is_business_day(date(2026, 7, 3))
    assert not known.is_business_day(date(2026, 7, 4))
    assert known.version.startswith("holidays ")


def test_chinas_holidays_move_weekends_and_end_where_the_decrees_end() -> None:
    known = calendar("CN", date(2026, 12, 1))
    assert known.is_business_day(date(2026, 2, 14))  # a Saturday worked for a day off in the week after
    assert not known.is_business_day(date(2026, 2, 20))
    assert not known.knows(date(known.last.year + 1, 1, 1))
    assert {day.year for day in known.works} >= {2026}
    assert known.last.year == max(day.year for day in known.works)


def test_australias_are_the_seven_of_the_whole_country() -> None:
    days = sorted(day for day in calendar("AU-national", date(2026, 12, 1)).days if day.year == 2027)
    assert days == [
        date(2027, 1, 1), date(2027, 1, 26), date(2027, 3, 26), date(2027, 3, 29), date(2027, 4, 25),
        date(2027, 12, 25), date(2027, 12, 26),
    ]  # fmt: skip


def test_a_calendar_that_nobody_knows_is_refused() -> None:
    with pytest.raises(BadInput, match="calendar"):
        calendar("XX", date(2026, 12, 1))


OF_BOTH = frozenset("后系征里余面台只几干复发当")
"""Signs that stand for others in simplified Chinese, and for themselves in traditional."""


def test_a_traditional_list_holds_no_sign_that_only_simplified_chinese_has() -> None:
    simplified = frozenset(SIMPLE.values()) - OF_BOTH
    half = {
        (terms.rule, phrase)
        for pack in load().by_jurisdiction.values()
        for terms in pack.terms
        for phrase in (*terms.phrases.get("zh-Hant", ()), *terms.words.get("zh-Hant", ()))
        if not simplified.isdisjoint(phrase)
    }
    assert half == set()


def test_both_ways_of_writing_chinese_read_alike() -> None:
    """Else a sign is missing in the table, and a mixture of both would pass."""
    for pack in load().by_jurisdiction.values():
        for terms in pack.terms:
            simple, traditional = (
                {as_read(each) for each in terms.phrases.get(name, ())} for name in ("zh-Hans", "zh-Hant")
            )
            assert not traditional or len(traditional - simple) <= 1, (terms.rule, traditional - simple)
