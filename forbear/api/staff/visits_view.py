"""One visit as a page: what is left to do there, for whoever is sent, in the order in which it is done."""

import secrets
from collections.abc import Mapping
from typing import Any, Final

from fastapi import Request
from fastapi.responses import Response

from forbear.api.pages.wording import Writing
from forbear.api.staff.rendering import render, words_of
from forbear.api.staff.scripts import must_say
from forbear.api.staff.visit_guides import Guide, guide
from forbear.api.staff.visits_at import Visits, officers
from forbear.contracts.outcomes import CAUSES, FORMAL_PAPERS, TICKS, VISIT_OUTCOMES
from forbear.ledger.begun import Held
from forbear.ledger.tables.visits import Visit
from forbear.ledger.visits_desk import Desk
from forbear.ledger.visits_made import MET, PAPERS, to_be_told
from forbear.ledger.visits_shown import AtDoor, at_door
from forbear.ledger.visits_today import local_day

CONFLICT: Final = 409
OF_REPORT: Final = frozenset({"met", "ticked", "handed", "cause", "promise"})
"""Parts of a report that say themselves what is wrong with them."""
REPORTED: Final = "told"
"""The part of the page that shows the report which stands."""


def door_page(
    request: Request,
    visits: Visits,
    desk: Desk,
    visit: str,
    *,
    held: Held | None = None,
    wrong: tuple[str, str] | None = None,
    values: Mapping[str, str] | None = None,
    status: int = 200,
) -> Response:
    """The page of a visit; `held` says why it could not begin just now, `wrong` which field of `values` did not fit."""
    seen = at_door(desk, visit)
    errors = {}
    if held is not None:
        errors = {"start": visits.held(held, seen.plan.zone)}
    elif wrong is not None:
        errors = {_anchor(seen.visit, wrong[0]): wrong[1]}
    shown = _shown(request, visits, desk, seen)
    if values:
        # Under its key the form may have arrived all the same: sent again it stays one.
        shown |= {"values": values, "key": values.get("key") or shown["key"]}
    status = CONFLICT if held is not None else status
    return render(request, "visits/visit.html", status=status, device=True, errors=errors, **shown)


def _anchor(visit: Visit, field: str) -> str:
    """Where on the page a sentence about a field leads: to it, or to the form that is shown there."""
    if field in {"photo", "sha256", "kind"} and visit.state != "assigned":
        return "photo"
    if field == REPORTED:
        return field
    if to_be_told(visit):
        return field if field in OF_REPORT else "outcome"
    return "here" if visit.state == "assigned" else "photo"


def _shown(request: Request, visits: Visits, desk: Desk, seen: AtDoor) -> dict[str, Any]:
    names, zone = officers(desk), seen.plan.zone
    pair = (seen.plan.first_officer, seen.plan.second_officer)
    words = words_of(request)
    writing = Writing.of(words.language, "CN" if words.language.startswith("zh") else "US", zone)
    return {
        "id": seen.visit.id,
        "number": seen.visit.number,
        "state": seen.visit.state,
        "when": visits.when(seen.plan.starts_at, zone),
        "with": [names.get(each, "") for each in pair if each != desk.staff],
        "lender": seen.lender,
        "name": seen.name,
        "address": seen.address,
        "on_map": seen.place is not None,
        "owed": writing.money(seen.owed, seen.currency),
        "due_since": visits.day(seen.due_since),
        "guide": _guide(visits, seen, words.language, zone) if seen.visit.state == "assigned" else None,
        "asked": seen.asked,
        "arrived": desk.staff in pair and seen.here[desk.staff] is not None,
        "disclosures": must_say(seen.disclosures, words.language),
        "check_ins": [_check_in(visits, names.get(each, ""), seen.here[each], zone) for each in pair],
        "waits": visits.held(seen.waits, zone) if seen.waits else "",
        "sent": desk.staff in pair,
        "to_tell": to_be_told(seen.visit),
        "report": _report(visits, seen),
        "evidence": [{"id": each.id, "kind": each.kind, "when": visits.when(each.at, zone)} for each in seen.evidence],
        "signed": desk.staff in seen.signed,
        "both_signed": len(seen.signed) == len(pair),
        "key": secrets.token_urlsafe(12),
        "outcomes": list(VISIT_OUTCOMES),
        "met": list(MET),
        "causes": list(CAUSES),
        "ticks": list(TICKS),
        # Formal notices are China's alone, so far.
        "papers": [each for each in PAPERS if each not in FORMAL_PAPERS or "CN" in seen.jurisdictions],
    }


def _guide(visits: Visits, seen: AtDoor, language: str, zone: str) -> Guide:
    role, kind = seen.of_lender
    day = local_day(seen.plan.starts_at, zone)
    return guide(
        visits.rules.packs, day, language=language, jurisdictions=seen.jurisdictions, role=role, lender_kind=kind
    )


def _check_in(visits: Visits, name: str, row: Any, zone: str) -> dict[str, Any]:
    if row is None:
        return {"name": name, "when": "", "nearness": "none", "metres": None}
    return {"name": name, "when": visits.when(row.at, zone), "nearness": row.nearness, "metres": row.metres}


def _report(visits: Visits, seen: AtDoor) -> dict[str, Any] | None:
    if seen.report is None:
        return None
    return {
        "outcome": seen.report.outcome,
        "met": seen.report.met,
        "when": visits.when(seen.report.at, seen.plan.zone),
        "handed": [(each.paper, each.taken_by) for each in seen.handed],
    }
