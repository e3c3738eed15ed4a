"""What a borrower does on the page, each in one transaction and each once: a double tap is one act.

The form carries a key made with it. What is remembered is a digest of link, act, key and fields, so that the same
form sent twice is one act, while a form filled in anew is another.
"""

import json
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from hashlib import sha256
from typing import Any, Literal

from sqlalchemy.orm import Session

from forbear.ledger import idempotency, links, promises, reply_tasks, stops
from forbear.ledger.engine import Ledger
from forbear.ledger.ids import new_id
from forbear.ledger.links import Journey
from forbear.ledger.locking import lock_account
from forbear.ledger.tables.contacts import Reply

VIA = "page"
SEE_OTHER = 303


@dataclass(frozen=True, slots=True)
class Act:
    """One press of a button: the key of its form, and what was in it."""

    name: str
    key: str
    fields: Mapping[str, str] = field(repr=False)

    def fingerprint(self, journey: Journey) -> bytes:
        """The same for the same form sent again."""
        said = [journey.place.link, self.name, self.key, sorted(self.fields.items())]
        return sha256(json.dumps(said, ensure_ascii=False).encode()).digest()


def promise(ledger: Ledger, journey: Journey, act: Act, *, amount: Decimal, currency: str, due_on: date) -> None:
    """Make a promise to pay."""
    with once(ledger, journey, act) as session:
        if session is not None:
            promises.make_promise(
                session,
                tenant=journey.place.tenant,
                lender=journey.place.lender,
                account=journey.account,
                person=journey.person,
                amount=amount,
                currency=currency,
                due_on=due_on,
                via=VIA,
                now=ledger.clock.now(),
            )


def stop_account(ledger: Ledger, journey: Journey, act: Act, kind: Literal["dispute", "hardship"], reason: str) -> None:
    """Say that the account is not right, or that one is struggling; outreach pauses in the same transaction."""
    with once(ledger, journey, act) as session:
        if session is not None:
            now = ledger.clock.now()
            stops.place_stop(
                session,
                tenant=journey.place.tenant,
                lender=journey.place.lender,
                person=journey.person,
                account=journey.account,
                kind=kind,
                via=VIA,
                at=now,
                written=True,
            )
            if reason:
                reply = _words(journey, act, ledger.vault.seal(session, text=reason, **_owner(journey)), now)
                session.add(reply)
                session.flush()
                reply_tasks.ask(session, reply, now)


def silence(ledger: Ledger, journey: Journey, act: Act, *, known: bool) -> None:
    """Stop contacting this person at all.

    Args:
        ledger: the record.
        journey: the link's.
        act: the press of the button.
        known: the identity check was passed. If not, whoever holds the phone may be somebody else, so their
            number is left in peace too.
    """
    with once(ledger, journey, act) as session:
        if session is None:
            return
        said: dict[str, Any] = {
            "tenant": journey.place.tenant,
            "lender": journey.place.lender,
            "person": journey.person,
            "channel": None,
            "via": VIA,
            "at": ledger.clock.now(),
        }
        stops.suppress(session, scope="everything", address_key=None, **said)
        if not known:
            stops.suppress(session, scope="number", address_key=journey.address_key, **said)


def not_this_person(ledger: Ledger, journey: Journey, act: Act) -> None:
    """The message reached somebody else: the number is not used for this person again, and the link is dead."""
    with once(ledger, journey, act) as session:
        if session is not None:
            stops.place_stop(
                session,
                tenant=journey.place.tenant,
                lender=journey.place.lender,
                person=journey.person,
                account=None,
                kind="wrong_number",
                via=VIA,
                at=ledger.clock.now(),
                address_key=journey.address_key,
            )
            links.revoke(session, journey.place, ledger.clock)


@contextmanager
def once(ledger: Ledger, journey: Journey, act: Act) -> Generator[Session | None]:
    """The act's transaction with the persons locked; None if the act was done before."""
    place, fingerprint = journey.place, act.fingerprint(journey)
    key = f"page:{fingerprint.hex()}"
    with ledger.api(place.tenant, place.lender) as session:
        if idempotency.lookup(session, place.lender, key) is not None:
            yield None
            return
        lock_account(session, place.tenant, journey.account)
        yield session
        idempotency.store(
            session,
            tenant=place.tenant,
            lender=place.lender,
            key=key,
            fingerprint=fingerprint,
            status=SEE_OTHER,
            body={"act": act.name},
            at=ledger.clock.now(),
        )


def _owner(journey: Journey) -> dict[str, str]:
    return {"tenant": journey.place.tenant, "lender": journey.place.lender, "person": journey.person}


def _words(journey: Journey, act: Act, sealed: bytes, now: datetime) -> Reply:
    """What was written beside a choice, for the human who reads it."""
    return Reply(
        id=new_id("rpl"),
        **_owner(journey),
        account=journey.account,
        contact_point=None,
        channel=VIA,
        provider_id=f"page:{act.fingerprint(journey).hex()}",
        reading=act.name,
        text=sealed,
        at=now,
        needs_human=True,
    )
