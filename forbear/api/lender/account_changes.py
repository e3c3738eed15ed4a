"""Changes of an account: a merge patch under `If-Match`, and one more contact point.

Two programs that change one account cannot overwrite each other: the tag is compared under the account's lock.
"""

from datetime import datetime

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from sqlalchemy.orm import Session

from forbear.api.acting import Answer, TheCall, untangled
from forbear.api.auth import TheLedger, Writer
from forbear.api.conditions import etag, must_match, required
from forbear.api.described import acting, changing
from forbear.api.lender import answers
from forbear.api.lender.forms import Id
from forbear.api.lender.shapes import changes
from forbear.ledger.changing import add_contact_point, change_account
from forbear.ledger.forms.change import AccountChangeForm, NewPointForm
from forbear.ledger.locking import lock_account
from forbear.ledger.tables.accounts import Account
from forbear.ledger.tables.people import ContactPoint
from forbear.ledger.views import account_view, find_account, point_view

router = APIRouter(prefix="/v1/accounts/{account}", tags=["Accounts"])


@router.patch(
    "",
    **changing(
        "changeAccount",
        "Correct an account",
        answers.Account,
        "not_found",
        "conflict",
        scope="accounts:write",
        sent=changes.CHANGE,
        example=changes.CHANGED,
    ),
)
def patch_account(
    request: Request, account: Id, caller: Writer, ledger: TheLedger, form: AccountChangeForm
) -> Response:
    """Change the product's name, due date, playbook, circumstances, a language, unknown jurisdictions, a contact point.

    A merge patch (RFC 7396; also sent as application/merge-patch+json): what is left out stays. It takes back nothing
    that somebody said: a number that is wrong stays wrong, a known jurisdiction stays, stops and opt-outs are not
    reached. Sent again after it was done, it is refused with 412, because the tag is another one by then.
    """
    tags = required(request)

    def change() -> dict[str, object]:
        with ledger.api(caller.tenant, caller.lender) as session:
            found, now = _locked(session, caller.tenant, account), ledger.clock.now()
            must_match(tags, account_view(session, account, now=now))
            change_account(session, found, form, now)
            return account_view(session, account, now=now)

    view = untangled(change)
    return JSONResponse(view, headers={"ETag": etag(view)})


@router.post(
    "/contact-points",
    **acting(
        "addContactPoint",
        "Add a contact point",
        changes.AddedPoint,
        "not_found",
        "conflict",
        scope="accounts:write",
        sent=changes.POINT,
        example=changes.ADDED,
        again="The contact point was known already",
    ),
)
def post_contact_point(account: Id, call: TheCall, caller: Writer, ledger: TheLedger, form: NewPointForm) -> Response:
    """Give a party one more number or address, as another enrolment would.

    One that is known is answered with 200; newer zone evidence is taken over, and nothing learnt since is talked away.
    """

    def deed(session: Session, now: datetime) -> Answer:
        found = _locked(session, caller.tenant, account)
        added = add_contact_point(session, ledger.vault, found, form, now)
        point = session.get_one(ContactPoint, added.id, populate_existing=True)
        return Answer(201 if added.new else 200, {"id": added.id, **point_view(point)})

    return call.once(caller, deed)


def _locked(session: Session, tenant: str, account: str) -> Account:
    """The account as it stands once its persons are ours."""
    find_account(session, account)
    lock_account(session, tenant, account)
    return session.get_one(Account, account, populate_existing=True, with_for_update=True)
