"""Terms as a lender tells them: every fault named by its field, the cap that holds, what grows and what falls due."""

from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pytest

from forbear.errors import BadInput
from forbear.money.agreed import Agreed, merged, read
from forbear.money.balance import Balance, balance
from forbear.money.components import ALLOCATION_ORDER
from forbear.money.growing import Contract, fallen_due, grown
from forbear.money.postings import charge, opening, payment
from forbear.money.recomputing import faults

FIRST, LATE = date(2026, 1, 1), date(2026, 2, 1)
Json = dict[str, Any]


def terms(**members: Any) -> Json:
    return {"since": str(FIRST), "day_count": "ACT/365", **members}


def contract(*told: Json, unit: str = "0.01", ended: date | None = None, currency: str = "USD") -> Contract:
    return Contract(tuple(read(each, currency) for each in told), LATE, Decimal(unit), ended)


def claim(by: Contract, days: int, principal: str = "36500.00", *, start: date = FIRST) -> Balance:
    found = balance([charge("loan", start, "principal", Decimal(principal))], grown(by), start + timedelta(days=days))
    assert faults(found) == []
    return found


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"since": "soon"}, "terms.since"),
        ({"interest": {"rate": "12"}}, "terms.interest.rate"),
        ({"interest": {"rate": "0.12"}, "day_count": "ACT/999"}, "terms.day_count"),
        ({"interest": {"rate": "0.1", "daily_rate": "0.0005"}}, "terms.interest.daily_rate"),
        ({"interest": {"daily_rate": "0.05"}}, "terms.interest.daily_rate"),
        ({"interest": {}}, "terms.interest.rate"),
        ({"interest": {"rate": 0.1}}, "terms.interest.rate"),
        ({"interest": {"rate": "0.1", "rat": "1"}}, "terms.interest.rat"),
        ({"penalty": {"uplift": "0.5"}}, "terms.penalty.uplift"),
        ({"interest": {"rate": "0.1"}, "penalty": {"uplift": "50"}}, "terms.penalty.uplift"),
        ({"interest": {"rate": "0.1"}, "penalty": {"uplift": "0.5", "rate": "0.2"}}, "terms.penalty.uplift"),
        ({"compound": True}, "terms.compound"),
        ({"interest": {"rate": "0.1"}, "compound": True, "cap": {"rate": "0.2"}}, "terms.cap"),
        ({"cap": {"reference": "CN.LPR.9Y", "multiple": "4", "formed_on": "2024-03-01"}}, "terms.cap.reference"),
        ({"cap": {"reference": "CN.LPR.1Y", "multiple": "4", "formed_on": "2031-03-01"}}, "terms.cap.formed_on"),
        ({"cap": {"reference": "CN.LPR.1Y", "multiple": "4"}}, "terms.cap.formed_on"),
        ({"interest": {"daily_rate": "0.001"}, "cap": {"rate": "0.2"}, "day_count": "30/360"}, "terms.day_count"),
        ({"order": ["principal"]}, "terms.order"),
        ({"order": [*ALLOCATION_ORDER[:5], "cost"]}, "terms.order"),
        ({"late_fee": {"flat": "5.00", "limit": {"source": "law"}}}, "terms.late_fee"),
        ({"late_fee": {"flat": "5.00"}, "instalments": [{"due": "2026-03-01"}]}, "terms.late_fee.limit"),
        (
            {"late_fee": {"limit": {"source": " "}}, "instalments": [{"due": "2026-03-01"}]},
            "terms.late_fee.limit.source",
        ),
        ({"instalments": [{"due": "2026-03-01", "principal": "5.001"}]}, "terms.instalments.0.principal"),
        ({"instalments": [{"due": "2026-03-01"}, {"due": "2026-03-01"}]}, "terms.instalments.1.due"),
        ({"intrest": {"rate": "0.1"}}, "terms.intrest"),
    ],
)
def test_what_is_wrong_is_named_by_its_field(wrong: Json, field: str) -> None:
    with pytest.raises(BadInput) as refused:
        read(terms(**wrong), "USD")
    assert refused.value.field == field


