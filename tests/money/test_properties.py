"""What always holds: sums, splits, orders and caps, words and figures, whatever the caller's own decimal context."""

import json
from datetime import date, timedelta
from decimal import ROUND_CEILING, Context, Decimal, localcontext
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forbear.money import cases, interest, words_cn
from forbear.money.allocation import Debt, allocate_over, allocate_pro_rata
from forbear.money.day_count import DAY_COUNTS, DayCount, between, of_days
from forbear.money.fees import court_fee_cn, preservation_fee_cn
from forbear.money.legal_dates import RestDays, last_day_cn, limitation_cn
from forbear.money.steps import Step
from tests.oracle.examples import counts
from tests.oracle.money_draws import drawn

pytestmark = [pytest.mark.counted, pytest.mark.timeout(600)]

VECTORS = Path(__file__).parents[1] / "vectors" / "money.jsonl"
ACTUAL: tuple[DayCount, ...] = ("ACT/360", "ACT/365", "ACT/ACT")
cents = st.integers(min_value=0, max_value=10**12).map(lambda n: Decimal(n) / 100)
huge = st.integers(min_value=0, max_value=10**18 - 1).map(lambda n: Decimal(n).scaleb(-2))
rates = st.integers(min_value=0, max_value=5_000).map(lambda n: Decimal(n) / 10_000)
days = st.dates(date(1900, 1, 1), date(2100, 12, 31))
seeds = st.integers(min_value=0, max_value=2**63)
FULL = counts(60, 3_000)


@FULL
@given(st.lists(cents, min_size=1, max_size=12), cents)
def test_shares_make_the_payment_and_no_debt_gets_more_than_it_is(debts: list[Decimal], payment: Decimal) -> None:
    found = allocate_pro_rata(debts, payment)
    assert sum(found.shares) + found.unallocated == payment
    assert all(0 <= share <= debt for share, debt in zip(found.shares, debts, strict=True))
    owed = sum(debts)
    for share, debt in zip(found.shares, debts, strict=True):
        assert not owed or abs(share - min(payment, owed) * debt / owed) < Decimal("0.01")


@FULL
@given(days, st.lists(st.integers(0, 700), min_size=2, max_size=5), st.sampled_from(ACTUAL))
def test_splitting_a_period_changes_no_days(start: date, lengths: list[int], by: DayCount) -> None:
    cuts = [start + timedelta(days=length) for length in sorted(lengths)]
    parts = [between(first, last, by) for first, last in pairwise(cuts)]
    whole = between(cuts[0], cuts[-1], by)
    assert sum(part.days for part in parts) == whole.days
    assert sum(part.top for part in parts) == whole.top
    assert {part.bottom for part in parts} == {whole.bottom}


@FULL
@given(huge, rates, days, st.integers(0, 900), st.sampled_from(DAY_COUNTS))
def test_interest_never_falls_with_a_longer_period(
    principal: Decimal, rate: Decimal, start: date, length: int, by: DayCount
) -> None:
    end = start + timedelta(days=length)
    longer = between(start, end + timedelta(days=1), by)
    assert 0 <= interest.simple(principal, rate, between(start, end, by)) <= interest.simple(principal, rate, longer)


@FULL
@given(huge, rates, rates, days, st.integers(0, 900), st.sampled_from(DAY_COUNTS))
def test_what_is_claimable_is_within_contract_and_cap(  # noqa: PLR0917  Hypothesis draws by position
    principal: Decimal, contract: Decimal, cap: Decimal, start: date, length: int, by: DayCount
) -> None:
    caps = (Step(start, cap), Step(start + timedelta(days=30), cap / 2))
    found = interest.capped(principal, contract, caps, start=start, end=start + timedelta(days=length), by=by)
    assert found.claimable <= min(found.contract, found.cap)
    assert found.waived == found.contract - found.claimable >= 0
    assert found.contract == sum(row.contract for row in found.rows)
    assert all(row.claimable <= row.cap for row in found.rows)


