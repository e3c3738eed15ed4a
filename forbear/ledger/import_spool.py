"""Receipt and reading of an imported file: sealed pieces in the ledger, where every process of the API can read them.

The pieces, the import and the stored answer are one transaction: an upload that is dropped leaves nothing, whoever
dies.
"""

import hmac
import threading
from collections.abc import Generator, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import datetime
from hashlib import sha256
from typing import Any, Final

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from forbear.errors import Conflict, ForbearError, KeyReused
from forbear.ledger import audit, idempotency
from forbear.ledger.engine import Ledger
from forbear.ledger.ids import new_id
from forbear.ledger.tables.imports import ImportFile, ImportPiece
from forbear.ledger.turns import take_turn
from forbear.ledger.vault import FileKey

PIECE: Final = 256 * 1024
"""Bytes of the file in one row."""
ACCEPTED: Final = 202


class InProgress(Conflict):
    """The same call is being answered."""


class Dropped(ForbearError):
    """The call was given up while this step of it waited for a thread."""


class Upload:
    """One file on its way in; holds its transaction until it is kept or dropped.

    One thread after another may use it. A call that is cancelled drops it while a thread still writes: `drop` waits.
    """

    def __init__(self, ledger: Ledger, *, tenant: str, lender: str, key: str, told: str) -> None:
        self._ledger, self._tenant, self._lender, self._key = ledger, tenant, lender, key
        secret = ledger.settings.token_key.get_secret_value().encode()
        # Keyed, as every stored fingerprint of a call.
        self._fingerprint = hmac.new(secret, told.encode(), sha256)
        self._sha256 = sha256()
        self._buffer = bytearray()
        self._pieces = 0
        self.size = 0
        self.id = new_id("imp")
        self._seals, self._wrapped = ledger.vault.make_file_key(tenant, lender, self.id)
        self._stack = ExitStack()
        self._busy = threading.RLock()
        self._dropped = False

    def begin(self) -> None:
        """Open the transaction and take the key's turn.

        Raises:
            InProgress: another call holds it.
        """
        with self._in_hand():
            self._session: Session = self._stack.enter_context(self._ledger.api(self._tenant, self._lender))
            try:
                self._take_turn()
            except BaseException:
                self.drop()
                raise

    @contextmanager
    def _in_hand(self) -> Generator[None]:
        """Nobody else changes it meanwhile, and nothing is begun anew for a call that was given up."""
        with self._busy:
            if self._dropped:
                raise Dropped
            yield

    def _take_turn(self) -> None:
        if not take_turn(self._session, self._lender, self._key):
            raise InProgress("Another call with this Idempotency-Key is being answered")
        self._before = idempotency.lookup(self._session, self._lender, self._key)
        if self._before is None:
            self._session.execute(insert(ImportFile).values(self._row()))

    def write(self, part: bytes) -> None:
        """Take the next bytes; whole pieces are sealed and written."""
        with self._in_hand():
            self._write(part)

    def _write(self, part: bytes) -> None:
        self.size += len(part)
        self._sha256.update(part)
        self._fingerprint.update(part)
        if self._before is not None:
            return
        self._buffer += part
        while len(self._buffer) >= PIECE:
            self._put(bytes(self._buffer[:PIECE]))
            del self._buffer[:PIECE]

    def keep(self, body: Mapping[str, Any], *, declared: Mapping[str, Any], at: datetime) -> idempotency.Stored | None:
        """Commit the file with its answer; the answer given before, where there is one.

        Args:
            body: what the call answers; this adds what is only known now.
            declared: format, encoding and whether it is a dry run, as the sender told.
            at: world instant.

        Raises:
            KeyReused: the key was used for another file or with other parameters.
        """
        with self._in_hand():
            return self._keep(body, declared, at)

    def _keep(self, body: Mapping[str, Any], declared: Mapping[str, Any], at: datetime) -> idempotency.Stored | None:
        fingerprint = self._fingerprint.digest()
        if self._before is not None:
            before = self._before
            self.drop()
            if not hmac.compare_digest(before.fingerprint, fingerprint):
                raise KeyReused("This Idempotency-Key was used for another call")
            return before
        if self._buffer:
            self._put(bytes(self._buffer))
        known = {"sha256": self._sha256.hexdigest(), "size": self.size, "pieces": self._pieces, **declared}
        row = self._session.get_one(ImportFile, self.id)
        for name, value in {**known, "created_at": at}.items():
            setattr(row, name, value)
        self._session.flush()
        audit.note(
            self._session, tenant=self._tenant, lender=self._lender, kind="import_received", subject=self.id, at=at,
            written=known,
        )  # fmt: skip
        idempotency.store(
            self._session, tenant=self._tenant, lender=self._lender, key=self._key, fingerprint=fingerprint,
            status=ACCEPTED, body=body, at=at,
        )  # fmt: skip
        self._stack.close()
        return None

    @property
    def sha256(self) -> str:
        """Of all bytes taken so far."""
        return self._sha256.hexdigest()

    def drop(self) -> None:
        """Leave nothing; harmless after `keep`. Waits for a thread that has it in hand."""
        with self._busy:
            self._dropped = True
            if hasattr(self, "_session"):
                self._session.rollback()
            self._stack.close()

    def _put(self, plain: bytes) -> None:
        sealed = self._seals.seal(plain, str(self._pieces))
        row = {"id": new_id("ipc"), "tenant": self._tenant, "lender": self._lender, "file": self.id}
        self._session.execute(insert(ImportPiece).values(**row, number=self._pieces, sealed=sealed))
        self._pieces += 1

    def _row(self) -> dict[str, Any]:
        none = dict.fromkeys(("size", "pieces", "row", "line", "enrolled", "already", "would_enrol", "refused"), 0)
        return {
            "id": self.id,
            "tenant": self._tenant,
            "lender": self._lender,
            "state": "received",
            "dry_run": False,
            "compressed": False,
            "sha256": "",
            "wrapped": self._wrapped,
            "created_at": self._ledger.clock.now(),
            **none,
        }


def pieces(ledger: Ledger, *, tenant: str, lender: str, file: str, count: int, key: FileKey) -> Iterator[bytes]:
    """The bytes of a file as it came, a piece at a time, each read in a transaction of its own."""
    for number in range(count):
        with ledger.api(tenant, lender) as session:
            sealed = session.execute(
                select(ImportPiece.sealed).where(ImportPiece.file == file, ImportPiece.number == number)
            ).scalar_one()
        yield key.open(bytes(sealed), str(number))
