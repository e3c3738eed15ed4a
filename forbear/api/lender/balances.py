"""Balances: the lender's nightly word on what is owed, up to a thousand accounts in one call."""

from datetime import datetime
from typing import Any

from fastapi import APIRouter, Response
from sqlalchemy.orm import Session

from forbear.api.acting import Answer, TheCall
from forbear.api.auth import Caller, Confirmer
from forbear.api.described import acting
from forbear.api.lender import answers, examples
from forbear.api.lender.forms import BalanceRowForm, BalancesForm
from forbear.api.problems import input_error
from forbear.errors import BadInput
from forbear.ledger.books import CLOCK_SLACK
from forbear.ledger.confirming import Confirmation, accounts_named, confirm_balances
from forbear.ledger.tables.accounts import Account

router = APIRouter(prefix="/v1/balances", tags=["Money"])


@router.post(
    "",
    **acting(
        "confirmBalances",
        "Confirm what is owed on many accounts",
        answers.BalanceResults,
        scope="balances:write",
        sent=examples.BALANCES,
        example=examples.CONFIRMED,
        status=200,
    ),
)
def post_balances(call: TheCall, caller: Confirmer, form: BalancesForm) -> Response:
    """Set each account's balance as of an instant; the difference to ours becomes an adjustment.

    A balance that nobody confirmed for three days is stale and holds the account. Each row is answered by itself:
    `confirmed`, `adjusted`, `outdated` (a later balance is on file) or `refused` with the reason.
    """

    def deed(session: Session, now: datetime) -> Answer:
        return Answer(200, {"results": _confirm(session, caller, form, now)})

    return call.once(caller, deed)


def _confirm(session: Session, caller: Caller, form: BalancesForm, now: datetime) -> list[dict[str, Any]]:
    known = _named(session, caller.lender, form.balances)
    rows: list[tuple[str | None, BadInput | None]] = []
    good: dict[str, Confirmation] = {}
    for row in form.balances:
        account = known.get(row.account_id or row.external_id or "")
        try:
            confirmation = _confirmation(row, account, good, now)
        except BadInput as error:
            rows.append((None if account is None else account.id, error))
        else:
            good[confirmation.account] = confirmation
            rows.append((confirmation.account, None))
    results = confirm_balances(
        session, tenant=caller.tenant, lender=caller.lender, confirmations=list(good.values()), now=now
    )
    return [
        {
            "row": index,
            "account": account,
            "result": "refused" if error or account is None else results[account],
            "errors": [input_error(error)] if error else [],
        }
        for index, (account, error) in enumerate(rows)
    ]


def _named(session: Session, lender: str, rows: list[BalanceRowForm]) -> dict[str, Account]:
    ids = [row.account_id for row in rows if row.account_id is not None]
    references = [row.external_id for row in rows if row.external_id is not None]
    found = accounts_named(session, lender, ids=ids, external_ids=references)
    by_id = {account.id: account for account in found}
    by_reference = {account.external_id: account for account in found}
    return {
        **{reference: by_reference[reference] for reference in references if reference in by_reference},
        **{account: by_id[account] for account in ids if account in by_id},
    }


def _confirmation(
    row: BalanceRowForm, account: Account | None, good: dict[str, Confirmation], now: datetime
) -> Confirmation:
    name = "account_id" if row.account_id is not None else "external_id"
    if account is None:
        raise BadInput(name, "no such account", "Enrol it first.")
    if account.id in good:
        raise BadInput(name, "the account is named twice in this call", "Send its latest balance only.")
    if row.as_of > now + CLOCK_SLACK:
        raise BadInput("as_of", "lies in the future", "Send the instant at which your books had this balance.")
    try:
        amounts = row.components.amounts(account.currency)
    except ValueError as error:
        raise BadInput("components", str(error), "Send amounts as your own books have them.") from None
    return Confirmation(account.id, row.as_of, amounts)
