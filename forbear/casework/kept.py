"""The bytes of a case's files and packets as they lie sealed: opened, and held against their digests."""

from base64 import b64decode
from hashlib import sha256
from typing import Final

from sqlalchemy.orm import Session

from forbear.errors import Erased
from forbear.ledger.engine import Ledger
from forbear.ledger.evidence import EvidenceStore
from forbear.ledger.tables.accounts import Account, LegalCase
from forbear.ledger.tables.cases import CaseFile
from forbear.ledger.vault import FileKey

ORIGINAL: Final = "original"


def open_file(ledger: Ledger, session: Session, row: CaseFile) -> bytes:
    """The untouched original of a file.

    Raises:
        Erased: it was changed, or its borrower erased.
        NotFound: the file is gone.
    """
    account = session.get_one(Account, session.get_one(LegalCase, row.legal_case).account)
    key = b64decode(ledger.vault.open(session, lender=row.lender, person=account.borrower, sealed=row.file_key))
    content = FileKey(key, row.id).open(EvidenceStore(ledger.settings.data).get(row.stored_sha256), ORIGINAL)
    if sha256(content).hexdigest() != row.sha256:
        raise Erased("A file of a case is not the one that was received: restore it from a backup")
    return content
