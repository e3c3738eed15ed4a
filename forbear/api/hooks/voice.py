"""The carrier's webhooks of calls: what to say next, and how a call fares.

Each is checked against the carrier's signature, and against a token of ours that names the call: it came with the order
or with the step before. Only a call to us begins without one. Asked again, a step gets the same answer.
"""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cache
from typing import Annotated, Final

import structlog
from fastapi import APIRouter, Depends, Request, Response

from forbear.api.hooks.app_state import ledger_of, settings_of
from forbear.api.hooks.carrier import UNSIGNED, Signed
from forbear.cadence.playbooks import Playbook, load_all
from forbear.channels.voice.speaking import Speaking
from forbear.errors import Forbidden
from forbear.ledger import routes
from forbear.ledger.call_news import News
from forbear.ledger.calls import CallsBook
from forbear.ports.talks import Heard
from forbear.rules.cases import packs_on
from forbear.rules.packs import Packs
from forbear.tokens import CallbackToken, callback_holds, key_bytes

LONGEST_WORD: Final = 64
MOST_DIGITS: Final = 16
CALL: Final = "cal_"
log = structlog.get_logger(__name__)
router = APIRouter(prefix="/hooks/twilio/voice", include_in_schema=False)


@cache
def _playbooks() -> dict[str, Playbook]:
    return dict(load_all())


def _named(request: Request) -> tuple[str, str]:
    """The tenant, and the touch or call that the address names, if its token is ours and has not expired."""
    asked, ledger = request.query_params, ledger_of(request)
    try:
        token = CallbackToken(asked["t"], int(asked["e"]), asked["k"])
        holds = callback_holds(key_bytes(settings_of(request).token_key), token, ledger.clock.machine_now())
    except (KeyError, ValueError, OverflowError):
        raise Forbidden(UNSIGNED) from None
    if not holds:
        raise Forbidden(UNSIGNED)
    with ledger.anyone() as session:
        find = routes.call_owner if token.touch.startswith(CALL) else routes.touch_owner
        owner = find(session, token.touch)
    if owner is None:
        raise Forbidden(UNSIGNED)
    return owner[0], token.touch


Named = Annotated[tuple[str, str], Depends(_named)]


def _book(request: Request) -> CallsBook:
    packs: Packs = getattr(request.app.state, "packs", None) or packs_on(None)
    return CallsBook(ledger_of(request), settings_of(request), _playbooks(), packs, voice=Speaking())


Book = Annotated[CallsBook, Depends(_book)]


@router.post("/start")
def start(fields: Signed, named: Named, book: Book) -> Response:
    """Somebody, or something, answered: whether and what it is told."""
    tenant, touch = named
    answered_by = _word(fields.get("AnsweredBy")) or None
    return _spoken(book.start(tenant, touch, _word(fields.get("CallSid")), answered_by))


@router.post("/step")
def step(request: Request, fields: Signed, named: Named, book: Book) -> Response:
    """What was heard since the last step."""
    number = request.query_params.get("n", "")
    if not (number.isascii() and number.isdigit() and 1 <= len(number) <= 3):  # noqa: PLR2004  no menu is that long
        raise Forbidden(UNSIGNED)
    heard = Heard(
        digits=str(fields.get("Digits", ""))[:MOST_DIGITS],
        recording=_word(fields.get("RecordingSid")),
        connected=_word(fields.get("DialCallStatus")),
    )
    tenant, call = named
    return _spoken(book.step(tenant, call, _word(fields.get("CallSid")), int(number), heard=heard))


@router.post("/fallback")
def fallback(fields: Signed, named: Named, book: Book) -> Response:
    """An address of ours could not be reached: what was said last is said again, or the call begins."""
    tenant, call = named
    sid = _word(fields.get("CallSid"))
    log.warning("call.fallback", named=call, code=_word(fields.get("ErrorCode")))
    said = book.fallback(tenant, call, sid)
    if said is None:
        said = book.start(tenant, call, sid, _word(fields.get("AnsweredBy")) or None)
    return _spoken(said)


@router.post("/status", status_code=204)
def status(fields: Signed, named: Named, book: Book) -> Response:
    """How a call fares; the touch's state is folded from all such news."""
    tenant, touch = named
    news = News(
        sid=_word(fields.get("CallSid")),
        status=_word(fields.get("CallStatus")),
        code=_word(fields.get("ErrorCode")) or None,
        answered_by=_word(fields.get("AnsweredBy")) or None,
        provider_at=_instant(str(fields.get("Timestamp", ""))),
    )
    if not touch.startswith(CALL) and news.sid and news.status:
        book.told(tenant, touch, news)
    return Response(status_code=204)


@router.post("/amd", status_code=204)
def amd(fields: Signed, named: Named, book: Book) -> Response:
    """Who answered, where the carrier tells it apart: it only ever makes a result more exact."""
    tenant, touch = named
    answered_by = _word(fields.get("AnsweredBy"))
    if not touch.startswith(CALL) and answered_by:
        book.told(tenant, touch, News(_word(fields.get("CallSid")), "answered", answered_by=answered_by))
    return Response(status_code=204)


@router.post("/recording", status_code=204)
def recording(fields: Signed, named: Named, book: Book) -> Response:
    """A recording is ready: a human listens to it."""
    tenant, call = named
    sid = _word(fields.get("RecordingSid"))
    if sid and _word(fields.get("RecordingStatus")) in {"", "completed"}:
        book.recorded(tenant, call, _word(fields.get("CallSid")), sid)
    return Response(status_code=204)


@router.post("/inbound")
def inbound(request: Request, fields: Signed, book: Book) -> Response:
    """Somebody calls a lender's number."""
    with ledger_of(request).anyone() as session:
        owner = routes.sender_owner(session, _word(fields.get("To")))
    sid = _word(fields.get("CallSid"))
    if owner is None or not sid:
        log.warning("call_without_lender")
        return _spoken(Speaking().silent())
    return _spoken(book.inbound(*owner, sid, str(fields.get("From", ""))[:LONGEST_WORD]))


def _word(value: object) -> str:
    return "" if value is None else str(value)[:LONGEST_WORD]


def _instant(text: str) -> datetime | None:
    try:
        told = parsedate_to_datetime(text)
    except ValueError:
        return None
    return told.astimezone(UTC) if told.tzinfo is not None else None


def _spoken(document: str) -> Response:
    return Response(document, media_type="text/xml")
