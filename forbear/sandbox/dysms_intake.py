"""Reads a request to send a text to a Chinese number: a draft, or the refusal the provider would give.

The provider holds the wording; a request names signature, template and values. Values are looked at as the real one
does: texts only, not too long, no address, no word from its list.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from forbear.sandbox.dysms_answers import TextRefused

_PREFIX = re.compile(r"(?:\+86|0086|86|\+)?(1\d{10})")
_SIGNATURE = re.compile(r"[\u4e00-\u9fffA-Za-z0-9]{2,12}")
_VALUE = re.compile(r"\$\{(\w{1,20})\}")
_LINK = re.compile(r"https?://|www\.|\b[\w-]+\.(?:com|cn|net|org|top|info|io|cc)\b", re.IGNORECASE)
_LONGEST_VALUE = 35
_LONGEST_OUT_ID = 256
_FORBIDDEN = (
    *("欠款", "欠费", "逾期", "贷款", "借款", "催收", "催款", "还款", "债务", "失信", "违约", "罚息", "起诉", "征信"),
    *("overdue", "debt", "loan", "arrears", "repay", "collection"),
)
"""Words that domestic carriers do not carry in such texts; simplified."""


@dataclass(frozen=True, slots=True)
class DomesticDraft:
    """A text somebody may send. `phone` has the country's code, `content` the signature in front."""

    phone: str
    signature: str
    template: str
    content: str
    out_id: str | None


@dataclass(frozen=True, slots=True)
class Registry:
    """What was approved: templates by code, and signatures; without any, every well-formed one."""

    templates: Mapping[str, str]
    signatures: frozenset[str] = frozenset()

    def draft(self, params: Mapping[str, str]) -> DomesticDraft:
        """The draft in a request's parameters, judged in the order the provider judges."""
        phone = domestic(params.get("PhoneNumbers", ""))
        signature = params.get("SignName", "")
        if not _SIGNATURE.fullmatch(signature) or (self.signatures and signature not in self.signatures):
            raise TextRefused("isv.SMS_SIGNATURE_ILLEGAL")
        code = params.get("TemplateCode", "")
        wording = self.templates.get(code)
        if wording is None:
            raise TextRefused("isv.SMS_TEMPLATE_ILLEGAL")
        out_id = params.get("OutId")
        if out_id is not None and len(out_id.encode()) > _LONGEST_OUT_ID:
            raise TextRefused("isv.INVALID_PARAMETERS")
        content = f"【{signature}】{_filled(wording, _values(params.get('TemplateParam')))}"
        return DomesticDraft(phone, signature, code, content, out_id)


def domestic(given: str) -> str:
    """A domestic mobile number in international form."""
    if "," in given:
        raise TextRefused("isv.MOBILE_COUNT_OVER_LIMIT")
    found = _PREFIX.fullmatch(given)
    if found is None:
        raise TextRefused("isv.MOBILE_NUMBER_ILLEGAL")
    return f"+86{found.group(1)}"


def links_in(content: str) -> int:
    return len(_LINK.findall(content))


def forbidden_in(content: str) -> list[str]:
    """The words of the list that a text holds."""
    return [word for word in _FORBIDDEN if word in content.lower()]


def _values(given: str | None) -> dict[str, str]:
    try:
        values: object = json.loads(given) if given else {}
    except ValueError:
        raise TextRefused("isv.INVALID_JSON_PARAM") from None
    if not isinstance(values, dict) or not all(
        isinstance(value, str) for value in cast("dict[str, object]", values).values()
    ):
        raise TextRefused("isv.INVALID_JSON_PARAM")
    return cast("dict[str, str]", values)


def _filled(wording: str, values: dict[str, str]) -> str:
    wanted = _VALUE.findall(wording)
    if any(name not in values for name in wanted):
        raise TextRefused("isv.TEMPLATE_MISSING_PARAMETERS")
    for name in wanted:
        if len(values[name]) > _LONGEST_VALUE:
            raise TextRefused("isv.PARAM_LENGTH_LIMIT")
        if links_in(values[name]):
            raise TextRefused("isv.PARAM_NOT_SUPPORT_URL")
        if forbidden_in(values[name]):
            raise TextRefused("isv.BLACK_KEY_CONTROL_LIMIT")
    return _VALUE.sub(lambda found: values[found.group(1)], wording)
