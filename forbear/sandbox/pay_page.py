"""The payment provider's hosted page: an amount, and the buttons Pay, Decline and Cancel. No script, no assets."""

from html import escape

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from forbear.sandbox.payments import Payments
from forbear.sandbox.sessions import Nested, amount

_PAGE = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex"><title>{title}</title>
<style>body{{font:1.1rem/1.5 system-ui,sans-serif;max-width:32rem;margin:2rem auto;padding:0 1rem}}
button{{font:inherit;padding:.6rem 1.2rem;margin:.3rem 0;min-width:12rem}}</style></head>
<body><main><h1>{title}</h1>{content}</main></body></html>"""
_FORM = '<form method="post" action="/pay/c/{id}/{deed}"><button type="submit">{label}</button></form>'
_HEADERS = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}


class PayPage:
    """Where a person pays. It stands for a card form: whoever presses Pay has paid."""

    def __init__(self, payments: Payments) -> None:
        self._payments = payments

    def routes(self) -> list[Route]:
        return [
            Route("/pay/c/{id}", self._show, methods=["GET"]),
            Route("/pay/c/{id}/pay", self._pay, methods=["POST"]),
            Route("/pay/c/{id}/decline", self._decline, methods=["POST"]),
            Route("/pay/c/{id}/cancel", self._cancel, methods=["POST"]),
        ]

    async def _show(self, request: Request) -> Response:
        session = self._payments.get(request.path_params["id"])
        return _closed() if session is None or session["status"] != "open" else _offer(session, "")

    async def _pay(self, request: Request) -> Response:
        session = self._payments.get(request.path_params["id"])
        if session is None or session["status"] == "expired":
            return _closed()
        return RedirectResponse(self._payments.pay(session)["success_url"], 303)

    async def _decline(self, request: Request) -> Response:
        session = self._payments.get(request.path_params["id"])
        if session is None or session["status"] != "open":
            return _closed()
        return _offer(session, '<p role="alert">Your card was declined. Nothing was taken. You can try again.</p>')

    async def _cancel(self, request: Request) -> Response:
        session = self._payments.get(request.path_params["id"])
        if session is None or not session["cancel_url"]:
            return _closed()
        return RedirectResponse(session["cancel_url"], 303)


def _offer(session: Nested, notice: str) -> Response:
    deeds = {"pay": "Pay", "decline": "Pay with a card that is declined"}
    if session["cancel_url"]:
        deeds["cancel"] = "Cancel and go back"
    forms = "".join(_FORM.format(id=escape(session["id"]), deed=deed, label=label) for deed, label in deeds.items())
    price = f"{amount(session)} {session['currency'].upper()}"
    content = f"{notice}<p>{escape(session['_label'])}</p><p><strong>{escape(price)}</strong></p>{forms}"
    return HTMLResponse(_PAGE.format(title="Test payment", content=content), headers=_HEADERS)


def _closed() -> Response:
    content = "<p>This payment page is no longer open. Nothing was taken from you here.</p>"
    return HTMLResponse(_PAGE.format(title="Payment page closed", content=content), 410, _HEADERS)
