"""`forbear rules replay` and `change-note`: stored permits given again, under their own rules or under changed ones."""

from datetime import UTC, datetime, time
from pathlib import Path
from typing import Annotated, Any

import typer

from forbear.rules_cli import paper
from forbear.rules_cli.opening import DATA, Data, ledger_of, tenant_of
from forbear.rules_cli.paper import Json

MOST = 20
"""Permits told one by one; the rest are counted."""


def replay(
    account: Annotated[str | None, typer.Option(help="One account; all of them if not told.")] = None,
    since: Annotated[str | None, typer.Option(metavar="DATE", help="Only what was decided from that day on.")] = None,
    data: Data = DATA,
    *,
    as_json: Json = False,
) -> None:
    """Give stored permits again, with the rules and holidays of their day, and name those that come out otherwise."""
    from forbear.ledger import replaying

    start = _start(since, "--since")
    with ledger_of(data) as ledger:
        tenants = [tenant_of(ledger, account)] if account else _tenants(ledger)
        found = [each for tenant in tenants for each in replaying.replay(ledger, tenant, account, start)]
    other = [each for each in found if each.differences]
    unasked = [each for each in found if each.again is None]
    if as_json:
        paper.write_json({"stored": len(found), "differ": _plain(other), "not_given": _plain(unasked)})
    else:
        paper.say(f"{len(found) - len(other) - len(unasked)} of {len(found)} stored permits came out the same")
        _tell(other)
        for why in sorted({each.why for each in unasked}):
            paper.say(f"{sum(each.why == why for each in unasked)} could not be given again: {why}")
    raise typer.Exit(1 if other else 0)


def change_note(
    folder: Annotated[Path, typer.Argument(exists=True, file_okay=False, help="The changed packs.")],
    since: Annotated[str | None, typer.Option(metavar="DATE", help="Permits decided from that day on.")] = None,
    data: Data = DATA,
    *,
    as_json: Json = False,
) -> None:
    """Say what a change of the packs is, from when on, and how many stored permits would differ under it."""
    from forbear.ledger import replaying
    from forbear.rules import differences
    from forbear.rules.packs import load

    start, changed = _start(since, "--since"), load(folder)
    changes = differences.in_packs(load(), changed)
    with ledger_of(data) as ledger:
        found = replaying.would_differ(ledger, changed, since=start)
    if as_json:
        told = {"asked": found.asked, "unasked": found.unasked, "differ": _plain(found.differ)}
        paper.write_json({"changes": changes, **told})
        return
    places = ", ".join(sorted({each["jurisdiction"] for each in changes})) or "none"
    paper.say(f"Rules:   versions that differ from the shipped packs: {len(changes)}; places: {places}")
    for each in changes:
        version = each["now"] or each["was"]
        paper.say(f"  {each['what']} {each['id']} from {version['from'] or 'the beginning'}: {version['statement']}")
    paper.say(f"Permits: {found}")
    _tell(list(found.differ))


def _tell(other: list[Any]) -> None:
    for each in other[:MOST]:
        paper.say(f"  {each.account} {each.at:%Y-%m-%d %H:%M:%SZ} {each.decision}")
        for difference in each.differences:
            paper.say(f"    {difference.what}: {difference.stored} -> {difference.again}")
    if len(other) > MOST:
        paper.say(f"  and {len(other) - MOST} more")


def _plain(found: Any) -> list[dict[str, Any]]:
    return [
        {
            "account": each.account,
            "decision": each.decision,
            "at": each.at.isoformat(),
            "why": each.why,
            "differences": [{"what": one.what, "stored": one.stored, "again": one.again} for one in each.differences],
        }
        for each in found
    ]


def _tenants(ledger: Any) -> list[str]:
    from forbear.ledger import routes

    with ledger.worker() as session:
        return routes.tenants(session)


def _start(since: str | None, option: str) -> datetime | None:
    day = paper.a_day(since, option)
    return None if day is None else datetime.combine(day, time(), tzinfo=UTC)
