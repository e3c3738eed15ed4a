"""One request to a link's pages: where the journey stands decides which page is shown, whatever address was asked.

A wrong or late address leads calmly to the right page; only an unknown, expired or revoked link has none.
"""

import secrets
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Any, Literal

from fastapi import Depends, Request
from starlette.datastructures import FormData

from forbear.api.hooks.app_state import ledger_of, settings_of
from forbear.api.hooks.bodies import form_body
from forbear.api.pages.wording import Words, Writing, shown_phone, words_in
from forbear.ledger import links, page_view
from forbear.ledger.engine import Ledger
from forbear.ledger.links import Journey
from forbear.ledger.page_acts import Act
from forbear.ledger.page_view import AccountView
from forbear.settings import Settings

COOKIE = "forbear_page"
LONGEST_KEY = 64
AFTER_A_LINK = ".,;:!?)"
"""What a telephone takes for part of an address when it ends a sentence."""
Stage = Literal["gone", "locked", "unverifiable", "cover", "inside"]


class Gone(Exception):
    """No link has this token, or it may not be used any more."""


class GoTo(Exception):
    """Another page is the right one now; `path` is below the link's own address."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.path = path


@dataclass(frozen=True)
class Visit:
    """A link's journey as this browser may see it."""

    token: str
    ledger: Ledger
    settings: Settings
    journey: Journey
    let_in: bool

    @property
    def stage(self) -> Stage:
        """Where the journey stands."""
        if not self.journey.open:
            return "gone"
        if self.let_in:
            return "inside"
        if self.journey.locked_until is not None:
            return "locked"
        return "cover" if self.journey.checkable else "unverifiable"

    @cached_property
    def words(self) -> Words:
        return words_in(self.journey.language)

    @cached_property
    def writing(self) -> Writing:
        return Writing.of(self.words.language, self.journey.country, self.journey.zone)

    @cached_property
    def view(self) -> AccountView:
        """The account. Asked for only once the browser was let in, or to say that a stop holds."""
        place = self.journey.place
        with self.ledger.api(place.tenant, place.lender) as session:
            return page_view.load(session, self.journey, self.ledger.clock.now())

    def money(self, amount: Any) -> str:
        return self.writing.money(amount, self.view.currency)

    def address(self, path: str = "") -> str:
        """The address of one of this link's pages, from our own root."""
        return f"/p/{self.token}{path}"

    def context(self) -> dict[str, Any]:
        """What every template is given."""
        journey = self.journey
        return {
            "w": self.words,
            "lang": self.words.language,
            "base": self.address(),
            "lender": journey.lender_name,
            "phone": shown_phone(journey.lender_phone, journey.country),
            "phone_link": journey.lender_phone,
            "key": secrets.token_urlsafe(16),
            "errors": {},
            "values": {},
        }


def any_visit(request: Request, token: str) -> Visit:
    """The visit of a link that exists, even if it expired: a stop is always heard."""
    ledger, token = ledger_of(request), token.rstrip(AFTER_A_LINK)
    place = links.find(ledger, token)
    if place is None:
        raise Gone
    with ledger.api(place.tenant, place.lender) as session:
        journey = links.look(session, place, ledger.clock)
        let_in = journey.open and links.is_let_in(session, place, request.cookies.get(COOKIE), ledger.clock)
    return Visit(token, ledger, settings_of(request), journey, let_in)


AnyVisit = Annotated[Visit, Depends(any_visit)]


def open_visit(visit: AnyVisit) -> Visit:
    """The visit of a link that still works."""
    if visit.stage == "gone":
        raise Gone
    return visit


OpenVisit = Annotated[Visit, Depends(open_visit)]


def inside_visit(visit: OpenVisit) -> Visit:
    """The visit of a browser that passed the identity check; anyone else is led to it."""
    if visit.stage != "inside":
        raise GoTo("")
    return visit


Inside = Annotated[Visit, Depends(inside_visit)]


def owing_visit(visit: Inside) -> Visit:
    """The same, where something is owed: else there is nothing to pay, promise or dispute."""
    if visit.view.nothing_due:
        raise GoTo("/account")
    return visit


Owing = Annotated[Visit, Depends(owing_visit)]
Fields = Annotated[FormData, Depends(form_body)]


def act(name: str, fields: FormData, *names: str) -> Act:
    """The press of a button; a form that lost its key counts as a new one."""
    key = str(fields.get("key", ""))[:LONGEST_KEY] or secrets.token_urlsafe(16)
    return Act(name, key, {each: str(fields.get(each, "")) for each in names})
