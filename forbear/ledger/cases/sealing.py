"""Opens and seals what of a case is personal: under the key of its account's borrower, whose erasure takes it along."""

import json
from base64 import b64decode, b64encode
from collections.abc import Mapping
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy.orm import Session

from forbear.ledger.cases.acts import borrower_of
from forbear.ledger.engine import Ledger
from forbear.ledger.tables.accounts import LegalCase
from forbear.ledger.vault import FileKey


def seal(ledger: Ledger, session: Session, case: LegalCase, text: str) -> bytes:
    """A text of the case."""
    return ledger.vault.seal(
        session, tenant=case.tenant, lender=case.lender, person=borrower_of(session, case), text=text
    )


def unseal(ledger: Ledger, session: Session, case: LegalCase, sealed: bytes | None) -> str:
    """The text again; nothing for nothing.

    Raises:
        Erased: the borrower was erased, or it does not fit.
    """
    if sealed is None:
        return ""
    return ledger.vault.open(session, lender=case.lender, person=borrower_of(session, case), sealed=sealed)


def seal_json(ledger: Ledger, session: Session, case: LegalCase, told: Mapping[str, Any]) -> bytes | None:
    """Values that people read; None where there are none."""
    if not told:
        return None
    return seal(ledger, session, case, json.dumps(dict(told), ensure_ascii=False, sort_keys=True))


def unseal_json(ledger: Ledger, session: Session, case: LegalCase, sealed: bytes | None) -> dict[str, Any]:
    """The values again."""
    told: dict[str, Any] = json.loads(unseal(ledger, session, case, sealed) or "{}")
    return told


def new_file_key(ledger: Ledger, session: Session, case: LegalCase, file: str) -> tuple[FileKey, bytes]:
    """A key for one file, or for those of one packet, and its sealed form."""
    key = AESGCM.generate_key(256)
    return FileKey(key, file), seal(ledger, session, case, b64encode(key).decode())


def file_key(ledger: Ledger, session: Session, case: LegalCase, file: str, sealed: bytes) -> FileKey:
    """The key again.

    Raises:
        Erased: the borrower was erased, or it does not fit.
    """
    return FileKey(b64decode(unseal(ledger, session, case, sealed)), file)
