"""The few words that the record's own codes have on papers for a court, in the languages of those papers."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

ENGLISH: Final = "en"
Words = Mapping[str, Mapping[str, str]]
METHODS: Final[Words] = MappingProxyType(
    {
        "en": {
            "ordinary_post": "first-class mail",
            "registered_post": "registered mail",
            "certified_post": "certified mail",
            "ems": "express mail",
            "courier": "courier",
            "personal": "personal delivery",
            "left_at_address": "leaving it at the address",
            "notarial": "a notary",
            "sms": "text message",
            "email": "e-mail",
            "newspaper": "notice in a newspaper",
            "by_court": "the court",
            "process_server": "process server",
            "visit": "delivery on a visit",
        },
        "zh-Hans": {
            "ordinary_post": "平信",
            "registered_post": "挂号信",
            "certified_post": "有回执的挂号信",
            "ems": "邮政特快专递",
            "courier": "快递",
            "personal": "当面送交",
            "left_at_address": "留置送达",
            "notarial": "公证送达",
            "sms": "短信",
            "email": "电子邮件",
            "newspaper": "报纸公告",
            "by_court": "法院送达",
            "process_server": "专人送达",
            "visit": "上门送交",
        },
    }
)
RESULTS: Final[Words] = MappingProxyType(
    {
        "en": {
            "sent": "sent",
            "delivered": "delivered",
            "signed": "signed for",
            "refused": "refused",
            "returned": "returned",
            "read": "read",
            "deemed": "deemed served",
            "failed": "failed",
        },
        "zh-Hans": {
            "sent": "已发出",
            "delivered": "已投递",
            "signed": "已签收",
            "refused": "拒收",
            "returned": "退回",
            "read": "已阅读",
            "deemed": "视为送达",
            "failed": "未成功",
        },
    }
)
MOVEMENTS: Final[Words] = MappingProxyType(
    {
        "en": {
            "opening": "Balance brought in",
            "charge": "Charge",
            "interest": "Interest",
            "adjustment": "Correction by the creditor",
            "credit": "Credit",
            "payment": "Payment",
            "reversal": "Payment reversed",
        },
        "zh-Hans": {
            "opening": "期初余额",
            "charge": "应计款项",
            "interest": "计收利息",
            "adjustment": "债权人更正",
            "credit": "冲减",
            "payment": "还款",
            "reversal": "还款冲回",
        },
    }
)
COMPONENTS: Final[Words] = MappingProxyType(
    {
        "en": {
            "principal": "principal",
            "interest": "interest",
            "penalty_interest": "late-payment interest",
            "compound_interest": "interest on interest",
            "fee": "fees",
            "cost": "costs of collection",
        },
        "zh-Hans": {
            "principal": "本金",
            "interest": "期内利息",
            "penalty_interest": "罚息",
            "compound_interest": "复利",
            "fee": "手续费",
            "cost": "实现债权的费用",
        },
    }
)
COSTS: Final[Words] = MappingProxyType(
    {
        "en": {
            "court_fee": "Court fee",
            "preservation_fee": "Fee for preservation",
            "lawyer": "Lawyer's fee",
            "notary": "Notary's fee",
            "postage": "Postage",
            "travel": "Travel",
            "enforcement": "Cost of enforcement",
            "other": "Other cost",
        },
        "zh-Hans": {
            "court_fee": "诉讼费",
            "preservation_fee": "保全费",
            "lawyer": "律师费",
            "notary": "公证费",
            "postage": "邮寄费",
            "travel": "差旅费",
            "enforcement": "执行费",
            "other": "其他费用",
        },
    }
)
SIDES: Final[Words] = MappingProxyType(
    {
        "en": {"claimant": "Claimant", "respondent": "Respondent"},
        "zh-Hans": {"claimant": "申请人", "respondent": "被申请人"},
    }
)
PER: Final[Words] = MappingProxyType(
    {"en": {"year": "% a year", "day": "% a day"}, "zh-Hans": {"year": "%/年", "day": "%/日"}}
)


def said(words: Words, language: str, code: str) -> str:
    """A code in words of the language, in English where we do not write that; the code itself where it has none."""
    return words.get(language, words[ENGLISH]).get(code, code.replace("_", " "))
