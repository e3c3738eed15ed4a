"""The last look before a touch is sent, and every answer a provider may give."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import select, update

from forbear.contracts.decision import Contact, ContactOrder, Outcome, Rest
from forbear.errors import NotFound
from forbear.ledger import promises
from forbear.ledger.tables.accounts import Account
from forbear.ledger.tables.contacts import Link, Suppression
from forbear.ledger.tables.people import ContactPoint
from forbear.ports.book import Dispatch
from forbear.ports.sms import Accepted, Refused, Unknown
from forbear.tokens import CallbackToken, callback_holds, key_bytes, link_digest
from tests.conftest import Hands
from tests.ledger.house import A_DAY, AN_HOUR, NOON, House

NUMBER = "+13125550101"


def test_a_dispatch_holds_what_is_sent_and_nothing_personal_beyond_it(house: House) -> None:
    _, account = house.borrower(NUMBER)
    order, ready = house.prepared(account)
    assert (ready.to, ready.template, ready.language, ready.channel) == (NUMBER, "reminder-friendly", "en", "sms")
    assert set(ready.values) == {"link", "lender", "phone", "amount", "currency"}
    assert (ready.values["amount"], ready.values["currency"]) == ("100.00", "USD")
    assert (ready.values["lender"], ready.values["phone"]) == ("Example Bank", "+12125550199")
    touch = house.touch(order.touch)
    assert (touch.state, touch.dispatched_at) == ("dispatching", house.now)
    assert ready.sender == touch.sender
    assert ready.dispatch_by == touch.dispatch_by
    assert NUMBER not in repr(ready)


def test_the_link_is_the_touchs_own_and_only_its_digest_is_kept(house: House) -> None:
    _, account = house.borrower()
    order, ready = house.prepared(account)
    base, _, token = ready.values["link"].rpartition("/p/")
    assert base == house.settings.public_url
    assert len(token) == 16
    with house.worker() as session:
        link = session.scalars(select(Link).where(Link.touch == order.touch)).one()
    assert link.token_sha256 == link_digest(token)
    assert (link.account, link.failures, link.revoked_at) == (account, 0, None)
    assert link.expires_at > house.now + 20 * A_DAY


def test_the_callback_carries_a_signed_token(house: House, hands: Hands) -> None:
    order, ready = house.prepared(house.borrower()[1])
    address = urlsplit(ready.callback_url)
    query = {name: values[0] for name, values in parse_qs(address.query).items()}
    assert (address.path, address.fragment) == ("/hooks/twilio/message-status", "rc=5&rp=all")
    token = CallbackToken(query["t"], int(query["e"]), query["k"])
    assert token.touch == order.touch
    key = key_bytes(house.settings.token_key)
    assert callback_holds(key, token, hands.at)
    assert not callback_holds(key, token, hands.at + 8 * A_DAY)


def test_validity_is_the_rest_of_the_window(house: House, hands: Hands) -> None:
    hands.set(NOON + timedelta(hours=7))  # 19:00 in Chicago
    order, ready = house.prepared(house.borrower()[1])
    closes = house.touch(order.touch).window_closes
    assert closes is not None
    assert ready.validity == closes - hands.at < timedelta(hours=2)


def test_validity_is_at_most_what_the_carrier_takes(house: House, hands: Hands) -> None:
    hands.set(NOON - timedelta(hours=2, minutes=30))  # 09:30 in Chicago
    _, ready = house.prepared(house.borrower()[1])
    assert ready.validity == timedelta(hours=10)


def test_a_touch_is_handed_out_once(house: House) -> None:
    order, _ = house.prepared(house.borrower()[1])
    again = house.touching().prepare(order)
    assert isinstance(again, Outcome)
    assert again.state == "unknown"
    assert house.touch(order.touch).state == "unknown"
    third = house.touching().prepare(order)
    assert isinstance(third, Outcome)
    assert third.state == "unknown"
    assert house.receipts(order.touch).count("lost") == 1


def test_a_sent_touch_says_so_when_asked_again(house: House) -> None:
    order, _ = house.prepared(house.borrower()[1])
    house.record(order)
    again = house.touching().prepare(order)
    assert isinstance(again, Outcome)
    assert (again.state, again.reason) == ("sent", "the provider has it")


def test_too_late_is_not_sent(house: House, hands: Hands) -> None:
    order = house.claim(house.borrower()[1])
    hands.set(house.touch(order.touch).dispatch_by)
    _withheld(house, order, "too late")


def _withheld(house: House, order: ContactOrder, why: str) -> None:
    outcome = house.touching().prepare(order)
    assert isinstance(outcome, Outcome)
    assert outcome.state == "failed"
    assert why in outcome.reason
    assert house.touch(order.touch).state == "failed"
    assert house.receipts(order.touch) == ["withheld"]
    assert not _links(house, order)


def _links(house: House, order: ContactOrder) -> int:
    with house.worker() as session:
        return len(session.scalars(select(Link.id).where(Link.touch == order.touch)).all())


def _pay(house: House, _: str, account: str) -> None:
    house.pay(account)


def _dispute(house: House, person: str, account: str) -> None:
    house.stop(person, "dispute", account=account, written=True)


def _cease(house: House, person: str, _: str) -> None:
    house.stop(person, "cease", written=True)


def _opt_out(house: House, person: str, _: str) -> None:
    house.opt_out(NUMBER, person)


def _opt_out_at_the_other_lender(house: House, *_: str) -> None:
    other = house.add_lender()
    neighbour = house.person()
    house.phone(neighbour, NUMBER, lender=other)
    house.opt_out(NUMBER, neighbour, lender=other)


def _wrong_number(house: House, person: str, _: str) -> None:
    house.stop(person, "wrong_number", address_key=house.key(NUMBER))


def _invalid(house: House, person: str, _: str) -> None:
    with house.worker() as session:
        session.execute(update(ContactPoint).where(ContactPoint.person == person).values(state="invalid"))


def _promised(house: House, person: str, account: str) -> None:
    with house.api() as session:
        promises.make_promise(
            session,
            tenant=house.tenant,
            lender=house.lender,
            account=account,
            person=person,
            amount=Decimal(50),
            currency="USD",
            due_on=(house.now + 3 * A_DAY).date(),
            via="page",
            now=house.now,
        )


def _closed(house: House, _: str, account: str) -> None:
    with house.worker() as session:
        session.execute(update(Account).where(Account.id == account).values(state="closed"))


def _erased(house: House, person: str, _: str) -> None:
    with house.worker() as session:
        house.ledger.vault.erase(session, lender=house.lender, person=person, at=house.now)


@pytest.mark.parametrize(
    "event",
    [
        _pay,
        _dispute,
        _cease,
        _opt_out,
        _opt_out_at_the_other_lender,
        _wrong_number,
        _invalid,
        _promised,
        _closed,
        _erased,
    ],
)
def test_what_came_between_claim_and_send_prevents_it(house: House, event: Callable[[House, str, str], None]) -> None:
    person, account = house.borrower(NUMBER)
    order = house.claim(account)
    event(house, person, account)
    _withheld(house, order, "")


def test_a_part_payment_does_not_prevent_the_send(house: House) -> None:
    _, account = house.borrower()
    order = house.claim(account)
    house.pay(account, "10.00")
    assert isinstance(house.touching().prepare(order), Dispatch)


def test_a_window_that_closed_meanwhile_prevents_the_send(house: House, hands: Hands) -> None:
    house.settings = house.settings.model_copy(update={"lease_seconds": 36_000.0})
    house.ledger.settings = house.settings
    hands.set(NOON + 8 * AN_HOUR)  # 20:00 in Chicago
    order = house.claim(house.borrower()[1])
    hands.set(NOON + 10 * AN_HOUR)
    _withheld(house, order, "too late")


def test_its_own_claim_does_not_speak_against_it_but_another_touch_does(house: House) -> None:
    person, account = house.borrower(NUMBER)
    order = house.claim(account)
    assert isinstance(house.touching().prepare(order), Dispatch)
    second = house.account(person)
    held = house.ask(second)
    assert isinstance(held, Rest), "one text a day"


def test_a_withheld_touch_gives_its_slot_back(house: House, hands: Hands) -> None:
    person, account = house.borrower(NUMBER)
    order = house.claim(account)
    stop = house.opt_out(NUMBER, person)
    _withheld(house, order, "")
    with house.worker() as session:
        session.execute(update(Suppression).where(Suppression.id == stop).values(lifted_at=house.now))
    hands.advance(AN_HOUR)
    assert isinstance(house.ask(account), Contact)


def test_nothing_was_written_gives_the_slot_back(house: House, hands: Hands) -> None:
    _, account = house.borrower()
    order, _ = house.prepared(account)
    outcome = house.touching().cancel(order, "the text could not be worded")
    assert (outcome.state, outcome.reason) == ("failed", "the text could not be worded")
    hands.advance(AN_HOUR)
    assert isinstance(house.ask(account), Contact)


def test_accepted(house: House) -> None:
    order, _ = house.prepared(house.borrower()[1])
    sending = Accepted(provider_id="SM1", status="queued")
    outcome = house.touching().record(order, sending, body_sha256="ab" * 32, segments=2)
    assert outcome.state == "sent"
    touch = house.touch(order.touch)
    assert (touch.provider_id, touch.body_sha256, touch.segments) == ("SM1", "ab" * 32, 2)
    assert house.touching().record(order, sending, body_sha256="ab" * 32, segments=2) == outcome


@pytest.mark.parametrize(
    ("sending", "point"),
    [
        (Refused(code="20003", ours=True), "valid"),
        (Refused(code="21617", permanent=True, ours=True), "valid"),
        (Refused(code="21211", permanent=True), "invalid"),
        (Refused(code="21614", permanent=True), "unreachable"),
        (Refused(code="21612", ours=True), "valid"),
        (Refused(code="20429"), "valid"),
    ],
)
def test_refused(house: House, sending: Refused, point: str) -> None:
    person, account = house.borrower()
    order, _ = house.prepared(account)
    outcome = house.record(order, sending)
    assert (outcome.state, outcome.reason) == ("failed", sending.code)
    assert house.point(person).state == point


def test_the_carriers_opt_out_becomes_ours(house: House, hands: Hands) -> None:
    person, account = house.borrower(NUMBER)
    order, _ = house.prepared(account)
    assert house.record(order, Refused(code="21610", permanent=True, opted_out=True)).state == "failed"
    with house.worker() as session:
        said = session.scalars(select(Suppression).where(Suppression.person == person)).one()
    assert (said.scope, said.via, said.address_key) == ("number", "carrier", house.key(NUMBER))
    assert house.point(person).state == "valid"
    hands.advance(A_DAY)
    assert isinstance(house.ask(account), Rest)
    assert "opted_out" in house.told(account)


def test_an_opt_out_binds_though_the_text_was_taken(house: House, hands: Hands) -> None:
    """Refused for another reason first, and known to be taken: that its number wants no more is true all the same."""
    person, account = house.borrower(NUMBER)
    order, _ = house.prepared(account)
    assert house.record(order, Accepted(provider_id=f"SM{order.touch}", status="queued")).state == "sent"
    for code in ("30001", "21610"):
        assert house.record(order, Refused(code=code, permanent=True)).state == "sent"
    with house.worker() as session:
        assert session.scalars(select(Suppression.via).where(Suppression.person == person)).one() == "carrier"
    hands.advance(A_DAY)
    assert isinstance(house.ask(account), Rest)


def test_a_lost_answer_counts_as_made(house: House, hands: Hands) -> None:
    person, account = house.borrower()
    order, _ = house.prepared(account)
    assert house.record(order, Unknown(why="read timeout")).state == "unknown"
    hands.advance(AN_HOUR)
    assert isinstance(house.ask(account), Rest)
    assert isinstance(house.ask(house.account(person)), Rest), "it counts for the person's other debts too"


def test_a_zombies_answer_after_unknown_is_believed(house: House) -> None:
    order, _ = house.prepared(house.borrower()[1])
    house.touching().prepare(order)
    assert house.record(order).state == "sent"
    other, _ = house.prepared(house.borrower("+13125550102")[1])
    house.touching().prepare(other)
    assert house.record(other, Refused(code="21211", permanent=True)).state == "failed"


def test_a_cancel_after_the_provider_took_it_changes_nothing(house: House) -> None:
    order, _ = house.prepared(house.borrower()[1])
    house.record(order)
    assert house.touching().cancel(order, "mistaken").state == "sent"


def test_an_order_that_does_not_fit_is_refused(house: House) -> None:
    order = house.claim(house.borrower()[1])
    _, other = house.borrower("+13125550102")
    with pytest.raises(NotFound):
        house.touching().prepare(house.order(other, order.touch))
    with pytest.raises(NotFound):
        house.touching().prepare(house.order(other, "tch_none"))
