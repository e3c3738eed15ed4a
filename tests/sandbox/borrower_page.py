"""A stand-in for the borrower's page: the agreed plain forms, as another room serves them, written down per deed."""

from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import Any

import stripe

from tests.sandbox.box import STRIPE_KEY, Answer, Seen

HTML = {"Content-Type": "text/html; charset=utf-8"}
IDENTITY = """<form method="post" action="/p/{token}/identity"><input type="hidden" name="form_key" value="k-{token}">
<input name="birth_year"><input name="birth_month"><input name="birth_day"><button>Continue</button></form>"""
ACCOUNT = """<form method="post" action="/p/{token}/pay"><input type="hidden" name="form_key" value="k-{token}">
<input type="radio" name="choice" value="full" checked><input type="radio" name="choice" value="part">
<input name="amount" value="90.00"></form><a href="/p/{token}/promise">Promise a date</a>
<form method="post" action="/p/{token}/dispute"><textarea name="reason"></textarea></form>
<form method="post" action="/p/{token}/hardship"><input name="reason"></form>
<form method="post" action="/p/{token}/wrong-person"></form><form method="post" action="/p/{token}/stop"></form>"""
PROMISE = (
    """<form method="post" action="/p/{token}/promise"><input name="amount" value="90.00"><input name="on"></form>"""
)


@dataclass
class BorrowerPage:
    """Knows one birth date for every token; `done` holds token, deed and fields."""

    stripe_base: str
    birth_date: tuple[str, str, str] = ("1980", "5", "1")
    done: list[tuple[str, str, dict[str, str]]] = field(default_factory=list[tuple[str, str, dict[str, str]]])
    failures: int = 0

    def __call__(self, seen: Seen) -> Answer | None:
        words = seen.path.strip("/").split("/")
        if words[0] != "p":
            return None
        if self.failures:
            self.failures -= 1
            return Answer(503)
        if len(words) == 2:
            return Answer(200, IDENTITY.format(token=words[1]), HTML)
        return self._answer(words[1], words[2], seen)

    def _answer(self, token: str, deed: str, seen: Seen) -> Answer:
        if deed == "identity":
            return self._identity(token, seen)
        if SimpleCookie(seen.headers.get("cookie", "")).get("session") is None:
            return Answer(403)
        if seen.method == "GET":
            return Answer(200, (PROMISE if deed == "promise" else ACCOUNT).format(token=token), HTML)
        self.done.append((token, deed, seen.form))
        return self._pay(token, seen) if deed == "pay" else Answer(303, headers={"Location": f"/p/{token}/account"})

    def _identity(self, token: str, seen: Seen) -> Answer:
        given = tuple(seen.form[name] for name in ("birth_year", "birth_month", "birth_day"))
        if given != self.birth_date or seen.form["form_key"] != f"k-{token}":
            return Answer(422, IDENTITY.format(token=token), HTML)
        return Answer(303, headers={"Location": f"/p/{token}/account", "Set-Cookie": "session=1; Path=/; HttpOnly"})

    def _pay(self, token: str, seen: Seen) -> Answer:
        client = stripe.StripeClient(STRIPE_KEY, base_addresses={"api": f"{self.stripe_base}/stripe"})
        cents = 9_000 if seen.form["choice"] == "full" else round(float(seen.form["amount"]) * 100)
        price = {"currency": "usd", "unit_amount": cents, "product_data": {"name": "Payment"}}
        given: Any = {
            "mode": "payment",
            "line_items": [{"price_data": price, "quantity": 1}],
            "success_url": f"http://127.0.0.1:9/p/{token}/thanks",
            "client_reference_id": token,
        }
        return Answer(303, headers={"Location": str(client.v1.checkout.sessions.create(given).url)})

    def of(self, token: str) -> list[tuple[str, dict[str, str]]]:
        """What was done under a token."""
        return [(deed, form) for name, deed, form in self.done if name == token]
