"""Accounts to read about: for each lender one to which much happened, and one to which nothing was sent, and why.

In English they are told in the API's own words, as the lender's staff would get them; in another language from the
same items, by their kind.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from forbear.rehearsal.figures import Month, Row
from forbear.rehearsal.lenders import Creditor
from forbear.rehearsal.words import ENGLISH, Words, words

MOST_LINES, LAST_LINES = 14, 6
"""Of a long story its beginning and its end."""
LEFT_OUT = "…"
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
WORDED = ("channel", "role", "status", "reading", "stop", "scope", "closed")
"""Details of an item that are codes with words."""
QUIET_FIRST = ("ROUTE", "SUPPRESSED", "PACK", "CONSENT", "ZONE", "BALANCE")
"""Which silence is the best example: what a lender would not expect, and a person's own word, before a missing fact."""
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


@dataclass(frozen=True, slots=True)
class Read:
    """One account as its lender's API shows it, and whether it is told for what happened or for its silence."""

    lender: Creditor
    view: View
    timeline: Sequence[View]
    quiet: bool = False

    def told(self, language: str = ENGLISH) -> Story:
        tell_it = explain if self.quiet else tell
        return tell_it(self.view, self.timeline, words(language))


def eventful(month: Month) -> str:
    """The account with the most different things in its life, at few texts."""
    happened: dict[str, set[str]] = {row["id"]: {row["state"]} for row in _out_of_court(month)}
    for table in ("promise", "payment", "reply", "stop"):
        for row in month.rows(table):
            if row["account"] in happened:
                happened[row["account"]].add(f"{table}:{row.get('state') or row.get('reading') or ''}")
    for touch in month.rows("touch"):
        if touch["account"] in happened:
            happened[touch["account"]].add(f"touch:{touch.get('role')}")
    texts = _texts(month)
    return max(happened, key=lambda account: (texts[account] > 1, len(happened[account]), -texts[account], account))


def silent(month: Month) -> str:
    """An open account of somebody to whom nothing was sent, for the clearest reason; any account if there is none."""
    reached = {touch["person"] for touch in month.rows("touch") if _made(touch)}
    accounts = _out_of_court(month)
    quiet = [row for row in accounts if row["state"] == "open" and row["borrower"] not in reached] or accounts
    return min(quiet, key=lambda row: (_clarity(row["next_rule"] or ""), row["id"]))["id"]


def _out_of_court(month: Month) -> list[Row]:
    """Accounts whose story is outreach: those that no case takes to court, or all where every one is."""
    there = {row["account"] for row in month.rows("legal_case") if row.get("path")}
    return [row for row in month.rows("account") if row["id"] not in there] or month.rows("account")


def tell(view: View, timeline: Sequence[View], say: Words | None = None) -> Story:
    """An account's story from what the API says of it."""
    say = say or words()
    lines = [Line(datetime.fromisoformat(item["at"]), _line(item, view, say)) for item in timeline if _told(item)]
    return Story(view["id"], f"{view['product']}, {view['stage']}", _shortened(lines), _now(view, say))


def explain(view: View, timeline: Sequence[View], say: Words | None = None) -> Story:
    """Why nothing was sent: what was decided, each answer once."""
    say = say or words()
    lines: list[Line] = []
    for item in timeline:
        known = {line.what for line in lines}
        what = _line(item, view, say)
        if item["kind"] in {"decision", "opted_out", "stop_placed"} and what not in known:
            lines.append(Line(datetime.fromisoformat(item["at"]), what))
    return Story(view["id"], f"{view['product']}, {view['stage']}", lines[:MOST_LINES], _now(view, say))


def _shortened(lines: list[Line]) -> list[Line]:
    if len(lines) <= MOST_LINES:
        return lines
    first = MOST_LINES - LAST_LINES - 1
    return [*lines[:first], Line(lines[first].at, LEFT_OUT), *lines[-LAST_LINES:]]


def _line(item: View, view: View, say: Words) -> str:
    """An item in a language; one of a kind that has no sentence there is told as the API says it."""
    if not say.knows("story", item["kind"]):
        return item["text"]
    details: dict[str, Any] = {**item, "closed": (view.get("closed") or {}).get("reason")}
    values = {name: say.of(name, details.get(name) or "") for name in WORDED}
    values |= {"amount": "", "due_on": ""}
    values["reason"] = _reason(item.get("rule"), say)
    values["promise"] = say.of("promise", item.get("state") or "")
    if amount := item.get("amount"):
        values["amount"] = f"{amount['amount']} {amount['currency']}"
    if due := item.get("due_on"):
        values["due_on"] = say.day(datetime.fromisoformat(due))
    return say("story", item["kind"], **values)


def _reason(rule: str | None, say: Words) -> str:
    return say.of("rule", rule) if rule else say.of("story", "planned")


def _told(item: View) -> bool:
    if item["kind"] == "receipt":
        return item["status"] in ENDS
    return item["kind"] in TOLD


def _now(view: View, say: Words) -> str:
    if view["closed"]:
        reason = say.of("closed", view["closed"]["reason"])
        return say("story", "closed_now", day=_day(view["closed"]["at"], say), reason=reason)
    coming = view["next"]
    rule = say("story", "rule", rule=coming["rule"]) if coming["rule"] else ""
    reason = _sentence(coming["reason"]) if say.language == ENGLISH else _reason(coming["rule"], say)
    return say("story", "next", day=_day(coming["at"], say), reason=reason, rule=rule)


def _sentence(reason: str) -> str:
    """A rule's statement is a sentence of its own, with more after it."""
    return reason.replace(".;", ";").rstrip(".")


def _day(at: str, say: Words) -> str:
    return say.day(datetime.fromisoformat(at), "full")


def _texts(month: Month) -> Counter[str]:
    return Counter(account for touch in month.rows("touch") if _made(touch) for account in touch["accounts"])


def _made(touch: Row) -> bool:
    return touch["state"] != "failed"


def _clarity(rule: str) -> int:
    return next((rank for rank, word in enumerate(QUIET_FIRST) if word in rule), len(QUIET_FIRST))
