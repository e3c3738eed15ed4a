"""Photos, papers and notes of a visit: hashed at capture, sealed, kept once, and every hand they pass through written.

A file has a key of its own, sealed under the key of the person visited, so that erasing the person erases the file.
"""

from base64 import b64decode, b64encode
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import select

from forbear.errors import BadInput, Conflict, Erased, NotFound
from forbear.ledger.evidence import EvidenceStore, picture_type, stripped
from forbear.ledger.ids import new_id
from forbear.ledger.tables.visits import Custody, Visit, VisitEvidence
from forbear.ledger.vault import FileKey
from forbear.ledger.visits import lock, plan_of
from forbear.ledger.visits_checked_in import noted, sent
from forbear.ledger.visits_desk import Desk

LARGEST: Final = 15_000_000
"""Bytes of one file."""
MOST: Final = 40
"""Files of one visit."""
LATE: Final = timedelta(days=7)
"""World time after a report in which its photos may still arrive from a phone without connection."""
TEXT: Final = "text/plain; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Captured:
    """What an officer's phone sends. `sha256` is the phone's own; None where it has no way to make one."""

    key: str
    kind: str
    content: bytes = field(repr=False)
    sha256: str | None = None
    captured_at: datetime | None = None


def take(desk: Desk, visit_id: str, captured: Captured) -> VisitEvidence:
    """Keep one piece; the same key again changes nothing.

    Raises:
        BadInput: it is not what the phone hashed, no picture, too large, or of no kind we know.
        Conflict: the visit has not begun or is long over, or has too many already.
        Forbidden: somebody else was sent.
    """
    visit, _ = lock(desk.session, visit_id)
    sent(plan_of(desk.session, visit.id), desk.staff)
    every = list(desk.session.scalars(select(VisitEvidence).where(VisitEvidence.visit == visit.id)))
    mine = [each for each in every if (each.officer, each.key) == (desk.staff, captured.key)]
    if mine:
        return mine[0]
    _open_for_more(desk, visit, len(every))
    return keep(desk, visit, captured)


def keep(desk: Desk, visit: Visit, captured: Captured) -> VisitEvidence:
    """Keep one piece of a visit that the caller holds locked."""
    digest = sha256(captured.content).hexdigest()
    media_type = _readable(captured, digest)
    row_id, key = new_id("evd"), AESGCM.generate_key(256)
    stored = _store(desk).put(FileKey(key, row_id).seal(captured.content, "original"))
    row = VisitEvidence(
        id=row_id,
        tenant=visit.tenant,
        lender=visit.lender,
        visit=visit.id,
        person=visit.person,
        officer=desk.staff,
        key=captured.key,
        kind=captured.kind,
        media_type=media_type,
        sha256=digest,
        size=len(captured.content),
        hashed_by="server" if captured.sha256 is None else "phone",
        stored_sha256=stored,
        file_key=desk.seal(visit, b64encode(key).decode()),
        captured_at=captured.captured_at,
        at=desk.now(),
    )
    desk.session.add(row)
    desk.session.flush()
    noted(desk, visit, "visit_evidence_received", row.id, row)
    _custody(desk, row, "received", digest)
    return row


def opened(desk: Desk, evidence_id: str) -> tuple[VisitEvidence, bytes]:
    """The original, with all that the phone wrote into it; that it was opened is put down.

    Raises:
        NotFound: no such piece, or its file is missing.
        Erased: it was changed, or its person erased.
    """
    row, content = _content(desk, evidence_id)
    _custody(desk, row, "opened", row.sha256)
    desk.did(desk.session.get_one(Visit, row.visit), "visit_evidence_opened")
    return row, content


def exported(desk: Desk, evidence_id: str) -> tuple[VisitEvidence, bytes]:
    """The copy that may leave the house: without place, camera and hour. Its own digest is put down.

    Raises:
        NotFound: no such piece, or its file is missing.
        Erased: it was changed, or its person erased.
    """
    row, content = _content(desk, evidence_id)
    copy = stripped(content, row.media_type)
    _custody(desk, row, "exported", sha256(copy).hexdigest())
    desk.did(desk.session.get_one(Visit, row.visit), "visit_evidence_exported")
    return row, copy


def changed(desk: Desk, visit_id: str) -> list[str]:
    """The pieces of a visit whose file is missing, changed, or not what was captured; each is put down."""
    found: list[str] = []
    for row in desk.session.scalars(select(VisitEvidence).where(VisitEvidence.visit == visit_id)):
        try:
            _content(desk, row.id)
        except (Erased, NotFound):
            found.append(row.id)
            _custody(desk, row, "found_changed", row.sha256)
    return found


def _content(desk: Desk, evidence_id: str) -> tuple[VisitEvidence, bytes]:
    row = desk.session.get(VisitEvidence, evidence_id)
    if row is None:
        raise NotFound("no such evidence")
    sealed = _store(desk).get(row.stored_sha256)
    visit = desk.session.get_one(Visit, row.visit)
    content = FileKey(b64decode(desk.open(visit, row.file_key)), row.id).open(sealed, "original")
    if sha256(content).hexdigest() != row.sha256:
        raise Erased("A file of evidence is not what was captured: restore it from a backup")
    return row, content


def _readable(captured: Captured, digest: str) -> str:
    """The media type, by the bytes and not by what was said of them."""
    if captured.sha256 is not None and captured.sha256.lower() != digest:
        raise BadInput("sha256", "is not that of the file that arrived", "Send it again.")
    if not captured.content or len(captured.content) > LARGEST:
        raise BadInput("photo", "is empty or larger than 15 MB", "Take it again with a smaller size.")
    if captured.kind == "note":
        return TEXT
    if captured.kind not in {"photo", "paper"}:
        raise BadInput("kind", "is none we know", "Send photo, paper or note.")
    return picture_type(captured.content)


def _open_for_more(desk: Desk, visit: Visit, count: int) -> None:
    recent = visit.ended_at is None or desk.now() - visit.ended_at <= LATE
    if visit.state not in {"under_way", "reported", "aborted"} or not recent or count >= MOST:
        raise Conflict("This visit takes no more files: it has not begun, is long over, or has forty already")


def _store(desk: Desk) -> EvidenceStore:
    return EvidenceStore(desk.ledger.settings.data)


def _custody(desk: Desk, row: VisitEvidence, did: str, digest: str) -> None:
    desk.session.add(
        Custody(
            id=new_id("cus"),
            tenant=row.tenant,
            lender=row.lender,
            evidence=row.id,
            staff=desk.staff,
            act=did,
            sha256=digest,
            at=desk.now(),
        )
    )
    desk.session.flush()
