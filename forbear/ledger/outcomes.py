"""What the end of a call or a visit moves: stops, opt-outs, promises, a number that is nobody's; in its transaction.

It also reads what was told: only words of the closed lists, and all that the playbook's step requires of a talk.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, Final, get_args
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from forbear.cadence.playbooks import Playbook, Step
from forbear.contracts.outcomes import CAUSES, OUTCOMES, TICKS, Effect, TaskOutcome
from forbear.errors import BadInput
from forbear.ledger import promises, reachability, stops
from forbear.ledger.engine import Ledger
from forbear.ledger.ids import new_id
from forbear.ledger.owed import owed_on
from forbear.ledger.tables.accounts import Account
from forbear.ledger.tables.contacts import Reply, Touch
from forbear.ledger.tables.tasks import Task
from forbear.money.currency import minor_unit

FURTHEST: Final = timedelta(days=31)
"""Civil days up to which a promise may be made: as far as on the page behind the link."""
MONEY_ARRIVES: Final = timedelta(days=3)
"""World time in which money that somebody says is under way should be in the lender's books."""


@dataclass(frozen=True, slots=True)
class Promised:
    """What was promised: the day, and the amount, or all that is owed where none was named."""

    due_on: date
    amount: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """How it ended, as the person who was there says. See `forbear.ledger.begun.settle`."""

    outcome: str
    cause: str | None = None
    promise: Promised | None = None
    no_promise: bool = False
    ticked: tuple[str, ...] = ()
    said_at: datetime | None = None
    """By the clock of a device without connection; the ledger's own instants bound it."""

    def code(self) -> str:
        """What the receipt keeps of it: codes alone."""
        absent = ("no_promise",) if self.no_promise else ()
        return "+".join((self.outcome, *sorted(self.ticked), *absent))


def read(session: Session, task: Task, told: Told, playbooks: Mapping[str, Playbook], now: datetime) -> Told:
    """Check what was told; returns it.

    Raises:
        BadInput: with what is wrong and what to send instead.
    """
    known = OUTCOMES[task.kind]
    if told.outcome not in known:
        raise BadInput("outcome", "is not one of the words", f"Choose one of {', '.join(known)}.")
    if told.cause is not None and told.cause not in CAUSES:
        raise BadInput("cause", "is not one of the words", f"Choose one of {', '.join(CAUSES)}.")
    if any(tick not in TICKS for tick in told.ticked):
        raise BadInput("ticked", "holds something that is not one of the words", f"Choose of {', '.join(TICKS)}.")
    ended, account = known[told.outcome], session.get_one(Account, task.account)
    touch = None if task.touch is None else session.get(Touch, task.touch)
    _promise_fits(session, account, ended, told, (_began(touch) or now, _said(touch, told, now)))
    if ended.talked and (step := _step(playbooks, account, task)) is not None:
        _all_required(step, told)
    return told


def obey(ledger: Ledger, session: Session, touch: Touch, told: Told, *, note: str | None) -> None:
    """Carry out what follows from it. The caller holds the persons' locks."""
    now = ledger.clock.now()
    for effect in OUTCOMES[touch.channel][told.outcome].effects:
        DOES[effect](session, touch, now)
    if told.promise is not None:
        _promise(session, touch, told, told.promise, now)
    if note and note.strip():
        session.add(_words(ledger, session, touch, told.outcome, note.strip()))


def _step(playbooks: Mapping[str, Playbook], account: Account, task: Task) -> Step | None:
    book = playbooks.get(account.playbook)
    return None if book is None else book.step(task.step)


def _all_required(step: Step, told: Told) -> None:
    for needed in step.requires:
        if needed == "promise":
            if told.promise is None and not told.no_promise:
                raise BadInput(
                    "promise", "is neither given nor said to be absent", "Give its day, or say that there is none."
                )
        elif needed == "cause":
            if told.cause is None:
                raise BadInput("cause", "is missing", "Say why the person is late.")
        elif needed not in told.ticked:
            raise BadInput("ticked", f"lacks {needed}", f"Tick it once it is done: {TICKS[needed]}.")


def _began(touch: Touch | None) -> datetime | None:
    return None if touch is None else touch.dispatched_at or touch.claimed_at


def _said(touch: Touch | None, told: Told, now: datetime) -> datetime:
    """When it was told: by the device's clock, but not before it began and not later than now."""
    return max(min(told.said_at or now, now), _began(touch) or now)


