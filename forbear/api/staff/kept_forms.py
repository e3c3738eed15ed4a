"""A form that was sent when its session was over: it waits behind the sign-in and goes out by a second press.

Nothing of it is acted upon or stored meanwhile: the pages carry it. It is taken up only if the browser says that a page
of ours sent it, or if it bears the token of the session that ended; and sent again it is a form of the new session.
Whoever signs in instead of the one who typed it is not shown it, nor is anybody where nobody knows who that was.
"""

import hmac
import json
import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final, cast

from fastapi import HTTPException, Request
from fastapi.responses import Response
from starlette.datastructures import FormData

from forbear.api.hooks.app_state import ledger_of
from forbear.api.hooks.bodies import form_body
from forbear.api.staff.rendering import render, words_of
from forbear.api.staff.session import BY, COOKIE, TOKEN, Staff, token_of
from forbear.api.staff.wording import StaffWords
from forbear.ledger import signing_in

PATHS: Final = re.compile(r"/staff/(?:visits/[0-9A-Za-z_]+/report|tasks/[0-9A-Za-z_]+/(?:outcome|meaning|done))")
"""Where somebody writes down what cannot be had again; each of them does the same thing once, however often sent."""
OF_A_PAGE: Final = re.compile(
    r"/staff/(?:(visits/[0-9A-Za-z_]+)/(?:check-in|start|sign|abort|report)|visit-photos/([0-9A-Za-z_]+)"
    r"|(tasks/[0-9A-Za-z_]+)/(?:begin|outcome|not-dialled|open|meaning|done|give-back))"
)
"""Forms that stand on the page of one visit or task."""
LONGEST: Final = 40_000
SIGNED_OUT: Final = 401
TO, FIELDS, FROM = "kept_to", "kept_fields", "kept_from"
OURS: Final = frozenset({TOKEN, BY})
"""What every form bears anew."""
Kept = tuple[str, list[tuple[str, str]]]
SHOWN: Final[Mapping[str, tuple[str, tuple[str, ...]]]] = MappingProxyType(
    {
        "outcome": ("outcome.legend", ("outcome", "visit_outcome")),
        "meaning": ("reply.legend", ("reply",)),
        "on": ("outcome.on", ()),
        "amount": ("outcome.amount", ()),
        "cause": ("outcome.cause", ("causes",)),
        "met": ("visit_report.met", ("visit_met",)),
        "promise_day": ("visit_report.promise_day", ()),
        "promise_amount": ("visit_report.promise_amount", ()),
    }
)
"""Which fields are read back: under which words, and where the words of their values stand."""


async def signed_out(request: Request) -> Response | None:
    """The sign-in page with the form behind it; None where there is none to keep."""
    fields = await _taken_up(request)
    if fields is None:
        return None
    owner = str(fields.get(BY, "")) or signing_in.whose(ledger_of(request), request.cookies.get(COOKIE))
    values: dict[str, Any] = {
        **packed(request.url.path, fields),
        FROM: owner or "",
        "onward": page_of(request.url.path),
    }
    return render(request, "sign_in.html", status=SIGNED_OUT, **values)


async def of_old_page(request: Request) -> Response | None:
    """The form again, to be sent by somebody who signed in anew since its page was made; None where it is no such.

    Only where the browser goes to what is answered: a script would take the page for the form's arrival.
    """
    site, mode = (request.headers.get(f"sec-fetch-{name}", "").lower() for name in ("site", "mode"))
    if (site, mode) != ("same-origin", "navigate") or _is_scripts(request) or not PATHS.fullmatch(request.url.path):
        return None
    fields, staff = await _body(request), cast("Staff | None", getattr(request.state, "staff", None))
    if fields is None or staff is None or str(fields.get(BY, "")) != staff.id:
        return None
    return offer(request, (request.url.path, _pairs(fields)))


def packed(path: str, fields: FormData) -> dict[str, str]:
    """What the sign-in page carries along."""
    return {TO: path, FIELDS: json.dumps(_pairs(fields), ensure_ascii=False)}


def unpacked(fields: FormData) -> Kept | None:
    """What a sign-in form carried along, if it is a form of ours."""
    path, told = (str(fields.get(name, "")) for name in (TO, FIELDS))
    if not PATHS.fullmatch(path) or len(told) > LONGEST:
        return None
    try:
        found: Any = json.loads(told)
    except ValueError:
        return None
    if not isinstance(found, list):
        return None
    pairs = [pair for pair in cast("list[Any]", found) if isinstance(pair, list) and len(cast("list[Any]", pair)) == 2]  # noqa: PLR2004  a name and its value
    return path, [(str(name), str(value)) for name, value in pairs if name not in OURS]


def carried(fields: FormData) -> dict[str, Any]:
    """The same once more, for a sign-in that did not succeed."""
    return {name: str(fields.get(name, "")) for name in (TO, FIELDS, FROM)} if unpacked(fields) else {}


def typed_by(fields: FormData, staff: Staff) -> bool:
    """Whether this is known to be who typed it."""
    return str(fields.get(FROM, "")) == staff.id


def offer(request: Request, kept: Kept) -> Response:
    """The page on which whoever signed in sends it, or lets it be."""
    path, pairs = kept
    notes = [value for name, value in pairs if name == "note" and value.strip()]
    said = _read_back(words_of(request), path, pairs)
    return render(request, "kept_form.html", to=path, fields_sent=pairs, said=said, wrote=notes, page=page_of(path))


def page_of(path: str) -> str:
    """The page on which a form stands; '' where it has none of its own."""
    found = OF_A_PAGE.fullmatch(path)
    if found is None:
        return ""
    visit, photos, task = found.groups()
    return f"/staff/{visit or task or f'visits/{photos}'}"


def _read_back(words: StaffWords, path: str, pairs: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """What was filled in, in words."""
    said = list[tuple[str, str]]()
    for name, value in pairs:
        if name in SHOWN and value.strip():
            label, sections = SHOWN[name]
            if "/visits/" in path and f"visit_report.{name}" in words.sentences:
                label = f"visit_report.{name}"
            keys = (f"{section}.{value}" for section in sections)
            found = next((words(key) for key in keys if key in words.sentences), value)
            said.append((words(label), found))
    return said


async def _taken_up(request: Request) -> FormData | None:
    """The fields, if the form is one of ours. A script of ours keeps its form itself and asks for no page."""
    if not PATHS.fullmatch(request.url.path) or _is_scripts(request):
        return None
    fields = await _body(request)
    if fields is None:
        return None
    site = request.headers.get("sec-fetch-site", "").lower()
    token = token_of(request.cookies.get(COOKIE, ""))
    ours = bool(request.cookies.get(COOKIE)) and hmac.compare_digest(
        token.encode(), str(fields.get(TOKEN, "")).encode()
    )
    return fields if site == "same-origin" or (ours and not site) else None


def _is_scripts(request: Request) -> bool:
    return request.headers.get("accept", "") == "application/json"


async def _body(request: Request) -> FormData | None:
    kept: FormData | None = getattr(request.state, "form", None)
    if kept is not None:
        return kept
    try:
        return await form_body(request)
    except HTTPException:
        return None


def _pairs(fields: FormData) -> list[tuple[str, str]]:
    return [(name, value) for name, value in fields.multi_items() if name not in OURS and isinstance(value, str)]
