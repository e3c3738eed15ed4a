"""Personal data at rest: sealed under one key per person and lender, each wrapped by the installation's master key.

Erasure is the loss of a person's key: the row stays, its `wrapped` becomes null, and what was sealed is noise. Numbers
and names are matched by keyed digests, so that equality needs no plain text.
"""

import hmac
import os
from datetime import datetime
from hashlib import sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Text, any_, bindparam, event, select, update
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.orm import Session

from forbear.errors import Erased, NotFound
from forbear.ledger.ids import new_id
from forbear.ledger.tables.people import PersonKey

FORM = b"\x01"
"""First byte of everything sealed: AES-256-GCM, 12 bytes of nonce, text with tag."""
NONCE = 12
KEYS = "forbear.person_keys"
"""Where a session keeps the keys it has unwrapped."""
KEYS_OF = select(PersonKey.person, PersonKey.tenant, PersonKey.wrapped).where(
    PersonKey.lender == bindparam("lender"), PersonKey.person == any_(bindparam("persons", type_=ARRAY(Text)))
)


def _seal(key: bytes, plain: bytes, bound_to: bytes) -> bytes:
    nonce = os.urandom(NONCE)
    return FORM + nonce + AESGCM(key).encrypt(nonce, plain, bound_to)


def _open(key: bytes, sealed: bytes, bound_to: bytes) -> bytes:
    if sealed[:1] != FORM:
        raise Erased("A sealed value has a form we do not know: restore the row from a backup")
    try:
        return AESGCM(key).decrypt(sealed[1 : 1 + NONCE], sealed[1 + NONCE :], bound_to)
    except InvalidTag:
        raise Erased("A sealed value does not open under its person's key: restore row or key from a backup") from None


def _bound_to(use: str, *names: str) -> bytes:
    """Additional data: what is sealed for one person does not open for another, nor a text as a key."""
    return "\0".join((use, *names)).encode()


class FileKey:
    """Seals the pieces of one imported file, each bound to its place in it."""

    def __init__(self, key: bytes, file: str) -> None:
        self._key, self._file = key, file

    def seal(self, plain: bytes, *place: str) -> bytes:
        return _seal(self._key, plain, _bound_to("piece", self._file, *place))

    def open(self, sealed: bytes, *place: str) -> bytes:
        """The bytes again; `Erased` where they stand in another place or were changed."""
        return _open(self._key, sealed, _bound_to("piece", self._file, *place))


