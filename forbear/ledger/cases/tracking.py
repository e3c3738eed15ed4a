"""Brings what carriers, visits and texts show into the register of service, whenever a case of the account is decided.

It compares all that is known with what the register says and writes the difference, so that no news can get lost: what
a case was not told of in time is there with its next decision. A piece that turns out otherwise is taken back and put
down anew.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from forbear.contracts.case_words import ServiceMethod, ServiceResult, ServiceSource
from forbear.contracts.outcomes import FORMAL_PAPERS
from forbear.court.paths import load_all
from forbear.ledger import audit
from forbear.ledger.days import local
from forbear.ledger.ids import new_id
from forbear.ledger.tables.accounts import Account
from forbear.ledger.tables.cases import CaseService
from forbear.ledger.tables.contacts import Touch
from forbear.ledger.tables.letters import Letter, ServiceProof
from forbear.ledger.tables.visits import HandedOver, VisitSignature

POSTED: Final[Mapping[str, ServiceMethod]] = {
    "plain": "ordinary_post",
    "registered": "registered_post",
    "certified": "certified_post",
}
RESULTS: Final[Mapping[str, ServiceResult]] = {
    "posted": "sent",
    "tracked": "sent",
    "signed": "signed",
    "read": "read",
    "refused": "refused",
    "returned": "returned",
}
STRENGTH: Final = ("posted", "tracked", "read", "signed", "refused", "returned")
"""A letter that came back did not arrive, whatever was scanned before."""
REACHED: Final = frozenset({"signed", "read"})
BOTH: Final = 2
"""Officers who go on a visit; each signs its report."""
MADE: Final = frozenset({"sent", "delivered"})


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece of service as it is known now. `key` tells it from all others of its account."""

    key: str
    paper: str
    sha256: str | None
    person: str
    method: ServiceMethod
    result: ServiceResult
    sent_on: date | None
    reached_on: date | None
    source: ServiceSource
    touch: str | None
    at: datetime

    def says(self) -> tuple[object, ...]:
        return (self.paper, self.result, self.sent_on, self.reached_on, self.sha256)


def catch_up(session: Session, account: Account, zone: str | None, now: datetime) -> int:
    """Bring the register of an account up to date; returns how many pieces are new or say something else now.

    The caller holds the account's persons, so that two never write the same piece.
    """
    rows = session.scalars(
        select(CaseService).where(CaseService.account == account.id, CaseService.source != "staff")
    ).all()
    taken = {row.takes_back for row in rows if row.takes_back}
    last: dict[str, CaseService] = {}
    count: dict[str, int] = {}
    for row in rows:
        key = row.event.partition("#")[0]
        count[key] = count.get(key, 0) + 1
        if row.id not in taken and row.takes_back is None:
            last[key] = row
    changed = 0
    for piece in _pieces(session, account, zone):
        before = last.get(piece.key)
        if before is not None:
            if (before.paper, before.result, before.sent_on, before.reached_on, before.paper_sha256) == piece.says():
                continue
            _write(session, account, piece, count.get(piece.key, 0), now, takes_back=before.id)
            count[piece.key] = count.get(piece.key, 0) + 1
        _write(session, account, piece, count.get(piece.key, 0), now)
        changed += 1
    return changed


@cache
def demands() -> frozenset[str]:
    """What a path counts when it reaches somebody. A text of another kind is a reminder, and proves no service."""
    found: set[str] = set()
    for path in load_all().values():
        found.update(*(rule.papers for rule in path.clocks.values()))
        found.update(*(notice.papers for stage in path.stages for notice in stage.needs.notices))
    return frozenset(found)


def _pieces(session: Session, account: Account, zone: str | None) -> Iterator[Piece]:
    yield from _letters(session, account, zone)
    yield from _handed_over(session, account, zone)
    texts = select(Touch).where(
        Touch.account == account.id,
        Touch.channel == "sms",
        Touch.state.in_(MADE),
        Touch.template.in_(sorted(demands())),
    )
    for touch in session.scalars(texts.order_by(Touch.claimed_at, Touch.id)):
        day = local(touch.dispatched_at or touch.claimed_at, zone)
        arrived = local(touch.settled_at, zone) if touch.state == "delivered" and touch.settled_at else None
        yield Piece(
            touch.id, touch.template, touch.body_sha256, touch.person, "sms", "delivered" if arrived else "sent", day,
            arrived, "touch", touch.id, touch.claimed_at,
        )  # fmt: skip


def _handed_over(session: Session, account: Account, zone: str | None) -> Iterator[Piece]:
    """What a visit's report says was handed to the person visited. It proves service once both officers signed it."""
    signed = select(func.count(VisitSignature.officer.distinct())).where(VisitSignature.visit == HandedOver.visit)
    rows = session.execute(
        select(HandedOver, signed.scalar_subquery())
        .where(HandedOver.account == account.id)
        .order_by(HandedOver.at, HandedOver.id)
    )
    for row, hands in rows:
        day, paper = local(row.at, zone), FORMAL_PAPERS.get(row.paper, row.paper)
        taken = row.taken_by == "borrower" and hands >= BOTH
        result: ServiceResult = "signed" if taken else "refused" if row.taken_by == "refused" else "sent"
        yield Piece(
            row.id, paper, None, row.person, "visit", result, day, day if taken else None, "visit", None, row.at
        )


def _letters(session: Session, account: Account, zone: str | None) -> Iterator[Piece]:
    proofs: dict[str, list[ServiceProof]] = {}
    for proof in session.scalars(select(ServiceProof).where(ServiceProof.account == account.id)):
        proofs.setdefault(proof.letter, []).append(proof)
    rows = session.execute(
        select(Letter, Touch.template)
        .join(Touch, Touch.id == Letter.touch)
        .where(Letter.account == account.id)
        .order_by(Letter.made_at, Letter.id)
    )
    for letter, template in rows:
        if letter.id in proofs:
            yield _letter(letter, template, proofs[letter.id], zone)


def _letter(letter: Letter, paper: str, proofs: Sequence[ServiceProof], zone: str | None) -> Piece:
    """The strongest proof of a letter says what became of it; of the same strength the latest."""
    best = max(proofs, key=lambda each: (STRENGTH.index(each.kind), each.told_at, each.id))
    sent = min((each.at for each in proofs if each.kind == "posted"), default=min(each.at for each in proofs))
    reached = local(best.at, zone) if best.kind in REACHED else None
    return Piece(
        letter.touch, paper, letter.sha256, letter.person, POSTED[letter.service], RESULTS[best.kind],
        local(sent, zone), reached, "tracking", letter.touch, best.at,
    )  # fmt: skip


def _write(
    session: Session, account: Account, piece: Piece, count: int, now: datetime, *, takes_back: str | None = None
) -> None:
    row = CaseService(
        id=new_id("srv"),
        tenant=account.tenant,
        lender=account.lender,
        account=account.id,
        legal_case=None,
        paper=piece.paper,
        paper_sha256=piece.sha256,
        person=piece.person,
        method=piece.method,
        result=piece.result,
        sent_on=piece.sent_on,
        reached_on=piece.reached_on,
        rule=None,
        tracking=None,
        source=piece.source,
        touch=piece.touch,
        files=[],
        staff=None,
        takes_back=takes_back,
        event=f"{piece.key}#{count}",
        at=now,
    )
    session.add(row)
    session.flush()
    audit.note(
        session, tenant=row.tenant, lender=row.lender, account=row.account, person=row.person,
        kind="service_taken_back" if takes_back else "service_told", subject=row.id, at=now, written=row,
    )  # fmt: skip
