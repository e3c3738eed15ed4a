"""The words of a legal case that tables, rules and pages share: facts, clocks, packets, service, guarantees.

A fact is something that happened in a case and that a person entered, or a program saw. Stages, their order and what
each needs are data in `forbear/court/paths`.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, Literal

CaseKind = Literal["review", "suit", "mediation", "recourse", "blacklist_proposal"]
"""What a case is for. `review` and `blacklist_proposal` wait for a person; the others walk a path."""
CASE_KINDS: Final[frozenset[str]] = frozenset({"suit", "mediation", "recourse"})
"""Those that walk a path; a person may turn a review into one."""

FactKind = Literal[
    "taken_up",  # a person decided that the review becomes a suit, or which way a stage goes on
    "notice_served",  # a formal notice reached its addressee, with proof
    "mediation_applied",
    "mediation_accepted",
    "mediation_declined",
    "mediation_session",
    "mediation_agreed",
    "mediation_failed",
    "agreement_breached",
    "agreement_performed",
    "confirmation_applied",
    "confirmed",
    "confirmation_refused",
    "order_applied",
    "order_issued",
    "order_served",
    "order_objected",
    "order_refused",
    "order_final",
    "filed",
    "filing_accepted",
    "filing_refused",
    "preservation_applied",
    "frozen",
    "freeze_renewed",
    "freeze_lifted",
    "served",
    "answered",
    "default",
    "hearing",
    "judged",
    "appealed",
    "judgment_final",
    "enforcement_applied",
    "enforcement_ended",
    "settled",
    "settlement_breached",
    "withdrawn",
    "dismissed",
    "paid_on_behalf",
    "acknowledged",  # the debtor agreed to the debt, asked for time, or paid: what restarts a limitation
    "limitation_suspended",
    "booked_back",  # money of the judgment is in the ledger
    "reopened",
    "closed_by_staff",
]
FACTS: Final[Mapping[FactKind, str]] = MappingProxyType(
    {
        "taken_up": "a person decided to go on, by the way named",
        "notice_served": "a formal notice reached the person named, or counts as having reached them",
        "mediation_applied": "the application was handed in to the mediating body",
        "mediation_accepted": "the mediating body took the matter",
        "mediation_declined": "the mediating body, or the other side, declined",
        "mediation_session": "a session was held",
        "mediation_agreed": "an agreement was made and has taken effect",
        "mediation_failed": "mediation ended without agreement",
        "agreement_breached": "the mediated agreement was not performed",
        "agreement_performed": "the mediated agreement was performed",
        "confirmation_applied": "both sides asked the court to confirm the agreement",
        "confirmed": "the court confirmed the agreement",
        "confirmation_refused": "the court refused to confirm it",
        "order_applied": "a payment order was applied for",
        "order_issued": "the payment order was issued",
        "order_served": "the payment order was served on the debtor",
        "order_objected": "the debtor objected to the payment order",
        "order_refused": "the court refused a payment order",
        "order_final": "the payment order can be enforced",
        "filed": "the claim was handed in to the court",
        "filing_accepted": "the court took the claim and gave it a number",
        "filing_refused": "the court sent the claim back, with the reason",
        "preservation_applied": "preservation of property was applied for",
        "frozen": "property was frozen, up to a day",
        "freeze_renewed": "a freeze was renewed, up to a day",
        "freeze_lifted": "a freeze was lifted",
        "served": "the claim was served on the person named",
        "answered": "the defendant answered",
        "default": "the time to answer ran out without an answer",
        "hearing": "a hearing is set, or was held",
        "judged": "judgment was given, and served on the day named",
        "appealed": "an appeal was brought",
        "judgment_final": "the judgment can be enforced, with the last day on which it had to be performed",
        "enforcement_applied": "enforcement was applied for",
        "enforcement_ended": "enforcement ended, with its result",
        "settled": "the sides settled out of court",
        "settlement_breached": "the settlement was not kept",
        "withdrawn": "the claim was withdrawn, or enforcement was called off",
        "dismissed": "the court dismissed the claim",
        "paid_on_behalf": "a guarantor paid on behalf of the debtor, and may now claim it back",
        "acknowledged": "the debtor agreed to the debt, asked for time, or gave security",
        "limitation_suspended": "something suspended the limitation in its last six months",
        "booked_back": "money of this case was booked on the account",
        "reopened": "the case was opened again",
        "closed_by_staff": "a person closed the case, with the reason",
    }
)
"""What each fact means; `forbear/court/facts.toml` says which values it must be told with."""

ClockKind = Literal[
    "limitation",
    "guarantee",
    "validation",
    "right_to_cure",
    "default_notice",
    "letter_of_claim",
    "judicial_confirmation",
    "payment_order_objection",
    "answer",
    "appeal",
    "enforcement",
    "freeze",
]
ClockNature = Literal["deadline", "waiting"]
"""A deadline is ours to keep, and its lapse an incident; a waiting period is the other side's, then we go on."""
ClockState = Literal["running", "met", "lapsed", "over", "void"]
"""`over`: a waiting period ended. `void`: what it ran from was corrected or the matter is closed."""

PacketState = Literal["asked", "incomplete", "prepared", "returned", "approved", "void", "filed", "failed"]
"""Only `approved` and `filed` may be downloaded as final; whatever changes voids what was prepared or approved."""

ServiceMethod = Literal[
    "ordinary_post",
    "registered_post",
    "certified_post",
    "ems",
    "courier",
    "personal",
    "left_at_address",
    "notarial",
    "sms",
    "email",
    "newspaper",
    "by_court",
    "process_server",
    "visit",
]
ServiceResult = Literal["sent", "delivered", "signed", "refused", "returned", "read", "deemed", "failed"]
ServiceSource = Literal["staff", "tracking", "visit", "touch"]
GuaranteeKind = Literal["general", "joint"]
FileState = Literal["kept", "refused", "withdrawn"]
CostKind = Literal["court_fee", "preservation_fee", "lawyer", "notary", "postage", "travel", "enforcement", "other"]
