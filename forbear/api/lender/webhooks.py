"""Webhooks: news of a lender's cases, posted to its own addresses and signed with a secret of each."""

from datetime import datetime

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from sqlalchemy.orm import Session

from forbear.api.acting import Answer, TheCall
from forbear.api.auth import CaseReader, CaseWriter, TheLedger
from forbear.api.described import acting, reading
from forbear.api.lender.forms import Id
from forbear.api.lender.shapes import webhooks as shapes
from forbear.api.paging import Cursor, Limit, cut
from forbear.channels.loopback import is_loopback
from forbear.errors import BadInput
from forbear.ledger import webhooks

router = APIRouter(prefix="/v1/webhooks", tags=["Webhooks"])


@router.post(
    "",
    **acting(
        "addWebhook",
        "Be told news of cases",
        shapes.NewWebhook,
        "conflict",
        scope="cases:write",
        sent=shapes.WEBHOOK,
        example=shapes.WEBHOOK_MADE,
    ),
)
def post_webhook(call: TheCall, caller: CaseWriter, ledger: TheLedger, form: shapes.AddWebhookForm) -> Response:
    """Have news posted to an address of yours, each message signed, at least once and for three days until you take it.

    A message holds ids and words, never a name, an address or a sum: ask for the case or the packet to see more.
    """
    allowed = form.url.startswith("https://") or (ledger.settings.sandbox and is_loopback(form.url))
    if not allowed:
        raise BadInput("url", "is not https", "Send an address that begins with https://")

    def deed(session: Session, now: datetime) -> Answer:
        row, secret = webhooks.add(
            session,
            ledger.vault,
            tenant=caller.tenant,
            lender=caller.lender,
            address=form.url,
            events=form.events,
            now=now,
        )
        return Answer(201, {**webhooks.view(ledger.vault, row), "secret": secret})

    return call.once(caller, deed)


@router.get(
    "",
    **reading(
        "listWebhooks",
        "List your webhooks",
        shapes.WebhookPage,
        "bad_cursor",
        "invalid",
        example=shapes.WEBHOOKS,
        scope="cases:read",
    ),
)
def list_webhooks(
    *, request: Request, caller: CaseReader, ledger: TheLedger, limit: Limit = 100, cursor: Cursor = None
) -> JSONResponse:
    """Your addresses, oldest first, ended ones too; never their secrets."""
    with ledger.api(caller.tenant, caller.lender) as session:
        found = [webhooks.view(ledger.vault, row) for row in webhooks.every(session)]
    return cut(request, f"webhooks|{caller.lender}", found, limit=limit, cursor=cursor)


@router.get(
    "/{webhook}/messages",
    **reading(
        "listWebhookMessages",
        "List what was told",
        shapes.WebhookMessagePage,
        "bad_cursor",
        "not_found",
        "invalid",
        example=shapes.MESSAGES,
        scope="cases:read",
    ),
)
def list_messages(
    *, request: Request, webhook: Id, caller: CaseReader, ledger: TheLedger, limit: Limit = 100, cursor: Cursor = None
) -> JSONResponse:
    """The latest thousand messages for an address, and how each fared."""
    with ledger.api(caller.tenant, caller.lender) as session:
        found = webhooks.messages(session, webhook)
    return cut(request, f"messages|{caller.lender}|{webhook}", found, limit=limit, cursor=cursor)


@router.post(
    "/{webhook}/end",
    **acting(
        "endWebhook",
        "Be told no more",
        shapes.LenderWebhook,
        "not_found",
        scope="cases:write",
        sent={},
        example=shapes.WEBHOOK_ENDED,
        status=200,
    ),
)
def post_end(
    webhook: Id, call: TheCall, caller: CaseWriter, ledger: TheLedger, form: shapes.EndWebhookForm
) -> Response:
    """Tell nothing more at an address; what waits for it is dropped. Ended twice, it keeps its first end."""
    del form

    def deed(session: Session, now: datetime) -> Answer:
        return Answer(200, webhooks.view(ledger.vault, webhooks.end(session, webhook, now)))

    return call.once(caller, deed)
