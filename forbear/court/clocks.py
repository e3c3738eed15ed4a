"""Every clock of a case as it stands on a day, reckoned anew from its life: a corrected fact moves them all."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from forbear.contracts.case_words import ClockKind
from forbear.court.court_clocks import (
    answer,
    appeal,
    enforcement,
    freeze,
    judicial_confirmation,
    payment_order_objection,
)
from forbear.court.decision import Clock, Line
from forbear.court.ground import Ground
from forbear.court.guarantees import guarantees
from forbear.court.limitation import limitation
from forbear.court.notice_clocks import default_notice, letter_of_claim, right_to_cure, validation
from forbear.court.path import ClockRule

Reckoner = Callable[[Ground, ClockRule], Iterator[Clock]]
RECKONERS: Final[Mapping[ClockKind, Reckoner]] = {
    "limitation": limitation,
    "guarantee": guarantees,
    "validation": validation,
    "right_to_cure": right_to_cure,
    "default_notice": default_notice,
    "letter_of_claim": letter_of_claim,
    "judicial_confirmation": judicial_confirmation,
    "payment_order_objection": payment_order_objection,
    "answer": answer,
    "appeal": appeal,
    "enforcement": enforcement,
    "freeze": freeze,
}


def reckon(ground: Ground) -> tuple[Clock, ...]:
    """Every clock of the case on its path, and those that no longer run because what they ran from was taken back."""
    rules = ground.path.clocks
    found = [clock for kind in RECKONERS if kind in rules for clock in RECKONERS[kind](ground, rules[kind])]
    known = {(each.kind, each.subject) for each in found}
    gone = [each for each in ground.life.clocks if (each.kind, each.subject) not in known]
    line = "nothing in the case starts it any more"
    found += [
        Clock(each.kind, each.subject, each.nature, "void", each.last, each.last, (Line(each.last, line),))
        for each in gone
    ]
    return tuple(found)
