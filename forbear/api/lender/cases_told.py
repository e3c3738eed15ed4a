"""What a lender tells of a case: facts, values for papers, service, costs; and the guarantees of an account."""

from datetime import datetime

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from sqlalchemy.orm import Session

from forbear.api.acting import Answer, TheCall
from forbear.api.auth import CaseReader, CaseWriter, TheLedger
from forbear.api.described import acting, reading
from forbear.api.lender import cases_examples as examples
from forbear.api.lender.cases_checked import check_fields, fact_of, in_values, may_tell
from forbear.api.lender.cases_shown import (
    cost_view,
    fact_view,
    guarantee_view,
    parties_of,
    service_view,
)
from forbear.api.lender.forms import Id
from forbear.api.lender.shapes import cases as shapes
from forbear.api.paging import Cursor, Limit, cut
from forbear.errors import BadInput
from forbear.ledger.cases import acts, costs, facts, fields, guarantees, rows, services
from forbear.ledger.tables.accounts import Account
from forbear.ledger.views import find_account, instant
from forbear.money.currency import read_amount

router = APIRouter(tags=["Cases"])


@router.post(
    "/v1/cases/{case}/facts",
    **acting(
        "tellCaseFact",
        "Tell a fact of a case",
        shapes.CaseFact,
        "not_found",
        "conflict",
        scope="cases:write",
        sent=examples.FACT,
        example=examples.TOLD_FACT,
    ),
)
def post_fact(case: Id, call: TheCall, caller: CaseWriter, ledger: TheLedger, form: shapes.FactForm) -> Response:
    """Put down what happened: a notice served, a session held, a judgment given. Clocks and stage follow at once.

    Which values a fact takes is said where one is missing. Which way a case goes on is for legal staff to tell.
    """
    may_tell(form.kind)

    def deed(session: Session, now: datetime) -> Answer:
        parties = parties_of(session, acts.find(session, case).account)
        person = None if form.party is None else parties.person(form.party)
        with in_values():
            row = facts.tell_fact(ledger, session, case, form.kind, form.on, person=person, values=form.values, now=now)
        return Answer(201, fact_view(row, parties, taken_back=False))

    return call.once(caller, deed)


@router.post(
    "/v1/cases/{case}/facts/{fact}/take-back",
    **acting(
        "takeBackCaseFact",
        "Take a fact back",
        shapes.CaseFact,
        "not_found",
        "conflict",
        scope="cases:write",
        sent={},
        example=examples.TAKEN_BACK,
        status=200,
    ),
)
def post_take_back(case: Id, fact: Id, call: TheCall, caller: CaseWriter, form: shapes.TakeBackForm) -> Response:
    """Say that a fact of yours was wrong: clocks and stage are reckoned anew without it. Both stay on the record."""
    del form

    def deed(session: Session, now: datetime) -> Answer:
        row = fact_of(session, case, fact)
        facts.take_back(session, fact, now=now)
        parties = parties_of(session, acts.find(session, case).account)
        return Answer(200, fact_view(row, parties, taken_back=True))

    return call.once(caller, deed)


@router.post(
    "/v1/cases/{case}/fields",
    **acting(
        "tellCaseFields",
        "Tell values for papers",
        shapes.CaseFields,
        "not_found",
        "conflict",
        scope="cases:write",
        sent=examples.FIELDS,
        example=examples.TOLD_FIELDS,
    ),
)
def post_fields(case: Id, call: TheCall, caller: CaseWriter, ledger: TheLedger, form: shapes.FieldsForm) -> Response:
    """Tell what papers need and the record does not hold; of each name the latest holds. Values are kept sealed.

    What the record supplies itself, such as sums, is refused: no paper says another sum than the account's entries.
    """
    check_fields(form.paper, form.values)

    def deed(session: Session, now: datetime) -> Answer:
        row = fields.tell_fields(ledger, session, case, form.paper or "", form.values, now=now)
        told = {"id": row.id, "case": row.legal_case, "paper": row.kind or None, "names": dict(row.names)}
        return Answer(201, {**told, "at": instant(row.at)})

    return call.once(caller, deed)


