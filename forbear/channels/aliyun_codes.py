"""What Alibaba Cloud's codes for a refused text mean to us, in one table, and what its reports mean.

Evidence per row: [D] named in the provider's public lists of API errors (read in excerpt; `help/doc-detail/73694`,
`116206` and copies of the domestic list); [K] general knowledge, not checked against a source. What we do with a code
is our reading in each case. A code that is in neither table refuses for now where it blames the caller (`isv.`) and is
unclear where it blames the provider (`isp.`); it teaches nothing about the number, and is logged.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from forbear.ports.sms import Refused, Sending, Unknown

_NUMBER: Final = {"permanent": True}
_OPTED_OUT: Final = {"permanent": True, "opted_out": True}
_OURS: Final = {"ours": True}
_LATER: Final[dict[str, bool]] = {}

REFUSALS: Final[Mapping[str, Mapping[str, bool]]] = MappingProxyType(
    {
        # The number will not do better later.
        "isv.MOBILE_NUMBER_ILLEGAL": _NUMBER,  # [D] not a number in the form it takes
        "isv.DOMESTIC_NUMBER_NOT_SUPPORTED": _OURS,  # [K] a foreign template for a domestic number: our setup
        "isv.CUSTOMER_REFUSED": _OPTED_OUT,  # [K] the person unsubscribed at the provider
        # Enough for now: nothing was taken, and the next step of the cadence may try again.
        "isv.BUSINESS_LIMIT_CONTROL": _LATER,  # [D] flow control per number and day
        "isv.DAY_LIMIT_CONTROL": _OURS,  # [K] our account's own daily limit
        "isv.MONTH_LIMIT_CONTROL": _OURS,  # [K] its monthly one
        # Our wording, signature or values: an operator must look, and no number is to blame.
        "isv.SMS_TEMPLATE_ILLEGAL": _OURS,  # [D] the code is not among our approved ones
        "isv.SMS_SIGNATURE_ILLEGAL": _OURS,  # [D] the lender's sender is not an approved signature
        "isv.SIGN_NAME_ILLEGAL": _OURS,  # [K]
        "isv.SIGNATURE_BLACKLIST": _OURS,  # [K]
        "isv.TEMPLATE_MISSING_PARAMETERS": _OURS,  # [D]
        "isv.TEMPLATE_PARAMS_ILLEGAL": _OURS,  # [K]
        "isv.INVALID_JSON_PARAM": _OURS,  # [D]
        "isv.INVALID_PARAMETERS": _OURS,  # [D]
        "isv.PARAM_LENGTH_LIMIT": _OURS,  # [D] a value longer than the template allows
        "isv.PARAM_NOT_SUPPORT_URL": _OURS,  # [D] an address in a value
        "isv.BLACK_KEY_CONTROL_LIMIT": _OURS,  # [D] a word from its list in a value
        "isv.SMS_CONTENT_ILLEGAL": _OURS,  # [K]
        "isv.UNSUPPORTED_CONTENT": _OURS,  # [K]
        "isv.MOBILE_COUNT_OVER_LIMIT": _OURS,  # [D] we send one at a time
        # Our account.
        "isv.OUT_OF_SERVICE": _OURS,  # [D] suspended, mostly for want of money
        "isv.AMOUNT_NOT_ENOUGH": _OURS,  # [D]
        "isv.ACCOUNT_NOT_EXISTS": _OURS,  # [D]
        "isv.ACCOUNT_ABNORMAL": _OURS,  # [D]
        "isv.PRODUCT_UN_SUBSCRIPT": _OURS,  # [D] the service was never turned on
        "isv.PRODUCT_UNSUBSCRIBE": _OURS,  # [D]
        "isv.DENY_IP_RANGE": _OURS,  # [K]
        "isp.RAM_PERMISSION_DENY": _OURS,  # [D]
    }
)
"""Answers with HTTP 200 and a code that is not `OK`: the text was certainly not taken."""

UNCLEAR: Final = frozenset({"isp.SYSTEM_ERROR", "isp.UNKNOWN", "isp.GATEWAY_ERROR", "isv.BILLING_DEDUCTION_ERROR"})
"""[D] Faults of the provider itself, which may have come after it took the text: it says to check before a retry."""
OF_PROVIDER: Final = "isp."
SEEN_BEFORE: Final = "SignatureNonceUsed"
"""[K] The provider has had this very request: something on the way repeated it, and the first may have been taken."""

THROTTLED: Final = "Throttling"
"""[K] What its gateway's codes for too many calls begin with. The call never reached the service."""

STATUSES: Final[Mapping[int, str]] = MappingProxyType({1: "sent", 2: "undelivered", 3: "delivered"})
"""[D] `SendStatus` of a detail: waiting for the carrier's report, failed, arrived."""
OK: Final = "OK"


def of_one_question(code: str) -> bool:
    """Whether a refused question says something of itself, and nothing of our account or of the provider."""
    return code.startswith("isv.") and code not in UNCLEAR and not REFUSALS.get(code, _LATER).get("ours")


def refused(code: str) -> Sending:
    """What an answer with a code that is not `OK` means."""
    if code in UNCLEAR or (code.startswith(OF_PROVIDER) and code not in REFUSALS):
        return Unknown(f"the provider answered {code}")
    return Refused(code, **REFUSALS.get(code, _LATER))
