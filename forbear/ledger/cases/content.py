"""Bytes of a case's files: looked at before they are taken, sealed one by one, kept under the digest of what is kept.

What somebody uploads is kept as it came, so that its digest can always be shown; a copy is made when it is bound.
"""

from dataclasses import dataclass, field
from hashlib import sha256
from io import BytesIO
from typing import Final

import pikepdf
from PIL import Image, UnidentifiedImageError

from forbear.errors import BadInput, Erased
from forbear.ledger.engine import Ledger
from forbear.ledger.evidence import MOST_PIXELS, EvidenceStore
from forbear.ledger.vault import FileKey
from forbear.pictures import load_whole

FOLDER: Final = "cases"
LARGEST: Final = 30_000_000
"""Bytes of one uploaded file."""
MOST_PAGES: Final = 2_000
PDF, JPEG, PNG = "application/pdf", "image/jpeg", "image/png"
BEGINNINGS: Final = ((b"%PDF-", PDF), (b"\xff\xd8\xff", JPEG), (b"\x89PNG\r\n\x1a\n", PNG))
HEAD: Final = 1024
"""Bytes within which a PDF says that it is one."""


@dataclass(frozen=True, slots=True)
class Looked:
    """What a file turned out to be."""

    media_type: str
    pages: int
    sha256: str = field(repr=False)
    size: int


def look(content: bytes) -> Looked:
    """Say what a file is by its own bytes, whatever was said of it.

    Raises:
        BadInput: it is empty, too large, no PDF, JPEG or PNG, encrypted, or cannot be read.
    """
    if not content or len(content) > LARGEST:
        raise BadInput("file", f"is empty or larger than {LARGEST // 1_000_000} MB", "Send it in parts, or smaller.")
    media_type = _sniffed(content)
    pages = _pdf_pages(content) if media_type == PDF else _picture_pages(content)
    return Looked(media_type, pages, sha256(content).hexdigest(), len(content))


def _sniffed(content: bytes) -> str:
    for beginning, media_type in BEGINNINGS:
        if content.startswith(beginning) or (media_type == PDF and beginning in content[:HEAD]):
            return media_type
    raise BadInput("file", "is neither a PDF nor a JPEG or PNG picture", "Send one of these.")


def _pdf_pages(content: bytes) -> int:
    try:
        with pikepdf.open(BytesIO(content)) as document:
            pages = len(document.pages)
    except pikepdf.PasswordError:
        raise BadInput("file", "is encrypted", "Send a copy that opens without a password.") from None
    except pikepdf.PdfError:
        raise BadInput("file", "cannot be read", "Print it to a new PDF, and send that.") from None
    if not 0 < pages <= MOST_PAGES:
        raise BadInput("file", f"has no page, or more than {MOST_PAGES}", "Send it in parts.")
    return pages


def _picture_pages(content: bytes) -> int:
    try:
        with Image.open(BytesIO(content), formats=("JPEG", "PNG")) as picture:
            too_large = picture.width * picture.height > MOST_PIXELS
            load_whole(picture) if not too_large else None
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        raise BadInput("file", "cannot be read", "Send the picture anew, or as a PDF.") from None
    if too_large:
        raise BadInput("file", "has too many pixels", "Scan it with a lower resolution.")
    return 1


def keep(ledger: Ledger, key: FileKey, place: str, content: bytes) -> str:
    """Seal bytes and keep them; returns the digest of what lies in the store."""
    return _store(ledger).put(key.seal(content, place))


def fetch(ledger: Ledger, key: FileKey, place: str, stored: str, digest: str) -> bytes:
    """The bytes again.

    Raises:
        NotFound: the file is gone.
        Erased: it was changed, or does not fit its key or its digest.
    """
    content = key.open(_store(ledger).get(stored), place)
    if sha256(content).hexdigest() != digest:
        raise Erased("A file of a case is not what was kept: restore it from a backup")
    return content


def _store(ledger: Ledger) -> EvidenceStore:
    return EvidenceStore(ledger.settings.data, FOLDER)
