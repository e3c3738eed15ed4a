"""Forms for what stands beside the facts of a case: who is named for it, guarantees, and costs."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final, cast, get_args

from fastapi import APIRouter
from fastapi.responses import Response
from sqlalchemy.orm import Session

from forbear.api.staff.cases_at import ROOT, CaseDesk, Input, Legal, TheCases, plain
from forbear.api.staff.cases_facts import stale, version
from forbear.api.staff.cases_people import people_of
from forbear.api.staff.cases_values import amount, day
from forbear.api.staff.rendering import see_other
from forbear.api.staff.session import Fields
from forbear.api.staff.staff_route import StaffRoute
from forbear.contracts.case_words import GuaranteeKind
from forbear.errors import BadInput, NotFound
from forbear.ledger import staffing
from forbear.ledger.cases import acts, opening, rows
from forbear.ledger.cases.costs import COST_KINDS, take_back_cost, tell_cost
from forbear.ledger.cases.guarantees import ROLES, GuaranteeTold, tell_guarantee
from forbear.ledger.days import local, zone_of
from forbear.ledger.tables.accounts import LegalCase

router = APIRouter(prefix=f"{ROOT}/{{case_id}}", route_class=StaffRoute, include_in_schema=False)
GUARANTEE_KINDS: Final[tuple[str, ...]] = get_args(GuaranteeKind)
MOST_TEXT: Final = 300


@router.get("/assign")
def ask_assign(case_id: str, staff: Legal, desk: TheCases) -> Response:
    with desk.case(staff, case_id) as (session, case):
        return _assign_page(desk, session, case, case.assignee or "", {})


@router.post("/assign")
def assign(case_id: str, staff: Legal, fields: Fields, desk: TheCases) -> Response:
    """Name whoever sees to the case, or nobody."""
    chosen = str(fields.get("assignee", ""))
    with desk.case(staff, case_id) as (session, case):
        if chosen and chosen not in dict(_workers(desk, session)):
            errors = {"assignee": desk.words("case_wrong.missing", label=desk.words("case_form.assignee"))}
            return _assign_page(desk, session, case, "", errors)
        opening.assign(session, case.id, chosen or None, staff=staff.id, now=desk.now())
    return see_other(f"{ROOT}/{case_id}")


@router.get("/guarantee")
def ask_guarantee(case_id: str, staff: Legal, desk: TheCases) -> Response:
    with desk.case(staff, case_id) as (session, case):
        return _guarantee_page(desk, session, acts.is_open(case), {}, {})


@router.post("/guarantee")
def guarantee(case_id: str, staff: Legal, fields: Fields, desk: TheCases) -> Response:
    """A guarantee, or its correction: the later one holds."""
    typed = plain(dict(fields))
    with desk.case(staff, case_id) as (session, case):
        acts.is_open(case)
        told, errors = _guarantee(desk, session, case, typed)
        if told is not None:
            try:
                tell_guarantee(desk.ledger, session, case.account, told, staff=staff.id, now=desk.now())
                return see_other(f"{ROOT}/{case_id}#guarantees")
            except BadInput as refused:
                errors[refused.field] = desk.words("case_wrong.contradicts")
            except NotFound:
                errors["person"] = desk.words("case_wrong.no_guarantor")
        return _guarantee_page(desk, session, case, typed, errors)


@router.get("/cost")
def ask_cost(case_id: str, staff: Legal, desk: TheCases) -> Response:
    with desk.case(staff, case_id) as (session, case):
        return _cost_page(desk, session, case, {}, {})


@router.post("/cost")
def cost(case_id: str, staff: Legal, fields: Fields, desk: TheCases) -> Response:
    """Money that was spent on the case."""
    typed, words = plain(dict(fields)), desk.words
    with desk.case(staff, case_id) as (session, case):
        spent, on = amount(typed.get("amount", "")), day(typed.get("on", ""))
        errors = stale(desk, case, typed)
        if typed.get("kind") not in COST_KINDS:
            errors["kind"] = words("case_wrong.missing", label=words("case_form.cost_kind"))
        if spent is None or spent <= 0:
            errors["amount"] = words("case_wrong.money", label=words("case_form.amount"))
        if on is None:
            errors["on"] = words("case_wrong.date", label=words("case_form.paid_on"))
        if spent is not None and on is not None and not errors:
            refused = _tell_cost(desk, session, case, typed, spent, on, staff.id)
            if refused is None:
                return see_other(f"{ROOT}/{case_id}#costs")
            errors = _refused_cost(desk, refused)
        return _cost_page(desk, session, case, typed, errors)


@router.post("/costs/{cost_id}/take-back")
def take_cost_back(case_id: str, cost_id: str, staff: Legal, fields: Fields, desk: TheCases) -> Response:
    del fields
    with desk.case(staff, case_id) as (session, case):
        if all(each.id != cost_id for each in rows.costs(session, case.id)):
            raise NotFound("no such cost of this case")
        take_back_cost(session, cost_id, staff=staff.id, now=desk.now())
    return see_other(f"{ROOT}/{case_id}#costs")


def _workers(desk: CaseDesk, session: Session) -> tuple[tuple[str, str], ...]:
    """Whoever may be named for a case."""
    members = staffing.members(session, desk.ledger.vault)
    return tuple((each.id, each.name) for each in members if not each.disabled and each.roles & {"legal", "lawyer"})


def _assign_page(desk: CaseDesk, session: Session, case: LegalCase, chosen: str, errors: dict[str, str]) -> Response:
    options = (("", desk.words("case_page.nobody")), *_workers(desk, session))
    label = desk.words("case_form.assignee")
    inputs = [Input("assignee", "select", label, desk.words("case_form.assignee_hint"), options, chosen)]
    return desk.form(case, desk.words("case_do.assign"), "assign", inputs, desk.words("case_form.save"), errors=errors)


def _guarantee(
    desk: CaseDesk, session: Session, case: LegalCase, typed: Mapping[str, str]
) -> tuple[GuaranteeTold | None, dict[str, str]]:
    words, errors = desk.words, stale(desk, case, typed)
    days = {name: day(typed.get(name, "")) for name in ("signed_on", "main_due_on", "agreed_end")}
    for name, found in days.items():
        if found is None and (name != "agreed_end" or typed.get(name)):
            errors[name] = words("case_wrong.date", label=words(f"case_form.{name}"))
    roles = {each.person: each.role for each in people_of(desk, session, case)}
    role = roles.get(typed.get("person", ""), "")
    if role not in ROLES.values():
        errors["person"] = words("case_wrong.no_guarantor")
    if typed.get("kind") not in GUARANTEE_KINDS:
        errors["kind"] = words("case_wrong.missing", label=words("case_form.guarantee_kind"))
    months, most = typed.get("agreed_months", ""), amount(typed.get("most", ""))
    if months and not months.isdecimal():
        errors["agreed_months"] = words("case_wrong.integer", label=words("case_form.agreed_months"))
    if typed.get("most") and most is None:
        errors["most"] = words("case_wrong.money", label=words("case_form.most"))
    signed, due = days["signed_on"], days["main_due_on"]
    if errors or signed is None or due is None:
        return None, errors
    told = GuaranteeTold(
        person=typed["person"],
        kind=cast("GuaranteeKind", typed["kind"]),
        signed_on=signed,
        main_due_on=due,
        contract_no=typed.get("contract_no", ""),
        agreed_end=days["agreed_end"],
        agreed_months=int(months) if months else None,
        counter=role == ROLES[True],
        most=most,
    )
    return told, errors


def _guarantee_page(
    desk: CaseDesk, session: Session, case: LegalCase, typed: Mapping[str, str], errors: dict[str, str]
) -> Response:
    words = desk.words
    who = tuple((each.person, each.said) for each in people_of(desk, session, case) if each.role in ROLES.values())
    options = (("", words("case_form.choose")), *who)

    def text(name: str, kind: str = "text", hint: str = "") -> Input:
        label = words(f"case_form.{name}")
        return Input(name, kind, label, words(hint) if hint else "", value=typed.get(name, ""), most=60)

    inputs = [
        version(case),
        Input("person", "select", words("case_form.guarantor"), options=options, value=typed.get("person", "")),
        Input("kind", "radio", words("case_form.guarantee_kind"), value=typed.get("kind", ""),
              options=desk.options("case_guarantee", GUARANTEE_KINDS)),
        text("contract_no"),
        text("signed_on", "date"),
        text("main_due_on", "date"),
        text("agreed_end", "date", "case_form.period_hint"),
        text("agreed_months"),
        text("most", hint="case_form.most_hint"),
    ]  # fmt: skip
    lead = [words("case_form.guarantee_lead" if who else "case_form.nobody_guarantees")]
    errors = _first(errors, "person")
    return desk.form(
        case, words("case_do.guarantee"), "guarantee", inputs, words("case_form.save"), lead=lead, errors=errors
    )


def _tell_cost(  # noqa: PLR0917  a page is all of these
    desk: CaseDesk, session: Session, case: LegalCase, typed: Mapping[str, str], spent: Decimal, on: date, staff: str
) -> BadInput | None:
    told = {name: typed[name] for name in ("what", "proof") if typed.get(name)}
    try:
        tell_cost(
            desk.ledger, session, case.id, typed["kind"], spent,
            on=on, claimed=typed.get("claimed") == "yes", told=told, staff=staff, now=desk.now(),
        )  # fmt: skip
    except BadInput as refused:
        return refused
    return None


def _refused_cost(desk: CaseDesk, refused: BadInput) -> dict[str, str]:
    words = desk.words
    if refused.field == "on":
        return {"on": words("case_wrong.future", label=words("case_form.paid_on"))}
    if refused.field == "amount":
        return {"amount": words("case_wrong.money", label=words("case_form.amount"))}
    return {"what": words("case_wrong.text", label=words("case_form.what"))}


def _cost_page(
    desk: CaseDesk, session: Session, case: LegalCase, typed: Mapping[str, str], errors: dict[str, str]
) -> Response:
    words = desk.words
    today = local(desk.now(), zone_of(session, case.account)).isoformat()
    kinds = (("", words("case_form.choose")), *desk.options("case_cost", COST_KINDS))
    inputs = [
        version(case),
        Input("kind", "select", words("case_form.cost_kind"), options=kinds, value=typed.get("kind", "")),
        Input(
            "amount", "text", words("case_form.amount"), words("case_form.money_hint"), value=typed.get("amount", "")
        ),
        Input("on", "date", words("case_form.paid_on"), value=typed.get("on") or today),
        Input("claimed", "tick", words("case_form.claimed"), value=typed.get("claimed", "")),
        Input("what", "text", words("case_form.what"), value=typed.get("what", ""), most=MOST_TEXT),
        Input("proof", "text", words("case_form.proof"), value=typed.get("proof", ""), most=MOST_TEXT),
    ]
    errors = _first(errors, "kind")
    return desk.form(case, words("case_do.cost"), "cost", inputs, words("case_form.save"), errors=errors)


def _first(errors: Mapping[str, str], name: str) -> dict[str, str]:
    """What is wrong with the page as a whole stands with the first thing that it asks."""
    found: dict[str, Any] = dict(errors)
    if "version" in found:
        found = {name: found.pop("version"), **found}
    return found
