"""The element forms of Chinese complaints and the plain papers beside them: every element of the form, no box ticked by
itself, no sum but the record's.
"""

import re
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from forbear.documents.filling import fill
from forbear.documents.presses import Presses
from forbear.documents.registry import find_kind
from forbear.documents.samples import sample
from forbear.documents.wording import word_letter
from forbear.money.words_cn import from_words
from forbear.ports.papers import Figure
from tests.packets.complaints import (
    ASKED,
    CAPITALS,
    CARD,
    EMPTY,
    ENFORCEMENT,
    ENFORCEMENT_WITHDRAWAL,
    FORMS,
    FREE,
    KINDS,
    LOAN,
    ORDER_WITHDRAWAL,
    ORGANISATION,
    OWNERSHIP,
    PERSON,
    PRIVATE,
    SECTIONS,
    SIDES,
    TICKED,
    TOLD,
    TYPES,
    WHERE,
    WILLING,
    WITHDRAWAL,
    WITHDRAWALS,
    bare,
    html,
    paper,
    refused,
    sections,
    seen,
    text_of,
)


@pytest.mark.parametrize("kind", FORMS)
def test_every_element_stands_in_its_section_under_its_number_with_all_it_asks(kind: str) -> None:
    page = html(kind)
    found = sections(page)
    assert list(found) == SECTIONS
    for title, wanted in (("诉讼请求", ASKED[kind]), ("约定管辖和诉前保全", WHERE), ("事实与理由", TOLD[kind])):
        assert [label for label, _ in found[title]] == [f"{n}.{label}" for n, (label, _) in enumerate(wanted, 1)]
        for (_, words), (label, asked) in zip(found[title], wanted, strict=True):
            assert [each for each in asked if each not in bare(words)] == [], label
    assert [label for label, _ in found["对纠纷解决方式的意愿"]] == WILLING
    assert "★特别提示★" in page
    assert page.index("说明：") < page.index("★特别提示★") < page.index("当事人信息")


@pytest.mark.parametrize("kind", FORMS)
def test_the_words_of_free_hand_stand_before_the_elements(kind: str) -> None:
    page = html(kind)
    told = sample(find_kind(kind)).fields
    for banner, name, wanted in (("诉讼请求", "requests", ASKED[kind]), ("事实与理由", "facts", TOLD[kind])):
        after = seen(page[page.index(f">{banner}</h2>") :])
        assert after.index("".join(told[name][0]["text"].split())) < after.index(f"1.{wanted[0][0]}")


@pytest.mark.parametrize("kind", FORMS)
def test_each_side_has_both_blocks_with_all_they_ask_even_where_there_is_nobody(kind: str) -> None:
    found = sections(html(kind))["当事人信息"]
    for side in SIDES:
        people = [words for label, words in found if label.startswith(f"{side}（自然人）")]
        bodies = [words for label, words in found if label.startswith(f"{side}（法人、非法人组织）")]
        assert people
        assert bodies
        assert all(f"{label}：" in words for words in people for label in PERSON)
        assert all("男□女□" in bare(words) for words in people)
        assert all(f"{label}：" in words for words in bodies for label in ORGANISATION)
        assert all(f"{each}{EMPTY}" in bare(words) for words in bodies for each in (*TYPES, *OWNERSHIP))
    assert next(words for label, words in found if label.startswith("第三人")).startswith("姓名：无")
    agent = next(words for label, words in found if label == "委托诉讼代理人")
    assert all(each in bare(agent) for each in ("有□", "无□", "姓名：", "单位：", "职务：", "联系电话："))
    assert "代理权限：一般授权□特别授权□" in bare(agent)


def test_ticks_are_those_of_the_fields() -> None:
    found = {label: words for part in sections(html(LOAN)).values() for label, words in part}
    assert "股份有限公司☑" in found["原告（法人、非法人组织）"]
    assert found["原告（法人、非法人组织）"].count(TICKED) == 3
    assert "国有☑（控股☑参股□）民营□其他□" in found["原告（法人、非法人组织）"]
    assert "一般授权□特别授权☑" in found["委托诉讼代理人"]
    assert found["3.提前还款（加速到期）/解除合同"].startswith("是☑提前还款（加速到期）☑解除合同□")
    assert "18%/年☑季□月□" in found["5.借款利率"]
    assert re.findall("[^□☑]+☑", found["7.还款方式"]) == ["等额本息☑"]
    assert "正式登记☑预告登记□" in found["13.抵押质押登记"]
    assert found["15.保证方式"].count("连带责任保证☑") == 2
    assert found["是否考虑先行调解"] == "是□否□暂不确定，想要了解更多内容☑"
    assert found["是否了解先行调解（4）"].endswith("了解□不了解☑")


