"""What the element forms of Chinese complaints must hold, written from the forms and not from the templates, and how to
read a page of one.
"""

import re
from dataclasses import replace
from typing import Any, Final

import pypdfium2
import pytest

from forbear.documents.checking import folded
from forbear.documents.registry import find_kind
from forbear.documents.samples import sample
from forbear.documents.wording import word_letter
from forbear.ports.papers import Paper, Unprintable

LOAN, CARD, PRIVATE = (f"cn.court.complaint_{each}" for each in ("loan", "card", "private"))
FREE, ENFORCEMENT, WITHDRAWAL = "cn.court.complaint_free", "cn.court.enforcement", "cn.court.withdrawal"
FORMS: Final = (LOAN, CARD, PRIVATE)
ORDER_WITHDRAWAL, ENFORCEMENT_WITHDRAWAL = (f"cn.court.{each}_withdrawal" for each in ("order", "enforcement"))
WITHDRAWALS: Final = (WITHDRAWAL, ORDER_WITHDRAWAL, ENFORCEMENT_WITHDRAWAL)
KINDS: Final = (*FORMS, FREE, ENFORCEMENT, *WITHDRAWALS)
SECTIONS: Final = ["当事人信息", "诉讼请求", "约定管辖和诉前保全", "事实与理由", "对纠纷解决方式的意愿"]
SIDES: Final = ("原告", "被告", "第三人")
PERSON: Final = ("姓名", "性别", "出生日期", "民族", "工作单位", "职务", "联系电话", "住所地（户籍所在地）", "经常居住地",
                 "证件类型", "证件号码")  # fmt: skip
ORGANISATION: Final = ("名称", "住所地（主要办事机构所在地）", "注册地/登记地", "法定代表人/负责人", "职务", "联系电话",
                       "统一社会信用代码", "类型", "所有制性质")  # fmt: skip
TYPES: Final = ("有限责任公司", "股份有限公司", "上市公司", "其他企业法人", "事业单位", "社会团体", "基金会", "社会服务机构",
                "机关法人", "农村集体经济组织法人", "城镇农村的合作经济组织法人", "基层群众性自治组织法人", "个人独资企业",
                "合伙企业", "不具有法人资格的专业服务机构")  # fmt: skip
