"""A paper in words: the template of its kind filled with what the ledger gave, as HTML and the lines of its window.

Values are escaped and missing ones refused. Amounts stand as their reader's country writes them and are never rounded.
"""

import re
import traceback
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final

import segno
from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateError

from forbear.documents import filters
from forbear.documents.addressing import composed, phone_at_home, sheet_for, window_lines
from forbear.documents.figures import check_figures
from forbear.documents.filling import fill
from forbear.documents.filters import locale_of, write_day
from forbear.documents.kinds import Kind
from forbear.documents.legal_days import legal_flaws, with_legal_days
from forbear.documents.markup import with_row_heads
from forbear.documents.registry import COURT, FOLDER, find_kind, kind_of
from forbear.documents.sums import sum_flaws
from forbear.ports.house import COLOUR, LOGO, ink
from forbear.ports.papers import LetterHead, Paper, Unprintable
from forbear.ports.post import PostAddress

REFERENCE_CHARACTERS: Final = 10
"""Of an id's random digits, those a person reads out on the phone; as on the pages."""
ADDRESS_PAGE: Final = "address-page"
MOST_PICTURE: Final = 400_000
"""Signs of a logo as it stands in the page: more would not fit into a letter's file."""
HEAD_ENDS: Final = "</head>"
UNFIT: Final = re.compile(r"'(\w+_(?:do|does|must|is|are)_\w+)'")
"""By such a name, which nobody gives, a template refuses what must not be printed: `sums_do_not_add_up`."""


@dataclass(frozen=True, slots=True)
class Sheets:
    """What goes to the engine, and what the checks look for in what comes out. Personal."""

    html: str = field(repr=False)
    sheet: str
    window: tuple[str, ...] = field(repr=False)
    """The lines behind the envelope's window; none where the paper has no window."""
    code: str = field(repr=False)
    """What the printed code says; empty where the paper has none."""
    footer: str
    """What stands at the foot of every page beside its number."""
    most_pages: int = 4
    draft: bool = False


def word_letter(paper: Paper) -> Sheets:
    """A paper in words.

    Raises:
        Unprintable: it may not be of its kind, its figures do not add up, a field is missing or wrong, or its template
            lacks a value.
    """
    kind = kind_of(paper)
    check_figures(kind, paper)
    country = paper.to.country
    sheet = kind.sheet or sheet_for(country, window=kind.window)
    window = window_lines(paper.to) if kind.window else ()
    language = kind.spoken(paper.language, country)
    link = _link(kind, paper)
    subject = paper.account if kind.single and paper.account else paper.touch
    values = {
        **_head(paper.head, subject, window, language),
        **_facts(kind, paper, language),
        **_told(kind, paper, language),
    }
    if link:  # otherwise a template that asks for one is refused
        values |= {"link": link, "code": _picture(link)}
    html = _styled(kind, _fill(kind.template(language), values))
    code = link if 'id="code"' in html else ""
    return Sheets(html, sheet, window, code, reference(subject), kind.most_pages, bool(kind.empty_slots(language)))


def word_address_page(touch: str, to: PostAddress, head: LetterHead) -> Sheets:
    """The address and the touch, and nothing of what the letter is about."""
    sheet, window = sheet_for(to.country), window_lines(to)
    kind = find_kind(ADDRESS_PAGE)
    language = kind.spoken("", to.country)
    values = {**_head(head, touch, window, language), "title": kind.titles[language], "touch": touch, "draft": False}
    html = _styled(kind, _fill(kind.template(language), values | {"code": _picture(touch)}))
    return Sheets(html, sheet, window, touch, reference(touch), kind.most_pages)


def reference(subject: str) -> str:
    """An id in the form in which a person can read it out."""
    prefix, _, random = subject.partition("_")
    return f"{prefix.upper()}-{random[:REFERENCE_CHARACTERS]}"


def _facts(kind: Kind, paper: Paper, language: str) -> dict[str, Any]:
    """What the ledger knows of the account and its reader."""
    locale = locale_of(language, paper.to.country)
    values: dict[str, Any] = {
        "locale": locale,
        "title": kind.titles[language],
        "currency": paper.currency,
        "name": paper.to.name,
        "role": paper.role,
        "disclosures": paper.disclosures,
        "day": write_day(paper.day, locale),
        "as_of": write_day(paper.as_of, locale),
        "due_since": write_day(paper.due_since, locale),
        "draft": bool(kind.empty_slots(language)),
    }
    if kind.balance != "none":
        values |= {"balance": paper.total, "figures": paper.figures}
    if kind.statement:
        values["statement"] = paper.statement
    return values


