"""A letter in the record: written down before it goes, followed by news in any order, proved, taken back."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from random import Random

import pytest

from forbear.errors import NotFound
from forbear.ledger import letters, routes, stops
from forbear.ledger.letter_rounds import LetterRoundsBook
from forbear.ledger.letters import Source
from forbear.ports.post import PostAddress, Tracked
from forbear.ports.sms import Refused, Unknown
from forbear.settings import LetterPrice, Settings
from tests.conftest import Hands
from tests.ledger.house import A_DAY, AN_HOUR, NOON, PACKS, House
from tests.post.mailing import DIGEST, Mailed, mailed

PRICES = {"lob.certified": LetterPrice(first=Decimal("7.25"), further=Decimal("0.15"), currency="USD")}


@pytest.fixture
def house(module_database: Settings, hands: Hands) -> Iterator[House]:
    hands.set(NOON)
    house = House(module_database.model_copy(update={"letter_prices": PRICES}), hands)
    yield house
    house.close()


def accepted(at: timedelta = timedelta(0)) -> Tracked:
    return Tracked("accepted", NOON + at, "e0")


def posted() -> Tracked:
    return Tracked("handed_over", NOON + A_DAY, "e1", proof="posted", scanned=True)


def moving() -> Tracked:
    return Tracked("in_transit", NOON + 2 * A_DAY, "e2", proof="tracked", scanned=True, tracking_number="9207")


def arrived() -> Tracked:
    return Tracked("delivered", NOON + 4 * A_DAY, "e3", proof="tracked")


def signed() -> Tracked:
    return Tracked("signed", NOON + 4 * A_DAY, "e4", proof="signed", scanned=True)


def back(reason: str = "unknown_address") -> Tracked:
    return Tracked("returned", NOON + 9 * A_DAY, "e5", code=reason, proof="returned", scanned=True)


def test_a_letter_is_written_down_before_it_goes_and_completed_when_it_is_made(house: House) -> None:
    letter = mailed(house, service="certified", line="1 Written Street")
    before = letter.letter()
    assert (before.provider, before.service, before.sha256, before.cost) == ("lob", "certified", None, None)
    with house.worker() as session:
        printed = letters.printed_for(house.ledger.vault, session, before)
    assert printed == PostAddress("Example Borrower", ("1 Written Street",), "Chicago", "US", "IL", "60601")
    assert b"Written" not in before.address
    assert letter.record() == "sent"
    after = letter.letter()
    assert (after.sha256, after.pages, after.cost, after.currency) == (DIGEST, 2, Decimal("7.4000"), "USD")


def test_a_price_nobody_agreed_on_is_unknown(house: House) -> None:
    letter = mailed(house)
    letter.record()
    assert (letter.letter().cost, letter.letter().currency) == (None, None)


@pytest.mark.parametrize("seed", range(8))
def test_shuffled_and_doubled_news_comes_to_the_same(house: House, seed: int) -> None:
    letter, chance = mailed(house), Random(seed)
    news = [accepted(), posted(), moving(), arrived(), back()]
    told = chance.sample([*news, *chance.choices(news, k=4)], 9)
    letter.record()
    for one in told:
        letter.learn(one, source=chance.choice(("callback", "listing")))
    assert (letter.state(), letter.address_state()) == ("undelivered", "invalid")
    assert letter.proved() == [
        ("posted", "scanned", None),
        ("tracked", "scanned", None),
        ("tracked", "inferred", None),
        ("returned", "scanned", "unknown_address"),
    ]
    assert letter.letter().tracking_number == "9207"
    assert letter.letter().ended_at is not None


def test_each_piece_of_news_wakes_the_account_once(house: House) -> None:
    letter = mailed(house)
    letter.record()
    assert letter.learn(posted())
    assert not letter.learn(posted(), accepted())
    assert not letter.learn(posted(), source="listing")
    assert letter.told() == ["letter_tracked"]
    assert letter.learn(back())
    assert sorted(letter.told()[1:]) == ["letter_tracked", "touch_undelivered"]


@pytest.mark.parametrize(
    ("reason", "state", "kind"),
    [
        ("unknown_address", "invalid", "returned"),
        ("insufficient_address", "invalid", "returned"),
        ("moved", "invalid", "returned"),
        ("vacant", "invalid", "returned"),
        ("deceased", "invalid", "returned"),
        ("other", "invalid", "returned"),
        ("unclaimed", "valid", "returned"),
        ("refused", "valid", "refused"),
    ],
)
def test_what_a_return_says_of_the_address(house: House, reason: str, state: str, kind: str) -> None:
    letter = mailed(house)
    letter.record()
    letter.learn(arrived(), back(reason))
    assert (letter.state(), letter.address_state()) == ("undelivered", state)
    assert letter.proved()[-1] == (kind, "scanned", reason)


def test_a_signature_is_proof_and_an_inferred_delivery_is_not(house: House) -> None:
    plain, certified = mailed(house), mailed(house, service="certified")
    for letter in (plain, certified):
        letter.record()
    plain.learn(arrived())
    certified.learn(signed())
    assert plain.proved() == [("tracked", "inferred", None)]
    assert certified.proved() == [("signed", "scanned", None)]
    assert (plain.state(), certified.state()) == ("delivered", "delivered")
    assert plain.letter().ended_at is None, "plain mail may still come back"
    assert certified.letter().ended_at is not None


@pytest.mark.parametrize("source", ["staff", "listing"])
def test_what_somebody_of_ours_enters_is_marked_so(house: House, source: Source) -> None:
    """Also where the command's connection broke and upkeep asked the shelf."""
    letter = mailed(house, provider="print_room")
    letter.record()
    letter.learn(posted(), replace(signed(), scanned=False), source=source)
    assert letter.proved() == [("posted", "reported", None), ("signed", "reported", None)]


