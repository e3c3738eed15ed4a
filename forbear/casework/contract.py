"""The contract, its security and its guarantees: what the lender told, what follows from it, what the record holds.

Whether there is something is never guessed from silence: it follows from what was told, or is asked.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final

from forbear.casework.found import Found
from forbear.casework.record import CaseRecord
from forbear.casework.words import COSTS, said
from forbear.ledger.persons import same_name
from forbear.money.currency import write_amount
from forbear.money.exact import total

GROUP: Final = "contract"
COURTS_OWN: Final = frozenset({"court_fee"})
"""Costs that a court sets by itself: no part of what enforcing the claim cost."""


def find_contract(record: CaseRecord, cut_off: date, known: Mapping[str, Any], found: Found) -> None:
    """Give what follows from the contract as it was told, and who held it first."""
    ends = _day(known.get("loan_to"))
    lender = record.lender
    borrowers = [each.name for each in record.people if each.role in {"borrower", "co_borrower"}]
    found.give(
        GROUP,
        {
            "matured": None if ends is None else ends <= cut_off,
            "loan_lender": lender.name if lender.role == "original_creditor" else None,
            "loan_borrower": "、".join(borrowers) if lender.country == "CN" else ", ".join(borrowers),
            "original_creditor": lender.name if lender.role == "original_creditor" else None,
            "debt_buyer": {"original_creditor": False, "debt_buyer": True}.get(lender.role),
            "limitation_ends_on": record.last_day("limitation"),
        },
    )
    find_guarantees(record, known, found)


def find_guarantees(record: CaseRecord, known: Mapping[str, Any], found: Found) -> None:
    """Guarantees of the debt, or for a guarantor's recourse those that secure it; with the last day of each period."""
    recourse = record.case.creditor is not None
    told = known.get("guarantees")
    beside = [each for each in told if isinstance(each, Mapping)] if isinstance(told, list | tuple) else []
    rows: list[dict[str, Any]] = []
    for each in record.guarantees:
        if each.counter is not recourse or each.person == record.case.creditor:
            continue
        who = record.somebody(each.person)
        ends = record.last_day("guarantee", each.person) or each.agreed_end
        if who is None:
            continue
        if ends is None:
            found.lack(
                f"field:guarantees.{len(rows)}.period_end",
                "the guarantee period was not reckoned yet",
                "Let the case decide once, or enter the agreed last day of the period",
                "ledger",
            )
        scope = next(
            (row.get("scope") for row in beside if same_name(str(row.get("guarantor"))) == same_name(who.name)), None
        )
        row = {"guarantor": who.name, "kind": each.kind, "contract_no": record.opened(each.contract_no),
               "signed_on": each.signed_on, "period_end": ends, "scope": scope}  # fmt: skip
        rows.append({name: value for name, value in row.items() if value not in (None, "")})
    found.give("guarantees", {"guarantees": rows, "guarantees_have": True if rows else None})


def find_costs(record: CaseRecord, language: str, sum_cost: Decimal, found: Found) -> None:
    """The costs that are claimed, which must be what the account owes as costs."""
    rows: list[dict[str, Any]] = []
    claimed = [each for each in record.costs if each.claimed and each.kind not in COURTS_OWN]
    for each in claimed:
        told = record.opened_json(each.told)
        what = str(told.get("what") or told.get("for") or said(COSTS, language, each.kind))[:80]
        row = {
            "what": what,
            "amount": write_amount(each.amount, each.currency),
            "proof": str(told.get("proof", ""))[:120],
        }
        rows.append({name: value for name, value in row.items() if value})
    found.give("costs", {"costs": rows, "costs_asked": True if rows else None})
    if rows and (
        total(each.amount for each in claimed) != sum_cost
        or any(each.currency != record.account.currency for each in claimed)
    ):
        found.lack(
            "costs",
            "the costs that are claimed are not what the account owes as costs on the cut-off day",
            "Let the lender book them on the account, or enter the costs anew",
            "lender",
        )


def _day(told: object) -> date | None:
    if isinstance(told, date):
        return told
    try:
        return date.fromisoformat(str(told))
    except ValueError:
        return None
