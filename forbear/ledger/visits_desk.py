"""Somebody at work on visits: who they are, in which transaction, by which rules."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from forbear.cadence.playbooks import Playbook
from forbear.errors import Forbidden
from forbear.ledger import staff_acts
from forbear.ledger.engine import Ledger
from forbear.ledger.tables.staff import Staff
from forbear.ledger.tables.visits import Visit
from forbear.rules.packs import Packs


@dataclass(frozen=True, slots=True)
class Rules:
    """What a visit is weighed by."""

    playbooks: Mapping[str, Playbook]
    packs: Packs


@dataclass(frozen=True, slots=True)
class Desk:
    """A `ledger.staff` transaction and the member of staff who acts in it."""

    ledger: Ledger
    session: Session
    staff: str
    rules: Rules

    def now(self) -> datetime:
        """World time."""
        return self.ledger.clock.now()

    def must_be(self, role: str, staff: str | None = None) -> None:
        """Refuse whoever may not act so; it is the one at the desk if nobody else is named.

        Raises:
            Forbidden: they are unknown here, shut out, or have another role.
        """
        row = self.session.get(Staff, staff or self.staff)
        if row is None or row.disabled_at is not None or role not in row.roles:
            raise Forbidden(f"Only a {role} of this tenant may do this")

    def did(self, visit: Visit, kind: str) -> None:
        """Put down that they did something with a visit."""
        staff_acts.note(
            self.session,
            tenant=visit.tenant,
            staff=self.staff,
            kind=kind,
            subject=visit.id,
            at=self.now(),
            lender=visit.lender,
            account=visit.account,
            person=visit.person,
        )

    def seal(self, visit: Visit, text: str) -> bytes:
        """Under the key of the person who is visited."""
        return self.ledger.vault.seal(
            self.session, tenant=visit.tenant, lender=visit.lender, person=visit.person, text=text
        )

    def open(self, visit: Visit, sealed: bytes) -> str:
        return self.ledger.vault.open(self.session, lender=visit.lender, person=visit.person, sealed=sealed)