OWNERSHIP: Final = ("国有", "控股", "参股", "民营", "其他")
LOAN_ASKED: Final = [
    ("本金", ["截至", "尚欠本金"]),
    (
        "利息（期内利息、复利、罚息）",
        ["期内利息", "复利", "罚息（违约金）", "计算方式", "是否请求支付至实际清偿之日止"],
    ),
    ("提前还款（加速到期）/解除合同", ["提前还款（加速到期）□", "解除合同□"]),
    ("担保权利", ["内容"]),
    ("实现债权的费用", ["明细"]),
    ("诉讼费用", ["是□", "否□"]),
    ("其他请求", []),
    ("标的总额", ["人民币"]),
]
ASKED: Final = {
    LOAN: LOAN_ASKED,
    CARD: [
        ("透支本金", ["截至", "尚欠本金"]),
        ("利息、罚息、复利、滞纳金、违约金、手续费等", ["截至", "合计", "领用协议", "至实际清偿之日止", "明细"]),
        *LOAN_ASKED[3:],
    ],
    PRIVATE: [
        LOAN_ASKED[0],
        ("利息", ["截至", "尚欠利息", "计算方式", "是否请求支付至实际清偿之日止"]),
        ("提前还款/解除合同", ["提前还款□", "解除合同□"]),
        *LOAN_ASKED[3:],
    ],
}
WHERE: Final = [
    ("有无仲裁、法院管辖约定", ["有□", "合同条款及内容", "无□"]),
    ("是否已经诉前保全", ["是□", "保全法院", "保全时间", "保全案号", "否□"]),
]
METHODS: Final = ["等额本息□", "等额本金□", "到期一次性还本付息□", "按月计息", "按季计息", "按年计息", "其他□"]
CONTRACT: Final = ("合同签订情况（名称、编号、时间、地点）", ["名称", "编号", "时间", "地点"])
COMMON: Final = [
    ("借款期限", ["是否到期", "起至"]),
    ("借款提供时间、金额", []),
    ("还款方式", METHODS),
    ("还款情况", ["已还本金", "已还利息", "还息至"]),
    ("是否逾期", ["逾期时间", "至今已逾期"]),
]
SECURITY: Final = [
    ("物的担保合同", ["签订时间"]),
    ("担保人、担保物", ["担保人", "担保物"]),
    ("最高额担保", ["确定时间", "额度"]),
    ("抵押质押登记", ["正式登记□", "预告登记□"]),
]
WAYS: Final = ["一般保证□", "连带责任保证□"]
GUARANTEE: Final = ["签订时间", "保证人", "主要内容"]
OTHER: Final = ("其他担保方式", ["形式", "时间"])
BASIS: Final = ["合同约定", "法律规定"]
TOLD: Final = {
    LOAN: [
        CONTRACT,
        ("合同主体", ["贷款人", "借款人"]),
        ("借款金额", ["约定", "实际发放"]),
        COMMON[0],
        ("借款利率", ["年□", "季□", "月□", "合同条款", "逾期上浮", "复利", "罚息（违约金）"]),
        *COMMON[1:],
        *SECURITY,
        ("保证合同/保函", GUARANTEE),
        ("保证方式", WAYS),
        OTHER,
        ("请求承担责任的依据", BASIS),
        ("其他需要说明的内容", []),
        ("证据清单", []),
    ],
    CARD: [
        ("信用卡办理情况", ["卡号", "登记权利人", "办卡时间", "办卡行"]),
        ("合约主要约定", ["透支金额", "利息、罚息、复利、滞纳金、违约金、手续费", "计算标准", "违约责任", "解除条件"]),
        ("是否就主要条款提示注意、说明", ["是□", "方式、时间、地点", "否□"]),
        ("被告已还金额", []),
        ("逾期未还", ["逾期时间", "截至", "本金", "利息", "罚息", "复利", "滞纳金", "违约金", "手续费"]),
        ("是否向被告通知和催收", ["是□", "具体情况", "否□"]),
        *SECURITY,
        ("保证合同", GUARANTEE),
        ("保证方式", WAYS),
        OTHER,
        ("请求依据", BASIS),
        ("其他需要说明的内容", []),
        ("证据清单", []),
    ],
    PRIVATE: [
        CONTRACT,
        ("签订主体", ["出借人", "借款人"]),
        ("借款金额", ["约定", "实际提供", "现金□", "转账□", "其他□"]),
        COMMON[0],
        ("借款利率", ["年□", "季□", "月□", "合同条款"]),
        *COMMON[1:],
        *SECURITY[:3],
        ("登记", ["正式登记□", "预告登记□"]),
        ("保证合同、保证方式", GUARANTEE + WAYS),
        OTHER,
        ("其他需要说明的内容", []),
        ("请求依据", BASIS),
        ("证据清单", []),
    ],
}
WILLING: Final = ["是否了解调解", *(f"是否了解先行调解（{number}）" for number in range(1, 6)), "是否考虑先行调解"]
EMPTY, TICKED = "□", "☑"
ROW: Final = re.compile(r"<tr><th[^>]*>(.*?)</th><td>(.*?)</td></tr>", re.DOTALL)
BOX: Final = re.compile(r'<img class="tick" alt="(已|未)勾选的方框"[^>]*>')
CAPITALS: Final = re.compile(r"(人民币[零壹贰叁肆伍陆柒捌玖拾佰仟万亿元角分整]+)（(?:<span[^>]*>)?¥([\d,]+\.\d\d)")


def paper(kind: str, **fields: Any) -> Paper:
    """The sample of a kind, with some of its fields given otherwise; None leaves one out."""
    base = sample(find_kind(kind))
    told = {name: value for name, value in {**base.fields, **fields}.items() if value is not None}
    return replace(base, fields=told)


def html(kind: str, **fields: Any) -> str:
    return word_letter(paper(kind, **fields)).html


def refused(told: Paper) -> str:
    with pytest.raises(Unprintable) as no:
        word_letter(told)
    return str(no.value)


def seen(fragment: str) -> str:
    """What a reader sees of a piece of a page, with its boxes as signs and without blanks."""
    boxed = BOX.sub(lambda found: TICKED if found[1] == "已" else EMPTY, fragment)
    return "".join(re.sub(r"<[^>]+>", "", boxed).split())


def rows(page: str) -> list[tuple[str, str]]:
    return [(seen(label), seen(words)) for label, words in ROW.findall(page)]


def sections(page: str) -> dict[str, list[tuple[str, str]]]:
    """The rows of each section of a form, by its banner."""
    pieces = re.split(r'<h2 class="banner">(.*?)</h2>', page)
    return {title: rows(piece) for title, piece in zip(pieces[1::2], pieces[2::2], strict=True)}


def bare(words: str) -> str:
    """With each box empty, so that a tick does not hide an element."""
    return words.replace(TICKED, EMPTY)


def text_of(pdf: bytes) -> str:
    document: Any = pypdfium2.PdfDocument(pdf)
    try:
        return folded("".join(page.get_textpage().get_text_range() for page in document))
    finally:
        document.close()
