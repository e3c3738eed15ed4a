"""Decides what comes next for an account and, where a touch is allowed, claims it: one short transaction.

The answer is stored under the asker's key before anybody acts on it, so that asking again, after a crash or twice at
once, gives the same answer and never a second touch.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

import structlog
from pydantic import TypeAdapter
from sqlalchemy.orm import Session

from forbear.cadence import decision as cadence
from forbear.cadence.decide import decide as decide_by_playbook
from forbear.cadence.life import Life, PastTouch
from forbear.cadence.playbooks import Playbook
from forbear.contracts.decision import Asked, Close, Decision, Rest
from forbear.ledger import incidents, life_rows, promises, senders
from forbear.ledger.claims import Claim
from forbear.ledger.decision_rows import DecisionRows
from forbear.ledger.engine import Ledger
from forbear.ledger.keeping import Keeping
from forbear.ledger.lives import life_of, load_life
from forbear.ledger.locking import lock_account
from forbear.ledger.tables.accounts import Account
from forbear.ledger.tables.people import Lender
from forbear.rules.packs import Packs

Decide = Callable[[Life, Playbook, Packs, datetime], cadence.Decision]
log = structlog.get_logger(__name__)
ANSWER: TypeAdapter[Decision] = TypeAdapter(Decision)
LONGEST_REST = timedelta(days=7)
FIRST_PAUSE = timedelta(minutes=5)
LONGEST_PAUSE = timedelta(hours=6)
"""World time between attempts that certainly were not sent; it doubles with each."""


class DecidingBook:
    """Implements `forbear.ports.book.CadenceBook`."""

    def __init__(
        self,
        ledger: Ledger,
        playbooks: Mapping[str, Playbook],
        packs: Packs,
        *,
        decide: Decide = decide_by_playbook,
        costs: Mapping[str, int] | None = None,
    ) -> None:
        """`costs` are the most segments of each text; without them texts are not paced."""
        self._ledger = ledger
        self._playbooks = playbooks
        self._packs = packs
        self._decide = decide
        self._costs = costs
        self._keeping = Keeping(ledger.kept, packs)

    def decide(self, asked: Asked) -> Decision:
        with self._ledger.worker(asked.tenant) as session:
            lock_account(session, asked.tenant, asked.account)
            # Only now: the same question may have been answered by another worker while this one waited.
            found = life_rows.account(session, asked.account, (asked.run, asked.number))
            if found is None:
                return Close(reason="no such account")
            if found.answer is not None:
                return self._unless_opened_again(found.account, ANSWER.validate_python(found.answer))
            return self._answer(session, asked, found)

    def _unless_opened_again(self, account: Account, answer: Decision) -> Decision:
        """A stored `close` is void when a chargeback has opened the account since.

        The server lets a run ask again when news came while it closed; without this it would close on old news.
        """
        if not isinstance(answer, Close) or account.state != "open":
            return answer
        log.info("decision.close_void", account=account.id)
        now = self._ledger.clock.now()
        return Rest(until=now, wake_at=self._ledger.clock.to_machine(now), reason="the account was opened again")

    def _answer(self, session: Session, asked: Asked, found: life_rows.Found) -> Decision:
        clock = self._ledger.clock
        now, account, lender = clock.now(), found.account, found.lender
        if found.promised:
            promises.settle(session, account.id, now, grows=found.grows)
        life = life_of(session, found, now=now, packs=self._packs)
        decided = self._next(life, account.playbook, now)
        claim = held = None
        if isinstance(decided, cadence.Contact):
            claim = Claim.weigh(decided, clock, lease_seconds=self._ledger.settings.lease_seconds, now=now)
            if claim is None:
                decided = _window_closing(decided, now)
            elif decided.channel in {"sms", "letter", "call"}:
                claim, held = self._seated(session, lender, decided, claim, now, is_held=found.held)
        decided = held or decided
        # What holds a way out is the lender's own, whoever else knows the person.
        own = held is not None or self._own(session, account, decided, now)
        rows = DecisionRows(session, (account, lender), asked, clock, now, own=own, keeping=self._keeping)
        return rows.write(decided, claim, life)

    def _seated(
        self,
        session: Session,
        lender: Lender,
        contact: cadence.Contact,
        claim: Claim,
        now: datetime,
        *,
        is_held: bool,
    ) -> tuple[Claim | None, cadence.Rest | None]:
        """The claim, of a text or a call with the sender that it goes out by, or the rest until there is one."""
        if contact.channel == "call":
            number = senders.caller(session, lender, contact)
            return (claim.by(number), None) if number else (None, self._none_left(session, lender, contact, now))
        if (
            is_held
            and (stopped := incidents.holding(session, lender.id, contact.provider, contact.template)) is not None
        ):
            rule = incidents.RULES[stopped.kind]
            return None, senders.rest(contact, now + LONGEST_REST, incidents.in_words(stopped), rule)
        if self._costs is None or contact.channel != "sms":
            return claim, None
        seat = senders.seat(session, lender, contact, now, costs=self._costs)
        if isinstance(seat, cadence.Rest) and seat.rule == senders.NONE:
            seat = self._none_left(session, lender, contact, now)
        return (None, seat) if isinstance(seat, cadence.Rest) else (claim.by(seat), None)

    def _none_left(self, session: Session, lender: Lender, contact: cadence.Contact, now: datetime) -> cadence.Rest:
        incidents.lacking(session, lender, contact.provider, contact.channel, now)
        return senders.none_left(contact, now)

    def _own(self, session: Session, account: Account, decided: cadence.Decision, now: datetime) -> bool:
        """Whether the lender's own facts alone give this answer, so that it may read the whole reason.

        Only a rest under a rule is asked again: everything else speaks of the account itself.
        """
        if not isinstance(decided, cadence.Rest) or not decided.rule or not life_rows.shared(session, account):
            return True
        alone = load_life(session, account.id, now=now, alone=True, packs=self._packs)
        if alone is None:
            return False
        again = self._next(alone, account.playbook, now)
        if not isinstance(again, cadence.Rest):
            return False
        return (again.rule, again.reason, again.until) == (decided.rule, decided.reason, decided.until)

    def _next(self, life: Life, playbook: str, now: datetime) -> cadence.Decision:
        if life.balance > 0 and playbook not in self._playbooks:
            why = "the account's playbook is not installed here: install it, or enrol the account under another"
            return cadence.Rest(now + LONGEST_REST, why, "PLAYBOOK.MISSING", stage=life.stage)
        if playbook not in self._playbooks:
            return cadence.Close("paid in full")
        decided = self._decide(life, self._playbooks[playbook], self._packs, now)
        if isinstance(decided, cadence.Contact) and (until := pause_until(life)) is not None and until > now:
            why = "the last attempt could not be sent; the next one waits a little longer each time"
            return cadence.Rest(until, why, "TOUCH.FAILED", stage=decided.stage)
        return decided


def pause_until(life: Life) -> datetime | None:
    """Until when to wait after touches that could not be sent; None if the last one could.

    Without it a carrier that is away, or a setting of ours that is wrong, would be tried without a break. What somebody
    began and gave back as never made says nothing of either.
    """
    own = {
        (touch.at, touch.step, touch.key): touch.state
        for person in life.persons
        for touch in person.history
        if touch.account == life.account and touch.step is not None and not _given_back(touch)
    }
    states = [own[key] for key in sorted(own, key=lambda key: (key[0], key[1] or "", key[2] or ""))]
    failed = next((count for count, state in enumerate(reversed(states)) if state != "failed"), len(states))
    if not failed:
        return None
    return max(at for at, _, _ in own) + min(FIRST_PAUSE * 2 ** min(failed - 1, 10), LONGEST_PAUSE)


def _given_back(touch: PastTouch) -> bool:
    return touch.by == "person" and touch.state == "failed"


def _window_closing(decided: cadence.Contact, now: datetime) -> cadence.Rest:
    """Too little of the window is left to send safely: ask again when it has closed."""
    until = max(decided.window_closes or now, now) + timedelta(seconds=1)
    why = "too little of the contact window is left to send safely"
    return cadence.Rest(until, why, "WINDOW.CLOSING", decided.permit, decided.stage, decided.question)
