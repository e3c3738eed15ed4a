"""`forbear rules doctor`: what the keeper of the packs should look at today."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from forbear.errors import CannotStart
from forbear.rules_cli import paper
from forbear.rules_cli.opening import DATA, Data
from forbear.rules_cli.paper import Json

HEADS = {
    "unverified": "Not read for long, or never",
    "starting": "Starting within 90 days",
    "ending": "Ending within 90 days, with no version of its own to follow",
    "question": "Questions that nobody has answered",
    "unsigned": "Packs that no lawyer has signed",
}
REMEDIES = {
    "unverified": "Read the source again and set verified_on, or correct the number with a new row.",
    "starting": "Run 'forbear rules diff' over that day, and 'forbear templates check'.",
    "ending": "See that what begins then takes its place, or add the version that does.",
    "question": "Put it to counsel, and write the answer beside the question in its pack.",
    "unsigned": "Have the pages of 'forbear rules print --out FILE' signed, and name the lawyer in signed_by.",
}
"""What the keeper does about each."""


def doctor(
    data: Data = DATA,
    on: Annotated[str | None, typer.Option(metavar="DATE", help="As if that were today.")] = None,
    *,
    strict: Annotated[bool, typer.Option("--strict", help="End with status 1 when there is something.")] = False,
    as_json: Json = False,
) -> None:
    """Name what is unverified for long, about to start, unanswered or unsigned; and the accounts that it touches."""
    from forbear.rules import checkup
    from forbear.rules.packs import load

    packs = load()
    today, count, away = _reach(data, paper.a_day(on, "--on"))
    found = checkup.examine(packs, today)
    touched = {
        each.jurisdiction: count(checkup.reached(packs, each.jurisdiction))
        for each in found
        if count is not None and each.about in {"starting", "ending"}
    }
    if as_json:
        paper.write_json(
            {"today": today.isoformat(), "database": away or "reached", "findings": _plain(found, touched)}
        )
    else:
        _tell(found, touched, today, away)
    raise typer.Exit(1 if strict and found else 0)


def _reach(data: Path, given: date | None) -> tuple[date, Callable[[frozenset[str]], int] | None, str]:
    """The day, a counter of accounts, and why there is none: the database may be away, the packs are not."""
    from forbear.clock import Clock
    from forbear.ledger.engine import Ledger
    from forbear.ledger.touched import open_accounts
    from forbear.services.installation import settings_of

    try:
        settings = settings_of(data)
        with Ledger.open(settings) as ledger:
            today = given or ledger.clock.now().date()
        url = settings.database_url_for("migrator")
    except CannotStart as away:
        return given or Clock.real().now().date(), None, str(away)
    return today, lambda places: open_accounts(url, places), ""


def _tell(found: list[Any], touched: dict[str, int], today: date, away: str) -> None:
    paper.say(f"The packs on {today}: {len(found)} things to look at")
    if away:
        paper.say(f"How many accounts are touched is not known. {away}")
    for about, head in HEADS.items():
        these = [each for each in found if each.about == about]
        if these:
            paper.say("")
            paper.head(f"{head} ({len(these)})")
            paper.say(f"To do: {REMEDIES[about]}")
            paper.table(("rule", "what"), [(each.what, _told(each, touched)) for each in these])


def _told(finding: Any, touched: dict[str, int]) -> str:
    if finding.about not in {"starting", "ending"} or finding.jurisdiction not in touched:
        return finding.text
    count = touched[finding.jurisdiction]
    return f"{finding.text} [{count} open account{'' if count == 1 else 's'}]"


def _plain(found: list[Any], touched: dict[str, int]) -> list[dict[str, Any]]:
    return [
        {
            "about": each.about,
            "jurisdiction": each.jurisdiction,
            "what": each.what,
            "text": each.text,
            "day": each.day.isoformat() if each.day else None,
            "accounts": touched.get(each.jurisdiction) if each.about in {"starting", "ending"} else None,
        }
        for each in found
    ]
