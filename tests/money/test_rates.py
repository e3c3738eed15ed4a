"""Reference rates: what is shipped, what its tables refuse, and caps and fees that rest on rates and limits."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from forbear.errors import BadData, BadInput
from forbear.money import postings
from forbear.money.balance import Accrual, Terms, balance
from forbear.money.capping import cap_test, multiple_at_formation
from forbear.money.interest import floating
from forbear.money.late_fees import AgreedFee, FeeLimit, late_fee
from forbear.money.rates import SHIPPED, load
from forbear.money.recomputing import faults
from forbear.money.steps import Step

LPR = "CN.LPR.1Y"
FILE = SHIPPED / "cn_lpr_1y.toml"


def test_every_shipped_row_says_where_it_was_read() -> None:
    tables = load()
    assert LPR in tables
    for table in tables.values():
        assert table.known_to >= table.rows[-1].first
        assert all(row.source for row in table.rows)
        assert all(row.from_memory == ("from memory" in row.source) for row in table.rows)


@pytest.mark.parametrize(
    ("day", "rate"),
    [("2019-08-20", "0.0425"), ("2020-01-01", "0.0415"), ("2023-01-15", "0.0365"), ("2023-06-20", "0.0355"), ("2026-06-22", "0.0300")],
)  # fmt: skip
def test_the_lpr_of_a_day(day: str, rate: str) -> None:
    assert load()[LPR].on(date.fromisoformat(day)) == Decimal(rate)


def test_a_known_wrong_row_of_others_is_not_ours() -> None:
    """Four times the LPR on 100,000 for January 2023: 1,240.00, where a table with a made-up row gives 1,104.66."""
    start, end = date(2023, 1, 1), date(2023, 2, 1)
    steps = load()[LPR].steps(start, end)
    found = floating(Decimal("100000.00"), steps, multiple=Decimal(4), start=start, end=end, by="ACT/365")
    assert found.total == Decimal("1240.00")


def test_a_rate_that_is_not_known_for_a_day_is_not_guessed() -> None:
    table = load()[LPR]
    for start, end in ((date(2019, 8, 19), date(2020, 1, 1)), (date(2026, 6, 1), date(2026, 6, 24))):
        with pytest.raises(BadInput, match=r"is known from 2019-08-20 to 2026-06-22"):
            table.steps(start, end)
    assert table.steps(date(2026, 6, 1), date(2026, 6, 23))


def test_no_paper_is_reckoned_with_a_rate_from_memory() -> None:
    table = load()["CN.LATE.PERFORMANCE"]
    with pytest.raises(BadInput, match="memory alone"):
        table.on(date(2026, 1, 1))
    assert table.on(date(2026, 1, 1), for_paper=False) == Decimal("0.000175")


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('rate = "0.0420"', 'rate = "0.0421"', "not those of its sha256"),
        ("from = 2019-09-20", "from = 2019-08-20", "row 2: 2019-08-20 does not come after"),
        ('rate = "0.0420"', "rate = 0.0420", "row 2: rate is a fraction"),
        ('rate = "0.0420"', 'rate = "4.20"', "row 2: rate is a fraction"),
        ("from = 2019-09-20", 'from = "2019-09-20"', "row 2: from is a day"),
        ("from = 2019-09-20", "from = 2019-09-20T00:00:00", "row 2: from is a day"),
        ('rate = "0.0420"', 'rate = "0.0420"\nnote = "x"', "row 2 holds"),
        ('rate = "0.0420"\nsource = "Law', 'rate = "0.0420"\nsource = ""#', "row 2: source"),
        ("known_to = 2026-06-22", "known_to = 2025-05-19", "known_to comes before"),
        ("known_to = 2026-06-22\n", "", "[rate] holds"),
        ('unit = "year"', 'unit = "month"', "its unit is one of"),
        ("[rate]", "[rates]", "holds one [rate]"),
        ("[rate]", "[rate", "is no TOML"),
    ],
)
def test_a_table_that_was_tampered_with_is_not_loaded(tmp_path: Path, old: str, new: str, says: str) -> None:
    text = FILE.read_text(encoding="utf-8")
    assert old in text
    (tmp_path / "lpr.toml").write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(BadData) as wrong:
        load(tmp_path)
    assert says in str(wrong.value)


def test_two_tables_of_one_rate_are_one_too_many(tmp_path: Path) -> None:
    for name in ("a.toml", "b.toml"):
        (tmp_path / name).write_text(FILE.read_text(encoding="utf-8"), encoding="utf-8")
    with pytest.raises(BadData, match="second table"):
        load(tmp_path)


def test_a_private_loan_is_capped_at_four_times_the_lpr_of_its_first_day() -> None:
    formed = date(2024, 1, 1)
    caps = multiple_at_formation(load()[LPR].steps(formed, formed), formed, Decimal(4))
    assert [str(step.value) for step in caps] == ["0.1380"]
    accrual = Accrual("interest", "interest", (Step(formed, Decimal("0.24")),), "ACT/365")
    loan = postings.charge("loan", formed, "principal", Decimal("80000.00"))
    fee = postings.charge("fee", formed, "fee", Decimal("100.00"))
    paid = postings.payment("paid", date(2024, 3, 1), Decimal("10000.00"))
    claim = balance([loan, fee, paid], Terms((accrual,)), date(2024, 4, 1))
    found = cap_test(claim, caps, "ACT/365")
    assert not faults(claim)
    assert [(str(row.start), row.days, str(row.principal)) for row in found.rows] == [
        ("2024-01-01", 60, "80000.00"),
        ("2024-03-01", 31, "73256.16"),
    ]
    assert [str(row.interest) for row in found.rows] == ["1814.79", "858.60"]
    assert found.asked == Decimal("100.00") + sum(row.interest for row in claim.rows)
    assert found.claimable == found.allowed == Decimal("2673.39")
    assert found.waived == found.asked - found.allowed
    waived = postings.credit("waiver", date(2024, 4, 1), "interest", Decimal("500.00"))
    again = cap_test(balance([loan, fee, paid, waived], Terms((accrual,)), date(2024, 4, 1)), caps, "ACT/365")
    assert again.waived == found.waived - Decimal("500.00")


FLAT = AgreedFee(flat=Decimal("25.00"), grace_days=5)
FREE = FeeLimit("a statute that sets no limit")


@pytest.mark.parametrize(
    ("agreed", "limit", "days", "amount", "why"),
    [
        (None, FREE, 30, "0.00", "not_agreed"),
        (FLAT, None, 30, "0.00", "law_not_known"),
        (FLAT, FeeLimit("s", allowed=False), 30, "0.00", "forbidden"),
        (FLAT, FREE, 5, "0.00", "within_grace"),
        (FLAT, FREE, 6, "25.00", "agreed"),
        (FLAT, FeeLimit("s", grace_days=10), 10, "0.00", "within_grace"),
        (FLAT, FeeLimit("s", most=Decimal("15.00")), 30, "15.00", "limited"),
        (FLAT, FeeLimit("s", most_rate=Decimal("0.05")), 30, "10.00", "limited"),
        (AgreedFee(rate=Decimal("0.05"), floor=Decimal("20.00")), FREE, 1, "20.00", "agreed"),
        (AgreedFee(rate=Decimal("0.50")), FREE, 1, "100.00", "agreed"),
    ],
)
def test_a_late_fee_is_agreed_and_lawful_or_nothing(
    agreed: AgreedFee | None, limit: FeeLimit | None, days: int, amount: str, why: str
) -> None:
    found = late_fee(Decimal("200.00"), days, agreed, limit)
    assert (str(found.amount), found.why) == (amount, why)
