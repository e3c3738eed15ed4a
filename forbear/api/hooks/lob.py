"""Lob's events: how a letter fares. Signed, with a time in the signature; doubled and late news is normal.

A letter is known by the touch in its metadata; where an event has none, as that of a deleted letter, by its id.
"""

import json
from collections.abc import AsyncGenerator, Mapping
from typing import Annotated, Any, Final, cast

import structlog
from fastapi import APIRouter, Depends, HTTPException, Request, Response

from forbear.api.hooks.admission import admission_of
from forbear.api.hooks.app_state import ledger_of, settings_of
from forbear.api.hooks.bodies import raw_body
from forbear.channels.lob_news import news_of_event, touch_of
from forbear.channels.lob_signature import SIGNATURE, TIMESTAMP, is_genuine
from forbear.channels.post_lob import NAME
from forbear.errors import BadInput, Forbidden, NotFound
from forbear.ledger import letters, routes
from forbear.ledger.engine import Ledger

LONGEST: Final = 512 * 1024
LONGEST_WORD: Final = 64
UNSIGNED: Final = "No event that the provider signed just now"
log = structlog.get_logger(__name__)
router = APIRouter(prefix="/hooks", include_in_schema=False)

Event = Mapping[str, Any]


async def signed_event(request: Request) -> AsyncGenerator[Event]:
    """The event in its turn, if the provider signed it within the last minutes; 403 for anything else."""
    try:
        body = await raw_body(request, LONGEST)
    except HTTPException:
        raise Forbidden(UNSIGNED) from None
    secrets = settings_of(request).lob_webhook_secret.get_secret_value().split(",")
    signature, timestamp = request.headers.get(SIGNATURE), request.headers.get(TIMESTAMP)
    if not is_genuine(secrets, body, signature, timestamp, ledger_of(request).clock.machine_now()):
        log.warning("letter_event.forged")
        raise Forbidden(UNSIGNED)
    try:
        event: object = json.loads(body)
    except ValueError:
        event = None
    if not isinstance(event, dict):
        raise BadInput("body", "not a JSON object", "Send one event.")
    async with admission_of(request).place(request.url.path):
        yield cast("Event", event)


@router.post("/lob", status_code=204)
def letter_event(request: Request, event: Annotated[Event, Depends(signed_event)]) -> Response:
    """Store what an event says of a letter of ours; others are acknowledged and left alone."""
    ledger, news = ledger_of(request), news_of_event(event)
    letter, identity = event.get("body"), _word(event.get("reference_id"))
    owner = _owner(ledger, touch_of(letter) if isinstance(letter, Mapping) else "", identity)
    if owner is None or not news:
        log.info("letter_event.without_use", event_id=_word(event.get("id")), ours=owner is not None)
        return Response(status_code=204)
    tenant, lender, touch = owner
    try:
        with ledger.api(tenant, lender) as session:
            fresh = letters.learn(
                session, touch, news, source="callback", at=ledger.clock.now(), provider_id=identity or None
            )
    except NotFound:
        log.warning("letter_event.of_no_letter", touch=touch)
        return Response(status_code=204)
    log.info("letter_event", event_id=news[0].event, touch=touch, status=news[0].status, fresh=fresh)
    return Response(status_code=204)


def _owner(ledger: Ledger, touch: str, identity: str) -> tuple[str, str, str] | None:
    """Tenant, lender and touch of a letter."""
    with ledger.anyone() as session:
        if not touch:
            return routes.letter_owner(session, NAME, identity) if identity else None
        owner = routes.touch_owner(session, touch[:LONGEST_WORD])
    return None if owner is None else (*owner, touch)


def _word(value: object) -> str:
    return value[:LONGEST_WORD] if isinstance(value, str) else ""
