"""The beginning of a call in the record: whose it is, of which touch, and whether a machine may be left a message."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from forbear.cadence.playbooks import Playbook
from forbear.cadence.translate import to_attempt, to_facts
from forbear.ledger import lives
from forbear.ledger.ids import new_id
from forbear.ledger.receipts import add_receipt
from forbear.ledger.tables.accounts import Account, Party
from forbear.ledger.tables.calls import Call
from forbear.ledger.tables.contacts import Decision, PastContact, Touch
from forbear.ledger.tables.people import ContactPoint, Lender
from forbear.ledger.vault import Vault
from forbear.ledger.writers import Writer, find_writer, own_debts
from forbear.ports.talks import TalkFacts
from forbear.rules.engine import check
from forbear.rules.packs import Packs

LIMITED: Final = "limited_content"
"""The lender's policy on voicemail under which a message is left: a name, a number, whom to ask for."""
DEFAULT_SCRIPT: Final = "menu"


def of_touch(session: Session, touch: Touch, sid: str, answered_by: str | None, now: datetime) -> Call | None:
    """The call of a touch, at its first sight put down; None where the touch has another one already.

    That the carrier asks is news of the call, and may come before its answer to the order.
    """
    known = session.scalar(select(Call).where(Call.touch == touch.id))
    if known is not None:
        return known if known.provider_id == sid else None
    add_receipt(session, touch_id=touch.id, source="callback", status="in-progress", provider_id=sid, at=now)
    permit = session.scalars(select(Decision.permit).where(Decision.id == touch.decision)).one_or_none() or {}
    row = _row(touch.tenant, touch.lender, "outbound", sid, now) | {
        "touch": touch.id,
        "account": touch.account,
        "person": touch.person,
        "contact_point": touch.contact_point,
        "address_key": touch.address_key,
        "script": touch.template,
        "language": touch.language,
        "disclosures": list(permit.get("disclosures", ())),
        "answered_by": answered_by,
    }
    session.execute(insert(Call).values(row))
    return session.scalars(select(Call).where(Call.provider_id == sid)).one()


def of_caller(session: Session, vault: Vault, owner: tuple[str, str], sid: str, *, number: str, now: datetime) -> Call:
    """A call to us, at its first sight put down, with the conversation that it is where we know the person.

    It is about a debt of the caller's own; whoever else has to do with one is told what a stranger is.
    """
    writer = find_writer(session, vault, *owner, number)
    account = next(iter(own_debts(session, writer)), None)
    known = account or next(iter(writer.accounts), None)
    row = _row(*owner, "inbound", sid, now) | {
        "account": account,
        "person": writer.person,
        "contact_point": writer.contact_point,
        "address_key": writer.address_key,
        "script": DEFAULT_SCRIPT,
        "language": writer.language,
        "disclosures": [],
    }
    made = session.scalar(insert(Call).values(row).on_conflict_do_nothing().returning(Call.id))
    if made is not None and known is not None:
        _remember(session, writer, known, now)
    return session.scalars(select(Call).where(Call.provider_id == sid)).one()


def _row(tenant: str, lender: str, direction: str, sid: str, now: datetime) -> dict[str, object]:
    return {
        "id": new_id("cal"),
        "tenant": tenant,
        "lender": lender,
        "direction": direction,
        "provider_id": sid,
        "reached": "nobody",
        "began_at": now,
    }


def _remember(session: Session, writer: Writer, account: str, now: datetime) -> None:
    """The conversation, for the limits that count conversations; it is no attempt of ours and counts as none."""
    role = session.scalar(select(Party.role).where(Party.account == account, Party.person == writer.person))
    point = session.get_one(ContactPoint, writer.contact_point)
    session.add(
        PastContact(
            id=new_id("pst"),
            tenant=writer.tenant,
            lender=writer.lender,
            account=account,
            person=str(writer.person),
            at=now,
            channel="call",
            role=role or "borrower",
            address_key=writer.address_key,
            place=point.place,
            result="called_us",
        )
    )
    session.flush()


def may_leave_message(
    session: Session, touch: Touch, facts: TalkFacts, *, packs: Packs, playbooks: Mapping[str, Playbook], now: datetime
) -> bool:
    """Whether a machine may be left a message: the lender chose so and named whom to ask for, and rules allow it."""
    return bool(facts.contact) and message_allowed(session, touch, packs=packs, playbooks=playbooks, now=now)


def message_allowed(
    session: Session,
    touch: Touch,
    *,
    packs: Packs,
    playbooks: Mapping[str, Playbook],
    now: datetime,
    recorded: bool = True,
) -> bool:
    """Whether the lender chose to leave messages and the rules allow one now, of a machine or of a person."""
    if session.get_one(Lender, touch.lender).policy.get("voicemail") != LIMITED:
        return False
    life = lives.load_life(session, touch.account, now=now, without=touch.id, packs=packs)
    playbook = playbooks.get(session.get_one(Account, touch.account).playbook)
    person = next((each for each in life.persons if each.id == touch.person), None) if life else None
    point = next((each for each in person.points if each.id == touch.contact_point), None) if person else None
    if life is None or playbook is None or person is None or point is None:
        return False
    attempt = replace(to_attempt(life, person, point, "call"), channel="voicemail", prerecorded=recorded)
    told = to_facts(life, person, now, contacts_in_7_days=playbook.contacts_in_7_days)
    return check(attempt, told, packs, now).verdict == "allow"
