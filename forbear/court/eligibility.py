"""Checks without which a case does not go on: each with a verdict, its reason, a remedy and who can supply it.

A check reads the case's life and its clocks alone. What a paper itself asks for is checked with the packet.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Final

from forbear.contracts.case_words import ClockKind
from forbear.court.decision import Clock
from forbear.court.ground import Ground
from forbear.court.limitation import effect
from forbear.court.notice_clocks import LETTER, before_issue
from forbear.court.path import Supplier
from forbear.court.standing import claim_since

COLLECTORS: Final = frozenset({"third_party_collector", "debt_buyer", "licensed_agency"})
SUBJECTS: Final = frozenset({"respondent_persons", "respondent_organisations"})
CONTESTED: Final = frozenset({"dispute"})
BARRED: Final = frozenset({"barred", "extinguished"})


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a check found. `passed` is None where what it would need to know was not told; then it does not pass."""

    check: str
    passed: bool | None
    reason: str
    remedy: str = ""
    supplier: Supplier = "legal"


@dataclass(frozen=True, slots=True)
class Asked:
    """A case and its clocks on a day."""

    ground: Ground
    clocks: tuple[Clock, ...]

    def of(self, kind: ClockKind) -> tuple[Clock, ...]:
        """Its clocks of a kind that were not void."""
        return tuple(each for each in self.clocks if each.kind == kind and each.state != "void")


Check = Callable[[Asked], Verdict]


def _passed(name: str, reason: str) -> Verdict:
    return Verdict(name, passed=True, reason=reason)


def _failed(name: str, reason: str, remedy: str) -> Verdict:
    return Verdict(name, passed=False, reason=reason, remedy=remedy)


def check(name: str, asked: Asked) -> Verdict:
    """What one check finds."""
    return CHECKED[name](asked)


def check_all(names: Sequence[str], asked: Asked) -> tuple[Verdict, ...]:
    """What each of these checks finds."""
    return tuple(CHECKED[name](asked) for name in names)


def least_amount(ground: Ground) -> Decimal:
    """Below which nobody sues: the lender's own threshold, else that of the path."""
    told = ground.policy("least_amount")
    try:
        return Decimal(told) if told else ground.path.least_amount
    except InvalidOperation:
        return ground.path.least_amount


def _amount(asked: Asked) -> Verdict:
    least = least_amount(asked.ground)
    passed = asked.ground.life.balance >= max(least, Decimal("0.01"))
    reason = "the amount owed is at least what a case is worth" if passed else f"less is owed than the least of {least}"
    return Verdict("amount", passed, reason, "Lower the lender's threshold, or close the case", "lender")


def _limitation(asked: Asked) -> Verdict:
    """Not run out; or run out where that is a defence alone, and a person went on knowing it."""
    claims = [each for each in asked.of("limitation") if not each.subject]
    if not claims:
        remedy = "Tell `taken_up` with `limitation_ends`, the last day that a lawyer found"
        return Verdict("limitation", None, "no rule here says how long the claim may be brought at that place", remedy)
    clock = claims[0]
    if clock.state in {"met", "running"}:
        return _passed("limitation", f"the limitation has not run out; its last day is {clock.last}")
    if effect(asked.ground) not in BARRED and _despite(asked):
        return _passed("limitation", f"the limitation ran out on {clock.last}; a person decided to go on knowing it")
    remedy = "Prove an event that began it anew, tell what suspended it, or close the case"
    if effect(asked.ground) not in BARRED:
        remedy += "; or tell `taken_up` with `despite_limitation`"
    return _failed("limitation", f"the limitation ran out on {clock.last}", remedy)


def _despite(asked: Asked) -> bool:
    return any(each.details.get("despite_limitation") == "yes" for each in asked.ground.facts("taken_up"))


def _suit_in_time(asked: Asked) -> Verdict:
    """Collectors and debt buyers may not sue at all once it has run out, whatever a person decides."""
    lapsed = any(each.state == "lapsed" and not each.subject for each in asked.of("limitation"))
    where = {place.partition("-")[0] for place in asked.ground.life.jurisdictions}
    if asked.ground.life.lender_role in COLLECTORS and where & {"US"} and lapsed:
        reason = "a collector or debt buyer may not sue, nor threaten to, once the limitation has run out"
        return _failed("suit_in_time", reason, "Close the case: no decision of ours changes it")
    return _passed("suit_in_time", "no rule forbids this claimant to sue")


def _guarantors_in_time(asked: Asked) -> Verdict:
    """A guarantor whose period lapsed is left out; the case goes on against the others."""
    lapsed = sum(each.state == "lapsed" for each in asked.of("guarantee"))
    if lapsed:
        reason = f"the period of {lapsed} guarantee(s) ran out: leave those guarantors out of the claim"
        return _passed("guarantors_in_time", reason)
    return _passed("guarantors_in_time", "no guarantee's period ran out")


def _respondent(asked: Asked) -> Verdict:
    """People's mediation, first condition: who the other side is."""
    life = asked.ground.life
    known = bool(asked.ground.persons()) and (
        "identity_respondent" in life.slots_filled or bool(SUBJECTS & life.fields_told)
    )
    remedy = "File a copy of the respondent's identity, or tell the respondent's particulars"
    reason = "the respondent is named and can be identified" if known else "nothing identifies the respondent"
    return Verdict("mediation_respondent", known, reason, remedy, "lender")