def test_an_event_may_be_faster_than_our_own_record(house: House) -> None:
    letter = mailed(house)
    letter.learn(accepted())
    assert letter.record() == "sent"
    assert letter.row().provider_id == letter.provider_id


def test_an_event_settles_an_answer_that_was_lost(house: House) -> None:
    letter = mailed(house)
    assert letter.record(Unknown("no answer")) == "unknown"
    letter.learn(accepted())
    assert letter.state() == "sent"
    assert "touch_reconciled" in letter.told()


def test_a_cancelled_letter_was_never_sent(house: House) -> None:
    letter = mailed(house)
    letter.record()
    letter.learn(Tracked("cancelled", NOON + AN_HOUR, "e9"))
    assert (letter.state(), letter.address_state(), letter.proved()) == ("failed", "valid", [])


def test_an_address_the_provider_refuses_for_good_is_invalid(house: House) -> None:
    letter = mailed(house)
    assert letter.record(Refused("failed_deliverability_strictness", permanent=True)) == "failed"
    assert letter.address_state() == "invalid"
    other = mailed(house)
    assert other.record(Refused("invalid_file", ours=True)) == "failed"
    assert other.address_state() == "valid"


def test_there_is_no_news_of_a_touch_that_is_no_letter(house: House) -> None:
    order, _ = house.prepared(house.borrower("+14155550199")[1])
    with house.api() as session, pytest.raises(NotFound):
        letters.learn(session, order.touch, [accepted()], source="callback", at=NOON)


def test_a_letter_is_found_by_its_providers_id(house: House) -> None:
    letter = mailed(house)
    letter.record()
    with house.ledger.anyone() as session:
        assert routes.letter_owner(session, "lob", letter.provider_id) == (house.tenant, house.lender, letter.touch)
        assert routes.letter_owner(session, "print_room", letter.provider_id) is None


def rounds(house: House, route: str = "lob") -> LetterRoundsBook:
    return LetterRoundsBook(house.ledger, frozenset({route}), PACKS)


def of(letter: Mailed, found: Sequence[object]) -> bool:
    return letter.touch in {getattr(one, "touch", None) for one in found}


def test_a_letter_is_asked_about_at_growing_intervals_until_its_end(house: House, hands: Hands) -> None:
    letter, book = mailed(house), rounds(house)
    letter.record()
    assert not of(letter, [*book.untold()])
    hands.set(NOON + 7 * AN_HOUR)
    [asked] = [one for one in book.untold() if one.touch == letter.touch]
    assert (asked.provider, asked.provider_id) == ("lob", letter.provider_id)
    assert book.learn(asked, [posted()])
    assert not of(letter, [*book.untold()])
    hands.set(NOON + 14 * AN_HOUR)
    assert of(letter, [*book.untold()])
    hands.set(NOON + 6 * A_DAY)
    assert not book.learn(asked, [])
    hands.set(NOON + 6 * A_DAY + 20 * AN_HOUR)
    assert not of(letter, [*book.untold()]), "an old letter is asked about less often"
    hands.set(NOON + 8 * A_DAY)
    assert of(letter, [*book.untold()])
    assert book.learn(asked, [back()])
    hands.set(NOON + 20 * A_DAY)
    assert not of(letter, [*book.untold()])


