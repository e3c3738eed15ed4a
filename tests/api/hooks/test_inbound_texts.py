"""What people write back is obeyed and committed before anything is answered, once, whoever the number belongs to."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from forbear.ledger.tables.contacts import Reply
from forbear.ledger.tables.people import Consent
from tests.api.hooks.carrier import Carrier
from tests.api.pages.site import LENDER, NAME, Borrower, Site

EMPTY = '<?xml version="1.0" encoding="UTF-8"?><Response></Response>'
CONFIRMED = EMPTY.replace(
    "</Response>",
    "<Message>Example Bank: you will get no more texts at this number. To reach us, call +12125550199.</Message>"
    "</Response>",
)


def consents(borrower: Borrower) -> list[str]:
    house = borrower.site.house
    with house.ledger.api(house.tenant, house.lender) as session:
        rows = session.scalars(select(Consent.how).where(Consent.person == borrower.person).order_by(Consent.at))
        return list(rows)


@pytest.mark.parametrize(
    ("text", "answered"),
    [("STOP", False), ("UNSUBSCRIBE", False), ("Stop.", True), ("opt out", True), ("退订", True), ("T", True)],
)
def test_a_keyword_silences_the_number_and_needs_nobody(
    carrier: Carrier, borrower: Borrower, text: str, *, answered: bool
) -> None:
    answer = carrier.write(borrower.phone, text)
    assert (answer.status_code, answer.text) == (200, CONFIRMED if answered else EMPTY)
    assert answer.headers["content-type"].startswith("application/xml")
    assert borrower.opt_outs() == [("number", True)]
    assert borrower.told() == ["opted_out"]
    assert [(reply.reading, reply.needs_human) for reply in borrower.replies()] == [("stop", False)]


@pytest.mark.parametrize("text", ["please stop texting me", "leave me alone", "Do not contact me again", "别再发了"])
def test_a_request_in_words_does_the_same_and_is_read_by_a_human(
    carrier: Carrier, borrower: Borrower, text: str
) -> None:
    assert carrier.write(borrower.phone, text).text == CONFIRMED
    assert borrower.opt_outs() == [("number", True)]
    assert [(reply.reading, reply.needs_human, reply.answered) for reply in borrower.replies()] == [
        ("stop", True, "confirmation")
    ]


def test_a_stop_binds_everybody_at_the_number(site: Site, carrier: Carrier, borrower: Borrower) -> None:
    other = site.house.person()
    site.house.phone(other, borrower.phone)
    account = site.house.account(other)
    carrier.write(borrower.phone, "STOP")
    assert site.house.told(account) == ["opted_out"]


def test_a_stop_from_a_number_nobody_gave_us_holds_too(site: Site, carrier: Carrier) -> None:
    phone = "+14155550123"
    assert carrier.write(phone, "STOP", sid="SMstranger").text == EMPTY
    with site.house.ledger.api(site.house.tenant, site.house.lender) as session:
        [reply] = session.scalars(select(Reply).where(Reply.provider_id == "SMstranger"))
        assert reply.person is None
        assert (reply.reading, reply.text, reply.needs_human) == ("stop", None, True)
    person = site.house.person()
    site.house.phone(person, phone)
    account = site.house.account(person)
    assert site.house.ask(account).kind == "rest"


def test_a_short_code_may_write(carrier: Carrier) -> None:
    assert carrier.write("28444", "STOP").status_code == 200


def test_start_takes_back_the_numbers_opt_out_and_is_a_consent(carrier: Carrier, borrower: Borrower) -> None:
    carrier.write(borrower.phone, "STOP")
    assert carrier.write(borrower.phone, "START").text == EMPTY
    assert borrower.opt_outs() == []
    assert borrower.told() == ["opted_out", "opted_in"]
    assert consents(borrower)[-1] == "replied START by text"


def test_a_stop_after_a_consent_binds_again(site: Site, carrier: Carrier, borrower: Borrower) -> None:
    carrier.write(borrower.phone, "STOP", sid="SMagain1")
    site.hands.advance(timedelta(hours=1))
    site.house.consent(borrower.account)
    site.hands.advance(timedelta(days=1))
    carrier.write(borrower.phone, "STOP", sid="SMagain2")
    carrier.write(borrower.phone, "STOP", sid="SMagain2")
    assert site.house.ask(borrower.account).kind == "rest"
    assert borrower.opt_outs() == [("number", True)] * 2, "the carrier's second telling is no third"


def test_a_yes_to_nothing_is_no_consent(carrier: Carrier, borrower: Borrower) -> None:
    before = consents(borrower)
    carrier.write(borrower.phone, "yes")
    assert consents(borrower) == before
    assert borrower.told() == ["reply_received"]


def test_start_does_not_take_back_a_stop_of_the_whole_person(carrier: Carrier, borrower: Borrower) -> None:
    borrower.inside().fill("/stop")
    carrier.write(borrower.phone, "START")
    assert borrower.opt_outs() == [("everything", False)]


def test_the_wrong_person_is_left_in_peace(site: Site, carrier: Carrier, borrower: Borrower) -> None:
    assert carrier.write(borrower.phone, "Wrong number").text == EMPTY
    assert borrower.stops() == [("wrong_number", None)]
    assert site.house.point(borrower.person).state == "wrong_party"
    assert borrower.told() == ["wrong_party"]
    assert borrower.opt_outs() == []


def test_the_wrong_person_who_also_says_stop_is_heard_twice(carrier: Carrier, borrower: Borrower) -> None:
    carrier.write(borrower.phone, "wrong person stop")
    assert borrower.stops() == [("wrong_number", None)]
    assert borrower.opt_outs() == [("number", True)]


@pytest.mark.parametrize(
    ("text", "kind", "fact"),
    [
        ("I dispute this", "dispute", "dispute_opened"),
        ("I lost my job and cannot pay", "hardship", "hardship_declared"),
        ("talk to my lawyer", "attorney", "stop_placed"),
        ("I filed for bankruptcy", "insolvency", "stop_placed"),
        ("he passed away", "deceased", "stop_placed"),
    ],
)
def test_what_forbids_contact_is_a_stop(carrier: Carrier, borrower: Borrower, text: str, kind: str, fact: str) -> None:
    assert carrier.write(borrower.phone, text).text == EMPTY
    assert borrower.stops() == [(kind, None if kind in {"insolvency", "deceased"} else borrower.account)]
    assert borrower.told() == [fact]
    assert [reply.needs_human for reply in borrower.replies()] == [True]


def test_a_promise_with_a_day_is_made(carrier: Carrier, borrower: Borrower) -> None:
    carrier.write(borrower.phone, "I'll pay $60 on Friday")
    assert borrower.promises() == [(Decimal(60), date(2026, 3, 6), "open")]
    assert borrower.told() == ["promise_made"]
    assert [reply.needs_human for reply in borrower.replies()] == [False]


def test_friday_is_counted_where_the_writer_lives(carrier: Carrier, borrower: Borrower) -> None:
    carrier.site.hands.set(carrier.site.house.now.replace(day=6, hour=3))  # Thursday evening in Chicago, Friday in UTC
    carrier.write(borrower.phone, "will pay tomorrow")
    assert borrower.promises() == [(Decimal(100), date(2026, 3, 6), "open")]


def test_a_promise_of_more_than_is_owed_is_one_of_all_that_is_owed(carrier: Carrier, borrower: Borrower) -> None:
    carrier.write(borrower.phone, "I will pay $500 tomorrow")
    assert [amount for amount, _, _ in borrower.promises()] == [Decimal(100)]


@pytest.mark.parametrize("text", ["I will pay", "I already paid", "hello", "ok thanks"])
def test_what_a_human_must_read_is_told_to_the_account(carrier: Carrier, borrower: Borrower, text: str) -> None:
    assert carrier.write(borrower.phone, text).text == EMPTY
    assert borrower.told() == ["reply_received"]
    assert (borrower.promises(), borrower.stops(), borrower.opt_outs()) == ([], [], [])
    assert [reply.needs_human for reply in borrower.replies()] == [True]


def test_who_asks_who_we_are_is_told_once(carrier: Carrier, borrower: Borrower) -> None:
    answer = carrier.write(borrower.phone, "who is this?")
    assert f"<Message>This is {LENDER}. To reach us, call +12125550199." in answer.text
    assert NAME not in answer.text
    assert carrier.write(borrower.phone, "who is this?").text == EMPTY


def test_the_carriers_own_help_word_is_not_answered_by_us(carrier: Carrier, borrower: Borrower) -> None:
    assert carrier.write(borrower.phone, "HELP").text == EMPTY
    assert carrier.write(borrower.phone, "who is this?").text == EMPTY


def test_who_opted_out_is_not_answered(carrier: Carrier, borrower: Borrower) -> None:
    carrier.write(borrower.phone, "STOP")
    assert carrier.write(borrower.phone, "who are you?").text == EMPTY


def test_a_message_told_twice_is_one_message(carrier: Carrier, borrower: Borrower) -> None:
    for _ in range(3):
        assert carrier.write(borrower.phone, "who is this?", sid="SMonce").status_code == 200
    carrier.write(borrower.phone, "I'll pay tomorrow", sid="SMpromise")
    carrier.write(borrower.phone, "I'll pay tomorrow", sid="SMpromise")
    assert {reply.provider_id for reply in borrower.replies()} == {"SMonce", "SMpromise"}
    assert len(borrower.replies()) == 2
    assert len(borrower.promises()) == 1


def test_a_start_told_late_again_does_not_undo_a_newer_stop(carrier: Carrier, borrower: Borrower) -> None:
    carrier.write(borrower.phone, "STOP", sid="SMa")
    carrier.write(borrower.phone, "START", sid="SMb")
    carrier.write(borrower.phone, "STOP", sid="SMc")
    carrier.write(borrower.phone, "START", sid="SMb")
    assert borrower.opt_outs() == [("number", True)]


def test_the_same_message_at_the_same_moment_is_one_message(carrier: Carrier, borrower: Borrower) -> None:
    def write(_: int) -> int:
        return carrier.write(borrower.phone, "I dispute this", sid="SMrace").status_code

    with ThreadPoolExecutor(6) as pool:
        assert set(pool.map(write, range(6))) == {200}
    assert borrower.stops() == [("dispute", borrower.account)]


def test_the_words_are_sealed_and_say_what_was_written(site: Site, carrier: Carrier, borrower: Borrower) -> None:
    words = "héllo 你好 <b> & 'quoted'"
    carrier.write(borrower.phone, words)
    [reply] = borrower.replies()
    assert reply.text is not None
    assert words.encode() not in reply.text
    with site.house.ledger.api(site.house.tenant, site.house.lender) as session:
        vault = site.house.ledger.vault
        assert vault.open(session, lender=site.house.lender, person=borrower.person, sealed=reply.text) == words
    assert reply.account == borrower.account
    assert reply.contact_point is not None


def test_an_empty_message_is_taken(carrier: Carrier, borrower: Borrower) -> None:
    assert carrier.write(borrower.phone, "", NumMedia="1").status_code == 200
    assert [reply.reading for reply in borrower.replies()] == ["other"]


@pytest.mark.parametrize("signature", [None, "AAAA"])
def test_a_forgery_is_refused(carrier: Carrier, borrower: Borrower, signature: str | None) -> None:
    assert carrier.write(borrower.phone, "START", signature=signature).status_code == 403
    assert borrower.replies() == []


def test_a_number_that_is_no_lenders_is_answered_with_nothing(carrier: Carrier, borrower: Borrower) -> None:
    assert carrier.write(borrower.phone, "STOP", to="+12025550100").text == EMPTY
    assert borrower.replies() == []


def test_nothing_personal_is_logged(carrier: Carrier, borrower: Borrower, capsys: pytest.CaptureFixture[str]) -> None:
    carrier.write(borrower.phone, "my dog Barnaby ate it, who is this?")
    carrier.tell(borrower, "delivered")
    said = capsys.readouterr()
    for secret in (borrower.phone, borrower.phone[2:], "Barnaby", NAME):
        assert secret not in said.out + said.err
