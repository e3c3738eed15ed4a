"""The columns of an export: their names, the Chinese names that stand for them, and which of them must be there.

`columns_table` writes the same facts as the table of the operating guide; a test holds the guide against it.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

LOAN: Final[Mapping[str, tuple[str, ...]]] = {
    "loan_number": ("借据号", "贷款编号", "合同编号"),
    "product": ("产品名称", "产品"),
    "debt_kind": ("债务类型",),
    "playbook": ("策略",),
    "currency": ("币种",),
    "due_since": ("逾期起始日", "逾期日期"),
    "principal": ("本金", "逾期本金"),
    "interest": ("利息", "逾期利息"),
    "penalty_interest": ("罚息",),
    "compound_interest": ("复利",),
    "fees": ("费用",),
    "costs": ("追偿费用",),
    "balance_as_of": ("余额时点",),
    "circumstances": ("债务情形",),
    "interest_rate": ("年利率", "合同利率"),
    "daily_rate": ("日利率",),
    "day_count": ("计息基础",),
    "penalty_rate": ("罚息利率",),
    "penalty_uplift": ("罚息上浮比例",),
    "compounding": ("计收复利",),
    "rate_cap": ("利率上限",),
    "rate_cap_reference": ("利率上限基准",),
    "rate_cap_multiple": ("利率上限倍数",),
    "contract_date": ("合同签订日",),
    "payment_order": ("冲抵顺序",),
    "terms_since": ("条款起始日",),
}
"""Columns of the loan, and their Chinese names."""
PARTY: Final[Mapping[str, tuple[str, ...]]] = {
    "name": ("姓名",),
    "birth_date": ("出生日期",),
    "identity_number": ("身份证号", "身份证号码", "证件号码"),
    "language": ("语言",),
    "jurisdictions": ("适用法域",),
    "circumstances": ("个人情形",),
    "country": ("国家",),
    "phone": ("手机号", "手机号码", "电话", "联系电话"),
    "phone_type": ("电话类型",),
    "phone_zone": ("电话时区",),
    "email": ("电子邮箱", "邮箱"),
    "address_line1": ("地址", "联系地址"),
    "address_line2": ("地址补充",),
    "city": ("城市",),
    "state": ("省份", "省"),
    "postal_code": ("邮政编码", "邮编"),
    "address_zone": ("地址时区",),
    "sms_consent_at": ("短信同意时间",),
    "sms_consent_how": ("短信同意方式",),
    "sms_consent_given_to": ("短信同意对象",),
    "opt_out_sms_at": ("短信退订时间",),
    "prior_contacts": ("近期联系记录",),
}
"""Columns of the borrower, and of each further party behind its prefix."""
OWN: Final = {name: f"borrower_{name}" for name in ("name", "birth_date", "identity_number", "circumstances")}
"""The borrower's columns that have a prefix; the others stand alone."""
ROLES: Final[Mapping[str, tuple[str, ...]]] = {
    "co_borrower": ("共同借款人",),
    "spouse": ("配偶",),
    "guarantor": ("担保人", "保证人"),
    "counter_guarantor": ("反担保人",),
    "contact": ("联系人",),
}
"""Prefixes of further parties: `guarantor_name`, 担保人姓名; the second to ninth as `guarantor_2_name`, 担保人2姓名."""
BORROWER: Final = ("借款人",)
REQUIRED: Final = (
    *("loan_number", "product", "debt_kind", "playbook", "currency", "due_since", "principal"),
    *("borrower_name", "language"),
)
OPTIONAL: Final = tuple(name for name in (*LOAN, *(OWN.get(field, field) for field in PARTY)) if name not in REQUIRED)
VALUES: Final[Mapping[str, Mapping[str, str]]] = {
    "debt_kind": {
        "信用卡": "credit_card",
        "个人贷款": "personal_loan",
        "消费贷款": "personal_loan",
        "小额贷款": "microfinance",
        "住房贷款": "mortgage",
        "其他": "other",
    },
    "currency": {"人民币": "CNY"},
    "compounding": {"是": "yes", "否": "no"},
    "rate_cap_reference": {"一年期LPR": "CN.LPR.1Y"},
    "language": {"中文": "zh-Hans", "简体中文": "zh-Hans", "英文": "en"},
    "phone_type": {"手机": "mobile", "固定电话": "landline", "单位电话": "work"},
}
"""Chinese values of cells."""
_PREFIXED: Final = re.compile(rf"({'|'.join(ROLES)})(_[2-9])?_({'|'.join(PARTY)})")


@dataclass(frozen=True, slots=True)
class Prefix:
    """The columns of one party: `text` is empty for the borrower."""

    text: str
    role: str

    def column(self, field: str) -> str:
        """The column of a field of this party."""
        return f"{self.text}{field}" if self.text else OWN.get(field, field)


THE_BORROWER: Final = Prefix("", "borrower")


def canonical(header: str) -> str | None:
    """The name by which we know a column of this header; None where we do not know it."""
    name = unicodedata.normalize("NFKC", header).strip()
    if name in REQUIRED or name in OPTIONAL or _PREFIXED.fullmatch(name):
        return name
    return _CHINESE.get(name)


def prefixes(columns: Sequence[str]) -> list[Prefix]:
    """The parties a header has columns for, the borrower first and the others in a fixed order."""
    found = {match.group(1, 2) for name in columns if (match := _PREFIXED.fullmatch(name))}
    order = list(ROLES)
    others = sorted(((order.index(role), number or "", role) for role, number in found))
    return [THE_BORROWER, *(Prefix(f"{role}{number}_", role) for _, number, role in others)]


def columns_table() -> list[tuple[str, str]]:
    """Each column as English documents write it, and its Chinese names."""
    loan = [(_starred(name), "、".join(chinese)) for name, chinese in LOAN.items()]
    party = [(_starred(OWN.get(field, field)), "、".join(chinese)) for field, chinese in PARTY.items()]
    return loan + party


def _starred(name: str) -> str:
    return f"`{name}`{'*' if name in REQUIRED else ''}"


def _chinese() -> dict[str, str]:
    """Every Chinese header with the column it stands for."""
    names = {alias: name for name, aliases in LOAN.items() for alias in aliases}
    for field, aliases in PARTY.items():
        for alias in aliases:
            names[alias] = OWN.get(field, field)
            names |= {f"{own}{alias}": OWN.get(field, field) for own in BORROWER}
            for role, written in ROLES.items():
                for called in written:
                    names[f"{called}{alias}"] = f"{role}_{field}"
                    names |= {f"{called}{number}{alias}": f"{role}_{number}_{field}" for number in range(2, 10)}
    return names


_CHINESE: Final = _chinese()
