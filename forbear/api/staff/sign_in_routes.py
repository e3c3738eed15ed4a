"""Signing in and out, and one's own page: language, password, every session ended.

A refused sign-in says the same whatever the reason, so that nobody learns who works here.
"""

import re
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from starlette.datastructures import FormData

from forbear.api.hooks.bodies import form_body
from forbear.api.staff import kept_forms
from forbear.api.staff.rendering import render, see_other, words_of
from forbear.api.staff.session import (
    COOKIE,
    ROOT,
    Fields,
    SignedIn,
    TheLedger,
    TheSettings,
    check_site,
    drop_cookie,
    recognised,
    set_cookie,
)
from forbear.api.staff.staff_route import StaffRoute
from forbear.errors import BadInput
from forbear.ledger import passwords, signing_in, staffing

router = APIRouter(prefix=ROOT, route_class=StaffRoute, include_in_schema=False)
UNPROCESSABLE: Final = 422
LONGEST_FIELD: Final = 300
_OURS: Final = re.compile(r"/staff(?:/[0-9A-Za-z_\-]+)*")


def onward(address: str) -> str:
    """Where to go after signing in: a page of ours, whatever the address bar was made to say."""
    return address if _OURS.fullmatch(address) and not address.startswith(f"{ROOT}/sign-") else ROOT


def unhurried(request: Request) -> None:
    """Count a guess of whoever is at the other end of the connection."""
    if request.client is not None:
        request.app.state.pace.count("identity", request.client.host)


@router.get("/sign-in")
def ask(request: Request, ledger: TheLedger, next: str = "") -> Response:  # noqa: A002  as it stands in the address
    """The form; whoever is signed in already is led on."""
    if signing_in.present(ledger, request.cookies.get(COOKIE)) is not None:
        return see_other(onward(next))
    return render(request, "sign_in.html", onward=onward(next))


@router.post("/sign-in", dependencies=[Depends(unhurried), Depends(check_site)])
def sign_in(
    request: Request, ledger: TheLedger, settings: TheSettings, fields: Annotated[FormData, Depends(form_body)]
) -> Response:
    """Compare the password; a new cookie for each sign-in, and the old session ends with the old one."""
    email, password = (str(fields.get(name, ""))[:LONGEST_FIELD] for name in ("email", "password"))
    there = onward(str(fields.get("next", "")))
    cookie = signing_in.sign_in(ledger, email, password)
    if cookie is None:
        errors = {"email": words_of(request)("sign_in.refused")}
        values, kept = {"email": email}, kept_forms.carried(fields)
        return render(request, "sign_in.html", status=UNPROCESSABLE, onward=there, errors=errors, values=values, **kept)
    before = signing_in.present(ledger, request.cookies.get(COOKIE))
    if before is not None:
        signing_in.sign_out(ledger, before)
    kept = kept_forms.unpacked(fields)
    theirs = kept is not None and kept_forms.typed_by(fields, recognised(request, cookie))
    answer = kept_forms.offer(request, kept) if kept is not None and theirs else see_other(there)
    set_cookie(answer, settings, cookie)
    return answer


@router.post("/sign-out")
def sign_out(staff: SignedIn, fields: Fields, ledger: TheLedger, settings: TheSettings) -> Response:
    del fields
    signing_in.sign_out(ledger, staff.present)
    return _out(settings)


@router.post("/sign-out-everywhere")
def sign_out_everywhere(staff: SignedIn, fields: Fields, ledger: TheLedger, settings: TheSettings) -> Response:
    del fields
    signing_in.sign_out_everywhere(ledger, staff.present)
    return _out(settings)


@router.get("/me")
def me(request: Request, staff: SignedIn) -> Response:
    del staff
    return _me(request)


@router.post("/language")
def language(staff: SignedIn, fields: Fields, ledger: TheLedger) -> Response:
    with ledger.staff(staff.tenant) as session:
        staffing.set_language(session, staff.id, str(fields.get("language", "")))
    return see_other(f"{ROOT}/me")


@router.post("/password", dependencies=[Depends(unhurried)])
def password(request: Request, staff: SignedIn, fields: Fields, ledger: TheLedger, settings: TheSettings) -> Response:
    """Replace one's own password; every other session ends."""
    old, new, again = (str(fields.get(name, "")) for name in ("old", "new", "again"))
    words = words_of(request)
    if new != again:
        return _me(request, {"again": words("me.differs")})
    try:
        cookie = signing_in.change_password(ledger, staff.present, old[:LONGEST_FIELD], new)
    except BadInput:
        return _me(request, {"new": words("me.no_good", shortest=passwords.SHORTEST)})
    if cookie is None:
        return _me(request, {"old": words("me.wrong")})
    answer = see_other(f"{ROOT}/me")
    set_cookie(answer, settings, cookie)
    return answer


def _me(request: Request, errors: dict[str, str] | None = None) -> Response:
    languages = [(each, words_of(request)(f"me.{each.replace('-', '_')}")) for each in staffing.LANGUAGES]
    status = UNPROCESSABLE if errors else 200
    return render(
        request, "me.html", status=status, errors=errors or {}, languages=languages, shortest=passwords.SHORTEST
    )


def _out(settings: TheSettings) -> Response:
    answer = see_other(f"{ROOT}/sign-in")
    drop_cookie(answer, settings)
    return answer
