"""What a case or a packet lacks, as people read it: what it is, why, who can supply it, and on which form."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote, urlencode

from forbear.api.staff.cases_at import ROOT, CaseDesk
from forbear.api.staff.cases_fields_known import field_label, known_field
from forbear.api.staff.cases_said import say
from forbear.api.staff.task_reasons import Said
from forbear.contracts.case_words import FACTS
from forbear.documents.registry import find_kind
from forbear.errors import BadData
from forbear.ports.papers import Unprintable

CHECKS: Final = frozenset(
    {"amount", "limitation", "suit_in_time", "guarantors_in_time", "mediation_respondent", "mediation_request"}
    | {"mediation_grounds", "mediation_acceptable", "order_due", "order_uncontested", "order_deliverable"}
    | {"order_no_preservation", "pap_reply", "path", "creditor", "letterhead", "claimant", "respondent", "packet"}
    | {"costs", "guarantees", "complaint"}
)
"""Items that are no field, slot, fact or paper, and have a name of their own in the catalogue."""
NEXT: Final = "next:"
"""Before the facts that lead on from a stage: they are waited for and not missing."""
FORMS: Final[Mapping[str, str]] = {
    "limitation": "tell/taken_up",
    "mediation_acceptable": "tell/taken_up",
    "suit_in_time": "tell/taken_up",
    "pap_reply": "tell/answered",
    "order_no_preservation": "tell/taken_up",
    "guarantees": "guarantee",
    "costs": "cost",
    "path": "take-up",
    "complaint": "fields/complaint_form",
}


@dataclass(frozen=True, slots=True)
class Gap:
    """One thing that is missing. `address` is the form that supplies it, if there is one of ours."""

    what: str
    problem: Said
    remedy: Said
    who: str
    address: str = ""


def gaps(desk: CaseDesk, case: str, rows: Iterable[Mapping[str, Any]], people: Mapping[str, str]) -> list[Gap]:
    """Those of a decision (`what`) or of a packet (`problem`, `remedy`)."""
    return [_gap(desk, case, each, people) for each in rows]


def _gap(desk: CaseDesk, case: str, row: Mapping[str, Any], people: Mapping[str, str]) -> Gap:
    item = str(row.get("item", ""))
    if item.startswith(NEXT):
        return _next(desk, case, item)
    problem = say(str(row.get("problem") or row.get("what") or ""), desk.language)
    remedy = str(row.get("remedy", ""))
    way = _form(item)
    return Gap(
        what=_called(desk, item, people),
        problem=problem,
        remedy=say(remedy, desk.language) if remedy else Said(""),
        who=desk.named("case_supplier", str(row.get("supplier", "legal"))),
        address=f"{ROOT}/{case}/{way}" if way else "",
    )


def _next(desk: CaseDesk, case: str, item: str) -> Gap:
    """What nobody lacks but the world brings: the facts that lead on from a stage, to be told as they happen."""
    kinds = dict.fromkeys(each.partition(".")[0] for each in item.removeprefix(NEXT).split("|"))
    said = desk.words("case_page.or").join(desk.named("case_fact", each) for each in kinds if each in FACTS)
    return Gap(
        what=desk.words("case_missing.next"),
        problem=Said(said),
        remedy=Said(""),
        who=desk.named("case_supplier", "legal"),
        address=f"{ROOT}/{case}/tell",
    )


def _called(  # noqa: PLR0911  one way for each sort of thing
    desk: CaseDesk, item: str, people: Mapping[str, str]
) -> str:
    sort, _, rest = item.partition(":")
    name = rest.partition(":")[0]
    if sort == "field":
        return field_label(name, desk.language)
    if sort == "slot":
        return desk.named("case_slot", name)
    if sort == "fact":
        return desk.named("case_fact", name.partition(".")[0])
    if sort == "packet" and name:
        return desk.named("case_profile", name)
    if sort in {"notice", "service"}:
        who = people.get(rest.rpartition(":")[2], "")
        paper = paper_title(name, desk.language)
        return desk.words("case_missing.paper", paper=paper, who=who) if who else paper
    if sort == "stop":
        return desk.words("case_missing.stop")
    plain = item.partition(".")[0]
    if plain in CHECKS:
        return desk.named("case_check", plain)
    return field_label(plain, desk.language)


def paper_title(kind: str, language: str) -> str:
    """A paper's title by its id; the id itself where it is no paper of ours."""
    try:
        titles = find_kind(kind).titles
    except (Unprintable, BadData):
        return kind
    return titles.get(language) or next(iter(titles.values()), kind)


def _form(item: str) -> str:
    """Where on our pages it can be supplied."""
    sort, _, rest = item.partition(":")
    if sort == "field":
        name = rest.split(".", 1)[0].partition(":")[0]
        return f"fields/{quote(name)}" if known_field(name) else ""
    if sort == "slot":
        return f"files/add?{urlencode({'slot': rest.partition(':')[0]})}"
    if sort == "fact":
        kind = rest.partition(".")[0]
        return f"tell/{kind}" if kind in FACTS else ""
    if sort in {"notice", "service"}:
        paper, _, person = rest.rpartition(":")
        return f"service?{urlencode({'paper': paper or rest, 'person': person if paper else ''})}"
    if sort == "packet" and rest:
        return "packets"
    plain = item.partition(".")[0]
    return FORMS.get(plain) or (f"fields/{quote(plain)}" if known_field(plain) else "")
