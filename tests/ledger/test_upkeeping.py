"""Upkeep finds what waits in silence: claims beyond their lease, lost answers, idle accounts."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from forbear.contracts.decision import Contact, ContactOrder, Outcome, Rest, UpkeepReport
from forbear.errors import PartlyDone
from forbear.ledger import outbox, sweeping
from forbear.ledger.ids import new_id
from forbear.ledger.tables.accounts import Account
from forbear.ledger.tables.contacts import Link, PageSession, Receipt
from forbear.ledger.tables.people import ContactPoint
from forbear.ledger.tables.record import Idempotency
from forbear.ledger.upkeeping import UpkeepingBook
from forbear.ports.book import OpenAccount, Unsettled
from forbear.ports.sms import Found, Unknown
from forbear.settings import Settings
from forbear.tokens import link_digest
from tests.conftest import Hands
from tests.ledger.house import A_DAY, NOON, House

A_SECOND = timedelta(seconds=1)


def lease(house: House) -> timedelta:
    return timedelta(seconds=house.settings.lease_seconds)


def sought(house: House, order: ContactOrder) -> Unsettled:
    return next(one for one in house.upkeeping().unsettled() if one.touch == order.touch)


def in_unknown(house: House, number: str = "+13125550101") -> ContactOrder:
    order, _ = house.prepared(house.borrower(number)[1])
    house.record(order, Unknown(why="read timeout"))
    return order


@pytest.fixture
def house(database: Settings, hands: Hands) -> Iterator[House]:
    """Upkeep looks at all tenants, so each test has a database to itself."""
    hands.set(NOON)
    house = House(database, hands)
    yield house
    house.close()


def test_a_claim_beyond_its_lease_is_given_back(house: House, hands: Hands) -> None:
    _, account = house.borrower()
    order = house.claim(account)
    hands.advance(lease(house))
    assert house.upkeeping().expire_claims() == 0
    hands.advance(A_SECOND)
    assert house.upkeeping().expire_claims() == 1
    assert house.touch(order.touch).state == "failed"
    assert house.told(account) == ["touch_reconciled"]
    assert house.upkeeping().expire_claims() == 0
    hands.advance(timedelta(hours=1))
    assert isinstance(house.ask(account), Contact)


def test_a_sender_that_comes_after_the_lease_does_not_send(house: House, hands: Hands) -> None:
    order = house.claim(house.borrower()[1])
    hands.advance(lease(house) + A_SECOND)
    house.upkeeping().expire_claims()
    outcome = house.touching().prepare(order)
    assert isinstance(outcome, Outcome)
    assert outcome.state == "failed"


def test_a_dispatch_beyond_its_lease_is_unknown(house: House, hands: Hands) -> None:
    order, _ = house.prepared(house.borrower()[1])
    hands.advance(lease(house) + A_SECOND)
    assert house.upkeeping().expire_claims() == 1
    assert house.touch(order.touch).state == "unknown"


def test_what_is_settled_or_within_its_lease_is_left_alone(house: House, hands: Hands) -> None:
    order, _ = house.prepared(house.borrower()[1])
    house.record(order)
    fresh, _ = house.prepared(house.borrower("+13125550102")[1])
    assert house.upkeeping().expire_claims() == 0
    hands.advance(A_DAY)
    assert house.upkeeping().expire_claims() == 1
    assert (house.touch(order.touch).state, house.touch(fresh.touch).state) == ("sent", "unknown")


def test_unsettled_names_what_a_search_needs(house: House) -> None:
    order, ready = house.prepared(house.borrower("+13125550101")[1])
    house.record(order, Unknown(why="reset"))
    one = sought(house, order)
    assert (one.to, one.sender, one.channel, one.account) == ("+13125550101", ready.sender, "sms", order.account)
    assert one.marker_sha256 == link_digest(ready.values["link"].rpartition("/")[2])
    assert one.since == house.now
    assert not one.patience_over
    assert "+1312" not in repr(one)


def test_the_oldest_comes_first(house: House, hands: Hands) -> None:
    first = in_unknown(house)
    hands.advance(A_SECOND)
    second = in_unknown(house, "+13125550102")
    assert [one.touch for one in house.upkeeping().unsettled()] == [first.touch, second.touch]


@pytest.mark.parametrize(("status", "state"), [("queued", "sent"), ("delivered", "delivered"), ("scheduled", "sent")])
def test_a_message_found_at_the_provider_was_sent(house: House, status: str, state: str) -> None:
    order = in_unknown(house)
    found = Found(provider_id="SM" + order.touch[-16:], status=status)
    assert house.upkeeping().settle(sought(house, order), found) == "found"
    touch = house.touch(order.touch)
    assert (touch.state, touch.provider_id) == (state, found.provider_id)
    assert house.told(order.account) == ["touch_reconciled"]


def test_a_lost_answer_that_is_found_undelivered_teaches_by_its_code(house: House) -> None:
    order = in_unknown(house, "+13125550177")
    at = house.now - A_SECOND
    found = Found(provider_id=None, status="undelivered", code="30004", at=at)
    assert house.upkeeping().settle(sought(house, order), found) == "found"
    touch = house.touch(order.touch)
    assert (touch.state, touch.code) == ("undelivered", "30004")
    with house.worker() as session:
        point = session.get_one(ContactPoint, touch.contact_point)
        told = session.execute(
            select(Receipt.status, Receipt.code, Receipt.provider_at).where(Receipt.source == "listing")
        )
        assert point.state == "unreachable"
        assert set(told) == {("accepted", None, None), ("undelivered", "30004", at)}


def test_silence_counts_until_patience_is_over(house: House, hands: Hands) -> None:
    order = in_unknown(house)
    book = house.upkeeping()
    hands.advance(timedelta(minutes=15) - A_SECOND)
    assert book.settle(sought(house, order), None) == "waiting"
    assert isinstance(house.ask(order.account), Rest)
    hands.advance(A_SECOND)
    assert book.settle(sought(house, order), None) == "absent"
    assert house.touch(order.touch).state == "failed"
    hands.advance(timedelta(hours=1))
    assert isinstance(house.ask(order.account), Contact)


def test_patience_is_a_machine_minute_at_least(database: Settings, hands: Hands) -> None:
    fast = House(database, hands, speed=3_600)
    order = in_unknown(fast)
    hands.advance(timedelta(seconds=59))
    assert not sought(fast, order).patience_over
    hands.advance(A_SECOND)
    assert sought(fast, order).patience_over
    fast.close()


def test_an_answer_that_came_meanwhile_is_not_talked_away(house: House, hands: Hands) -> None:
    order = in_unknown(house)
    hands.advance(timedelta(minutes=20))
    one = sought(house, order)
    house.record(order)
    assert house.upkeeping().settle(one, None) == "found"
    assert house.touch(order.touch).state == "sent"


def test_a_message_thought_absent_that_turns_up_counts_again(house: House, hands: Hands) -> None:
    order = in_unknown(house)
    hands.advance(timedelta(minutes=20))
    one = sought(house, order)
    house.upkeeping().settle(one, None)
    assert house.upkeeping().settle(one, Found(provider_id="SMlate", status="sent")) == "found"
    assert house.touch(order.touch).state == "sent"


def deliver(house: House) -> None:
    """Do as the relay does, with everything that waits."""
    with house.ledger.relay() as session:
        outbox.delivered(session, [told.id for told in outbox.waiting(session, 1000)], house.now)


def test_an_account_whose_instant_passed_is_woken_once_in_a_grace(house: House, hands: Hands) -> None:
    _, account = house.borrower()
    book = house.upkeeping()
    hands.advance(timedelta(seconds=15))
    book.wake_idle()
    assert house.told(account) == []
    hands.advance(A_SECOND)
    assert book.count_open() >= book.wake_idle() >= 1
    assert house.told(account) == ["account_swept"]
    deliver(house)
    book.wake_idle()
    assert house.told(account) == ["account_swept"]
    hands.advance(timedelta(seconds=15))
    book.wake_idle()
    assert house.told(account) == ["account_swept"] * 2


def test_an_account_that_stays_late_is_woken_less_and_less_often(house: House, hands: Hands) -> None:
    _, account = house.borrower()
    book = house.upkeeping()
    woken: list[int] = []
    for second in range(0, 3_600, 15):
        if book.wake_idle():
            woken.append(second)
        deliver(house)
        hands.advance(timedelta(seconds=15))
    assert woken == [30, 45, 75, 135, 255, 495, 975, 1_935, 2_895]
    with house.worker() as session:
        session.execute(update(Account).where(Account.id == account).values(next_at=house.now))
    hands.advance(timedelta(seconds=16))
    assert book.wake_idle() == 1, "it has decided since, so its lateness begins anew"


def test_no_account_is_told_again_while_the_relay_has_something_for_it(house: House, hands: Hands) -> None:
    _, account = house.borrower()
    for _ in range(10):
        hands.advance(timedelta(minutes=1))
        house.upkeeping().wake_idle()
    assert house.told(account) == ["account_swept"]


def test_an_account_without_an_instant_is_woken_at_once(house: House) -> None:
    _, account = house.borrower(next_at=None)
    house.upkeeping().wake_idle()
    assert house.told(account) == ["account_swept"]


def test_resting_sending_and_closed_accounts_are_let_sleep(house: House, hands: Hands) -> None:
    person, resting = house.borrower("+13125550101")
    house.stop(person, "cease")
    house.ask(resting)
    sending = house.claim(house.borrower("+13125550102")[1]).account
    _, closed = house.borrower("+13125550103", state="closed", next_at=None)
    with house.worker() as session:
        session.execute(update(Account).where(Account.id == sending).values(next_at=house.now - A_DAY))
    house.upkeeping().wake_idle()
    assert [house.told(account) for account in (resting, sending, closed)] == [["stop_placed"], [], []]
    hands.advance(8 * A_DAY)
    deliver(house)
    house.upkeeping().expire_claims()
    deliver(house)
    house.upkeeping().wake_idle()
    assert house.told(resting)[-1] == house.told(sending)[-1] == "account_swept"


def test_every_tenant_is_looked_after(house: House, database: Settings, hands: Hands) -> None:
    other = House(database, hands)
    order = other.claim(other.borrower()[1])
    hands.advance(lease(house) + A_SECOND)
    assert house.upkeeping().expire_claims() == 1
    assert other.touch(order.touch).state == "failed"
    other.close()


def test_a_round_seals_and_reports(house: House) -> None:
    house.ask(house.borrower()[1])
    book: UpkeepingBook = house.upkeeping()
    assert book.seal() > 0
    assert book.seal() == 0
    book.report(UpkeepReport(accounts_seen=1))


def test_one_claim_that_cannot_be_given_back_keeps_no_other(
    house: House, hands: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    orders = [house.claim(house.borrower(f"+1312555010{digit}")[1]) for digit in range(3)]
    hands.advance(lease(house) + A_SECOND)
    stuck, book = orders[1].touch, house.upkeeping()
    expire = book._expire

    def expire_but_one(tenant: str, touch: str) -> int:
        if touch == stuck:
            raise ValueError("an impossible row")
        return expire(tenant, touch)

    monkeypatch.setattr(book, "_expire", expire_but_one)
    with pytest.raises(PartlyDone) as raised:
        book.expire_claims()
    assert (raised.value.done, raised.value.failed) == (2, 1)
    assert [house.touch(order.touch).state for order in orders] == ["failed", "claimed", "failed"]


def test_the_stretches_go_through_all_open_accounts_of_all_tenants_and_begin_again(
    house: House, database: Settings, hands: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = House(database, hands)
    accounts = {house.borrower(f"+1312555010{digit}")[1] for digit in range(3)} | {other.borrower()[1]}
    house.borrower("+13125550109", state="closed", next_at=None)
    monkeypatch.setattr(sweeping, "STRETCH", 2)
    book = house.upkeeping()
    stretches = [[one.account for one in book.stretch()] for _ in range(4)]
    assert [len(stretch) for stretch in stretches] == [2, 2, 0, 2]
    assert set(stretches[0]) | set(stretches[1]) == accounts
    assert stretches[3] == stretches[0]
    other.close()


def test_an_account_without_a_workflow_is_told_unless_it_is_new_or_told_anyway(house: House, hands: Hands) -> None:
    _, lost = house.borrower("+13125550101", next_at=NOON + A_DAY)
    _, told = house.borrower("+13125550102", next_at=NOON + A_DAY)
    _, closed = house.borrower("+13125550103", state="closed", next_at=None)
    hands.advance(timedelta(minutes=2))
    house.pay(told, "1.00")
    _, new = house.borrower("+13125550104")
    missing = [OpenAccount(house.tenant, account) for account in (lost, told, closed, new)]
    book = house.upkeeping()
    assert book.start_missing(missing) == 1
    assert house.told(lost) == ["account_swept"]
    deliver(house)
    assert book.start_missing(missing[:1]) == 0, "the list of workflows may lag"
    hands.advance(timedelta(minutes=2))
    assert book.start_missing(missing[:1]) == 1


def test_spent_rows_are_removed_and_what_waits_stays(house: House, hands: Hands) -> None:
    person, account = house.borrower()
    house.stop(person, "dispute")
    deliver(house)
    house.stop(person, "hardship")  # not delivered
    order, _ = house.prepared(house.borrower("+13125550102")[1])
    book = house.upkeeping()
    with house.api() as session:
        row = {"tenant": house.tenant, "lender": house.lender}
        session.add(Idempotency(id=new_id("idm"), **row, key="a", fingerprint=b"", status=201, body={}, at=house.now))
        link = session.execute(select(func.max(Link.id)).where(Link.touch == order.touch)).scalar_one()
        over = house.now + timedelta(minutes=15)
        session.add(PageSession(id=new_id("pgs"), **row, link=link, digest=b"d", opened_at=house.now, expires_at=over))
    assert book.purge() == 0
    hands.advance(timedelta(hours=2))
    assert book.purge() == 1, "the browser's session"
    hands.advance(8 * A_DAY)
    assert book.purge() == 2, "the delivered fact and the stored answer"
    assert house.told(account) == ["hardship_declared"], "no workflow has heard of it yet"
    with house.api() as session:
        assert session.scalars(select(func.count()).select_from(Idempotency)).one() == 0