@router.post(
    "/v1/cases/{case}/services",
    **acting(
        "tellCaseService",
        "Enter a piece of service",
        shapes.CaseService,
        "not_found",
        scope="cases:write",
        sent=examples.SERVICE,
        example=examples.SERVED,
        again="It was entered already",
    ),
)
def post_service(case: Id, call: TheCall, caller: CaseWriter, ledger: TheLedger, form: shapes.ServiceForm) -> Response:
    """Enter which paper reached whom, how and when, also from before enrolment. Without evidence it proves nothing.

    One entered again under its `external_id` is answered with 200 and the first piece.
    """

    def deed(session: Session, now: datetime) -> Answer:
        found = acts.find(session, case)
        parties = parties_of(session, found.account)
        told = services.ServiceTold(
            paper=form.paper,
            person=parties.person(form.party),
            method=form.method,
            result=form.result,
            sent_on=form.sent_on,
            reached_on=form.reached_on,
            rule=form.rule or "",
            tracking={} if form.tracking is None else form.tracking.model_dump(exclude_none=True),
            files=[each.exhibit_id for each in form.evidence],
            event=form.external_id,
        )
        before = {each.id for each in rows.all_services(session, found)}
        row = services.tell_service(ledger, session, case, told, now=now)
        return Answer(200 if row.id in before else 201, service_view(row, parties))

    return call.once(caller, deed)


@router.post(
    "/v1/cases/{case}/costs",
    **acting(
        "tellCaseCost",
        "Enter a cost",
        shapes.CaseCost,
        "not_found",
        scope="cases:write",
        sent=examples.COST,
        example=examples.SPENT,
    ),
)
def post_cost(case: Id, call: TheCall, caller: CaseWriter, ledger: TheLedger, form: shapes.CostForm) -> Response:
    """Enter what was spent on a case, and whether it is asked back. It is no part of the balance by itself."""

    def deed(session: Session, now: datetime) -> Answer:
        account = session.get_one(Account, acts.find(session, case).account)
        if form.amount.currency != account.currency:
            raise BadInput("amount.currency", "is not the account's", f"Send it in {account.currency}.")
        told = {} if form.what is None else {"what": form.what}
        row = costs.tell_cost(
            ledger, session, case, form.kind, form.amount.exact, on=form.on, claimed=form.claimed, told=told, now=now
        )
        return Answer(201, cost_view(row))

    return call.once(caller, deed)


@router.post(
    "/v1/accounts/{account}/guarantees",
    **acting(
        "tellGuarantee",
        "Tell a guarantee",
        shapes.Guarantee,
        "not_found",
        scope="cases:write",
        sent=examples.GUARANTEE,
        example=examples.GUARANTEED,
    ),
)
def post_guarantee(
    account: Id, call: TheCall, caller: CaseWriter, ledger: TheLedger, form: shapes.GuaranteeForm
) -> Response:
    """Tell how a guarantor of the account answers for its debt, and until when. Open cases reckon it at once."""

    def deed(session: Session, now: datetime) -> Answer:
        found = find_account(session, account)
        parties = parties_of(session, account)
        told = guarantees.GuaranteeTold(
            person=parties.person(form.party),
            kind=form.kind,
            signed_on=form.signed_on,
            main_due_on=form.main_due_on,
            contract_no=form.contract_no or "",
            agreed_end=form.agreed_end,
            agreed_months=form.agreed_months,
            counter=form.counter,
            most=None if form.most is None else read_amount(form.most, found.currency),
        )
        row = guarantees.tell_guarantee(ledger, session, account, told, now=now)
        return Answer(201, guarantee_view(row, parties, found.currency))

    return call.once(caller, deed)


@router.get(
    "/v1/accounts/{account}/guarantees",
    **reading(
        "listGuarantees",
        "List an account's guarantees",
        shapes.GuaranteePage,
        "bad_cursor",
        "not_found",
        "invalid",
        example=examples.GUARANTEES,
        scope="cases:read",
    ),
)
def list_guarantees(
    *, request: Request, account: Id, caller: CaseReader, ledger: TheLedger, limit: Limit = 100, cursor: Cursor = None
) -> JSONResponse:
    """The last word on each guarantor."""
    with ledger.api(caller.tenant, caller.lender) as session:
        currency = find_account(session, account).currency
        parties = parties_of(session, account)
        found = [guarantee_view(row, parties, currency) for row in rows.guarantees(session, account)]
    return cut(request, f"guarantees|{caller.lender}|{account}", found, limit=limit, cursor=cursor)
