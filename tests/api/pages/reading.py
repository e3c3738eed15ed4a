"""Reads a page as a screen reader and a careful reviewer would: headings, labels, ids, forms, addresses, words."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = frozenset({"meta", "link", "input", "br", "hr", "img"})
STRAIGHT = re.compile(r"""["'](?=\w)|(?<=\w)["']""")


@dataclass
class Form:
    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict[str, str])
    inputs: list[dict[str, str]] = field(default_factory=list[dict[str, str]])


@dataclass
class Page:
    """What is on a page."""

    lang: str = ""
    title: str = ""
    headings: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    ids: list[str] = field(default_factory=list[str])
    labels: list[str] = field(default_factory=list[str])
    legends: int = 0
    fieldsets: int = 0
    described: list[str] = field(default_factory=list[str])
    forms: list[Form] = field(default_factory=list[Form])
    addresses: list[str] = field(default_factory=list[str])
    links: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    scripts: int = 0
    inline_styles: int = 0
    required: int = 0
    errors: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    text: str = ""

    @property
    def h1(self) -> str:
        return next(text for level, text in self.headings if level == "h1")

    def form(self, word: str) -> Form:
        [found] = [form for form in self.forms if form.action.rsplit("/", 1)[-1] == word]
        return found

    def offers(self, word: str) -> bool:
        return any(form.action.rsplit("/", 1)[-1] == word for form in self.forms)

    def check(self, root: str = "/p") -> None:
        """What holds for every page; `root` is where its forms lead."""
        assert self.lang, "no language"
        assert [level for level, _ in self.headings].count("h1") == 1, self.headings
        assert self.title.removeprefix("Error: ").startswith(self.h1), (self.title, self.h1)
        assert self.title.startswith("Error: ") == bool(self.errors)
        assert len(self.ids) == len(set(self.ids)), f"doubled ids in {self.ids}"
        assert set(self.described) <= set(self.ids), "described by nothing"
        assert {target for target, _ in self.errors} <= set(self.ids), "an error that leads nowhere"
        assert self.fieldsets == self.legends
        assert (self.scripts, self.inline_styles, self.required) == (0, 0, 0)
        assert not STRAIGHT.search(self.text), f"a straight quote in {self.text}"
        assert "{" not in self.text
        assert "None" not in self.text
        for form in self.forms:
            self._check(form, root)
        for address in self.addresses:
            assert not address.startswith(("http:", "https:", "//")), "a third party"

    def _check(self, form: Form, root: str) -> None:
        assert form.action.startswith(f"{root}/")
        assert form.method == "post"
        for given in form.inputs:
            assert given.get("id") in self.labels, f"no label for {given}"


def read(html: str) -> Page:
    reader = _Reader()
    reader.feed(html)
    reader.close()
    reader.page.text = " ".join(" ".join(reader.words).split())
    assert reader.open == [], "tags left open"
    return reader.page


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.page = Page()
        self.open: list[str] = []
        self.words: list[str] = []
        self._in_summary = False
        self._link = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        page = self.page
        if tag not in VOID:
            self.open.append(tag)
        if tag == "html":
            page.lang = given.get("lang", "")
        if "id" in given:
            page.ids.append(given["id"])
        page.described += given.get("aria-describedby", "").split() + given.get("aria-labelledby", "").split()
        page.inline_styles += ("style" in given) + (tag == "style")
        page.scripts += tag == "script"
        page.required += "required" in given
        page.fieldsets += tag == "fieldset"
        page.legends += tag == "legend"
        page.addresses += [given[name] for name in ("href", "action", "src") if name in given]
        self._read_structure(tag, given)

    def _read_structure(self, tag: str, given: dict[str, str]) -> None:
        page = self.page
        if tag in {"h1", "h2", "h3"}:
            page.headings.append((tag, ""))
        if tag == "label":
            page.labels.append(given["for"])
        if given.get("class") == "summary":
            self._in_summary = True
        if tag == "a":
            self._link = given["href"]
            page.links.append((self._link, ""))
            if self._in_summary:
                page.errors.append((self._link.removeprefix("#"), ""))
        if tag == "form":
            page.forms.append(Form(given.get("action", ""), given.get("method", "")))
        if tag in {"input", "textarea", "select"}:
            self._read_input(given)

    def _read_input(self, given: dict[str, str]) -> None:
        form = self.page.forms[-1]
        kind = given.get("type", "text")
        if kind != "hidden":
            form.inputs.append(given)
        if kind not in {"radio", "checkbox"} or "checked" in given:
            form.fields[given["name"]] = given.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> ends nothing"
        assert self.open.pop() == tag, f"</{tag}> crosses another"
        if tag == "ul":
            self._in_summary = False

    def handle_data(self, data: str) -> None:
        if "head" not in self.open:
            self.words.append(data)
        elif self.open[-1] == "title":
            self.page.title = data
        inside = self.open[-1] if self.open else ""
        if inside in {"h1", "h2", "h3"}:
            level, text = self.page.headings[-1]
            self.page.headings[-1] = (level, text + data)
        if inside == "a":
            self.page.links[-1] = (self._link, self.page.links[-1][1] + data)
            if self._in_summary:
                self.page.errors[-1] = (self.page.errors[-1][0], data)
        if inside == "textarea":
            form = self.page.forms[-1]
            form.fields[form.inputs[-1]["name"]] = data