def test_a_yearly_rate_needs_a_day_count_and_a_daily_one_does_not() -> None:
    with pytest.raises(BadInput, match="day_count"):
        read({"since": str(FIRST), "interest": {"rate": "0.1"}}, "USD")
    assert read({"since": str(FIRST), "interest": {"daily_rate": "0.0005"}}, "USD").interest is not None


def test_a_penalty_takes_the_place_of_the_contracts_rate_once_it_is_late_unless_it_comes_on_top() -> None:
    raised = contract(terms(interest={"rate": "0.10"}, penalty={"uplift": "0.5"}))
    rows = [(row.name, row.start, row.days, row.rate) for row in claim(raised, 41).rows]
    assert rows == [
        ("contract interest", FIRST, 31, Decimal("0.10")),
        ("penalty interest", LATE, 10, Decimal("0.150")),
    ]
    on_top = contract(terms(interest={"rate": "0.10"}, penalty={"rate": "0.05", "on_top": True}))
    assert claim(on_top, 41).total == Decimal("36500.00") + Decimal("410.00") + Decimal("50.00")


def test_a_cap_cuts_what_is_asked_together_and_says_so() -> None:
    told = terms(interest={"rate": "0.10"}, penalty={"rate": "0.20", "on_top": True}, cap={"rate": "0.24"})
    found = claim(contract(told), 41)
    assert [(row.rate, row.clause != "") for row in found.rows] == [(Decimal("0.10"), False), (Decimal("0.14"), True)]
    lpr = {"reference": "CN.LPR.1Y", "multiple": "4", "formed_on": "2024-03-01"}
    by_lpr = claim(contract(terms(interest={"daily_rate": "0.0005"}, cap=lpr)), 10)
    assert [(row.rate, row.by) for row in by_lpr.rows] == [(Decimal("0.1380"), "ACT/365")]
    assert "CN.LPR.1Y of 2024-03-01" in by_lpr.rows[0].clause
    assert claim(contract(told).uncapped(), 41).total > found.total


def test_never_more_than_the_cap_or_the_contract() -> None:
    draw = Random(4)
    for _ in range(200):
        rates = [f"0.{draw.randint(0, 60):02}" for _ in range(3)]
        told = terms(interest={"rate": rates[0]}, penalty={"rate": rates[1], "on_top": draw.random() < 0.5})
        free, capped = contract(told), contract({**told, "cap": {"rate": rates[2]}})
        days = draw.randint(0, 400)
        with_cap, without = claim(capped, days), claim(free, days)
        assert with_cap.total <= without.total
        allowed = Decimal("36500.00") * Decimal(rates[2]) * days / 365
        assert with_cap.total - Decimal("36500.00") <= allowed + Decimal("0.01") * len(with_cap.rows)
        assert claim(capped, days + 1).total >= with_cap.total


def test_later_terms_hold_from_their_day_and_an_account_that_ended_grows_no_more() -> None:
    later = terms(since="2026-01-11", interest={"rate": "0.20"})
    found = claim(contract(terms(interest={"rate": "0.10"}), later), 20)
    assert [(row.start.day, row.end.day, row.interest) for row in found.rows] == [
        (1, 11, Decimal("100.00")),
        (11, 21, Decimal("200.00")),
    ]
    ended = contract(terms(interest={"rate": "0.10"}), later, ended=date(2026, 1, 16))
    assert claim(ended, 20).total == Decimal("36700.00")
    assert claim(contract(terms(interest={"rate": "0.10"}), {"since": "2026-01-11"}), 20).total == Decimal("36600.00")


