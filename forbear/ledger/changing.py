"""Changes of an enrolled account by its lender: what was mistyped, was unknown, or is new in the lender's books.

Nothing here can take back what somebody said: stops and opt-outs are not reached, a number's state only gets worse, a
known jurisdiction stays and a workplace stays one. The caller has locked the account and compared its tag.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from forbear.cadence.playbooks import Playbook
from forbear.cadence.standing import stage_of
from forbear.contracts.words import Fact
from forbear.errors import BadInput, Conflict
from forbear.ledger import audit, outbox, terms
from forbear.ledger.enrol import playbooks
from forbear.ledger.forms.change import AccountChangeForm, NewPointForm, PartyChangeForm, PointChangeForm
from forbear.ledger.forms.checks import Refused
from forbear.ledger.forms.points import WORSE, PointForm
from forbear.ledger.profiles import Teller, add_law, write_points
from forbear.ledger.releases import party_in_role
from forbear.ledger.tables.accounts import Account, Party
from forbear.ledger.tables.people import ContactPoint, Lender, Profile
from forbear.ledger.vault import Vault

MOST_POINTS = 50
"""Contact points of one party; nobody has so many numbers, but a program that loops soon would."""
OF_A_PERSON = ("language", "jurisdictions", "circumstances")
"""What is told of a party rather than of one of its contact points."""
FURTHEST_EAST = timedelta(hours=14)
"""A day has begun somewhere on Earth so long before it does in UTC."""


@dataclass(slots=True)
class _Change:
    """One change on its way: what was wrong with it, and whom it concerned."""

    session: Session
    account: Account
    now: datetime
    wrong: list[BadInput] = field(default_factory=list[BadInput])
    persons: set[str] = field(default_factory=set[str])
    changed: bool = False

    def refuse(self, where: str, problem: str, remedy: str) -> None:
        self.wrong.append(BadInput(where, problem, remedy))

    def put(self, row: Account | Profile | ContactPoint, values: Mapping[str, Any], kind: str, subject: str) -> bool:
        """Set what differs, with an audit row; says whether anything did."""
        new = {name: value for name, value in values.items() if getattr(row, name) != value}
        for name, value in new.items():
            setattr(row, name, value)
        if new and not self.wrong:
            self.session.flush()
            person = None if isinstance(row, Account) else row.person
            # A product's name is the lender's own words; that it changed is enough.
            written = {"fields": sorted(new), **{name: value for name, value in new.items() if name != "product"}}
            audit.note(
                self.session, tenant=self.account.tenant, lender=self.account.lender, account=self.account.id,
                person=person, kind=kind, subject=subject, at=self.now, written=written,
            )  # fmt: skip
            self.changed = True
        return bool(new)


def change_account(session: Session, account: Account, form: AccountChangeForm, now: datetime) -> None:
    """Write what differs and wake the accounts concerned; what is the same changes nothing.

    Raises:
        Conflict: the account is closed.
        Refused: with everything that is wrong with it.
    """
    if account.state != "open":
        raise Conflict("The account is closed: it can be changed once something is owed again")
    change = _Change(session, account, now)
    _account(change, form)
    for party, told in form.parties.items():
        _party(change, party, told)
    if change.wrong:
        raise Refused(change.wrong)
    if change.changed:
        account.version += 1
        session.flush()
        tell_own_accounts(session, account, change.persons, now)


@dataclass(frozen=True, slots=True)
class Added:
    """A contact point that was told; `new` unless it was known."""

    id: str
    new: bool


def add_contact_point(session: Session, vault: Vault, account: Account, form: NewPointForm, now: datetime) -> Added:
    """Add a contact point to a party, or tell of a known one again."""
    person = party_in_role(session, account.id, form.role)
    teller = Teller(session, vault, account.tenant, account.lender, person, now)
    before = session.scalars(
        select(ContactPoint.id).where(ContactPoint.lender == account.lender, ContactPoint.person == person)
    ).all()
    if len(before) >= MOST_POINTS:
        raise Conflict(f"This party has {MOST_POINTS} contact points already")
    told = PointForm.model_validate(form.model_dump(exclude={"role"}))
    [point] = write_points(teller, [told])
    add_law(teller, told)
    audit.note(
        session, tenant=account.tenant, lender=account.lender, account=account.id, person=person,
        kind="contact_point_told" if point.id in before else "contact_point_added", subject=point.id, at=now,
        written={"kind": form.kind, "place": form.place, "zone": form.zone, "state": form.state},
    )  # fmt: skip
    tell_own_accounts(session, account, {person}, now)
    return Added(point.id, point.id not in before)


def tell_own_accounts(
    session: Session, account: Account, persons: set[str], now: datetime, *, fact: Fact = "account_changed"
) -> None:
    """Wake this account, and the lender's other open ones that these persons are on."""
    others = (
        select(Account.id)
        .join(Party, Party.account == Account.id)
        .where(Account.lender == account.lender, Account.state == "open", Party.person.in_(persons))
    )
    for told in sorted({account.id, *session.scalars(others)}):
        outbox.tell(session, tenant=account.tenant, account=told, fact=fact, at=now)


