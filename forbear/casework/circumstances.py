"""The circumstances of a case that decide which papers and exhibits its packet needs, in the words of profiles."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from forbear.casework.found import Found
from forbear.casework.matters import claim_of
from forbear.casework.profile_file import PacketProfile
from forbear.casework.record import CaseRecord
from forbear.contracts.case_words import FactKind

YES: Final = "yes"
INTEREST: Final = ("sum_interest", "sum_penalty_interest", "sum_compound_interest")
FORM: Final = "complaint_form"
PENDING: Final[Mapping[str, tuple[FactKind, ...]]] = {
    "enforcement": ("enforcement_applied",),
    "suit": ("filed", "filing_accepted"),
    "payment_order": ("order_applied", "order_issued"),
}
"""What may be pending at a court, the later stage first, and the facts that say so."""
CHOSEN: Final = {
    FORM: "Tell 'free' for the free form; 'elements' is the prescribed form, which stays a draft and cannot be "
    "approved until the court's own words are entered in its wording.toml",
}
"""What is to be told where a profile leaves a choice that nobody made, with what it means."""


def circumstances(record: CaseRecord, values: Mapping[str, Any]) -> dict[str, str]:
    """Each circumstance that holds, with its word where it is one of several; empty where it does not hold."""

    def yes(holds: object) -> str:
        return YES if holds else ""

    return {
        "form": str(values.get(FORM, "")),
        "debt": record.account.debt_kind,
        "claim": claim_of(record),
        "creditor": "guarantor" if record.case.creditor else "lender",
        "agents": yes(is_yes(values.get("agents_have"))),
        "guarantees": yes(values.get("guarantees")),
        "collateral": yes(values.get("collateral") or is_yes(values.get("collateral_have"))),
        "assigned": yes(values.get("assignments")),
        "notices": yes(values.get("notices")),
        "organisation": yes(values.get("claimant_organisations")),
        "grows": yes(any(Decimal(str(values.get(name, 0))) > 0 for name in INTEREST) or values.get("segments")),
        "debt_buyer": yes(is_yes(values.get("debt_buyer"))),
        "costs": yes(values.get("costs")),
        "account_stated": yes(is_yes(values.get("plead_account_stated"))),
        "regulated": yes(is_yes(values.get("regulated"))),
        "witness": yes(is_yes(values.get("with_witness"))),
        "agreed": yes(values.get("terms")),
        "confirmed": yes(record.fact("confirmed")),
        "pending": _pending(record),
        "path": (record.case.path or "").lower().replace("-", "_"),
    }


def _pending(record: CaseRecord) -> str:
    """What was handed in last, that a withdrawal is of: a payment order that was objected to is no longer."""
    return next((word for word, facts in PENDING.items() if record.fact(*facts)), "")


def check_choices(profile: PacketProfile, values: Mapping[str, Any], found: Found) -> None:
    """Every choice that must be made for the case, and was not."""
    for name, words in profile.choices.items():
        if values.get(name) not in words:
            said = CHOSEN.get(name, f"Tell one of {', '.join(words)}")
            found.lack(f"field:{name}", f"must be chosen for this case: {' or '.join(words)}", said)


def is_yes(told: object) -> bool:
    """Whether a yes or no was told as yes, in any of the forms in which it may be."""
    return told is True or (isinstance(told, str) and told.casefold() in {"yes", "true"})
