"""Which rules of words bind which text, and what they find: stages, parties, places, roles, dates, drafts, money."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from forbear.rules.packs import Packs, load
from forbear.rules.wording import Text, may_not_say, must_carry
from tests.rules.asking import packs_from

DAY = date(2026, 12, 1)
PACK = """\
[pack]
jurisdiction = "{place}"
signed_by = ""

[[rule]]
id = "{place}.TEST.WORDS"
kind = "{kind}"
{keys}

[[rule.version]]
{dates}
statement = "A test."
cite = {{ instrument = "Test Act", section = "1" }}
force = "{force}"
evidence = "S"
verified_on = 2026-11-21
added = 2026-11-21
"""
DRAGON = 'phrases = { en = ["dragon"] }'
HELLO = 'say = "greeting"\nwords = { en = ["hello"], zh-Hans = ["您好"] }'


def one(
    folder: Path, keys: str = DRAGON, *, kind: str = "wording", place: str = "US", dates: str = "", force: str = "law"
) -> Packs:
    return packs_from(folder, PACK.format(place=place, kind=kind, keys=keys, dates=dates, force=force))


def text(source: str, **fields: Any) -> Text:
    given: dict[str, Any] = {"name": "t", "language": "en", "channel": "sms", **fields}
    return Text(source=source, **given)


def said(given: Text, packs: Packs, day: date = DAY) -> list[tuple[str, int]]:
    return [(fault.phrase, fault.line) for fault in may_not_say(given, packs, day)]


def lacks(given: Text, packs: Packs) -> list[str]:
    return [fault.phrase for fault in must_carry(given, packs, DAY)]


def test_a_fault_names_rule_phrase_line_and_statement(tmp_path: Path) -> None:
    (fault,) = may_not_say(text("a\nDRAGON"), one(tmp_path), DAY)
    assert (fault.rule, fault.phrase, fault.line, fault.statement) == ("US.TEST.WORDS", "dragon", 2, "A test.")


@pytest.mark.parametrize(
    ("keys", "fields", "binds"),
    [
        ('stage = "before_identity"', {"stage": "before_identity"}, True),
        ('stage = "before_identity"', {"stage": "after_identity"}, False),
        ('stage = "any"', {"stage": "after_identity"}, True),
        ('parties = ["contact"]', {"party_kinds": frozenset({"debtor"})}, False),
        ('parties = ["contact"]', {"party_kinds": frozenset({"debtor", "contact"})}, True),
        ('parties = ["contact"]', {}, True),
        ('except_parties = ["attorney"]', {"party_kinds": frozenset({"attorney"})}, False),
        ('except_parties = ["attorney"]', {"party_kinds": frozenset({"attorney", "debtor"})}, True),
        ('channels = ["letter"]', {}, False),
        ('channels = ["letter"]', {"channel": "letter"}, True),
        ('roles = ["debt_buyer"]', {"roles": frozenset({"original_creditor"})}, False),
        ('roles = ["debt_buyer"]', {}, True),
        ('purposes = ["relay"]', {}, False),
        ('except_purposes = ["reminder"]', {}, False),
        ('circumstances = ["minor"]', {}, False),
        ('circumstances = ["minor"]', {"circumstances": frozenset({"minor"})}, True),
        ('debt_kinds = ["medical"]', {"debt_kinds": frozenset({"credit_card"})}, False),
        ('languages = ["zh-Hans"]', {}, False),
        ('languages = ["en"]', {"language": "en-GB"}, True),
        ('only_jurisdictions = ["US-NY"]', {"jurisdictions": ("US-TX",)}, False),
        ('only_jurisdictions = ["US-NY"]', {"jurisdictions": ("US",)}, True),
        ('except_jurisdictions = ["US-NY"]', {"jurisdictions": ("US-NY",)}, False),
        ("", {"jurisdictions": ("US-NY",)}, True),
        ("", {"jurisdictions": ("GB",)}, False),
        ("", {"jurisdictions": ("GB", "US")}, True),
        ("", {"language": "zh-Hans"}, True),
    ],
)
def test_whom_a_rule_binds(tmp_path: Path, keys: str, fields: dict[str, Any], *, binds: bool) -> None:
    assert bool(said(text("dragon", **fields), one(tmp_path, f"{DRAGON}\n{keys}"))) is binds


def test_a_rule_of_a_city_binds_a_text_for_its_country(tmp_path: Path) -> None:
    packs = one(tmp_path, place="US-NYC")
    assert said(text("dragon", jurisdictions=("US",)), packs)
    assert not said(text("dragon", jurisdictions=("US-NY",)), packs)


def test_a_rule_binds_from_its_first_day_to_the_day_before_its_last(tmp_path: Path) -> None:
    packs = one(tmp_path, dates="from = 2026-12-01\nto = 2027-01-01")
    days = [date(2026, 11, 30), date(2026, 12, 1), date(2026, 12, 31), date(2027, 1, 1)]
    assert [bool(said(text("dragon"), packs, day)) for day in days] == [False, True, True, False]


@pytest.mark.parametrize("force", ["draft", "proposal"])
def test_a_draft_forbids_nothing(tmp_path: Path, force: str) -> None:
    assert not said(text("dragon"), one(tmp_path, force=force))
    assert not lacks(text("x"), one(tmp_path, HELLO, kind="disclosure", force=force))


@pytest.mark.parametrize(
    ("source", "phrase"),
    [
        ("Pay $50 now", "$50"),
        ("US$ 1,234.50", "$ 1,234.50"),
        ("50 USD", "50 usd"),
        ("fifty dollars", "fifty dollars"),
        ("１００元", "100元"),
        ("五百元", "百元"),
        ("伍仟元", "仟元"),
        ("伍仟圆整", "仟圆"),
        ("伍仟圓整", "仟圆"),
        ("伍拾萬圓", "万圆"),
        ("500块", "500块"),
        ("5千塊", "5千块"),
        ("${{ x }}", "${{ … }}"),
        ("{{ balance }}", "{{ balance }}"),
        ("{{ account.total_due }}", "{{ account.total_due }}"),
        ("{{ balance | upper }}", "{{ balance | upper }}"),
        ("1,234.56", "1,234.56"),
    ],
)
def test_a_sum_that_no_money_filter_wrote_is_found(tmp_path: Path, source: str, phrase: str) -> None:
    assert said(text(f"x\n{source}"), one(tmp_path, "money_figures = true")) == [(phrase, 2)]


@pytest.mark.parametrize(
    "source",
    [
        "{{ balance | money }}",
        "{{ total|in_words }}",
        "{{ lender }}",
        "{{ due_on }}",
        "+1 212 555 0100",
        "7 days",
        "12 CFR 1006.6",
        "2027元旦快乐",
        "一块去散步",
        "{{ w('account.total') }}",
    ],
)
def test_other_figures_are_left_alone(tmp_path: Path, source: str) -> None:
    assert said(text(source), one(tmp_path, "money_figures = true")) == []


def test_a_text_carries_its_duty_in_its_own_language(tmp_path: Path) -> None:
    packs = one(tmp_path, HELLO, kind="disclosure")
    assert lacks(text("Hello, all"), packs) == []
    assert lacks(text("Hello", language="en-GB"), packs) == []
    assert lacks(text("Goodbye"), packs) == ["greeting: hello"]
    assert lacks(text("Hello", language="zh-Hans"), packs) == ["greeting: 您好"]
    assert lacks(text("Bonjour", language="fr"), packs) == ["greeting: no words known in fr"]


@pytest.mark.parametrize(
    ("when", "first", "asked"),
    [
        ("first", True, True),
        ("first", False, False),
        ("later", True, False),
        ("later", False, True),
        ("always", True, True),
        ("always", False, True),
    ],
)
def test_some_duties_are_for_the_first_word_and_some_for_later_ones(
    tmp_path: Path, when: str, first: bool, asked: bool
) -> None:
    packs = one(tmp_path, f'{HELLO}\nwhen = "{when}"', kind="disclosure")
    assert bool(lacks(text("x", first=first), packs)) is asked


SHIPPED = load()
COLLECTOR: dict[str, Any] = {
    "roles": frozenset({"third_party_collector"}),
    "jurisdictions": ("US",),
    "channel": "email",
    "stage": "after_identity",
    "party_kinds": frozenset({"debtor"}),
}
MIRANDA = "We are attempting to collect a debt, and any information obtained will be used for that purpose."
WAY_OUT = "Click here to opt out."


@pytest.mark.parametrize(
    ("source", "first", "lacking"),
    [
        (f"{MIRANDA} {WAY_OUT}", True, set[str]()),
        (WAY_OUT, True, {"US.REGF.MM1"}),
        (MIRANDA, True, {"US.REGF.OPTOUT.TEXT"}),
        (f"This is from a debt collector. {WAY_OUT}", False, set[str]()),
        (f"Hello again. {WAY_OUT}", False, {"US.REGF.MM2"}),
        (f"This is from a debt collector. {WAY_OUT}", True, {"US.REGF.MM1"}),
    ],
)
def test_a_collector_says_what_regulation_f_asks_first_and_later(source: str, first: bool, lacking: set[str]) -> None:
    found = {fault.rule for fault in must_carry(text(source, first=first, **COLLECTOR), SHIPPED, DAY)}
    assert found == lacking


def test_new_york_city_asks_for_a_way_out_in_one_word_from_2027() -> None:
    mail = text(f"{MIRANDA} {WAY_OUT}", **COLLECTOR)
    before, after = (
        {fault.rule for fault in must_carry(mail, SHIPPED, day)} for day in (date(2026, 12, 31), date(2027, 1, 1))
    )
    assert after - before == {"US-NYC.SHIELD.STOP1WORD"}


CARD_LETTER = """\
{{ name }}：截至{{ as_of }}，您的信用卡欠款余额{{ balance | money }}。
催收原因：依据领用合约第五条。您的权利和义务见背面。
查询及还款请登录官方网站；如有异议，可提出异议并提交证据。
客服电话{{ phone }}。
{{ lender }}{{ seal }}
"""


@pytest.mark.parametrize(
    ("without", "rule"),
    [
        ("余额", "BALANCE"),
        ("催收原因：", "REASON"),
        ("您的权利和义务", "RIGHTS"),
        ("查询及还款", "CHECK"),
        ("提出异议", "OBJECT"),
        ("客服电话{{ phone }}", "ISSUER"),
        ("{{ seal }}", "SEAL"),
    ],
)
def test_a_chinese_card_letter_holds_all_that_article_69_asks(without: str, rule: str) -> None:
    fields: dict[str, Any] = {
        "language": "zh-Hans",
        "channel": "letter",
        "stage": "after_identity",
        "jurisdictions": ("CN",),
        "debt_kinds": frozenset({"credit_card"}),
        "party_kinds": frozenset({"debtor"}),
    }
    assert must_carry(text(CARD_LETTER, **fields), SHIPPED, DAY) == ()
    assert may_not_say(text(CARD_LETTER, **fields), SHIPPED, DAY) == ()
    short = CARD_LETTER.replace(without, "" if rule != "BALANCE" else "数")
    assert {fault.rule for fault in must_carry(text(short, **fields), SHIPPED, DAY)} == {f"CN.LETTER.CARD69.{rule}"}


def test_what_is_said_to_who_owes_nothing_names_no_debt_even_after_identity() -> None:
    to: dict[str, Any] = {"channel": "call", "stage": "after_identity", "jurisdictions": ("US",)}
    source = "He took a loan from us."
    assert may_not_say(text(source, party_kinds=frozenset({"debtor"}), **to), SHIPPED, DAY) == ()
    (fault,) = may_not_say(text(source, party_kinds=frozenset({"contact"}), **to), SHIPPED, DAY)
    assert (fault.rule, fault.phrase) == ("POLICY.WORDS.THIRD", "loan")


def test_the_list_for_third_persons_holds_every_word_of_a_debt() -> None:
    (debt,), (third,) = SHIPPED.versions_of("POLICY.WORDS.DEBT"), SHIPPED.versions_of("POLICY.WORDS.THIRD")
    for language, phrases in debt.phrases.items():
        assert set(phrases) <= set(third.phrases[language])
