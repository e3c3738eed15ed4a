"""China's domestic provider pushes here: what became of texts, and what people write back. It signs nothing.

So the address holds a secret, and what is pushed is trusted no further than it must be. A report is a hint: it makes
upkeep ask the provider, whose answer counts. A reply can be had in no other way: it is obeyed where it asks for peace,
and whatever would loosen something, such as taking an opt-out back, waits for a human. A request to stop that cannot be
given to a lender is never answered as taken: the provider pushes it again, and an operator sees an error meanwhile.
"""

import hashlib
import hmac
import json
import re
from collections.abc import AsyncGenerator, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Final, cast
from zoneinfo import ZoneInfo

import structlog
from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import JSONResponse

from forbear.api.hooks.admission import admission_of
from forbear.api.hooks.app_state import ledger_of, settings_of
from forbear.api.hooks.bodies import raw_body
from forbear.channels.inbound_words import read
from forbear.errors import Forbidden, NotFound
from forbear.ledger import receipts, replies, routes
from forbear.ledger.engine import Ledger
from forbear.ledger.replies import Inbound
from forbear.ledger.writers import find_writer
from forbear.ports.replies import Reading
from forbear.tokens import key_bytes, push_secret_holds

LONGEST: Final = 1024 * 1024
LONGEST_ID: Final = 64
PROVIDER: Final = "aliyun"
BEIJING: Final = ZoneInfo("Asia/Shanghai")
LATE_AT_MOST: Final = timedelta(days=3)
"""World time; a reply that says it is older was written at a time we do not believe."""
MOBILE: Final = re.compile(r"(?:\+?86|0086)?(1\d{10})")
BETWEEN_DIGITS: Final = re.compile(r"[\s-]")
AROUND_SIGNATURE: Final = "【】[]［］ \t\r\n\u3000\xa0"
"""Texts show a signature in such brackets; what was registered has none."""
TAKEN: Final = {"code": 0, "msg": "成功"}
AGAIN: Final = {"code": 1, "msg": "稍后重试"}
NOT_OURS: Final = "Nothing is pushed to this address"
Item = dict[str, Any]
log = structlog.get_logger(__name__)
router = APIRouter(prefix="/hooks/aliyun/{secret}", include_in_schema=False)


async def pushed(request: Request, secret: str) -> AsyncGenerator[list[Item]]:
    """The items of a push whose address holds our secret, in its turn; what is no list of objects holds none.

    Such a push is not asked for again: it would be the same once more.
    """
    if not push_secret_holds(settings_of(request).aliyun_push_secret, secret):
        raise Forbidden(NOT_OURS)
    items = _items(await raw_body(request, LONGEST))
    async with admission_of(request).place(request.url.path):
        yield items


def _items(body: bytes) -> list[Item]:
    try:
        given: object = json.loads(body)
    except (ValueError, RecursionError):
        given = None
    if not isinstance(given, list):
        log.warning("push_unreadable", bytes=len(body))
        return []
    listed = cast("list[object]", given)
    items = [cast("Item", item) for item in listed if isinstance(item, dict)]
    if len(items) < len(listed):
        log.warning("push_items_unreadable", items=len(listed) - len(items))
    return items  # all: what is left out of a push that was answered never comes again


Pushed = Annotated[list[Item], Depends(pushed)]


@router.post("/reports")
def reports(request: Request, items: Pushed) -> Response:
    """Note of which texts there is news; what it says is asked of the provider."""
    ledger = ledger_of(request)
    return _answer("report", items, lambda item: _hint(ledger, _word(item, "out_id")))


@router.post("/replies")
def incoming(request: Request, items: Pushed) -> Response:
    """Take what people wrote; what it asks is committed before the provider is told that we have it."""
    ledger, key = ledger_of(request), key_bytes(settings_of(request).token_key)
    return _answer("reply", items, lambda item: _take(ledger, key, item))


