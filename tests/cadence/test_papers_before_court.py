"""The playbooks of England and Taiwan: each paper of the law comes before what it must come before, and none is jumped."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from forbear.cadence.decide import decide
from forbear.cadence.decision import Ask, Contact, Decision, Rest
from forbear.cadence.life import Consent, ContactPoint, Lender, Life, PastTouch, Person, Tightened
from forbear.cadence.playbooks import Playbook, load_all
from forbear.cadence.translate import home_zone
from forbear.contracts.words import Channel
from forbear.money.legal_dates import default_notice_gb
from forbear.rules.packs import Packs

DUE = date(2026, 3, 2)
GB, TW = ("GB-EAW", "Europe/London", "GBP", "en"), ("TW", "Asia/Taipei", "TWD", "zh-Hant")
HOLIDAYS = frozenset({date(2026, 12, 25), date(2026, 12, 28), date(2027, 1, 1), date(2026, 4, 3), date(2026, 4, 6)})


@pytest.fixture(scope="session")
def books() -> Mapping[str, Playbook]:
    return load_all()


def on(day: int, hour: int = 11) -> datetime:
    """An hour of a day past due, in universal time."""
    return datetime(2026, 3, 2, hour, tzinfo=UTC) + timedelta(days=day)


def a_loan(day: int, place: tuple[str, str, str, str] = GB) -> Life:
    jurisdiction, zone, currency, language = place
    country = jurisdiction[:2]
    points = (
        ContactPoint("pt_b", "phone", "k_b", "mobile", "valid", zone, "address", country),
        ContactPoint("pa_b", "postal", "a_b", "residence", "valid", zone, "address", country),
    )
    consents = (Consent("sms", "pt_b", on(-30)), Consent("call", "pt_b", on(-30)))
    return Life(
        account="acc_loan",
        lender=Lender("len_1", "original_creditor", "bank", Tightened()),
        product="personal loan",
        debt_kind="personal_loan",
        currency=currency,
        balance=Decimal("512.00"),
        balance_as_of=on(day),
        due_since=DUE,
        enrolled_at=on(0),
        state="open",
        stage="",
        persons=(Person("b", "borrower", language, (jurisdiction,), points, consents=consents),),
    )


def touched(life: Life, day: int, step: str, channel: Channel = "letter") -> Life:
    person = life.borrower
    past = PastTouch(
        on(day), channel, "borrower", "sent", "k", "mobile", life.account, (life.account,), step, None, "reminder", "b",
        f"tch_{len(person.history)}",
    )  # fmt: skip
    return replace(life, persons=(replace(person, history=(*person.history, past)),))


def asked(life: Life, book: Playbook, packs: Packs, day: int, hour: int = 11) -> Decision:
    return decide(replace(life, balance_as_of=on(day, hour)), book, packs, on(day, hour))


def when_next(life: Life, book: Playbook, packs: Packs, day: int) -> tuple[int, Contact | Ask]:
    """The first thing that is done from a day on if nothing else happens, and its day."""
    at = on(day, 0)
    for _ in range(400):
        answer = decide(replace(life, balance_as_of=at), book, packs, at)
        if isinstance(answer, Contact | Ask):
            return (at.astimezone(home_zone(life.borrower)).date() - DUE).days, answer
        assert isinstance(answer, Rest)
        at = max(answer.until, at + timedelta(minutes=1))
    raise AssertionError("nothing is ever done")


def test_the_notice_of_arrears_goes_within_14_days_of_the_second_missed_payment(
    books: Mapping[str, Playbook], packs: Packs
) -> None:
    day, letter = when_next(touched(a_loan(31), 30, "friendly-call", "call"), books["gb-consumer"], packs, 31)
    assert isinstance(letter, Contact)
    assert (letter.step, letter.channel, letter.template) == ("arrears-notice", "letter", "gb.notice.arrears")
    assert 31 <= day <= 31 + 14


@pytest.mark.parametrize("day", [46, 80, 101, 140, 151, 200])
def test_while_it_did_not_go_out_nothing_else_does_and_no_claim_is_handed_on(
    day: int, books: Mapping[str, Playbook], packs: Packs
) -> None:
    """However late: a letter whose words are missing leaves no touch behind, and is asked for again."""
    answer = asked(a_loan(day), books["gb-consumer"], packs, day)
    assert isinstance(answer, Contact | Rest)
    if isinstance(answer, Contact):
        assert answer.step == "arrears-notice"
    else:
        _, letter = when_next(a_loan(day), books["gb-consumer"], packs, day)
        assert letter.step == "arrears-notice"


def test_each_paper_before_court_waits_for_the_one_before_it(books: Mapping[str, Playbook], packs: Packs) -> None:
    book = books["gb-consumer"]
    noticed = touched(a_loan(80), 31, "arrears-notice")
    day, letter = when_next(noticed, book, packs, 80)
    assert (letter.step, letter.template) == ("default-notice", "gb.notice.default")
    assert day == 80
    late = touched(touched(a_loan(110), 31, "arrears-notice"), 110, "default-notice")
    day, letter = when_next(late, book, packs, 111)
    assert (letter.step, letter.template) == ("letter-of-claim", "gb.letter.claim")
    assert day >= 110 + 22


def test_legal_staff_get_it_once_the_letter_of_claim_was_made(books: Mapping[str, Playbook], packs: Packs) -> None:
    book = books["gb-consumer"]
    life = touched(touched(touched(a_loan(160), 31, "arrears-notice"), 80, "default-notice"), 110, "letter-of-claim")
    answer = asked(life, book, packs, 160)
    assert type(answer).__name__ == "Escalate"
    assert book.escalation is not None
    assert [after.step for after in book.escalation.after] == ["letter-of-claim"]


def test_the_gap_before_a_claim_is_never_less_than_the_law_gives_to_a_default_notice(
    books: Mapping[str, Playbook],
) -> None:
    step = books["gb-consumer"].step("letter-of-claim")
    assert step is not None
    days = [date(2026, 1, 1) + timedelta(days=each) for each in range(380)]
    longest = max((default_notice_gb(day, 2, HOLIDAYS).recommended_date - day).days for day in days)
    assert step.gap_days >= longest


def test_texts_of_england_carry_what_its_people_may_read_before_they_are_known(
    books: Mapping[str, Playbook], packs: Packs
) -> None:
    _, text = when_next(a_loan(1), books["gb-consumer"], packs, 1)
    assert isinstance(text, Contact)
    assert (text.channel, text.template, text.language) == ("sms", "gb-reminder-friendly", "en")


def test_taiwan_is_called_by_people_and_written_to_before_more(books: Mapping[str, Playbook], packs: Packs) -> None:
    book = books["tw-consumer"]
    _, call = when_next(a_loan(3, TW), book, packs, 3)
    assert isinstance(call, Ask)
    assert (call.channel, call.template, call.language) == ("call", "call-friendly", "zh-Hant")
    _, letter = when_next(a_loan(61, TW), book, packs, 61)
    assert isinstance(letter, Contact)
    assert (letter.step, letter.template) == ("demand", "tw.notice.demand")
    assert not any(step.channel == "sms" for step in book.steps)


@pytest.mark.parametrize("day", [70, 95, 121, 160])
def test_the_demand_holds_all_that_follows_until_it_was_made(
    day: int, books: Mapping[str, Playbook], packs: Packs
) -> None:
    book = books["tw-consumer"]
    _, letter = when_next(a_loan(day, TW), book, packs, day)
    assert letter.step == "demand"


def test_after_the_demand_somebody_calls_with_help(books: Mapping[str, Playbook], packs: Packs) -> None:
    _, after = when_next(touched(a_loan(70, TW), 70, "demand"), books["tw-consumer"], packs, 70)
    assert (after.step, after.template) == ("help-call", "call-help")
