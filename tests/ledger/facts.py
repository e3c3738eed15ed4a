"""What happens to people and debts, written in a session of the caller's: so that a test decides when it commits."""

from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from forbear.contracts.words import Channel, StopKind, SuppressionScope
from forbear.ledger import agreeing, books, stops
from forbear.ledger.ids import new_id
from forbear.ledger.tables.accounts import Account
from tests.ledger.installed import Installed


def post_payment(
    house: Installed, session: Session, account: str, amount: str = "100.00", *, lender: str = "", external_id: str = ""
) -> str:
    return books.post_payment(
        session,
        tenant=house.tenant,
        lender=lender or house.lender,
        account=account,
        external_id=external_id or new_id("pay"),
        source="lender",
        amount=Decimal(amount),
        currency="USD",
        received_at=house.now,
        now=house.now,
    )


def reverse_payment(house: Installed, session: Session, payment: str, *, lender: str = "") -> str:
    return books.reverse_payment(
        session,
        tenant=house.tenant,
        lender=lender or house.lender,
        payment=payment,
        external_id=new_id("pay"),
        received_at=house.now,
        now=house.now,
    )


def place_stop(
    house: Installed, session: Session, person: str, kind: StopKind = "dispute", *, lender: str = "", **fields: Any
) -> str:
    values: dict[str, Any] = {"account": None, "via": "sms", "at": house.now, **fields}
    lender = lender or house.lender
    return stops.place_stop(session, tenant=house.tenant, lender=lender, person=person, kind=kind, **values)


def opt_out(
    house: Installed,
    session: Session,
    number: str,
    person: str | None = None,
    *,
    lender: str = "",
    scope: SuppressionScope = "number",
) -> str:
    return stops.suppress(
        session,
        tenant=house.tenant,
        lender=lender or house.lender,
        person=person,
        scope=scope,
        channel=None,
        address_key=house.key(number),
        via="sms",
        at=house.now,
    )


def opt_in(house: Installed, session: Session, number: str, *, lender: str = "") -> int:
    return stops.lift_suppression(
        session,
        tenant=house.tenant,
        lender=lender or house.lender,
        address_key=house.key(number),
        via="sms",
        at=house.now,
    )


def give_consent(house: Installed, session: Session, account: str, *, channel: Channel = "sms") -> str:
    """The account's borrower agrees, just now, to texts by any of their numbers."""
    found = session.get_one(Account, account)
    return agreeing.give_consent(
        session,
        found,
        person=found.borrower,
        channel=channel,
        contact_point=None,
        given_to="Example Bank",
        how="on paper",
        at=house.now,
        now=house.now,
    )
