"""Every letter and paper of packets, in every language, from its sample: as PDF, as pictures, and on one page.

What is shown is fictional and needs no server. A paper that is refused is shown with the check that refused it; the
others are made all the same.
"""

import hashlib
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pypdfium2
from jinja2 import Environment

from forbear.documents.kinds import Kind
from forbear.documents.presses import PRESSES, Presses
from forbear.documents.registry import FOLDER, PAPER, PLACES, read_kind
from forbear.documents.samples import sample
from forbear.errors import BadData, ForbearError
from forbear.ports.papers import Rendered

SCALE: Final = 110 / 72
"""Of the pictures: 110 dots an inch can be read on a screen."""
SUMS: Final = "SHA256SUMS"
SECONDS: Final = 180.0
INDEX: Final = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Papers</title>
<style>body { font: 15px/1.4 sans-serif; margin: 2em } section { border-top: 1px solid; padding: 1em 0 }
img { width: 260px; border: 1px solid #999; margin: 0 8px 8px 0; vertical-align: top } code { overflow-wrap: anywhere }
.no { color: #a00 }</style>
<h1>Papers</h1>
<p>{{ shown | length }} papers in their languages, from fictional samples;
{{ shown | selectattr("draft") | list | length }} of them are drafts, as prescribed words are missing.</p>
{% for each in shown %}<section id="{{ each.name }}"><h2 lang="{{ each.language }}">{{ each.title }}</h2>
<p>{{ each.kind }}, version {{ each.version }}, {{ each.language }}{% if each.draft %},
 <strong>draft</strong>{% endif %}</p>
{% if each.refusal %}<p class="no">Refused: {{ each.refusal }}</p>{% else %}<p><a href="{{ each.name }}.pdf">PDF</a>,
pages: {{ each.pictures | length }}, <code>{{ each.sha256 }}</code></p>
{% for picture in each.pictures %}<a href="{{ picture }}"><img loading="lazy" src="{{ picture }}"
alt="Page {{ loop.index }}"></a>{% endfor %}{% endif %}</section>
{% endfor %}</html>
"""


@dataclass(frozen=True, slots=True)
class Shown:
    """One paper in one language as the gallery has it."""

    name: str
    kind: str
    version: int
    language: str
    title: str
    draft: bool = False
    refusal: str = ""
    sha256: str = ""
    pictures: tuple[str, ...] = ()


def catalogue(folder: Path = FOLDER) -> Iterator[tuple[Kind, str]]:
    """Every paper with each of its languages.

    Raises:
        BadData: a paper's files are not understood.
    """
    for paper in sorted(folder.glob(f"*/{PAPER}")):
        kind = read_kind(paper.parent.name, folder)
        yield from ((kind, language) for language in kind.languages)


def make_gallery(out: Path, presses: int = PRESSES, *, folder: Path = FOLDER) -> list[Shown]:
    """Make the whole gallery anew in a folder of its own; what lay there of an earlier one is replaced."""
    out.mkdir(parents=True, exist_ok=True)
    for old in (*out.glob("*.pdf"), *out.glob("*.png")):
        old.unlink()
    wanted, shown = _wanted(folder)

    def make(each: tuple[Kind, str]) -> Rendered | ForbearError:
        try:
            paper = sample(*each, folder)
            if not each[0].parties and not each[0].court:  # the page in front of a letter, which is about no account
                return shop.address_page(paper.touch, paper.to, paper.head)
            return shop.render(paper)
        except ForbearError as no:
            return no

    with (
        Presses(presses, ready_seconds=SECONDS, job_seconds=SECONDS) as shop,
        ThreadPoolExecutor(presses) as threads,
    ):
        # One reader at a time: pdfium knows no threads.
        shown += [_show(out, *each, made) for each, made in zip(wanted, threads.map(make, wanted), strict=True)]
    shown.sort(key=lambda each: each.name)
    jinja = Environment(autoescape=True)
    (out / "index.html").write_text(jinja.from_string(INDEX).render(shown=shown), "utf-8")
    (out / SUMS).write_text("".join(f"{each.sha256}  {each.name}.pdf\n" for each in shown if each.sha256), "utf-8")
    return shown


def _wanted(folder: Path) -> tuple[list[tuple[Kind, str]], list[Shown]]:
    """What there is to make; and what cannot be, as its files are not understood."""
    wanted, shown = list[tuple[Kind, str]](), list[Shown]()
    places = PLACES if folder == FOLDER else (folder,)
    for paper in (paper for place in places for paper in sorted(place.glob(f"*/{PAPER}"))):
        name = paper.parent.name
        try:
            kind = read_kind(name, paper.parents[1])
        except BadData as bad:
            shown.append(Shown(name, name, 0, "", name, refusal=str(bad)))
        else:
            wanted += [(kind, language) for language in kind.languages]
    return wanted, shown


def _show(out: Path, kind: Kind, language: str, made: Rendered | ForbearError) -> Shown:
    name = f"{kind.folder}.{language}"
    title = kind.titles[language]
    if not isinstance(made, Rendered):
        return Shown(name, kind.id, kind.version, language, title, refusal=str(made))
    (out / f"{name}.pdf").write_bytes(made.pdf)
    pictures = tuple(_pictures(out, name, made.pdf))
    digest = hashlib.sha256(made.pdf).hexdigest()
    return Shown(name, kind.id, kind.version, language, title, made.draft, "", digest, pictures)


def _pictures(out: Path, name: str, pdf: bytes) -> Iterator[str]:
    document: Any = pypdfium2.PdfDocument(pdf)
    try:
        for number in range(len(document)):
            picture = f"{name}-{number + 1}.png"
            document[number].render(scale=SCALE).to_pil().save(out / picture)
            yield picture
    finally:
        document.close()


def main(out: Path) -> int:
    """Make the gallery and say what is in it; status 1 if a paper was refused."""
    shown = make_gallery(out)
    for each in shown:
        said = each.refusal or f"{len(each.pictures)} pages{', draft' if each.draft else ''}"
        sys.stdout.write(f"{each.kind:32} {each.language:8} {said}\n")
    refused = sum(bool(each.refusal) for each in shown)
    sys.stdout.write(f"{len(shown) - refused} papers in {out / 'index.html'}; {refused} refused\n")
    return 1 if refused else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
