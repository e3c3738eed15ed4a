"""Does anything wait in silence? Open accounts without a next instant and a reason, claims beyond their lease."""

from collections.abc import Iterator

from tests.judge.finding import Finding
from tests.judge.reading import instant, maybe
from tests.judge.silences import Case

UNDER_WAY = {"claimed", "dispatching"}
ANSWER_LOST = "lost"


def check_waiting(case: Case) -> list[Finding]:
    return [*_accounts(case), *_claims(case)]


def _accounts(case: Case) -> Iterator[Finding]:
    for account in case.record.rows("account"):
        if account["state"] != "open":
            continue
        next_at = maybe(account["next_at"])
        if next_at is None or not account["next_reason"]:
            yield Finding("idle", "account", account["id"], "open without a next instant and a reason")
        elif next_at + case.allowed.grace < case.allowed.now:
            yield Finding("idle", "account", account["id"], f"open, its next instant was {next_at.isoformat()}")


def _claims(case: Case) -> Iterator[Finding]:
    machine_now = case.record.machine(case.allowed.now)
    for touch in case.record.rows("touch"):
        if touch["state"] in UNDER_WAY and instant(touch["lease_until"]) < machine_now:
            yield Finding("idle", "claim", touch["id"], f"still {touch['state']} beyond its lease")


def recovered(case: Case) -> int:
    """Touches whose answer was lost and later found: allowed, and counted all along."""
    doubtful = {row["touch"] for row in case.record.rows("receipt") if row["status"] == ANSWER_LOST}
    touches = case.record.by_id("touch")
    return sum(touches[touch]["state"] != "unknown" for touch in doubtful if touch in touches)
