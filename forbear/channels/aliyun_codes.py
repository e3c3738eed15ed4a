"""What an answer of Alibaba Cloud says about a text that must not be sent twice, and what its reports mean.

What is done about each code stands in `forbear.cadence.sms_codes`, with those of the other routes. A code that is not
there refuses for now where it blames the caller (`isv.`) and is unclear where it blames the provider (`isp.`); it
teaches nothing about the number, and is logged.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from forbear.cadence.sms_codes import ALIYUN
from forbear.ports.sms import Refused, Sending, Unknown

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
    known = ALIYUN.get(code)
    return code.startswith("isv.") and code not in UNCLEAR and (known is None or not known.ours)


def refused(code: str) -> Sending:
    """What an answer with HTTP 200 and a code that is not `OK` means: unless it is unclear, the text was not taken."""
    known = ALIYUN.get(code)
    if code in UNCLEAR or (code.startswith(OF_PROVIDER) and known is None):
        return Unknown(f"the provider answered {code}")
    if known is None:
        return Refused(code)
    return Refused(code, permanent=known.permanent, opted_out=known.opted_out, ours=known.ours)
