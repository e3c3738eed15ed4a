"""What a guarantor who paid on behalf claims back: the facts that say so, as sums and as lines of a statement."""

from datetime import date
from decimal import Decimal

from forbear.casework.record import CaseRecord
from forbear.ledger.cases import rows
from forbear.ledger.owed import Owed
from forbear.ledger.tables.cases import CaseFact
from forbear.money.components import COMPONENTS
from forbear.money.currency import minor_unit
from forbear.money.statements import Booked, Statement, of_entries


def of_recourse(record: CaseRecord, cut_off: date) -> tuple[Owed, Statement]:
    """What was paid on behalf and did not come back by the end of a day."""
    case, account = record.case, record.account
    paid = [] if case.arose_from is None else rows.facts(record.session, case.arose_from)
    lines = [
        Booked(each.on_day, "charge", each.id, "principal", _amount(each, account.currency))
        for each in paid
        if each.kind == "paid_on_behalf" and each.person == case.creditor
    ]
    lines += [
        Booked(each.on_day, "payment", each.id, "principal", -_amount(each, account.currency))
        for each in record.facts
        if each.kind == "booked_back"
    ]
    statement = of_entries(account.id, account.currency, lines, cut_off)
    zero = Decimal(0).quantize(minor_unit(account.currency))
    return Owed({part: zero + statement.owed[part] for part in COMPONENTS}), statement


def _amount(fact: CaseFact, currency: str) -> Decimal:
    return Decimal(str(fact.details.get("amount", "0"))).quantize(minor_unit(currency))
