"""What a borrower sees of the account: what is owed, of what it is made, and what can still be done."""

from datetime import timedelta
from decimal import Decimal

import pytest

from forbear.ledger import books
from forbear.ledger.ids import new_id
from forbear.ledger.tables.accounts import Entry
from tests.api.pages.site import NAME, Borrower, Site

ACTS = ["pay", "promise", "dispute", "hardship", "wrong-person", "stop"]


def owe(site: Site, borrower: Borrower, component: str, amount: str) -> None:
    house = site.house
    with house.ledger.api(house.tenant, house.lender) as session:
        entry = Entry(
            id=new_id("ent"), tenant=house.tenant, lender=house.lender, account=borrower.account, kind="adjustment",
            component=component, amount=Decimal(amount), currency="USD", effective_at=house.now, recorded_at=house.now,
        )  # fmt: skip
        books.write_entry(session, entry)


def test_the_parts_add_up_to_what_is_owed(site: Site, borrower: Borrower) -> None:
    owe(site, borrower, "interest", "1042.17")
    owe(site, borrower, "fee", "0.5")
    page = borrower.inside().visit("/account")
    for shown in ("You owe $1,142.67", "As of March 2, 2026", "Principal $100.00", "Interest $1,042.17", "Fees $0.50"):
        assert shown in page.text
    assert "Late-payment interest" not in page.text
    assert NAME not in page.text


def test_the_date_is_the_one_where_the_borrower_lives(site: Site) -> None:
    evening = site.house.now + timedelta(hours=8)
    borrower = site.borrower(balance_as_of=site.house.now)
    site.hands.set(evening)
    with site.house.ledger.api(site.house.tenant, site.house.lender) as session:
        from sqlalchemy import update

        from forbear.ledger.tables.accounts import Account

        at = site.house.now.replace(day=3, hour=2)  # still the second in Chicago
        session.execute(update(Account).where(Account.id == borrower.account).values(balance_as_of=at))
    assert "As of March 2, 2026" in borrower.inside().visit("/account").text


def test_every_act_can_be_done_from_the_page_and_from_a_page_of_its_own(borrower: Borrower) -> None:
    visitor = borrower.inside()
    page = visitor.visit("/account")
    for act in ACTS:
        assert page.form(act).action == f"{borrower.path}/{act}"
        assert len(page.form(act).fields["key"]) > 16
        own = visitor.visit(f"/{act}")
        assert set(own.form(act).fields) == set(page.form(act).fields)
        assert own.form(act).fields["key"] != page.form(act).fields["key"]


def test_amounts_are_filled_in_plainly(site: Site) -> None:
    page = site.borrower(amount="1234.50").inside().visit("/account")
    assert page.form("pay").fields["amount"] == "1234.50"
    assert page.form("pay").fields["choice"] == "full"
    assert page.form("promise").fields["amount"] == "1234.50"


@pytest.mark.parametrize("path", ["", "/account", *(f"/{act}" for act in ACTS)])
def test_help_and_stop_are_on_every_page(borrower: Borrower, path: str) -> None:
    page = borrower.inside().visit(path)
    assert ("h2", "Get help") in page.headings
    assert "tel:+12125550199" in page.addresses
    assert page.offers("stop") or (f"{borrower.path}/stop", "Stop contacting me") in page.links


def test_a_paid_account_has_nothing_due(site: Site, borrower: Borrower) -> None:
    site.house.pay(borrower.account)
    visitor = borrower.inside()
    page = visitor.visit("/account")
    assert page.h1 == "Nothing is due"
    assert page.forms == []
    for path in ("/pay", "/promise"):
        assert visitor.get(path).headers["location"] == f"{borrower.path}/account"
        assert visitor.post(path, choice="full", amount="1", on="2026-03-05").headers["location"].endswith("/account")


def test_another_borrowers_account_is_never_shown(site: Site) -> None:
    rich, poor = site.borrower(amount="9999.00"), site.borrower(amount="1.00")
    assert "$9,999.00" not in poor.inside().visit("/account").text
    assert "$1.00" not in rich.inside().visit("/account").text


def test_a_language_without_a_catalogue_falls_back(site: Site) -> None:
    page = site.borrower(language="tlh").inside().visit("/account")
    assert page.lang == "en"


def test_the_style_sheet_is_small_and_ours(site: Site) -> None:
    answer = site.browser().get("/p/assets/page.css")
    assert answer.headers["content-type"].startswith("text/css")
    assert len(answer.content) < 10_000
    assert "url(" not in answer.text
    assert "@import" not in answer.text
