"""The words that a path's file may use for facts and conditions, and how they are read.

A fact is written `judged`, or with a value of it: `answered.to=claim`, `judged.result=granted|granted_in_part`. A
condition is a word, `:` and what it asks after, with `not ` before it where it must not hold.
"""

from decimal import Decimal, InvalidOperation
from typing import Final, cast, get_args

from forbear.contracts.case_words import CASE_KINDS, ClockKind, FactKind
from forbear.court.facts import FACT_KINDS, form
from forbear.court.path import Condition, Told
from forbear.court.toml_table import Table

CHECKS: Final[tuple[str, ...]] = (
    "amount",
    "limitation",
    "suit_in_time",
    "guarantors_in_time",
    "mediation_respondent",
    "mediation_request",
    "mediation_grounds",
    "mediation_acceptable",
    "order_due",
    "order_uncontested",
    "order_deliverable",
    "order_no_preservation",
    "pap_reply",
)
"""Names of the checks of `forbear.court.eligibility`."""
ALONE: Final = frozenset({"guarantors", "joint_guarantors", "collector", "performance_over", "lost"})
"""Conditions that ask after nothing more."""
POLICIES: Final = ("mediation", "confirmation", "payment_order", "preservation", "right_to_cure")
"""Choices of a lender's own that paths know."""


def told(table: Table, key: str, text: str) -> Told:
    """A fact as files write it; refused where no such fact can be told."""
    kind, _, detail = text.partition(".")
    if kind not in FACT_KINDS:
        raise table.bad(key, f"there is no fact {kind!r}", "use a kind of forbear.contracts.case_words")
    fact: FactKind = kind
    if not detail:
        return Told(fact)
    name, _, values = detail.partition("=")
    value = form(fact).value(name)
    if value is None or value.type != "choice" or not set(values.split("|")) <= set(value.choices):
        raise table.bad(key, f"{text!r} names no choice of the fact", f"see [fact.{kind}] in facts.toml")
    return Told(fact, name, frozenset(values.split("|")))


def condition(table: Table, key: str, text: str) -> Condition:
    """A condition as files write it; refused where we do not know it."""
    plain = text.removeprefix("not ")
    word, _, of = plain.partition(":")
    if word in ALONE and not of:
        return Condition(word, no=plain != text)
    if not _known(table, key, word, of):
        raise table.bad(key, f"{text!r} is no condition", f"use {', '.join((*sorted(ALONE), *OF))}")
    return Condition(word, of, plain != text)


OF: Final = (
    "policy:NAME=VALUE",
    "fact:FACT",
    "way:WAY",
    "kind:KIND",
    "place:PLACE",
    "role:ROLE",
    "balance_at_most:AMOUNT",
    "check:CHECK",
    "over:CLOCK",
    "lapsed:CLOCK",
)


def _known(table: Table, key: str, word: str, of: str) -> bool:
    if word == "fact":
        return bool(told(table, key, of))
    if word == "way":
        return of in cast("tuple[str, ...]", getattr(form("taken_up").value("way"), "choices", ()))
    if word == "policy":
        name, _, value = of.partition("=")
        return name in POLICIES and bool(value)
    if word == "balance_at_most":
        return _is_amount(of)
    known: dict[str, tuple[str, ...]] = {
        "kind": tuple(CASE_KINDS),
        "check": CHECKS,
        "over": get_args(ClockKind),
        "lapsed": get_args(ClockKind),
    }
    return of in known[word] if word in known else word in {"place", "role"} and bool(of)


def _is_amount(text: str) -> bool:
    try:
        return Decimal(text) > 0
    except InvalidOperation:
        return False
