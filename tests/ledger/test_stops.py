"""Stops and opt-outs bind at once, reach everyone they concern, and can be taken back where that is right."""

import pytest
from sqlalchemy import func, select

from forbear.contracts.decision import Contact, Rest
from forbear.contracts.words import StopKind, SuppressionScope
from forbear.errors import BadInput, NotFound
from forbear.ledger import stops
from forbear.ledger.tables.accounts import Stop
from forbear.ledger.tables.contacts import Suppression
from forbear.ledger.tables.record import AuditRow
from tests.conftest import Hands
from tests.ledger.house import A_DAY, House

NUMBER = "+13125550101"


@pytest.mark.parametrize(
    ("kind", "fact"),
    [
        ("dispute", "dispute_opened"),
        ("hardship", "hardship_declared"),
        ("wrong_number", "wrong_party"),
        ("insolvency", "stop_placed"),
        ("attorney", "stop_placed"),
        ("breathing_space", "stop_placed"),
        ("mental_health_crisis", "stop_placed"),
        ("military", "stop_placed"),
        ("minor", "stop_placed"),
        ("deceased", "stop_placed"),
        ("cease", "stop_placed"),
        ("hold", "stop_placed"),
    ],
)
def test_each_stop_holds_and_wakes_under_its_name(house: House, kind: StopKind, fact: str) -> None:
    person, account = house.borrower(NUMBER)
    house.stop(person, kind, written=True, address_key=house.key(NUMBER) if kind == "wrong_number" else None)
    assert house.told(account) == [fact]
    assert isinstance(house.ask(account), Rest)


def test_a_stop_wakes_every_account_of_everyone_concerned(house: House) -> None:
    person, first = house.borrower(NUMBER)
    second = house.account(person)
    other = house.add_lender()
    third = house.account(person, lender=other)
    neighbour = house.person()
    house.phone(neighbour, NUMBER, lender=other)
    fourth = house.account(neighbour, lender=other)
    closed = house.account(person, state="closed")
    _, stranger = house.borrower("+13125550190")
    house.stop(person, "cease", written=True)
    assert [house.told(account) for account in (first, second, third, fourth)] == [["stop_placed"]] * 4
    assert house.told(closed) == house.told(stranger) == []


def test_a_dispute_of_one_debt_leaves_the_other_its_voice(house: House) -> None:
    person, disputed = house.borrower(NUMBER)
    other = house.account(person)
    house.stop(person, "dispute", account=disputed, written=True)
    assert isinstance(house.ask(disputed), Rest)
    assert isinstance(house.ask(other), Contact)


def test_a_stop_with_an_end_ends(house: House, hands: Hands) -> None:
    person, account = house.borrower(NUMBER)
    house.stop(person, "hold", until=house.now + A_DAY)
    assert isinstance(house.ask(account), Rest)
    hands.advance(A_DAY)
    assert isinstance(house.ask(account), Contact)


def test_a_stop_is_lifted_once(house: House) -> None:
    person, account = house.borrower(NUMBER)
    stop = house.stop(person, "cease", written=True)
    for _ in range(2):
        with house.api() as session:
            stops.lift_stop(session, tenant=house.tenant, stop=stop, at=house.now)
    assert house.told(account) == ["stop_placed", "stop_lifted"]
    assert isinstance(house.ask(account), Contact)


def test_a_lender_cannot_lift_anothers_stop(house: House) -> None:
    person, _ = house.borrower(NUMBER)
    stop = house.stop(person, "cease")
    other = house.add_lender()
    with pytest.raises(NotFound), house.api(other) as session:
        stops.lift_stop(session, tenant=house.tenant, stop=stop, at=house.now)


def test_a_wrong_number_marks_this_persons_point_and_not_its_true_owners(house: House) -> None:
    person, _ = house.borrower(NUMBER)
    owner, _ = house.borrower(NUMBER)
    house.stop(person, "wrong_number", address_key=house.key(NUMBER))
    assert house.point(person).state == "wrong_party"
    assert house.point(owner).state == "valid"


