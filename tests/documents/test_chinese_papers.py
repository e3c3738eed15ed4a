"""The papers of the mainland: what each must say, what nobody may fill in beforehand, and figures that agree everywhere."""

import re
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, cast

import pypdfium2
import pytest

from forbear.documents.checking import folded
from forbear.documents.filters import locale_of, write_day
from forbear.documents.presses import Presses
from forbear.documents.registry import find_kind
from forbear.documents.samples import sample
from forbear.documents.wording import Sheets, word_letter
from forbear.money.words_cn import from_words
from forbear.ports.papers import Figure, Paper, Unprintable

FORMAL = (
    "cn.notice.dunning",
    "cn.notice.entrusted",
    "cn.notice.guarantor",
    "cn.notice.acceleration",
    "cn.notice.assignment",
    "cn.letter.lawyer",
    "cn.agreement.repayment",
    "cn.schedule.interest",
)
EVERYWHERE = ("receipt-payment", "promise-confirmation", "plan-schedule", "settlement", "release", "paid-in-full")
KINDS = ("cn.notice.reminder", *FORMAL, *EVERYWHERE)
SLIPS = (
    "cn.notice.dunning",
    "cn.notice.entrusted",
    "cn.notice.guarantor",
    "cn.notice.acceleration",
    "cn.notice.assignment",
)
RARE = "玥镕喆堃祎㛃"
IN_WORDS = re.compile(r"(人民币[零壹贰叁肆伍陆柒捌玖拾佰仟万亿元角分整]+)（(?:<span[^>]*>)?¥([\d,]+\.\d\d)")
TICK = '<img class="tick"'


def paper(kind: str, **fields: Any) -> Paper:
    """The sample of a kind, with some of its fields given otherwise; None leaves one out."""
    base = sample(find_kind(kind), "zh-Hans")
    told = {name: value for name, value in {**base.fields, **fields}.items() if value is not None}
    return replace(base, fields=told)


def html(kind: str, **fields: Any) -> str:
    return word_letter(paper(kind, **fields)).html


def slip(page: str) -> str:
    return page[page.index('<div class="slip') :]


def refused(told: Paper) -> str:
    """Why a paper is refused."""
    with pytest.raises(Unprintable) as no:
        word_letter(told)
    return str(no.value)


def pages(pdf: bytes) -> list[Any]:
    document = cast("Any", pypdfium2.PdfDocument(pdf))
    return [document[number] for number in range(len(document))]


def text_of(pdf: bytes) -> str:
    return folded("".join(page.get_textpage().get_text_range() for page in pages(pdf)))


@pytest.mark.parametrize("kind", KINDS)
def test_its_sample_is_a_finished_paper_without_a_colour_and_nobody_has_accepted_it_yet(
    kind: str, presses: Presses
) -> None:
    rendered = presses.render(paper(kind))
    assert not rendered.draft
    assert find_kind(kind).reviewer == ""
    for page in pages(rendered.pdf):
        picture = page.render(scale=0.5).to_pil().convert("HSV")
        assert picture.getchannel("S").getextrema()[1] == 0


@pytest.mark.parametrize("kind", sorted({*KINDS} - {"cn.notice.reminder", "release"}))
def test_amounts_in_capitals_are_the_figures_beside_them(kind: str) -> None:
    found = IN_WORDS.findall(html(kind))
    assert found
    for words, figures in found:
        assert from_words(words) == Decimal(figures.replace(",", ""))


@pytest.mark.parametrize("kind", [each for each in KINDS if each.startswith("cn.")])
def test_what_rests_on_memory_says_so(kind: str) -> None:
    basis = find_kind(kind).legal_basis
    assert all(each.endswith(("[M]", ", in excerpt")) or ": pack rule" in each for each in basis)
    assert bool(basis) == (kind in FORMAL)


@pytest.mark.parametrize("kind", SLIPS)
def test_a_slip_is_empty_until_its_reader_fills_it(kind: str) -> None:
    told = paper(kind)
    sheets = word_letter(told)
    below = slip(sheets.html)
    assert sheets.html.count(TICK) == below.count(TICK)
    assert 'alt="已勾选的方框"' not in sheets.html
    assert write_day(told.day, locale_of("zh-Hans", "CN")) not in below
    assert told.to.name not in below
    for line in ("签名", "证件号码" if "单位盖章" not in below else "职务", "签收日期（亲笔填写）", "送达地址"):
        assert line in below
    assert str(told.fields["notice_no"]) in below


