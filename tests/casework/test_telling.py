"""Values for papers are taken where a paper has a field for them and the record does not say them itself."""

from typing import Any

import pytest

from forbear.casework.telling import check_told, tell_fields
from forbear.errors import BadInput
from tests.casework.filing import Filing


@pytest.mark.parametrize(
    ("kind", "told", "field"),
    [
        ("", {"sum_total": "1.00"}, "fields.sum_total"),
        ("", {"overdue_days": 3}, "fields.overdue_days"),
        ("cn.court.checklist", {"materials": []}, ""),
        ("cn.court.checklist", {"materials": [{"number": "1"}]}, "fields.materials"),
        ("", {"nothing_of_ours": "1"}, "fields.nothing_of_ours"),
        ("no.such.paper", {"court": "x"}, "kind"),
        ("", {"contract_day": "yesterday"}, "fields.contract_day"),
        ("", {"agents": [{"name": "Alex Sample"}]}, "fields.agents.0.firm"),
        ("", {"complaint_form": "verse"}, "fields.complaint_form"),
    ],
)
def test_what_no_paper_can_be_told_is_refused_by_name(kind: str, told: dict[str, Any], field: str) -> None:
    if not field:
        check_told(kind, told, "CNY")
        return
    with pytest.raises(BadInput) as refused:
        check_told(kind, told, "CNY")
    assert refused.value.field == field


@pytest.mark.parametrize(
    "told",
    [
        {"court": "示例市人民法院", "complaint_form": "free", "court_fee_asked": True},
        {"respondent_persons": [{"name": "李玥镕", "sex": "female"}]},
        {"interest_asked": "{sum_interest}", "requests": [{"text": "{sum_total}"}]},
        {"e_service_papers": "", "sum_total": ""},
    ],
)
def test_what_papers_ask_for_is_taken(told: dict[str, Any]) -> None:
    check_told("", told, "CNY")


def test_it_is_kept_for_the_case(china: Filing) -> None:
    case = china.case()
    with china.house.worker() as session:
        tell_fields(china.house.ledger, session, case, "", {"court": "示例市人民法院"}, now=china.house.now)
    assert china.assembled(case, "cn.suit").parts[0].paper is not None
    assert "field:court" not in {each.item for each in china.assembled(case, "cn.suit").missing}
