"""From states and facts to the words a lender's staff reads: one table, the same for the API and every export."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

CHANNELS: Final[Mapping[str, str]] = MappingProxyType(
    {"sms": "text message", "call": "call", "letter": "letter", "visit": "visit", "email": "e-mail"}
)
TOUCH_STATES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "claimed": "about to be sent",
        "dispatching": "being handed to the carrier",
        "sent": "accepted by the carrier",
        "delivered": "delivered",
        "undelivered": "not delivered",
        "failed": "not sent",
        "unknown": "fate unknown: being looked up, counted as made",
    }
)
RECEIPTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "sender": "our sender noted",
        "callback": "the carrier reported",
        "listing": "the carrier's list showed",
    }
)
READINGS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "stop": "asked not to be contacted",
        "start": "asked to be contacted again",
        "help": "asked for help",
        "wrong_person": "said this is the wrong person",
        "dispute": "disputed the debt",
        "hardship": "spoke of hardship",
        "promise": "promised to pay",
        "paid": "said it was paid",
        "other": "wrote something that needs a human",
    }
)
STOPS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "dispute": "disputed",
        "hardship": "hardship",
        "insolvency": "insolvency",
        "attorney": "represented by an attorney",
        "breathing_space": "breathing space",
        "mental_health_crisis": "mental health crisis moratorium",
        "military": "in military service",
        "minor": "a minor",
        "deceased": "deceased",
        "cease": "asked to cease contact",
        "wrong_number": "wrong number",
        "hold": "held by the lender",
    }
)
SCOPES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "number": "this number",
        "channel": "this channel",
        "all_automated": "all automated messages",
        "everything": "all contact",
    }
)
PROMISE_STATES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "open": "open",
        "kept": "kept",
        "broken": "broken",
        "replaced": "replaced by a later promise",
        "withdrawn": "withdrawn",
    }
)
EVENTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "assignment_notice_received": "the notice of assignment was received",
        "debtor_unreachable": "the debtor could not be reached",
        "medical_aid_explained": "financial aid and charges were explained",
        "medical_notice_sent": "the notice of a medical debt was mailed",
        "validation_notice_sent": "the validation notice was sent",
        "verification_sent": "verification of the debt was sent",
        "visit_notice_received": "the notice of a visit was received",
    }
)
ENTRIES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "opening": "opening balance",
        "payment": "payment",
        "reversal": "reversal",
        "adjustment": "adjustment to the lender's books",
    }
)


def worded(table: Mapping[str, str], word: str) -> str:
    """The word in human words; an unknown one without its underscores."""
    return table.get(word, word.replace("_", " "))
