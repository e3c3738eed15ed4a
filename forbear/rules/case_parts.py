"""How each part of a published case is read: the person's places, stops and agreements, the debts, the past.

What cannot be read is refused with the field that is at fault; it is never guessed.
"""

from typing import get_args

from forbear.errors import BadInput
from forbear.rules import facts as law
from forbear.rules.packs import POLICY, Packs
from forbear.rules.reading import Node
from forbear.rules.values import SNAKE
from forbear.rules.wall import zone

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


def lender(node: Node) -> law.Lender:
    found = law.Lender(node.choice("role", get_args(law.Role)), node.choice("kind", LENDER_KINDS, "other"))
    node.done()
    return found


def jurisdictions(person: Node, packs: Packs) -> tuple[str, ...]:
    names = person.texts("jurisdictions")
    for place, name in enumerate(names):
        if name not in packs or name == POLICY:
            known = ", ".join(sorted(each for each in packs.by_jurisdiction if each != POLICY))
            raise BadInput(f"{person.field('jurisdictions')}.{place}", "has no pack", f"Send one of {known}")
    return names


def circumstances(person: Node) -> frozenset[str]:
    """What is known of the person, in the words of the packs."""
    found = person.texts("circumstances")
    for number, word in enumerate(found):
        if not SNAKE.fullmatch(word):
            raise BadInput(f"{person.field('circumstances')}.{number}", "is no such word", "Send a word such as minor")
    return frozenset(found)


def place(node: Node) -> law.Place:
    kind, name = node.choice("kind", get_args(law.PlaceKind)), node.text("zone")
    try:
        return law.Place(kind, zone(name).key, node.maybe_text("source") or "", node.flag("derived"))
    except BadInput as wrong:
        raise BadInput(node.field("zone"), wrong.problem, wrong.remedy) from None


def stop(node: Node) -> law.Stop:
    found = law.Stop(
        kind=node.choice("kind", STOPS),
        at=node.instant("at"),
        channel=node.maybe_choice("channel", get_args(law.Channel)),
        to=node.maybe_text("to"),
        until=node.maybe_instant("until"),
        debts=node.texts("debts"),
        written=node.flag("written"),
    )
    if found.kind in STOPS_NAMING_A_NUMBER and found.to is None:
        raise BadInput(node.field("to"), "is missing", f"Name the number or address of a {found.kind} stop")
    return found


def agreement(node: Node) -> law.Agreement:
    kind = node.choice("kind", ("hours", "call_consent", "message_consent"))
    if kind == "hours":
        return law.Agreement(kind, open=node.clock("open"), close=node.clock("close"), at=node.maybe_instant("at"))
    if kind == "call_consent":
        start, end = node.instant("from"), node.maybe_instant("to")
        return law.Agreement(kind, start=start, end=end, at=node.maybe_instant("at"))
    channel = node.choice("channel", get_args(law.Channel))
    return law.Agreement(kind, channel=channel, at=node.instant("at"), to=node.maybe_text("to"))


def suppression(node: Node) -> law.Suppression:
    return law.Suppression(
        scope=node.choice("scope", get_args(law.SuppressionScope)),
        at=node.instant("at"),
        channel=node.maybe_choice("channel", get_args(law.Channel)),
        to=node.maybe_text("to"),
    )


def debts(node: Node) -> tuple[law.Debt, ...]:
    found: dict[str, law.Debt] = {}
    for each in node.children("debts"):
        debt = law.Debt(
            id=each.text("id"),
            kind=each.choice("kind", DEBT_KINDS, "other"),
            days_past_due=each.number("days_past_due", 0, MOST),
            balance_as_of=each.maybe_instant("balance_as_of"),
        )
        if debt.id in found:
            raise BadInput(each.field("id"), "stands twice", "Give every debt an id of its own")
        found[debt.id] = debt
    return tuple(found.values())


def past(node: Node) -> law.PastAttempt:
    found = law.PastAttempt(
        at=node.instant("at"),
        channel=node.choice("channel", get_args(law.Channel)),
        party=node.choice("party", get_args(law.Party)),
        result=node.choice("result", get_args(law.Result)),
        to=node.maybe_text("to"),
        place=node.maybe_choice("place", get_args(law.ContactPlace)),
        debts=node.texts("debts"),
        purpose=node.choice("purpose", get_args(law.Purpose), "reminder"),
        person=node.maybe_text("person"),
        ref=node.maybe_text("ref"),
    )
    node.number("staff", 1, MOST)
    node.flag("prerecorded")
    return found


def attempt(node: Node) -> law.Attempt:
    found = law.Attempt(
        channel=node.choice("channel", get_args(law.Channel)),
        party=node.choice("party", get_args(law.Party)),
        to=node.text("to"),
        debts=node.texts("debts"),
        place=node.maybe_choice("place", get_args(law.ContactPlace)),
        purpose=node.choice("purpose", get_args(law.Purpose), "reminder"),
        staff=node.number("staff", 1, MOST),
        prerecorded=node.flag("prerecorded"),
        person=node.maybe_text("person"),
        language=node.maybe_text("language"),
    )
    node.done()
    return found


def policy(node: Node | None) -> law.Policy:
    """A policy that holds only `guard_seconds` switches the product's own limits off."""
    if node is None:
        return law.Policy()
    usual = law.Policy()
    found = law.Policy(
        product=node.flag("product", default=set(node.keys()) != {"guard_seconds"}),
        guard_seconds=node.number("guard_seconds", usual.guard_seconds, LONGEST_GUARD),
        contacts_in_7_days=node.number("contacts_in_7_days", usual.contacts_in_7_days, MOST),
        open=node.maybe_clock("open"),
        close=node.maybe_clock("close"),
        sms_a_day=node.maybe_number("sms_a_day", MOST),
        sms_in_7_days=node.maybe_number("sms_in_7_days", MOST),
    )
    node.done()
    return found