def _promise_fits(
    session: Session, account: Account, ended: TaskOutcome, told: Told, spoken: tuple[datetime, datetime]
) -> None:
    """A promise is of the day on which it was made, however late that is told; `spoken` is its beginning and end."""
    promise = told.promise
    if promise is None:
        if ended.promise == "must":
            raise BadInput("promise", "is missing", "Say by which day the person pays.")
        return
    if ended.promise == "no" or told.no_promise:
        raise BadInput("promise", "does not fit the outcome", "Leave it out, or choose the outcome of a promise.")
    zone = ZoneInfo(promises.zone_of(session, account.id) or "UTC")
    first, last = (at.astimezone(zone).date() for at in spoken)
    if not first <= promise.due_on <= last + FURTHEST:
        raise BadInput(
            "promise", "names a day that is past or too far away", f"Choose one within {FURTHEST.days} days."
        )
    if promise.amount is not None and not (_is_money(promise.amount, account.currency) and promise.amount > 0):
        raise BadInput("promise", "is of no amount", "Leave the amount out, or say how much.")


def _is_money(amount: Decimal, currency: str) -> bool:
    """Whether it can be counted out in coins: finite, no finer than the smallest of them, no longer than sums are."""
    try:
        return amount.is_finite() and amount == amount.quantize(minor_unit(currency))
    except InvalidOperation:
        return False


def _promise(session: Session, touch: Touch, told: Told, promise: Promised, now: datetime) -> None:
    account = session.get_one(Account, touch.account)
    owed = owed_on(session, account, now).total
    amount = owed if promise.amount is None else min(promise.amount, owed)
    if amount <= 0:
        return  # paid meanwhile
    promises.make_promise(
        session,
        **_of(touch),
        account=account.id,
        person=touch.person,
        amount=amount,
        currency=account.currency,
        due_on=promise.due_on,
        via=touch.channel,
        now=now,
        said_at=_said(touch, told, now),
    )


def _suppress_calls(session: Session, touch: Touch, now: datetime) -> None:
    said: dict[str, Any] = {**_of(touch), "person": touch.person, "via": touch.channel, "at": now}
    stops.suppress(session, scope="channel", channel="call", address_key=None, **said)
    stops.suppress(session, scope="number", channel=None, address_key=touch.address_key, **said)


def _suppress_visits(session: Session, touch: Touch, now: datetime) -> None:
    said: dict[str, Any] = {**_of(touch), "person": touch.person, "via": touch.channel, "at": now}
    stops.suppress(session, scope="channel", channel="visit", address_key=None, **said)


def _stop(kind: Any, **more: Any) -> Any:
    def place(session: Session, touch: Touch, now: datetime) -> None:
        said: dict[str, Any] = {**_of(touch), "person": touch.person, "account": touch.account, "at": now}
        stops.place_stop(session, kind=kind, via=touch.channel, **said, **more)

    return place


def _payment_expected(session: Session, touch: Touch, now: datetime) -> None:
    _stop("hold", reason="payment_expected", until=now + MONEY_ARRIVES)(session, touch, now)


def _wrong_party(session: Session, touch: Touch, now: datetime) -> None:
    said: dict[str, Any] = {**_of(touch), "person": touch.person, "account": None, "at": now}
    stops.place_stop(session, kind="wrong_number", via=touch.channel, address_key=touch.address_key, **said)


def _point_invalid(session: Session, touch: Touch, now: datetime) -> None:
    reachability.mark(session, touch, "invalid", now)


DOES: Final[Mapping[Effect, Any]] = {
    "suppress_calls": _suppress_calls,
    "suppress_visits": _suppress_visits,
    "dispute": _stop("dispute"),
    "hardship": _stop("hardship"),
    "attorney": _stop("attorney"),
    "wrong_party": _wrong_party,
    "point_invalid": _point_invalid,
    "payment_expected": _payment_expected,
}
if set(DOES) != set(get_args(Effect)):
    raise LookupError("an effect of an outcome is carried out by nobody")


def _of(touch: Touch) -> dict[str, str]:
    return {"tenant": touch.tenant, "lender": touch.lender}


def _words(ledger: Ledger, session: Session, touch: Touch, outcome: str, note: str) -> Reply:
    """What was said besides, sealed, for the human who reads the account's timeline."""
    sealed = ledger.vault.seal(session, **_of(touch), person=touch.person, text=note)
    return Reply(
        id=new_id("rpl"),
        **_of(touch),
        person=touch.person,
        account=touch.account,
        contact_point=None,
        channel=touch.channel,
        provider_id=f"task:{touch.task}",
        reading=outcome,
        text=sealed,
        at=ledger.clock.now(),
        needs_human=False,
    )
