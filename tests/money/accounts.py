"""Turns an account that was drawn for the oracle into the room's own types."""

from datetime import date
from decimal import Decimal
from typing import Any

from forbear.money.balance import Accrual, Balance, Terms, balance
from forbear.money.postings import Posting
from forbear.money.steps import Step

Json = dict[str, Any]


def terms(account: Json) -> Terms:
    accruals = (
        Accrual(
            name=f"{each['component']} {place}",
            component=each["component"],
            rates=tuple(Step(date.fromisoformat(row["from"]), Decimal(row["rate"])) for row in each["rates"]),
            by=each["by"],
            on=each["on"],
        )
        for place, each in enumerate(account["accruals"])
    )
    return Terms(tuple(accruals), tuple(account["order"]))


def postings(account: Json) -> list[Posting]:
    return [
        Posting(
            id=each["id"],
            day=date.fromisoformat(each["day"]),
            kind=each["kind"],
            amount=Decimal(each.get("amount", "0")),
            component=each.get("component"),
            reverses=each.get("reverses", ""),
        )
        for each in account["postings"]
    ]


def reckoned(account: Json, as_of: date | None = None) -> Balance:
    return balance(postings(account), terms(account), as_of or date.fromisoformat(account["as_of"]))
