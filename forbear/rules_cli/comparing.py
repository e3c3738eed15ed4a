"""`forbear rules diff`: what the law is on two days, or what the packs said on two days."""

from typing import Annotated, Any

import typer

from forbear.rules_cli import paper
from forbear.rules_cli.paper import Json, Language

WHAT = {"begun": "+", "ended": "-", "changed": "~"}


def diff(
    first: Annotated[str, typer.Argument(metavar="DATE")],
    second: Annotated[str, typer.Argument(metavar="DATE")],
    jurisdiction: Annotated[str | None, typer.Option(help="One pack, such as US-NYC.")] = None,
    language: Language = "en",
    *,
    believed: Annotated[
        bool, typer.Option("--believed", help="Compare what the packs said on those days, not the law of those days.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Tell two days apart: rules that began, ended or changed."""
    from forbear.rules import differences
    from forbear.rules.packs import load

    before, after = paper.the_day(first, "DATE"), paper.the_day(second, "DATE")
    if believed:
        found = differences.in_packs(load(ruleset=before), load(ruleset=after), language)
    else:
        found = differences.in_law(load(), before, after, language)
    found = [each for each in found if jurisdiction in {None, each["jurisdiction"]}]
    if as_json:
        paper.write_json(found)
        return
    what = "what the packs said" if believed else "the law"
    paper.say(f"Between {before} and {after}, {what}: {_count(found)}")
    for each in found:
        tell(each)


def _count(found: list[dict[str, Any]]) -> str:
    told = [f"{sum(each['what'] == what for each in found)} {what}" for what in WHAT]
    return ", ".join(told) if found else "nothing differs"


def tell(found: dict[str, Any]) -> None:
    """Write one difference."""
    version = found["now"] or found["was"]
    paper.say("")
    paper.head(f"{WHAT[found['what']]} {found['id']}  {found['what']}")
    if found["what"] != "changed":
        dates = f"from {version['from'] or 'the beginning'}" + (f" to {version['to']}" if version["to"] else "")
        paper.say(f"  {version['in_words']} ({dates})", f"  {version['statement']}")
        return
    paper.say(f"  was  {found['was']['in_words']}", f"  now  {found['now']['in_words']}")
    for change in found["changes"]:
        if change["field"] not in {"statement", "cite"}:
            paper.say(f"  {change['field']}: {_plain(change['was'])} -> {_plain(change['now'])}")
        else:
            paper.say(
                f"  {change['field']} was: {_plain(change['was'])}", f"  {change['field']} now: {_plain(change['now'])}"
            )


def _plain(value: Any) -> str:
    if value is None:
        return "none"
    if isinstance(value, dict):
        return ", ".join(f"{name} {_plain(each)}" for name, each in value.items() if each)
    if isinstance(value, list):
        return ", ".join(str(each) for each in value)
    return str(value)
