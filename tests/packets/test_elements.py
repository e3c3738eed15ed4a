"""What a form says for machines: the same elements as on the page, values as JSON has them, no guess for an empty box."""

import json
from pathlib import Path
from typing import Any

import pytest

from forbear.documents.filling import fill
from forbear.documents.kinds import Kind
from forbear.documents.packets.elements import elements_of, has_elements, read_elements
from forbear.documents.registry import COURT, ELEMENTS, find_kind
from forbear.documents.samples import sample
from forbear.documents.wording import word_letter
from forbear.errors import BadData
from tests.packets.complaints import ENFORCEMENT, FORMS, FREE, LOAN, SECTIONS, rows


def told(kind: Kind, **fields: Any) -> dict[str, Any]:
    given = {name: value for name, value in {**sample(kind).fields, **fields}.items() if value is not None}
    return elements_of(kind, fill(kind.fields, given, "CNY")[0])


def elements(page: dict[str, Any]) -> list[dict[str, Any]]:
    return [each for section in page["sections"] for each in section["elements"]]


@pytest.mark.parametrize("kind", [*FORMS, ENFORCEMENT])
def test_elements_are_those_of_the_page_in_its_order(kind: str) -> None:
    found = find_kind(kind)
    printed = [
        label.partition("第")[0] if "名，共" in label else label for label, _ in rows(word_letter(sample(found)).html)
    ]
    once = list(dict.fromkeys(printed))
    listed = [
        each for each in elements(told(found)) if "requests" not in each["values"] and "facts" not in each["values"]
    ]
    assert [f"{each['number']}.{each['label']}" if each["number"] else each["label"] for each in listed] == once


@pytest.mark.parametrize("kind", FORMS)
def test_every_field_fills_an_element_or_leads_to_a_sum_that_does(kind: str) -> None:
    found = find_kind(kind)
    used = {name for each in read_elements(found).listed for name in each.fields}
    assert {name for name in found.fields if name not in used} <= {
        "sum_all_interest", "sum_fee", "sum_interest", "sum_penalty_interest", "sum_compound_interest"
    }  # fmt: skip
    assert [section["title"] for section in told(found)["sections"]] == SECTIONS


def test_values_are_as_json_has_them_and_an_empty_box_is_null() -> None:
    kind = find_kind(LOAN)
    page = told(kind, mediation_first=None, respondent_persons=[{"name": "李玥镕", "domicile": "示例市"}])
    assert json.loads(json.dumps(page, ensure_ascii=False)) == page
    assert (page["kind"], page["version"], page["title"]) == (LOAN, kind.version, "民事起诉状（金融借款合同纠纷）")
    by = {each["label"]: each["values"] for each in elements(page)}
    assert by["本金"] == {"cut_off": "2026-11-22", "sum_principal": "48600.00"}
    assert by["是否考虑先行调解"] == {"mediation_first": None}
    assert by["被告（自然人）"]["respondent_persons"][0]["sex"] is None
    assert by["委托诉讼代理人"]["agents_have"] == "有"
    assert by["委托诉讼代理人"]["agents"][0]["authority"] == "特别授权"
    assert by["还款方式"]["repayment_method"] == "等额本息"
    assert by["是否逾期"] == {"overdue": "是", "overdue_since": "2026-08-20", "overdue_days": 94}
    assert by["最高额担保"] == {"maximum": "否", "maximum_settled_on": None, "maximum_amount": None}


def test_what_an_answer_of_no_leaves_out_of_the_page_is_left_out_here() -> None:
    by = {each["label"]: each["values"] for each in elements(told(find_kind(LOAN), overdue=False))}
    assert by["是否逾期"] == {"overdue": "否", "overdue_since": None, "overdue_days": None}


def test_a_paper_in_free_form_has_none() -> None:
    kind = find_kind(FREE)
    assert not has_elements(kind)
    with pytest.raises(BadData, match=r"elements\.toml"):
        elements_of(kind, {})


@pytest.mark.parametrize(
    ("was", "becomes", "said"),
    [
        ('fields = ["mediation_first"]', 'fields = ["mediation_last"]', "no field of"),
        ('section = "F"', 'section = "G"', "which [sections] does not name"),
        ("not_understood = ", "not_known = ", "has no word for 'not_understood'"),
        ("[words]", "[wordings]", "must hold elements, sections, words"),
        ('number = "1", ', "", "an element must have"),
    ],
)
def test_elements_that_would_lose_something_are_refused(was: str, becomes: str, said: str, tmp_path: Path) -> None:
    kind = find_kind(LOAN)
    source = (COURT / kind.folder / ELEMENTS).read_text("utf-8").replace('section = "E"', 'section = "F"')
    source = source.replace('E = "对纠纷', 'F = "对纠纷')
    assert was in source
    (tmp_path / kind.folder).mkdir()
    (tmp_path / kind.folder / ELEMENTS).write_text(source.replace(was, becomes), "utf-8")
    with pytest.raises(BadData) as no:
        elements_of(kind, {}, tmp_path)
    assert said in str(no.value)