@pytest.mark.parametrize(
    ("owned", "wanted"),
    [
        ("国有参股", "国有☑（控股□参股☑）民营□其他□"),
        ("民营", "国有□（控股□参股□）民营☑其他□"),
        ("外商投资", "国有□（控股□参股□）民营□其他☑外商投资"),
    ],
)
def test_ownership_that_the_form_does_not_name_stands_behind_other(owned: str, wanted: str) -> None:
    own = [{**sample(find_kind(LOAN)).fields["claimant_organisations"][0], "ownership": owned}]
    assert wanted in seen(html(LOAN, claimant_organisations=own))


def test_what_nobody_told_of_the_other_side_stays_an_empty_box() -> None:
    page = html(
        LOAN,
        respondent_persons=[{"name": "李玥镕", "domicile": "示例市示例路100号"}],
        respondent_organisations=[{"name": "示例市样例商贸有限公司", "domicile": "示例市示例路104号"}],
    )
    found = dict(sections(page)["当事人信息"])
    assert TICKED not in found["被告（自然人）"] + found["被告（法人、非法人组织）"]


@pytest.mark.parametrize("kind", KINDS)
def test_no_box_is_ticked_and_nothing_required_left_out_unless_it_was_told(kind: str) -> None:
    fields = find_kind(kind).fields
    needed = [each.name for each in fields.values() if each.required]
    ticks = [each.name for each in fields.values() if each.type in {"yes_no", "choice"} and not each.when]
    assert set(ticks) <= set(needed)
    for name in needed:
        no = refused(paper(kind, **{name: None}))
        assert no.startswith("fields.given")
        assert f"{name}: '" in no


@pytest.mark.parametrize(
    ("kind", "answer", "wanted"),
    [
        (LOAN, {"agents_have": True, "agents": None}, "agents"),
        (LOAN, {"accelerated": True, "early_request": None}, "early_request"),
        (LOAN, {"costs": None}, "costs"),
        (LOAN, {"overdue_days": None}, "overdue_days"),
        (LOAN, {"interest_paid_to": None}, "interest_paid_to"),
        (LOAN, {"maximum": True}, "maximum_amount"),
        (LOAN, {"other_security_have": True}, "other_security"),
        (LOAN, {"preserved_before": True}, "preserved_case_no"),
        (LOAN, {"repayment_method": "other"}, "repayment_other"),
        (LOAN, {"collateral": None}, "collateral"),
        (CARD, {"terms_explained_how": None}, "terms_explained_how"),
        (CARD, {"notices": None}, "notices"),
        (PRIVATE, {"advance_method": "other"}, "advance_method_other"),
        (ENFORCEMENT, {"preserved_until": None}, "preserved_until"),
        (WITHDRAWAL, {"paid_in_full_on": None}, "paid_in_full_on"),
        (WITHDRAWAL, {"reason": "other", "paid_in_full_on": None}, "reason_words"),
    ],
)
def test_an_answer_asks_for_what_belongs_to_it(kind: str, answer: dict[str, Any], wanted: str) -> None:
    assert f"{wanted}: '" in refused(paper(kind, **answer))


@pytest.mark.parametrize("name", ["agents_have", "collateral_have", "guarantees_have", "accelerated", "costs_asked"])
def test_a_no_that_what_is_told_contradicts_is_refused(name: str) -> None:
    assert "an_answer_and_what_is_told_do_not_agree" in refused(paper(LOAN, **{name: False}))


def test_days_that_the_record_knows_are_left_out_where_nothing_is_overdue() -> None:
    found = {label: words for part in sections(html(LOAN, overdue=False)).values() for label, words in part}
    assert found["9.是否逾期"] == "是□逾期时间：至今已逾期：否☑"


