"""The numbers of a rehearsal, counted from the ledger's dump and from the world's log. Pure.

What was sent is counted in the world's log, what was decided and what is owed in the ledger's dump.
"""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from itertools import groupby
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from forbear.rehearsal import ways
from forbear.rehearsal.lenders import LENDERS, UNION, Creditor

OURS = {"sms"}
"""Channels of the world's log that are touches; answers to a person's own message are not."""
LAST_STATES = {"delivered": "delivered", "undelivered": "not delivered", "failed": "not delivered"}
STATES = (
    "paid in full",
    "promise to pay",
    "next text planned",
    "another debt first",
    "waiting for data",
    "opted out",
    "disputed",
    "hardship",
    "wrong number",
    "no way to reach",
    "with legal staff",
    "closed otherwise",
)
SHARED = ("suppression", "clock")
"""Tables that belong to no lender: an opt-out binds them all."""
DATA_RULES = {"POLICY.ZONE", "POLICY.CONSENT", "POLICY.BALANCE", "POLICY.JURISDICTION", "PLACE.UNKNOWN"}

LINK, LENDER = "link", "lender"
"""The two ways money comes: through a text's link, or to the lender itself."""

Row = dict[str, Any]


def lines(path: Path) -> Iterator[Row]:
    with path.open(encoding="utf-8") as file:
        yield from (json.loads(line) for line in file)


@dataclass
class Month:
    """One rehearsal: what the world logged and what the ledger holds at its end. `zone` is where days are counted."""

    world: list[Row]
    tables: dict[str, list[Row]]
    start: datetime
    end: datetime
    days: int
    zone: ZoneInfo = UNION.zone

    @classmethod
    def read(cls, world: Path, ledger: Path, start: datetime, end: datetime, days: int) -> "Month":
        tables: dict[str, list[Row]] = {}
        for row in lines(ledger):
            tables.setdefault(row["table"], []).append(row)
        return cls(list(lines(world)), tables, start, end, days)

    def rows(self, table: str) -> list[Row]:
        return self.tables.get(table, [])

    def part(self, lender: Creditor) -> "Month":
        """The same month as one lender's: its accounts, its texts, its days."""
        ids = {row["id"] for row in self.rows("lender") if row["name"] == lender.name}
        own = {
            table: [row for row in rows if row.get("lender", row["id"] if table == "lender" else None) in ids]
            for table, rows in self.tables.items()
            if table not in SHARED
        }
        refs = {row["id"] for row in own.get("touch", [])}
        sids = {line["sid"] for line in self.world if line.get("ref") in refs}
        world = [line for line in self.world if line.get("sid") in sids]
        tables = {name: self.rows(name) for name in SHARED} | own
        return Month(world, tables, self.start, self.end, self.days, lender.zone)

    def parts(self) -> list[tuple[Creditor, "Month"]]:
        """Each lender that has accounts, with its part of the month."""
        found = [(lender, self.part(lender)) for lender in LENDERS]
        return [(lender, part) for lender, part in found if part.rows("account")]

    @cached_property
    def texts(self) -> list[Row]:
        """Every touch the world accepted, with its last state and its local day."""
        last = {line["sid"]: line["status"] for line in self.world if "channel" not in line}
        sent = [line for line in self.world if line.get("channel") in OURS]
        return [
            {**line, "last": LAST_STATES.get(last.get(line["sid"], ""), "no report"), "day": self.day_of(line["at"])}
            for line in sent
        ]

    @cached_property
    def persons(self) -> int:
        return len({row["borrower"] for row in self.rows("account")})

    @cached_property
    def held(self) -> dict[str, int]:
        """How often each rule began to hold an account; a hold decided again and again is one."""
        decisions = sorted(self.rows("decision"), key=lambda row: (row["account"], row["at"], row["number"]))
        counts: Counter[str] = Counter()
        for (_, rule), _ in groupby(decisions, key=lambda row: (row["account"], row["rule"])):
            counts[rule] += bool(rule)
        return {rule: count for rule, count in counts.most_common() if rule}

    @cached_property
    def suppressed(self) -> int:
        """People with an opt-out in force, by themselves or by a number of theirs."""
        active = [row for row in self.rows("suppression") if row["lifted_at"] is None]
        keys = {row["address_key"] for row in active if row["address_key"]}
        points = self.rows("contact_point")
        known = {row["person"] for row in points} | {row["borrower"] for row in self.rows("account")}
        by_key = {row["person"] for row in points if row["address_key"] in keys}
        return len(by_key | ({row["person"] for row in active} & known))

    @cached_property
    def left(self) -> dict[str, Decimal]:
        """What is still owed on each account."""
        owed: dict[str, Decimal] = {row["id"]: Decimal(0) for row in self.rows("account")}
        for entry in self.rows("entry"):
            owed[entry["account"]] += Decimal(entry["amount"])
        return owed

    @property
    def paid_accounts(self) -> int:
        return sum(amount <= 0 for amount in self.left.values())

    @property
    def open_accounts(self) -> int:
        return sum(row["state"] == "open" for row in self.rows("account"))

    @cached_property
    def collected(self) -> dict[str, str]:
        """What was received, by currency."""
        sums: dict[str, Decimal] = {}
        for payment in self.rows("payment"):
            sums[payment["currency"]] = sums.get(payment["currency"], Decimal(0)) + Decimal(payment["amount"])
        return {currency: f"{amount:.2f}" for currency, amount in sorted(sums.items())}

    @cached_property
    def owed(self) -> dict[str, str]:
        """What is still owed, by currency."""
        sums: dict[str, Decimal] = {}
        for row in self.rows("account"):
            sums[row["currency"]] = sums.get(row["currency"], Decimal(0)) + max(Decimal(0), self.left[row["id"]])
        return {currency: f"{amount:.2f}" for currency, amount in sorted(sums.items())}

    @cached_property
    def receipts(self) -> list[tuple[date, str, Decimal]]:
        """Local day, way and amount of every payment, oldest first; of one lender, so that its currency is one."""
        made = [
            (self.day_of(row["received_at"]), LINK if row["source"] == "link" else LENDER, Decimal(row["amount"]))
            for row in self.rows("payment")
        ]
        return sorted(made)

    def day_of(self, at: str) -> date:
        """The civil day of an instant where this month is counted."""
        return datetime.fromisoformat(at).astimezone(self.zone).date()

    @cached_property
    def states(self) -> dict[str, int]:
        """How the accounts stand at the end, in a manager's words."""
        counts = Counter(self._state(row) for row in self.rows("account"))
        return {state: counts[state] for state in STATES if counts[state]}

    def _state(self, account: Row) -> str:
        if self.left[account["id"]] <= 0:
            return "paid in full"
        if account["state"] == "closed":
            return "closed otherwise"
        if any(case["account"] == account["id"] and case["closed_at"] is None for case in self.rows("legal_case")):
            return "with legal staff"
        return self._stopped(account) or _by_rule(account["next_rule"] or "")

    def _stopped(self, account: Row) -> str | None:
        kinds = {
            stop["kind"]
            for stop in self.rows("stop")
            if stop["lifted_at"] is None
            and stop["account"] in {None, account["id"]}
            and stop["person"] == account["borrower"]
        }
        words = {"dispute": "disputed", "hardship": "hardship", "wrong_number": "wrong number"}
        return next((word for kind, word in words.items() if kind in kinds), None)


