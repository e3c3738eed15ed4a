"""Loan terms over HTTP: told with an enrolment, changed by a merge patch, imported; refused with the field that is wrong."""

import copy
from typing import Any

import pytest

from forbear.api.import_columns import columns_table
from forbear.api.import_places import column_of
from forbear.api.import_rows import to_enrolment
from forbear.api.lender.examples import TERMS
from forbear.ledger.forms.checks import Refused
from forbear.ledger.forms.enrolment import EnrolmentForm
from tests.api.house import Client, House, enrolment
from tests.api.importing import row

Json = dict[str, Any]


def tagged(one: Client, account: str) -> tuple[Json, str]:
    answer = one.get(f"/v1/accounts/{account}")
    return answer.json(), answer.headers["ETag"]


def test_an_account_shows_its_terms_and_grows_by_them(house: House, one: Client) -> None:
    body = enrolment(terms=TERMS, balance={"as_of": "2026-03-02T09:00:00Z", "components": {"principal": "36500.00"}})
    answer = one.post("/v1/accounts", body)
    assert answer.status_code == 201, answer.text
    account = answer.json()["id"]
    assert answer.json()["terms"] == TERMS
    assert answer.json()["balance"]["reckoned_to"] == "2026-03-02"
    house.later(days=2)
    balance = tagged(one, account)[0]["balance"]
    assert (balance["reckoned_to"], balance["components"]["interest"]) == ("2026-03-04", "17.98")
    assert balance["total"] == {"amount": "36517.98", "currency": "USD"}


def test_without_terms_nothing_is_shown_and_nothing_grows(house: House, one: Client) -> None:
    account = one.enrol()
    assert (account["terms"], account["balance"]["reckoned_to"]) == (None, None)
    house.later(days=20)
    assert tagged(one, account["id"])[0]["balance"] == account["balance"]


def test_left_out_of_an_enrolment_the_first_day_is_the_day_on_which_it_was_due(one: Client) -> None:
    told = {"interest": {"daily_rate": "0.0005"}, "penalty": None}
    account = one.post("/v1/accounts", enrolment(terms=told)).json()
    assert account["terms"] == {"since": account["due_since"], "interest": {"daily_rate": "0.0005"}}


@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [
        ({"interest": {"rate": 0.09}}, "/terms/interest/rate"),
        ({"interest": {"rate": "9 %"}}, "/terms/interest/rate"),
        ({"interest": {"rate": "9"}}, "/terms/interest/rate"),
        ({"interest": {"rate": "0.1", "daily_rate": "0.001"}}, "/terms/interest/daily_rate"),
        ({"cap": {"reference": "CN.LPR.1Y", "multiple": "4"}}, "/terms/cap/formed_on"),
        ({"day_count": "ACT/ABC"}, "/terms/day_count"),
        ({"order": ["principal"]}, "/terms/order"),
        ({"compound": "yes"}, "/terms/compound"),
        ({"since": "1492-01-01"}, "/terms/since"),
        ({"rate": "0.1"}, "/terms/rate"),
    ],
)
def test_what_is_wrong_is_pointed_at(one: Client, wrong: Json, pointer: str) -> None:
    answer = one.post("/v1/accounts", enrolment(terms={**TERMS, **wrong}))
    assert answer.status_code == 422, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert pointer in [each["pointer"] for each in answer.json()["errors"]]


def test_a_patch_tells_new_terms_corrects_them_and_ends_them(one: Client) -> None:
    account = one.post("/v1/accounts", enrolment(terms=TERMS)).json()["id"]

    def patch(terms: Json | None, status: int = 200) -> Json:
        tag = tagged(one, account)[1]
        answer = one.patch(f"/v1/accounts/{account}", {"terms": terms}, tag)
        assert answer.status_code == status, answer.text
        return answer.json()

    corrected = patch({"interest": {"rate": "0.10"}, "order": None})["terms"]
    assert corrected == {"since": "2026-02-20", "day_count": "ACT/365", "interest": {"rate": "0.10"}}
    later = patch({"since": "2026-03-01", "penalty": {"uplift": "0.5"}})["terms"]
    assert later == {**corrected, "since": "2026-03-01", "penalty": {"uplift": "0.5"}}
    refused = patch({"interest": None}, 422)
    assert [each["pointer"] for each in refused["errors"]] == ["/terms/penalty/uplift"]
    assert patch(None)["terms"] is None
    assert patch(None)["terms"] is None


def test_a_patch_of_an_account_without_terms_needs_their_first_day(one: Client) -> None:
    account = one.enrol()["id"]
    tag = tagged(one, account)[1]
    told = {"terms": {"interest": {"daily_rate": "0.001"}}}
    answer = one.patch(f"/v1/accounts/{account}", told, tag)
    assert [each["pointer"] for each in answer.json()["errors"]] == ["/terms/since"]


ROW = row(1)
COLUMNS = {
    "interest_rate": "0.12", "day_count": "ACT/360", "penalty_uplift": "0.5", "rate_cap_reference": "一年期LPR",
    "rate_cap_multiple": "4", "contract_date": "2024-03-01", "compounding": "否", "terms_since": "2026-01-01",
    "payment_order": "cost fee penalty_interest compound_interest interest principal",
}  # fmt: skip


def test_a_row_of_an_export_tells_terms() -> None:
    body = to_enrolment({**ROW, **COLUMNS})
    assert body["terms"] == {
        "interest": {"rate": "0.12"},
        "day_count": "ACT/360",
        "penalty": {"uplift": "0.5"},
        "cap": {"reference": "CN.LPR.1Y", "multiple": "4", "formed_on": "2024-03-01"},
        "compound": False,
        "order": COLUMNS["payment_order"].split(),
        "since": "2026-01-01",
    }
    assert EnrolmentForm.model_validate(body).told_terms() is not None
    assert "terms" not in to_enrolment(ROW)
    assert "terms" not in to_enrolment({**ROW, "contract_date": "2024-03-01"}), "a contract's day alone tells none"
    with pytest.raises(Refused) as refused:
        to_enrolment({**ROW, "interest_rate": "0.1", "compounding": "perhaps"})
    assert [each.field for each in refused.value.found] == ["compounding"]


@pytest.mark.parametrize(
    ("place", "column"),
    [
        ("/terms/interest/rate", "interest_rate"),
        ("/terms/penalty/uplift", "penalty_uplift"),
        ("/terms/penalty", "penalty_rate"),
        ("/terms/cap/formed_on", "contract_date"),
        ("/terms/cap", "rate_cap"),
        ("/terms/order", "payment_order"),
        ("/terms/day_count", "day_count"),
        ("/terms/since", "terms_since"),
        ("/terms/compound", "compounding"),
    ],
)
def test_a_fault_of_terms_is_told_by_its_column(place: str, column: str) -> None:
    assert column_of(place, copy.deepcopy(ROW)) == column
    assert f"`{column}`" in [name for name, _ in columns_table()]
