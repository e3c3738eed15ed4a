"""What the application holds for its routes: ledger, settings, the rules and the payment provider."""

from threading import Lock

from starlette.requests import HTTPConnection

from forbear.api.hooks.receipt_writer import ReceiptWriter
from forbear.ledger.engine import Ledger
from forbear.payments.checkout import StripeCheckout
from forbear.rules.packs import Packs, load
from forbear.settings import Settings

_lock = Lock()


def ledger_of(request: HTTPConnection) -> Ledger:
    ledger: Ledger = request.app.state.ledger
    return ledger


def settings_of(request: HTTPConnection) -> Settings:
    settings: Settings = request.app.state.settings
    return settings


def packs_of(request: HTTPConnection) -> Packs:
    """The rules in force, read on first use where the application did not read them when it started."""
    with _lock:
        if not hasattr(request.app.state, "packs"):
            request.app.state.packs = load()
        packs: Packs = request.app.state.packs
        return packs


def payments_of(request: HTTPConnection) -> StripeCheckout:
    """The payment provider, made on first use: an installation that takes no payments needs no key for it."""
    with _lock:
        if not hasattr(request.app.state, "payments"):
            request.app.state.payments = StripeCheckout.from_settings(settings_of(request))
        payments: StripeCheckout = request.app.state.payments
        return payments


def receipt_writer_of(request: HTTPConnection) -> ReceiptWriter:
    """Whoever stores plain news for all who tell some, made on first use."""
    with _lock:
        if not hasattr(request.app.state, "receipt_writer"):
            request.app.state.receipt_writer = ReceiptWriter(ledger_of(request))
        writer: ReceiptWriter = request.app.state.receipt_writer
        return writer
