"""Two accounts to read about: one to which much happened, and one to which nothing was sent, with the reason why.

Both are told in the API's own words, as the lender's staff would get them.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from forbear.rehearsal.figures import Month, Row

MOST_LINES = 14
TOLD = {
    "enrolled",
    "touch",
    "reply",
    "promise",
    "promise_settled",
    "payment",
    "stop_placed",
    "stop_lifted",
    "opted_out",
    "opted_in",
    "case_opened",
    "closed",
}
"""Kinds of the timeline that make a story; receipts are told when they say how a text ended."""
ENDS = {"delivered", "undelivered", "failed"}
QUIET_FIRST = ("SUPPRESSED", "CONSENT", "ZONE", "BALANCE")
"""Which silence is the best example: a person's own word before a missing fact."""
View = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Line:
    at: datetime
    what: str


@dataclass(frozen=True, slots=True)
class Story:
    """What happened to one account, and how it stands."""

    account: str
    about: str
    lines: Sequence[Line]
    now: str


def eventful(month: Month) -> str:
    """The account with the most different things in its life, at few texts."""
    happened: dict[str, set[str]] = {row["id"]: {row["state"]} for row in month.rows("account")}
    for table in ("promise", "payment", "reply", "stop"):
        for row in month.rows(table):
            if row["account"]:
                happened[row["account"]].add(f"{table}:{row.get('state') or row.get('reading') or ''}")
    texts = _texts(month)
    return max(happened, key=lambda account: (texts[account] > 1, len(happened[account]), -texts[account], account))


def silent(month: Month) -> str:
    """An open account of somebody to whom nothing was sent, for the clearest reason; any account if there is none."""
    reached = {touch["person"] for touch in month.rows("touch") if _made(touch)}
    accounts = month.rows("account")
    quiet = [row for row in accounts if row["state"] == "open" and row["borrower"] not in reached] or accounts
    return min(quiet, key=lambda row: (_clarity(row["next_rule"] or ""), row["id"]))["id"]


def tell(view: View, timeline: Sequence[View]) -> Story:
    """An account's story from what the API says of it."""
    lines = [Line(datetime.fromisoformat(item["at"]), item["text"]) for item in timeline if _told(item)]
    return Story(view["id"], f"{view['product']}, {view['stage']}", lines[:MOST_LINES], _now(view))


def explain(view: View, timeline: Sequence[View]) -> Story:
    """Why nothing was sent: what was decided, each answer once."""
    lines: list[Line] = []
    for item in timeline:
        known = {line.what for line in lines}
        if item["kind"] in {"decision", "opted_out", "stop_placed"} and item["text"] not in known:
            lines.append(Line(datetime.fromisoformat(item["at"]), item["text"]))
    return Story(view["id"], f"{view['product']}, {view['stage']}", lines[:MOST_LINES], _now(view))


def _told(item: View) -> bool:
    if item["kind"] == "receipt":
        return item["status"] in ENDS
    return item["kind"] in TOLD


def _now(view: View) -> str:
    if view["closed"]:
        return f"Closed on {_day(view['closed']['at'])}: {view['closed']['reason']}."
    coming = view["next"]
    rule = f" ({coming['rule']})" if coming["rule"] else ""
    return f"Next look on {_day(coming['at'])}: {_sentence(coming['reason'])}{rule}."


def _sentence(reason: str) -> str:
    """A rule's statement is a sentence of its own, with more after it."""
    return reason.replace(".;", ";").rstrip(".")


def _day(at: str) -> str:
    return f"{datetime.fromisoformat(at):%a %d %b, %H:%M} UTC"


def _texts(month: Month) -> Counter[str]:
    return Counter(account for touch in month.rows("touch") if _made(touch) for account in touch["accounts"])


def _made(touch: Row) -> bool:
    return touch["state"] != "failed"


def _clarity(rule: str) -> int:
    return next((rank for rank, word in enumerate(QUIET_FIRST) if word in rule), len(QUIET_FIRST))