def _by_rule(rule: str) -> str:
    if rule in DATA_RULES or rule.startswith("PACK."):
        return "waiting for data"
    fixed = {
        "PROMISE.OPEN": "promise to pay",
        "PERSON.TURN": "another debt first",
        "POINT.NONE": "no way to reach",
        "ROUTE.NONE": "no way to reach",
    }
    if rule in fixed:
        return fixed[rule]
    return "opted out" if rule.endswith(("SUPPRESSED", "OPTOUT")) else "next text planned"


def summary(month: Month, verdict: Row, *, events_per_touch: float, seconds: float) -> Row:
    """What `summary.json` holds: the whole, and each lender's part. Amounts of two currencies are never added.

    `violations` is every finding of the judge that is neither a doubling nor a loss: unlawful texts, texts without a
    claim, accounts that wait in silence, and leaks.
    """
    broken = ("violations", "unexpected", "idle", "leaks")
    return {
        "days": month.days,
        **_counted(month),
        "violations": sum(verdict[name] for name in broken),
        "duplicates": verdict["duplicates"],
        "lost": verdict["lost"],
        "history_events_per_touch": events_per_touch,
        "seconds": round(seconds, 1),
        "lenders": [{"name": lender.name, **_counted(part)} for lender, part in month.parts()],
    }


def _counted(month: Month) -> Row:
    return {
        "accounts": len(month.rows("account")),
        "persons": month.persons,
        "touches": ways.made(month),
        "ends": {channel: ways.ends(month, channel) for channel in ways.CHANNELS},
        "held": month.held,
        "suppressed": month.suppressed,
        "paid_accounts": month.paid_accounts,
        "collected": month.collected,
        "owed": month.owed,
        "open_accounts": month.open_accounts,
    }
