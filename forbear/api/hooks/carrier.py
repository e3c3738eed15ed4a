"""The carrier's webhooks: how a message fares, and what people write back.

Both are checked against the carrier's signature. The status address also carries a token of our own with an expiry,
because the carrier's signature has no time in it and could be replayed. Doubled and late news is normal.
"""

from collections.abc import AsyncGenerator
from typing import Annotated, Final
from xml.sax.saxutils import escape

import structlog
from fastapi import APIRouter, Depends, HTTPException, Request, Response
from fastapi.concurrency import run_in_threadpool
from starlette.datastructures import FormData

from forbear.api.hooks.admission import admission_of
from forbear.api.hooks.app_state import ledger_of, packs_of, receipt_writer_of, settings_of
from forbear.api.hooks.bodies import form_body
from forbear.channels.answer_words import worded
from forbear.channels.callback_signature import HEADER, called_address, is_genuine
from forbear.channels.inbound_words import as_obeyed, read
from forbear.errors import Forbidden
from forbear.ledger import receipts, replies, routes
from forbear.ledger.answers import Answer
from forbear.ledger.engine import Ledger
from forbear.ledger.receipt_batches import News
from forbear.ledger.replies import Inbound, Taken
from forbear.ledger.tables.people import Lender
from forbear.ledger.writers import Writer, find_writer
from forbear.rules.packs import Packs
from forbear.tokens import CallbackToken, callback_holds, key_bytes

TWIML: Final = '<?xml version="1.0" encoding="UTF-8"?><Response>{}</Response>'
LONGEST_WORD: Final = 64
UNSIGNED: Final = "The call is not the carrier's own, or its address was not made by us or has expired"
log = structlog.get_logger(__name__)
router = APIRouter(prefix="/hooks/twilio", include_in_schema=False)


async def genuine_form(request: Request) -> FormData:
    """The fields of a webhook that the carrier signed; 403 for anybody else's."""
    try:
        fields = await form_body(request)
    except HTTPException:
        raise Forbidden(UNSIGNED) from None
    settings = settings_of(request)
    address = called_address(settings.public_url, request.url.path, request.scope["query_string"].decode("latin-1"))
    tokens = settings.twilio_auth_token.get_secret_value().split(",")
    if not is_genuine(tokens, address, fields, request.headers.get(HEADER)):
        log.warning("callback.forged", path=request.url.path)
        raise Forbidden(UNSIGNED)
    return fields


async def signed_form(request: Request) -> AsyncGenerator[FormData]:
    """The same, in its turn."""
    fields = await genuine_form(request)
    async with admission_of(request).place(request.url.path):
        yield fields


Signed = Annotated[FormData, Depends(signed_form)]


async def message_status(request: Request) -> Response:
    """Store how a message fares; the touch's state is folded from all such news.

    Plain news is stored with what else arrives meanwhile; what may have consequences, by itself in its turn.
    """
    fields = await genuine_form(request)
    ledger, touch, admission = ledger_of(request), _touch(request), admission_of(request)
    news = News(
        touch=touch,
        status=_word(fields, "MessageStatus") or _word(fields, "SmsStatus"),
        provider_id=_word(fields, "MessageSid") or _word(fields, "SmsSid") or None,
        code=_word(fields, "ErrorCode") or None,
        at=ledger.clock.now(),
    )
    with admission.entered(request.url.path):
        if not news.plain or not await receipt_writer_of(request).stored(news):
            async with admission.turn():
                await run_in_threadpool(_store, ledger, news)
    return Response(status_code=204)


def _store(ledger: Ledger, news: News) -> None:
    with ledger.api_of_touch(news.touch) as session:
        if session is None or not news.status:
            log.warning("message_status_without_use", touch=news.touch, status=news.status)
            return
        receipts.add_receipt(
            session,
            touch_id=news.touch,
            source="callback",
            status=news.status,
            provider_id=news.provider_id,
            code=news.code,
            at=news.at,
        )


@router.post("/inbound")
def inbound(request: Request, fields: Signed) -> Response:
    """Take a message that somebody wrote; what it asks is committed before anything is answered."""
    ledger = ledger_of(request)
    with ledger.anyone() as session:
        # The number behind a Messaging Service is the provider's choice; the service is the lender's.
        called = (_word(fields, name) for name in ("To", "MessagingServiceSid"))
        owner = next((found for each in called if each and (found := routes.sender_owner(session, each))), None)
    message = Inbound(
        sender=str(fields.get("From", "")), text=str(fields.get("Body", "")), provider_id=_word(fields, "MessageSid")
    )
    if owner is None or not message.provider_id:
        log.warning("inbound_without_lender", provider_id=message.provider_id)
        return _twiml(None)
    taken, writer = _take(ledger, owner, message, _word(fields, "OptOutType"), packs_of(request))
    return _twiml(None if taken.answer is None else _answer(ledger, writer, taken.answer))


def _take(
    ledger: Ledger, owner: tuple[str, str], message: Inbound, opt_out_type: str, packs: Packs
) -> tuple[Taken, Writer]:
    with ledger.api(*owner) as session:
        writer = find_writer(session, ledger.vault, *owner, message.sender)
        heard = read(message.text, writer.language, writer.today(ledger.clock.now()))
        reading = as_obeyed(heard, opt_out_type)
        taken = replies.take_reply(ledger, session, writer, message, reading, packs)
    log.info("reply_taken", provider_id=message.provider_id, reading=reading.kind, fresh=taken.fresh)
    return taken, writer


def _answer(ledger: Ledger, writer: Writer, answer: Answer) -> str:
    """Who we are and how to reach us, or that no more texts come; nothing about why we wrote."""
    with ledger.api(writer.tenant, writer.lender) as session:
        lender = session.get_one(Lender, writer.lender)
        return worded(answer, writer.language, lender=lender.name, phone=lender.phone)


def _touch(request: Request) -> str:
    """The touch that the address names, if the token in it is ours and has not expired."""
    asked, settings = request.query_params, settings_of(request)
    try:
        token = CallbackToken(asked["t"], int(asked["e"]), asked["k"])
        holds = callback_holds(key_bytes(settings.token_key), token, ledger_of(request).clock.machine_now())
    except (KeyError, ValueError, OverflowError):
        raise Forbidden(UNSIGNED) from None
    if not holds:
        raise Forbidden(UNSIGNED)
    return token.touch


def _word(fields: FormData, name: str) -> str:
    return str(fields.get(name, ""))[:LONGEST_WORD]


def _twiml(message: str | None) -> Response:
    body = "" if message is None else f"<Message>{escape(message)}</Message>"
    return Response(TWIML.format(body), media_type="application/xml")
