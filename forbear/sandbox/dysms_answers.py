"""What the domestic provider says, in its codes: refusals of a call, refusals of a text, and what became of a text.

A call that is not understood gets an HTTP error; a text that is refused gets HTTP 200 with a code that is not `OK`, as
at the real one. The codes' names are the provider's; which of its many reasons leads to which is simplified.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any
from uuid import uuid4

from forbear.sandbox.statuses import Outcome

_HTTP: Mapping[str, tuple[int, str]] = MappingProxyType(
    {
        "MissingAccessKeyId": (400, "AccessKeyId is mandatory for this action."),
        "MissingSecurityToken": (400, "The Authorization header cannot be read."),
        "InvalidAccessKeyId.NotFound": (404, "Specified access key is not found."),
        "SignatureDoesNotMatch": (400, "Specified signature is not matched with our calculation."),
        "SignatureNonceUsed": (400, "Specified signature nonce was used already."),
        "InvalidTimeStamp.Format": (400, "Specified time stamp or date value is not well formatted."),
        "InvalidTimeStamp.Expired": (400, "Specified time stamp or date value is expired."),
        "InvalidAction.NotFound": (404, "Specified api is not found, please check your url and method."),
        "InvalidVersion": (400, "Specified parameter Version is not valid."),
        "Throttling.User": (400, "Request was denied due to user flow control."),
        "InternalError": (500, "The request processing has failed due to some unknown error."),
    }
)

TEXT_REFUSALS: Mapping[str, str] = MappingProxyType(
    {
        "isv.MOBILE_NUMBER_ILLEGAL": "手机号码格式错误",
        "isv.MOBILE_COUNT_OVER_LIMIT": "手机号码数量超过限制",
        "isv.SMS_SIGNATURE_ILLEGAL": "签名不合法",
        "isv.SMS_TEMPLATE_ILLEGAL": "模板不合法",
        "isv.TEMPLATE_MISSING_PARAMETERS": "模板缺少变量",
        "isv.INVALID_JSON_PARAM": "JSON参数不合法，只接受字符串值",
        "isv.PARAM_LENGTH_LIMIT": "参数超出长度限制",
        "isv.PARAM_NOT_SUPPORT_URL": "不支持URL",
        "isv.BLACK_KEY_CONTROL_LIMIT": "黑名单管控",
        "isv.BUSINESS_LIMIT_CONTROL": "触发天级流控Permits:{limit}",
        "isv.OUT_OF_SERVICE": "业务停机",
        "isv.AMOUNT_NOT_ENOUGH": "账户余额不足",
        "isv.INVALID_PARAMETERS": "参数异常",
    }
)

REPORTS: Mapping[Outcome, tuple[str, str]] = MappingProxyType(
    {
        Outcome.DELIVERED: ("DELIVERED", "用户接收成功"),
        Outcome.UNREACHABLE: ("MOBLLE_TERMINAL_ERROR", "手机终端问题"),  # the provider's own spelling
        Outcome.BLOCKED: ("MOBILE_IN_BLACK", "手机号在黑名单"),
        Outcome.UNKNOWN_NUMBER: ("MOBILE_NOT_ON_SERVICE", "手机停机"),
        Outcome.LANDLINE: ("INVALID_NUMBER", "号码状态异常"),
        Outcome.FILTERED: ("CONTENT_KEYWORD", "内容关键字拦截"),
        Outcome.UNKNOWN_ERROR: ("SP_UNKNOWN_ERROR", "运营商未知错误"),
        Outcome.UNREGISTERED: ("PORT_NOT_REGISTERED", "端口未完成实名制报备"),
        Outcome.INTERNAL_ERROR: ("NO_ROUTE", "通道未选"),
    }
)
"""A handset's outcome in the provider's words: code and message of the report."""


class ApiError(Exception):
    """A call that is answered with an HTTP error."""

    def __init__(self, code: str) -> None:
        self.code = code
        self.status, self.message = _HTTP[code]
        super().__init__(code)

    def body(self) -> dict[str, Any]:
        return {"Code": self.code, "Message": self.message, "RequestId": request_id(), "HostId": "sandbox"}


class TextRefused(Exception):
    """A text that is not taken; the call itself was fine."""

    def __init__(self, code: str, **values: object) -> None:
        self.code, self.message = code, TEXT_REFUSALS[code].format(**values)
        super().__init__(code)

    def body(self) -> dict[str, Any]:
        return {"Code": self.code, "Message": self.message, "RequestId": request_id()}


def request_id() -> str:
    return str(uuid4()).upper()
