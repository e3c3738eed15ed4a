"""The last look before a touch is sent, and the record of what became of it.

`prepare` hands a touch out at most once: whoever asks again learns that its fate is unknown. No transaction here
waits for a provider.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import cast

import structlog
from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from forbear.cadence.life import Life
from forbear.cadence.playbooks import Playbook
from forbear.cadence.recheck import ClaimedTouch, still_allowed
from forbear.contracts.decision import ContactOrder, Outcome
from forbear.contracts.words import Channel, LenderRole, TouchState
from forbear.errors import BadInput, Erased, ForbearError, NotFound
from forbear.ledger import incidents, letters, life_rows, reachability
from forbear.ledger.engine import Ledger
from forbear.ledger.handing import Handing, hand_text
from forbear.ledger.handing_calls import hand_call
from forbear.ledger.handing_letters import hand_letter
from forbear.ledger.lives import life_of, load_life
from forbear.ledger.locking import lock_account
from forbear.ledger.receipts import Heard, Source, lock_touch, receive
from forbear.ledger.shown import if_own
from forbear.ledger.tables.contacts import Touch
from forbear.ledger.tables.people import ContactPoint, Lender
from forbear.ports.book import Dispatch
from forbear.ports.sms import Accepted, Refused, Sending, Unknown
from forbear.rules.packs import Packs
from forbear.settings import Settings

Recheck = Callable[[Life, ClaimedTouch, Playbook, Packs, datetime], str | None]
HANDERS: Mapping[str, Callable[[Handing], Dispatch]] = {"sms": hand_text, "call": hand_call, "letter": hand_letter}
"""What each channel's sender is given; visits and calls by people are handed to nobody."""
IN_WORDS: Mapping[TouchState, str] = {
    "claimed": "claimed and not sent yet",
    "dispatching": "being sent",
    "sent": "the provider has it",
    "delivered": "delivered",
    "undelivered": "the provider could not deliver it",
    "failed": "certainly not sent",
    "unknown": "the answer was lost: it counts as made until it is known otherwise",
}
OUT = (
    select(ContactPoint, Lender)
    .join(Lender, Lender.id == bindparam("lender"))
    .where(ContactPoint.id == bindparam("point"))
)
"""Where a touch goes to and whose it is."""
log = structlog.get_logger(__name__)


