"""Legal cases beyond their opening: facts, what was told, clocks and alarms, guarantees, service, files, packets.

Facts, told fields, service, files, reviews and costs are append-only; what was wrong is taken back by a later row that
names it. Whatever names a person or quotes a paper is sealed under the key of the account's borrower.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from forbear.ledger.tables.base import Base, Id, Instant, Json, Money, OfLender, Sealed


class CaseFact(OfLender, Base):
    """Something that happened in a case, by whom it was entered. `takes_back` names a fact that was entered wrong."""

    __tablename__ = "case_fact"
    id: Mapped[Id]
    legal_case: Mapped[str] = mapped_column(ForeignKey("legal_case.id"))
    number: Mapped[int]
    kind: Mapped[str]
    on_day: Mapped[date]
    person: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    """Whom it is about: who was served, which guarantor paid."""
    details: Mapped[Json]
    """Plain values that rules read: days, choices, amounts as text. Nothing personal."""
    told: Mapped[bytes | None] = mapped_column(LargeBinary)
    """Sealed JSON of what people read besides: a judge's name, an address, a remark."""
    staff: Mapped[str | None] = mapped_column(ForeignKey("staff.id"))
    takes_back: Mapped[str | None] = mapped_column(ForeignKey("case_fact.id"))
    at: Mapped[Instant]
    __table_args__ = (UniqueConstraint("legal_case", "number"), UniqueConstraint("takes_back"))


class CaseFields(OfLender, Base):
    """Values for the papers of a case by the names of `templates/packets`; the latest of a name holds. Sealed."""

    __tablename__ = "case_fields"
    id: Mapped[Id]
    legal_case: Mapped[str] = mapped_column(ForeignKey("legal_case.id"))
    kind: Mapped[str]
    """Of the paper they are for; empty for every paper of the case."""
    told: Mapped[Sealed]
    names: Mapped[Json]
    """Which fields, so that a page can say who told what without opening them."""
    staff: Mapped[str | None] = mapped_column(ForeignKey("staff.id"))
    at: Mapped[Instant]
    __table_args__ = (Index(None, "legal_case"),)


class CaseDecisionRow(OfLender, Base):
    """One decision about a case, under the key of who asked."""

    __tablename__ = "case_decision"
    id: Mapped[Id]
    legal_case: Mapped[str] = mapped_column(ForeignKey("legal_case.id"))
    run: Mapped[str]
    number: Mapped[int]
    at: Mapped[Instant]
    kind: Mapped[str]
    until: Mapped[datetime | None]
    rule: Mapped[str]
    reason: Mapped[str]
    answer: Mapped[Json]
    __table_args__ = (UniqueConstraint("legal_case", "run", "number"),)


class Guarantee(OfLender, Base):
    """That a party answers for the account's debt: how, up to when. `number` counts corrections; the last one holds."""

    __tablename__ = "guarantee"
    id: Mapped[Id]
    account: Mapped[str] = mapped_column(ForeignKey("account.id"))
    person: Mapped[str] = mapped_column(ForeignKey("person.id"))
    number: Mapped[int]
    kind: Mapped[str]
    counter: Mapped[bool]
    """Whether it secures the guarantor's recourse and not the debt itself."""
    contract_no: Mapped[Sealed]
    signed_on: Mapped[date]
    main_due_on: Mapped[date]
    """When the secured debt came due: the period of law begins then."""
    agreed_end: Mapped[date | None]
    """The agreed last day; null where the period of law holds."""
    agreed_months: Mapped[int | None]
    most: Mapped[Decimal | None]
    at: Mapped[Instant]
    __table_args__ = (
        UniqueConstraint("account", "person", "number"),
        CheckConstraint("kind in ('general', 'joint')", name="kind"),
        CheckConstraint("agreed_end is null or agreed_months is null", name="period"),
    )


