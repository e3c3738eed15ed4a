"""What a provider's code for a text means, and what is done about it: one table for all codes of all routes. Pure.

The class says what kind of trouble it is; the action says what Forbear does. A code that is not here changes nothing
and is shown to an operator once. Evidence: [D] the provider's own documentation or lists, read in excerpt; [K] general
knowledge, not checked against a source.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal

CodeClass = Literal["permanent", "configuration", "retry_safe", "ambiguous", "deferred"]
Action = Literal[
    "number_invalid",  # never again to this number
    "number_reverify",  # the same, and a person finds out whose it is
    "number_unreachable",  # no texts to it; calls and letters stay
    "number_off",  # after so many in a row: no texts to it
    "opted_out",  # an opt-out at the provider is one here
    "never_again",  # no machine writes to or calls this number any more, and a person looks at it
    "stop_template",  # this template waits on this route until a person releases it
    "stop_route",  # where texts were taken and failed: all of the lender wait on this route until then
    "address_wrong",  # no letters to it until a person corrected it
    "call_operator",  # a person is shown it once, and nothing is held
    "hold_account",  # nothing goes out about this account until a person has looked
    "sender_backs_off",  # the sender is left alone for a while
    "later",  # the next attempt is the cadence's
    "replan",  # the account decides anew
    "reconcile",  # nobody knows yet whether it was taken
]


@dataclass(frozen=True, slots=True)
class Meaning:
    """One code. `do` tells an operator what to do, `strikes` how many in a row say something about the number."""

    kind: CodeClass
    action: Action
    says: str
    do: str = ""
    strikes: int = 0

    @property
    def permanent(self) -> bool:
        """Whether this number will not do better later."""
        return self.kind == "permanent" and self.action != "stop_template"

    @property
    def opted_out(self) -> bool:
        return self.action == "opted_out"

    @property
    def ours(self) -> bool:
        """Whether our configuration is at fault."""
        return self.kind == "configuration"


def _permanent(action: Action, says: str, do: str = "", strikes: int = 0) -> Meaning:
    return Meaning("permanent", action, says, do, strikes)


def _ours(says: str, do: str, action: Action = "call_operator") -> Meaning:
    return Meaning("configuration", action, says, do)


def _later(says: str, action: Action = "later", strikes: int = 0) -> Meaning:
    return Meaning("retry_safe", action, says, strikes=strikes)


_LOOK: Final = "Look it up in the provider's console, mend it, then close this task."
_REGISTER: Final = "Register this sender for such texts at the provider, then release the route."
_RELEASE: Final = "Read the template as a carrier would, change it or its sender, then release it."

TWILIO: Final[Mapping[str, Meaning]] = MappingProxyType(
    {
        # The number.
        "21211": _permanent("number_invalid", "not a number"),  # [D]
        "21214": _permanent("number_invalid", "a number that cannot be reached"),  # [D]
        "21217": _permanent("number_invalid", "not a number"),  # [D]
        "21401": _permanent("number_invalid", "not a number"),  # [D]
        "21604": _permanent("number_invalid", "no number was given"),  # [D]
        "21614": _permanent("number_unreachable", "not a mobile"),  # [D]
        "21635": _permanent("number_unreachable", "a landline"),  # [D]
        "30006": _permanent("number_unreachable", "a landline, or a carrier that takes no texts"),  # [D]
        "30004": _permanent("number_unreachable", "blocked by the carrier or by the holder"),  # [K]
        "30005": _permanent("number_reverify", "unknown, or no longer in service"),  # [D]
        "21610": _permanent("opted_out", "the holder opted out at the provider"),  # [D]
        "30640": _permanent("never_again", "listed as a known litigator's"),  # [D]
        # Not now.
        "429": _later("too many requests at once", "sender_backs_off"),  # [D]
        "20429": _later("too many requests at once", "sender_backs_off"),  # [D]
        "21611": _later("the sender's queue is full", "sender_backs_off"),  # [D]
        "30001": _later("the sender's queue is full", "sender_backs_off"),  # [D]
        "30003": _later("the handset is off or without signal", "number_off", strikes=3),  # [D]
        "30008": _later("not delivered, nobody knows why", "number_off", strikes=2),  # [D]
        "30047": _later("not moved into its hours"),  # [D]
        "30500": _later("a fault inside the provider"),  # [D]
        "connect-timeout": _later("no connection to the provider"),
        "connection-refused": _later("no connection to the provider"),
        # Nobody knows whether it was taken.
        "20500": Meaning(
            "ambiguous", "reconcile", "a fault inside the provider, perhaps after it took the text"
        ),  # [D]
        "20503": Meaning("ambiguous", "reconcile", "the provider was not available, perhaps after it took it"),  # [D]
        # By its own rules of time.
        "30036": Meaning("deferred", "replan", "it waited longer than its window was open"),  # [D]
        "30610": Meaning("deferred", "replan", "held back in what the provider takes for quiet hours"),  # [D]
        # Our words.
        "30007": _ours("carriers filter these words", _RELEASE, "stop_template"),  # [D]
        "21617": _ours("the words are longer than the provider takes", _RELEASE, "stop_template"),  # [K]
        # Our setup. Texts that failed after they were taken cost money and count, so the route waits.
        "30002": _ours(
            "the account is suspended", "Settle it with the provider, then release the route.", "stop_route"
        ),  # [K]
        "30032": _ours("a toll-free sender that is not verified", _REGISTER, "stop_route"),  # [K]
        "30034": _ours("a sender that is not registered", _REGISTER, "stop_route"),  # [D]
        "30450": _ours(
            "taken for pumping of texts", "Have the provider lift it, then release the route.", "stop_route"
        ),  # [D]
        "20003": _ours(
            "the provider refuses our credentials", "Correct FORBEAR_TWILIO_ACCOUNT_SID and its token."
        ),  # [D]
        "20404": _ours("no such Messaging Service or number", "Correct the lender's senders."),  # [D]
        "21212": _ours("not a sender", "Correct the lender's senders."),  # [D]
        "21603": _ours("no sender was given", "Give the lender a sender."),  # [D]
        "21606": _ours("the sender is not ours, or sends no texts", "Correct the lender's senders."),  # [D]
        "21704": _ours("the Messaging Service has no numbers", "Put a number into the service's pool."),  # [D]
        "21705": _ours("no such Messaging Service", "Correct the lender's senders."),  # [D]
        "21408": _ours(
            "texts to that country are switched off", "Permit the country in the provider's console."
        ),  # [D]
        "21609": _ours("our address for news is not taken", "Correct FORBEAR_PUBLIC_URL."),  # [K]
        "21612": _ours("this sender cannot reach that number", "Choose a sender that reaches the country."),  # [D]
        "35111": _ours("a schedule nobody asked for", _LOOK),  # [D]
        "35114": _ours("a schedule nobody asked for", _LOOK),  # [D]
        "35115": _ours("a schedule nobody asked for", _LOOK),  # [D]
        "35125": _ours("too many scheduled texts", _LOOK),  # [D]
        "90007": _ours("the time that is left in the window is not taken", _LOOK),  # [D]
    }
)
ALIYUN: Final[Mapping[str, Meaning]] = MappingProxyType(
    {
        # The number.
        "isv.MOBILE_NUMBER_ILLEGAL": _permanent("number_invalid", "not a number in the form it takes"),  # [D]
        "isv.CUSTOMER_REFUSED": _permanent("opted_out", "the holder unsubscribed at the provider"),  # [K]
        "USER_REJECT": _permanent("number_unreachable", "the holder refused such texts"),  # [K]
        "MOBILE_IN_BLACK": _permanent("number_unreachable", "on a list of carriers or of the provider"),  # [K]
        # Not now.
        "isv.BUSINESS_LIMIT_CONTROL": _later("flow control per number and day"),  # [D]
        "MOBLLE_TERMINAL_ERROR": _later("off, or without signal; its own spelling", "number_off", strikes=3),  # [K]
        "MOBILE_TERMINAL_ERROR": _later("off, or without signal", "number_off", strikes=3),  # [K]
        "MOBILE_NOT_ON_SERVICE": _later("suspended: may be paid for again tomorrow", "number_off", strikes=3),  # [K]
        "INVALID_NUMBER": _later("off, suspended or unassigned: it does not say which", "number_off", strikes=3),  # [K]
        "throttled": _later("too many requests at once", "sender_backs_off"),  # [K]
        "connect-timeout": _later("no connection to the provider"),
        "connection-refused": _later("no connection to the provider"),
        # Our limits.
        "isv.DAY_LIMIT_CONTROL": _ours("our account's daily limit", _LOOK),  # [K]
        "isv.MONTH_LIMIT_CONTROL": _ours("our account's monthly limit", _LOOK),  # [K]
        # Our wording, signature or values: no number is to blame.
        "isv.DOMESTIC_NUMBER_NOT_SUPPORTED": _ours("a foreign template for a domestic number", _LOOK),  # [K]
        "isv.SMS_TEMPLATE_ILLEGAL": _ours("the code is not among our approved ones", _RELEASE, "stop_template"),  # [D]
        "isv.SMS_SIGNATURE_ILLEGAL": _ours("the sender is not an approved signature", _LOOK),  # [D]
        "isv.SIGN_NAME_ILLEGAL": _ours("the sender is not an approved signature", _LOOK),  # [K]
        "isv.SIGNATURE_BLACKLIST": _ours("the signature is barred", _LOOK),  # [K]
        "isv.TEMPLATE_MISSING_PARAMETERS": _ours(
            "a value of the template is missing", _RELEASE, "stop_template"
        ),  # [D]
        "isv.TEMPLATE_PARAMS_ILLEGAL": _ours("a value is not of the template's kind", _RELEASE, "stop_template"),  # [K]
        "isv.INVALID_JSON_PARAM": _ours("the values are not in its form", _RELEASE, "stop_template"),  # [D]
        "isv.INVALID_PARAMETERS": _ours("the request is not in its form", _LOOK),  # [D]
        "isv.PARAM_LENGTH_LIMIT": _ours("a value is longer than the template allows", _LOOK),  # [D]
        "isv.PARAM_NOT_SUPPORT_URL": _ours("an address in a value", _RELEASE, "stop_template"),  # [D]
        "isv.BLACK_KEY_CONTROL_LIMIT": _ours("a word from its list in a value", _LOOK),  # [D]
        "isv.SMS_CONTENT_ILLEGAL": _ours("the words are not allowed", _RELEASE, "stop_template"),  # [K]
        "isv.UNSUPPORTED_CONTENT": _ours("characters that it does not take", _RELEASE, "stop_template"),  # [K]
        "isv.MOBILE_COUNT_OVER_LIMIT": _ours("more numbers than one", _LOOK),  # [D]
        # Our account.
        "isv.OUT_OF_SERVICE": _ours("suspended, mostly for want of money", "Pay in at the provider."),  # [D]
        "isv.AMOUNT_NOT_ENOUGH": _ours("our account there is empty", "Pay in at the provider."),  # [D]
        "isv.ACCOUNT_NOT_EXISTS": _ours("the account does not exist", _LOOK),  # [D]
        "isv.ACCOUNT_ABNORMAL": _ours("something is wrong with our account", _LOOK),  # [D]
        "isv.PRODUCT_UN_SUBSCRIPT": _ours("the service was never turned on", _LOOK),  # [D]
        "isv.PRODUCT_UNSUBSCRIBE": _ours("the service was turned off", _LOOK),  # [D]
        "isv.DENY_IP_RANGE": _ours("our address is not on its list", _LOOK),  # [K]
        "isp.RAM_PERMISSION_DENY": _ours("our key may not send", _LOOK),  # [D]
    }
)
OF_FORBEAR: Final[Mapping[str, Meaning]] = MappingProxyType(
    {
        "route-not-set-up": _ours("this installation has no account for the route", "Set it up, and start the worker."),
        "no-sender": _ours(
            "every sender of the lender was retired", "Add one (forbear sender add): that closes this task."
        ),
        "no-number": _ours(
            "the lender has no number that can call", "Add one (forbear sender add): that closes this task."
        ),
        "route-busy": _later("the route already holds its share of the senders"),
    }
)
"""Our own words, on any route."""
CODES: Final[Mapping[str, Mapping[str, Meaning]]] = MappingProxyType({"twilio": TWILIO, "aliyun": ALIYUN})


def meaning(provider: str, code: str | None) -> Meaning | None:
    """What a route's code means; None for one that nobody has put into the table."""
    if code is None:
        return None
    return CODES.get(provider, {}).get(code) or OF_FORBEAR.get(code)
