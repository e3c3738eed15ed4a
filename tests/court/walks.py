"""How each path is walked from its first day to any of its stages: what happens, in order, and where that leads."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from tests.court.book import Book, Doing, book


def tells(kind: Any, person: str = "", **details: Any) -> Doing:
    def done(case: Book) -> None:
        case.tell(kind, None, person, **details)

    return done


def serves(paper: str, person: str = "per_b") -> Doing:
    return lambda case: case.serve(paper, person)


def hands_in(profile: str, kind: Any, **details: Any) -> Doing:
    def done(case: Book) -> None:
        case.packet(profile, "approved")
        case.run()
        case.packet(profile, "filed")
        case.tell(kind, None, "", **details)

    return done


def days(count: int) -> Doing:
    def done(case: Book) -> None:
        case.go(case.today + timedelta(days=count))

    return done


def fills(*slots: str) -> Doing:
    def done(case: Book) -> None:
        case.life = replace(case.life, slots_filled=case.life.slots_filled | set(slots))

    return done


def performs(kind: Any, **details: Any) -> Doing:
    """A fact that names the last day of performance, ten days on."""

    def done(case: Book) -> None:
        case.tell(kind, None, "", perform_by=(case.today + timedelta(days=10)).isoformat(), **details)

    return done


Step = tuple[Doing, str]
CN: tuple[Step, ...] = (
    (days(1), "notice"),
    (serves("cn.notice.dunning"), "mediation_preparing"),
    (hands_in("cn.mediation", "mediation_applied"), "mediation"),
    (tells("mediation_failed"), "suing"),
    (hands_in("cn.suit", "filed", against="everyone"), "filed"),
    (tells("filing_accepted", case_no="No. 1"), "accepted"),
    (tells("served", "per_b"), "served"),
    (days(20), "served"),
    (tells("hearing"), "hearing"),
    (tells("judged", result="granted"), "judged"),
    (performs("judgment_final"), "final"),
    (days(11), "enforcement_preparing"),
    (hands_in("cn.enforcement", "enforcement_applied"), "enforcing"),
    (tells("enforcement_ended", result="fulfilled"), "booking"),
)
CN_AGREED: tuple[Step, ...] = (
    (days(1), "notice"),
    (serves("cn.notice.dunning"), "mediation_preparing"),
    (hands_in("cn.mediation", "mediation_applied"), "mediation"),
    (performs("mediation_agreed"), "confirming"),
    (hands_in("cn.confirmation", "confirmation_applied"), "confirming"),
    (performs("confirmed"), "performing"),
    (tells("agreement_breached"), "enforcement_preparing"),
    (hands_in("cn.enforcement", "enforcement_applied"), "enforcing"),
)
CN_ORDER: tuple[Step, ...] = (
    (serves("cn.notice.dunning"), "mediation_preparing"),
    (tells("taken_up", way="payment_order"), "order_preparing"),
    (hands_in("cn.payment_order", "order_applied"), "order_asked"),
    (tells("order_served", "per_b"), "order_served"),
    (days(17), "final"),
    (performs("order_final"), "final"),
    (days(11), "enforcement_preparing"),
)


def us(suit: str) -> tuple[Step, ...]:
    return (
        (days(1), "notice"),
        (serves("us.letter.final_demand"), "suing"),
        (hands_in(suit, "filed"), "filed"),
        (tells("served", "per_b"), "served"),
        (days(20), "served"),
        (days(11), "served"),
        (fills("scra_certificate"), "default_preparing"),
        (tells("judged", result="granted"), "judged"),
        (performs("judgment_final"), "final"),
        (tells("enforcement_applied"), "enforcing"),
        (tells("enforcement_ended", result="partly_fulfilled"), "booking"),
    )


GB: tuple[Step, ...] = (
    (days(1), "default_notice"),
    (serves("gb.notice.default"), "default_notice"),
    (days(14), "default_notice"),
    (days(1), "letter"),
    (serves("gb.letter.claim"), "letter"),
    (days(30), "letter"),
    (days(1), "claiming"),
    (hands_in("gb.claim", "filed"), "filed"),
    (tells("filing_accepted", case_no="No. 1"), "issued"),
    (tells("served", "per_b"), "served"),
    (tells("answered", to="claim", how="defended"), "defended"),
    (tells("mediation_failed"), "hearing"),
    (tells("judged", result="granted"), "judged"),
    (performs("judgment_final"), "final"),
    (tells("enforcement_applied"), "enforcing"),
    (tells("enforcement_ended", result="fulfilled"), "booking"),
)
WALKS: dict[str, tuple[str, tuple[Step, ...]]] = {
    "CN suit": ("CN", CN),
    "CN agreement": ("CN", CN_AGREED),
    "CN order": ("CN", CN_ORDER),
    "US": ("US", us("us.suit")),
    "US-NY": ("US-NY", us("us-ny.suit")),
    "US-CA": ("US-CA", us("us-ca.suit")),
    "GB-EAW": ("GB-EAW", GB),
}


def walk(name: str, steps: int | None = None, **told: Any) -> Book:
    """A case that lived through the first so many steps of a walk."""
    place, every = WALKS[name]
    return through(book(place, **told), every[:steps])


def through(case: Book, steps: Iterable[Step]) -> Book:
    for doing, stage in steps:
        case.run()
        doing(case)
        case.run()
        assert case.stage == stage, (case.stage, stage, case.last)
    return case
