"""Enrolment: one transaction that writes an account with its people and balance, and tells the relay to start it.

Nothing is kept of an enrolment that is refused. Stops and opt-outs the lender already knew are placed like any
other, so that they bind before the account's first decision.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from forbear.cadence.playbooks import Playbook, load_all
from forbear.cadence.standing import stage_of
from forbear.contracts.words import EventKind
from forbear.errors import BadInput, Conflict, NotFound
from forbear.ledger import audit, happenings, outbox, stops, terms
from forbear.ledger.books import write_entries
from forbear.ledger.engine import Ledger
from forbear.ledger.forms.checks import Refused, Surroundings, no_later, problems
from forbear.ledger.forms.enrolment import EnrolmentForm
from forbear.ledger.forms.parties import PartyForm
from forbear.ledger.ids import new_id
from forbear.ledger.locking import lock_persons
from forbear.ledger.persons import recognise, same_identity, same_name
from forbear.ledger.profiles import KnownPoint, Teller, past_contacts, write_consents, write_points, write_profile
from forbear.ledger.tables.accounts import Account, Entry, Party
from forbear.ledger.tables.base import Base
from forbear.ledger.tables.people import Lender

FIRST_REASON = "enrolled; first decision pending"
UNNOTED = frozenset({"external_id", "product"})
"""Left out of the audit row's digest: a lender's reference may be the number of a bank account."""


class AlreadyEnrolled(Conflict):
    """The lender's reference is taken; `account` is the id under which it was enrolled."""

    def __init__(self, account: str) -> None:
        super().__init__(f"This external_id is already enrolled as account {account}")
        self.account = account


@cache
def playbooks() -> Mapping[str, Playbook]:
    """The shipped playbooks, read once."""
    return load_all()


@dataclass(frozen=True, slots=True)
class _Enrolling:
    """One enrolment on its way into the ledger."""

    session: Session
    tenant: str
    lender: str
    form: EnrolmentForm
    now: datetime


def enrol(
    session: Session, ledger: Ledger, *, tenant: str, lender: str, enrolment: EnrolmentForm, now: datetime
) -> str:
    """Write the account and everything told with it.

    Returns:
        The new account's id.

    Raises:
        Refused: with everything that is wrong with it.
        AlreadyEnrolled: the lender's reference is taken.
    """
    its = _Enrolling(session, tenant, lender, enrolment, now)
    book = _checked(its)
    refuse_twice(enrolment)
    persons, made = recognise(session, ledger.vault, tenant=tenant, parties=enrolment.parties, now=now)
    if known := [person for person in persons if person not in made]:
        lock_persons(session, tenant, known)
    account = _write_account(its, book, persons)
    _write_opening(its, account)
    _write_terms(its, account)
    _write_events(its, account)
    tellers = [Teller(session, ledger.vault, tenant, lender, person, now) for person in persons]
    told = list(zip(tellers, enrolment.parties, strict=True))
    points = [_write_party(teller, party, account) for teller, party in told]
    outbox.tell(session, tenant=tenant, account=account, fact="account_enrolled", at=now)
    for (teller, party), known_points in zip(told, points, strict=True):
        _write_refusals(teller, party, account, known_points)
    return account


def _checked(its: _Enrolling) -> Playbook:
    """The playbook of an enrolment with which nothing is wrong."""
    creditor = its.session.get(Lender, its.lender)
    if creditor is None:
        raise NotFound("This key's lender does not exist any more")
    book = playbooks().get(its.form.playbook)
    wrong = problems(its.form, Surroundings(creditor, book, tuple(sorted(playbooks())), its.now))
    if wrong or book is None:
        raise Refused(wrong)
    _refuse_second(its)
    return book


def _refuse_second(its: _Enrolling) -> None:
    taken = its.session.scalars(
        select(Account.id).where(Account.lender == its.lender, Account.external_id == its.form.external_id)
    ).one_or_none()
    if taken is not None:
        raise AlreadyEnrolled(taken)


def refuse_twice(enrolment: EnrolmentForm) -> None:
    """Refuse two parties of one role that are one person by what this enrolment itself tells of them.

    Whom the ledger takes for one must not show: it may know so from another lender.
    """
    for index, party in enumerate(enrolment.parties):
        if any(party.role == other.role and _same(party, other) for other in enrolment.parties[:index]):
            raise BadInput(f"parties.{index}", "is the same person in the same role as another", "Send it once.")


def _same(one: PartyForm, other: PartyForm) -> bool:
    """As `recognise` would find it: by the identity numbers where both are told, else by name and birth date."""
    numbers = [same_identity(party.identity_number or "") for party in (one, other)]
    if all(numbers):
        return numbers[0] == numbers[1]
    births = one.birth_date, other.birth_date
    return None not in births and births[0] == births[1] and same_name(one.name) == same_name(other.name)