class Vault:
    """Seals and opens within a session's transaction; keeps no person's key beyond it.

    A key kept longer would outlive the erasure done by another process, or a rolled-back row.
    """

    def __init__(self, master_key: bytes, match_key: bytes) -> None:
        self._master_key = master_key
        self._match_key = match_key

    def seal(self, session: Session, *, tenant: str, lender: str, person: str, text: str) -> bytes:
        """Encrypt under the person's key, which is made on first use.

        Raises:
            Erased: the person's key was destroyed.
        """
        key = self._known(session, lender, person) or self._make(session, tenant, lender, person)
        return _seal(key, text.encode(), _bound_to("text", tenant, lender, person))

    def open(self, session: Session, *, lender: str, person: str, sealed: bytes) -> str:
        """The text again.

        Raises:
            Erased: the key is gone, or does not fit.
            NotFound: this person has no key that the session may see.
        """
        key = self._known(session, lender, person)
        if key is None:
            raise NotFound(f"No key of person {person} is visible here")
        tenant = self._cache(session)[lender, person][0]
        return _open(key, sealed, _bound_to("text", tenant, lender, person)).decode()

    def seal_staff(self, tenant: str, staff: str, text: str) -> bytes:
        """Encrypt what is told of somebody who works for a tenant, who has no lender's key of their own."""
        return _seal(self._master_key, text.encode(), _bound_to("staff", tenant, staff))

    def open_staff(self, tenant: str, staff: str, sealed: bytes) -> str:
        """The text again; `Erased` where it does not fit."""
        return _open(self._master_key, sealed, _bound_to("staff", tenant, staff)).decode()

    def load(self, session: Session, *, lender: str, persons: list[str]) -> None:
        """Fetch the keys of several persons at once, where many are about to be opened."""
        cache = self._cache(session)
        wanted = [person for person in persons if (lender, person) not in cache]
        if wanted:
            self._fetch(session, lender, wanted)

    def erase(self, session: Session, *, lender: str, person: str, at: datetime) -> None:
        """Destroy the key: nothing sealed under it can be read again."""
        session.execute(
            update(PersonKey)
            .where(PersonKey.lender == lender, PersonKey.person == person)
            .values(wrapped=None, erased_at=at)
        )
        self._cache(session).pop((lender, person), None)

    def address_key(self, tenant: str, kind: str, normalised: str) -> bytes:
        """The digest under which equal addresses of a tenant meet."""
        return self._digest("address", tenant, kind, normalised)

    def match_digest(self, tenant: str, kind: str, value: str) -> bytes:
        """The digest by which a tenant recognises a person."""
        return self._digest("match", tenant, kind, value)

    def make_file_key(self, tenant: str, lender: str, file: str) -> tuple["FileKey", bytes]:
        """A new key for one imported file, and its wrapped form."""
        key = AESGCM.generate_key(256)
        return FileKey(key, file), _seal(self._master_key, key, _bound_to("file", tenant, lender, file))

    def file_key(self, tenant: str, lender: str, file: str, wrapped: bytes) -> "FileKey":
        """The key again.

        Raises:
            Erased: it does not fit.
        """
        return FileKey(_open(self._master_key, wrapped, _bound_to("file", tenant, lender, file)), file)

    def _digest(self, use: str, tenant: str, kind: str, value: str) -> bytes:
        tenants_key = hmac.digest(self._match_key, _bound_to(use, tenant), sha256)
        return hmac.digest(tenants_key, _bound_to(kind, value), sha256)

    def _cache(self, session: Session) -> dict[tuple[str, str], tuple[str, bytes | None]]:
        return session.info.setdefault(KEYS, {})

    def _known(self, session: Session, lender: str, person: str) -> bytes | None:
        """The person's key, or None where there is no row yet."""
        cache = self._cache(session)
        if (lender, person) not in cache:
            self._fetch(session, lender, [person])
        if (lender, person) not in cache:
            return None
        key = cache[lender, person][1]
        if key is None:
            raise Erased(f"The personal data of {person} was erased")
        return key

    def _fetch(self, session: Session, lender: str, persons: list[str]) -> None:
        for person, tenant, wrapped in session.execute(KEYS_OF, {"lender": lender, "persons": persons}):
            bound_to = _bound_to("key", tenant, lender, person)
            key = None if wrapped is None else _open(self._master_key, wrapped, bound_to)
            self._cache(session)[lender, person] = tenant, key

    def _make(self, session: Session, tenant: str, lender: str, person: str) -> bytes:
        key = AESGCM.generate_key(256)
        wrapped = _seal(self._master_key, key, _bound_to("key", tenant, lender, person))
        made = session.execute(
            insert(PersonKey)
            .values(id=new_id("pky"), tenant=tenant, lender=lender, person=person, wrapped=wrapped)
            .on_conflict_do_nothing(index_elements=["lender", "person"])
            .returning(PersonKey.id)
        ).first()
        if made is None:  # another transaction was first; its row is committed by now
            theirs = self._known(session, lender, person)
            if theirs is None:
                raise NotFound(f"The key of person {person} belongs to another tenant")
            return theirs
        self._cache(session)[lender, person] = tenant, key
        return key


@event.listens_for(Session, "after_soft_rollback")
def _forget(session: Session, _: object) -> None:
    """A key whose row was rolled back, perhaps to a savepoint only, must not seal anything more."""
    session.info.pop(KEYS, None)