def test_a_claimant_is_told_whole_and_a_suit_has_two_sides() -> None:
    person = {"name": "吴祎", "domicile": "示例市示例路110号"}
    no = refused(paper(PRIVATE, claimant_persons=[person]))
    for column in ("sex", "birth_date", "phone", "id_type", "id_number"):
        assert f"claimant_persons.0.{column}: '" in no
    body = [{"name": "示例银行", "domicile": "示例市样例大街1号"}]
    assert "claimant_organisations.0.org_type: '" in refused(paper(LOAN, claimant_organisations=body))
    assert "claimant_organisations_must_be_given" in refused(paper(PRIVATE, claimant_persons=None))
    assert "respondent_organisations_must_be_given" in refused(paper(PRIVATE, respondent_persons=None))
    own = [{**sample(find_kind(LOAN)).fields["claimant_organisations"][0], "org_type": "股份公司"}]
    assert "organisation_type_must_be_one_of_the_form" in refused(paper(LOAN, claimant_organisations=own))


def test_two_claimants_have_a_block_and_a_place_to_sign_each() -> None:
    page = html(PRIVATE)
    labels = [label for label, _ in sections(page)["当事人信息"] if label.startswith("原告（自然人）")]
    assert labels == ["原告（自然人）第1名，共2名", "原告（自然人）第2名，共2名"]
    assert page.count("具状人（签字、盖章）：</p>") == 2


@pytest.mark.parametrize("kind", KINDS)
def test_it_is_signed_and_dated_by_hand(kind: str) -> None:
    end = seen(html(kind).rpartition('<div class="signed">')[2].partition("</div>")[0])
    assert re.fullmatch(r"((具状人|申请人|申请执行人)（签字、盖章）：)+日期：", end)


@pytest.mark.parametrize("kind", FORMS)
def test_only_the_claimant_answers_on_mediation(kind: str) -> None:
    fields = [each for name, each in find_kind(kind).fields.items() if name.startswith("mediation_")]
    assert len(fields) == len(WILLING)
    assert {each.supplier for each in fields} == {"claimant"}
    assert all(each.required for each in fields)


@pytest.mark.parametrize("kind", FORMS)
def test_the_courts_own_words_are_empty_places_and_keep_it_a_draft(kind: str) -> None:
    found = find_kind(kind)
    assert len(found.slots) == 8
    assert found.empty_slots("zh-Hans") == tuple(found.slots)
    assert not any(slot.text for slot in found.slots.values())
    sheets = word_letter(paper(kind))
    assert sheets.draft
    assert sheets.html.count('class="empty-slot"') == 8


@pytest.mark.parametrize("kind", [FREE, ENFORCEMENT, *WITHDRAWALS])
def test_papers_without_prescribed_words_are_no_drafts(kind: str) -> None:
    assert not word_letter(paper(kind)).draft


@pytest.mark.parametrize("kind", [each for each in KINDS if each not in WITHDRAWALS])
def test_every_sum_is_the_records(kind: str) -> None:
    told = paper(kind)
    page = seen(html(kind))
    names = {"sum_principal", "sum_all_interest"} if kind != CARD else {"sum_principal", "sum_all_charges"}
    for name in names if kind != FREE else {"sum_principal", "sum_interest"}:
        assert f"{Decimal(told.fields[name]):,}元" in page, name
    total = told.fields["enforced_total" if kind == ENFORCEMENT else "sum_total"]
    (words, figures), *more = CAPITALS.findall(html(kind))
    assert more == []
    assert from_words(words) == Decimal(figures.replace(",", "")) == Decimal(total)


@pytest.mark.parametrize("kind", [each for each in KINDS if each not in WITHDRAWALS])
@pytest.mark.parametrize("name", ["sum_principal", "sum_interest", "sum_all_interest", "sum_cost", "sum_total"])
def test_sums_that_do_not_lead_to_each_other_are_never_printed(kind: str, name: str) -> None:
    told = paper(kind)
    wrong = {name: str(Decimal(told.fields[name]) + Decimal("0.01"))}
    assert "do_not_add_up" in refused(paper(kind, **wrong))


def test_a_total_that_is_not_the_ledgers_is_never_printed() -> None:
    told = paper(LOAN)
    one, *rest = told.figures
    more = (Figure(one.component, one.amount + Decimal("0.01")), *rest)
    assert "do_not_add_up" in refused(replace(told, figures=more))
    assert "do_not_add_up" in refused(paper(CARD, fee_default="800.01"))
    assert "do_not_add_up" in refused(paper(ENFORCEMENT, delay_interest="280.68"))
    assert "costs_do_not_add_up_to_the_record" in refused(paper(LOAN, costs=[{"what": "律师费", "amount": "1.00"}]))


