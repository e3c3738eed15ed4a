"""Paying: from our form to the provider's page and back. No card data passes here, and coming back proves nothing."""

from decimal import Decimal

from fastapi import APIRouter, Request
from fastapi.responses import Response

from forbear.api.hooks.app_state import payments_of
from forbear.api.pages import answers, screens
from forbear.api.pages.answers import Wrong
from forbear.api.pages.page_route import PageRoute
from forbear.api.pages.rendering import see_other
from forbear.api.pages.visits import Fields, Inside, Owing, Visit, act
from forbear.errors import BadInput
from forbear.ledger import checkouts
from forbear.ledger.checkouts import Pressed
from forbear.ledger.page_acts import Act
from forbear.ports.payments import Begun, PaymentOrder, PaymentProvider

router = APIRouter(prefix="/p/{token}", route_class=PageRoute, include_in_schema=False)
UNAVAILABLE = 503


@router.get("/pay")
def ask_amount(visit: Owing) -> Response:
    return screens.question(visit, "pay")


@router.post("/pay")
def pay(request: Request, visit: Owing, fields: Fields) -> Response:
    """Write the press down, have the provider make its page, and lead there."""
    press = act("pay", fields, "choice", "amount")
    try:
        begun = _begin(visit, press, payments_of(request), _amount(visit, press))
    except Wrong as wrong:
        return screens.question(visit, "pay", values=press.fields, wrong=[wrong])
    except ConnectionError:
        sentence = visit.words("pay.down", lender=visit.journey.lender_name)
        onward = [("/account", visit.words("done.account"))]
        return screens.note(visit, "pay.down_heading", [sentence], onward=onward, status=UNAVAILABLE)
    return see_other(visit.settings, begun.url)


@router.get("/paid")
def paid(visit: Inside) -> Response:
    """Thanks, and what we know of the money by now."""
    words, view = visit.words, visit.view
    if view.received is None:
        return screens.note(visit, "paid.heading", [words("paid.waiting")], onward=[("/paid", words("paid.again"))])
    left = words("paid.nothing") if view.nothing_due else words("paid.left", total=visit.money(view.total))
    sentences = [words("paid.received", amount=visit.money(view.received.amount)), left]
    onward = [] if view.nothing_due else [("/account", words("done.account"))]
    return screens.note(visit, "paid.heading", sentences, subject=view.received.reference, onward=onward)


def _amount(visit: Visit, press: Act) -> Decimal:
    choice, view = press.fields["choice"], visit.view
    if choice == "full":
        return view.total
    if choice == "part":
        typed = press.fields["amount"]
        return answers.amount("amount", typed, visit.words, visit.writing, most=view.total, currency=view.currency)
    raise Wrong("full", visit.words("pay.choose"))


def _begin(visit: Visit, press: Act, provider: PaymentProvider, amount: Decimal) -> Begun:
    currency = visit.view.currency
    pressed = checkouts.begin(visit.ledger, visit.journey, press, amount=amount, currency=currency)
    try:
        begun = provider.begin(_order(visit, pressed))
    except BadInput:
        lender = visit.journey.lender_name
        raise Wrong("amount", visit.words("pay.small", lender=lender)) from None
    checkouts.attach(visit.ledger, visit.journey, pressed.checkout, begun.provider_id)
    return begun


def _order(visit: Visit, pressed: Pressed) -> PaymentOrder:
    home = f"{visit.settings.public_url.rstrip('/')}{visit.address()}"
    return PaymentOrder(
        checkout=pressed.checkout,
        amount=pressed.amount,
        currency=pressed.currency,
        label=visit.journey.lender_name,
        success_url=f"{home}/paid",
        cancel_url=f"{home}/account",
        idempotency_key=f"pay:{pressed.checkout}:{pressed.amount}",
    )
