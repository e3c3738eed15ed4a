"""Turns a template of `templates/staff` into a page of the signed-in person's, in their language.

`render(request, "visits/board.html", visits=…)` is given `w` (words), `lang`, `staff` and `csrf` besides.
Pages need no script; one that has to work on a bad connection or to say where it is asks for it with `device=True`.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from babel.dates import format_time, get_timezone_name
from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from forbear.api.pages.rendering import QUIET, SEE_OTHER
from forbear.api.pages.wording import Writing
from forbear.api.staff.session import ROOT, Staff
from forbear.api.staff.wording import FOLDER, StaffWords, preferred, words_in
from forbear.rules.wall import zone as zone_of

STYLE: Final = (FOLDER / "staff.css").read_text("utf-8")
PLAIN: Final = "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
DEVICE: Final = f"{PLAIN}; script-src 'self'; connect-src 'self'; img-src 'self' blob:; worker-src 'self'"
_templates = Environment(
    loader=FileSystemLoader((FOLDER, FOLDER.parent)),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def render(request: Request, template: str, *, status: int = 200, device: bool = False, **values: Any) -> HTMLResponse:
    """A page with its headers; `status` is 422 where a form comes back with errors."""
    staff: Staff | None = getattr(request.state, "staff", None)
    words = words_of(request)
    context: dict[str, Any] = {
        "w": words,
        "lang": words.language,
        "staff": staff,
        "csrf": staff.csrf if staff else "",
        "root": ROOT,
        "errors": {},
        "values": {},
        **values,
    }
    body = _templates.get_template(template).render(context)
    return HTMLResponse(body, status, headers=headers(device=device))


def words_of(request: Request) -> StaffWords:
    """The words in the language of whoever is signed in, else in the browser's."""
    staff: Staff | None = getattr(request.state, "staff", None)
    return words_in(staff.language if staff else preferred(request.headers.get("accept-language", "")))


def see_other(address: str) -> Response:
    """Leads the browser on with a GET, so that going back or reloading repeats nothing."""
    return RedirectResponse(address, SEE_OTHER, headers=headers())


def headers(*, device: bool = False) -> Mapping[str, str]:
    allowed = "camera=(), geolocation=(), microphone=(), payment=()"
    if device:
        allowed = "camera=(self), geolocation=(self), microphone=(), payment=()"
    return {**QUIET, "Permissions-Policy": allowed, "Content-Security-Policy": DEVICE if device else PLAIN}


def when(words: StaffWords, zone: str | None, at: datetime) -> str:
    """An instant as this reader writes it, in a zone that is named: the person's, or the office's."""
    writing = writing_of(words, zone)
    return words("frame.when", day=writing.day(writing.local_day(at)), time=time_of_day(words, zone, at))


def time_of_day(words: StaffWords, zone: str | None, at: datetime) -> str:
    """The time of day in a zone, with the zone's name: in Chinese the long one, as there is no short one."""
    writing = writing_of(words, zone)
    if writing.zone_name is None or writing.locale.language != "zh":
        return writing.time(at)
    local = at.astimezone(zone_of(writing.zone_name))
    time = format_time(local, "short", tzinfo=local.tzinfo, locale=writing.locale)
    return f"{time}（{get_timezone_name(local, width='long', locale=writing.locale)}）"


def writing_of(words: StaffWords, zone: str | None) -> Writing:
    """How this reader writes days, times and sums."""
    return Writing.of(words.language, "CN" if words.language.startswith("zh") else "US", zone)
