"""What a run of letters is told as: a line for each paper, and totals by who carries them and how.

For papers that were handed over it is what the record of their letters says; for those that were only made, what their
account's route, their lender's service and the contract would make of them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from forbear.cadence.playbooks import Playbook
from forbear.ledger.papers import POST
from forbear.ledger.tables.accounts import Account
from forbear.ledger.tables.letter_runs import LetterRun, LetterRunItem
from forbear.ledger.tables.letters import Letter
from forbear.ledger.tables.people import Lender
from forbear.settings import LetterPrice

PLAIN = "plain"


@dataclass(frozen=True, slots=True)
class Line:
    """One paper of a run. References only: names and addresses stay in the record."""

    number: int
    account: str
    person: str
    state: str
    code: str | None
    until: str | None
    touch: str | None
    sha256: str | None
    pages: int
    provider: str
    service: str
    tracking_number: str | None
    cost: Decimal | None
    currency: str


class Group(NamedTuple):
    """Letters that are counted together; `currency` is empty for those without a price by contract."""

    state: str
    provider: str
    service: str
    currency: str


@dataclass(slots=True)
class Total:
    """Of one group. Printed on both sides, a letter takes half as many sheets as it has pages, rounded up."""

    letters: int = 0
    pages: int = 0
    sheets: int = 0
    cost: Decimal = Decimal(0)


def lines(
    session: Session, run: str, playbooks: Mapping[str, Playbook], prices: Mapping[str, LetterPrice]
) -> list[Line]:
    """Every paper of a run, in its order."""
    policy: dict[str, Any] = session.scalars(
        select(Lender.policy).join(LetterRun, LetterRun.lender == Lender.id).where(LetterRun.id == run)
    ).one()
    told = policy.get(POST)
    service = str(told.get("service", PLAIN)) if isinstance(told, dict) else PLAIN  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType]  as the database has it
    found = (
        select(LetterRunItem, Account.playbook, Letter)
        .join(Account, Account.id == LetterRunItem.account)
        .outerjoin(Letter, Letter.touch == LetterRunItem.touch)
        .where(LetterRunItem.run == run)
        .order_by(LetterRunItem.number)
    )
    told_of: list[Line] = []
    for item, playbook, letter in session.execute(found):
        known = playbooks.get(playbook)
        provider = "" if known is None else known.provider("letter")
        told_of.append(_line(item, letter, (provider, service), prices))
    return told_of


def totals(of: Iterable[Line], *, both_sides: bool = False) -> dict[Group, Total]:
    """Letters, pages, sheets and cost, by state, provider, service and currency. What was refused or waits is none."""
    found: dict[Group, Total] = {}
    for line in of:
        if line.state not in {"made", "held", "handed"}:
            continue
        group = Group(line.state, line.provider, line.service, line.currency if line.cost is not None else "")
        total = found.setdefault(group, Total())
        total.letters += 1
        total.pages += line.pages
        total.sheets += -(-line.pages // 2) if both_sides else line.pages
        total.cost += line.cost or Decimal(0)
    return dict(sorted(found.items()))


def _line(item: LetterRunItem, letter: Letter | None, way: tuple[str, str], prices: Mapping[str, LetterPrice]) -> Line:
    provider, service = way if letter is None else (letter.provider, letter.service)
    pages = (None if letter is None else letter.pages) or item.pages or 0
    price = prices.get(f"{provider}.{service}")
    cost = None if price is None or not pages else price.of(pages)
    currency = "" if price is None else price.currency
    if letter is not None and letter.cost is not None:
        cost, currency = letter.cost, letter.currency or ""
    return Line(
        number=item.number,
        account=item.account,
        person=item.person,
        state=item.state,
        code=item.code,
        until=None if item.until is None else item.until.isoformat(),
        touch=item.touch,
        sha256=item.sha256 if letter is None else (letter.sha256 or item.sha256),
        pages=pages,
        provider=provider,
        service=service,
        tracking_number=None if letter is None else letter.tracking_number,
        cost=cost,
        currency=currency,
    )
