"""One call at a time under one idempotency key: a second call with the key is told to come back, it does not queue.

A queue of waiting calls would hold a database connection each, which a client that retries in haste could use up.
"""

from sqlalchemy import text
from sqlalchemy.orm import Session

# The lock that `idempotency.lookup` waits for: whoever holds it here passes there.
TAKE = text("select pg_try_advisory_xact_lock(hashtextextended('forbear.call:' || :lender || ':' || :key, 0))")


def take_turn(session: Session, lender: str, key: str) -> bool:
    """Whether this transaction may answer the key now; if so, nobody else can until it ends."""
    return bool(session.execute(TAKE, {"lender": lender, "key": key}).scalar_one())
