"""Reads a published case into the engine's types and writes the permit as its answer.

A case is the `given` of `tests/vectors/contact.jsonl`, alone or inside its whole line. What cannot be read is
answered with the field that is at fault; it is never guessed.
"""

import json
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any, cast, get_args

from forbear.errors import BadInput
from forbear.rules import facts as law
from forbear.rules.engine import check
from forbear.rules.packs import Packs, load
from forbear.rules.reading import Node
from forbear.rules.wall import zone

Answer = dict[str, Any]
Calendars = Callable[[str, date], law.Calendar]
"""The public holidays of a name, as far as they are known around a date."""
Say = Callable[[law.Permit, Packs], str]
"""Says the reason of a permit."""

LENDER_KINDS = ("bank", "consumer_finance_company", "microfinance", "other")
DEBT_KINDS = ("credit_card", "personal_loan", "microfinance", "medical", "mortgage", "other")
STOPS_NAMING_A_NUMBER = ("wrong_number", "refused_as_third_person")
STOPS = (
    "opt_out",
    *STOPS_NAMING_A_NUMBER,
    "attorney",
    "dispute",
    "cease_all",
    "cease",
    "do_not_contact",
    "bankruptcy",
    "insolvency",
    "deceased",
    "hardship",
    "breathing_space",
    "mental_health_crisis",
    "military",
    "minor",
    "hold",
)
LONGEST_GUARD = 12 * 3600
MOST = 1_000_000
UNREADABLE = 2


@lru_cache(maxsize=16)
def packs_on(ruleset: date | None) -> Packs:
    """The shipped packs as they stood on a date, read once."""
    return load(ruleset=ruleset)


def read_case(
    given: object, packs: Packs, calendars: Calendars | None = None
) -> tuple[law.Attempt, law.Facts, datetime]:
    """The attempt, the facts and the instant of one `given`; `BadInput` names the field that cannot be read.

    Args:
        given: the case.
        packs: the rules that will be asked; they name the public holidays that they need.
        calendars: where those are read; None leaves them unknown.
    """
    node = Node(given, "")
    now = node.instant("now")
    person = node.child("person")
    jurisdictions = _jurisdictions(person, packs)
    needed = packs.calendars(jurisdictions) if calendars else ()
    facts = law.Facts(
        lender=_lender(node.child("lender")),
        jurisdictions=jurisdictions,
        places=tuple(_place(each) for each in person.children("places")),
        stops=tuple(_stop(each) for each in person.children("stops")),
        agreements=tuple(_agreement(each) for each in person.children("agreements")),
        events=tuple(law.Event(each.text("kind"), each.instant("at")) for each in person.children("events")),
        suppressions=tuple(_suppression(each) for each in person.children("suppressions")),
        debts=_debts(node),
        history=tuple(_past(each) for each in node.children("history")),
        policy=_policy(node.maybe_child("policy")),
        calendars=tuple(calendars(name, now.date()) for name in needed) if calendars else (),
    )
    attempt = _attempt(node.child("attempt"))
    person.done()
    node.done()
    return attempt, facts, now


def _lender(node: Node) -> law.Lender:
    lender = law.Lender(node.choice("role", get_args(law.Role)), node.choice("kind", LENDER_KINDS, "other"))
    node.done()
    return lender


def _jurisdictions(person: Node, packs: Packs) -> tuple[str, ...]:
    names = person.texts("jurisdictions")
    for place, name in enumerate(names):
        if name not in packs or name == "POLICY":
            known = ", ".join(sorted(each for each in packs.by_jurisdiction if each != "POLICY"))
            raise BadInput(f"{person.field('jurisdictions')}.{place}", "has no pack", f"Send one of {known}")
    return names


def _place(node: Node) -> law.Place:
    kind, name = node.choice("kind", get_args(law.PlaceKind)), node.text("zone")
    try:
        return law.Place(kind, zone(name).key)
    except BadInput as wrong:
        raise BadInput(node.field("zone"), wrong.problem, wrong.remedy) from None


def _stop(node: Node) -> law.Stop:
    stop = law.Stop(
        kind=node.choice("kind", STOPS),
        at=node.instant("at"),
        channel=node.maybe_choice("channel", get_args(law.Channel)),
        to=node.maybe_text("to"),
        until=node.maybe_instant("until"),
        debts=node.texts("debts"),
        written=node.flag("written"),
    )
    if stop.kind in STOPS_NAMING_A_NUMBER and stop.to is None:
        raise BadInput(node.field("to"), "is missing", f"Name the number or address of a {stop.kind} stop")
    return stop


def _agreement(node: Node) -> law.Agreement:
    kind = node.choice("kind", ("hours", "call_consent", "message_consent"))
    if kind == "hours":
        return law.Agreement(kind, open=node.clock("open"), close=node.clock("close"), at=node.maybe_instant("at"))
    if kind == "call_consent":
        start, end = node.instant("from"), node.maybe_instant("to")
        return law.Agreement(kind, start=start, end=end, at=node.maybe_instant("at"))
    channel = node.choice("channel", get_args(law.Channel))
    return law.Agreement(kind, channel=channel, at=node.instant("at"), to=node.maybe_text("to"))


def _suppression(node: Node) -> law.Suppression:
    return law.Suppression(
        scope=node.choice("scope", get_args(law.SuppressionScope)),
        at=node.instant("at"),
        channel=node.maybe_choice("channel", get_args(law.Channel)),
        to=node.maybe_text("to"),
    )


