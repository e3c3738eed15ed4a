"""Reads a plain HTML page as a person with a browser would: its forms, their fields, its links.

Standard library only. What a form holds already (hidden fields, prefilled values, required boxes) goes back with it.
"""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit


@dataclass(slots=True)
class Form:
    """A form as found. `options` are the values offered for a field by radio buttons or a select."""

    action: str
    fields: dict[str, str] = field(default_factory=dict[str, str])
    options: dict[str, list[str]] = field(default_factory=dict[str, list[str]])

    def filled(self, wanted: dict[str, str]) -> dict[str, str]:
        """What to send. A value that is not among the offered ones gives way to the last offered one."""
        sent = dict(self.fields)
        for name, value in wanted.items():
            offered = [option for option in self.options.get(name, []) if option]
            sent[name] = value if not offered or value in offered else offered[-1]
        return sent


@dataclass(slots=True)
class Page:
    """What a page offers."""

    url: str
    forms: list[Form] = field(default_factory=list[Form])
    links: list[str] = field(default_factory=list[str])

    def form(self, word: str) -> Form | None:
        """The form whose action ends in a word."""
        return next((form for form in self.forms if _last_word(form.action) == word), None)

    def link(self, word: str) -> str | None:
        """The link whose path ends in a word."""
        return next((link for link in self.links if _last_word(link) == word), None)


def read(html: str, url: str) -> Page:
    """The page at an address."""
    reader = _Reader(url)
    reader.feed(html)
    reader.close()
    return reader.page


def _last_word(url: str) -> str:
    return urlsplit(url).path.rstrip("/").rpartition("/")[2]


class _Reader(HTMLParser):
    """Collects forms and links while the parser walks the page."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self.page = Page(url)
        self._form: Form | None = None
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "a" and "href" in given:
            self.page.links.append(urljoin(self.page.url, given["href"]))
        elif tag == "form":
            self._form = Form(urljoin(self.page.url, given.get("action", "")))
            self.page.forms.append(self._form)
        elif self._form is not None:
            self._read_field(tag, given, self._form)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "select":
            self._select = ""

    def _read_field(self, tag: str, given: dict[str, str], form: Form) -> None:
        name = given.get("name", "")
        if tag == "select":
            self._select = name
        elif tag == "option" and self._select:
            form.options.setdefault(self._select, []).append(given.get("value", ""))
            if "selected" in given:
                form.fields[self._select] = given.get("value", "")
        elif tag == "textarea" and name:
            form.fields.setdefault(name, "")
        elif tag == "input" and name:
            _read_input(name, given, form)


def _read_input(name: str, given: dict[str, str], form: Form) -> None:
    kind = given.get("type", "text").lower()
    value = given.get("value", "")
    if kind == "radio":
        form.options.setdefault(name, []).append(value)
        if "checked" in given:
            form.fields[name] = value
    elif kind == "checkbox":
        if "checked" in given or "required" in given:
            form.fields[name] = value or "on"
    elif kind not in {"submit", "button", "image", "reset", "file"}:
        form.fields[name] = value