class TouchingBook:
    """Implements `forbear.ports.book.TouchBook`."""

    def __init__(
        self,
        ledger: Ledger,
        settings: Settings,
        playbooks: Mapping[str, Playbook],
        packs: Packs,
        *,
        recheck: Recheck = still_allowed,
    ) -> None:
        self._ledger = ledger
        self._settings = settings
        self._playbooks = playbooks
        self._packs = packs
        self._recheck = recheck

    def prepare(self, order: ContactOrder) -> Dispatch | Outcome:
        with self._ledger.worker(order.tenant) as session:
            touch = self._take(session, order)
            now = self._ledger.clock.now()
            if touch.state == "dispatching":
                log.warning("touch.asked_twice", touch=touch.id)
                return self._learn(session, touch, "ledger", "lost", now=now)
            if touch.state != "claimed":
                return _outcome(touch)
            if (why := self._why_not(session, touch, now)) is not None:
                log.info("touch.withheld", touch=touch.id)
                return self._learn(session, touch, "ledger", "withheld", now=now, code=why)
            return self._hand_out(session, touch, now)

    def cancel(self, order: ContactOrder, reason: str) -> Outcome:
        with self._ledger.worker(order.tenant) as session:
            touch, now = self._take(session, order), self._ledger.clock.now()
            return self._learn(session, touch, "sender", "not_written", now=now, code=reason)

    def record(self, order: ContactOrder, sending: Sending, *, body_sha256: str, segments: int) -> Outcome:
        with self._ledger.worker(order.tenant) as session:
            touch = self._take(session, order)
            touch.body_sha256, touch.segments = body_sha256, segments
            if touch.channel == "letter":
                session.flush()
                letters.keep_made(session, touch, self._settings.letter_prices)
            now = self._ledger.clock.now()
            match sending:
                case Accepted():
                    return self._accepted(session, touch, sending, now)
                case Refused():
                    return self._refused(session, touch, sending, now)
                case Unknown():
                    return self._learn(session, touch, "sender", "lost", now=now)

    def _take(self, session: Session, order: ContactOrder) -> Touch:
        """Lock the account's persons, then the touch: the order in which everyone takes them."""
        lock_account(session, order.tenant, order.account)
        touch = lock_touch(session, order.touch)
        if touch is None or touch.account != order.account:
            raise NotFound("no such touch of this account")
        return touch

    def _why_not(self, session: Session, touch: Touch, now: datetime) -> str | None:
        """What speaks against sending now, as the account's lender may read it; or None."""
        if now >= touch.dispatch_by:
            return "too late: its time to be sent had passed"
        found = life_rows.account(session, touch.account)
        if found is not None and found.held and touch.channel != "call":  # what stops texts says nothing of calls
            held = incidents.holding(session, touch.lender, touch.provider, touch.template)
            if held is not None:
                return incidents.in_words(held)
        return self._speaks_against(session, touch, found, now)

    def speaks_against(self, session: Session, touch: Touch, now: datetime) -> str | None:
        """The same, whenever its time to be sent was: a call that waited in a queue is looked at when it connects.

        The session must see all lenders of the tenant, and hold the locks of the account's persons.
        """
        return self._speaks_against(session, touch, life_rows.account(session, touch.account), now)

    def _speaks_against(
        self, session: Session, touch: Touch, found: life_rows.Found | None, now: datetime
    ) -> str | None:
        if found is None or found.account.state != "open" or life_rows.owed(session, found, now) <= 0:
            return "nothing is owed any more, or the account was closed"
        life = life_of(session, found, now=now, without=touch.id, packs=self._packs)
        playbook = self._playbooks.get(found.account.playbook)
        if playbook is None:
            return "the account's playbook is not installed here"
        claimed = ClaimedTouch(touch.person, touch.contact_point, cast("Channel", touch.channel))
        why = self._recheck(life, claimed, playbook, self._packs, now)
        if why is None or not life_rows.shared(session, found.account):
            return why
        alone = load_life(session, touch.account, now=now, without=touch.id, alone=True, packs=self._packs)
        own = None if alone is None else self._recheck(alone, claimed, playbook, self._packs, now)
        return if_own(why, own)

    def _hand_out(self, session: Session, touch: Touch, now: datetime) -> Dispatch | Outcome:
        """Open the number, make the link, and let the touch go: from here on it counts until proven otherwise."""
        point, lender = session.execute(OUT, {"point": touch.contact_point, "lender": touch.lender}).one()
        try:
            to = self._ledger.vault.open(session, lender=touch.lender, person=touch.person, sealed=point.value)
        except Erased:
            return self._learn(session, touch, "ledger", "withheld", now=now, code="the person's data was erased")
        if touch.channel == "sms" and not reachability.reached(point, touch, to, cast("LenderRole", lender.role)):
            return self._learn(
                session, touch, "ledger", "withheld", now=now, code="its route does not reach the number"
            )
        try:
            ready = HANDERS[touch.channel](Handing(session, self._ledger, self._settings, touch, lender, to, now))
        except ForbearError as error:
            log.warning("touch.not_ready", touch=touch.id, error=type(error).__name__)
            return self._learn(session, touch, "ledger", "withheld", now=now, code=_unready(touch, error))
        touch.dispatched_at = now
        if ready.envelope is not None:
            letters.write_down(self._ledger.vault, session, touch, ready.envelope, now)
        receive(session, touch, "ledger", Heard("dispatching"), now)
        return ready

    def _accepted(self, session: Session, touch: Touch, sending: Accepted, now: datetime) -> Outcome:
        if sending.status == "scheduled":
            log.error("touch.scheduled_unasked", touch=touch.id)
        return self._learn(session, touch, "sender", "accepted", now=now, provider_id=sending.provider_id)

    def _refused(self, session: Session, touch: Touch, sending: Refused, now: datetime) -> Outcome:
        """What the code moves is said in one table, and done where the receipt is stored."""
        if sending.ours:
            log.error("touch.refused_for_our_setup", touch=touch.id, code=sending.code)
        if touch.channel == "letter" and sending.permanent:
            reachability.mark(session, touch, "invalid", now)
        return self._learn(session, touch, "sender", "refused", now=now, code=sending.code)

    def _learn(
        self,
        session: Session,
        touch: Touch,
        source: Source,
        status: str,
        *,
        now: datetime,
        code: str | None = None,
        provider_id: str | None = None,
    ) -> Outcome:
        receive(session, touch, source, Heard(status, code, provider_id), now)
        return _outcome(touch)


def _unready(touch: Touch, error: ForbearError) -> str:
    """Why it could not be made ready: of a letter mostly for want of the lender's own address, as a code."""
    of_post = touch.channel == "letter" and isinstance(error, BadInput) and error.field.startswith("policy.post")
    return "sender.address" if of_post else "it could not be made ready"


def _outcome(touch: Touch) -> Outcome:
    state = cast("TouchState", touch.state)
    return Outcome(touch=touch.id, state=state, reason=touch.code or IN_WORDS[state])
