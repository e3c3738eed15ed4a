"""Checkout sessions as Stripe shapes them: read from a request's form, shown, and told as events. Pure.

Amounts are integers in minor units. Instants in objects are the world's.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import stripe

Nested = dict[str, Any]
_KEY = re.compile(r"[^\[\]]+")
_NO_DECIMALS = {"bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga", "pyg", "rwf", "vnd", "vuv", "xaf", "xof", "xpf"}
_THREE_DECIMALS = {"bhd", "jod", "kwd", "omr", "tnd"}
_SMALLEST_USD = 50
_SHORTEST, _LONGEST = timedelta(minutes=30), timedelta(hours=24)


class StripeRefusal(Exception):
    """An answer with Stripe's error body."""

    def __init__(
        self, status: int, message: str, *, param: str | None = None, code: str | None = None, kind: str | None = None
    ) -> None:
        super().__init__(f"Stripe error {status}")
        self.status = status
        error = {"message": message, "type": kind or "invalid_request_error", "param": param, "code": code}
        self.body = {"error": {name: value for name, value in error.items() if value is not None}}


def nest(pairs: Iterable[tuple[str, str]]) -> Nested:
    """`line_items[0][price_data][currency]=usd` as nested mappings; list positions stay text keys."""
    tree: Nested = {}
    for name, value in pairs:
        *branches, leaf = _KEY.findall(name) or [name]
        node = tree
        for branch in branches:
            node = node.setdefault(branch, {})
        node[leaf] = value
    return tree


def open_session(form: Mapping[str, Any], now: datetime, base_url: str) -> Nested:
    """A new session, or the refusal Stripe would give."""
    if form.get("mode") != "payment":
        raise StripeRefusal(400, "You must provide the mode 'payment'.", param="mode")
    if not form.get("success_url"):
        raise StripeRefusal(400, "Missing required param: success_url.", param="success_url", code="parameter_missing")
    currency, total, label = _priced(form)
    identity = f"cs_test_{uuid4().hex}{uuid4().hex[:26]}"
    return {
        "id": identity,
        "object": "checkout.session",
        "amount_subtotal": total,
        "amount_total": total,
        "automatic_tax": {"enabled": False, "liability": None, "provider": None, "status": None},
        "cancel_url": form.get("cancel_url"),
        "client_reference_id": form.get("client_reference_id"),
        "created": int(now.timestamp()),
        "currency": currency,
        "custom_fields": [],
        "custom_text": {"after_submit": None, "shipping_address": None, "submit": None},
        "customer": None,
        "customer_details": None,
        "expires_at": _expiry(form, now),
        "livemode": False,
        "locale": form.get("locale"),
        "metadata": dict(form.get("metadata", {})),
        "mode": "payment",
        "payment_intent": None,
        "payment_method_types": list(form.get("payment_method_types", {"0": "card"}).values()),
        "payment_status": "unpaid",
        "shipping_options": [],
        "status": "open",
        "success_url": form["success_url"].replace("{CHECKOUT_SESSION_ID}", identity),
        "url": f"{base_url}/pay/c/{identity}",
        "_label": label,
    }


def shown(session: Nested) -> Nested:
    """What the API shows: our own marks stay inside."""
    return {name: value for name, value in session.items() if not name.startswith("_")}


def completed(session: Nested) -> Nested:
    return session | {
        "status": "complete",
        "payment_status": "paid",
        "payment_intent": f"pi_{uuid4().hex[:24]}",
        "url": None,
    }


def expired(session: Nested) -> Nested:
    return session | {"status": "expired", "url": None}


def event(kind: str, session: Nested, now: datetime) -> Nested:
    """A snapshot event about a session."""
    return {
        "id": f"evt_{uuid4().hex[:24]}",
        "object": "event",
        "api_version": stripe.api_version,
        "created": int(now.timestamp()),
        "data": {"object": shown(session)},
        "livemode": False,
        "pending_webhooks": 1,
        "request": {"id": None, "idempotency_key": None},
        "type": kind,
    }


def amount(session: Mapping[str, Any]) -> str:
    """The total in major units."""
    currency = session["currency"]
    places = 0 if currency in _NO_DECIMALS else 3 if currency in _THREE_DECIMALS else 2
    return str(Decimal(session["amount_total"]).scaleb(-places))


def _priced(form: Mapping[str, Any]) -> tuple[str, int, str]:
    """Currency, total and the first line's name."""
    lines = list(form.get("line_items", {}).values())
    if not lines:
        raise StripeRefusal(400, "Missing required param: line_items.", param="line_items", code="parameter_missing")
    total, currency, label = 0, "", ""
    for position, line in enumerate(lines):
        price = line.get("price_data", {})
        unit, quantity = price.get("unit_amount", ""), line.get("quantity", "1")
        if not unit.isdecimal() or not quantity.isdecimal():
            param = f"line_items[{position}][price_data][unit_amount]"
            raise StripeRefusal(400, f"Invalid integer: {unit}", param=param, code="parameter_invalid_integer")
        total += int(unit) * int(quantity)
        currency = price.get("currency", "").lower()
        label = label or price.get("product_data", {}).get("name", "")
    if not currency:
        param = "line_items[0][price_data][currency]"
        raise StripeRefusal(400, f"Missing required param: {param}.", param=param, code="parameter_missing")
    if currency == "usd" and total < _SMALLEST_USD:
        raise StripeRefusal(400, "The Checkout Session's total amount must be at least $0.50.", code="amount_too_small")
    return currency, total, label


def _expiry(form: Mapping[str, Any], now: datetime) -> int:
    given = form.get("expires_at")
    if given is None:
        return int((now + _LONGEST).timestamp())
    ahead = timedelta(seconds=int(given) - int(now.timestamp())) if given.isdecimal() else timedelta(0)
    if not _SHORTEST <= ahead <= _LONGEST:
        message = "The `expires_at` timestamp must be between 30 minutes and 24 hours from Checkout Session creation."
        raise StripeRefusal(400, message, param="expires_at")
    return int(given)
