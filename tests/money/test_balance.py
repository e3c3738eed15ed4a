"""Balances on any day: examples reckoned by hand, and what holds for every account."""

import doctest
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forbear.money import postings
from forbear.money.balance import Accrual, Balance, Terms, balance
from forbear.money.components import COMPONENTS
from forbear.money.postings import Posting
from forbear.money.recomputing import faults, rounded_once
from forbear.money.steps import Step
from tests.money.accounts import postings as posted
from tests.money.accounts import reckoned, terms
from tests.oracle.examples import PROVE, counts
from tests.oracle.money_account import owed as second_reading
from tests.oracle.money_draws import account

JANUARY = date(2026, 1, 1)
TEN_PER_CENT = Accrual("interest in term", "interest", (Step(JANUARY, Decimal("0.10")),), "ACT/365")
LATE = Accrual("penalty", "penalty_interest", (Step(date(2026, 2, 1), Decimal("0.15")),), "ACT/360")
ON_INTEREST = Accrual(
    "compound", "compound_interest", (Step(date(2026, 2, 1), Decimal("0.15")),), "ACT/360", "charged_interest"
)
LOAN = postings.charge("loan", JANUARY, "principal", Decimal("36500.00"))
seeds = st.integers(min_value=0, max_value=2**63)


def owed(found: Balance) -> dict[str, str]:
    return {component: str(amount) for component, amount in found.owed.items() if amount}


def on(month: int, day: int) -> date:
    return date(2026, month, day)


def test_the_first_day_counts_and_the_day_asked_for_does_not() -> None:
    terms = Terms((TEN_PER_CENT,))
    assert owed(balance([LOAN], terms, JANUARY)) == {"principal": "36500.00"}
    assert owed(balance([LOAN], terms, on(1, 2))) == {"principal": "36500.00", "interest": "10.00"}
    assert balance([LOAN], terms, on(1, 31)).total == Decimal("36800.00")


def test_a_payment_carries_no_interest_from_its_own_day_on() -> None:
    paid = postings.payment("half", on(1, 11), Decimal("18350.00"))
    found = balance([LOAN, paid], Terms((TEN_PER_CENT,)), on(1, 21))
    assert [(row.start.day, row.end.day, str(row.base), str(row.interest)) for row in found.rows] == [
        (1, 11, "36500.00", "100.00"),
        (11, 21, "18250.00", "50.00"),
    ]
    assert owed(found) == {"principal": "18250.00", "interest": "50.00"}


def test_a_payment_found_later_re_ages_the_account() -> None:
    terms, late = Terms((TEN_PER_CENT,)), postings.payment("found", on(1, 11), Decimal("18350.00"))
    before = balance([LOAN], terms, on(1, 21))
    after = balance([LOAN, late], terms, on(1, 21))
    assert (before.total, after.total) == (Decimal("36700.00"), Decimal("18300.00"))
    assert before.total - after.total > late.amount


def test_a_payment_undone_puts_back_what_it_took_from_the_day_it_is_undone() -> None:
    paid = postings.payment("bounced", on(1, 11), Decimal("36600.00"))
    undone = postings.reversal("return", on(1, 21), "bounced")
    found = balance([LOAN, paid, undone], Terms((TEN_PER_CENT,)), on(1, 31))
    assert owed(found) == {"principal": "36500.00", "interest": "200.00"}
    as_if_never = postings.reversal("return", on(1, 11), "bounced")
    never = balance([LOAN, paid, as_if_never], Terms((TEN_PER_CENT,)), on(1, 31))
    assert owed(never) == {"principal": "36500.00", "interest": "300.00"}


def test_compound_interest_runs_on_what_was_charged_and_never_on_what_accrued() -> None:
    terms = Terms((TEN_PER_CENT, LATE, ON_INTEREST))
    charged = postings.charge("due", on(2, 1), "interest", Decimal("1200.00"))
    found = balance([LOAN, charged], terms, on(3, 3))
    assert owed(found)["compound_interest"] == "15.00"
    assert owed(found)["penalty_interest"] == "456.25"
    assert owed(balance([LOAN], terms, on(3, 3))).get("compound_interest") is None


def test_money_for_interest_goes_to_the_charged_before_the_accrued() -> None:
    charged = postings.charge("due", on(2, 1), "interest", Decimal("1200.00"))
    paid = postings.payment("paid", on(2, 1), Decimal("1000.00"))
    found = balance([LOAN, charged, paid], Terms((TEN_PER_CENT, ON_INTEREST)), on(3, 3))
    assert [str(row.base) for row in found.rows if row.name == "compound"] == ["200.00"]


