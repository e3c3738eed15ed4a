"""A finished file is signed behind its last byte, and whoever has the certificate can see that nothing was changed."""

import io
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12
from cryptography.x509.oid import NameOID
from pyhanko.keys import load_certs_from_pemder_data
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from forbear.documents.packets.sample_packet import printed
from forbear.documents.packets.signing import Signer, signatures
from forbear.errors import CannotStart
from forbear.ports.packets import File
from forbear.settings import Settings

AT = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
PASSPHRASE = "fictional"


@pytest.fixture(scope="module")
def certificate() -> tuple[bytes, bytes]:
    """A certificate of nobody: PKCS#12 with its key, and alone."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Example Lender")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(AT - timedelta(days=1))
        .not_valid_after(AT + timedelta(days=3650))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(
            x509.KeyUsage(True, True, False, False, False, True, True, False, False),  # noqa: FBT003  its own order
            critical=True,
        )
        .sign(key, hashes.SHA256())
    )
    from cryptography.hazmat.primitives.serialization import Encoding

    packed = pkcs12.serialize_key_and_certificates(
        b"example", key, made, None, BestAvailableEncryption(PASSPHRASE.encode())
    )
    return packed, made.public_bytes(Encoding.PEM)


def file() -> File:
    import hashlib

    content = printed(1, 2)
    return File("Packet.pdf", content, hashlib.sha256(content).hexdigest(), 2, volume=1)


def test_a_signed_file_begins_with_what_was_signed_and_validates(certificate: tuple[bytes, bytes]) -> None:
    packed, alone = certificate
    given = file()
    signed = Signer(packed, PASSPHRASE).sign(given, AT)
    assert signed.content.startswith(given.content)
    assert (signed.before, signed.name) == (given.sha256, given.name)
    assert signed.after != signed.before
    reader = PdfFileReader(io.BytesIO(signed.content))
    (embedded,) = reader.embedded_signatures
    trusted: Any = ValidationContext(
        trust_roots=list(load_certs_from_pemder_data(alone)), moment=AT, allow_fetching=False
    )
    status = validate_pdf_signature(embedded, trusted)
    assert status.intact
    assert status.valid
    assert status.trusted
    assert str(embedded.sig_object["/SubFilter"]) == "/ETSI.CAdES.detached"
    assert str(embedded.sig_object["/M"]).startswith("D:20260302150000")


def test_a_changed_byte_is_seen(certificate: tuple[bytes, bytes]) -> None:
    packed, _ = certificate
    given = file()
    content = bytearray(Signer(packed, PASSPHRASE).sign(given, AT).content)
    content[len(given.content) // 2] ^= 1
    (embedded,) = PdfFileReader(io.BytesIO(bytes(content))).embedded_signatures
    embedded.compute_integrity_info()
    from pyhanko.sign.validation.generic_cms import validate_sig_integrity

    intact, _ = validate_sig_integrity(embedded.signer_info, embedded.signer_cert, "data", embedded.compute_digest())
    assert not intact


def test_both_hashes_are_kept_beside_the_manifest(certificate: tuple[bytes, bytes]) -> None:
    signed = Signer(certificate[0], PASSPHRASE).sign(file(), AT)
    kept = signatures("ab" * 32, [signed], AT)
    assert signed.before.encode() in kept
    assert signed.after.encode() in kept
    assert kept == signatures("ab" * 32, [signed], AT)


def test_without_a_certificate_nobody_signs(tmp_path: Path, certificate: tuple[bytes, bytes]) -> None:
    assert Signer.of(Settings()) is None
    path = tmp_path / "signer.p12"
    with pytest.raises(CannotStart, match="SIGNING_CERTIFICATE"):
        Signer.of(Settings(signing_certificate=path))
    path.write_bytes(certificate[0])
    with pytest.raises(CannotStart, match="SIGNING_PASSPHRASE"):
        Signer.of(Settings(signing_certificate=path))
    settings = Settings.model_validate({"signing_certificate": path, "signing_passphrase": PASSPHRASE})
    assert isinstance(Signer.of(settings), Signer)
