"""What if the account were tried by a channel: every way there is, weighed at an instant with what is known now.

Nothing is locked, claimed or written: an answer is good for reading only.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from forbear.cadence.permits import Scales
from forbear.cadence.playbooks import Playbook
from forbear.contracts.words import Channel
from forbear.errors import NotFound
from forbear.ledger.lives import load_life
from forbear.ledger.tables.accounts import Account
from forbear.rules.facts import Permit
from forbear.rules.packs import Packs


@dataclass(frozen=True, slots=True)
class Supposed:
    """One way to reach the borrower, by the id of its contact point, and the permit it would get."""

    point: str
    place: str
    permit: Permit


def suppose(
    session: Session, account: str, channel: Channel, packs: Packs, playbooks: Mapping[str, Playbook], *, at: datetime
) -> list[Supposed]:
    """Weigh every contact point of the borrower that the channel reaches.

    Args:
        session: of the worker's role.
        account: the account.
        channel: by which way.
        packs: the rules to ask.
        playbooks: where a higher limit may be declared, and the route of texts.
        at: the instant; what happened since it counts all the same.

    Raises:
        NotFound: no such account, or its playbook is not installed.
    """
    life, found = load_life(session, account, now=at), session.get(Account, account)
    if life is None or found is None:
        raise NotFound(f"No account {account}")
    if found.playbook not in playbooks:
        raise NotFound(f"The playbook of {account} is not installed here")
    scales = Scales(life, life.borrower, packs, playbooks[found.playbook], now=at, earliest=at)
    return [Supposed(each.point.id, each.point.place, each.permit) for each in scales.weigh(channel)]
