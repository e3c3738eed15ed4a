"""What only holds between the values of an enrolment, or against its lender, its playbook and the clock.

A flat list of checks with one sentence for each thing wrong; all of them run, so that a lender corrects a row once.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from forbear.cadence.playbooks import Playbook
from forbear.errors import BadInput
from forbear.ledger.forms.enrolment import EnrolmentForm
from forbear.ledger.forms.parties import PartyForm
from forbear.ledger.tables.people import Lender
from forbear.money.agreed import read
from forbear.money.currency import read_amount

CLOCK_SLACK = timedelta(minutes=5)
"""World time by which a lender's clock may be ahead of ours."""
OLDEST_BIRTH = date(1900, 1, 1)
HISTORY = timedelta(days=400)
"""No limit looks further back; what is older was mistyped."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What an enrolment is checked against. `playbook` is None where there is none of the given name."""

    lender: Lender
    playbook: Playbook | None
    known: tuple[str, ...]
    now: datetime


class Refused(BadInput):
    """An enrolment with several things wrong; reads as the first of them."""

    def __init__(self, found: list[BadInput]) -> None:
        super().__init__(found[0].field, found[0].problem, found[0].remedy)
        self.found = found


def no_later(at: datetime, now: datetime) -> datetime:
    """What has been told has happened: a clock ahead of ours within the slack counts as ours.

    Kept as told, a consent would stand later than an opt-out that is said after it, and would end it.
    """
    return min(at, now)


def problems(form: EnrolmentForm, around: Surroundings) -> list[BadInput]:
    """Everything wrong with the enrolment; empty if it can be taken."""
    found = [*_lender(form, around), *_playbook(form, around), *_balance(form, around), *_dates(form, around)]
    found += _terms(form)
    for row, event in enumerate(form.events):
        if event.at > around.now + CLOCK_SLACK:
            found.append(BadInput(f"events.{row}.at", "lies in the future", "Send when it happened."))
    if sum(party.role == "borrower" for party in form.parties) != 1:
        found.append(BadInput("parties", "an account has exactly one borrower", "Give one party the role borrower."))
    for index, party in enumerate(form.parties):
        found += _indices(party, f"parties.{index}")
        found += _instants(party, f"parties.{index}", around.now)
    return found


def _lender(form: EnrolmentForm, around: Surroundings) -> Iterator[BadInput]:
    lender = around.lender
    if form.lender_role is not None and form.lender_role != lender.role:
        yield BadInput(
            "lender_role", f"this key's lender is {lender.role}", "Leave it out, or use the other lender's key."
        )
    if form.lender_kind is not None and form.lender_kind != lender.kind:
        yield BadInput(
            "lender_kind", f"this key's lender is {lender.kind}", "Leave it out, or use the other lender's key."
        )


def _playbook(form: EnrolmentForm, around: Surroundings) -> Iterator[BadInput]:
    book = around.playbook
    if book is None:
        yield BadInput("playbook", "there is no such playbook", f"Known are: {', '.join(around.known)}.")
        return
    if form.currency not in book.currencies:
        yield BadInput("currency", "the playbook is not for this currency", f"It is for {', '.join(book.currencies)}.")
    if around.lender.role not in book.lender_roles:
        yield BadInput("playbook", f"it is not for a lender that is {around.lender.role}", "Choose another playbook.")


def _balance(form: EnrolmentForm, around: Surroundings) -> Iterator[BadInput]:
    components = form.balance.components.model_dump()
    wrong = False
    for name, text in components.items():
        try:
            amount = read_amount(text, form.currency)
        except ValueError as error:
            wrong = True
            yield BadInput(f"balance.components.{name}", str(error), "Send it rounded as your own books have it.")
        else:
            if amount < 0:
                wrong = True
                yield BadInput(
                    f"balance.components.{name}", "must not be negative", "Set a credit off before enrolling."
                )
    if not wrong and not any(read_amount(text, form.currency) for text in components.values()):
        yield BadInput("balance.components", "nothing is owed", "Enrol accounts with something overdue.")
    if form.balance.as_of is not None and form.balance.as_of > around.now + CLOCK_SLACK:
        yield BadInput("balance.as_of", "lies in the future", "Send the instant at which your books had this balance.")


def _terms(form: EnrolmentForm) -> Iterator[BadInput]:
    told = form.told_terms()
    if told is not None:
        try:
            read(told, form.currency)
        except BadInput as error:
            yield error


def _dates(form: EnrolmentForm, around: Surroundings) -> Iterator[BadInput]:
    # The day has begun somewhere on Earth up to 14 hours before it does in UTC.
    latest = (around.now + timedelta(hours=14)).astimezone(UTC).date()
    if form.due_since > latest:
        yield BadInput("due_since", "lies in the future", "Enrol accounts once they are overdue.")
    for index, party in enumerate(form.parties):
        born = party.birth_date
        if born is not None and not OLDEST_BIRTH <= born <= latest:
            yield BadInput(f"parties.{index}.birth_date", "is no living person's", "Correct it, or leave it out.")


def _indices(party: PartyForm, where: str) -> Iterator[BadInput]:
    lists: dict[str, Iterable[int | None]] = {
        "consents": [each.contact_point for each in party.consents],
        "opt_outs": [each.contact_point for each in party.opt_outs],
        "stops": [each.contact_point for each in party.stops],
        "contacts": [each.contact_point for each in party.contacts],
    }
    for name, indices in lists.items():
        for row, index in enumerate(indices):
            if index is not None and index >= len(party.contact_points):
                yield BadInput(
                    f"{where}.{name}.{row}.contact_point",
                    f"there is no contact point {index}",
                    f"This party has {len(party.contact_points)}; they are counted from 0.",
                )


def _instants(party: PartyForm, where: str, now: datetime) -> Iterator[BadInput]:
    happened = {
        "consents": [each.at for each in party.consents],
        "agreements": [each.at for each in party.agreements],
        "opt_outs": [each.at for each in party.opt_outs],
        "stops": [each.at for each in party.stops],
        "contacts": [each.at for each in party.contacts],
    }
    for name, instants in happened.items():
        for row, at in enumerate(instants):
            if at > now + CLOCK_SLACK:
                yield BadInput(f"{where}.{name}.{row}.at", "lies in the future", "Send when it happened.")
    for row, contact in enumerate(party.contacts):
        if contact.at < now - HISTORY:
            yield BadInput(f"{where}.contacts.{row}.at", "is more than 400 days ago", "Send the last 30 days.")