def test_the_free_complaint_says_what_the_law_asks_of_one() -> None:
    page = seen(html(FREE))
    told = sample(find_kind(FREE)).fields
    marks = [
        "原告：",
        "委托诉讼代理人：",
        "被告：",
        "诉讼请求",
        "事实与理由",
        "证据和证据来源",
        "此致",
        "具状人",
        "附：",
    ]
    places = [page.index(each) for each in marks]
    assert places == sorted(places)
    assert all(f"{number}.{row['text']}" in page for number, row in enumerate(told["requests"], 1))
    assert "副本3份；2.证据7份" in page
    assert page.count("被告：") == 3
    assert "委托诉讼代理人" not in seen(html(FREE, agents_have=False, agents=None))


def test_an_enforcement_names_its_title_and_a_withdrawal_its_reason() -> None:
    found = sections(html(ENFORCEMENT))
    assert list(found) == ["当事人信息", "执行依据", "申请执行事项", "诉前、诉讼保全"]
    title = dict(found["执行依据"])
    assert title["文书类型"] == "民事：判决☑裁定□调解□制裁□支付令□刑事□行政□仲裁、公证□"
    assert list(title) == ["文书类型", "作出机构", "案由", "文书号", "生效日期", "判项主文"]
    money = dict(found["申请执行事项"])["金钱给付"]
    assert all(each in money for each in ("本金：", "一般债务利息：", "迟延履行利息：280.67元", "其他费用："))
    said = seen(html(WITHDRAWAL))
    assert "已于2026年11月20日付清全部欠款" in said
    assert "解除（2026）示0000财保2号案" in said
    settled = seen(html(WITHDRAWAL, reason="settled", paid_in_full_on=None, settled_on="2026-11-19"))
    assert "双方已于2026年11月19日达成协议" in settled
    assert "解除" not in seen(html(WITHDRAWAL, preserved=False, preserved_case_no=None))


def test_what_is_taken_back_is_called_by_its_name() -> None:
    """An application for an order or for enforcement is no suit, and its sides are no plaintiff and defendant."""
    order, enforcement = seen(html(ORDER_WITHDRAWAL)), seen(html(ENFORCEMENT_WITHDRAWAL))
    assert "撤回（2026）示0000民督1号金融借款合同纠纷一案的支付令申请" in order
    assert "终结督促程序" in order
    assert "撤回（2026）示0000执1号金融借款合同纠纷一案的强制执行申请" in enforcement
    assert "被执行人：" in enforcement
    assert "查封、扣押、冻结" in enforcement
    assert "查封" not in seen(html(ENFORCEMENT_WITHDRAWAL, seized=False))
    for said in (order, enforcement):
        assert not any(word in said for word in ("起诉", "原告", "被告"))


def test_many_exhibits_go_on_in_rows_of_their_own() -> None:
    row = sample(find_kind(LOAN)).fields["evidence"][0]
    many = [{**row, "number": str(number)} for number in range(1, 31)]
    labels = [label for label, _ in sections(html(LOAN, evidence=many))["事实与理由"]]
    assert labels[-4:] == ["19.证据清单", "证据清单（续）", "证据清单（续）", "证据清单（续）"]


@pytest.mark.parametrize("kind", KINDS)
def test_it_passes_every_check_twice_with_the_same_bytes_and_rare_names_can_be_read(kind: str, shop: Presses) -> None:
    told = paper(kind)
    made = shop.render(told)
    assert shop.render(told).pdf == made.pdf
    assert made.draft == (kind in FORMS)
    said = text_of(made.pdf)
    assert "李玥镕" in said
    assert made.pages <= 8
    _, flaws = fill(find_kind(kind).fields, told.fields, told.currency)
    assert flaws == ()


def test_long_words_and_many_parties_pass_every_check(shop: Presses) -> None:
    told = sample(find_kind(LOAN)).fields
    made = shop.render(
        paper(
            LOAN,
            respondent_persons=[
                {"name": f"玥镕㛃{each}", "domicile": "示例市示例区样例街道" * 12} for each in "甲乙丙"
            ],
            third_persons=[{"name": "Maria Anneliese Sample-Example", "domicile": "示例市示例路112号"}],
            advances=[{"day": "2024-05-20", "amount": "1500.00"}] * 40,
            guarantees=list(told["guarantees"]) * 7,
            evidence=[{**told["evidence"][0], "title": "示例材料" * 30}] * 30,
            facts=[{"text": "原告与被告签订合同，被告没有按期还款。" * 40}] * 3,
            other_notes="说明" * 300,
        )
    )
    assert "玥镕㛃丙" in text_of(made.pdf)
