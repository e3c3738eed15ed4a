"""Signs a finished file with the installation's certificate, as PAdES: the last thing that is done to it.

The signature is put behind what the packet's manifest names, which stays as it was, and changes nothing that is seen.
It is another each time, so both hashes are told: that of what was signed, and that of the whole.
"""

import hashlib
import io
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, Self

from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, SimpleSigner

from forbear.documents.packets.manifest import canonical
from forbear.errors import CannotStart
from forbear.ports.packets import File, Signed
from forbear.settings import Settings

FIELD: Final = "Forbear"
DIGEST: Final = "sha256"


class _Dated(PdfSigner):
    """A signer that is told the time: nothing here reads a clock."""

    def __init__(self, at: datetime, *given: Any) -> None:
        super().__init__(*given)
        self._at = at

    def init_signing_session(self, *given: Any, **named: Any) -> Any:
        """Begin, at the time that was told."""
        session: Any = super().init_signing_session(*given, **named)
        session.system_time = self._at
        return session


class Signer:
    """Signs with one certificate."""

    def __init__(self, pkcs12: bytes, passphrase: str) -> None:
        try:
            self._key = SimpleSigner.load_pkcs12_data(pkcs12, (), passphrase.encode() or None)
        except (ValueError, TypeError):
            raise CannotStart(
                "the certificate that signs packets cannot be read; set FORBEAR_SIGNING_CERTIFICATE to a PKCS#12 file"
                " and FORBEAR_SIGNING_PASSPHRASE to its passphrase"
            ) from None

    @classmethod
    def of(cls, settings: Settings) -> Self | None:
        """The installation's signer, if it has one.

        Raises:
            CannotStart: a certificate is named and cannot be read.
        """
        if settings.signing_certificate is None:
            return None
        try:
            pkcs12 = settings.signing_certificate.read_bytes()
        except OSError:
            raise CannotStart(
                "the file that FORBEAR_SIGNING_CERTIFICATE names cannot be read; name another, or none"
            ) from None
        return cls(pkcs12, settings.signing_passphrase.get_secret_value())

    def sign(self, file: File, at: datetime) -> Signed:
        """A signed file."""
        meta = PdfSignatureMetadata(field_name=FIELD, md_algorithm=DIGEST, subfilter=SigSeedSubFilter.PADES)
        written = io.BytesIO()
        signer = _Dated(at, meta, self._key)
        signer.sign_pdf(IncrementalPdfFileWriter(io.BytesIO(file.content)), output=written)
        content = written.getvalue()
        return Signed(file.name, content, file.sha256, hashlib.sha256(content).hexdigest())


def signatures(manifest: str, signed: Sequence[Signed], at: datetime) -> bytes:
    """What is kept beside a manifest of its files' signatures: the hash of each before and after, as canonical JSON."""
    files = [{"name": each.name, "before": each.before, "after": each.after} for each in signed]
    return canonical({"manifest": manifest, "at": at.isoformat(), "files": files})
