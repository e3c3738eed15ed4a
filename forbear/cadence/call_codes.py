"""What the provider's code for a call means, and what is done about it, in the words of the table for texts. Pure.

Evidence: [D] the provider's own documentation, read in excerpt; [K] general knowledge, not checked against a source.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from forbear.cadence.sms_codes import Meaning

SETUP: Final = "Mend it in the provider's console, then close this task."
SENDER: Final = "Give the lender a number that may call, then close this task."


def _number(says: str) -> Meaning:
    return Meaning("permanent", "number_invalid", says)


def _ours(says: str, do: str = SETUP) -> Meaning:
    return Meaning("configuration", "call_operator", says, do)


CALLS: Final[Mapping[str, Meaning]] = MappingProxyType(
    {
        # The number.
        "21201": _number("no number was given"),  # [K]
        "21211": _number("not a number"),  # [D]
        "21214": _number("a number that cannot be reached"),  # [D]
        "21217": _number("not a number"),  # [D]
        "21401": _number("not a number"),  # [D]
        "13223": _number("not a number in its form"),  # [K]
        "13224": _number("not a number that exists"),  # [D]
        "21610": Meaning("permanent", "opted_out", "the holder opted out at the provider"),  # [D]
        # Not now.
        "429": Meaning("retry_safe", "later", "too many requests at once"),  # [D]
        "20429": Meaning("retry_safe", "later", "too many requests at once"),  # [D]
        "connect-timeout": Meaning("retry_safe", "later", "no connection to the provider"),
        "connection-refused": Meaning("retry_safe", "later", "no connection to the provider"),
        # Nobody knows whether it was taken.
        "20500": Meaning(
            "ambiguous", "reconcile", "a fault inside the provider, perhaps after it took the call"
        ),  # [D]
        "20503": Meaning("ambiguous", "reconcile", "the provider was not available, perhaps after it took it"),  # [D]
        # Our setup.
        "10001": _ours("the account is not active"),  # [K]
        "20003": _ours("the provider refuses our credentials"),  # [D]
        "20404": _ours("no such account"),  # [D]
        "21203": _ours("the account may not call that country"),  # [K]
        "21205": _ours("our address is not taken", "Correct FORBEAR_PUBLIC_URL, then close this task."),  # [K]
        "21210": _ours("the sender was not verified", SENDER),  # [K]
        "21212": _ours("not a sender", SENDER),  # [D]
        "21213": _ours("no sender was given", SENDER),  # [K]
        "21215": _ours("calls to that country are switched off"),  # [K]
        "21216": _ours("the account may not call this number"),  # [K]
        "21219": _ours("a trial account calls verified numbers only"),  # [K]
        "21262": _ours("detection that nobody asked for"),  # [D]
        "21408": _ours("the country is switched off"),  # [D]
        "21606": _ours("the sender is not ours", SENDER),  # [D]
        "13225": _ours("the provider forbids this number"),  # [K]
        "13227": _ours("calls to that country are switched off"),  # [K]
    }
)


def call_meaning(code: str | None) -> Meaning | None:
    """What a code means; None for one that nobody has put into the table."""
    return None if code is None else CALLS.get(code)