@pytest.mark.parametrize("kind", ["cn.notice.dunning", "cn.notice.entrusted", "cn.notice.guarantor"])
def test_receipt_and_acknowledgement_are_two_ticks_apart(kind: str) -> None:
    choices = re.findall(r'<p class="choice">(.*?)</p>', slip(html(kind)), re.DOTALL)
    received = [each for each in choices if "我已收到" in each]
    acknowledged = [each for each in choices if "予以确认" in each]
    assert len(received) == len(acknowledged) == 1
    assert received != acknowledged
    assert all(each.count(TICK) == 1 for each in choices)
    assert "予以确认" not in received[0]
    assert "彼此独立" in slip(html(kind))
    assert sum("异议" in each for each in choices) == 1
    assert sum("送达地址" in each for each in choices) == 1


@pytest.mark.parametrize("kind", ["cn.notice.acceleration", "cn.notice.assignment"])
def test_a_slip_of_a_notice_that_demands_no_debt_asks_for_no_acknowledgement(kind: str) -> None:
    assert "予以确认" not in slip(html(kind))


def test_a_demand_says_what_since_when_by_when_what_then_how_to_object_and_where_help_is() -> None:
    said = html("cn.notice.dunning")
    for words in (
        "示催字2026第0118号",
        "SL-2024-00518",
        "2026年8月20日",
        "2026年12月8日",
        "¥49,991.33",
        "¥37.25",
        "第六条、第十二条",
    ):
        assert words in said
    for words in ("收款账号", "投诉电话", "如果您有异议", "还款有困难", "支付令", "不表示其中任何一项已经发生"):
        assert words in said


def test_what_a_lender_does_not_do_is_not_said() -> None:
    assert "金融信用信息基础数据库" in html("cn.notice.dunning")
    assert "金融信用信息基础数据库" not in html("cn.notice.dunning", reports_credit=False)


def test_instalments_or_the_day_on_which_all_came_due_must_be_told() -> None:
    assert "missed" in refused(paper("cn.notice.dunning", missed=None))
    assert "matured_on" in refused(paper("cn.notice.dunning", arrears="matured", missed=None))
    assert "2026年9月1日</span>到期" in html(
        "cn.notice.dunning", arrears="matured", missed=None, matured_on="2026-09-01"
    )


@pytest.mark.parametrize("kind", ["cn.notice.dunning", "cn.notice.guarantor", "cn.notice.assignment", "paid-in-full"])
def test_no_more_than_the_last_signs_of_an_identity_document_can_be_told(kind: str) -> None:
    assert "id_last4" in refused(paper(kind, id_last4="000000199001010000"))


def test_a_loan_on_behalf_of_another_names_whose_money_it_is() -> None:
    guaranteed = html("cn.notice.entrusted")
    assert "向贵单位追偿" in guaranteed
    entrusted = {"loan_kind": "entrusted", "guarantor": None, "guarantee_no": None}
    assert "entruster" in refused(paper("cn.notice.entrusted", **entrusted))
    said = html("cn.notice.entrusted", **entrusted, entruster="样例投资有限公司", entrust_no="WT-2025-01")
    assert "样例投资有限公司委托示例银行股份有限公司示例市分行" in said
    assert "WT-2025-01" in said


def test_a_joint_guarantor_is_called_in_the_period_and_a_general_one_is_told_what_they_may_wait_for() -> None:
    joint = html("cn.notice.guarantor")
    assert "在保证期间内承担连带责任" in joint
    assert "2028年5月18日" in joint
    assert "追偿" in joint
    general = html("cn.notice.guarantor", guarantee_kind="general")
    assert "本通知书不要求您现在付款" in general
    assert "连带责任，支付" not in general
    assert "予以确认" not in slip(general)


def test_a_loan_comes_due_early_by_a_clause_after_something_that_happened_on_arrival() -> None:
    said = html("cn.notice.acceleration")
    for words in ("第十三条第二款", "2026年10月20日", "自本通知书到达您时起", "¥81,428.23", "不生效，合同照旧履行"):
        assert words in said
    assert "补救" not in html("cn.notice.acceleration", cure_by=None)


@pytest.mark.parametrize(
    "field",
    ["assignor", "assignee", "transfer_no", "transfer_day", "reference_day", "assigned", "assigned_in_all", "pay_from",
     "payee_account", "assignee_phone"],
)  # fmt: skip
def test_an_assignment_is_not_told_by_halves(field: str) -> None:
    assert field in refused(paper("cn.notice.assignment", **{field: None}))


