"""What the record can tell a paper beside its figures: by names that kinds of papers use for their fields.

Three sources, the nearer before the wider: what was told of this account for a kind, what was told of the account for
every kind, what its lender has in its policy; and what the account and its lender are by themselves.
"""

import json
from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from forbear.errors import BadInput, NotFound
from forbear.ledger import audit
from forbear.ledger.engine import Ledger
from forbear.ledger.ids import new_id
from forbear.ledger.tables.accounts import Account
from forbear.ledger.tables.approvals import PaperFields
from forbear.ledger.tables.people import Lender

PAPERS: Final = "papers"
"""In a lender's policy: values for fields of papers, by name, for all its accounts: where to pay, a licence."""
ANY_KIND: Final = ""
MOST: Final = 20_000
"""Signs of what is told of one account for one kind."""
OWNERS: Final = frozenset({"original_creditor", "debt_buyer"})
"""Lenders whom the debts belong to."""


def known_of(ledger: Ledger, session: Session, account: Account, lender: Lender, kind: str) -> Mapping[str, Any]:
    """Everything that is known, by the names of fields."""
    own = {"account_no": account.external_id, "account_number": account.external_id}
    owner = {"current_creditor": lender.name} if lender.role in OWNERS else {}
    policy: object = lender.policy.get(PAPERS)
    told = policy if isinstance(policy, dict) else {}  # pyright: ignore[reportUnknownVariableType]  as the database has it
    nearer = _told(ledger, session, account, kind)
    return {**own, **owner, **told, **nearer}  # pyright: ignore[reportUnknownVariableType]  as above


def tell(ledger: Ledger, session: Session, account: Account, kind: str, fields: Mapping[str, Any]) -> str:
    """Keep fields of an account for one kind of paper, or for every kind; told again, the later one holds.

    Raises:
        BadInput: it is more than any paper takes.
    """
    at = ledger.clock.now()
    text = json.dumps(dict(fields), ensure_ascii=False, sort_keys=True, default=str)
    if len(text) > MOST:
        raise BadInput("--fields", f"is longer than {MOST} signs", "Give what the paper needs and no more")
    row = PaperFields(
        id=new_id("pfd"),
        tenant=account.tenant,
        lender=account.lender,
        account=account.id,
        kind=kind,
        told=ledger.vault.seal(
            session, tenant=account.tenant, lender=account.lender, person=account.borrower, text=text
        ),
        told_at=at,
    )
    session.add(row)
    session.flush()
    audit.note(
        session, tenant=account.tenant, lender=account.lender, account=account.id, kind="paper_fields_told",
        subject=row.id, at=at, written=row,
    )  # fmt: skip
    return row.id


def tell_lender(session: Session, lender: str, fields: Mapping[str, Any]) -> list[str]:
    """Keep fields that all accounts of a lender share; an empty value takes one away. Returns the names of all.

    Raises:
        NotFound: there is no such lender.
        BadInput: it is more than any paper takes.
    """
    found = session.get(Lender, lender, with_for_update=True)
    if found is None:
        raise NotFound(f"No lender {lender}: add it first")
    before: Any = found.policy.get(PAPERS)
    kept = {**(before if isinstance(before, dict) else {}), **fields}
    kept = {name: value for name, value in kept.items() if value not in ("", None)}
    text = json.dumps(kept, default=str)  # amounts as text, which they are read from again
    if len(text) > MOST:
        raise BadInput("--fields", f"is longer than {MOST} signs", "Give what papers need and no more")
    found.policy = {**{name: value for name, value in found.policy.items() if name != PAPERS}, PAPERS: json.loads(text)}
    return sorted(kept)


def _told(ledger: Ledger, session: Session, account: Account, kind: str) -> dict[str, Any]:
    rows = session.scalars(
        select(PaperFields)
        .where(PaperFields.account == account.id, PaperFields.kind.in_((ANY_KIND, kind)))
        .order_by(PaperFields.told_at, PaperFields.id)
    )
    last = {row.kind: row for row in rows}
    found: dict[str, Any] = {}
    for each in sorted(last):  # what is told for every kind comes first, as its name is empty
        sealed = last[each].told
        text = ledger.vault.open(session, lender=account.lender, person=account.borrower, sealed=sealed)
        found |= json.loads(text)
    return found