def _account(change: _Change, form: AccountChangeForm) -> None:
    given, values = form.model_fields_set, dict[str, Any]()
    if "product" in given:
        values["product"] = form.product
    if "circumstances" in given:
        values["circumstances"] = form.circumstances
    if "due_since" in given:
        if form.due_since > (change.now + FURTHEST_EAST).astimezone(UTC).date():
            change.refuse(
                "due_since", "lies in the future", "An account on which nothing is overdue is paid, not moved."
            )
        values["due_since"] = form.due_since
        if form.due_since != change.account.due_since and change.account.stage != "legal":
            values["stage"] = stage_of((change.now.date() - form.due_since).days)
    if "playbook" in given and form.playbook != change.account.playbook:
        book = _playbook(change, form.playbook)
        values |= {} if book is None else {"playbook": book.name, "playbook_version": book.version}
    change.put(change.account, values, "account_changed", change.account.id)
    if "terms" in given:
        try:
            patch = None if form.terms is None else form.terms.told()
            change.changed |= terms.change(change.session, change.account, patch, change.now)
        except BadInput as error:
            change.wrong.append(error)


def _playbook(change: _Change, name: str) -> Playbook | None:
    """The playbook, if it is one for this account."""
    known = playbooks()
    book, lender = known.get(name), change.session.get_one(Lender, change.account.lender)
    if book is None:
        change.refuse("playbook", "there is no such playbook", f"Known are: {', '.join(sorted(known))}.")
    elif change.account.currency not in book.currencies:
        change.refuse("playbook", "it is not for the account's currency", f"It is for {', '.join(book.currencies)}.")
    elif lender.role not in book.lender_roles:
        change.refuse("playbook", f"it is not for a lender that is {lender.role}", "Choose another playbook.")
    return book


def _party(change: _Change, party: str, told: PartyChangeForm) -> None:
    session, account, where = change.session, change.account, f"parties.{party}"
    found = session.get(Party, party)
    if found is None or found.account != account.id:
        change.refuse(where, "is no party of this account", "Read the account for the ids of its parties.")
        return
    profile = session.scalars(
        select(Profile).where(Profile.lender == account.lender, Profile.person == found.person)
    ).one()
    values = {name: getattr(told, name) for name in OF_A_PERSON if name in told.model_fields_set}
    if not set(profile.jurisdictions) <= set(values.get("jurisdictions", profile.jurisdictions)):
        change.refuse(f"{where}.jurisdictions", "takes a known one away", "Send the known ones too: laws only add up.")
    if change.put(profile, values, "party_changed", party):
        change.persons.add(found.person)
    for point, correction in told.contact_points.items():
        _point(change, found.person, point, correction, f"{where}.contact_points.{point}")


def _point(change: _Change, person: str, point: str, told: PointChangeForm, where: str) -> None:
    found = change.session.get(ContactPoint, point)
    if found is None or found.person != person:
        change.refuse(where, "is no contact point of this party", "Read the account for its ids, or add a new one.")
        return
    values = {name: getattr(told, name) for name in told.model_fields_set}
    if WORSE.index(values.get("state", found.state)) < WORSE.index(found.state):
        change.refuse(f"{where}.state", f"a number that is {found.state} gets no better by being told", "Add another.")
    if found.place == "workplace" and values.get("place", "workplace") != "workplace":
        change.refuse(f"{where}.place", "a workplace stays one", "Add the person's own number.")
    if "zone" in values:
        # Evidence belongs to its zone: a new zone does not inherit the old one's.
        values.setdefault("zone_evidence", None)
    if values.get("zone_evidence") is not None and values.get("zone", found.zone) is None:
        change.refuse(f"{where}.zone_evidence", "there is evidence but no zone", "Give both or neither.")
    if change.put(found, values, "contact_point_changed", point):
        change.persons.add(person)
