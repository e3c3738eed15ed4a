"""Status callbacks: only the carrier's own about a touch of ours, in any order and number."""

import itertools
from datetime import timedelta

import pytest
from twilio.request_validator import RequestValidator

from tests.api.hooks.carrier import Carrier
from tests.api.pages.site import Borrower, Site


def state(borrower: Borrower) -> str:
    return borrower.site.house.touch(borrower.order.touch).state


def test_news_is_stored_and_answered_with_nothing(carrier: Carrier, borrower: Borrower) -> None:
    answer = carrier.tell(borrower, "sent")
    assert (answer.status_code, answer.content) == (204, b"")
    carrier.tell(borrower, "delivered", RawDlrDoneDate="2603021805")
    assert state(borrower) == "delivered"
    assert set(borrower.site.house.receipts(borrower.order.touch)) >= {"sent", "delivered"}


@pytest.mark.parametrize("order", list(itertools.permutations(["queued", "sent", "delivered"])))
def test_order_and_repetition_do_not_matter(carrier: Carrier, borrower: Borrower, order: tuple[str, ...]) -> None:
    for status in (*order, *order):
        assert carrier.tell(borrower, status).status_code == 204
    assert state(borrower) == "delivered"
    receipts = borrower.site.house.receipts(borrower.order.touch)
    assert sorted(receipts) == sorted(["dispatching", "accepted", "queued", "sent", "delivered"])


def test_undelivered_is_told_to_the_account_once(carrier: Carrier, borrower: Borrower) -> None:
    for _ in range(2):
        carrier.tell(borrower, "undelivered", code="30005")
    assert state(borrower) == "undelivered"
    assert borrower.told() == ["touch_undelivered"]
    assert borrower.site.house.point(borrower.person).state == "invalid"


def test_a_status_nobody_knows_is_stored_and_changes_nothing(carrier: Carrier, borrower: Borrower) -> None:
    before = state(borrower)
    assert carrier.tell(borrower, "teleported", NewField="x").status_code == 204
    assert state(borrower) == before
    assert "teleported" in borrower.site.house.receipts(borrower.order.touch)


def test_a_message_without_status_is_of_no_use(carrier: Carrier, borrower: Borrower) -> None:
    assert carrier.tell(borrower, "").status_code == 204


@pytest.mark.parametrize("signature", [None, "AAAA", "=" * 5_000])
def test_a_forgery_is_refused_and_leaves_no_trace(carrier: Carrier, borrower: Borrower, signature: str | None) -> None:
    before = borrower.site.house.receipts(borrower.order.touch)
    assert carrier.tell(borrower, "delivered", signature=signature).status_code == 403
    assert borrower.site.house.receipts(borrower.order.touch) == before


def test_a_signature_over_other_fields_is_refused(carrier: Carrier, borrower: Borrower) -> None:
    target = borrower.callback_url.partition("#")[0]
    token = borrower.site.settings.twilio_auth_token.get_secret_value()
    other = RequestValidator(token).compute_signature(target, {"MessageStatus": "failed"})
    assert carrier.tell(borrower, "delivered", signature=other).status_code == 403


def test_a_signature_over_another_touch_is_refused(site: Site, carrier: Carrier, borrower: Borrower) -> None:
    """The carrier signs what it is given: whoever could have it call another address still lacks our own token."""
    other = site.borrower()
    moved = other.callback_url.replace(other.order.touch, borrower.order.touch)
    assert carrier.tell(borrower, "delivered", address=moved).status_code == 403


@pytest.mark.parametrize("query", ["", "t=x", "t=x&e=1&k=", "t=x&e=one&k=2", "t=x&e=99999999999999999&k=2"])
def test_an_address_that_is_not_ours_is_refused(carrier: Carrier, borrower: Borrower, query: str) -> None:
    address = f"{borrower.callback_url.partition('?')[0]}?{query}"
    assert carrier.tell(borrower, "delivered", address=address).status_code == 403


def test_a_replay_after_the_expiry_is_refused(site: Site, carrier: Carrier, borrower: Borrower) -> None:
    site.hands.advance(timedelta(days=7, seconds=1))
    assert carrier.tell(borrower, "delivered").status_code == 403


def test_a_body_that_is_no_form_is_refused(carrier: Carrier, borrower: Borrower) -> None:
    path = borrower.callback_url.partition("#")[0].removeprefix(borrower.site.settings.public_url)
    answer = carrier.http.post(path, json={"MessageStatus": "delivered"}, headers={"X-Twilio-Signature": "x"})
    assert answer.status_code == 403


def test_a_second_auth_token_is_taken_while_they_are_exchanged(site: Site, borrower: Borrower) -> None:
    old = site.settings.twilio_auth_token.get_secret_value()
    carrier = Carrier(site)
    site.app.state.settings = site.settings.model_copy(update={"twilio_auth_token": _secret(f"{'9' * 32},{old}")})
    assert carrier.tell(borrower, "delivered").status_code == 204


def _secret(text: str) -> object:
    from pydantic import SecretStr

    return SecretStr(text)