def test_a_payment_is_taken_off_in_the_order_of_its_day() -> None:
    first = terms(interest={"rate": "0.10"})
    later = terms(since="2026-01-11", interest={"rate": "0.10"}, order=list(reversed(ALLOCATION_ORDER)))
    paid = [payment("early", FIRST + timedelta(days=5), Decimal(50)), payment("late", date(2026, 1, 16), Decimal(50))]
    loan = charge("loan", FIRST, "principal", Decimal("36500.00"))
    found = balance([loan, *paid], grown(contract(first, later)), date(2026, 1, 16))
    assert [dict(each.changed) for each in found.taken[1:]] == [{"interest": Decimal(-50)}, {"principal": Decimal(-50)}]


def test_rows_are_rounded_to_the_coins_of_the_currency() -> None:
    yen = contract(terms(interest={"rate": "0.10"}), unit="1", currency="JPY")
    found = claim(yen, 3, "5000")
    assert [row.interest for row in found.rows] == [Decimal(4)]


def test_an_instalment_is_owed_the_day_after_and_its_fee_once_its_grace_is_over() -> None:
    law = {"source": "an example's law", "most": "4.00", "grace_days": 3}
    told = terms(
        late_fee={"rate": "0.05", "grace_days": 1, "limit": law},
        instalments=[{"due": "2026-01-10", "principal": "60.00", "interest": "7.00"}, {"due": "2026-01-20"}],
    )
    brought = [opening("opening principal", FIRST, "principal", Decimal("100.00"))]
    by = contract(told)

    def due(until: int, *more: Any, after: date = FIRST) -> list[tuple[int, str | None, Decimal]]:
        found = fallen_due(by, [*brought, *more], after, date(2026, 1, until))
        return [(each.day.day, each.component, each.amount) for each in found]

    instalment = [(11, "principal", Decimal("60.00")), (11, "interest", Decimal("7.00"))]
    assert due(10) == []
    assert due(13) == instalment
    assert due(14) == [*instalment, (14, "fee", Decimal("3.35"))]
    assert due(14, after=date(2026, 1, 11)) == [(14, "fee", Decimal("3.35"))], "it was in the confirmed balance"
    assert due(14, payment("p", date(2026, 1, 13), Decimal("157.00"))) == [*instalment, (14, "fee", Decimal("0.50"))]
    assert due(14, payment("p", date(2026, 1, 13), Decimal("167.00"))) == instalment, "nothing is overdue"


def test_what_was_brought_in_may_be_a_credit_and_bears_no_interest_on_interest() -> None:
    by = grown(contract(terms(interest={"rate": "0.10"}, compound=True)))
    brought = [opening("a", FIRST, "interest", Decimal("3650.00")), opening("b", FIRST, "principal", Decimal("-5.00"))]
    assert balance(brought, by, LATE).rows == ()
    with_charge = balance([*brought, charge("c", FIRST, "interest", Decimal("3650.00"))], by, date(2026, 1, 11))
    assert [(row.base, row.interest) for row in with_charge.rows] == [(Decimal("3650.00"), Decimal("10.00"))]
    assert faults(with_charge) == []


def test_a_patch_is_merged_by_rfc_7396() -> None:
    told = terms(interest={"rate": "0.1"}, penalty={"uplift": "0.5", "on_top": True}, order=["a"])
    assert merged(told, {"penalty": {"on_top": None, "since": "2026-03-01"}, "order": ["b"], "interest": None}) == {
        "since": str(FIRST),
        "day_count": "ACT/365",
        "penalty": {"uplift": "0.5", "since": "2026-03-01"},
        "order": ["b"],
    }
    assert merged({}, {"cap": {"rate": "0.2", "multiple": None}}) == {"cap": {"rate": "0.2"}}


def test_terms_that_say_nothing_let_nothing_grow() -> None:
    assert read({"since": str(FIRST)}, "USD") == Agreed(FIRST)
    assert claim(contract({"since": str(FIRST)}), 100).rows == ()
