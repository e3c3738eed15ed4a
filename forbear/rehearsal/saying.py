"""The few lines that matter, printed when a rehearsal is over."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.console import Console

from forbear.rehearsal import shelf
from forbear.rehearsal.story import Read
from forbear.rehearsal.ways import CHANNELS
from forbear.rehearsal.words import words

MOST_RULES = 4


def say(console: Console, data: Path, summary: dict[str, Any], read: Sequence[Read], reports: Sequence[Path]) -> None:
    """What was done, in whole and for each lender, the stories, and what the judge found."""
    out = console.print
    out(f"\n[bold]{summary['days']} days[/], {summary['accounts']} accounts of {summary['persons']} people, ", end="")
    out(f"in {summary['seconds']:.0f} seconds")
    for channel in CHANNELS:
        out(f"  {_way(channel, summary)}", markup=False)
    for lender in summary["lenders"]:
        out(f"  {_lender(lender)}", markup=False)
    if "court" in summary:
        out(f"  {_court(summary['court'])}", markup=False)
    held = ", ".join(f"{rule} {count}" for rule, count in list(summary["held"].items())[:MOST_RULES]) or "nothing"
    out(f"Held by {held}; {summary['suppressed']} people opted out")
    for each in read:
        told = each.told()
        heading = "Why was nothing sent" if each.quiet else "One account's story"
        out(f"\n[bold]{heading}[/]: {told.account} ({each.lender.name}, {told.about})")
        for line in told.lines:
            out(f"  {line.at:%d %b %H:%M}  {line.what}", markup=False)
        out(f"  {told.now}", markup=False)
    out(
        f"\nThe judge: {summary['violations']} violations, {summary['duplicates']} duplicates, {summary['lost']} lost; "
        f"{summary['history_events_per_touch']} history events per touch"
    )
    shown = ", ".join(str(path) for path in reports)
    packets = f"Packets: {data / shelf.FOLDER}\n" if summary.get("court", {}).get("packets") else ""
    out(f"Report: {shown}\n{packets}Go on:  forbear up --data {data}", markup=False)


def _way(channel: str, summary: dict[str, Any]) -> str:
    """A channel, how often it was used, and how that ended."""
    told = words()
    ends = ", ".join(f"{told(f'end_{channel}', end)} {count}" for end, count in summary["ends"][channel].items())
    return f"{summary['touches'].get(channel, 0)} {told('way_unit', channel)}" + (f": {ends}" if ends else "")


def _court(told: dict[str, Any]) -> str:
    """The cases, and what came of them."""
    profiles = ", ".join(f"{profile} {count}" for profile, count in told["packets_by_profile"].items()) or "none"
    return (
        f"{told['cases']} legal cases, {told['open_cases']} open: {told['packets']} packets approved ({profiles}), "
        f"{told['drafts']} drafts, {told['returned']} returned; {told['clocks']} clocks, {told['alarms']} alarms, "
        f"{told['lapses']} lapsed"
    )


def _lender(part: dict[str, Any]) -> str:
    collected = ", ".join(f"{amount} {currency}" for currency, amount in part["collected"].items()) or "nothing"
    return (
        f"{part['name']}: {part['accounts']} accounts, {_touches(part)}, collected {collected}; "
        f"{part['paid_accounts']} paid in full, {part['open_accounts']} open"
    )


def _touches(part: dict[str, Any]) -> str:
    made = part["touches"]
    return (
        ", ".join(f"{made[channel]} {words()('way_unit', channel)}" for channel in CHANNELS if channel in made)
        or "no texts"
    )
