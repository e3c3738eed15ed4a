"""Whole lives on a real database: weeks of real decisions, touches, opt-outs, stops and money, as the worker takes them."""

from datetime import timedelta

from forbear.cadence.decide import decide
from forbear.contracts.decision import Close, Contact, Escalate
from forbear.ledger.receipts import add_receipt
from forbear.ledger.tables.accounts import Account
from forbear.ports.book import Dispatch
from tests.conftest import Hands
from tests.ledger.chinese import ChineseHouse
from tests.ledger.house import A_DAY, House

A_MINUTE = timedelta(minutes=1)


def live(house: House, hands: Hands, account: str, days: int, *, confirmed: bool = True) -> None:
    """Ask, send and wait for so many days, as the workflow of the account would."""
    ends = house.now + days * A_DAY
    while house.now < ends:
        if confirmed:
            _confirm(house, account)
        answer = house.ask(account, decide)
        match answer:
            case Contact():
                _send(house, account, answer.touch)
            case Close() | Escalate():
                return
            case _:
                hands.set(max(min(answer.until, house.now + A_DAY), house.now + A_MINUTE))


def _send(house: House, account: str, touch: str) -> None:
    order = house.order(account, touch)
    if isinstance(house.touching().prepare(order), Dispatch):
        house.record(order)
        with house.worker() as session:
            add_receipt(session, touch_id=touch, source="callback", status="delivered", at=house.now)


def _confirm(house: House, account: str) -> None:
    """The lender confirms what is owed, as it does every night."""
    with house.worker() as session:
        session.get_one(Account, account).balance_as_of = house.now


def an_american_life(house: House, hands: Hands) -> tuple[str, str]:
    """Somebody who owes two lenders, opts out, comes back, disputes and pays. The two accounts."""
    person, first = house.borrower("+13125550161")
    other = house.add_lender()
    house.phone(person, "+13125550162", lender=other, zone="America/New_York")
    second = house.account(person, lender=other)
    live(house, hands, first, 5)
    live(house, hands, second, 3, confirmed=False)
    house.opt_out("+13125550161", person)
    live(house, hands, first, 2)
    house.opt_in("+13125550161")
    house.consent(first)
    live(house, hands, first, 3)
    house.stop(person, "dispute", account=first, until=house.now + 3 * A_DAY, written=True)
    live(house, hands, first, 4)
    house.pay(first)
    live(house, hands, first, 1)
    live(house, hands, second, 2)
    return first, second


def a_chinese_life(house: ChineseHouse, hands: Hands) -> str:
    """Somebody in China, over the days of a festival."""
    _, person, account = house.chinese()
    live(house, hands, account, 6)
    house.stop(person, "hardship", until=house.now + 2 * A_DAY)
    live(house, hands, account, 4)
    return account