@pytest.mark.parametrize("scope", ["number", "all_automated", "everything"])
def test_an_opt_out_binds_the_whole_tenant(house: House, scope: SuppressionScope) -> None:
    person, account = house.borrower(NUMBER)
    other = house.add_lender()
    house.phone(person, NUMBER, lender=other)
    elsewhere = house.account(person, lender=other)
    house.opt_out(NUMBER, person, scope=scope)
    assert isinstance(house.ask(account), Rest)
    assert isinstance(house.ask(elsewhere), Rest)
    assert house.told(account) == house.told(elsewhere) == ["opted_out"]


def test_a_number_nobody_gave_this_lender_binds_the_others(house: House) -> None:
    other = house.add_lender()
    neighbour = house.person()
    house.phone(neighbour, NUMBER, lender=other)
    account = house.account(neighbour, lender=other)
    house.opt_out(NUMBER)
    assert house.told(account) == ["opted_out"]
    assert isinstance(house.ask(account), Rest)


def test_an_opt_out_said_twice_is_one(house: House) -> None:
    person, account = house.borrower(NUMBER)
    assert house.opt_out(NUMBER, person) == house.opt_out(NUMBER, person)
    assert house.told(account) == ["opted_out"]


def test_start_takes_back_what_stop_said(house: House) -> None:
    person, account = house.borrower(NUMBER)
    house.opt_out(NUMBER, person)
    assert (house.opt_in(NUMBER), house.opt_in(NUMBER)) == (1, 0)
    assert house.told(account) == ["opted_out", "opted_in"]
    assert isinstance(house.ask(account), Contact)
    house.opt_out(NUMBER, person)
    assert house.told(account)[-1] == "opted_out", "after a START a STOP is news again"


def test_start_does_not_take_back_never_again(house: House) -> None:
    person, account = house.borrower(NUMBER)
    house.opt_out(NUMBER, person, scope="everything")
    assert house.opt_in(NUMBER) == 0
    assert isinstance(house.ask(account), Rest)


def test_start_at_one_lender_does_not_undo_a_stop_at_another(house: House) -> None:
    person, _ = house.borrower(NUMBER)
    other = house.add_lender()
    house.phone(person, NUMBER, lender=other)
    house.opt_out(NUMBER, person, lender=other)
    assert house.opt_in(NUMBER) == 0


@pytest.mark.parametrize("fields", [{"scope": "everything"}, {"scope": "number", "person": "per"}])
def test_an_opt_out_that_would_bind_nobody_is_refused(house: House, fields: dict[str, str]) -> None:
    person = house.person() if "person" in fields else None
    scope: SuppressionScope = "number" if fields["scope"] == "number" else "everything"
    with pytest.raises(BadInput), house.ledger.api(house.tenant, house.lender) as session:
        stops.suppress(
            session,
            tenant=house.tenant,
            lender=house.lender,
            person=person,
            scope=scope,
            channel=None,
            address_key=None,
            via="sms",
            at=house.now,
        )


def test_facts_audit_and_outbox_are_one_transaction(house: House) -> None:
    person, account = house.borrower(NUMBER)

    def fail() -> None:
        with house.api() as session:
            stops.place_stop(
                session,
                tenant=house.tenant,
                lender=house.lender,
                person=person,
                account=None,
                kind="cease",
                via="sms",
                at=house.now,
            )
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert house.told(account) == []
    house.stop(person, "cease")
    house.opt_out(NUMBER, person)
    with house.worker() as session:
        counts = [session.scalars(select(func.count()).select_from(table)).one() for table in (Stop, Suppression)]
        kinds = session.scalars(select(AuditRow.kind).where(AuditRow.person == person)).all()
    assert counts == [1, 1]
    assert {"stop_placed", "suppressed"} <= set(kinds)
