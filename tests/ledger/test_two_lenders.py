"""One person who owes a bank in China yuan and a lender in the United States dollars: one debt speaks at a time."""

from datetime import timedelta
from decimal import Decimal
from itertools import count

import pytest
from sqlalchemy import select, update

from forbear.cadence.decide import decide
from forbear.cadence.translate import home_zone
from forbear.contracts.decision import Contact, Decision, Rest
from forbear.ledger import admin, promises
from forbear.ledger.lives import load_life
from forbear.ledger.locking import lock_account
from forbear.ledger.tables.accounts import Account
from forbear.ledger.tables.people import ContactPoint
from forbear.ledger.writers import find_writer
from forbear.settings import Settings
from tests.conftest import Hands
from tests.ledger.chinese import ChineseHouse
from tests.ledger.house import NOON

AMERICAN = "+13125550177"


_serial = count(1)


class Both(ChineseHouse):
    """A second lender, in Chicago, whose borrower is known to the first one too."""

    def add_lender(self) -> str:
        return self._lender("示例储蓄银行", "CN", f"示例储蓄{next(_serial)}")

    def _lender(self, name: str, country: str, sender: str) -> str:
        return admin.add_lender(
            self.migrator,
            tenant=self.tenant,
            name=name,
            role="original_creditor",
            kind="bank",
            country=country,
            phone="+12125550198",
            sender=sender,
        )

    def owing_both(self) -> tuple[str, str, str]:
        """The person, the account in yuan and the one in dollars, which is three days older."""
        _, person, yuan = self.chinese()
        self.second = self._lender("Example Finance", "US", f"+1646555{next(_serial) + 100:04d}")
        self.phone(person, AMERICAN, lender=self.second, country="US")
        due = (self.now - timedelta(days=13)).date()
        return person, yuan, self.account(person, lender=self.second, due_since=due)

    def decided(self, account: str) -> Decision:
        return self.ask(account, decide)


@pytest.fixture
def both(module_database: Settings, hands: Hands) -> Both:
    hands.set(NOON)
    return Both(module_database, hands)


def rule(decision: Decision) -> str:
    return decision.rule if isinstance(decision, Rest) else ""


def test_each_account_sees_the_other_in_its_own_currency(both: Both) -> None:
    _, yuan, dollars = both.owing_both()
    with both.worker() as session:
        seen = [load_life(session, account, now=both.now) for account in (yuan, dollars)]
    rivals = [life.rivals for life in seen if life is not None]
    assert [(rival.account, rival.currency, rival.amount) for (rival,) in rivals] == [
        (dollars, "USD", Decimal("100.00")),
        (yuan, "CNY", Decimal("1200.00")),
    ]


def test_the_older_debt_speaks_though_the_other_has_the_larger_figure(both: Both, hands: Hands) -> None:
    _, yuan, dollars = both.owing_both()
    for hour in range(0, 48, 5):
        hands.set(NOON + timedelta(hours=hour))
        assert rule(both.decided(yuan)) == "PERSON.TURN", hour
        answer = both.decided(dollars)
        assert rule(answer) != "PERSON.TURN", hour
        if isinstance(answer, Contact):
            break
    else:
        raise AssertionError("the older debt never spoke")


def test_a_promise_for_one_lets_the_other_speak(both: Both) -> None:
    person, yuan, dollars = both.owing_both()
    assert rule(both.decided(yuan)) == "PERSON.TURN"
    with both.api(both.second) as session:
        lock_account(session, both.tenant, dollars)
        promises.make_promise(
            session,
            tenant=both.tenant,
            lender=both.second,
            account=dollars,
            person=person,
            amount=Decimal("100.00"),
            currency="USD",
            due_on=(both.now + timedelta(days=5)).date(),
            via="page",
            now=both.now,
        )
    assert rule(both.decided(dollars)) == "PROMISE.OPEN"
    assert rule(both.decided(yuan)) != "PERSON.TURN"


def test_a_debt_that_no_route_can_carry_does_not_silence_the_other(both: Both) -> None:
    """The one in dollars is older, but its lender knows only a number in China."""
    person, yuan, dollars = both.owing_both()
    with both.worker() as session:
        session.execute(
            update(ContactPoint)
            .where(ContactPoint.person == person, ContactPoint.lender == both.second)
            .values(country="CN")
        )
    assert rule(both.decided(dollars)) == "ROUTE.NONE"
    assert rule(both.decided(yuan)) != "PERSON.TURN"
    with both.worker() as session:
        assert session.scalars(select(Account.next_rule).where(Account.id == dollars)).one() == "ROUTE.NONE"


def test_promises_and_replies_are_dated_where_the_cadence_dates_them(both: Both) -> None:
    person, yuan, dollars = both.owing_both()
    for zone in ("Asia/Urumqi", None):
        with both.api() as session:
            known = update(ContactPoint).where(ContactPoint.person == person).returning(ContactPoint)
            point = session.scalars(known.values(zone=zone)).one()
        with both.worker() as session:
            for account in (yuan, dollars):
                life = load_life(session, account, now=both.now)
                assert life is not None
                assert promises.zone_of(session, account) == str(home_zone(life.borrower))
            assert promises.zone_of(session, yuan) == "Asia/Shanghai"
            value = both.ledger.vault.open(session, lender=both.lender, person=person, sealed=point.value)
            writer = find_writer(session, both.ledger.vault, both.tenant, both.lender, value)
        assert (writer.person, writer.language, writer.zone) == (person, "zh-Hans", "Asia/Shanghai")