def test_plain_mail_is_asked_about_after_its_delivery_and_some_day_no_more(house: House, hands: Hands) -> None:
    letter, book = mailed(house), rounds(house)
    letter.record()
    letter.learn(arrived())
    hands.set(NOON + 30 * A_DAY)
    assert of(letter, [*book.untold()])
    hands.set(NOON + 61 * A_DAY)
    assert not of(letter, [*book.untold()])


def test_routes_that_are_not_here_are_not_asked(house: House, hands: Hands) -> None:
    letter = mailed(house, provider="print_room")
    letter.record()
    hands.set(NOON + 2 * A_DAY)
    assert not of(letter, [*rounds(house).untold()])


@pytest.mark.parametrize("what", ["payment", "stop", "opt_out"])
def test_what_was_paid_or_stopped_is_taken_back_before_it_is_printed(house: House, hands: Hands, what: str) -> None:
    letter, other, book = mailed(house), mailed(house), rounds(house)
    letter.record()
    other.record()
    assert not of(letter, [*book.recallable()])
    hands.set(NOON + timedelta(minutes=2))
    if what == "payment":
        house.pay(letter.account, "10.00")
    elif what == "stop":
        house.stop(letter.person)
    else:
        house.opt_out("+12125550198", letter.person, scope="everything")
    found = [one for one in book.recallable() if one.touch in {letter.touch, other.touch}]
    assert [one.touch for one in found] == [letter.touch]
    assert book.recalled(found[0], taken_back=True)
    assert letter.state() == "failed"
    assert not of(letter, [*book.recallable()])


@pytest.mark.parametrize("what", ["stop", "opt_out"])
def test_what_was_said_before_the_letter_and_heard_after_it_takes_it_back(
    house: House, hands: Hands, what: str
) -> None:
    letter, book = mailed(house), rounds(house)
    letter.record()
    if what == "stop":
        house.stop(letter.person, at=NOON - 3 * A_DAY)
    else:
        hands.set(NOON - 3 * A_DAY)
        house.opt_out("+12125550197", letter.person, scope="everything")
        hands.set(NOON)
    assert of(letter, [*book.recallable()])


def test_what_is_said_of_a_number_or_was_taken_back_leaves_the_letter_alone(house: House) -> None:
    letter, book = mailed(house), rounds(house)
    letter.record()
    house.stop(letter.person, "wrong_number", address_key=house.key("+12125550196"))
    lifted = house.stop(letter.person)
    with house.api() as session:
        stops.lift_stop(session, tenant=house.tenant, stop=lifted, at=NOON)
    assert not of(letter, [*book.recallable()])


def test_the_print_room_gives_a_letter_back_until_it_is_printed(house: House, hands: Hands) -> None:
    waiting, printed = mailed(house, provider="print_room"), mailed(house, provider="print_room")
    elsewhere = mailed(house)
    for letter in (waiting, printed, elsewhere):
        letter.record()
    printed.learn(Tracked("printed", NOON + A_DAY, "p1"), source="staff")
    hands.set(NOON + 9 * A_DAY)
    for letter in (waiting, printed, elsewhere):
        house.pay(letter.account, "10.00")
    found = [*rounds(house, "print_room").recallable()]
    assert of(waiting, found)
    assert not of(printed, found)
    assert not of(elsewhere, [*rounds(house).recallable()]), "a provider printed it long ago"


def test_a_letter_that_it_is_too_late_to_take_back_is_tried_once(house: House, hands: Hands) -> None:
    letter, book = mailed(house), rounds(house)
    letter.record()
    hands.set(NOON + timedelta(minutes=2))
    house.pay(letter.account)
    [found] = [one for one in book.recallable() if one.touch == letter.touch]
    assert not book.recalled(found, taken_back=False)
    assert (letter.state(), of(letter, [*book.recallable()])) == ("sent", False)


def test_what_is_in_the_post_is_not_taken_back(house: House, hands: Hands) -> None:
    letter = mailed(house)
    letter.record()
    letter.learn(posted())
    hands.set(NOON + 2 * A_DAY)
    house.pay(letter.account)
    assert not of(letter, [*rounds(house).recallable()])
