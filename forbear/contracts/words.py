"""The vocabulary that rooms share: names of channels, roles, states and facts, as literal types.

A word means one thing everywhere: in code, tables, pages and letters. The list follows the glossary in
`docs/architecture.md`; the law's words live in `forbear.rules`.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, Literal

Channel = Literal["sms", "call", "letter", "visit", "email"]
PartyRole = Literal["borrower", "co_borrower", "spouse", "guarantor", "counter_guarantor", "contact", "attorney"]
PointKind = Literal["phone", "email", "postal"]
PointState = Literal["valid", "unreachable", "wrong_party", "invalid"]
LenderRole = Literal["original_creditor", "third_party_collector", "debt_buyer", "licensed_agency"]
LenderKind = Literal["bank", "consumer_finance_company", "microfinance", "other"]
DebtKind = Literal["credit_card", "personal_loan", "microfinance", "medical", "mortgage", "other"]

TouchState = Literal[
    "claimed",  # permitted and counted, nothing sent yet
    "dispatching",  # the sender may be writing to the provider
    "sent",  # the provider accepted it
    "delivered",
    "undelivered",
    "failed",  # certainly not sent: the slot is returned
    "unknown",  # the answer was lost: counts as made until known otherwise
]
Worker = Literal["machine", "person"]
"""Who carries a step out. Texts and letters go by machine and visits are made by people; calls may be either."""
TaskKind = Literal[
    "call", "visit", "reply", "unknown_touch", "unmapped_code", "route", "number", "account", "clock"
]  # fmt: skip
StaffRole = Literal["caller", "officer", "supervisor", "operator", "legal", "lawyer"]
TaskState = Literal["open", "taken", "done", "declined", "expired", "withdrawn"]
OPEN_TASKS: frozenset[str] = frozenset({"open", "taken"})

FINAL_UNSENT: frozenset[str] = frozenset({"failed"})
IN_FLIGHT: frozenset[str] = frozenset({"claimed", "dispatching"})

StopKind = Literal[
    "dispute",
    "hardship",
    "insolvency",
    "attorney",
    "breathing_space",
    "mental_health_crisis",
    "military",
    "minor",
    "deceased",
    "cease",
    "wrong_number",
    "hold",
]
HoldReason = Literal["complaint", "review", "settlement_talks", "payment_expected", "goodwill", "other"]
"""Why a lender pauses an account of its own accord: a closed list, because free text would carry names."""
SuppressionScope = Literal["number", "channel", "all_automated", "everything"]

DebtCircumstance = Literal[
    "balance_growing",
    "before_claim",
    "open_account",
    "oral_contract",
    "original_creditor_asked",
    "replied_without_agreement",
    "time_barred",
    "validation_period",
]
PersonCircumstance = Literal["breathing_space", "contact_from_phone_book", "employer_forbids", "vulnerable"]
DEBT_CIRCUMSTANCES: Final[Mapping[DebtCircumstance, str]] = MappingProxyType(
    {
        "balance_growing": "interest or fees go on accruing, so that the balance grows (US.2CIR.AVILA)",
        "before_claim": "a claim in court is being prepared (GB-EAW.PAP.LETTER)",
        "open_account": "the debt is of an open account (US-NV.SOL4, US-WV.SOL5)",
        "oral_contract": "the contract was made by word of mouth (US-CA.SOL2, US-FL.SOL4, US-WA.SOL3, US-WV.SOL5)",
        "original_creditor_asked": "the debtor asked for the original creditor's name and address (US.REGF.ORIGCRED)",
        "replied_without_agreement": "the debtor answered the letter of claim without agreement (GB-EAW.PAP14)",
        "time_barred": "the time to sue has run out (GB.TBD, US.REGF.TBD, US-CA.TBD, US-NY.TBD, US-NYC.TBD, "
        "US-NYC.SHIELD.TBD, US-TX.TBD)",
        "validation_period": "the time to dispute after the validation notice still runs (US.REGF.OVERSHADOW)",
    }
)
"""What a lender may tell of a debt, what it means, and which rules ask for it; a test holds it against the packs."""
PERSON_CIRCUMSTANCES: Final[Mapping[PersonCircumstance, str]] = MappingProxyType(
    {
        "breathing_space": "a breathing space moratorium began (GB-EAW.BREATHE.START)",
        "contact_from_phone_book": "the contact was taken from the borrower's phone book (KE.CONDUCT, PH.THIRD)",
        "employer_forbids": "the employer does not allow such calls or messages at work (US.REGF.WORK)",
        "vulnerable": "the person is vulnerable (GB.VISIT.CONDUCT)",
    }
)
"""Likewise of a person; it binds the accounts of the lender that told it."""
EventKind = Literal[
    "assignment_notice_received",
    "debtor_unreachable",
    "medical_aid_explained",
    "medical_notice_sent",
    "validation_notice_sent",
    "verification_sent",
    "visit_notice_received",
]
EVENTS: Final[Mapping[EventKind, str]] = MappingProxyType(
    {
        "assignment_notice_received": "the debtor received the notice that his debt was assigned (POLICY.ASSIGNED)",
        "debtor_unreachable": "the debtor's number proved invalid, or nobody answers there (CN.THIRD.CBA.3, "
        "POLICY.THIRD)",
        "medical_aid_explained": "financial aid and the charges were explained to the patient (POLICY.MEDICAL.NYC)",
        "medical_notice_sent": "the notice of a medical debt was mailed (US-NV.MED60)",
        "validation_notice_sent": "the validation notice was sent (US.REGF.DISPUTE)",
        "verification_sent": "verification of a disputed debt was sent (POLICY.STOP, US.REGF.DISPUTE, "
        "US-NYC.SHIELD.DISPUTE)",
        "visit_notice_received": "the debtor received the notice of a visit (POLICY.VISIT.NOTICE)",
    }
)
"""What a lender may tell that happened to an account, and which rules look at it. What lifts a stop in another way is
told by releasing the stop."""

START_BY_TEXT = "replied START by text"
"""How a consent was given that is no more than the taking back of an opt-out from one number."""

Fact = Literal[
    "account_enrolled",
    "account_changed",
    "balance_confirmed",
    "payment_received",
    "payment_reversed",
    "promise_made",
    "promise_withdrawn",
    "agreement_made",
    "agreement_ended",
    "consent_given",
    "consent_revoked",
    "dispute_opened",
    "hardship_declared",
    "opted_out",
    "opted_in",
    "wrong_party",
    "reply_received",
    "stop_placed",
    "stop_lifted",
    "event_told",
    "task_closed",
    "visit_decided",
    "call_ended",
    "link_asked",
    "letter_tracked",
    "touch_undelivered",
    "touch_reconciled",
    "account_swept",
    "rehydrated",
    "case_opened",
    "case_fact_told",
    "case_fields_told",
    "case_file_kept",
    "service_told",
    "packet_asked",
    "packet_made",
    "packet_reviewed",
    "alarm_seen",
    "case_swept",
]
"""What an outbox row may tell a workflow. The signal's name is the fact, so that history reads as a story."""
