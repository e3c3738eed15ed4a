"""Forms by which people tell what happened in a case, take it back, take a case up, close it and open it again."""

from collections.abc import Iterator, Mapping
from typing import Final, cast

from fastapi import APIRouter
from fastapi.responses import Response
from sqlalchemy.orm import Session

from forbear.api.staff.cases_at import ROOT, CaseDesk, Input, Legal, TheCases, plain, reference
from forbear.api.staff.cases_people import people_of
from forbear.api.staff.cases_values import asked, day, read, wrong
from forbear.api.staff.rendering import render, see_other
from forbear.api.staff.session import Fields
from forbear.api.staff.staff_route import StaffRoute
from forbear.contracts.case_words import FactKind
from forbear.court.facts import FACT_KINDS, form, forms
from forbear.court.path import Stage
from forbear.court.paths import load_all, path_for
from forbear.errors import BadInput, Conflict, NotFound
from forbear.ledger.cases import acts, facts, opening, rows
from forbear.ledger.days import local, zone_of
from forbear.ledger.tables.accounts import Account, LegalCase

router = APIRouter(prefix=f"{ROOT}/{{case_id}}", route_class=StaffRoute, include_in_schema=False)
BY_ACTS: Final = facts.BY_ACTS
TOLD_HERE: Final = tuple(kind for kind in FACT_KINDS if kind not in BY_ACTS)
ALWAYS: Final[tuple[FactKind, ...]] = ("settled", "acknowledged", "paid_on_behalf", "limitation_suspended")
"""What may happen at any stage of any path."""


def fitting(case: LegalCase) -> tuple[FactKind, ...]:
    """The facts that make sense where a case stands: what leads on from its stage, and what may happen anywhere."""
    path = load_all().get(case.path or "")
    stage = path.stage(case.stage) if path else None
    return tuple(dict.fromkeys((*_leading(stage), *ALWAYS))) if stage else ("taken_up", *ALWAYS)


def _leading(stage: Stage) -> Iterator[FactKind]:
    told = [each for way in stage.next for each in way.on]
    told += [each for packet in stage.packets for each in packet.filed_by]
    for each in (*told, *stage.needs.facts):
        yield each.kind
    if stage.withdrawal:
        yield "withdrawn"


@router.get("/tell")
def choose_fact(case_id: str, staff: Legal, desk: TheCases) -> Response:
    """What can be told, first what fits the stage."""
    with desk.case(staff, case_id) as (_, case):
        now = fitting(case)
        later = sorted((each for each in TOLD_HERE if each not in now), key=lambda each: desk.named("case_fact", each))
        links = [
            [(f"{ROOT}/{case.id}/tell/{each}", desk.named("case_fact", each)) for each in part] for part in (now, later)
        ]
        return render(
            desk.request, "cases/tell.html", now=links[0], later=links[1], back=f"{ROOT}/{case.id}",
            reference=reference(case.id),
        )  # fmt: skip


@router.get("/tell/{kind}")
def ask_fact(case_id: str, kind: str, staff: Legal, desk: TheCases) -> Response:
    with desk.case(staff, case_id) as (session, case):
        return _fact_page(desk, session, case, _known(kind), dict(desk.request.query_params), {})


@router.post("/tell/{kind}")
def tell_fact(case_id: str, kind: str, staff: Legal, fields: Fields, desk: TheCases) -> Response:
    """Tell a fact; the form comes back with what is wrong in it."""
    typed, fact = plain(dict(fields)), _known(kind)
    with desk.case(staff, case_id) as (session, case):
        told, person = read(fact, typed), typed.get("person") or None
        errors = wrong(desk, fact, told, person=person is not None)
        on = day(typed.get("on", ""))
        errors |= {} if on else {"on": desk.words("case_wrong.date", label=desk.words("case_form.on"))}
        errors |= stale(desk, case, typed)
        if on and not errors:
            try:
                facts.tell_fact(
                    desk.ledger, session, case.id, fact, on,
                    person=person, values=told, staff=staff.id, now=desk.now(),
                )  # fmt: skip
                return see_other(f"{ROOT}/{case.id}#history")
            except BadInput as refused:
                errors[refused.field] = desk.words(
                    "case_wrong.future" if refused.field == "on" else "case_wrong.text",
                    label=desk.words("case_form.on") if refused.field == "on" else refused.field,
                )
        return _fact_page(desk, session, case, fact, typed, errors)