def _answer(what: str, items: list[Item], do: Callable[[Item], None]) -> Response:
    """Do each item, whatever becomes of the others; if one failed the whole push is asked for again."""
    failed = 0
    for item in items:
        try:
            do(item)
        except Exception as error:  # noqa: BLE001  the next one may be a request to stop
            failed += 1
            log.error("push_item_failed", what=what, error=type(error).__name__)  # noqa: TRY400  a trace may quote the text
    return JSONResponse(AGAIN, 503) if failed else JSONResponse(TAKEN)


def _hint(ledger: Ledger, touch: str) -> None:
    with ledger.anyone() as session:
        owner = routes.touch_owner(session, touch)
    if owner is None:
        log.warning("report_without_touch")
        return
    with ledger.api(*owner) as session:
        held = receipts.lock_touch(session, touch)
        if held is None or held.provider != PROVIDER:
            log.warning("report_of_another_route", touch=touch)
            return
        receipts.add_receipt(session, touch_id=touch, source="callback", status=receipts.HINT, at=ledger.clock.now())


def _take(ledger: Ledger, key: bytes, item: Item) -> None:
    number, signature = _mobile(item), _word(item, "sign_name").strip(AROUND_SIGNATURE)
    with ledger.anyone() as session:
        owner = routes.sender_owner(session, signature) if signature else None
    provider_id, text = _fingerprint(key, item), _clean(str(item.get("content") or ""))
    if owner is None or number is None:
        _for_nobody(provider_id, text, number=number is not None)
        return
    inbound = Inbound(sender=number, text=text, provider_id=provider_id)
    with ledger.api(*owner) as session:
        writer = find_writer(session, ledger.vault, *owner, inbound.sender)
        at = written_at(_word(item, "send_time"), ledger.clock.now())
        reading = trusted(read(text, writer.language, writer.today(at)))
        taken = replies.take_reply(ledger, session, writer, inbound, reading)
    log.info("reply_taken", provider_id=provider_id, reading=reading.kind, fresh=taken.fresh)


def _for_nobody(provider_id: str, text: str, *, number: bool) -> None:
    """What cannot be obeyed must not be taken for obeyed: a lender's signature may be registered a minute later.

    Raises:
        NotFound: a request to stop at a number that we can read, to a lender that we do not know.
    """
    stops = read(text, "zh-Hans").stops
    tell = log.error if stops else log.warning
    tell("reply_without_lender" if number else "reply_without_number", provider_id=provider_id, stops=stops)
    if stops and number:
        raise NotFound("no lender has this signature")


def trusted(reading: Reading) -> Reading:
    """What is obeyed of a reply that nobody signed: everything but the taking back of an opt-out.

    A request for help is not answered either, as every text here needs an approved wording: a human calls.
    """
    if reading.kind == "start":
        return Reading("other")
    return replace(reading, plain=False) if reading.kind == "help" else reading


def written_at(local: str, now: datetime) -> datetime:
    """When a person wrote. The provider writes Beijing time without saying so; what cannot be true is now."""
    try:
        at = datetime.fromisoformat(local)
    except ValueError:
        return now
    at = (at if at.tzinfo else at.replace(tzinfo=BEIJING)).astimezone(UTC)
    return at if now - LATE_AT_MOST <= at <= now else now


def _fingerprint(key: bytes, item: Item) -> str:
    """One id per message, the same for each push of it; it shows nothing of who wrote."""
    names = ("sequence_id", "phone_number", "send_time", "content", "sign_name")
    told = json.dumps([str(item.get(name)) for name in names])
    return f"{PROVIDER}:{hmac.new(key, told.encode(errors='surrogatepass'), hashlib.sha256).hexdigest()[:32]}"


def _mobile(item: Item) -> str | None:
    """The number in the form of the world; some pushes give it as a JSON number."""
    given = item.get("phone_number")
    told = str(given) if isinstance(given, int) else _word(item, "phone_number")
    found = MOBILE.fullmatch(BETWEEN_DIGITS.sub("", told))
    return None if found is None else f"+86{found.group(1)}"


def _word(item: Item, name: str) -> str:
    value = item.get(name)
    return _clean(value[:LONGEST_ID]) if isinstance(value, str) else ""


def _clean(text: str) -> str:
    """Without what no database takes: zero bytes, and halves of characters."""
    return text.replace("\x00", "").encode(errors="replace").decode()