def test_more_than_everything_is_a_credit_that_bears_nothing() -> None:
    paid = postings.payment("much", on(1, 2), Decimal("40000.00"))
    found = balance([LOAN, paid], Terms((TEN_PER_CENT,)), on(6, 1))
    assert found.total == Decimal("-3490.00")
    assert len(found.rows) == 1


def test_a_waiver_takes_no_more_than_is_owed() -> None:
    waived = postings.credit("waiver", on(1, 11), "interest", Decimal("500.00"))
    found = balance([LOAN, waived], Terms((TEN_PER_CENT,)), on(1, 11))
    assert owed(found) == {"principal": "36500.00"}


def test_on_one_day_charges_come_first_then_waivers_payments_and_reversals() -> None:
    """Whatever their ids: a waiver and a payment meet what the day charged, and a reversal comes last."""
    day = on(2, 1)
    of_day = [
        postings.reversal("a", day, "z"),
        postings.payment("b", day, Decimal("6.00")),
        postings.credit("c", day, "fee", Decimal("5.00")),
        postings.charge("d", day, "fee", Decimal("10.00")),
    ]
    before = [
        postings.charge("y", JANUARY, "fee", Decimal("1.00")),
        postings.payment("z", JANUARY, Decimal("1.00")),
    ]
    found = balance([*of_day, *before], Terms(), day)
    assert [each.posting.id for each in found.taken] == ["y", "z", "d", "c", "b", "a"]
    assert owed(found) == {"principal": "-1.00", "fee": "1.00"}


