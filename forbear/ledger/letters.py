"""Letters as they fare: written down before they are handed over, followed by receipts and proofs of service.

News comes doubled, late and in any order, from an event, from asking, or from the one who scans returns in. Every
piece becomes a receipt, so that the touch's state is folded as that of any touch, and a proof where it proves any.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

import structlog
from pydantic import TypeAdapter
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from forbear.cadence.paper_events import told_by
from forbear.errors import NotFound
from forbear.ledger import audit, deceased, happenings, outbox, reachability
from forbear.ledger.ids import new_id
from forbear.ledger.locking import lock_account
from forbear.ledger.receipts import Source, add_receipt, lock_touch
from forbear.ledger.tables.contacts import Receipt, Touch
from forbear.ledger.tables.letters import Letter, ServiceProof
from forbear.ledger.vault import Vault
from forbear.ports.post import Envelope, PostAddress, ProofKind, Tracked
from forbear.settings import LetterPrice

ENDS: Final = frozenset({"signed", "returned", "lost_in_post", "cancelled"})
"""Plain mail that was delivered may still come back."""
POSTED: Final = frozenset({"handed_over", "in_transit", "delivered", "signed"})
"""Any of them shows that the post has it; what is told first gives the day."""
SAYS_NOTHING_OF_THE_ADDRESS: Final = frozenset({"unclaimed", "refused"})
PRINT_ROOM: Final = "print_room"
"""The route of our own people: what is known of its letters, they entered."""
ADDRESS: Final = TypeAdapter(PostAddress)
log = structlog.get_logger(__name__)


def write_down(vault: Vault, session: Session, touch: Touch, envelope: Envelope, at: datetime) -> None:
    """A letter is about to be made: its address as it will be printed, in the transaction that lets the touch go."""
    sealed = vault.seal(
        session,
        tenant=touch.tenant,
        lender=touch.lender,
        person=touch.person,
        text=ADDRESS.dump_json(envelope.to).decode(),
    )
    session.add(
        Letter(
            id=new_id("ltr"),
            tenant=touch.tenant,
            lender=touch.lender,
            touch=touch.id,
            account=touch.account,
            person=touch.person,
            provider=touch.provider,
            service=envelope.service,
            address=sealed,
            made_at=at,
        )
    )
    session.flush()


def printed_for(vault: Vault, session: Session, letter: Letter) -> PostAddress:
    """The name and address that were printed.

    Raises:
        Erased: the person's key was destroyed.
    """
    return ADDRESS.validate_json(vault.open(session, lender=letter.lender, person=letter.person, sealed=letter.address))


def keep_made(session: Session, touch: Touch, prices: Mapping[str, LetterPrice]) -> None:
    """What was made for a touch, once its sender says: the file's digest, its pages and their price by contract."""
    letter = of_touch(session, touch.id)
    if letter is None:
        return
    pages = touch.segments
    letter.sha256, letter.pages = touch.body_sha256, pages
    price = prices.get(f"{letter.provider}.{letter.service}")
    if price is not None and pages:
        letter.cost, letter.currency = price.of(pages), price.currency
    session.flush()


def of_touch(session: Session, touch: str) -> Letter | None:
    return session.scalars(select(Letter).where(Letter.touch == touch)).one_or_none()


def proofs(session: Session, account: str) -> Sequence[ServiceProof]:
    """All that proves or disproves the service of an account's letters, in the order in which it happened."""
    found = select(ServiceProof).where(ServiceProof.account == account)
    return session.scalars(found.order_by(ServiceProof.at, ServiceProof.told_at, ServiceProof.id)).all()


