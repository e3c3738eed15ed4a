"""Exhibits of a case: several uploaded at once, opened again, withdrawn. Each file that cannot be taken is named."""

from collections.abc import Mapping
from typing import Final

from fastapi import APIRouter
from fastapi.responses import Response
from sqlalchemy.orm import Session

from forbear.api.staff.cases_at import ROOT, CaseDesk, Input, Legal, Looker, TheCases, Wrong, refuse
from forbear.api.staff.cases_uploads import MOST_FILES, Sent, TheUpload, Upload
from forbear.api.staff.cases_values import day
from forbear.api.staff.rendering import headers, see_other
from forbear.api.staff.session import Fields, Staff
from forbear.api.staff.staff_route import StaffRoute
from forbear.errors import BadInput, NotFound
from forbear.ledger.cases import acts, files, rows
from forbear.ledger.cases.files import SLOTS
from forbear.ledger.tables.accounts import LegalCase

router = APIRouter(prefix=f"{ROOT}/{{case_id}}", route_class=StaffRoute, include_in_schema=False)
MOST_TITLE: Final = 200
FORMS: Final = ("original", "copy")
PROBLEMS: Final[Mapping[str, str]] = {
    "is empty or larger": "too_large",
    "is neither a PDF": "no_kind",
    "is encrypted": "encrypted",
    "cannot be read": "unreadable",
    "has no page": "pages",
    "has too many pixels": "pixels",
}
"""How the record says what is wrong with a file, and our words for it."""


@router.get("/files/add")
def ask_files(case_id: str, staff: Legal, desk: TheCases) -> Response:
    with desk.case(staff, case_id) as (_, case):
        acts.is_open(case)
        return _page(desk, case, dict(desk.request.query_params), {})


@router.post("/files/add")
def add_files(case_id: str, staff: Legal, upload: TheUpload, desk: TheCases) -> Response:
    """Keep files in a slot; all of them or none, and each that cannot be taken is named."""
    typed = upload.fields
    try:
        with desk.case(staff, case_id) as (session, case):
            errors = _wrong(desk, typed, upload)
            refuse(errors or _keep(desk, session, acts.is_open(case), typed, upload.files, staff))
    except Wrong as wrong:
        with desk.case(staff, case_id) as (_, case):
            return _page(desk, case, typed, wrong.errors)
    return see_other(f"{ROOT}/{case_id}#files")


@router.get("/files/{file}")
def open_file(case_id: str, file: str, staff: Looker, desk: TheCases) -> Response:
    """The untouched original, for whoever works the case or watches it; that they opened it is put down."""
    with desk.case(staff, case_id) as (session, case):
        _own(session, case, file)
        row, body = files.look_at(desk.ledger, session, file, staff=staff.id, now=desk.now())
    name = f"{row.sha256[:16]}.{row.media_type.rpartition('/')[2]}"
    disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(body, media_type=row.media_type, headers={**headers(), **disposition})


@router.post("/files/{file}/withdraw")
def withdraw(case_id: str, file: str, staff: Legal, fields: Fields, desk: TheCases) -> Response:
    """Leave a file out of what is prepared from now on."""
    del fields
    with desk.case(staff, case_id) as (session, case):
        _own(session, acts.is_open(case), file)
        files.withdraw(session, file, staff=staff.id, now=desk.now())
    return see_other(f"{ROOT}/{case_id}#files")


def file_details(typed: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """What a form says of files: plain values, and those that are sealed."""
    details = {"form": typed.get("form") or "copy"} | ({"day": typed["day"]} if typed.get("day") else {})
    told = {name: typed[name] for name in ("source", "proves", "remark") if typed.get(name)}
    return details, told


def said_of(desk: CaseDesk, refused: BadInput, name: str) -> str:
    """What is wrong with a file, which is named as whoever sent it calls it."""
    code = next((code for start, code in PROBLEMS.items() if refused.problem.startswith(start)), "unreadable")
    return desk.words(f"case_file.{code}", name=name)


def _own(session: Session, case: LegalCase, file: str) -> None:
    if all(each.id != file for each in rows.files(session, case.id)):
        raise NotFound("no such file of this case")


def _wrong(desk: CaseDesk, typed: Mapping[str, str], upload: Upload) -> dict[str, str]:
    words = desk.words
    if upload.heavy:
        return {"file": words("case_file.heavy")}
    errors: dict[str, str] = {}
    if typed.get("slot") not in SLOTS:
        errors["slot"] = words("case_wrong.missing", label=words("case_file.slot"))
    if not upload.files:
        errors["file"] = words("case_file.none")
    if typed.get("day") and day(typed["day"]) is None:
        errors["day"] = words("case_wrong.date", label=words("case_file.day"))
    if typed.get("form", "copy") not in FORMS:
        errors["form"] = words("case_wrong.missing", label=words("case_file.form"))
    return errors


def _keep(  # noqa: PLR0917  a page is all of these
    desk: CaseDesk, session: Session, case: LegalCase, typed: Mapping[str, str], sent: tuple[Sent, ...], staff: Staff
) -> dict[str, str]:
    details, told = file_details(typed)
    wrong: list[str] = []
    for number, each in enumerate(sent, 1):
        try:
            files.keep_file(
                desk.ledger, session, case.id, typed["slot"], each.content,
                title=_title(desk, typed, each, number, len(sent)), details=details, told=told,
                staff=staff.id, now=desk.now(),
            )  # fmt: skip
        except BadInput as refused:
            wrong.append(said_of(desk, refused, each.name))
    return {"file": " ".join(wrong)} if wrong else {}


def _title(desk: CaseDesk, typed: Mapping[str, str], sent: Sent, number: int, of: int) -> str:
    """As it was typed, numbered where several files came; else the name of the file."""
    title = typed.get("title") or sent.name.rpartition(".")[0] or sent.name
    if typed.get("title") and of > 1:
        title = desk.words("case_file.numbered", title=title[: MOST_TITLE - 20], number=number)
    return title[:MOST_TITLE]


def _page(desk: CaseDesk, case: LegalCase, typed: Mapping[str, str], errors: dict[str, str]) -> Response:
    words = desk.words
    slots = (("", words("case_form.choose")), *desk.options("case_slot", SLOTS))
    inputs = [
        Input("slot", "select", words("case_file.slot"), words("case_file.slot_hint"), slots, typed.get("slot", "")),
        *file_inputs(desk, typed, needed=True),
        Input("proves", "area", words("case_file.proves"), value=typed.get("proves", ""), most=300),
        Input(
            "source", "text", words("case_file.source"), words("case_file.source_hint"), value=typed.get("source", "")
        ),
    ]
    heading = words("case_do.files_add")
    return desk.form(case, heading, "files/add", inputs, words("case_file.button"), errors=errors, files=True)


def file_inputs(desk: CaseDesk, typed: Mapping[str, str], *, needed: bool) -> list[Input]:
    """The inputs for files and what is the same for all of them."""
    words = desk.words
    label = words("case_file.file" if needed else "case_file.evidence")
    found = [Input("file", "files", label, words("case_file.file_hint", most=MOST_FILES), most=MOST_FILES)]
    if needed:
        found += [
            Input("title", "text", words("case_file.title"), words("case_file.title_hint"),
                  value=typed.get("title", ""), most=MOST_TITLE),
            Input("form", "radio", words("case_file.form"), options=desk.options("case_form_of", FORMS),
                  value=typed.get("form", "")),
            Input("day", "date", words("case_file.day"), value=typed.get("day", "")),
        ]  # fmt: skip
    return found