class CaseClock(OfLender, Base):
    """A legal period of a case, with its last day and how that was reckoned. Reckoned anew with every decision."""

    __tablename__ = "case_clock"
    id: Mapped[Id]
    legal_case: Mapped[str] = mapped_column(ForeignKey("legal_case.id"))
    kind: Mapped[str]
    subject: Mapped[str]
    """What it runs for beside the case: a guarantor's person, a fact's id; empty for the case itself."""
    nature: Mapped[str]
    state: Mapped[str]
    first_day: Mapped[date]
    last_day: Mapped[date]
    met_on: Mapped[date | None]
    reckoned: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    """The calculation, line by line: day, what, rule."""
    changed_at: Mapped[Instant]
    __table_args__ = (
        UniqueConstraint("legal_case", "kind", "subject"),
        CheckConstraint("nature in ('deadline', 'waiting')", name="nature"),
        CheckConstraint("state in ('running', 'met', 'lapsed', 'over', 'void')", name="state"),
    )


class ClockAlarm(OfLender, Base):
    """That people were told of a clock, once for each last day and rung of its ladder. A lapse is rung -1."""

    __tablename__ = "clock_alarm"
    id: Mapped[Id]
    clock: Mapped[str] = mapped_column(ForeignKey("case_clock.id"))
    legal_case: Mapped[str] = mapped_column(ForeignKey("legal_case.id"))
    last_day: Mapped[date]
    rung: Mapped[int]
    """Days before the last day."""
    staff: Mapped[str | None] = mapped_column(ForeignKey("staff.id"))
    """Who is named for it; null while the case is nobody's: then everybody with the role sees it."""
    raised_at: Mapped[Instant]
    seen_by: Mapped[str | None] = mapped_column(ForeignKey("staff.id"))
    seen_at: Mapped[datetime | None]
    void_at: Mapped[datetime | None]
    """When its clock said something else: should it come back to that day, people are told anew."""
    __table_args__ = (
        Index("uq_clock_alarm_standing", "clock", "last_day", "rung", unique=True, postgresql_where="void_at is null"),
        Index(None, "legal_case"),
    )


class CaseService(OfLender, Base):
    """One piece of the register of service: which paper, to whom, how, and what became of it."""

    __tablename__ = "case_service"
    id: Mapped[Id]
    account: Mapped[str] = mapped_column(ForeignKey("account.id"))
    legal_case: Mapped[str | None] = mapped_column(ForeignKey("legal_case.id"))
    """Null for what was served before there was a case; it counts for every case of the account."""
    paper: Mapped[str]
    """The kind of the paper, as the registry names it."""
    paper_sha256: Mapped[str | None]
    person: Mapped[str] = mapped_column(ForeignKey("person.id"))
    method: Mapped[str]
    result: Mapped[str]
    sent_on: Mapped[date | None]
    reached_on: Mapped[date | None]
    """When it reached its addressee, or counts as having reached them."""
    rule: Mapped[str | None]
    """By which rule it counts as served, where it is only deemed to be."""
    tracking: Mapped[bytes | None] = mapped_column(LargeBinary)
    """Sealed JSON: carrier, number, who signed, remark."""
    source: Mapped[str]
    touch: Mapped[str | None]
    files: Mapped[list[str]] = mapped_column(JSONB)
    """Ids of `case_file`: the evidence."""
    staff: Mapped[str | None] = mapped_column(ForeignKey("staff.id"))
    takes_back: Mapped[str | None] = mapped_column(ForeignKey("case_service.id"))
    event: Mapped[str]
    """The teller's own id of it: told again, it is the same piece."""
    at: Mapped[Instant]
    __table_args__ = (
        UniqueConstraint("account", "event"),
        UniqueConstraint("takes_back"),
        Index(None, "legal_case"),
    )


class CaseFile(OfLender, Base):
    """A file of a case: an exhibit somebody uploaded, or a paper of ours as it left. Its bytes lie sealed by digest."""

    __tablename__ = "case_file"
    id: Mapped[Id]
    legal_case: Mapped[str] = mapped_column(ForeignKey("legal_case.id"))
    slot: Mapped[str]
    """What it is in the checklist of the path, such as `contract` or `identity`."""
    number: Mapped[int]
    """Its order within the slot."""
    title: Mapped[Sealed]
    media_type: Mapped[str]
    sha256: Mapped[str]
    """Of the untouched original."""
    size: Mapped[int]
    pages: Mapped[int]
    details: Mapped[Json]
    """Plain: original or copy, date of the paper."""
    told: Mapped[bytes | None] = mapped_column(LargeBinary)
    """Sealed JSON: source, what it proves, remark."""
    stored_sha256: Mapped[str]
    file_key: Mapped[Sealed]
    state: Mapped[str]
    staff: Mapped[str | None] = mapped_column(ForeignKey("staff.id"))
    at: Mapped[Instant]
    __table_args__ = (Index(None, "legal_case"), CheckConstraint("state in ('kept', 'withdrawn')", name="state"))