def _told(kind: Kind, paper: Paper, language: str) -> dict[str, Any]:
    """The kind's own fields and its prescribed words."""
    fields, flaws = fill(kind.fields, given_for(kind, paper), paper.currency)
    flaws = flaws or (*sum_flaws(fields), *legal_flaws(kind.id, paper.day, fields))
    if flaws:
        raise Unprintable("fields.given", "; ".join(map(str, flaws)))
    slots = {name: slot.worded(language) for name, slot in kind.slots.items()}
    return {"field": SimpleNamespace(**fields), "slot": SimpleNamespace(**slots)}


def given_for(kind: Kind, paper: Paper) -> Mapping[str, Any]:
    """What a kind is told: what was given for this paper, what the record knows and it has a field for, days of law."""
    given = {name: paper.known[name] for name in kind.fields if name in paper.known} | dict(paper.fields)
    return with_legal_days(kind.id, paper.day, given)


def _link(kind: Kind, paper: Paper) -> str:
    """The link that is printed: none on a kind that bears none, whatever was given.

    It is its touch's own, so that a paper which is approved file by file has none either.
    """
    if kind.link == "required" and not paper.link:
        raise Unprintable("words.missing", f"'{kind.id}' leads its reader to a page; give its link")
    return "" if kind.link == "never" or kind.single else paper.link


def _head(head: LetterHead, touch: str, window: tuple[str, ...], language: str) -> dict[str, Any]:
    lines = () if head.address is None else tuple(line for line in _return_address(head.address) if line)
    if (head.colour and not COLOUR.fullmatch(head.colour)) or not _is_picture(head.logo):
        raise Unprintable("house.look", "the lender's colour must be as #1a2b3c, its logo a PNG or JPEG file")
    return {
        "language": language,
        "lender": head.name,
        "phone": _phone(head),
        "head_lines": lines,
        "window": window,
        "reference": reference(touch),
        "house": SimpleNamespace(colour=head.colour, ink=ink(head.colour), logo=head.logo),
    }


def _is_picture(logo: str) -> bool:
    return not logo or (len(logo) <= MOST_PICTURE and LOGO.fullmatch(logo) is not None)


def _return_address(at: PostAddress) -> tuple[str, ...]:
    """Where the lender's mail goes back to, in two lines."""
    if at.country in {"CN", "TW"}:
        return "".join((at.region if at.region != at.city else "", at.city, *at.lines)), at.postal_code
    region = f"{at.region} {at.postal_code}".strip()
    return ", ".join(at.lines), ", ".join(part for part in (at.city, region) if part)


def _phone(head: LetterHead) -> str:
    """The lender's number as people of its country write it, in one piece."""
    home = "US" if head.address is None else head.address.country
    return phone_at_home(head.phone, home).replace(" ", "\u00a0")


def _styled(kind: Kind, html: str) -> str:
    """The page with what its kind needs beyond the house's look."""
    return html.replace(HEAD_ENDS, f"<style>{kind.style}</style>{HEAD_ENDS}", 1) if kind.style else html


def _fill(template: str, values: Mapping[str, Any]) -> str:
    try:
        return with_row_heads(composed(_jinja().get_template(template).render(values)))
    except TemplateError as error:
        # The message of an undefined value names it, and no value.
        told = error.message or type(error).__name__
        if why := UNFIT.search(told):
            told = f"what it was told does not fit together: {why[1]}. Correct the fields, or the record"
        raise Unprintable("words.missing", f"{_line(error) or template}: {told}") from None
    except (TypeError, ValueError, ArithmeticError, LookupError) as error:
        raise Unprintable("words.missing", f"{_line(error) or template}: {type(error).__name__}") from None


def _line(error: Exception) -> str:
    """Where in a template an error arose; its message may quote a value and is not told."""
    homes = (str(FOLDER), str(COURT))
    places = [place for place in traceback.extract_tb(error.__traceback__) if place.filename.startswith(homes)]
    if not places:
        return ""
    path = Path(places[-1].filename)
    return f"{path.relative_to(FOLDER if path.is_relative_to(FOLDER) else COURT)}, line {places[-1].lineno}"


@cache
def _jinja() -> Environment:
    jinja = Environment(loader=FileSystemLoader([FOLDER, COURT]), undefined=StrictUndefined, autoescape=True)
    filters.install(jinja)
    return jinja


def _picture(says: str) -> str:
    """A code as a picture that stands in the page itself."""
    return segno.make(says, error="m", micro=False, boost_error=False).svg_data_uri(border=4, dark="#000")