def learn(
    session: Session,
    touch_id: str,
    news: Sequence[Tracked],
    *,
    source: Source,
    at: datetime,
    provider_id: str | None = None,
) -> bool:
    """Store news about a letter and draw the consequences; whether any of it was new. The same again changes nothing.

    Args:
        session: a transaction that may see the touch.
        touch_id: the letter's touch.
        news: what is told of it, in any order.
        source: who tells it; `staff` where somebody of ours enters what they saw.
        at: when it reached us (world).
        provider_id: the provider's id of the letter, where it is told.

    Raises:
        NotFound: the session sees no such letter.
    """
    _lock_ahead(session, touch_id, news)
    touch = lock_touch(session, touch_id)
    letter = None if touch is None else of_touch(session, touch_id)
    if touch is None or letter is None:
        raise NotFound("no such letter")
    told = set(session.scalars(select(Receipt.status).where(Receipt.touch == touch_id)))
    known, fresh = "returned" in told, False
    if given := [one.at for one in news if one.status in POSTED]:
        happenings.tell_posted(session, touch, at=min(*given, at), now=at)
    for one in sorted(news, key=lambda each: (each.at, each.event)):
        new = one.status not in told
        told.add(one.status)
        add_receipt(
            session,
            touch_id=touch_id,
            source=source,
            status=one.status,
            provider_id=provider_id or touch.provider_id,
            code=one.code,
            at=at,
            provider_at=one.at,
        )
        new |= _prove(session, letter, one, source, at)
        fresh |= new
        _keep(session, touch, letter, one, at, new=new)
    if fresh:
        outbox.tell(session, tenant=touch.tenant, account=touch.account, fact="letter_tracked", at=at)
    if not known and any(_reader_died(one) for one in news):
        deceased.suspected(session, touch, at)
    return fresh


def _lock_ahead(session: Session, touch_id: str, news: Sequence[Tracked]) -> None:
    """Everybody takes persons before touches."""
    touch = session.get(Touch, touch_id)
    if touch is not None and told_by(touch.template) and any(one.status in POSTED for one in news):
        lock_account(session, touch.tenant, touch.account)
    if any(_reader_died(one) for one in news):
        deceased.lock_ahead(session, touch_id)


def _keep(session: Session, touch: Touch, letter: Letter, news: Tracked, at: datetime, *, new: bool) -> None:
    """What a piece of news changes beside the touch's state. What was corrected since does not come back."""
    if news.tracking_number and (new or letter.tracking_number is None):
        letter.tracking_number = news.tracking_number
    if news.cost is not None:
        letter.cost, letter.currency = news.cost, news.currency
    if news.status in ENDS:
        letter.ended_at = letter.ended_at or at
    session.flush()
    if news.status == "returned" and news.code not in SAYS_NOTHING_OF_THE_ADDRESS:
        reachability.mark(session, touch, "invalid", at)


def _reader_died(news: Tracked) -> bool:
    return news.status == "returned" and news.code == deceased.CODE


def _prove(session: Session, letter: Letter, news: Tracked, source: Source, at: datetime) -> bool:
    """Put down what the news proves; whether that was new."""
    kind = _kind(news)
    if kind is None:
        return False
    proof = ServiceProof(
        id=new_id("prf"),
        tenant=letter.tenant,
        lender=letter.lender,
        letter=letter.id,
        touch=letter.touch,
        account=letter.account,
        person=letter.person,
        kind=kind,
        level=_level(letter, news, source),
        at=news.at,
        told_at=at,
        source=source,
        event=news.event,
        code=news.code,
        tracking_number=news.tracking_number,
    )
    values = {column.name: getattr(proof, column.name) for column in ServiceProof.__table__.columns}
    stored = insert(ServiceProof).values(values).on_conflict_do_nothing().returning(ServiceProof.id)
    if session.execute(stored).first() is None:
        return False
    log.info("letter.proof", touch=letter.touch, proof=proof.id, kind=kind, level=proof.level)
    audit.note(
        session,
        tenant=letter.tenant,
        lender=letter.lender,
        account=letter.account,
        person=letter.person,
        kind="service_proof",
        subject=proof.id,
        at=at,
        written=values,
        table="service_proof",
    )
    return True


def _level(letter: Letter, news: Tracked, source: Source) -> str:
    """How it is known. Of the own print room's letters it is what somebody entered, whoever brings it to the record."""
    if source == "staff" or letter.provider == PRINT_ROOM:
        return "reported"
    return "scanned" if news.scanned else "inferred"


def _kind(news: Tracked) -> ProofKind | None:
    """A letter that came back because it was refused proves the refusal."""
    return "refused" if news.status == "returned" and news.code == "refused" else news.proof
