"""The contact rules: list them, read one, compare two days, and ask whether an attempt may be made. Nobody's data."""

import json
from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, HTTPException, Path, Query, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from forbear.api.auth import Reader
from forbear.api.described import asking, reading
from forbear.api.lender.shapes import rules as shapes
from forbear.api.paging import cut
from forbear.calendars import near
from forbear.errors import NotFound
from forbear.ledger.forms.text import Day
from forbear.ledger.views import instant
from forbear.rules import catalogue, differences
from forbear.rules.cases import packs_on, read_case
from forbear.rules.engine import check
from forbear.rules.facts import Finding
from forbear.rules.packs import Packs
from forbear.rules.sentences import of_permit

router = APIRouter(prefix="/v1/rules", tags=["Rules"])
Language = Literal["en", "zh-Hans"]
Spoken = Annotated[Language, Query(description="The language of the sentences.")]
Function = Literal["check", "must_say", "may_not_say", "earliest", "last_day", "keep_until"]
Place = Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9-]{0,31}$")]
RuleId = Annotated[
    str,
    Path(pattern=r"^[A-Z][A-Z0-9-]*(\.[A-Z0-9]+)+$", max_length=100, description="Its id.", examples=["US.REGF.HOURS"]),
]
Believed = Annotated[
    Day | None, Query(description="Ask the packs as they stood on that day; without it, as they stand.")
]


class Filters(BaseModel):
    """All that are given must hold. A filter that is not known is an error: it would silently list everything."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)
    jurisdiction: Place | None = Field(default=None, description="One pack.")
    function: Function | None = Field(default=None, description="What the rules answer.")
    on: Day | None = Field(default=None, description="Only versions in force on that day.")
    unverified: bool = Field(default=False, description="Only what is from memory or where sources conflict.")
    language: Language = "en"
    limit: int = Field(default=100, ge=1, le=1000, description="How many at most.")
    cursor: str | None = Field(
        default=None, max_length=500, description="next_cursor of the page before, with the same filters."
    )


@router.get(
    "",
    **reading(
        "listRules", "List the contact rules", shapes.RulePage, "bad_cursor", "invalid",
        example=shapes.RULES, scope="accounts:read",
        problems=shapes.invalid("/query/on", "must be a day such as 2026-03-02"),
    ),
)  # fmt: skip
def list_rules(request: Request, caller: Reader, filters: Annotated[Filters, Query()]) -> JSONResponse:
    """Every rule of every pack, with its versions: packs by name, rules in the order of their pack."""
    asked = filters.model_dump(mode="json", exclude={"limit", "cursor"})
    wanted = catalogue.Wanted(filters.jurisdiction, filters.function, filters.on, filters.unverified)
    found = catalogue.listed(packs_on(None), wanted, filters.language)
    name = f"rules|{caller.lender}|{json.dumps(asked, sort_keys=True)}"
    return cut(request, name, found, limit=filters.limit, cursor=filters.cursor)


@router.get(
    "/diff",
    **reading(
        "diffRules", "Compare the rules of two days", shapes.Differences, "invalid",
        example=shapes.DIFFERENCES, scope="accounts:read",
        problems=shapes.invalid("/query/from", "Field required"),
    ),
)  # fmt: skip
def diff_rules(
    *,
    _caller: Reader,
    before: Annotated[Day, Query(alias="from", description="The one day.", examples=["2026-12-31"])],
    after: Annotated[Day, Query(alias="to", description="The other day.", examples=["2027-02-01"])],
    believed: Annotated[bool, Query(description="Compare what the packs said on those days instead.")] = False,
    language: Spoken = "en",
) -> JSONResponse:
    """Rules that began, ended or changed between two days: in law, or in what the packs said."""
    if believed:
        found = differences.in_packs(_believed(before), _believed(after), language)
    else:
        found = differences.in_law(packs_on(None), before, after, language)
    return JSONResponse({"data": found})


@router.post(
    "/check",
    **asking(
        "checkRules", "Ask whether an attempt may be made", shapes.Verdict,
        scope="accounts:read", sent=shapes.CASE, example=shapes.VERDICT,
        problems=shapes.NO_CHANNEL,
    ),
)  # fmt: skip
def check_rules(
    _caller: Reader, form: shapes.CaseForm, ruleset: Believed = None, language: Spoken = "en"
) -> JSONResponse:
    """Weigh one attempt under the rules. Pure: nothing is looked up, nothing is kept, nothing is sent."""
    packs = packs_on(ruleset)
    attempt, facts, now = read_case(form.model_dump(exclude_unset=True), packs, near)
    permit = check(attempt, facts, packs, now)
    return JSONResponse(
        {
            "verdict": permit.verdict,
            "until": permit.until and instant(permit.until),
            "event": permit.event,
            "sentence": of_permit(permit, packs, language),
            "rules": list(permit.rules),
            "findings": [_finding(each) for each in permit.findings],
            "warnings": [each.rule for each in permit.warnings],
            "disclosures": list(permit.disclosures),
            "human_review": permit.human_review,
            "zones": list(permit.zones),
            "packs": dict(permit.packs),
        }
    )


@router.get("/check", include_in_schema=False)
def no_rule() -> None:
    """Keep the name of the call above from being taken for a rule's."""
    raise HTTPException(405)


@router.get(
    "/{rule}",
    **reading(
        "getRule", "Read a contact rule", shapes.WholeRule, "not_found", "invalid",
        example=shapes.WHOLE, scope="accounts:read", problems=shapes.NO_RULE,
    ),
)  # fmt: skip
def get_rule(rule: RuleId, _caller: Reader, language: Spoken = "en") -> JSONResponse:
    """All versions of a rule with their sources, how well they are known, and the questions to counsel."""
    found = catalogue.whole(packs_on(None), rule, language)
    if found is None:
        raise NotFound("There is no such rule")
    return JSONResponse(found)


def _believed(day: date) -> Packs:
    """The packs of a day; before there were any they said nothing."""
    first = min(terms.added for pack in packs_on(None).by_jurisdiction.values() for terms in pack.terms)
    return packs_on(day) if day >= first else Packs({}, day)


def _finding(found: Finding) -> dict[str, Any]:
    return {
        "rule": found.rule,
        "kind": found.kind,
        "until": found.until and instant(found.until),
        "event": found.event,
        "why": found.why,
    }
