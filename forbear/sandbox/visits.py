"""A person on the page behind the link: proves who they are, then pays, promises, disputes or says stop.

Knows the page only from outside, as a browser does: forms found by the last word of their action, links likewise.
"""

import re
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_DOWN, Decimal, InvalidOperation

import httpx

from forbear.sandbox.forms import Form, Page, read
from forbear.sandbox.habits import Deed
from forbear.sandbox.wire import is_loopback

_LINK = re.compile(r"https?://[^\s/]+/p/[A-Za-z0-9_-]+")
_SEE_OTHER = 303
_WORDS = {"wrong_person": "wrong-person", "abandon": "pay"}
_MISTYPED = date(1901, 1, 1)


class PageUnreachable(Exception):
    """Nobody answered, or the server failed: worth another try later."""


class PageRefused(Exception):
    """The page does not offer this, or said no."""


@dataclass(frozen=True, slots=True)
class Done:
    """A deed the page acknowledged; `session` is the payment session of a payment."""

    session: str | None = None


def link_in(body: str) -> str | None:
    """The payment link in a text."""
    found = _LINK.search(body)
    return found.group() if found else None


class Visit:
    """One browser, opened for one deed."""

    def __init__(self, link: str, birth_date: date) -> None:
        self._link, self._birth_date = link, birth_date
        self._browser = httpx.AsyncClient(timeout=30.0, trust_env=False)

    async def carry_out(self, deed: Deed, *, promised: date, amount: Decimal | None) -> Done:
        """Open the link, pass the identity check, and do it."""
        async with self._browser:
            account = await self._identify(deed)
            word = _WORDS.get(deed.kind, deed.kind)
            form = await self._form(account, word)
            wanted = _wanted(deed, form, promised, amount)
            if word != "pay":
                await self._send(form, wanted)
                return Done()
            return await self._pay(deed, await self._send(form, wanted))

    async def _identify(self, deed: Deed) -> Page:
        page = await self._go(self._browser.build_request("GET", self._link))
        tries = [_MISTYPED, self._birth_date] if deed.mistypes else [self._birth_date]
        for birth_date in tries:
            form = page.form("identity")
            if form is None:
                raise PageRefused("no identity check")
            page = await self._send(form, _identity(birth_date), accept_errors=birth_date == _MISTYPED)
        if page.form("identity"):
            raise PageRefused("identity check not passed")
        return page

    async def _form(self, page: Page, word: str) -> Form:
        """The form for a deed, here or behind the link of the same name."""
        form, link = page.form(word), page.link(word)
        if form is None and link is not None:
            form = (await self._go(self._browser.build_request("GET", link))).form(word)
        if form is None:
            raise PageRefused("the page does not offer this")
        return form

    async def _pay(self, deed: Deed, offer: Page) -> Done:
        """On the payment provider's page."""
        session = re.search(r"/pay/c/([A-Za-z0-9_]+)", offer.url)
        if session is None:
            raise PageRefused("not led to a payment page")
        if deed.kind == "abandon":
            return Done()
        if deed.declined_first:
            offer = await self._send(await self._form(offer, "decline"), {})
        form = await self._form(offer, "pay")
        answer = await self._request(self._browser.build_request("POST", form.action, data=form.filled({})))
        if answer.status_code != _SEE_OTHER:
            raise PageRefused("the payment was not taken")
        await self._look_at_receipt(answer)
        return Done(session.group(1))

    async def _look_at_receipt(self, answer: httpx.Response) -> None:
        """The money is gone already: a receipt page that fails changes nothing for the person."""
        try:
            if answer.next_request is not None:
                await self._go(answer.next_request)
        except (PageUnreachable, PageRefused):
            return

    async def _send(self, form: Form, wanted: dict[str, str], *, accept_errors: bool = False) -> Page:
        request = self._browser.build_request("POST", form.action, data=form.filled(wanted))
        return await self._go(request, accept_errors=accept_errors)

    async def _go(self, request: httpx.Request, *, accept_errors: bool = False) -> Page:
        """Follow redirects to a page."""
        answer = await self._request(request)
        while answer.next_request is not None:
            answer = await self._request(answer.next_request)
        if answer.is_client_error and not accept_errors:
            raise PageRefused(f"HTTP {answer.status_code}")
        return read(answer.text, str(answer.url))

    async def _request(self, request: httpx.Request) -> httpx.Response:
        if not is_loopback(str(request.url)):
            raise PageRefused("the address is not on this machine")
        try:
            answer = await self._browser.send(request)
        except httpx.TransportError as problem:
            raise PageUnreachable(type(problem).__name__) from None
        if answer.is_server_error:
            raise PageUnreachable(f"HTTP {answer.status_code}")
        return answer


def _identity(birth_date: date) -> dict[str, str]:
    return {
        "birth_year": str(birth_date.year),
        "birth_month": str(birth_date.month),
        "birth_day": str(birth_date.day),
    }


def _wanted(deed: Deed, form: Form, promised: date, amount: Decimal | None) -> dict[str, str]:
    """The fields a deed is made of."""
    if deed.kind in {"pay", "abandon"}:
        return _payment(deed, form, amount)
    if deed.kind == "promise":
        known = {"amount": str(amount)} if amount is not None and not form.fields.get("amount") else {}
        return {"on": promised.isoformat()} | known
    return {"reason": deed.text} if deed.kind in {"dispute", "hardship"} else {}


def _payment(deed: Deed, form: Form, amount: Decimal | None) -> dict[str, str]:
    part, parts = deed.part
    whole = _decimal(form.fields.get("amount")) if amount is None else amount
    if part == parts or whole is None:
        return {"choice": "full"}
    share = (whole / parts).quantize(Decimal("0.01"), ROUND_DOWN)
    return {"choice": "part", "amount": str(share)}


def _decimal(text: str | None) -> Decimal | None:
    try:
        return Decimal(text) if text else None
    except InvalidOperation:
        return None
