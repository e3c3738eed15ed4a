"""What an operator may set in a lender's policy besides its limits: voicemail, the check of who answers, its post.

Each value is checked when it is told, because whoever reads it later is in the middle of a call or of a letter.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from pydantic import ValidationError
from sqlalchemy import select, update

from forbear.errors import BadInput, NotFound
from forbear.ledger.addresses import PostalAddress
from forbear.ledger.call_begun import LIMITED
from forbear.ledger.engine import make_engine, must_answer
from forbear.ledger.papers import POST
from forbear.ledger.tables.people import Lender

NO_MESSAGE: Final = "none"
VOICEMAIL: Final = (NO_MESSAGE, LIMITED)
CALL_IDENTITY: Final = ("birth_date", "last_four")
SERVICES: Final = ("plain", "registered", "certified")
LONGEST_CONTACT: Final = 60
NAME: Final = re.compile(r"[^\W\d_](?:[^\W\d_]|[ .’'·-])*")
"""A name of a human: letters of any script, and what stands between them."""


@dataclass(frozen=True, slots=True)
class Change:
    """What is told anew; None leaves a value as it is. `address` is as one of a person is told."""

    voicemail: str | None = None
    voicemail_contact: str | None = None
    call_identity: str | None = None
    address: Mapping[str, Any] | None = None
    service: str | None = None


def tell(database_url: str, lender: str, change: Change) -> dict[str, Any]:
    """Change a lender's policy as the migrator; returns the whole of it.

    Raises:
        NotFound: there is no such lender.
        BadInput: a value that cannot be, with what to give instead.
    """
    with must_answer(database_url), make_engine(database_url).begin() as connection:
        found = connection.execute(select(Lender.policy).where(Lender.id == lender).with_for_update())
        before = found.scalar_one_or_none()
        if before is None:
            raise NotFound(f"No lender {lender}: add it first")
        policy = changed(before, change)
        connection.execute(update(Lender).where(Lender.id == lender).values(policy=policy))
    return policy


def changed(policy: Mapping[str, Any], change: Change) -> dict[str, Any]:
    """The policy with a change.

    Raises:
        BadInput: a value that cannot be, alone or with the others.
    """
    after = dict(policy)
    if change.voicemail is not None:
        after["voicemail"] = _one_of("voicemail", change.voicemail, VOICEMAIL)
    if change.voicemail_contact is not None:
        after["voicemail_contact"] = _contact(change.voicemail_contact)
    if change.call_identity is not None:
        after["call_identity"] = _one_of("call_identity", change.call_identity, CALL_IDENTITY)
    if change.address is not None or change.service is not None:
        after[POST] = _post(policy.get(POST), change)
    if after.get("voicemail") == LIMITED and not after.get("voicemail_contact"):
        raise BadInput(
            "voicemail_contact", "is missing", "A message must name a human to ask for: give --voicemail-contact."
        )
    return after


def _one_of(field: str, told: str, known: tuple[str, ...]) -> str:
    if told not in known:
        raise BadInput(field, "is not one of the words", f"Give one of {', '.join(known)}.")
    return told


def _contact(told: str) -> str:
    """A message on a machine says whom to ask for, and nothing of a debt: a human's name has no figures in it."""
    name = told.strip()
    if name and (len(name) > LONGEST_CONTACT or NAME.fullmatch(name) is None):
        raise BadInput(
            "voicemail_contact",
            "is no human's name",
            f"Give the name of somebody who answers the lender's telephone, in letters, {LONGEST_CONTACT} at most.",
        )
    return name


def _post(before: Any, change: Change) -> dict[str, Any]:
    post: dict[str, Any] = dict(before) if isinstance(before, dict) else {}  # pyright: ignore[reportUnknownArgumentType]  as the database has it
    if change.service is not None:
        post["service"] = _one_of("post.service", change.service, SERVICES)
    if change.address is not None:
        try:
            address = PostalAddress.model_validate(change.address)
        except ValidationError as error:
            wrong = ", ".join(sorted({str(each["loc"][0]) if each["loc"] else "all" for each in error.errors()}))
            raise BadInput(
                "post.address",
                f"is no postal address ({wrong})",
                "Give one to four lines, a city, the country in two letters, and region and postal code if there are.",
            ) from None
        post["address"] = address.model_dump(mode="json", exclude_none=True)
    if "address" not in post:
        raise BadInput("post.address", "is missing", "Letters come back to it: give the address with the service.")
    return post
