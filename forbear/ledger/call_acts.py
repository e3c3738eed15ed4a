"""What a step of a call moves, in the transaction that stores the step: a stop holds before anybody is told of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from forbear.ledger import audit, outbox, promises, stops
from forbear.ledger.ids import new_id
from forbear.ledger.owed import owed_on
from forbear.ledger.tables.accounts import Account
from forbear.ledger.tables.calls import Call
from forbear.ledger.tables.contacts import Reply
from forbear.ledger.task_reasons import because
from forbear.ledger.tasks import Wanted, open_task
from forbear.ports.talks import Effect, EffectKind

VIA: Final = "call"


@dataclass(frozen=True, slots=True)
class Acting:
    """A call whose persons are locked, within a transaction."""

    session: Session
    call: Call
    now: datetime

    def act(self, effect: Effect) -> None:
        """Carry one effect out. What needs a person or an account that nobody knows moves nothing."""
        if effect.kind == "stop" or self.call.person is not None:
            ACTS[effect.kind](self, effect)

    def note(self, kind: str) -> None:
        call = self.call
        audit.note(
            self.session,
            tenant=call.tenant,
            lender=call.lender,
            account=call.account,
            person=call.person,
            kind=kind,
            subject=call.id,
            at=self.now,
            written={"touch": call.touch, "direction": call.direction},
        )


def keep_recording(acting: Acting, recording: str) -> None:
    """Put a recording before a human, once, whether the menu or the carrier's own news brought it."""
    call = acting.call
    row = {
        "id": new_id("rpl"),
        "tenant": call.tenant,
        "lender": call.lender,
        "account": call.account,
        "person": call.person,
        "contact_point": call.contact_point,
        "channel": VIA,
        "provider_id": recording,
        "reading": "dispute",
        "text": None,
        "at": acting.now,
        "needs_human": True,
    }
    stored = insert(Reply).values(row).on_conflict_do_nothing().returning(Reply.id)
    if (reply := acting.session.scalar(stored)) is None:
        return
    acting.note("reply_received")
    open_task(
        acting.session,
        Wanted(
            tenant=call.tenant,
            lender=call.lender,
            kind="reply",
            role="caller",
            reason=because("reply_recording"),
            account=call.account,
            person=call.person,
            contact_point=call.contact_point,
            reply=reply,
        ),
        acting.now,
    )


def _stop(acting: Acting, effect: Effect) -> None:
    """As a STOP by text: the number is left in peace by every way that reaches it."""
    del effect
    call = acting.call
    stops.suppress(
        acting.session,
        tenant=call.tenant,
        lender=call.lender,
        person=call.person,
        scope="number",
        channel=None,
        address_key=call.address_key,
        via=VIA,
        at=acting.now,
    )


def _not_theirs(acting: Acting, effect: Effect) -> None:
    """Somebody else answers there: the number is not used for this person again."""
    del effect
    _place(acting, "wrong_number", account=None, address_key=acting.call.address_key)


def _dispute(acting: Acting, effect: Effect) -> None:
    del effect
    _place(acting, "dispute", account=acting.call.account)


def _hardship(acting: Acting, effect: Effect) -> None:
    del effect
    _place(acting, "hardship", account=acting.call.account)


def _place(acting: Acting, kind: stops.StopKind, *, account: str | None, address_key: bytes | None = None) -> None:
    call = acting.call
    stops.place_stop(
        acting.session,
        tenant=call.tenant,
        lender=call.lender,
        person=str(call.person),
        account=account,
        kind=kind,
        via=VIA,
        at=acting.now,
        address_key=address_key,
    )


def _promise(acting: Acting, effect: Effect) -> None:
    """All that is owed, by the day that was read back and confirmed."""
    call = acting.call
    if call.account is None or effect.day is None:
        return
    account = acting.session.get_one(Account, call.account)
    owed = owed_on(acting.session, account, acting.now).total
    if owed > 0 and account.state == "open":
        promises.make_promise(
            acting.session,
            tenant=call.tenant,
            lender=call.lender,
            account=account.id,
            person=str(call.person),
            amount=owed,
            currency=account.currency,
            due_on=effect.day,
            via=VIA,
            now=acting.now,
        )


def _link(acting: Acting, effect: Effect) -> None:
    """Wake the account: a text is a touch of its own, and only its next decision may permit it."""
    del effect
    acting.note("link_asked")
    if acting.call.account is not None:
        call = acting.call
        outbox.tell(acting.session, tenant=call.tenant, account=acting.call.account, fact="link_asked", at=acting.now)


def _words(acting: Acting, effect: Effect) -> None:
    keep_recording(acting, effect.recording)


def _verified(acting: Acting, effect: Effect) -> None:
    del effect
    acting.note("identity_confirmed")


def _not_verified(acting: Acting, effect: Effect) -> None:
    del effect
    acting.note("identity_refused")


def _nothing_more(acting: Acting, effect: Effect) -> None:
    """The step itself is the record."""
    del acting, effect


ACTS: Final[Mapping[EffectKind, Callable[[Acting, Effect], None]]] = {
    "stop": _stop,
    "not_me": _not_theirs,
    "wrong_party": _not_theirs,
    "verified": _verified,
    "not_verified": _not_verified,
    "link_asked": _link,
    "promise": _promise,
    "dispute": _dispute,
    "dispute_words": _words,
    "hardship": _hardship,
    "human": _nothing_more,
    "message": _nothing_more,
}
