"""Calls as the record keeps them: each once, each step once, and what a step moves in the step's own transaction.

The carrier asks again when an answer was lost, so a step that was taken is never taken anew: the same document goes out
and nothing moves. A call is looked at over all lenders of the tenant, hence as the role of those who work for it.
"""

from collections.abc import Mapping
from datetime import datetime

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from forbear.cadence.call_results import listener
from forbear.cadence.playbooks import Playbook
from forbear.ledger import call_begun, call_facts, call_news, call_steps
from forbear.ledger.call_acts import Acting, keep_recording
from forbear.ledger.call_steps import Steps, Taking
from forbear.ledger.engine import Ledger
from forbear.ledger.locking import lock_account, lock_persons
from forbear.ledger.receipts import lock_touch
from forbear.ledger.routes import persons_at
from forbear.ledger.tables.accounts import Party
from forbear.ledger.tables.calls import Call
from forbear.ledger.tables.contacts import Touch
from forbear.ledger.touching import TouchingBook
from forbear.ports.talks import Heard, TalkFacts, Turn, Voice
from forbear.rules.packs import Packs
from forbear.settings import Settings

log = structlog.get_logger(__name__)


class CallsBook:
    """What the carrier's hooks ask and tell. Every answer is a document; nothing here waits for a provider."""

    def __init__(
        self, ledger: Ledger, settings: Settings, playbooks: Mapping[str, Playbook], packs: Packs, *, voice: Voice
    ) -> None:
        self._ledger = ledger
        self._playbooks = playbooks
        self._packs = packs
        self._voice = voice
        self._touching = TouchingBook(ledger, settings, playbooks, packs)
        self._steps = Steps(ledger, settings, voice)

    def start(self, tenant: str, touch_id: str, sid: str, answered_by: str | None) -> str:
        """Somebody, or something, answered a call of ours."""
        with self._ledger.staff(tenant) as session:
            touch = self._take(session, tenant, touch_id)
            if touch is None:
                return self._voice.silent()
            now = self._ledger.clock.now()
            call = call_begun.of_touch(session, touch, sid, answered_by, now)
            if call is None:
                log.error("call.second_for_one_touch", touch=touch_id)
                return self._voice.silent()
            if (known := self._steps.stored(session, call, 0)) is not None:
                return known
            taking = self._taking(session, call, now)
            return self._steps.take(taking, 0, answered_by or "somebody", self._first(taking, touch))

    def inbound(self, tenant: str, lender: str, sid: str, number: str) -> str:
        """Somebody calls the lender's number; it is a conversation and no attempt of ours."""
        with self._ledger.staff(tenant) as session:
            now = self._ledger.clock.now()
            call = call_begun.of_caller(session, self._ledger.vault, (tenant, lender), sid, number=number, now=now)
            self._lock(session, call)
            if (known := self._steps.stored(session, call, 0)) is not None:
                return known
            taking = self._taking(session, call, now)
            return self._steps.take(taking, 0, "somebody", self._voice.begin(taking.facts))

    def step(self, tenant: str, named: str, sid: str, number: int, *, heard: Heard) -> str:
        """What was heard since the last step of a call; asked again, it is the same document."""
        with self._ledger.staff(tenant) as session:
            call = self._known(session, named, sid)
            if call is None:
                return self._voice.silent()
            self._lock(session, call)
            if (known := self._steps.stored(session, call, number)) is not None:
                return known
            last = call_steps.row_of(session, call, number - 1)
            if last is None:
                log.warning("call.step_out_of_order", call=call.id, number=number)
                return self._voice.silent()
            standing = call_steps.standing_of(last)
            taking = self._taking(session, call, self._ledger.clock.now())
            turn = self._voice.next_step(taking.facts, standing, heard, number)
            return self._steps.take(taking, number, call_steps.label(standing, heard), turn)

    def fallback(self, tenant: str, named: str, sid: str) -> str | None:
        """The last document of a call once more; None for a call that has none yet."""
        with self._ledger.staff(tenant) as session:
            call = self._known(session, named, sid)
            last = None if call is None else call_steps.last_number(session, call)
            return None if call is None or last is None else self._steps.stored(session, call, last)

    def recorded(self, tenant: str, named: str, sid: str, recording: str) -> None:
        """A recording is ready; the one who spoke may have hung up before the menu heard of it."""
        with self._ledger.staff(tenant) as session:
            call = self._known(session, named, sid)
            if call is not None and call.person is not None:
                self._lock(session, call)
                keep_recording(Acting(session, call, self._ledger.clock.now()), recording)

    def told(self, tenant: str, touch_id: str, news: call_news.News) -> None:
        """How a call fares."""
        with self._ledger.staff(tenant) as session:
            touch = self._take(session, tenant, touch_id)
            if touch is not None:
                call_news.learn(session, touch, news, self._ledger.clock.now())

    def _take(self, session: Session, tenant: str, touch_id: str) -> Touch | None:
        """Lock the account's persons, then the touch: the order in which everyone takes them."""
        found = session.get(Touch, touch_id)
        if found is None or found.channel != "call" or found.task is not None:
            return None
        lock_account(session, tenant, found.account)
        return lock_touch(session, touch_id)

    def _lock(self, session: Session, call: Call) -> None:
        """Lock everyone whom a step may concern, all at once, and read the call as it stands then."""
        parties = session.scalars(select(Party.person).where(Party.account == call.account)).all()
        themselves = [call.person] if call.person else []
        lock_persons(session, call.tenant, [*persons_at(session, call.address_key), *parties, *themselves])
        session.refresh(call)

    def _known(self, session: Session, named: str, sid: str) -> Call | None:
        """The call of this id at the provider, if it is the one that the address names."""
        call = session.scalar(select(Call).where(Call.provider_id == sid))
        return call if call is not None and named in {call.id, call.touch} else None

    def _taking(self, session: Session, call: Call, now: datetime) -> Taking:
        facts = call_facts.load(session, self._ledger.vault, call, playbooks=self._playbooks, now=now)
        return Taking(session, call, facts, now)

    def _first(self, taking: Taking, touch: Touch) -> Turn:
        """A call may have waited in the carrier's queue: whether it may speak is asked once more."""
        facts, call = taking.facts, taking.call
        if self._must_be_silent(taking, touch, facts):
            log.info("call.withheld", touch=touch.id)
            return self._voice.silence()
        if listener(call.answered_by) == "machine":
            allowed = call_begun.may_leave_message(
                taking.session, touch, facts, packs=self._packs, playbooks=self._playbooks, now=taking.now
            )
            return self._voice.message(facts) if allowed else self._voice.silence()
        return self._voice.silence() if call.answered_by == "unknown" else self._voice.begin(facts)

    def _must_be_silent(self, taking: Taking, touch: Touch, facts: TalkFacts) -> bool:
        if not facts.name or not self._voice.can_tell(facts.disclosures):
            return True
        return self._touching.speaks_against(taking.session, touch, taking.now) is not None
