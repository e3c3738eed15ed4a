"""What the papers of a packet lack, told once each: the field, in which papers, what to do, and who can."""

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from forbear.casework.papers import PaperMade
from forbear.documents.filling import Flaw
from forbear.errors import Missing

LEGAL: Final = "legal"
OF_THE_RECORD: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "segments": ("lender", "Let the lender tell the account's terms, by which interest grows"),
        "per_diem": ("lender", "Let the lender tell the account's terms, by which interest grows"),
        "per_diem_exact": ("lender", "Let the lender tell the account's terms, by which interest grows"),
        "capped": ("lender", "Let the lender tell the account's terms, by which interest grows"),
        "paid_principal": ("lender", "Let the lender tell principal_advanced of the account"),
        "paid_interest": ("lender", "Let the lender tell interest_paid_before of the account, 0.00 if none was paid"),
        "paid_total": ("lender", "Let the lender tell paid_before of the account, 0.00 if nothing was paid"),
        "last_paid_on": ("lender", "Let the lender tell last_paid_before_on of the account"),
        "last_paid": ("lender", "Let the lender tell last_paid_before of the account"),
        "never_paid": ("lender", "Let the lender tell principal_advanced and interest_paid_before of the account"),
        "limitation_ends_on": ("ledger", "Let the case decide once: its clocks are reckoned then"),
        "opened_log": ("legal", "Open an earlier packet of the case, so that the record knows who looked"),
        "letter_of_claim_on": ("legal", "Enter the service of the letter of claim: forbear case service"),
        "reply": ("legal", "Enter the service of the letter of claim, and what was answered"),
        "default_notice_on": ("legal", "Enter the service of the default notice: forbear case service"),
        "default_notice_served": ("legal", "Enter the service of the default notice: forbear case service"),
        "sent_on": ("legal", "Enter the service of the statement of account: forbear case service"),
        "sent_to": ("legal", "Enter the service of the statement of account: forbear case service"),
        "sent_how": ("legal", "Enter the service of the statement of account: forbear case service"),
        "objected": ("legal", "Enter the service of the statement of account: forbear case service"),
        "service_day": ("legal", "Tell on which day the claim was served: forbear case tell CASE served"),
        "paid_on": ("legal", "The account is not paid in full: choose another reason"),
        "paid_in_full_on": ("legal", "The account is not paid in full: choose another reason"),
        "notices": ("legal", "Enter the service of the notices: forbear case service"),
        "evidence": ("legal", "Upload the exhibits: forbear case file add"),
    }
)
"""Of fields that the record supplies: who can make it know them, and how."""
TYPED: Final = MappingProxyType(
    {
        "lender": "the lender tells it of its account",
        "claimant": "the claimant says it in person",
        "court": "the court says it",
        LEGAL: "tell it of the case: forbear case fields",
    }
)


def lacking(papers: Sequence[PaperMade]) -> Iterator[Missing]:
    """Every flaw once, with the keys of all papers that have it."""
    keys: dict[tuple[str, str], list[str]] = {}
    first: dict[tuple[str, str], tuple[Flaw, PaperMade]] = {}
    for each in papers:
        for flaw in each.flaws:
            key = flaw.field, flaw.problem
            keys.setdefault(key, []).append(each.wanted.key)
            first.setdefault(key, (flaw, each))
    for (name, problem), of in keys.items():
        flaw, paper = first[name, problem]
        field = paper.kind.fields.get(name.partition(".")[0])
        supplier = field.supplier if field else LEGAL
        remedy = f"{flaw.remedy}: {TYPED[supplier]}" if supplier in TYPED else flaw.remedy
        if supplier == "ledger":
            supplier, remedy = OF_THE_RECORD.get(name.partition(".")[0], ("ledger", "The record supplies it"))
        yield Missing(
            f"field:{name}", f"{problem} ({', '.join(of)})", remedy, supplier, field.called() if field else ""
        )
