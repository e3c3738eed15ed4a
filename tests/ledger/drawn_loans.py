"""Loans drawn at random and lived through in the record: terms, payments, back-dated ones, reversals, confirmed balances.

Everything goes the way it goes in life: enrolled from a form, paid, reversed and confirmed by the ledger's own functions.
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from sqlalchemy.orm import Session

from forbear.ledger import books, terms
from forbear.ledger.confirming import confirm_balance
from forbear.ledger.enrol import enrol
from forbear.ledger.forms.enrolment import EnrolmentForm
from forbear.ledger.ids import new_id
from forbear.ledger.owed import owed_on
from forbear.ledger.tables.accounts import Account
from forbear.money.components import COMPONENTS
from tests.ledger.installed import Installed

BORN = date(1985, 3, 27)
CENT = Decimal("0.01")
Json = dict[str, Any]
PLACES: dict[str, Json] = {
    "USD": {"playbook": "us-first-party", "language": "en", "packs": ["US"], "zone": "America/Chicago", "phone": "+13125550{:03}", "from": 100},
    "CNY": {"playbook": "cn-consumer", "language": "zh-Hans", "packs": ["CN"], "zone": "Asia/Shanghai", "phone": "+86138000000{:02}", "from": 0},
    "GBP": {"playbook": "gb-consumer", "language": "en", "packs": ["GB-EAW"], "zone": "Europe/London", "phone": "+447700900{:03}", "from": 0},
    "TWD": {"playbook": "tw-consumer", "language": "zh-Hans", "packs": ["TW"], "zone": "Asia/Taipei", "phone": "+886912345{:03}", "from": 0},
}  # fmt: skip


@dataclass
class Loan:
    """One drawn account, and the payments on it that are not reversed."""

    id: str
    currency: str
    draw: Random
    paid: list[str] = field(default_factory=list[str])


def some(draw: Random, least: int, most: int) -> Decimal:
    return Decimal(draw.randint(least * 100, most * 100)) / 100


def drawn_terms(draw: Random, since: date) -> Json:
    """Terms of any shape that is taken."""
    told: Json = {"since": since.isoformat(), "day_count": draw.choice(["ACT/360", "ACT/365", "ACT/ACT", "30/360"])}
    if draw.random() < 0.8:
        told["interest"] = {"rate": f"0.{draw.randint(1, 40):02}"} if draw.random() < 0.7 else {"daily_rate": "0.0005"}
    if draw.random() < 0.6:
        told["penalty"] = {"uplift": "0.5"} if "interest" in told and draw.random() < 0.6 else {"rate": "0.18"}
        told["penalty"] |= draw.choice([{}, {"on_top": True}, {"since": str(since + timedelta(days=12))}])
    if draw.random() < 0.3:
        told["day_count"] = draw.choice(["ACT/360", "ACT/365"])
        lpr = {"reference": "CN.LPR.1Y", "multiple": "4", "formed_on": "2024-03-01"}
        told["cap"] = draw.choice([{"rate": "0.24"}, lpr])
        return told
    if draw.random() < 0.4 and {"interest", "penalty"} & set(told):
        told["compound"] = True
    if draw.random() < 0.4:
        told["order"] = draw.sample(COMPONENTS, len(COMPONENTS))
    if draw.random() < 0.4:
        due = [since + timedelta(days=days) for days in sorted(draw.sample(range(20), 2))]
        told["instalments"] = [{"due": str(day), "principal": "50.00", "interest": "3.21"} for day in due]
        told["late_fee"] = {"rate": "0.05", "grace_days": 2, "limit": {"source": "an example's law", "most": "9.00"}}
    return told


def lend(house: Installed, session: Session, number: int, draw: Random) -> Loan:
    """Enrol one; six of ten have terms."""
    currency = list(PLACES)[number % 4]
    place, due = PLACES[currency], house.now.date() - timedelta(days=draw.randint(1, 60))
    zone = {"zone": place["zone"], "zone_evidence": "address"}
    address = {
        "lines": ["12 Sample Street"],
        "city": "Chicago",
        "region": "IL",
        "postal_code": "60601",
        "country": "US",
    }
    parts = {"principal": some(draw, 100, 30_000), "interest": some(draw, 0, 200), "fee": some(draw, 0, 40)}
    points = [
        {"kind": "phone", "value": place["phone"].format(place["from"] + number // 4), "place": "mobile", **zone},
        {"kind": "postal", "value": address, "place": "residence", **zone},
    ]
    body: Json = {
        "external_id": f"D-{number}", "product": "loan", "debt_kind": "personal_loan", "playbook": place["playbook"],
        "currency": currency, "due_since": due.isoformat(),
        "balance": {
            "as_of": (house.now - timedelta(hours=draw.randint(0, 30))).isoformat(),
            "components": {name: str(amount) for name, amount in parts.items()},
        },
        "parties": [
            {
                "role": "borrower", "name": f"Example Borrower {number}", "birth_date": BORN.isoformat(),
                "language": place["language"], "jurisdictions": place["packs"], "contact_points": points,
            }
        ],
    }  # fmt: skip
    if draw.random() < 0.6:
        body["terms"] = drawn_terms(draw, due - timedelta(days=draw.randint(0, 20)))
    form = EnrolmentForm.model_validate(body)
    found = enrol(session, house.ledger, tenant=house.tenant, lender=house.lender, enrolment=form, now=house.now)
    return Loan(found, currency, draw)


def live(house: Installed, session: Session, loan: Loan) -> None:
    """Perhaps something happens to it now."""
    what = loan.draw.choices(
        ["nothing", "paid", "late", "reversed", "confirmed", "terms"], weights=[40, 20, 10, 8, 14, 8]
    )[0]
    if what in {"paid", "late"}:
        pay(house, session, loan, house.now - timedelta(days=loan.draw.randint(0, 6) if what == "late" else 0))
    elif what == "reversed" and loan.paid:
        reverse(house, session, loan, loan.paid.pop())
    elif what == "confirmed":
        confirm(house, session, loan)
    elif what == "terms":
        account = session.get_one(Account, loan.id)
        if account.state == "open" and terms.latest(session, loan.id) is not None:
            since = house.now.date() - timedelta(days=loan.draw.randint(0, 5))
            terms.change(session, account, {"since": str(since), "interest": {"rate": "0.11", "daily_rate": None},
                                            "day_count": "ACT/365"}, house.now)  # fmt: skip


def pay(house: Installed, session: Session, loan: Loan, at: datetime, amount: Decimal | None = None) -> str:
    owed = owed_on(session, session.get_one(Account, loan.id), house.now).total
    most = max(int(owed / 3), 2)
    payment = books.post_payment(
        session, tenant=house.tenant, lender=house.lender, account=loan.id, external_id=new_id("pay"), source="lender",
        amount=amount or some(loan.draw, 1, most), currency=loan.currency, received_at=at, now=house.now,
    )  # fmt: skip
    loan.paid.append(payment)
    return payment


def reverse(house: Installed, session: Session, loan: Loan, payment: str) -> None:
    books.reverse_payment(
        session, tenant=house.tenant, lender=house.lender, payment=payment, external_id=new_id("pay"),
        received_at=house.now, now=house.now,
    )  # fmt: skip


def confirm(house: Installed, session: Session, loan: Loan, *, off: Decimal | None = None) -> None:
    """The lender's books say what ours do, or a little else."""
    account = session.get_one(Account, loan.id)
    told = dict(owed_on(session, account, house.now).parts)
    told["interest"] += off if off is not None else loan.draw.choice([Decimal(0), CENT, Decimal("2.50")])
    confirm_balance(
        session, tenant=house.tenant, lender=house.lender, account=loan.id, components=told,
        as_of=house.now.astimezone(UTC), now=house.now,
    )  # fmt: skip
