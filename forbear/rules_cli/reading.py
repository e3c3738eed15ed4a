"""`forbear rules list` and `show`: what the packs hold."""

from typing import Annotated, Any

import typer

from forbear.errors import NotFound
from forbear.rules_cli import paper
from forbear.rules_cli.paper import Json, Language

COLUMNS = ("rule", "answers", "from", "to", "force", "evidence", "in words")
FUNCTIONS = ("check", "must_say", "may_not_say", "earliest", "last_day", "keep_until")


def list_rules(
    jurisdiction: Annotated[str | None, typer.Option(help="One pack, such as US-NYC.")] = None,
    function: Annotated[str | None, typer.Option(metavar="|".join(FUNCTIONS), help="What the rules answer.")] = None,
    on: Annotated[str | None, typer.Option(metavar="DATE", help="Only what is in force on that day.")] = None,
    language: Language = "en",
    *,
    unverified: Annotated[
        bool,
        typer.Option(
            "--unverified", help="Only what is from memory, where sources conflict, or what is asked of counsel."
        ),
    ] = False,
    as_json: Json = False,
) -> None:
    """List the rules, a line for each version."""
    from forbear.rules import catalogue
    from forbear.rules.packs import load

    packs = load()
    if jurisdiction is not None and jurisdiction not in packs:
        raise NotFound(f"There is no pack {jurisdiction}; the packs are {', '.join(sorted(packs.by_jurisdiction))}")
    if function is not None and function not in FUNCTIONS:
        raise typer.BadParameter(f"Give one of {', '.join(FUNCTIONS)}")
    wanted = catalogue.Wanted(jurisdiction, function, paper.a_day(on, "--on"), unverified)
    found = catalogue.listed(packs, wanted, language)
    if as_json:
        paper.write_json(found)
        return
    if paper.at_terminal():
        paper.table(("rule", "in force", "in words"), _short(found))
    else:
        paper.table(COLUMNS, _long(found))
    if unverified:
        _asked(packs, [rule["id"] for rule in found])


def _long(found: list[dict[str, Any]]) -> list[tuple[object, ...]]:
    names = ("from", "to", "force", "evidence", "in_words")
    return [
        (rule["id"], rule["function"], *(version[name] or "-" for name in names))
        for rule in found
        for version in rule["versions"]
    ]


def _short(found: list[dict[str, Any]]) -> list[tuple[object, ...]]:
    """The same in three columns of two lines."""
    return [
        (
            f"{rule['id']}\n{rule['function']}",
            f"{_dates(version)}\n{version['force']}, {version['evidence']}",
            version["in_words"],
        )
        for rule in found
        for version in rule["versions"]
    ]


def _dates(version: dict[str, Any]) -> str:
    bounds = (("from", version["from"]), ("to", version["to"]))
    return " ".join(f"{name} {day}" for name, day in bounds if day) or "always"


def _asked(packs: Any, rules: list[str]) -> None:
    """The open questions of the rules that were listed."""
    from forbear.rules import catalogue

    for rule in rules:
        found = catalogue.whole(packs, rule) or {"questions": []}
        for question in found["questions"]:
            paper.say(f"{rule} {question['id']}: {question['text']}")


def show(
    rule: Annotated[str, typer.Argument(help="Its id, such as US.REGF.HOURS.")],
    language: Language = "en",
    *,
    as_json: Json = False,
) -> None:
    """Show all of a rule: versions, sources, how well they are known, open questions, its cases."""
    from forbear.rules import catalogue
    from forbear.rules.packs import load
    from forbear.rules_cli.cases import cases_of

    packs = load()
    found = catalogue.whole(packs, rule, language)
    if found is None:
        every = (terms.rule for pack in packs.by_jurisdiction.values() for terms in pack.terms)
        near = next((each for each in every if each.casefold() == rule.casefold()), None)
        hint = f"ids are told apart by case: did you mean {near}?" if near else "'forbear rules list' names them all"
        raise NotFound(f"No pack has a rule {rule}; {hint}")
    found["cases"] = cases_of(rule)
    if as_json:
        paper.write_json(found)
        return
    paper.head(" · ".join(part for part in (rule, found["title"]) if part))
    signed = f"signed by {found['signed_by']}" if found["signed_by"] else "not signed"
    paper.say(f"Pack {found['jurisdiction']}, version {found['pack_version']}, {signed}; answers {found['function']}")
    for version in found["versions"]:
        _version(version)
    for question in found["questions"]:
        paper.say("", f"Question {question['id']}: {question['text']}")
    paper.say("", f"Cases: {len(found['cases'])}", *(f"  {case['title']}: {case['expect']}" for case in found["cases"]))


def _version(version: dict[str, Any]) -> None:
    cite = version["cite"]
    stands = ", ".join(part for part in (cite["instrument"], cite["section"]) if part)
    published = f", published {cite['published']}" if cite["published"] else ""
    read = f"read on {version['verified_on']}" if version["verified_on"] else "never read"
    given = "; ".join(f"{name} = {_value(value)}" for name, value in version["parameters"].items())
    paper.say("")
    paper.head(f"From {version['from'] or 'the beginning'} {'to ' + version['to'] if version['to'] else 'on'}")
    paper.say(
        version["statement"],
        f"In words:  {version['in_words']}",
        f"Counted:   {given}",
        f"Source:    {stands}{published}",
        f"Force:     {version['force']}",
        f"Evidence:  {version['evidence']}, {read}, added {version['added']}",
    )


def _value(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(str(each) for each in value)
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}: {_value(each)}" for name, each in value.items()) + "}"
    return str(value)