def _debts(node: Node) -> tuple[law.Debt, ...]:
    debts: dict[str, law.Debt] = {}
    for each in node.children("debts"):
        debt = law.Debt(
            id=each.text("id"),
            kind=each.choice("kind", DEBT_KINDS, "other"),
            days_past_due=each.number("days_past_due", 0, MOST),
            balance_as_of=each.maybe_instant("balance_as_of"),
        )
        if debt.id in debts:
            raise BadInput(each.field("id"), "stands twice", "Give every debt an id of its own")
        debts[debt.id] = debt
    return tuple(debts.values())


def _past(node: Node) -> law.PastAttempt:
    past = law.PastAttempt(
        at=node.instant("at"),
        channel=node.choice("channel", get_args(law.Channel)),
        party=node.choice("party", get_args(law.Party)),
        result=node.choice("result", get_args(law.Result)),
        to=node.maybe_text("to"),
        place=node.maybe_choice("place", get_args(law.ContactPlace)),
        debts=node.texts("debts"),
        purpose=node.choice("purpose", get_args(law.Purpose), "reminder"),
        person=node.maybe_text("person"),
    )
    node.number("staff", 1, MOST)
    node.flag("prerecorded")
    return past


def _attempt(node: Node) -> law.Attempt:
    attempt = law.Attempt(
        channel=node.choice("channel", get_args(law.Channel)),
        party=node.choice("party", get_args(law.Party)),
        to=node.text("to"),
        debts=node.texts("debts"),
        place=node.maybe_choice("place", get_args(law.ContactPlace)),
        purpose=node.choice("purpose", get_args(law.Purpose), "reminder"),
        staff=node.number("staff", 1, MOST),
        prerecorded=node.flag("prerecorded"),
        person=node.maybe_text("person"),
    )
    node.done()
    return attempt


def _policy(node: Node | None) -> law.Policy:
    """A policy that holds only `guard_seconds` switches the product's own limits off."""
    if node is None:
        return law.Policy()
    usual = law.Policy()
    policy = law.Policy(
        product=node.flag("product", default=set(node.keys()) != {"guard_seconds"}),
        guard_seconds=node.number("guard_seconds", usual.guard_seconds, LONGEST_GUARD),
        contacts_in_7_days=node.number("contacts_in_7_days", usual.contacts_in_7_days, MOST),
        open=node.maybe_clock("open"),
        close=node.maybe_clock("close"),
        sms_a_day=node.maybe_number("sms_a_day", MOST),
        sms_in_7_days=node.maybe_number("sms_in_7_days", MOST),
    )
    node.done()
    return policy


def answer(permit: law.Permit) -> Answer:
    """A permit in the published form."""
    until = permit.until and permit.until.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {
        "verdict": permit.verdict,
        "until": until,
        "event": permit.event,
        "rules": list(permit.rules),
        "disclosures": list(permit.disclosures),
        "human_review": permit.human_review,
    }


def answer_line(
    text: str, *, ruleset: date | None = None, calendars: Calendars | None = None, sentence: Say | None = None
) -> tuple[Answer, bool]:
    """The answer to one case and whether it could be read; what could not says why under `error`."""
    try:
        raw = _parse(text)
        given = raw["given"] if isinstance(raw, dict) and "given" in raw else raw
        packs = packs_on(ruleset)
        attempt, facts, now = read_case(cast("object", given), packs, calendars)
        permit = check(attempt, facts, packs, now)
        return answer(permit) | ({"sentence": sentence(permit, packs)} if sentence else {}), True
    except BadInput as wrong:
        return {"error": str(wrong)}, False


def _parse(text: str) -> Any:
    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        table = dict(pairs)
        if len(table) < len(pairs):
            raise BadInput("given", "names a key twice", "Send each key once")
        return table

    try:
        return json.loads(text.strip().removeprefix("\ufeff"), object_pairs_hook=once)
    except (ValueError, RecursionError):
        raise BadInput("given", "is no JSON", "Send one JSON object a line") from None


def check_stream(
    lines: Iterable[str],
    write: Callable[[str], object],
    *,
    ruleset: date | None = None,
    calendars: Calendars | None = None,
    sentence: Say | None = None,
) -> int:
    """Answer a case a line, in order; each answer is written with its newline. Returns the exit status, 0 or 2."""
    status = 0
    for line in lines:
        if line.strip():
            found, readable = answer_line(line, ruleset=ruleset, calendars=calendars, sentence=sentence)
            write(json.dumps(found, ensure_ascii=sentence is None) + "\n")
            status = status if readable else UNREADABLE
    return status


def check_one(
    text: str,
    write: Callable[[str], object],
    *,
    ruleset: date | None = None,
    calendars: Calendars | None = None,
    sentence: Say | None = None,
) -> int:
    """Answer one case that may run over several lines, or a stream of cases, a line each."""
    lines = text.split("\n")
    if sum(bool(line.strip()) for line in lines) > 1 and any(_is_case(line) for line in lines):
        return check_stream(lines, write, ruleset=ruleset, calendars=calendars, sentence=sentence)
    given = [text if text.strip() else "{}"]
    return check_stream(given, write, ruleset=ruleset, calendars=calendars, sentence=sentence)


def _is_case(line: str) -> bool:
    try:
        raw = _parse(line)
    except BadInput:
        return False
    return isinstance(raw, dict) and ("given" in raw or "now" in raw)
