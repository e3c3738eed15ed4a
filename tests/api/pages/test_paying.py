"""From the pay button to the provider and back: one press, one payment page; only the provider's word is money."""

from decimal import Decimal

import pytest

from forbear.ledger import checkouts
from forbear.payments.checkout import StripeCheckout
from forbear.settings import Settings
from tests.api.pages.site import Borrower, Site, Visitor, visit

KEY = {"key": "a-form-key"}


def press(visitor: Visitor, **fields: str) -> str:
    answer = visitor.post("/pay", **fields)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"].rsplit("/", 1)[-1]


def test_the_button_leads_to_the_providers_page(site: Site, borrower: Borrower) -> None:
    answer = borrower.inside().fill("/pay")
    assert answer.headers["location"].startswith("https://checkout.example.com/cs_test_chk_")
    [order] = site.provider.orders.values()
    assert (order.amount, order.currency, order.label) == (Decimal(100), "USD", "Example Bank")
    assert order.success_url == f"{borrower.link}/paid"
    assert order.cancel_url == f"{borrower.link}/account"
    assert order.idempotency_key.startswith(f"pay:{order.checkout}:")
    assert borrower.told() == []


def test_a_part_may_be_paid(site: Site, borrower: Borrower) -> None:
    borrower.inside().fill("/pay", choice="part", amount="$33.33")
    assert [order.amount for order in site.provider.orders.values()] == [Decimal("33.33")]


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"choice": "part", "amount": ""}, ("pay-amount", "Enter an amount")),
        ({"choice": "part", "amount": "100.01"}, ("pay-amount", "Amount must be $100.00 or less")),
        ({"choice": ""}, ("pay-full", "Choose how much you would like to pay")),
        ({"choice": "all"}, ("pay-full", "Choose how much you would like to pay")),
    ],
)
def test_a_faulty_choice_comes_back(
    site: Site, borrower: Borrower, fields: dict[str, str], error: tuple[str, str]
) -> None:
    answer = borrower.inside().post("/pay", **fields)
    assert answer.status_code == 422
    assert visit(answer, borrower).errors == [error]
    assert site.provider.orders == {}


def test_a_double_tap_leads_to_one_payment_page(site: Site, borrower: Borrower) -> None:
    visitor = borrower.inside()
    first = press(visitor, choice="full", **KEY)
    site.house.pay(borrower.account, "40.00")  # less is owed by now, but the press was the same
    assert press(visitor, choice="full", **KEY) == first
    assert len(site.provider.orders) == 1
    assert press(visitor, choice="full", key="another") != first


def test_a_provider_that_is_down_costs_nothing(site: Site, borrower: Borrower) -> None:
    site.provider.down = True
    visitor = borrower.inside()
    answer = visitor.post("/pay", choice="full", **KEY)
    assert answer.status_code == 503
    page = visit(answer, borrower)
    assert "Nothing was paid" in page.text
    site.provider.down = False
    assert press(visitor, choice="full", **KEY).startswith("cs_test_")


def test_coming_back_proves_nothing(site: Site, borrower: Borrower) -> None:
    visitor = borrower.inside()
    press(visitor, choice="full")
    page = visitor.visit("/paid")
    assert page.h1 == "Thank you"
    assert "may take a moment" in page.text
    assert borrower.payments() == []
    assert "You began a payment" in visitor.visit("/account").text


def test_a_payment_is_posted_once_however_often_it_is_told(site: Site, borrower: Borrower) -> None:
    visitor = borrower.inside()
    session = press(visitor, choice="part", amount="60")
    site.provider.turn(session, "paid")
    told = [checkouts.settle(site.house.ledger, site.provider.fetch(session)) for _ in range(3)]
    assert [each.fresh for each in told] == [True, False, False]
    assert len({each.payment for each in told}) == 1
    assert borrower.payments() == [(session, Decimal(60))]
    assert borrower.told() == ["payment_received"]
    page = visitor.visit("/paid")
    assert "We have received your payment of $60.00. You still owe $40.00." in page.text.replace(" </p>", "")
    assert "PAY-" in page.text
    assert "You began a payment" not in visitor.visit("/account").text


def test_all_of_it_paid_is_nothing_due(site: Site, borrower: Borrower) -> None:
    visitor = borrower.inside()
    session = press(visitor, choice="full")
    site.provider.turn(session, "paid")
    checkouts.settle(site.house.ledger, site.provider.fetch(session))
    assert "You do not owe anything on this account any more." in visitor.visit("/paid").text
    assert visitor.visit("/account").h1 == "Nothing is due"


@pytest.mark.parametrize("state", ["open", "processing", "expired"])
def test_what_is_not_paid_is_not_posted(site: Site, borrower: Borrower, state: str) -> None:
    visitor = borrower.inside()
    session = press(visitor, choice="full")
    site.provider.turn(session, state)
    assert checkouts.settle(site.house.ledger, site.provider.fetch(session)).payment is None
    assert borrower.payments() == []
    site.provider.turn(session, "paid")
    assert checkouts.settle(site.house.ledger, site.provider.fetch(session)).fresh


def test_a_webhook_may_be_faster_than_our_own_note(
    site: Site, borrower: Borrower, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process dies after the provider made its page: the payment still finds its account."""

    def die(*_: object) -> None:
        """Leave nothing behind."""

    monkeypatch.setattr("forbear.ledger.checkouts.attach", die)
    session = press(borrower.inside(), choice="full")
    site.provider.turn(session, "paid")
    assert checkouts.settle(site.house.ledger, site.provider.fetch(session)).fresh
    assert borrower.payments() == [(session, Decimal(100))]


def test_the_form_may_lead_to_the_provider_and_nowhere_else(site: Site, borrower: Borrower) -> None:
    policy = borrower.inside().get("/account").headers["content-security-policy"]
    assert "form-action 'self' https://checkout.stripe.com" in policy


def test_an_installation_without_a_provider_still_has_its_pages(site: Site, borrower: Borrower) -> None:
    del site.app.state.payments
    site.app.state.settings = Settings.model_validate(
        {**site.settings.model_dump(), "stripe_key": "", "sandbox": False}
    )
    visitor = borrower.inside()
    assert visitor.visit("/account").offers("pay")
    answer = visitor.post("/pay", choice="full")
    assert answer.status_code == 500
    visit(answer, borrower)
    assert not isinstance(getattr(site.app.state, "payments", None), StripeCheckout)
