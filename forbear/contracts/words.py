"""The vocabulary that rooms share: names of channels, roles, states and facts, as literal types.

A word means one thing everywhere: in code, tables, pages and letters. The list follows the glossary in
`docs/architecture.md`; the law's words live in `forbear.rules`.
"""

from typing import Literal

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
    "touch_undelivered",
    "touch_reconciled",
    "account_swept",
    "rehydrated",
]
"""What an outbox row may tell a workflow. The signal's name is the fact, so that history reads as a story."""
