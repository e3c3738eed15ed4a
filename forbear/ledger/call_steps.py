"""The steps of a call as they are stored: taken once, with all that they move, and given again as they were."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

import structlog
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from forbear import tokens
from forbear.errors import Erased
from forbear.ledger import call_news
from forbear.ledger.call_acts import Acting
from forbear.ledger.engine import Ledger
from forbear.ledger.ids import new_id
from forbear.ledger.tables.calls import Call, CallStep
from forbear.ports.talks import ENDED, Heard, Standing, TalkFacts, Turn, Voice
from forbear.settings import Settings

LONGEST_CALL: Final = timedelta(hours=3)
"""Machine time for which the address of a call's next step works."""
KEPT_KEYS: Final = frozenset({"greeting", "menu", "confirm", "stranger"})
"""Stages whose key is kept: it says what was chosen, and nothing personal."""
REACHED: Final[Mapping[str, str]] = {
    "not_me": "wrong_party",
    "wrong_party": "wrong_party",
    "verified": "verified",
    "message": "message",
}
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Taking:
    """A call in whose transaction a step is taken, with what may be said."""

    session: Session
    call: Call
    facts: TalkFacts
    now: datetime


class Steps:
    """Takes steps and gives them again."""

    def __init__(self, ledger: Ledger, settings: Settings, voice: Voice) -> None:
        self._vault = ledger.vault
        self._clock = ledger.clock
        self._settings = settings
        self._voice = voice

    def take(self, taking: Taking, number: int, heard: str, turn: Turn) -> str:
        """Carry out what a step moves, and keep it with its document, which is the answer."""
        session, call = taking.session, taking.call
        acting = Acting(session, call, taking.now)
        for effect in turn.effects:
            acting.act(effect)
        _come_so_far(session, call, number, turn)
        document = self._document(taking, number, turn)
        session.execute(
            insert(CallStep).values(
                id=new_id("stg"),
                tenant=call.tenant,
                lender=call.lender,
                call=call.id,
                number=number,
                heard=heard,
                did=[effect.kind for effect in turn.effects],
                standing={**asdict(turn.standing), "day": turn.standing.day and turn.standing.day.isoformat()},
                answer=self._sealed(session, call, document),
                at=taking.now,
            )
        )
        log.info("call.step", call=call.id, number=number, stage=turn.standing.stage)
        return document

    def stored(self, session: Session, call: Call, number: int) -> str | None:
        """The document of a step that was taken; a person's whose data was erased meanwhile hears nothing more."""
        row = row_of(session, call, number)
        if row is None:
            return None
        if row.answer is None or call.person is None:
            return (row.answer or b"").decode() or self._voice.silent()
        try:
            return self._vault.open(session, lender=call.lender, person=call.person, sealed=row.answer)
        except Erased:
            return self._voice.silent()

    def _document(self, taking: Taking, number: int, turn: Turn) -> str:
        call, public = taking.call, self._settings.public_url
        expires = self._clock.machine_now() + LONGEST_CALL
        token = tokens.sign_callback(tokens.key_bytes(self._settings.token_key), call.touch or call.id, expires)
        return self._voice.render(
            turn,
            taking.facts,
            next_url=tokens.voice_url(public, "step", token, number + 1),
            recording_url=tokens.voice_url(public, "recording", token),
            script=call.script,
        )

    def _sealed(self, session: Session, call: Call, document: str) -> bytes | None:
        """Under the person's key; what is said to a number that nobody gave us holds nothing personal."""
        if call.person is None:
            return document.encode()
        try:
            return self._vault.seal(session, tenant=call.tenant, lender=call.lender, person=call.person, text=document)
        except Erased:
            return None


def row_of(session: Session, call: Call, number: int) -> CallStep | None:
    return session.scalar(select(CallStep).where(CallStep.call == call.id, CallStep.number == number))


def last_number(session: Session, call: Call) -> int | None:
    """Of the last step that was taken."""
    taken = select(CallStep.number).where(CallStep.call == call.id)
    return session.scalars(taken.order_by(CallStep.number.desc()).limit(1)).first()


def standing_of(row: CallStep) -> Standing:
    """Where the menu stood after a step."""
    kept: dict[str, Any] = dict(row.standing)
    day: str | None = kept.pop("day")
    return Standing(**kept, day=None if day is None else date.fromisoformat(day))


def label(standing: Standing, heard: Heard) -> str:
    """What was heard, without anything that a person is known by."""
    if heard.recording or heard.connected:
        return "recording" if heard.recording else f"connection {heard.connected}"
    if not heard.digits:
        return "silence"
    return f"key {heard.digits}" if standing.stage in KEPT_KEYS and len(heard.digits) == 1 else "digits"


def _come_so_far(session: Session, call: Call, number: int, turn: Turn) -> None:
    """How far the call came, and what it counts as from now on, whatever becomes of its end."""
    reached = next((REACHED[each.kind] for each in turn.effects if each.kind in REACHED), None)
    if reached is None and number == 0:
        reached = "silent" if turn.standing.stage == ENDED else "greeted"
    if reached is not None:
        call.reached = reached
        session.flush()
        call_news.settle(session, call)
