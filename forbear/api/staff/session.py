"""Who is signed in, what they may do, and whether a form came from a page of theirs.

A route says `staff: SignedIn`, or `staff: Annotated[Staff, Depends(requires("officer"))]`; one that changes something
takes `fields: Fields` as well, which refuses a form without the token of this very session. The token is a digest of
the cookie: nothing is stored, and it dies with the session.
"""

import hmac
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import sha256
from typing import Annotated, Final

from fastapi import Depends, Request, Response
from starlette.datastructures import FormData

from forbear.api.hooks.app_state import ledger_of, settings_of
from forbear.api.hooks.bodies import form_body
from forbear.contracts.words import StaffRole
from forbear.ledger import signing_in
from forbear.ledger.engine import Ledger
from forbear.ledger.signing_in import Present
from forbear.settings import Settings

COOKIE: Final = "forbear_staff"
ROOT: Final = "/staff"
TOKEN: Final = "csrf"  # noqa: S105  the name of a field
BY: Final = "by"
"""The field of a form that says who was signed in when its page was made. It lets nobody in; it keeps others out."""
REMEMBERED: Final = timedelta(days=30)
"""Machine time for which a browser keeps the cookie. The server ends the session long before; what is typed on a page
older than that must still be known to be that person's."""
_FOREIGN: Final = frozenset({"cross-site", "same-site"})


class SignedOut(Exception):
    """Nobody is signed in here, or not any more."""


class NotYours(Exception):
    """The signed-in person lacks the role for this page."""


class StaleForm(Exception):
    """The form does not bear this session's token: it is from another session, or from another site."""


@dataclass(frozen=True, slots=True)
class Staff:
    """The signed-in person of a request."""

    id: str
    tenant: str
    name: str = field(repr=False)
    roles: frozenset[str]
    language: str
    session: str
    csrf: str = field(repr=False)
    present: Present = field(repr=False)

    def is_any(self, *roles: StaffRole) -> bool:
        return not self.roles.isdisjoint(roles)


def token_of(cookie: str) -> str:
    """What a session's forms bear."""
    return sha256(f"forbear form\0{cookie}".encode()).hexdigest()


def signed_in(request: Request) -> Staff:
    """The signed-in person; the page is then in their language."""
    return recognised(request, request.cookies.get(COOKIE))


def recognised(request: Request, cookie: str | None) -> Staff:
    """Whose session a cookie is.

    Raises:
        SignedOut: nobody's, or not any more.
    """
    found = signing_in.present(ledger_of(request), cookie)
    if found is None or cookie is None:
        raise SignedOut
    staff = Staff(
        found.id, found.tenant, found.name, found.roles, found.language, found.session, token_of(cookie), found
    )
    request.state.staff = staff
    return staff


SignedIn = Annotated[Staff, Depends(signed_in)]


def requires(*roles: StaffRole) -> Callable[[Staff], Staff]:
    """A dependency that lets people with one of these roles pass."""

    def check(staff: SignedIn) -> Staff:
        if not staff.is_any(*roles):
            raise NotYours
        return staff

    return check


def check_token(staff: Staff, given: str) -> None:
    """Refuse a form of another session.

    Raises:
        StaleForm: the token is missing or another's.
    """
    if not hmac.compare_digest(staff.csrf.encode(), given.encode()):
        raise StaleForm


def check_site(request: Request) -> None:
    """Refuse what a browser says another site made it send.

    Raises:
        StaleForm: it says so.
    """
    if request.headers.get("sec-fetch-site", "").lower() in _FOREIGN:
        raise StaleForm


def checked_form(request: Request, staff: SignedIn, fields: Annotated[FormData, Depends(form_body)]) -> FormData:
    """The fields of a form of this session."""
    request.state.form = fields  # what was read of the line once is not there again
    check_site(request)
    check_token(staff, str(fields.get(TOKEN, "")))
    return fields


Fields = Annotated[FormData, Depends(checked_form)]
TheLedger = Annotated[Ledger, Depends(ledger_of)]
TheSettings = Annotated[Settings, Depends(settings_of)]


def set_cookie(answer: Response, settings: Settings, cookie: str) -> None:
    """Give the browser its session; no script reads it, and other sites' forms do not send it."""
    answer.set_cookie(
        COOKIE,
        cookie,
        max_age=int(REMEMBERED.total_seconds()),
        path=ROOT,
        secure=settings.public_url.startswith("https:"),
        httponly=True,
        samesite="lax",
    )


def drop_cookie(answer: Response, settings: Settings) -> None:
    secure = settings.public_url.startswith("https:")
    answer.delete_cookie(COOKIE, path=ROOT, secure=secure, httponly=True, samesite="lax")