def test_an_assignment_names_both_creditors_what_went_over_and_how_to_check_it_before_paying() -> None:
    page = html("cn.notice.assignment")
    assert page.count('<div class="seal">') == 2
    for words in (
        "ZR-2026-0009",
        "2026年10月31日",
        "BZ-2024-00518-02",
        "2026年12月1日",
        "您自己的合同上写明的",
        "抗辩",
        "抵销",
    ):
        assert words in page


def test_a_lawyers_letter_leaves_on_a_lawyers_approval_of_that_very_file_and_on_nothing_less(presses: Presses) -> None:
    kind = find_kind("cn.letter.lawyer")
    assert (kind.signer, kind.approval) == ("lawyer", "lawyer")
    letter = paper("cn.letter.lawyer")
    finished = presses.render(letter)
    for approvals in ((), (f"supervisor:{finished.sha256}",), (f"lawyer:{kind.digest}:zh-Hans",)):
        with pytest.raises(Unprintable, match=r"approval\.missing"):
            presses.render(replace(letter, leaves=True, approvals=approvals))
    left = presses.render(replace(letter, leaves=True, approvals=(f"lawyer:{finished.sha256}",)))
    assert left.sha256 == finished.sha256


@pytest.mark.parametrize("field", ["firm_name", "lawyer_name", "lawyer_licence", "letter_no", "facts", "grounds"])
def test_a_lawyers_letter_without_its_lawyer_is_none(field: str) -> None:
    assert field in refused(paper("cn.letter.lawyer", **{field: None}))


def test_the_service_clause_is_agreed_for_each_stage_and_electronic_service_is_a_choice() -> None:
    page = html("cn.agreement.repayment", service_address=None, service_phone=None)
    clause = page[page.index("送达地址确认") : page.index("争议的解决")]
    assert all(words in clause for words in ("调解", "诉讼", "强制执行", "微信"))
    choices = re.findall(r'<p class="choice">(.*?)</p>', clause, re.DOTALL)
    assert [("不同意" in each, each.count(TICK)) for each in choices] == [(False, 1), (True, 1)]
    assert clause.count('<span class="blank">') == 5
    assert 'alt="已勾选的方框"' not in page
    assert "示例路100号" in html("cn.agreement.repayment")


def test_an_agreement_says_where_payments_go_first_what_ends_it_and_whose_court_it_is() -> None:
    page = html("cn.agreement.repayment")
    for words in (
        "第一期",
        "依次冲抵实现债权的有关费用",
        "同时到期",
        "乙方住所地",
        "减免不生效",
        "自最后一期履行期限届满之日起",
    ):
        assert words in page
    assert "place_of_signing" in refused(paper("cn.agreement.repayment", court_of="place_of_signing"))
    assert "先冲抵本金" in html("cn.agreement.repayment", order="principal_first")


def test_a_schedule_can_be_reckoned_again_row_by_row() -> None:
    given = paper("cn.schedule.interest").fields
    whole = Decimal(0)
    for row in given["segments"]:
        exact = Decimal(row["base"]) * Decimal(row["rate"]) / 100 * row["days"] / 360
        assert (row["end"] - row["start"]).days == row["days"]
        assert exact.quantize(Decimal("0.01"), ROUND_HALF_UP) == Decimal(row["result"])
        whole += Decimal(row["result"])
    assert whole == Decimal(given["interest_in_all"])
    assert Decimal(given["claimed"]) + Decimal(given["given_up"]) == whole
    assert Decimal(given["per_diem_exact"]).quantize(Decimal("0.01"), ROUND_HALF_UP) == Decimal(given["per_diem"])
    page = html("cn.schedule.interest")
    for words in ("还款当日不计息", "算头不算尾", "37.2519", "¥37.25", "¥455.66", "<td>1</td>"):
        assert words in page
    assert "上限允许" not in html("cn.schedule.interest", capped=False, cap_reason=None)


