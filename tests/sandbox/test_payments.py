"""The real Stripe SDK against the payment provider, its hosted page and its events."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import httpx
import pytest
import stripe

from tests.sandbox.box import STRIPE_KEY, WEBHOOK_SECRET, Answer, Box, Receiver, Seen, eventually

Open = Callable[..., stripe.checkout.Session]
_refs = count(1)


@pytest.fixture
def ref() -> str:
    return f"checkout-{next(_refs)}"


@pytest.fixture
def open_session(payments: stripe.StripeClient, box: Box, ref: str) -> Iterator[Open]:
    """Opens sessions of 123.45 USD under `ref`; what stays open is expired, so that no later test meets its event."""
    opened: list[str] = []

    def open_session(key: str | None = None, **more: Any) -> stripe.checkout.Session:
        price = {"currency": "usd", "unit_amount": 12_345, "product_data": {"name": "Payment to Example Lending"}}
        given: Any = {
            "mode": "payment",
            "line_items": [{"price_data": price, "quantity": 1}],
            "success_url": "http://127.0.0.1:9/done?s={CHECKOUT_SESSION_ID}",
            "cancel_url": "http://127.0.0.1:9/back",
            "client_reference_id": ref,
            "metadata": {"touch": "t-1", "purpose": "arrears"},
        } | more
        session = payments.v1.checkout.sessions.create(given, {"idempotency_key": key} if key else {})
        opened.append(session.id)
        return session

    yield open_session
    for identity in set(opened):
        if payments.v1.checkout.sessions.retrieve(identity).status == "open":
            payments.v1.checkout.sessions.expire(identity)
    eventually(lambda: "post" not in box.control.get("/agenda").json())


def page(session: stripe.checkout.Session, deed: str = "") -> httpx.Response:
    """Look at the hosted page, or press one of its buttons."""
    assert session.url
    with httpx.Client(trust_env=False) as browser:
        return browser.post(f"{session.url}/{deed}") if deed else browser.get(session.url)


def events(receiver: Receiver, ref: str) -> list[Seen]:
    return [seen for seen in receiver.at("/events") if f'"client_reference_id": "{ref}"' in seen.body]


def test_a_session_is_opened_with_what_was_asked(
    open_session: Open, payments: stripe.StripeClient, box: Box, ref: str
) -> None:
    session = open_session()
    assert (session.amount_total, session.currency, session.status, session.payment_status) == (
        12_345,
        "usd",
        "open",
        "unpaid",
    )
    assert session.client_reference_id == ref
    assert session.metadata is not None
    assert session.metadata.to_dict() == {"touch": "t-1", "purpose": "arrears"}
    assert abs(datetime.fromtimestamp(session.created, UTC) - box.clock.now()) < timedelta(days=1)
    assert session.expires_at - session.created == 86_400
    again = payments.v1.checkout.sessions.retrieve(session.id)
    assert (again.id, again.url) == (session.id, session.url)


def test_paying_redirects_and_tells_a_signed_event_once(
    open_session: Open, payments: stripe.StripeClient, receiver: Receiver, box: Box, ref: str
) -> None:
    session = open_session()
    shown = page(session)
    assert shown.status_code == 200
    assert "123.45 USD" in shown.text
    assert "Payment to Example Lending" in shown.text
    paid = page(session, "pay")
    assert (paid.status_code, paid.headers["location"]) == (303, f"http://127.0.0.1:9/done?s={session.id}")
    seen = eventually(lambda: next(iter(events(receiver, ref)), None))
    told = stripe.Webhook.construct_event(seen.body, seen.headers["stripe-signature"], WEBHOOK_SECRET)
    assert told.type == "checkout.session.completed"
    assert told.data.object["amount_total"] == 12_345
    assert (told.data.object["payment_status"], told.data.object["client_reference_id"]) == ("paid", ref)
    assert payments.v1.checkout.sessions.retrieve(session.id).status == "complete"
    assert page(session, "pay").status_code == 303
    eventually(lambda: "post" not in box.control.get("/agenda").json())
    assert len(events(receiver, ref)) == 1


def test_money_is_in_the_log_and_in_the_settlement_report(open_session: Open, box: Box, ref: str) -> None:
    session = open_session()
    page(session, "pay")
    line = next(line for line in box.log() if line.get("ref") == ref)
    assert line == {
        "at": line["at"],
        "channel": "payment",
        "kind": "payment",
        "from": None,
        "sid": session.id,
        "ref": ref,
        "amount": "123.45",
        "currency": "USD",
    }
    settled = [one for one in box.control.get("/payments").json() if one["client_reference_id"] == ref]
    assert settled == [
        {"at": line["at"], "session": session.id, "client_reference_id": ref, "amount": "123.45", "currency": "USD"}
    ]


def test_an_event_is_retried_until_it_is_taken(open_session: Open, receiver: Receiver, ref: str) -> None:
    receiver.answers["/events"] = [Answer(500), Answer(400), Answer(503)]
    page(open_session(), "pay")
    eventually(lambda: len(events(receiver, ref)) == 4)
    assert (
        len(
            {
                stripe.Webhook.construct_event(seen.body, seen.headers["stripe-signature"], WEBHOOK_SECRET).id
                for seen in events(receiver, ref)
            }
        )
        == 1
    )


def test_a_declined_card_takes_nothing_and_can_be_followed_by_another(open_session: Open, box: Box, ref: str) -> None:
    session = open_session()
    declined = page(session, "decline")
    assert 'role="alert"' in declined.text
    assert not [line for line in box.log() if line.get("ref") == ref]
    assert page(session, "pay").status_code == 303


def test_cancelling_leads_back_and_leaves_the_session_open(open_session: Open, payments: stripe.StripeClient) -> None:
    session = open_session()
    assert page(session, "cancel").headers["location"] == "http://127.0.0.1:9/back"
    assert payments.v1.checkout.sessions.retrieve(session.id).status == "open"


def test_an_expired_session_takes_no_money(
    open_session: Open, payments: stripe.StripeClient, box: Box, ref: str
) -> None:
    session = open_session()
    assert payments.v1.checkout.sessions.expire(session.id).status == "expired"
    assert page(session).status_code == 410
    assert page(session, "pay").status_code == 410
    assert not [line for line in box.log() if line.get("ref") == ref]
    with pytest.raises(stripe.InvalidRequestError):
        payments.v1.checkout.sessions.expire(session.id)


def test_a_session_expires_in_world_time(
    open_session: Open, payments: stripe.StripeClient, receiver: Receiver, box: Box, ref: str
) -> None:
    soon = box.clock.now() + timedelta(hours=10)
    session = open_session(expires_at=int(soon.timestamp()))
    box.jump(soon)
    eventually(lambda: payments.v1.checkout.sessions.retrieve(session.id).status == "expired")
    seen = eventually(lambda: next(iter(events(receiver, ref)), None))
    assert '"type": "checkout.session.expired"' in seen.body


def test_an_idempotency_key_gives_the_first_answer_again(open_session: Open, ref: str) -> None:
    first, again = open_session(key=f"pay:{ref}"), open_session(key=f"pay:{ref}")
    assert first.id == again.id
    assert again.last_response is not None
    assert again.last_response.headers["Idempotent-Replayed"] == "true"
    with pytest.raises(stripe.IdempotencyError):
        open_session(key=f"pay:{ref}", client_reference_id="another")
    assert open_session().id != first.id


def test_a_lost_answer_is_asked_for_again_with_the_same_key(
    open_session: Open, box: Box, receiver: Receiver, ref: str
) -> None:
    box.arm("payment_drop_after_accept")
    session = open_session(key=f"pay:{ref}")
    assert session.last_response is not None
    assert session.last_response.headers["Idempotent-Replayed"] == "true"


def test_an_event_with_a_bad_signature_does_not_verify(
    open_session: Open, box: Box, receiver: Receiver, ref: str
) -> None:
    box.arm("event_bad_signature")
    page(open_session(), "pay")
    seen = eventually(lambda: next(iter(events(receiver, ref)), None))
    with pytest.raises(stripe.SignatureVerificationError):
        stripe.Webhook.construct_event(seen.body, seen.headers["stripe-signature"], WEBHOOK_SECRET)


@pytest.mark.parametrize(
    ("changes", "param"),
    [
        ({"mode": "setup"}, "mode"),
        ({"success_url": ""}, "success_url"),
        ({"line_items": []}, "line_items"),
        ({"expires_at": 1}, "expires_at"),
        (
            {"line_items": [{"quantity": 1, "price_data": {"currency": "usd", "unit_amount": -5}}]},
            "line_items[0][price_data][unit_amount]",
        ),
    ],
)
def test_refusals_name_the_parameter(open_session: Open, changes: dict[str, Any], param: str) -> None:
    with pytest.raises(stripe.InvalidRequestError) as caught:
        open_session(**changes)
    assert caught.value.param == param


def test_an_unknown_session_and_a_wrong_key(payments: stripe.StripeClient, box: Box) -> None:
    with pytest.raises(stripe.InvalidRequestError) as caught:
        payments.v1.checkout.sessions.retrieve("cs_test_unknown")
    assert (caught.value.http_status, caught.value.code) == (404, "resource_missing")
    stranger = stripe.StripeClient(STRIPE_KEY + "x", base_addresses={"api": f"{box.url}/stripe"})
    with pytest.raises(stripe.AuthenticationError):
        stranger.v1.checkout.sessions.retrieve("cs_test_unknown")


def test_the_hosted_page_is_plain_and_needs_no_script(open_session: Open) -> None:
    shown = page(open_session())
    assert "<script" not in shown.text
    assert 'lang="en"' in shown.text
    assert re.findall(r'action="/pay/c/\w+/(\w+)"', shown.text) == ["pay", "decline", "cancel"]
    assert shown.headers["cache-control"] == "no-store"