@router.post("/facts/{fact}/take-back")
def take_back(case_id: str, fact: str, staff: Legal, fields: Fields, desk: TheCases) -> Response:
    """Say that a fact was entered wrong."""
    del fields
    with desk.case(staff, case_id) as (session, case):
        if all(each.id != fact for each in rows.facts(session, case.id)):
            raise NotFound("no such fact of this case")
        facts.take_back(session, fact, staff=staff.id, now=desk.now())
    return see_other(f"{ROOT}/{case_id}#history")


@router.get("/take-up")
def ask_take_up(case_id: str, staff: Legal, desk: TheCases) -> Response:
    with desk.case(staff, case_id) as (session, case):
        return _take_up_page(desk, session, case, {}, {})


@router.post("/take-up")
def take_up(case_id: str, staff: Legal, fields: Fields, desk: TheCases) -> Response:
    """Set a review on a path, as a suit or a mediation."""
    typed = plain(dict(fields))
    with desk.case(staff, case_id) as (session, case):
        errors = {
            name: desk.words("case_wrong.missing", label=desk.words(f"case_form.{name}"))
            for name, known in (("path", load_all()), ("kind", _kinds(typed.get("path", ""))))
            if typed.get(name) not in known
        }
        if errors:
            return _take_up_page(desk, session, case, typed, errors)
        opening.take_up(session, case.id, typed["path"], kind=typed["kind"], staff=staff.id, now=desk.now())
    return see_other(f"{ROOT}/{case_id}")


@router.get("/close")
def ask_close(case_id: str, staff: Legal, desk: TheCases) -> Response:
    with desk.case(staff, case_id) as (_, case):
        return _close_page(desk, case, {}, {})


@router.post("/close")
def close(case_id: str, staff: Legal, fields: Fields, desk: TheCases) -> Response:
    """End a case, with outcome and reason."""
    typed = plain(dict(fields))
    with desk.case(staff, case_id) as (session, case):
        told = {name: typed[name] for name in ("outcome", "reason") if typed.get(name)}
        errors = wrong(desk, "closed_by_staff", told, person=True) | stale(desk, case, typed)
        if errors:
            return _close_page(desk, case, typed, errors)
        opening.close_by_staff(
            desk.ledger, session, case.id, told["outcome"], told["reason"], staff=staff.id, now=desk.now()
        )
    return see_other(f"{ROOT}/{case_id}")


@router.get("/reopen")
def ask_reopen(case_id: str, staff: Legal, desk: TheCases) -> Response:
    with desk.case(staff, case_id) as (_, case):
        return _reopen_page(desk, case, {}, {})


@router.post("/reopen")
def reopen(case_id: str, staff: Legal, fields: Fields, desk: TheCases) -> Response:
    """Open a closed case again, with the reason."""
    typed = plain(dict(fields))
    with desk.case(staff, case_id) as (session, case):
        told = {"reason": typed["reason"]} if typed.get("reason") else {}
        errors = wrong(desk, "reopened", told, person=True)
        if errors:
            return _reopen_page(desk, case, typed, errors)
        opening.reopen(desk.ledger, session, case.id, told["reason"], staff=staff.id, now=desk.now())
    return see_other(f"{ROOT}/{case_id}")


def stale(desk: CaseDesk, case: LegalCase, typed: Mapping[str, str]) -> dict[str, str]:
    """What to say where something was told of the case since the form was opened: a second press, or a colleague."""
    same = typed.get("version") == str(case.version)
    return {} if same else {"version": desk.words("case_wrong.stale")}