@FULL
@given(seeds)
def test_rows_cover_the_period_without_gap_and_make_the_total(seed: int) -> None:
    case = drawn("lpr_interest", Random(seed))
    found = cases.answer(case)
    assert sum((Decimal(row["interest"]) for row in found["rows"]), Decimal(0)) == Decimal(found["total"])
    edges = [case["start"], *(row["end"] for row in found["rows"])]
    assert [row["start"] for row in found["rows"]] == edges[:-1]
    assert edges[-1] == case["end"]
    assert abs(Decimal(found["total"]) - Decimal(found["rounded_once"])) <= Decimal("0.005") * (len(found["rows"]) + 1)


@FULL
@given(huge)
def test_chinese_words_go_back_to_their_figure(amount: Decimal) -> None:
    words = words_cn.in_words(amount)
    assert words_cn.from_words(words) == amount
    assert "零零" not in words
    assert words.endswith(("整", "分"))


@pytest.mark.parametrize(
    ("words", "figure"),
    [
        ("人民币壹拾万柒仟元零伍角叁分", "107000.53"),
        ("人民币壹拾万柒仟元伍角叁分", "107000.53"),
        ("人民币壹拾圆正", "10.00"),
        ("人民币壹角", "0.10"),
        ("人民币壹万亿元整", "1000000000000.00"),
        ("人民币壹亿元整", "100000000.00"),
        ("人民币壹拾元零伍分", "10.05"),
        ("人民币伍分", "0.05"),
        ("人民币玖仟玖佰玖拾玖万玖仟玖佰玖拾玖亿玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元玖角玖分", "9999999999999999.99"),
    ],
)
def test_chinese_words_that_the_rules_allow_are_read(words: str, figure: str) -> None:
    assert words_cn.from_words(words) == Decimal(figure)


@pytest.mark.parametrize(
    "words",
    ["壹元整", "人民币", "人民币壹元", "人民币壹分整", "人民币拾元整", "人民币壹元零壹角整", "人民币零壹元整", "人民币壹万万元整",
     "人民币 壹元整", "人民币壹零元整", "人民币零元壹角整", "人民币壹佰元伍分", "人民币10元整", "人民币壹亿亿元整"],
)  # fmt: skip
def test_chinese_words_that_no_paper_may_say_are_refused(words: str) -> None:
    with pytest.raises(ValueError, match="capitals"):
        words_cn.from_words(words)


@pytest.mark.parametrize("amount", ["-0.01", "0.001", "10000000000000000.00"])
def test_amounts_without_chinese_words_are_refused(amount: str) -> None:
    with pytest.raises(ValueError, match=r"parts of a 分|is not from"):
        words_cn.in_words(Decimal(amount))


@FULL
@given(cents, cents)
def test_fees_rise_with_the_claim(one: Decimal, more: Decimal) -> None:
    assert court_fee_cn(one).full <= court_fee_cn(one + more).full
    assert preservation_fee_cn(one) <= preservation_fee_cn(one + more) <= 5_000
    found = court_fee_cn(one)
    assert abs(found.full - 2 * found.half) <= Decimal("0.01")
    assert abs(found.full - 3 * found.third) <= Decimal("0.02")


@FULL
@given(st.lists(st.tuples(cents, days, cents, cents, st.booleans()), min_size=1, max_size=6), cents, days)
def test_a_payment_over_debts_is_never_lost_and_goes_to_no_disputed_one(
    drawn_debts: list[tuple[Decimal, date, Decimal, Decimal, bool]], payment: Decimal, as_of: date
) -> None:
    debts = [
        Debt(f"d{number}", amount, due, secured, burden, disputed)
        for number, (amount, due, secured, burden, disputed) in enumerate(drawn_debts)
    ]
    found = allocate_over(debts, payment, as_of)
    assert sum(found.paid.values()) + found.unallocated == payment
    assert not any(found.paid[debt.id] for debt in debts if debt.disputed)
    if any(found.left[debt.id] for debt in debts if debt.due_on <= as_of and not debt.disputed):
        assert not any(found.paid[debt.id] for debt in debts if debt.due_on > as_of)
    chosen = allocate_over(debts, payment, as_of, chosen=[debts[-1].id])
    assert chosen.paid[debts[-1].id] == min(payment, debts[-1].amount)