def test_a_segment_of_one_day_does_not_vanish() -> None:
    rates = tuple(Step(on(1, day), Decimal(rate)) for day, rate in ((1, "0.10"), (5, "0.20"), (6, "0.10")))
    found = balance([LOAN], Terms((Accrual("steps", "interest", rates, "ACT/365"),)), on(1, 11))
    assert [(row.days, str(row.interest)) for row in found.rows] == [(4, "40.00"), (1, "20.00"), (5, "50.00")]


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ([LOAN, LOAN], "one id"),
        ([postings.charge("a", JANUARY, "fee", Decimal(-1))], "not negative"),
        ([Posting("a", JANUARY, "charge", Decimal(1))], "component"),
        ([Posting("a", JANUARY, "payment", Decimal(1), "fee")], "component"),
        ([LOAN, postings.reversal("r", JANUARY, "loan")], "undoes a payment"),
        ([postings.reversal("r", JANUARY, "none")], "undoes a payment"),
        (
            [postings.payment("p", on(2, 1), Decimal(1)), postings.reversal("r", on(1, 1), "p")],
            "not come before",
        ),
        (
            [
                postings.payment("p", on(2, 1), Decimal(1)),
                postings.reversal("r", on(2, 2), "p"),
                postings.reversal("s", on(2, 2), "p"),
            ],
            "once",
        ),
    ],
)
def test_postings_that_mean_nothing_are_refused(wrong: list[Posting], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        balance(wrong, Terms(), on(12, 31))


def test_an_order_that_leaves_something_out_is_refused() -> None:
    with pytest.raises(ValueError, match="each component once"):
        balance([LOAN], Terms(order=("principal", "interest")), JANUARY)


def test_nothing_posted_is_nothing_owed() -> None:
    assert balance([], Terms((TEN_PER_CENT,)), JANUARY).total == Decimal("0.00")


def test_each_further_day_adds_what_the_claim_says() -> None:
    charged = postings.charge("due", on(2, 1), "interest", Decimal("1200.00"))
    claim = balance([LOAN, charged], Terms((TEN_PER_CENT, LATE, ON_INTEREST)), on(3, 3))
    assert str(claim.per_diem) == "25.7083"  # 36500 x 0.10 / 365, 36500 x 0.15 / 360, 1200 x 0.15 / 360
    assert balance([LOAN], Terms((LATE,)), on(1, 31)).per_diem == 0
    assert str(balance([LOAN], Terms((LATE,)), on(2, 1)).per_diem) == "15.2083"
    for by, a_day in (("ACT/ACT", "9.9727"), ("30/360", "10.1389"), ("ACT/365", "10.0000"), (None, "3650.0000")):
        accrual = Accrual("a", "interest", (Step(JANUARY, Decimal("0.10")),), by)  # pyright: ignore[reportArgumentType]  a day count
        assert str(balance([LOAN], Terms((accrual,)), date(2028, 1, 30)).per_diem) == a_day


def test_a_row_names_its_clause() -> None:
    accrual = replace(TEN_PER_CENT, clause="clause 4.2")
    assert balance([LOAN], Terms((accrual,)), on(1, 11)).rows[0].clause == "clause 4.2"


def test_what_one_rounding_would_have_given_is_told() -> None:
    lpr = (("2023-06-01", "0.0365"), ("2023-06-20", "0.0355"), ("2023-08-21", "0.0345"))
    rates = tuple(Step(date.fromisoformat(day), Decimal(rate)) for day, rate in lpr)
    loan = postings.charge("loan", date(2023, 6, 1), "principal", Decimal("100000.00"))
    claim = balance([loan], Terms((Accrual("lpr", "interest", rates, "ACT/365"),)), date(2023, 9, 1))
    assert str(claim.owed["interest"]) == "896.98"
    assert str(rounded_once(claim)["interest"]) == "896.99"


@pytest.mark.counted
@pytest.mark.timeout(1200)
def test_a_second_reading_finds_the_same_on_every_account() -> None:
    asked: set[str] = set()

    @counts(150, 20_000)
    @given(seeds)
    def ask(seed: int) -> None:
        drawn = account(Random(seed))
        found = reckoned(drawn)
        assert {component: str(found.owed[component]) for component in COMPONENTS} == second_reading(drawn), drawn
        assert not faults(found), drawn
        asked.update(each.posting.kind for each in found.taken)
        asked.update(f"rows of {row.component}" for row in found.rows)

    ask()
    assert asked >= {"charge", "credit", "payment", "reversal", "rows of interest", "rows of compound_interest"}
    assert PROVE or len(asked) >= 7


@pytest.mark.counted
@counts(100, 3_000)
@given(seeds)
def test_what_holds_for_every_account(seed: int) -> None:
    dice = Random(seed)
    drawn = account(dice)
    found = reckoned(drawn)
    moved = sum((amount for each in found.taken for amount in each.changed.values()), Decimal(0))
    assert found.total == sum((row.interest for row in found.rows), Decimal(0)) + moved
    for each in found.taken:
        if each.posting.kind == "payment":
            assert -sum(each.changed.values()) == each.posting.amount
    assert all(row.interest >= 0 and row.start < row.end for row in found.rows)
    shuffled = posted(drawn)
    dice.shuffle(shuffled)
    assert balance(shuffled, terms(drawn), found.as_of).owed == found.owed


@pytest.mark.counted
@counts(60, 2_000)
@given(seeds)
def test_what_was_owed_on_a_day_does_not_depend_on_what_came_after(seed: int) -> None:
    drawn = account(Random(seed))
    day = date.fromisoformat(drawn["as_of"])
    until = [each for each in posted(drawn) if each.day <= day]
    known = balance(until, terms(drawn), day)
    assert known.owed == reckoned(drawn).owed
    settled = [row for row in known.rows if row.end < day]
    later = reckoned(drawn, day + timedelta(days=1))
    assert [row for row in later.rows if row.end < day] == settled


def test_the_other_side_finds_every_figure_that_was_changed() -> None:
    claim = next(found for seed in range(50) if len((found := reckoned(account(Random(seed)))).rows) > 3)
    assert not faults(claim)
    row = claim.rows[1]
    for change in ({"interest": row.interest + Decimal("0.01")}, {"days": row.days + 1}, {"base": row.base + 1}):
        rows = (claim.rows[0], replace(row, **change), *claim.rows[2:])
        assert faults(replace(claim, rows=rows)), change
    assert faults(replace(claim, rows=claim.rows[1:]))
    assert faults(replace(claim, owed={**claim.owed, "fee": claim.owed["fee"] + Decimal("0.01")}))
    assert faults(replace(claim, principal=()))


def test_the_documented_example_comes_out_as_it_is_printed() -> None:
    page = Path(__file__).parents[2] / "docs" / "money.md"
    found = doctest.testfile(str(page), module_relative=False, optionflags=doctest.NORMALIZE_WHITESPACE)
    assert found.attempted > 10
    assert not found.failed