def _request(asked: Asked) -> Verdict:
    passed = asked.ground.life.balance > 0
    reason = "the request is a sum, by component" if passed else "there is no sum to ask for"
    return Verdict("mediation_request", passed, reason, "Correct the balance", "ledger")


def _grounds(asked: Asked) -> Verdict:
    passed = bool({"contract", "guarantee_contract"} & asked.ground.life.slots_filled)
    reason = "the contract shows facts and grounds" if passed else "no contract shows facts and grounds"
    return Verdict("mediation_grounds", passed, reason, "File the loan contract or the guarantee agreement", "lender")


def _acceptable(asked: Asked) -> Verdict:
    """Committees take no dispute that a court has, nor one whose other side refused."""
    ground = asked.ground
    refused = any(each.details.get("by") in {"body", "respondent"} for each in ground.facts("mediation_declined"))
    if claim_since(ground) is not None or ground.last("judged", "order_issued") is not None:
        return _failed("mediation_acceptable", "a court has the matter already", "Go on with the court's case")
    if refused:
        return _failed("mediation_acceptable", "mediation was refused", "Tell `taken_up`: suit or payment order")
    return _passed("mediation_acceptable", "a committee may take the dispute")


def _order_due(asked: Asked) -> Verdict:
    """A payment order is for money, due, of a certain sum."""
    ground, life = asked.ground, asked.ground.life
    called = ground.served(["cn.notice.acceleration"], ground.persons())
    whole = life.instalment_due is None or life.instalment_due < ground.today or any(each.proven for each in called)
    passed = life.balance > 0 and life.due_since < ground.today and whole
    reason = "a certain sum of money is due" if passed else "not all that is owed is due yet"
    return Verdict("order_due", passed, reason, "Serve the notice that calls the whole due, or sue for what is due")


def _order_uncontested(asked: Asked) -> Verdict:
    ground = asked.ground
    contested = any(each.kind in CONTESTED for each in ground.life.stops)
    objected = ground.last("order_objected", "mediation_declined") is not None
    passed = not contested and not objected
    reason = "nobody contests the debt" if passed else "the debt is contested: an objection would end the order"
    return Verdict("order_uncontested", passed, reason, "Sue instead: tell `taken_up` with suit")


def _order_deliverable(asked: Asked) -> Verdict:
    """The debtor is in the country, is not missing, and something reached him."""
    ground = asked.ground
    if ground.events("debtor_unreachable"):
        reason = "the debtor cannot be reached: an order could not be served"
        return _failed("order_deliverable", reason, "Sue instead: tell `taken_up` with suit")
    rule = ground.path.clocks.get("limitation")
    papers = () if rule is None else rule.papers
    reached = any(each.proven for each in ground.served(papers, ground.persons()))
    recourse = ground.life.kind == "recourse"
    reason = "papers reach the debtor" if reached or recourse else "nothing shows that papers reach the debtor"
    return Verdict(
        "order_deliverable", reached or recourse, reason, "Enter the proof of a notice that reached the debtor"
    )


def _order_no_preservation(asked: Asked) -> Verdict:
    before = [
        each for each in asked.ground.facts("preservation_applied") if each.details.get("stage") != "in_enforcement"
    ]
    reason = "property was preserved before the suit" if before else "no preservation was applied for"
    return Verdict("order_no_preservation", not before, reason, "Sue instead: tell `taken_up` with suit")


def _pap_reply(asked: Asked) -> Verdict:
    """The protocol before a claim: documents sent that were asked for, and a last notice after a fruitless reply."""
    ground = asked.ground
    replies = [each for each in ground.facts("answered") if each.details.get("to") == LETTER]
    if not replies:
        return _passed("pap_reply", "no reply to the letter of claim was told")
    last = replies[-1]
    asks = any(each.details.get("documents") == "asked" for each in replies)
    if (
        asks
        and not any(each.details.get("documents_sent_on") for each in replies)
        and not ground.events("documents_sent")
    ):
        reason = "the debtor asked for documents, which were not sent"
        return _failed("pap_reply", reason, "Send them, and tell `answered` with `documents_sent_on`")
    if last.details.get("agreement") == "reached":
        return _failed("pap_reply", "the reply led to an agreement", "Tell `settled`, or the breach of it")
    if not before_issue(ground, last.on):
        reason = "there was a reply without agreement, and no notice before issue"
        return _failed("pap_reply", reason, "Send the notice and tell `notice_served`: gb.notice.before_issue")
    return _passed("pap_reply", "what the protocol asks after a reply was done")


CHECKED: Final[Mapping[str, Check]] = {
    "amount": _amount,
    "limitation": _limitation,
    "suit_in_time": _suit_in_time,
    "guarantors_in_time": _guarantors_in_time,
    "mediation_respondent": _respondent,
    "mediation_request": _request,
    "mediation_grounds": _grounds,
    "mediation_acceptable": _acceptable,
    "order_due": _order_due,
    "order_uncontested": _order_uncontested,
    "order_deliverable": _order_deliverable,
    "order_no_preservation": _order_no_preservation,
    "pap_reply": _pap_reply,
}
