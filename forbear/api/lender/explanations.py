"""Why an account got nothing: the stored decisions around an instant or on a day, as its lender may read them."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse

from forbear.api.auth import Reader, TheLedger
from forbear.api.described import reading
from forbear.api.lender.forms import Id
from forbear.api.lender.rules import Spoken
from forbear.api.lender.shapes import explanations as shapes
from forbear.ledger.explaining import Decided, Touched, explain, explain_day
from forbear.ledger.forms.text import Day, Instant
from forbear.ledger.shown import LIMIT_OF_PERSON
from forbear.ledger.views import instant
from forbear.rules.cases import packs_on
from forbear.rules.sentences import limit_of_person, of_code

router = APIRouter(prefix="/v1/accounts/{account}", tags=["Accounts"])
Json = dict[str, Any]


@router.get(
    "/explanation",
    **reading(
        "explainAccount", "Ask why an account got nothing", shapes.Explanation, "not_found", "invalid",
        example=shapes.EXPLANATION, scope="accounts:read",
    ),
)  # fmt: skip
def explain_account(
    *,
    account: Id,
    caller: Reader,
    ledger: TheLedger,
    at: Annotated[Instant | None, Query(description="An instant; now if not told.")] = None,
    language: Spoken = "en",
) -> JSONResponse:
    """The decision in force at an instant with the one before and the one after it, each with its rule and reason.

    What rests on another lender's facts reads 'a limit of this person': verdict, rule and instant are all that is said.
    """
    when = at or ledger.clock.now()
    with ledger.api(caller.tenant, caller.lender) as session:
        told = explain(session, account, when, limited=True)
    decisions = {"before": told.before, "in_force": told.in_force, "after": told.after}
    shown = {name: None if each is None else _decision(each, language) for name, each in decisions.items()}
    return JSONResponse({"account": account, "at": instant(when), **shown})


@router.get(
    "/day",
    **reading(
        "explainAccountDay", "Read one day of an account", shapes.AccountDay, "not_found", "invalid",
        example=shapes.DAY, scope="accounts:read",
    ),
)  # fmt: skip
def explain_account_day(
    *,
    account: Id,
    caller: Reader,
    ledger: TheLedger,
    on: Annotated[Day | None, Query(description="The day where the borrower lives; today in UTC if not told.")] = None,
    language: Spoken = "en",
) -> JSONResponse:
    """Every decision that was in force on a day, and the lender's own touches of it."""
    day = on or ledger.clock.now().date()
    with ledger.api(caller.tenant, caller.lender) as session:
        told = explain_day(session, account, day, limited=True)
    return JSONResponse(
        {
            "account": account,
            "day": told.day.isoformat(),
            "zone": told.zone,
            "starts": instant(told.starts),
            "ends": instant(told.ends),
            "days_past_due": told.days_past_due,
            "decisions": [_decision(each, language) for each in told.decisions],
            "touches": [_touch(each) for each in told.touches],
        }
    )


def _decision(decided: Decided, language: str) -> Json:
    return {
        "id": decided.id,
        "at": instant(decided.at),
        "ended": decided.ended and instant(decided.ended),
        "decision": decided.kind,
        "verdict": decided.verdict or None,
        "until": decided.until and instant(decided.until),
        "rule": decided.rule or None,
        "reason": decided.reason,
        "sentence": _sentence(decided, language),
        "step": decided.step,
        "touch": decided.touch,
        "counted": [_touch(each) for each in decided.counted],
    }


def _sentence(decided: Decided, language: str) -> str:
    if decided.reason == LIMIT_OF_PERSON:
        return limit_of_person(language)
    return of_code(decided.rule, decided.reason, packs_on(None), language)


def _touch(touched: Touched) -> Json:
    return {
        "id": touched.id,
        "channel": touched.channel,
        "role": touched.role,
        "step": touched.step,
        "state": touched.state,
        "at": instant(touched.at),
    }
