"""A lender's own texts: one that says what it may not, or lacks what it must, is refused with phrase and rule."""

from collections.abc import Sequence

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from forbear.api.auth import Reader, TheLedger
from forbear.api.described import asking
from forbear.api.lender.shapes import templates as shapes
from forbear.api.problems import Refusal
from forbear.errors import BadInput
from forbear.ledger.tables.people import Lender
from forbear.rules.packs import Packs
from forbear.rules.wording import Fault, Text
from forbear.wording.checking import check_text, rules_asked
from forbear.wording.manifest import party_kinds

router = APIRouter(prefix="/v1/templates", tags=["Templates"])


@router.post(
    "/check",
    **asking(
        "checkTemplate", "Check a text of your own", shapes.TemplatePasses, "words_refused",
        scope="accounts:read", sent=shapes.SENT, example=shapes.PASSES,
    ),
)  # fmt: skip
def check_template(request: Request, caller: Reader, ledger: TheLedger, form: shapes.CheckTemplateForm) -> JSONResponse:
    """Hold a text against the rules of words that bind it for you. Nothing is kept and nothing is sent."""
    packs: Packs = request.app.state.packs
    _check_places(form.jurisdictions, packs)
    with ledger.api(caller.tenant, caller.lender) as session:
        lender = session.get_one(Lender, caller.lender)
        role, kind = lender.role, lender.kind
    day = form.day or ledger.clock.now().date()
    texts = [_text(form, role, kind, when, purpose) for when in form.when for purpose in form.purposes]
    if faults := check_text(texts, packs, day, plain=True):
        raise Refusal("words_refused", [{"pointer": "/text", "detail": _told(fault)} for fault in faults])
    return JSONResponse({"passes": True, "day": day.isoformat(), "rules": rules_asked(texts, packs, day)})


def _check_places(places: Sequence[str], packs: Packs) -> None:
    for at, place in enumerate(places):
        if place not in packs:
            raise BadInput(f"jurisdictions.{at}", "there is no pack of this name", "See GET /v1/rules for the packs.")


def _text(form: shapes.CheckTemplateForm, role: str, kind: str, when: str, purpose: str) -> Text:
    return Text(
        name="text",
        language=form.language,
        channel=form.channel,
        source=form.text,
        stage=form.stage,
        purpose=purpose,
        party_kinds=party_kinds(form.parties),
        first=when == "first",
        jurisdictions=tuple(form.jurisdictions),
        roles=frozenset({role}),
        lender_kinds=frozenset({kind}),
        debt_kinds=frozenset(form.debt_kinds),
    )


def _told(fault: Fault) -> str:
    return f"line {fault.line}: “{fault.phrase}” ({fault.rule}). {fault.statement}"