def version(case: LegalCase) -> Input:
    """What a form bears of the case as its page was made."""
    return Input("version", "hidden", "", value=str(case.version))


def _known(kind: str) -> FactKind:
    if kind not in TOLD_HERE:
        raise NotFound("no such kind of fact is told here")
    return cast("FactKind", kind)


def _fact_page(  # noqa: PLR0917  a page is all of these
    desk: CaseDesk, session: Session, case: LegalCase, kind: FactKind, typed: Mapping[str, str], errors: dict[str, str]
) -> Response:
    acts.is_open(case) if kind != "booked_back" else None
    today = local(desk.now(), zone_of(session, case.account))
    inputs = [Input("on", "date", desk.words("case_form.on"), value=typed.get("on") or today.isoformat())]
    needed = form(kind).person
    parties = people_of(desk, session, case)
    if needed or kind == "acknowledged":
        options = (("", desk.words("case_form.choose")), *((each.person, each.said) for each in parties))
        label = desk.words("case_form.person")
        inputs.append(Input("person", "select", label, options=options, value=typed.get("person", "")))
    inputs += [asked(desk, each, typed.get(each.name, "")) for each in form(kind).values]
    lead = [desk.words("case_form.fact_lead")]
    heading = desk.words("case_form.fact", fact=desk.named("case_fact", kind))
    return _shown(desk, case, heading, f"tell/{kind}", inputs, "case_form.tell", errors, lead)


def _take_up_page(
    desk: CaseDesk, session: Session, case: LegalCase, typed: Mapping[str, str], errors: dict[str, str]
) -> Response:
    if case.path is not None:
        raise Conflict("it walks a path already")
    fits = path_for(opening.jurisdictions(session, session.get_one(Account, case.account)))
    paths = tuple((name, path.title[desk.language]) for name, path in load_all().items())
    chosen = typed.get("path") or (fits.id if fits else "")
    inputs = [
        Input("path", "radio", desk.words("case_form.path"), desk.words("case_form.path_hint"), paths, chosen),
        Input("kind", "radio", desk.words("case_form.kind"), options=desk.options("case_kind", ("suit", "mediation")),
              value=typed.get("kind", "")),
    ]  # fmt: skip
    lead = [desk.words("case_form.take_up_lead")]
    return _shown(desk, case, desk.words("case_form.take_up"), "take-up", inputs, "case_form.take_up", errors, lead)


def _kinds(path: str) -> frozenset[str]:
    known = load_all().get(path)
    return frozenset(known.begins) if known else frozenset({"suit", "mediation"})


def _close_page(desk: CaseDesk, case: LegalCase, typed: Mapping[str, str], errors: dict[str, str]) -> Response:
    acts.is_open(case)
    inputs = [asked(desk, each, typed.get(each.name, "")) for each in forms()["closed_by_staff"].values]
    lead = [desk.words("case_form.close_lead")]
    return _shown(
        desk, case, desk.words("case_form.close"), "close", inputs, "case_form.close", errors, lead, grave=True
    )


def _reopen_page(desk: CaseDesk, case: LegalCase, typed: Mapping[str, str], errors: dict[str, str]) -> Response:
    if case.state == "open":
        raise Conflict("the case is open")
    inputs = [asked(desk, each, typed.get(each.name, "")) for each in forms()["reopened"].values]
    return _shown(desk, case, desk.words("case_form.reopen"), "reopen", inputs, "case_form.reopen", errors, [])


def _shown(  # noqa: PLR0917  a page is all of these
    desk: CaseDesk,
    case: LegalCase,
    heading: str,
    action: str,
    inputs: list[Input],
    button: str,
    errors: dict[str, str],
    lead: list[str],
    *,
    grave: bool = False,
) -> Response:
    """A form, led by the case's version; an error about that stands with the first thing that is asked."""
    if "version" in errors:
        errors = {inputs[0].id: errors["version"], **{k: v for k, v in errors.items() if k != "version"}}
    return desk.form(
        case, heading, action, [version(case), *inputs], desk.words(button), lead=lead, errors=errors, grave=grave
    )
