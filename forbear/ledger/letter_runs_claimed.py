"""Lets a paper of a run become a letter: with the permit of that moment, as a touch like any other, or not now.

Whatever the run wants, the rules decide for each person at the moment of handing over: stops, promises, limits, hours
and the route are looked at as for a step of a playbook, in one transaction under the persons' locks.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from forbear.cadence.beginning import Barred, Work, may_begin
from forbear.cadence.decision import Contact
from forbear.cadence.life import Life
from forbear.cadence.permits import sendable
from forbear.cadence.playbooks import Playbook
from forbear.contracts.decision import Asked, ContactOrder
from forbear.contracts.decision import Contact as Claimed
from forbear.ledger import incidents, letter_runs, life_rows, promises
from forbear.ledger.claims import Claim
from forbear.ledger.decision_rows import DecisionRows
from forbear.ledger.engine import Ledger
from forbear.ledger.keeping import Keeping
from forbear.ledger.lives import life_of
from forbear.ledger.locking import lock_account
from forbear.ledger.tables.contacts import Decision
from forbear.ledger.tables.letter_runs import LetterRun, LetterRunItem
from forbear.rules.packs import Packs

STEP = "letter-run"
"""In place of a playbook's step."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What is asked whether a letter may go."""

    playbooks: Mapping[str, Playbook]
    packs: Packs


def claim(ledger: Ledger, session: Session, item_id: str, rules: Rules) -> ContactOrder | None:
    """Claim the letter of a paper that was made, or put down what holds it.

    Args:
        ledger: the record.
        session: a `ledger.worker` transaction of its tenant.
        item_id: the paper's.
        rules: the playbooks and packs in force.

    Returns:
        The touch to hand over; the same one where it was claimed before, whose fate the touch itself knows. None where
        it is held.
    """
    seen = session.get_one(LetterRunItem, item_id)
    lock_account(session, seen.tenant, seen.account)
    item = session.scalars(select(LetterRunItem).where(LetterRunItem.id == item_id).with_for_update()).one()
    session.refresh(item)
    if item.touch is not None:
        return ContactOrder(tenant=item.tenant, account=item.account, touch=item.touch)
    now = ledger.clock.now()
    promises.settle(session, item.account, now)
    found = life_rows.account(session, item.account)
    playbook = None if found is None else rules.playbooks.get(found.account.playbook)
    if found is None or playbook is None:
        barred = Barred("PLAYBOOK.MISSING", "the account's playbook is not installed here")
        return _hold(ledger, session, item, barred)
    life = life_of(session, found, now=now, packs=rules.packs)
    decided = _decided(session, item, life, (playbook, rules.packs), now)
    if isinstance(decided, Barred):
        return _hold(ledger, session, item, decided)
    taken = Claim.weigh(decided, ledger.clock, lease_seconds=ledger.settings.lease_seconds, now=now)
    if taken is None:
        barred = Barred("WINDOW.CLOSING", "too little of the contact window is left", decided.window_closes)
        return _hold(ledger, session, item, barred)
    asked = Asked(tenant=item.tenant, account=item.account, run=item.run, number=_asked_before(session, item))
    keeping = Keeping(ledger.kept, rules.packs)
    rows = DecisionRows(session, (found.account, found.lender), asked, ledger.clock, now, own=True, keeping=keeping)
    answer = rows.write(decided, taken, life)
    assert isinstance(answer, Claimed)  # noqa: S101  a contact was written
    letter_runs.put(ledger, session, item.id, "made", touch=answer.touch)
    return ContactOrder(tenant=item.tenant, account=item.account, touch=answer.touch)


def _decided(
    session: Session, item: LetterRunItem, life: Life, rules: tuple[Playbook, Packs], now: datetime
) -> Contact | Barred:
    """The letter with its permit, or what holds it: its route, its person, or a rule."""
    playbook, packs = rules
    kind = session.get_one(LetterRun, item.run).kind
    stopped = incidents.holding(session, item.lender, playbook.provider("letter"), kind)
    if stopped is not None:
        return Barred(incidents.RULES[stopped.kind], incidents.in_words(stopped))
    person = next((each for each in life.persons if each.id == item.person), None)
    if person is None:
        return Barred("PERSON.GONE", "the person is no longer a party of this account")
    points = sendable(life, person, "letter", playbook)
    if not points:
        return Barred("POINT.NONE", "there is no valid address that the route reaches")
    work = Work(STEP, "letter", person.id, points[0].id, kind, person.language, by="machine")
    return may_begin(life, work, playbook, packs, now)


def _hold(ledger: Ledger, session: Session, item: LetterRunItem, barred: Barred) -> None:
    letter_runs.put(ledger, session, item.id, "held", code=barred.rule, until=barred.until)


def _asked_before(session: Session, item: LetterRunItem) -> int:
    """How often this run asked of the account: the number of its next decision, whose run it is."""
    before = select(func.count()).where(Decision.account == item.account, Decision.run == item.run)
    return session.scalars(before).one()
