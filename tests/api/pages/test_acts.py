"""What a borrower says on the page holds before the page answers, and a double tap says it once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from decimal import Decimal

import pytest

from tests.api.pages.site import Borrower, Site, Visitor, visit

KEY = {"key": "a-form-key"}
PROMISE = {"amount": "60", "on": "2026-03-09"}


def test_a_promise_is_noted_and_said_back(borrower: Borrower) -> None:
    visitor = borrower.inside()
    answer = visitor.fill("/promise", **PROMISE)
    assert answer.headers["location"] == f"{borrower.path}/done/promise"
    assert borrower.promises() == [(Decimal(60), date(2026, 3, 9), "open")]
    assert borrower.told() == ["promise_made"]
    page = visitor.visit("/done/promise")
    assert "You will pay $60.00 by March 9, 2026." in page.text
    assert "PRM-" in page.text
    assert "call Example Bank" in page.text
    assert "You told us that you will pay $60.00 by March 9, 2026." in visitor.visit("/account").text


@pytest.mark.parametrize(
    ("amount", "kept"),
    [("$60", "60"), (" 60.00 ", "60"), ("100", "100"), ("100.00 USD", "100"), ("0.01", "0.01"), ("USD 12.5", "12.5")],
)
def test_amounts_may_be_typed_in_many_ways(borrower: Borrower, amount: str, kept: str) -> None:
    borrower.inside().post("/promise", amount=amount, on="2026-03-09")
    assert [each[0] for each in borrower.promises()] == [Decimal(kept)]


@pytest.mark.parametrize(
    ("amount", "day", "errors"),
    [
        ("", "", [("promise-amount", "Enter an amount"), ("promise-on", "Enter the date by which you will pay")]),
        ("lots", "2026-03-09", [("promise-amount", "Amount must be a number, such as 100.00")]),
        ("1,5", "2026-03-09", [("promise-amount", "Amount must be a number, such as 100.00")]),
        ("-5", "2026-03-09", [("promise-amount", "Amount must be a number, such as 100.00")]),
        ("1e2", "2026-03-09", [("promise-amount", "Amount must be a number, such as 100.00")]),
        ("٣", "2026-03-09", [("promise-amount", "Amount must be a number, such as 100.00")]),
        ("9" * 5000, "2026-03-09", [("promise-amount", "Amount must be a number, such as 100.00")]),
        ("1.005", "2026-03-09", [("promise-amount", "Amount must not have more than 2 digits after the point")]),
        ("0", "2026-03-09", [("promise-amount", "Amount must be more than zero")]),
        ("100.01", "2026-03-09", [("promise-amount", "Amount must be $100.00 or less")]),
        ("60", "soon", [("promise-on", "Date must be a real date, such as 2026-03-09")]),
        ("60", "2026-02-30", [("promise-on", "Date must be a real date, such as 2026-03-09")]),
        ("60", "2026-03-01", [("promise-on", "Date must be between March 2, 2026 and April 2, 2026")]),
        ("60", "2026-04-03", [("promise-on", "Date must be between March 2, 2026 and April 2, 2026")]),
    ],
)
def test_a_faulty_promise_comes_back_as_it_was_typed(
    borrower: Borrower, amount: str, day: str, errors: list[tuple[str, str]]
) -> None:
    visitor = borrower.inside()
    answer = visitor.post("/promise", amount=amount, on=day, **KEY)
    assert answer.status_code == 422
    page = visit(answer, borrower)
    assert page.errors == errors
    assert page.form("promise").fields | {"key": ""} == {"amount": amount, "on": day, "key": ""}
    assert borrower.promises() == []
    assert visitor.post("/promise", **PROMISE, **KEY).status_code == 303
    assert len(borrower.promises()) == 1


def test_a_promise_may_be_for_today_where_the_borrower_lives(site: Site, borrower: Borrower) -> None:
    visitor = borrower.inside()
    site.hands.set(site.house.now.replace(day=3, hour=3))  # the evening of the second in Chicago
    visitor = borrower.inside()
    assert visitor.post("/promise", amount="1", on="2026-03-02").status_code == 303


def test_a_double_tap_is_one_act(borrower: Borrower) -> None:
    visitor = borrower.inside()
    for _ in range(3):
        assert visitor.post("/promise", **PROMISE, **KEY).headers["location"].endswith("/done/promise")
        assert visitor.post("/dispute", reason="not mine", **KEY).headers["location"].endswith("/done/dispute")
    assert len(borrower.promises()) == 1
    assert borrower.stops() == [("dispute", borrower.account)]
    assert len(borrower.replies()) == 1


def test_taps_at_the_same_moment_are_one_act(borrower: Borrower) -> None:
    visitors = [borrower.inside() for _ in range(6)]

    def tap(visitor: Visitor) -> int:
        return visitor.post("/promise", **PROMISE, **KEY).status_code

    with ThreadPoolExecutor(6) as pool:
        assert set(pool.map(tap, visitors)) == {303}
    assert len(borrower.promises()) == 1
    assert borrower.told() == ["promise_made"]


def test_a_form_filled_in_anew_is_another_act(borrower: Borrower) -> None:
    visitor = borrower.inside()
    visitor.post("/promise", **PROMISE, **KEY)
    visitor.post("/promise", amount="70", on="2026-03-09", **KEY)
    assert [(amount, state) for amount, _, state in borrower.promises()] == [(60, "replaced"), (70, "open")]


@pytest.mark.parametrize(
    ("act", "fact", "heading"),
    [
        ("dispute", "dispute_opened", "Thank you. We have passed this on"),
        ("hardship", "hardship_declared", "Thank you for telling us"),
    ],
)
def test_what_is_not_right_stops_the_account(site: Site, borrower: Borrower, act: str, fact: str, heading: str) -> None:
    visitor = borrower.inside()
    words = "I’ve been ill since the spring, <b>sorry</b>"
    answer = visitor.fill(f"/{act}", reason=words)
    assert answer.headers["location"] == f"{borrower.path}/done/{act}"
    assert borrower.stops() == [(act, borrower.account)]
    assert borrower.told() == [fact]
    [reply] = borrower.replies()
    assert (reply.reading, reply.channel, reply.needs_human) == (act, "page", True)
    assert reply.text is not None
    assert b"ill" not in reply.text
    with site.house.ledger.api(site.house.tenant, site.house.lender) as session:
        opened = site.house.ledger.vault.open(
            session, lender=site.house.lender, person=borrower.person, sealed=reply.text
        )
    assert opened == words
    assert visitor.visit(f"/done/{act}").h1 == heading
    page = visitor.visit("/account")
    assert not page.offers(act), "what was said is not asked again"
    assert "are paused" in page.text
    assert visitor.get(f"/{act}").headers["location"] == f"{borrower.path}/done/{act}"


def test_a_reason_is_optional_and_bounded(borrower: Borrower) -> None:
    visitor = borrower.inside()
    answer = visitor.post("/hardship", reason="x" * 1001)
    page = visit(answer, borrower)
    assert page.errors == [("hardship-reason", "Use 1000 characters or fewer")]
    assert page.form("hardship").fields["reason"] == "x" * 1001
    assert borrower.stops() == []
    visitor.post("/hardship", reason="  ")
    assert borrower.stops() == [("hardship", borrower.account)]
    assert borrower.replies() == []


def test_done_pages_say_only_what_was_done(borrower: Borrower) -> None:
    visitor = borrower.inside()
    for act in ("promise", "dispute", "hardship"):
        assert visitor.get(f"/done/{act}").headers["location"] == f"{borrower.path}/account"
    for path in ("/stopped", "/thanks"):
        assert visitor.get(path).headers["location"] == borrower.path


def test_stop_holds_for_the_whole_person_before_the_page_answers(site: Site, borrower: Borrower) -> None:
    second = site.house.account(borrower.person)
    visitor = borrower.inside()
    answer = visitor.fill("/stop")
    assert answer.headers["location"] == f"{borrower.path}/stopped"
    assert borrower.opt_outs() == [("everything", False)]
    assert borrower.told() == ["opted_out"]
    assert site.house.told(second) == ["opted_out"]
    page = visitor.visit("/stopped")
    assert "SUP-" in page.text
    assert not page.offers("stop")
    page = visitor.visit("/account")
    assert "we have stopped" in page.text
    assert not page.offers("stop")
    assert page.offers("pay"), "who wants to pay still can"


def test_stop_needs_no_identity_and_then_spares_the_number_too(borrower: Borrower) -> None:
    visitor = borrower.visitor()
    visitor.visit("/stop", before=True)
    assert visitor.fill("/stop").headers["location"] == f"{borrower.path}/stopped"
    assert borrower.opt_outs() == [("everything", False), ("number", True)]
    visitor.visit("/stopped", before=True)


@pytest.mark.parametrize("known", [True, False], ids=["identified", "unknown"])
def test_a_stop_after_a_consent_binds_again(site: Site, borrower: Borrower, known: bool) -> None:
    for _ in range(2):
        visitor = borrower.inside() if known else borrower.visitor()
        assert visitor.fill("/stop").status_code == 303, "the page offers it again"
        assert site.house.ask(borrower.account).kind == "rest"
        site.hands.advance(timedelta(hours=1))
        site.house.consent(borrower.account)
        site.hands.advance(timedelta(days=1))
    assert borrower.inside().visit("/account").offers("stop"), "who agreed again can take it back again"
    assert site.house.ask(borrower.account).kind == "contact", "a consent is what lifts it"


@pytest.mark.parametrize("late", [False, True])
def test_stop_is_heard_on_a_locked_and_on_an_expired_link(site: Site, borrower: Borrower, late: bool) -> None:
    visitor = borrower.visitor()
    for _ in range(3):
        visitor.identify(date(1985, 3, 28))
    if late:
        site.hands.advance(timedelta(days=60))
    assert visitor.fill("/stop").status_code == 303
    assert ("everything", False) in borrower.opt_outs()


def test_two_stops_are_one(borrower: Borrower) -> None:
    borrower.inside().fill("/stop")
    borrower.visitor().fill("/stop")
    assert [scope for scope, _ in borrower.opt_outs()] == ["everything", "number"]


def test_the_wrong_person_is_left_in_peace_and_the_link_dies(site: Site, borrower: Borrower) -> None:
    inside = borrower.inside()
    stranger = borrower.visitor()
    stranger.visit("/wrong-person", before=True)
    answer = stranger.fill("/wrong-person")
    assert answer.headers["location"] == f"{borrower.path}/thanks"
    assert borrower.stops() == [("wrong_number", None)]
    assert site.house.point(borrower.person).state == "wrong_party"
    assert borrower.told() == ["wrong_party"]
    page = stranger.visit("/thanks", before=True)
    assert page.h1 == "Thank you for telling us"
    assert inside.get("/account").status_code == 404
    assert borrower.visitor().get().status_code == 404
    assert stranger.get("/wrong-person").headers["location"] == f"{borrower.path}/thanks"
    assert stranger.post("/wrong-person", key="again").status_code == 303
    assert stranger.post("/stop").status_code == 303, "and may still say stop"


def test_acts_are_posts_only(site: Site, borrower: Borrower) -> None:
    visitor = borrower.inside()
    for act in ("promise", "dispute", "hardship", "wrong-person", "stop", "pay"):
        visitor.http.get(f"{borrower.path}/{act}", params={"amount": "1", "on": "2026-03-09", "choice": "full", **KEY})
    assert (borrower.promises(), borrower.stops(), borrower.opt_outs(), borrower.told()) == ([], [], [], [])
    assert site.provider.orders == {}


def test_nothing_can_be_done_without_the_check(borrower: Borrower) -> None:
    visitor = borrower.visitor()
    for act in ("promise", "dispute", "hardship", "pay"):
        answer = visitor.post(f"/{act}", amount="1", on="2026-03-09", choice="full", reason="x")
        assert answer.headers["location"] == borrower.path
    assert (borrower.promises(), borrower.stops(), borrower.told()) == ([], [], [])