def _write_account(its: _Enrolling, book: Playbook, persons: list[str]) -> str:
    form, account = its.form, new_id("acc")
    values = {
        "id": account,
        "tenant": its.tenant,
        "lender": its.lender,
        "borrower": next(who for who, party in zip(persons, form.parties, strict=True) if party.role == "borrower"),
        "external_id": form.external_id,
        "product": form.product,
        "debt_kind": form.debt_kind,
        "currency": form.currency,
        "due_since": form.due_since,
        "playbook": book.name,
        "playbook_version": book.version,
        "balance_as_of": form.balance.as_of,
        "circumstances": form.circumstances,
        "enrolled_at": its.now,
        "state": "open",
        "stage": stage_of((its.now.date() - form.due_since).days),
        "next_at": its.now,
        "next_reason": FIRST_REASON,
        "next_rule": "",
        "version": 1,
    }
    stored = insert(Account).values(**values).on_conflict_do_nothing(index_elements=["lender", "external_id"])
    if its.session.execute(stored.returning(Account.id)).first() is None:
        # Another request was first and committed while this one waited for it.
        _refuse_second(its)
    audit.note(
        its.session, tenant=its.tenant, lender=its.lender, account=account, kind="account_enrolled", subject=account,
        at=its.now, written={name: value for name, value in values.items() if name not in UNNOTED},
    )  # fmt: skip
    return account


def _write_opening(its: _Enrolling, account: str) -> None:
    form = its.form
    entries = [
        Entry(
            id=new_id("ent"), tenant=its.tenant, lender=its.lender, account=account, payment=None, kind="opening",
            component=component, amount=amount, currency=form.currency, effective_at=form.balance.as_of or its.now,
            recorded_at=its.now,
        )
        for component, amount in form.balance.components.amounts(form.currency).items()
        if amount
    ]  # fmt: skip
    write_entries(its.session, entries)


def _write_terms(its: _Enrolling, account: str) -> None:
    if (told := its.form.told_terms()) is not None:
        terms.tell(its.session, its.session.get_one(Account, account), told, its.now)


def _write_events(its: _Enrolling, account: str) -> None:
    if its.form.events:
        row = its.session.get_one(Account, account)
        told: set[tuple[EventKind, datetime]] = {(each.kind, no_later(each.at, its.now)) for each in its.form.events}
        for kind, at in sorted(told):
            happenings.write_event(its.session, row, kind, at=at, now=its.now)


def _write_party(teller: Teller, party: PartyForm, account: str) -> list[KnownPoint]:
    """Store the party with all that was told of the person; the answer is its contact points in order."""
    row = {**teller.row(), "id": new_id("pty"), "account": account, "role": party.role}
    # Where only the ledger knows two parties of one role for one person, they are one party, without a word.
    stored = insert(Party).values(**row).on_conflict_do_nothing(index_elements=["account", "person", "role"])
    if teller.session.execute(stored.returning(Party.id)).first() is not None:
        _note(teller, account, "party_added", row["id"], row)
    write_profile(teller, party)
    points = write_points(teller, party.contact_points)
    write_consents(teller, party, points)
    contacts = past_contacts(teller, party, account, points)
    teller.session.add_all(contacts)
    teller.session.flush()
    for contact in contacts:
        _note(teller, account, "past_contact_reported", contact.id, contact)
    return points


def _note(teller: Teller, account: str, kind: str, subject: str, written: Mapping[str, object] | Base) -> None:
    audit.note(
        teller.session, tenant=teller.tenant, lender=teller.lender, account=account, person=teller.person, kind=kind,
        subject=subject, at=teller.now, written=written,
    )  # fmt: skip


def _write_refusals(teller: Teller, party: PartyForm, account: str, points: list[KnownPoint]) -> None:
    """Place the stops and opt-outs that came with the party."""
    for stop in party.stops:
        stops.place_stop(
            teller.session,
            tenant=teller.tenant,
            lender=teller.lender,
            person=teller.person,
            account=account if stop.of_account else None,
            kind=stop.kind,
            via="lender",
            at=no_later(stop.at, teller.now),
            until=stop.until,
            written=stop.written,
            address_key=_key(stop.contact_point, points),
        )
    for opt_out in party.opt_outs:
        stops.suppress(
            teller.session,
            tenant=teller.tenant,
            lender=teller.lender,
            person=teller.person,
            scope=opt_out.scope,
            channel=opt_out.channel,
            address_key=_key(opt_out.contact_point, points),
            via="lender",
            at=no_later(opt_out.at, teller.now),
        )


def _key(index: int | None, points: list[KnownPoint]) -> bytes | None:
    return None if index is None else points[index].address_key
