"""Values for the papers of a case: listed by who can supply them, with what the stage's packet still lacks, and told.

Plain values stand in one form for each supplier; rows have a page of their own, with empty rows at the end and more of
them on request, so that it works without a script.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from fastapi import APIRouter
from fastapi.responses import Response
from sqlalchemy.orm import Session

from forbear.api.staff import cases_fields_form as forms
from forbear.api.staff.cases_at import (
    ROOT,
    UNPROCESSABLE,
    CaseDesk,
    Input,
    Legal,
    TheCases,
    Wrong,
    plain,
    reference,
    refuse,
)
from forbear.api.staff.cases_facts import stale
from forbear.api.staff.cases_fields_known import Asked, asked_by, called, known_field
from forbear.api.staff.cases_packets import profiles_of
from forbear.api.staff.rendering import render, see_other
from forbear.api.staff.session import Fields
from forbear.api.staff.staff_route import StaffRoute
from forbear.casework.record import read_case
from forbear.errors import BadInput, Conflict, NotFound
from forbear.ledger.cases import acts
from forbear.ledger.cases import fields as told_fields
from forbear.ledger.tables.accounts import LegalCase

router = APIRouter(prefix=f"{ROOT}/{{case_id}}/fields", route_class=StaffRoute, include_in_schema=False)
SUPPLIERS: Final = ("legal", "lender", "claimant", "court", "ledger")
MORE: Final = 3
"""Empty rows at the end of a page of rows, and how many a press adds."""
MOST_INPUTS: Final = 180


@router.get("")
def list_fields(case_id: str, staff: Legal, desk: TheCases) -> Response:
    """Every field that the packet of the stage asks for, or of another packet of the path."""
    with desk.case(staff, case_id) as (session, case):
        desk.note(session, staff, case, "case_fields_shown")
        return render(desk.request, "cases/fields.html", **_listed(desk, session, case, _profile(desk, case), {}, {}))


@router.post("")
def tell_fields(case_id: str, staff: Legal, fields: Fields, desk: TheCases) -> Response:
    """The plain values of one supplier."""
    typed = {name: str(value) for name, value in fields.multi_items()}
    try:
        with desk.case(staff, case_id) as (session, case):
            profile = _known_profile(case, typed.get("profile", ""))
            asked = [each for each in asked_by(profile).values() if f"had-{each.name}" in typed]
            errors = {**_stale(desk, case, typed)}
            values: dict[str, dict[str, Any]] = {}
            for each in asked:
                given, wrong = forms.read(desk, each.field, typed.get(each.name, ""))
                if wrong:
                    errors[each.name] = wrong
                elif (given or "") != typed[f"had-{each.name}"]:
                    values.setdefault(each.kind, {})[each.name] = given
            refuse(errors)
            for kind, told in values.items():
                told_fields.tell_fields(desk.ledger, session, case.id, kind, told, staff=staff.id, now=desk.now())
    except Wrong as wrong_form:
        with desk.case(staff, case_id) as (session, case):
            profile = _known_profile(case, typed.get("profile", ""))
            shown = _listed(desk, session, case, profile, typed, wrong_form.errors)
            return render(desk.request, "cases/fields.html", status=UNPROCESSABLE, **shown, errors=wrong_form.errors)
    return see_other(f"{ROOT}/{case_id}/fields?profile={profile}")


@router.get("/{name}")
def ask_field(case_id: str, name: str, staff: Legal, desk: TheCases) -> Response:
    with desk.case(staff, case_id) as (session, case):
        asked = _field(name, _profile(desk, case))
        held = _known(desk, case, [asked])[asked.name]
        desk.note(session, staff, case, "case_fields_shown")
        return _field_page(desk, case, asked, held, {}, _count(desk.request.query_params.get("rows", "")))


@router.post("/{name}")
def tell_field(case_id: str, name: str, staff: Legal, fields: Fields, desk: TheCases) -> Response:
    """One value, or all rows of one field; 'more rows' brings the page again with what was typed."""
    typed = plain(dict(fields))
    with desk.case(staff, case_id) as (session, case):
        asked = _field(name, typed.get("profile", ""))
        if asked.field.type != "rows":
            value, wrong = forms.read(desk, asked.field, typed.get(name, ""))
            errors = {name: wrong} if wrong else {}
        else:
            value, errors = forms.read_rows(desk, asked.field, typed)
        more = "more" in typed
        errors = {} if more else errors | _stale(desk, case, typed)
        if errors or more:
            count = forms.rows_sent(typed) + (MORE if more else 0)
            return _field_page(desk, case, asked, value, errors, count, typed)
        try:
            told_fields.tell_fields(
                desk.ledger, session, case.id, asked.kind, {name: value}, staff=staff.id, now=desk.now()
            )
        except BadInput:
            errors = {"form": desk.words("case_wrong.too_long")}
            return _field_page(desk, case, asked, value, errors, forms.rows_sent(typed), typed)
    return see_other(f"{ROOT}/{case_id}/fields?profile={_known_profile(case, typed.get('profile', ''))}")


def _stale(desk: CaseDesk, case: LegalCase, typed: Mapping[str, str]) -> dict[str, str]:
    return dict.fromkeys(["form"] if stale(desk, case, typed) else [], desk.words("case_wrong.stale"))


def _profile(desk: CaseDesk, case: LegalCase) -> str:
    return _known_profile(case, desk.request.query_params.get("profile", ""))


def _known_profile(case: LegalCase, name: str) -> str:
    """The packet whose fields are shown: one of the path, by itself that of the stage."""
    known = profiles_of(acts.is_open(case))
    if not known:
        raise Conflict("no packet is known for the path of this case")
    return name if name in known else known[0]


def _field(name: str, profile: str) -> Asked:
    found = known_field(name, profile)
    if found is None:
        raise NotFound("no paper asks for such a field")
    return found


def _known(desk: CaseDesk, case: LegalCase, asked: Sequence[Asked]) -> Mapping[str, Any]:
    """What is told by name, by the lender or for the case: read with the rights of whoever makes papers of it."""
    with desk.ledger.worker(case.tenant) as session:
        record = read_case(desk.ledger, session, case.id)
        kinds = {each.kind: record.known(each.kind) for each in asked}
    return {each.name: kinds[each.kind].get(each.name) for each in asked}


def _listed(  # noqa: PLR0917  a page is all of these
    desk: CaseDesk,
    session: Session,
    case: LegalCase,
    profile: str,
    typed: Mapping[str, str],
    errors: Mapping[str, str],
) -> dict[str, Any]:
    held = _known(desk, case, list(asked_by(profile).values()))
    who = {(each.kind, each.name): each for each in told_fields.who_told(session, case.id) if each.given}
    names = desk.colleagues(session)
    parts: list[dict[str, Any]] = []
    for supplier in SUPPLIERS:
        fields = [each for each in asked_by(profile).values() if each.field.supplier == supplier]
        if fields:
            parts.append(
                {
                    "supplier": supplier,
                    "title": desk.words("case_fields.by", who=desk.named("case_supplier", supplier)),
                    "lacking": _lacking(desk, held, fields),
                    "plain": [_entry(desk, held, each, typed, errors) for each in fields if each.field.type != "rows"],
                    "rows": [
                        _rows_entry(desk, case, held, each, profile) for each in fields if each.field.type == "rows"
                    ],
                }
            )
    told = [
        {"what": called(known.field, desk.language), "when": desk.when(each.at),
         "who": names.get(each.staff or "", desk.words("case_page.lender_told"))}
        for each in who.values()
        if (known := asked_by(profile).get(each.name)) is not None
    ]  # fmt: skip
    return {
        "parts": parts,
        "told": told,
        "profile": profile,
        "profiles": [
            (each, desk.named("case_profile", each), f"{ROOT}/{case.id}/fields?profile={each}")
            for each in profiles_of(case)
        ],
        "profile_said": desk.named("case_profile", profile),
        "case": case.id,
        "version": typed.get("version") if errors and "form" not in errors else case.version,
        "reference": reference(case.id),
        "back": f"{ROOT}/{case.id}",
        "action": f"{ROOT}/{case.id}/fields",
    }


def _lacking(desk: CaseDesk, held: Mapping[str, Any], fields: Sequence[Asked]) -> list[str]:
    lacks = [each for each in fields if each.required and held[each.name] in (None, "", [])]
    return [called(each.field, desk.language) for each in lacks]


def _entry(
    desk: CaseDesk, held: Mapping[str, Any], asked: Asked, typed: Mapping[str, str], errors: Mapping[str, str]
) -> dict[str, Any]:
    had = forms.text_of(asked.field, held[asked.name])
    value = typed.get(asked.name, had) if errors else had
    return {"input": forms.asking(desk, asked.field, value, needed=asked.required), "name": asked.name, "had": had}


def _rows_entry(desk: CaseDesk, case: LegalCase, held: Mapping[str, Any], asked: Asked, profile: str) -> dict[str, Any]:
    rows = held[asked.name] or []
    return {
        "label": called(asked.field, desk.language),
        "count": len(rows) if isinstance(rows, list) else 0,
        "required": asked.required,
        "address": f"{ROOT}/{case.id}/fields/{asked.name}?profile={profile}",
    }


def _count(text: str) -> int:
    return min(int(text), 100) if text.isdecimal() and len(text) < 4 else 0  # noqa: PLR2004  digits


def _field_page(  # noqa: PLR0917  a page is all of these
    desk: CaseDesk,
    case: LegalCase,
    asked: Asked,
    value: Any,
    errors: Mapping[str, str],
    count: int,
    typed: Mapping[str, str] | None = None,
) -> Response:
    profile = (typed or {}).get("profile") or desk.request.query_params.get("profile", "")
    rows, inputs = list[list[Input]](), list[Input]()
    if asked.field.type == "rows":
        held = value if isinstance(value, list) else []
        most = max(1, MOST_INPUTS // max(1, len(asked.field.columns)))
        shown = min(max(count, len(held) + (0 if typed else MORE)), most, asked.field.most)
        rows = [forms.row_inputs(desk, asked.field, held, number, typed) for number in range(max(shown, 1))]
    else:
        told = (typed or {}).get(asked.name, forms.text_of(asked.field, value))
        inputs = [forms.asking(desk, asked.field, told, needed=asked.required)]
    return render(
        desk.request,
        "cases/field.html",
        status=UNPROCESSABLE if errors else 200,
        heading=called(asked.field, desk.language),
        lead=desk.words("case_fields.from", who=desk.named("case_supplier", asked.field.supplier)),
        rows=rows,
        inputs=inputs,
        errors=dict(errors),
        version=case.version,
        profile=profile,
        action=f"{ROOT}/{case.id}/fields/{asked.name}",
        back=f"{ROOT}/{case.id}/fields" + (f"?profile={profile}" if profile else ""),
        full=len(rows) >= asked.field.most,
    )
