"""Cases that sleep too long or have no workflow are found, told through the outbox, and told less and less often."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select, update

from forbear.ledger import outbox
from forbear.ledger.cases.upkeeping import IN_THE_MAKING, CaseSweepsBook
from forbear.ledger.ids import new_id
from forbear.ledger.relaying import OpenAccountsBook, RelayingBook
from forbear.ledger.sweeping import GRACE
from forbear.ledger.tables.accounts import Account, LegalCase
from forbear.ledger.tables.cases import Packet
from forbear.ledger.tables.record import Outbox
from forbear.ports.cases import OpenCase
from forbear.settings import Settings
from tests.conftest import Hands
from tests.ledger.house import A_DAY, NOON, House

A_SECOND = timedelta(seconds=1)


@pytest.fixture
def house(database: Settings, hands: Hands) -> Iterator[House]:
    """Upkeep looks at all tenants, so each test has a database to itself."""
    hands.set(NOON)
    house = House(database, hands)
    yield house
    house.close()


@pytest.fixture
def book(house: House) -> CaseSweepsBook:
    return CaseSweepsBook(house.ledger)


def a_case(house: House, account: str, *, next_at: datetime | None = None, path: str | None = "CN") -> str:
    """A case whose facts so far were delivered. One that is never to be looked at has no path and no next time."""
    case, next_at = new_id("cas"), next_at or (house.now if path else None)
    with house.worker() as session:
        owner = session.get_one(Account, account)
        row = LegalCase(id=case, account=account, kind="suit", reason="late", state="open", opened_at=house.now)
        row.tenant, row.lender, row.path, row.next_at, row.stage_since = owner.tenant, owner.lender, path, next_at, None
        session.add(row)
    delivered(house)
    return case


def delivered(house: House) -> None:
    with house.ledger.relay() as session:
        outbox.delivered(session, [told.id for told in outbox.waiting(session, 1_000)], house.now)


def told(house: House, case: str) -> list[str]:
    """The facts that wait for a case."""
    with house.ledger.relay() as session:
        return [one.fact for one in outbox.waiting(session, 1_000) if one.case == case]


def tenant_of(house: House, case: str) -> str:
    with house.worker() as session:
        return session.get_one(LegalCase, case).tenant


def asked_packet(house: House, case: str) -> str:
    packet = new_id("pkt")
    with house.worker() as session:
        owner = session.get_one(LegalCase, case)
        row = Packet(id=packet, legal_case=case, number=1, profile="cn.suit", court="generic", state="asked")
        row.cut_off, row.asked_at, row.changed_at = house.now.date(), house.now, house.now
        row.draft, row.stored, row.missing = False, [], []
        row.tenant, row.lender = owner.tenant, owner.lender
        session.add(row)
    return packet


def test_a_case_whose_instant_passed_is_woken_once_in_a_grace(house: House, book: CaseSweepsBook, hands: Hands) -> None:
    case = a_case(house, house.borrower()[1], next_at=house.now)
    hands.advance(GRACE)
    assert book.wake_idle() == 0
    hands.advance(A_SECOND)
    assert book.wake_idle() == 1
    assert told(house, case) == ["case_swept"]
    assert book.wake_idle() == 0, "a fact waits for it anyway"
    delivered(house)
    assert book.wake_idle() == 0, "within its grace"
    hands.advance(GRACE)
    assert book.wake_idle() == 1


def test_a_case_that_stays_late_is_woken_less_and_less_often(house: House, book: CaseSweepsBook, hands: Hands) -> None:
    a_case(house, house.borrower()[1], next_at=house.now - A_DAY)
    woken: list[int] = []
    for second in range(0, 500, 15):
        if book.wake_idle():
            woken.append(second)
        delivered(house)
        hands.advance(GRACE)
    assert woken == [0, 15, 45, 105, 225, 465]


def test_a_case_that_rests_waits_for_a_person_or_makes_its_packet_is_left_alone(
    house: House, book: CaseSweepsBook, hands: Hands
) -> None:
    account = house.borrower()[1]
    a_case(house, account, next_at=house.now + A_DAY)
    a_case(house, account, path=None)
    closed = a_case(house, account)
    asked_packet(house, making := a_case(house, account))
    with house.worker() as session:
        session.execute(update(LegalCase).where(LegalCase.id == closed).values(state="closed"))
    assert book.wake_idle() == 0
    assert book.count_open() == 2
    hands.advance(IN_THE_MAKING)
    assert book.wake_idle() == 1
    assert told(house, making) == ["case_swept"]


def test_a_case_without_a_workflow_is_told_unless_it_is_new_or_told_anyway(
    house: House, book: CaseSweepsBook, hands: Hands
) -> None:
    case = a_case(house, house.borrower()[1], next_at=house.now + 9 * A_DAY)
    lost = [OpenCase(tenant_of(house, case), case)]
    assert book.start_missing(lost) == 0, "Temporal's list lags behind a start"
    hands.advance(timedelta(seconds=61))
    assert book.start_missing(lost) == 1
    assert book.start_missing(lost) == 0
    delivered(house)
    assert book.start_missing(lost) == 0
    hands.advance(timedelta(seconds=61))
    assert book.start_missing(lost) == 1


def test_the_stretch_and_the_rebuilding_see_cases_that_are_looked_at_only(house: House, book: CaseSweepsBook) -> None:
    account = house.borrower()[1]
    cases = sorted(a_case(house, account) for _ in range(3))
    a_case(house, account, path=None)
    expected = [OpenCase(tenant_of(house, case), case) for case in cases]
    assert book.stretch() == expected
    assert OpenAccountsBook(house.ledger).open_cases("", 10) == expected
    assert OpenAccountsBook(house.ledger).open_cases(cases[0], 1) == expected[1:2]


def test_a_fact_of_an_account_is_told_to_its_open_cases_and_its_sweep_is_not(house: House) -> None:
    account = house.borrower()[1]
    case, _ = a_case(house, account), a_case(house, account, path=None)
    tenant = tenant_of(house, case)
    relaying = RelayingBook(house.ledger)
    with house.worker() as session:
        outbox.tell(session, tenant=tenant, account=account, fact="payment_received", at=house.now)
        outbox.tell(session, tenant=tenant, account=account, fact="account_swept", at=house.now)
        outbox.tell_case(session, tenant=tenant, account=account, case=case, fact="case_fact_told", at=house.now)
    waiting = relaying.waiting(10)
    relaying.close()
    assert sorted((one.case, one.fact) for one in waiting if one.case) == [
        (case, "case_fact_told"),
        (case, "payment_received"),
    ]
    assert [one.fact for one in waiting if not one.case] == ["payment_received", "account_swept"]


def test_what_waits_for_a_case_keeps_no_account_asleep(house: House, hands: Hands) -> None:
    account = house.borrower()[1]
    case = a_case(house, account)
    with house.worker() as session:
        session.get_one(Account, account).next_at = house.now
        outbox.tell_case(
            session, tenant=session.get_one(Account, account).tenant, account=account, case=case, fact="packet_made",
            at=house.now,
        )  # fmt: skip
    hands.advance(GRACE + A_SECOND)
    assert house.upkeeping().wake_idle() == 1
    with house.worker() as session:
        swept = select(func.count()).select_from(Outbox).where(Outbox.fact == "account_swept")
        assert session.scalars(swept).one() == 1
