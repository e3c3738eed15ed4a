"""What a provider's code moves: the number, an opt-out, the sender's pace, a template, a person's list of tasks.

Which code does what is said once, in `forbear.cadence.sms_codes` and `call_codes`; here is how. A code is heard from
our own request, from a callback and from a listing, and works the same each time; heard again it changes nothing more.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from forbear.cadence.channel_codes import meaning_on
from forbear.cadence.sms_codes import Action, Meaning, meaning
from forbear.contracts.words import SuppressionScope
from forbear.ledger import held_accounts, incidents, numbers, reachability, senders, stops
from forbear.ledger.locking import lock_account, lock_persons
from forbear.ledger.tables.contacts import Touch
from forbear.ledger.tables.people import ContactPoint
from forbear.ledger.task_reasons import Because, Code, because

OF_PROVIDER = frozenset({"refused", "undelivered", "failed"})
"""Statuses whose code is the provider's; with the others it is a reason of our own."""
CODED = frozenset({"sms", "call", "letter"})
"""Channels whose provider speaks in codes; what a person did has an outcome instead."""
OF_LETTERS = OF_PROVIDER | {"not_written", "withheld"}
"""A letter is looked at by our own checks first, whose codes ask for a person too."""
OF_PERSONS = frozenset({"opted_out", "never_again", "number_reverify", "hold_account"})
"""Actions that bind persons, whose locks come before the touch's."""
OPT_OUTS = frozenset({"opted_out", "never_again"})
"""Actions that take effect whatever became of the touch: that the number wants no more is true all the same."""
log = structlog.get_logger(__name__)


def lock_ahead(session: Session, touch_id: str, status: str, code: str | None) -> None:
    """Lock the persons first whom a code will concern: everybody takes persons before touches."""
    if code is None or status not in OF_LETTERS:
        return
    touch = session.get(Touch, touch_id)
    if touch is None or (known := _meant(touch, status, code)) is None or known.action not in OF_PERSONS:
        return
    if known.action == "hold_account":
        lock_account(session, touch.tenant, touch.account)
    else:
        lock_persons(session, touch.tenant, [touch.person])


def binds(touch: Touch, status: str, code: str | None) -> bool:
    """Whether a code says that the person wants no more, which holds even where it came too late to move the touch."""
    known = None if code is None else _meant(touch, status, code)
    return known is not None and known.action in OPT_OUTS


def learn(session: Session, touch: Touch, status: str, code: str | None, at: datetime) -> None:
    """Draw the consequences of a code that decided a touch's state, or binds without that."""
    if touch.channel not in CODED or code is None or status not in _spoken(touch):
        return
    known = _known(touch, code, status)
    if known is None and touch.channel == "letter":
        return
    if known is None:
        incidents.report(session, touch, code, None, at, taken=status != "refused")
        return
    log.info("touch.code", touch=touch.id, code=code, kind=known.kind, action=known.action)
    # Of what is not here the next attempt is the cadence's: a failed touch rests a little, an undelivered one wakes its
    # account, and both decide anew.
    if (act := ACTS.get(known.action)) is not None:
        # A refused letter costs nothing either, but is made anew each day for a reason that does not go away by itself.
        act(_News(session, touch, known, code, at, taken=status != "refused" or touch.channel == "letter"))


@dataclass(frozen=True, slots=True)
class _News:
    """A code that was heard of a touch, and what the table says of it."""

    session: Session
    touch: Touch
    known: Meaning
    code: str
    at: datetime
    taken: bool

    def because(self, code: Code) -> Because:
        return because(code, channel=self.touch.channel, provider=self.touch.provider, code=self.code)


def _invalid(news: _News) -> None:
    reachability.mark(news.session, news.touch, "invalid", news.at)


def _unreachable(news: _News) -> None:
    reachability.mark(news.session, news.touch, "unreachable", news.at)


def _off(news: _News) -> None:
    if _off_in_a_row(news.session, news.touch) >= news.known.strikes:
        _unreachable(news)


def _reverify(news: _News) -> None:
    _invalid(news)
    numbers.ask(news.session, news.touch, news.because("number_code"), news.at)


def _opted_out(news: _News, scope: SuppressionScope = "number") -> None:
    """What the provider holds against a number binds here too."""
    touch = news.touch
    stops.suppress(
        news.session,
        tenant=touch.tenant,
        lender=touch.lender,
        person=touch.person,
        scope=scope,
        channel=None,
        address_key=touch.address_key,
        via="carrier",
        at=news.at,
    )


def _never_again(news: _News) -> None:
    _opted_out(news, "all_automated")
    numbers.ask(news.session, news.touch, news.because("number_never_again"), news.at, role="legal")


def _address_wrong(news: _News) -> None:
    _invalid(news)
    point = news.session.get_one(ContactPoint, news.touch.contact_point)
    numbers.ask_about(news.session, point, news.because("address_code"), news.at, account=news.touch.account)


def _report(news: _News) -> None:
    incidents.report(news.session, news.touch, news.code, news.known, news.at, taken=news.taken)


def _hold_account(news: _News) -> None:
    held_accounts.hold(news.session, news.touch, news.code, news.at)


def _back_off(news: _News) -> None:
    senders.back_off(news.session, news.touch, news.code, news.at)


ACTS: Final[Mapping[Action, Callable[[_News], None]]] = MappingProxyType(
    {
        "number_invalid": _invalid,
        "number_unreachable": _unreachable,
        "number_off": _off,
        "number_reverify": _reverify,
        "opted_out": _opted_out,
        "never_again": _never_again,
        "address_wrong": _address_wrong,
        "stop_template": _report,
        "stop_route": _report,
        "call_operator": _report,
        "hold_account": _hold_account,
        "sender_backs_off": _back_off,
    }
)


def _meant(touch: Touch, status: str, code: str | None) -> Meaning | None:
    return _known(touch, code, status) if touch.channel in CODED and status in _spoken(touch) else None


def _spoken(touch: Touch) -> frozenset[str]:
    return OF_LETTERS if touch.channel == "letter" else OF_PROVIDER


def _known(touch: Touch, code: str | None, status: str) -> Meaning | None:
    return meaning_on(touch.channel, touch.provider, code, refused=status in OF_PROVIDER)


def _off_in_a_row(session: Session, touch: Touch) -> int:
    """How many of the number's last texts in a row found nobody there."""
    last = session.execute(
        select(Touch.state, Touch.provider, Touch.code)
        .where(Touch.contact_point == touch.contact_point, Touch.channel == "sms", Touch.state != "failed")
        .order_by(Touch.claimed_at.desc(), Touch.id.desc())
        .limit(5)
    ).all()
    known = [meaning(provider, code) if state == "undelivered" else None for state, provider, code in last]
    off = [each is not None and each.action == "number_off" for each in known]
    return off.index(False) if False in off else len(off)
