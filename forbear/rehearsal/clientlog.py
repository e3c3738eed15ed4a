"""The clients' log: what the lenders were answered, one acknowledged call a line, for the judge.

A line is written after the answer, with the world instant of it: what it acknowledges had been committed by then.
"""

import json
import threading
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from forbear.clock import Clock
from forbear.rehearsal.portfolio import Loan, Party
from forbear.services.folders import write_private


class ClientLog:
    """Appends lines from any thread, each flushed."""

    def __init__(self, path: Path, clock: Clock) -> None:
        write_private(path, "")
        self._file = path.open("a", encoding="utf-8")
        self._clock = clock
        self._turn = threading.Lock()

    def enrolled(self, loan: Loan, account: str) -> None:
        home = loan.lender.country
        self._write(
            "enrolled",
            account,
            {
                "lender": loan.lender.name,
                **_borrower(loan, home),
                "contacts": loan.contacts,
                "owed": str(loan.owed),
                "balance_as_of": loan.row["balance_as_of"] or None,
                "others": [{"role": party.role, **_person(party, home)} for party in loan.parties[1:]],
            },
        )

    def payment(self, account: str, external_id: str, amount: Decimal) -> None:
        self._write("payment", account, {"external_id": external_id, "amount": str(amount)})

    def balance(self, account: str, owed: Decimal, as_of: datetime) -> None:
        self._write("balance", account, {"owed": str(owed), "as_of": as_of.isoformat()})

    def close(self) -> None:
        self._file.close()

    def _write(self, kind: str, account: str, more: Mapping[str, Any]) -> None:
        with self._turn:
            line = {"at": self._clock.now().isoformat(), "kind": kind, "account": account, **more}
            self._file.write(json.dumps(line) + "\n")
            self._file.flush()


def _borrower(loan: Loan, home: str) -> dict[str, Any]:
    """The borrower, with the consent to recorded calls that no column holds."""
    told = _person(loan.borrower, home)
    if loan.recorded_calls_at:
        told["consents"].append({"channel": "call", "to": loan.phone, "at": loan.recorded_calls_at})
    return told


def _person(party: Party, home: str) -> dict[str, Any]:
    """What the export told of one person."""
    to, agreed, out = party.phone or None, party.cell("sms_consent_at"), party.cell("opt_out_sms_at")
    return {
        "person": party.label,
        "phones": party.phones,
        "zones": party.zones,
        "countries": party.countries(home),
        "consents": [{"channel": "sms", "to": to, "at": agreed}] if agreed else [],
        "opt_outs": [{"channel": "sms", "to": to, "at": out}] if out else [],
    }
