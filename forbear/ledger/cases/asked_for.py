"""A case that a lender asks for: for an account of its own that is open, owes something and has no open case yet."""

from datetime import datetime
from typing import Final, Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from forbear.court.paths import path_for
from forbear.errors import Conflict, NotFound
from forbear.ledger import outbox
from forbear.ledger.cases import acts, opening
from forbear.ledger.ids import new_id
from forbear.ledger.locking import lock_account
from forbear.ledger.owed import owed_on
from forbear.ledger.tables.accounts import Account, LegalCase

REASON: Final = "the lender asked for it"
Asked = Literal["suit", "mediation"]


def open_for_lender(session: Session, account_id: str, kind: Asked, now: datetime) -> LegalCase:
    """Open a case, and put it on the path of the place where its borrower lives.

    Outreach of the account pauses while the case is open. Where no path of that place is installed, the case waits for
    a person to take it up.

    Args:
        session: of the lender's API.
        account_id: an account of the lender.
        kind: what the case is for; a path may begin with mediation all the same.
        now: world instant.

    Raises:
        Conflict: the account is closed, owes nothing, or has an open case.
        NotFound: the session sees no such account.
    """
    account = _ready(session, account_id, now)
    path = path_for(opening.jurisdictions(session, account))
    walks = path is not None and kind in path.begins
    case = LegalCase(
        id=new_id("cas"),
        tenant=account.tenant,
        lender=account.lender,
        account=account.id,
        kind=kind,
        reason=REASON,
        state="open",
        stage="",
        opened_at=now,
        path=path.id if path and walks else None,
        path_version=path.version if path and walks else None,
        stage_since=now if walks else None,
        next_at=now if walks else None,
        next_reason=opening.BEGINNING if walks else None,
        next_rule="" if walks else None,
        version=0,
    )
    session.add(case)
    acts.did(session, case, "case_opened", case.id, {"kind": kind, "account": account.id}, now)
    # Told of the account, it reaches the account, which is not written to from now on, and its open case besides.
    outbox.tell(session, tenant=account.tenant, account=account.id, fact="case_opened", at=now)
    return case


def _ready(session: Session, account_id: str, now: datetime) -> Account:
    account = session.get(Account, account_id, populate_existing=True)
    if account is None:
        raise NotFound(f"No account {account_id}")
    lock_account(session, account.tenant, account.id)
    session.refresh(account)
    if account.state != "open":
        raise Conflict(f"Account {account.id} is closed: nothing can be claimed on it")
    if owed_on(session, account, now).total <= 0:
        raise Conflict(f"Nothing is owed on account {account.id}")
    living = select(LegalCase.id).where(
        LegalCase.account == account.id, LegalCase.state == "open", LegalCase.arose_from.is_(None)
    )
    if (known := session.scalars(living.order_by(LegalCase.opened_at, LegalCase.id).limit(1)).first()) is not None:
        raise Conflict(f"Account {account.id} has an open case already: {known}")
    return account
