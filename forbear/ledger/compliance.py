"""What the rules did: touches attempted, held, blocked and made, in all and by rule, from stored decisions.

A touch is attempted when its time by the playbook has come and the rules were asked. An attempt that is held again and
again by the same rules, until something changes, is one.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import select

from forbear.ledger.engine import Ledger
from forbear.ledger.tables.contacts import Decision, Touch

BATCH = 2_000
NOT_SENT = frozenset({"failed"})
"""States of a touch that certainly did not go out."""


@dataclass(frozen=True, slots=True)
class Weighed:
    """A decision that asked the rules: its rule, its permit as it is kept, and the state of its touch, if any."""

    account: str
    rule: str
    permit: Mapping[str, Any]
    touch: str | None


@dataclass(frozen=True, slots=True)
class OfRule:
    """What one rule did to the attempts that it was asked about.

    `held` it until an instant, `blocked` until something happens or for good; `made` are those it was content with.
    """

    rule: str
    attempted: int
    held: int
    blocked: int
    made: int

    @property
    def denied(self) -> int:
        return self.held + self.blocked


@dataclass(frozen=True, slots=True)
class Compliance:
    """`attempted` is the sum of the others; `not_sent` was allowed and then certainly not sent.

    `rules` are all that were asked, those that denied most first.
    """

    attempted: int
    held: int
    blocked: int
    made: int
    not_sent: int
    rules: tuple[OfRule, ...]


def compliance(
    ledger: Ledger, tenant: str, since: datetime, until: datetime, *, lender: str | None = None
) -> Compliance:
    """The numbers of a tenant, or of one of its lenders, for decisions taken from `since` and before `until`."""
    return count(_read(ledger, tenant, since, until, lender))


def count(decisions: Iterable[Weighed]) -> Compliance:
    """Count decisions that come account by account, each account's in the order in which they were taken."""
    ends: Counter[str] = Counter()
    rules: dict[str, Counter[str]] = {}
    for attempt in _attempts(decisions):
        findings: Sequence[Mapping[str, Any]] = attempt.permit["findings"]
        denied = {each["rule"]: "blocked" if each["until"] is None else "held" for each in findings}
        end = _end(attempt)
        ends[end] += 1
        for rule in dict.fromkeys([*attempt.permit.get("looked_at", ()), *denied]):
            counted = rules.setdefault(rule, Counter())
            counted["attempted"] += 1
            if rule in denied:
                counted[denied[rule]] += 1
            elif end == "made":
                counted["made"] += 1
    of_rules = [
        OfRule(rule, each["attempted"], each["held"], each["blocked"], each["made"]) for rule, each in rules.items()
    ]
    return Compliance(
        attempted=ends.total(),
        held=ends["held"],
        blocked=ends["blocked"],
        made=ends["made"],
        not_sent=ends["not_sent"],
        rules=tuple(sorted(of_rules, key=lambda each: (-each.denied, -each.attempted, each.rule))),
    )


def _end(attempt: Weighed) -> str:
    if attempt.permit["verdict"] == "allow":
        return "not_sent" if attempt.touch in NOT_SENT else "made"
    return "blocked" if attempt.permit["verdict"] == "block" else "held"


def _attempts(decisions: Iterable[Weighed]) -> Iterator[Weighed]:
    """Each attempt once. What rests for the playbook's own reasons was not attempted."""
    for _, alike in groupby(decisions, key=_kind):
        first, *more = alike
        if first.touch is not None:
            yield from (first, *more)
        elif first.rule and first.permit["verdict"] != "allow":
            yield first


def _kind(decision: Weighed) -> tuple[object, ...]:
    rules = tuple(sorted(finding["rule"] for finding in decision.permit["findings"]))
    return decision.account, decision.touch is None, bool(decision.rule), decision.permit["verdict"], rules


def _read(ledger: Ledger, tenant: str, since: datetime, until: datetime, lender: str | None) -> Iterator[Weighed]:
    chosen = (
        select(Decision.account, Decision.rule, Decision.permit, Touch.state)
        .outerjoin(Touch, Touch.id == Decision.touch)
        .where(
            Decision.tenant == tenant,
            Decision.permit.is_not(None),
            Decision.at >= since,
            Decision.at < until,
            *(() if lender is None else (Decision.lender == lender,)),
        )
        .order_by(Decision.account, Decision.at, Decision.number, Decision.id)
        .execution_options(yield_per=BATCH)
    )
    with ledger.worker(tenant) as session:
        for row in session.execute(chosen):
            yield Weighed(row.account, row.rule, row.permit, row.state)