@pytest.mark.parametrize(
    ("kind", "wrong"),
    [
        ("cn.schedule.interest", {"interest_in_all": "3497.94"}),
        ("cn.schedule.interest", {"given_up": "455.65"}),
        ("cn.schedule.interest", {"cap_allows": "3042.26"}),
        ("cn.notice.acceleration", {"due_in_all": "81428.24"}),
        ("cn.notice.assignment", {"assigned_in_all": "49641.32"}),
        ("cn.agreement.repayment", {"planned": "48600.01"}),
        ("cn.agreement.repayment", {"waived": "1391.34"}),
        ("cn.agreement.repayment", {"interest_kept": "goes_on_in_plan", "plan_interest": "0.01"}),
        ("receipt-payment", {"received": "2000.01"}),
        ("promise-confirmation", {"promised": "2999.99"}),
        ("plan-schedule", {"planned": "48599.99"}),
        ("settlement", {"waived": "1391.32"}),
        ("settlement", {"to_pay": "48600.01"}),
    ],
)
def test_figures_that_do_not_add_up_are_refused_and_not_quoted(kind: str, wrong: dict[str, str]) -> None:
    why = refused(paper(kind, **wrong))
    assert "add_up" in why or "add up" in why
    assert not any(value in why for value in wrong.values())


def test_a_settlement_waives_nothing_before_all_is_paid() -> None:
    assert "减免不生效" in html("settlement")
    done = html("settlement", state="completed", payments=None, completed_on="2026-11-20")
    assert "已经结清" in done
    assert "请您付款" not in done
    assert "completed_on" in refused(paper("settlement", state="completed"))


def test_a_certificate_of_payment_is_refused_while_anything_is_owed() -> None:
    told = replace(paper("paid-in-full"), figures=(Figure("interest", Decimal("0.01")),))
    assert "sums.equal" in refused(told)


def test_a_promise_is_no_contract_and_says_so() -> None:
    said = html("promise-confirmation")
    assert "不是新的合同" in said
    assert "不要求您签字" in said


@pytest.mark.parametrize("kind", EVERYWHERE)
def test_who_reads_chinese_elsewhere_gets_the_figures_of_their_own_money(kind: str) -> None:
    american = sample(find_kind("reminder"), "en")
    told = replace(paper(kind), to=american.to, head=american.head, currency="USD")
    said = word_letter(told).html
    assert "人民币" not in said
    assert find_kind(kind).titles["zh-Hans"] in said


def _many(count: int) -> list[dict[str, str]]:
    return [
        {"day": f"20{23 + at // 12}-{at % 12 + 1:02}-20", "due": "5412.30", "open": "1012.30"} for at in range(count)
    ]


def _plan(count: int) -> list[dict[str, str]]:
    return [
        {"day": f"20{27 + at // 12}-{at % 12 + 1:02}-20", "amount": "1215.00", "cumulative": f"{1215 * (at + 1)}.00"}
        for at in range(count)
    ]


def _backers(count: int) -> list[dict[str, str]]:
    return [{"name": f"样例担保人{RARE[at % 6]}{RARE[at // 6]}", "kind": "joint"} for at in range(count)]


def _stressed() -> list[Paper]:
    long_name = "示例市样例区超长名称示范测试实业投资发展集团有限责任公司示例分公司"
    demand = paper("cn.notice.dunning", missed=_many(40), payee_name=long_name, payee_bank=long_name)
    return [
        replace(demand, to=replace(demand.to, name=RARE)),
        paper("cn.notice.entrusted", backers=_backers(12), guarantor=long_name, lending_bank=long_name),
        paper("cn.notice.guarantor", others=_backers(12), borrower=long_name),
        paper("cn.notice.assignment", assignee=long_name, security=[{"what": long_name * 3}] * 12),
        paper(
            "cn.agreement.repayment", guarantors=_backers(12), payments=_plan(40), waived="1391.33", creditor_agent=RARE
        ),
    ]


@pytest.mark.parametrize("told", _stressed(), ids=lambda told: told.kind)
def test_forty_payments_twelve_guarantors_and_names_without_end_still_make_a_paper(
    told: Paper, presses: Presses
) -> None:
    read = text_of(presses.render(told).pdf)
    for name in [row["name"] for key in ("backers", "others", "guarantors") for row in told.fields.get(key, ())]:
        assert name in read
    assert folded(told.to.name) in read


def test_a_paper_too_long_for_its_kind_is_refused_by_its_number_of_rows() -> None:
    assert "at most 60" in refused(paper("cn.notice.dunning", missed=_many(61)))


def _sheets(kind: str) -> Sheets:
    return word_letter(paper(kind))


def test_the_reminder_alone_lies_behind_a_window_and_says_that_it_is_no_legal_paper() -> None:
    assert [kind for kind in ("cn.notice.reminder", *FORMAL) if _sheets(kind).window] == ["cn.notice.reminder"]
    assert "不是法律文书" in html("cn.notice.reminder")
    plain = replace(paper("cn.notice.reminder"), link="")
    assert "扫描二维码" not in word_letter(plain).html
