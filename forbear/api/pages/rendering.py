"""Turns a template into a page that keeps quiet: nothing stored, indexed, framed or told to other sites.

Templates escape everything and refuse a value they were not given.
"""

from collections.abc import Mapping
from typing import Any, Final

from fastapi.responses import HTMLResponse, RedirectResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from forbear.api.pages.wording import FOLDER
from forbear.payments.checkout import page_origin
from forbear.settings import Settings

SEE_OTHER: Final = 303
STYLE: Final = (FOLDER / "page.css").read_text()
QUIET: Final[Mapping[str, str]] = {
    "Cache-Control": "no-store",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
}
_templates = Environment(
    loader=FileSystemLoader((FOLDER, FOLDER.parent)),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def page(settings: Settings, template: str, context: Mapping[str, Any], status: int = 200) -> HTMLResponse:
    """A rendered page with its headers."""
    return HTMLResponse(_templates.get_template(template).render(context), status, headers=headers(settings))


def see_other(settings: Settings, address: str) -> Response:
    """Leads the browser on with a GET, so that going back or reloading repeats nothing."""
    return RedirectResponse(address, SEE_OTHER, headers=headers(settings))


def headers(settings: Settings) -> dict[str, str]:
    """The headers of every page. A form may lead to us or to the payment provider's page."""
    policy = (
        "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'; "
        f"form-action 'self' {page_origin(settings)}"
    )
    return {**QUIET, "Content-Security-Policy": policy}