def test_the_turn_of_several_debts() -> None:
    day, later = date(2026, 1, 1), date(2026, 6, 1)
    ten = Decimal("10.00")
    debts = [
        Debt("not due", ten, later),
        Debt("secured", ten, day, secured=ten),
        Debt("cheap", ten, day, burden=Decimal("0.05")),
        Debt("dear", ten, day, burden=Decimal("0.24")),
        Debt("older", ten, date(2025, 1, 1), burden=Decimal("0.05")),
    ]
    turns = ["dear", "older", "cheap", "secured", "not due"]
    for number, name in enumerate(turns, start=1):
        found = allocate_over(debts, ten * number, date(2026, 2, 1))
        assert [each for each in turns if found.paid[each]] == turns[:number], name
    with pytest.raises(ValueError, match="chosen"):
        allocate_over(debts, ten, day, chosen=["other"])


def test_a_debt_is_due_on_its_day() -> None:
    ten, day = Decimal("10.00"), date(2026, 1, 1)
    debts = [Debt("today", ten, day, secured=ten), Debt("tomorrow", ten, day + timedelta(days=1))]
    assert allocate_over(debts, ten, day).paid == {"today": ten, "tomorrow": 0}


def test_other_turns_look_at_the_day_or_at_the_rate_alone() -> None:
    ten, as_of = Decimal("10.00"), date(2026, 2, 1)
    old = Debt("old", ten, date(2025, 1, 1), secured=ten, burden=Decimal("0.05"))
    new = Debt("new", ten, date(2026, 6, 1), burden=Decimal("0.24"))
    assert allocate_over([new, old], ten, as_of, turn="earliest").paid == {"new": 0, "old": ten}
    assert allocate_over([old, new], ten, as_of, turn="dearest").paid == {"new": ten, "old": 0}


def test_debts_that_are_equal_in_all_share_in_proportion() -> None:
    day = date(2026, 1, 1)
    debts = [Debt(name, Decimal("10.00"), day) for name in "abc"]
    assert list(allocate_over(debts, Decimal("10.00"), day).paid.values()) == [
        Decimal("3.34"),
        Decimal("3.33"),
        Decimal("3.33"),
    ]


@FULL
@given(days, st.integers(0, 40), st.lists(st.integers(0, 4_000), max_size=4))
def test_a_limitation_only_ever_moves_on_and_never_comes_back(event: date, years: int, after: list[int]) -> None:
    rest = RestDays(weekends=True)
    last = last_day_cn(event, years, "years", rest)
    restarts = [event + timedelta(days=count) for count in after]
    found = limitation_cn(event, restarts, years, rest)
    assert found >= last
    assert not rest(found)
    assert limitation_cn(event, [last + timedelta(days=1)], years, rest) == last
    assert limitation_cn(event, [last], years, rest) == last_day_cn(last, years, "years", rest)


@pytest.mark.parametrize("by", ["ACT/ACT", "30/360"])
def test_a_number_of_days_is_not_enough_where_it_matters_which(by: DayCount) -> None:
    with pytest.raises(ValueError, match="first and the last day"):
        of_days(5, by)


def test_a_contract_that_counts_both_ends_has_a_day_more_and_the_same_dates() -> None:
    start, end = date(2027, 12, 31), date(2028, 2, 29)
    for by in ACTUAL:
        one_way, both = between(start, end, by), between(start, end, by, both_ends=True)
        assert both.days == one_way.days + 1
    assert between(start, start, "ACT/365", both_ends=True).days == 1


def test_a_period_does_not_end_before_it_begins() -> None:
    with pytest.raises(ValueError, match="ends on or after"):
        between(date(2026, 1, 2), date(2026, 1, 1), "ACT/365")


def test_no_other_decimal_context_changes_a_cent() -> None:
    for line in VECTORS.read_text(encoding="utf-8").splitlines():
        case = json.loads(line)
        usual = cases.answer(case["given"])
        with localcontext(Context(prec=3, rounding=ROUND_CEILING, Emax=9, Emin=-9)):
            assert cases.answer(case["given"]) == usual, case["id"]


def test_amounts_beyond_what_most_banks_owe_are_exact() -> None:
    case = {"kind": "simple_interest", "principal": "9999999999999999.99", "rate": "0.33333333333333333333"}
    found = cases.answer(case | {"day_count": "ACT/ACT", "start": "1900-01-01", "end": "2100-12-31"})
    assert found["interest"] == "669990867579908675.12"