class Packet(OfLender, Base):
    """A packet of a case. `snapshot` is over all it was made from: another one today voids it."""

    __tablename__ = "packet"
    id: Mapped[Id]
    legal_case: Mapped[str] = mapped_column(ForeignKey("legal_case.id"))
    number: Mapped[int]
    profile: Mapped[str]
    """What it is, as its path names it: `cn.suit`, `us-ny.suit` …"""
    court: Mapped[str]
    """The profile of the court or committee it goes to."""
    state: Mapped[str]
    cut_off: Mapped[date]
    asked_by: Mapped[str | None] = mapped_column(ForeignKey("staff.id"))
    """Who prepared it: they may not approve it. Null where the case itself asked."""
    asked_at: Mapped[Instant]
    run: Mapped[str | None]
    """Of many prepared at once."""
    made_at: Mapped[datetime | None]
    snapshot: Mapped[str | None]
    sha256: Mapped[str | None]
    """Of its manifest: what an approval names."""
    pages: Mapped[int | None]
    draft: Mapped[bool]
    """Whether a prescribed wording in it is missing: then it cannot be approved."""
    stored: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    """Its files: name, role, digest of the clear and of the sealed bytes, size, pages."""
    file_key: Mapped[bytes | None] = mapped_column(LargeBinary)
    missing: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    """What keeps it from being complete: item, problem, remedy, supplier. Names fields and slots, never values."""
    changed_at: Mapped[Instant]
    __table_args__ = (
        UniqueConstraint("legal_case", "number"),
        Index(None, "run"),
        CheckConstraint(
            "state in ('asked', 'incomplete', 'prepared', 'returned', 'approved', 'void', 'filed', 'failed')",
            name="state",
        ),
    )


class PacketReview(OfLender, Base):
    """That somebody opened a packet, approved it or returned it, by the digest that they looked at."""

    __tablename__ = "packet_review"
    id: Mapped[Id]
    packet: Mapped[str] = mapped_column(ForeignKey("packet.id"))
    staff: Mapped[str | None] = mapped_column(ForeignKey("staff.id"))
    """Null where a lender's own system fetched it."""
    verdict: Mapped[str]
    """`opened`, `approved`, `returned`, `downloaded`, `filed`."""
    sha256: Mapped[str]
    reason: Mapped[bytes | None] = mapped_column(LargeBinary)
    """Sealed."""
    at: Mapped[Instant]
    __table_args__ = (
        Index(None, "packet"),
        CheckConstraint("verdict in ('opened', 'approved', 'returned', 'downloaded', 'filed')", name="verdict"),
        CheckConstraint("staff is not null or verdict = 'downloaded'", name="by"),
    )


class CaseCost(OfLender, Base):
    """Money spent on a case: fees, lawyers, postage. `takes_back` names a row that was wrong."""

    __tablename__ = "case_cost"
    id: Mapped[Id]
    legal_case: Mapped[str] = mapped_column(ForeignKey("legal_case.id"))
    kind: Mapped[str]
    amount: Mapped[Money]
    currency: Mapped[str]
    on_day: Mapped[date]
    claimed: Mapped[bool]
    """Whether it is asked back from the debtor."""
    told: Mapped[bytes | None] = mapped_column(LargeBinary)
    """Sealed JSON: what for, proof."""
    staff: Mapped[str | None] = mapped_column(ForeignKey("staff.id"))
    takes_back: Mapped[str | None] = mapped_column(ForeignKey("case_cost.id"))
    at: Mapped[Instant]
    __table_args__ = (UniqueConstraint("takes_back"), Index(None, "legal_case"))


class CaseRun(OfLender, Base):
    """Many packets of one lender prepared as one job."""

    __tablename__ = "case_run"
    id: Mapped[Id]
    profile: Mapped[str]
    cut_off: Mapped[date]
    staff: Mapped[str | None] = mapped_column(ForeignKey("staff.id"))
    wanted: Mapped[int]
    refused: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    """Cases for which nothing could even be asked, each with the reason."""
    at: Mapped[Instant]
    __table_args__ = (Index(None, "lender", "at"),)
