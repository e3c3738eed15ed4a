"""Whose is it? Look-ups that a caller without tenant may make, answered with ids only.

Each is a function in the database that runs with its owner's rights and is granted to one role; a request then opens
its transaction with the tenant and lender it was told. The last three cross the lenders of the present tenant, so that
one lender's stop reaches all, and still show nothing of what another lender knows.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Text, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session


class KeyOwner(NamedTuple):
    """An API key as it is stored; whether it may still be used is the caller's to judge."""

    tenant: str
    lender: str
    digest: bytes
    scopes: list[str]
    expires_at: datetime | None
    revoked_at: datetime | None


KEY = text("select tenant, lender, digest, scopes, expires_at, revoked_at from key_owner(:sought)")
SENDER = text("select tenant, lender from sender_owner(:sought)")
TOUCH = text("select tenant, lender from touch_owner(:sought)")
LETTER = text("select tenant, lender, touch from letter_owner(:provider, :sought)")
CALL = text("select tenant, lender from call_owner(:sought)")
CHECKOUT = text("select tenant, lender from checkout_owner(:sought)")
LINK = text("select tenant, lender, id from link_owner(:sought)")
PAGE = text("select tenant, lender, id from session_owner(:sought)")
ACCOUNT = text("select account_owner(:sought)")
TENANTS = text("select id from tenants() order by id")
SHARING = text("select person from persons_sharing(:persons) order by person").bindparams(
    bindparam("persons", type_=ARRAY(Text))
)
AT_ADDRESS = text("select person from persons_at(:address_key) order by person")


def key_owner(session: Session, key_id: str) -> KeyOwner | None:
    """The key whose shown form is `fbk_<key_id>_…`."""
    row = session.execute(KEY, {"sought": key_id}).one_or_none()
    return None if row is None else KeyOwner(row[0], row[1], bytes(row[2]), list(row[3]), row[4], row[5])


def sender_owner(session: Session, sender_e164: str) -> tuple[str, str] | None:
    """The lender that texts from this number: an inbound message is for it."""
    row = session.execute(SENDER, {"sought": sender_e164}).one_or_none()
    return None if row is None else (row[0], row[1])


def touch_owner(session: Session, touch_id: str) -> tuple[str, str] | None:
    row = session.execute(TOUCH, {"sought": touch_id}).one_or_none()
    return None if row is None else (row[0], row[1])


def letter_owner(session: Session, provider: str, provider_id: str) -> tuple[str, str, str] | None:
    """Tenant, lender and touch of the letter that a provider knows under this id."""
    row = session.execute(LETTER, {"provider": provider, "sought": provider_id}).one_or_none()
    return None if row is None else (row[0], row[1], row[2])


def call_owner(session: Session, call_id: str) -> tuple[str, str] | None:
    row = session.execute(CALL, {"sought": call_id}).one_or_none()
    return None if row is None else (row[0], row[1])


def checkout_owner(session: Session, checkout_id: str) -> tuple[str, str] | None:
    row = session.execute(CHECKOUT, {"sought": checkout_id}).one_or_none()
    return None if row is None else (row[0], row[1])


def link_owner(session: Session, token_sha256: str) -> tuple[str, str, str] | None:
    """Tenant, lender and id of the link whose token has this digest."""
    row = session.execute(LINK, {"sought": token_sha256}).one_or_none()
    return None if row is None else (row[0], row[1], row[2])


def session_owner(session: Session, digest: bytes) -> tuple[str, str, str] | None:
    """Tenant, lender and id of the page session whose cookie has this digest."""
    row = session.execute(PAGE, {"sought": digest}).one_or_none()
    return None if row is None else (row[0], row[1], row[2])


def tenants(session: Session) -> list[str]:
    """All tenants; for the worker's rounds."""
    return list(session.execute(TENANTS).scalars())


def account_owner(session: Session, account_id: str) -> str | None:
    """The tenant of an account; for the relay."""
    return session.execute(ACCOUNT, {"sought": account_id}).scalar_one_or_none()


def persons_sharing(session: Session, persons: Iterable[str]) -> list[str]:
    """These persons and all of the tenant that share an address with one of them, in the order in which to lock."""
    return list(session.execute(SHARING, {"persons": sorted(set(persons))}).scalars())


def persons_at(session: Session, address_key: bytes) -> list[str]:
    """All persons of the tenant, whichever lender's, with a contact point at this address."""
    return list(session.execute(AT_ADDRESS, {"address_key": address_key}).scalars())
