"""What the case itself says on its papers: its number at the court, its cause, its mediation, answers, notices of law.

Days and choices come from the facts of the case and from the register of service; what a person told of the case for
the same field goes before them only where the record is not the one to say it.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from sqlalchemy import or_, select

from forbear.casework.found import Found
from forbear.casework.profile_file import PacketProfile
from forbear.casework.record import CaseRecord
from forbear.casework.words import METHODS, said
from forbear.documents.wording import reference
from forbear.ledger.days import local, zone_of
from forbear.ledger.tables.accounts import Stop
from forbear.ledger.tables.cases import CaseService

GROUP: Final = "case"
FINANCIAL: Final = frozenset({"bank", "consumer_finance_company", "microfinance"})
LETTER_OF_CLAIM: Final = "gb.letter.claim"
DEFAULT_NOTICE: Final = "gb.notice.default"
NUMBERED: Final = ("filing_accepted", "order_issued", "confirmed", "judged", "appealed", "enforcement_applied")
STATED: Final = "us.statement.account_stated"


def claim_of(record: CaseRecord) -> str:
    """The kind of claim: `loan`, `card`, `private`, or `recourse` of a guarantor who paid."""
    if record.case.creditor is not None:
        return "recourse"
    if record.account.debt_kind == "credit_card":
        return "card"
    return "loan" if record.lender.kind in FINANCIAL else "private"


def find_matters(record: CaseRecord, profile: PacketProfile, found: Found) -> None:
    """Give what the case says."""
    agreed = record.fact("mediation_agreed")
    values: dict[str, Any] = {
        "case_ref": reference(record.case.id),
        "case_no": _number(record),
        "cause": profile.causes.get(claim_of(record)),
    }
    if agreed is not None:
        told = record.opened_json(agreed.told)
        values |= {
            "agreement_day": agreed.on_day,
            "agreement_no": told.get("case_no"),
            "effective_on": agreed.details.get("effective_on") or agreed.on_day,
            "apply_by": record.last_day("judicial_confirmation", agreed.id) or record.last_day("judicial_confirmation"),
        }
    taken = record.fact("mediation_accepted", "mediation_applied")
    if taken is not None:
        values["mediating_body"] = record.opened_json(taken.told).get("body")
    found.give(GROUP, values)
    _filed(record, found)


def _number(record: CaseRecord) -> str:
    """The number that a court gave the case, as it was told last."""
    rows = sorted((each for each in record.facts if each.kind in NUMBERED), key=lambda each: (each.on_day, each.number))
    numbers = [str(record.opened_json(each.told).get("case_no") or each.details.get("case_no") or "") for each in rows]
    return next((each for each in reversed(numbers) if each), "")


def _filed(record: CaseRecord, found: Found) -> None:
    """What the court was handed and when: for papers that come after it."""
    filed, judged, served = record.fact("filed"), record.fact("judged"), record.fact("served")
    days = {"filed_on": filed, "judged_on": judged, "service_day": served}
    found.give(GROUP, {name: fact.on_day for name, fact in days.items() if fact is not None})


def find_notices_of_law(record: CaseRecord, language: str, found: Found) -> None:
    """Days of letters of claim, default notices and account statements, from the register of service."""
    values: dict[str, Any] = {}
    if claim := _latest(record, LETTER_OF_CLAIM):
        values["letter_of_claim_on"] = claim.sent_on or claim.reached_on
    answer = next((each for each in reversed(record.facts) if each.kind == "answered"
                   and each.details.get("to") == "letter_of_claim"), None)  # fmt: skip
    if claim or answer:
        values |= _reply(answer)
    if default := _latest(record, DEFAULT_NOTICE):
        values |= {"default_notice_on": default.sent_on, "default_notice_served": default.reached_on}
    if stated := _latest(record, STATED):
        values |= {
            "sent_on": stated.sent_on,
            "sent_how": said(METHODS, language, stated.method),
            "sent_to": _address(record, stated),
        } | _objections(record, stated)
    found.give("notices", values)


def _objections(record: CaseRecord, stated: CaseService) -> dict[str, Any]:
    """Whether anybody disputed the account since the statement went, as far as the record knows."""
    disputes = record.session.scalars(
        select(Stop.at)
        .where(
            Stop.kind == "dispute",
            Stop.lender == record.account.lender,
            or_(Stop.account == record.account.id, Stop.account.is_(None)),
            Stop.person.in_([each.person for each in record.people]),
        )
        .order_by(Stop.at)
    ).all()
    zone = zone_of(record.session, record.account.id)
    sent = stated.sent_on or stated.reached_on or date.max
    return {"objected": any(local(at, zone) >= sent for at in disputes)}


def _reply(answer: Any) -> dict[str, Any]:
    """Whether the letter of claim was answered, in the words of the particulars."""
    if answer is None:
        return {"reply": "no_reply"}
    agreement = answer.details.get("agreement")
    return {"reply": "reply_no_agreement" if agreement != "reached" else None, "reply_on": answer.on_day}


def _latest(record: CaseRecord, paper: str) -> CaseService | None:
    rows = [each for each in record.services if each.paper == paper and each.result != "failed"]
    return max(rows, key=lambda each: (each.sent_on or each.reached_on or date.min, each.id), default=None)


def _address(record: CaseRecord, service: CaseService) -> str:
    """To which address a piece went, where its carrier's record says so, else that of the account."""
    from forbear.casework.parties import written

    told: Mapping[str, Any] = record.opened_json(service.tracking)
    who = record.somebody(service.person)
    return str(told.get("place") or (written(who.address) if who else ""))[:200]
