"""`forbear rules print`: a page per rule for a lawyer to read, question and sign, as one HTML file without a script."""

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from forbear.errors import NotFound
from forbear.rules_cli import paper
from forbear.rules_cli.paper import Language

FOLDER = Path(__file__).parents[2] / "templates" / "rules"


def print_rules(
    jurisdiction: Annotated[str | None, typer.Option(help="One pack, such as US-NYC; all of them if not told.")] = None,
    out: Annotated[
        Path | None, typer.Option(dir_okay=False, help="Where to write it; standard output if not told.")
    ] = None,
    language: Language = "en",
) -> None:
    """Print the packs for a lawyer: a page per rule, with its sources, cases, questions and a line to sign."""
    from forbear.rules.packs import load

    packs = load()
    if jurisdiction is not None and jurisdiction not in packs:
        raise NotFound(f"There is no pack {jurisdiction}; the packs are {', '.join(sorted(packs.by_jurisdiction))}")
    html = page(packs, jurisdiction, language)
    if out is None:
        sys.stdout.write(html)
        return
    paper.write_text(out, html, "--out")
    paper.say(f"{out}: print it, or save it as PDF from a browser")


def page(packs: Any, jurisdiction: str | None, language: str) -> str:
    """The whole document."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    from forbear.rules import catalogue
    from forbear.rules.spoken import words

    environment = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    chosen = [pack for pack in catalogue.in_order(packs) if jurisdiction in {None, pack.jurisdiction}]
    spoken = words(language)
    return environment.get_template("print.html").render(
        packs=[_pack(packs, pack, language) for pack in chosen],
        language=language,
        word=spoken.of,
        style=(FOLDER / "print.css").read_text(encoding="utf-8"),
    )


def _pack(packs: Any, pack: Any, language: str) -> dict[str, Any]:
    from forbear.rules import catalogue
    from forbear.rules_cli.cases import cases_of

    ids = dict.fromkeys(terms.rule for terms in pack.terms)
    rules = [found for each in ids if (found := catalogue.whole(packs, each, language)) is not None]
    for found in rules:
        found["cases"] = cases_of(found["id"])
        for version in found["versions"]:
            version["counted"] = [(name, shown(value)) for name, value in version["parameters"].items()]
    return {
        "jurisdiction": pack.jurisdiction,
        "title": pack.title or pack.jurisdiction,
        "version": pack.version,
        "note": pack.note,
        "signed_by": pack.signed_by,
        "rules": rules,
        "reviewed": pack.reviewed,
        "questions": pack.questions,
    }


def shown(value: Any) -> str:
    """A parameter as a reader of print is shown it."""
    if isinstance(value, dict):
        return "; ".join(f"{name}: {shown(each)}" for name, each in value.items())
    if isinstance(value, list):
        return ", ".join(str(each) for each in value)
    return "yes" if value is True else str(value)
