"""What the matrix is made of: ways out, faults of the box and the moments at which a worker dies; and how they are paired.

A fault is a name and what is armed for it. Where a fault alone would hurt nobody it comes with the company that makes it
hurt: a list that lags matters to whoever lost an answer and its callbacks.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Final

from forbear.sandbox.faults import Fault

Route = str
Armed = Mapping[str, Any]
ROUTES: Final[tuple[Route, ...]] = ("number", "service", "aliyun", "call", "lob", "print_room")
"""Texts by a number of Twilio's, by a Messaging Service, within China; calls by the machine; letters by Lob; our own printer."""
TEXTS: Final = frozenset({"number", "service"})
TWILIO: Final = TEXTS | {"call"}
TOLD: Final = TWILIO | {"lob"}
"""Whose provider tells of each touch by a webhook of its own."""
BOXED: Final = TOLD | {"aliyun"}
PRODUCTS: Final[Mapping[Route, str]] = {
    "number": "messages", "service": "messages", "aliyun": "messages", "call": "calls", "lob": "letters",
}  # fmt: skip

ALIVE, CLAIMED, PREPARED, HELD, ANSWERED = "alive", "claimed", "prepared", "held", "answered"
KILLS: Final = (ALIVE, CLAIMED, PREPARED, HELD, ANSWERED)
"""The worker lives; or dies with the claim made, let go and nothing sent, waiting for the answer, with the answer in hand."""
LAG: Final = 600.0
"""World seconds: less than the quarter of an hour for which Forbear allows a provider's list to lag."""
LATE: Final = 1_800.0
"""World seconds by which a callback is late: after the list was believed."""
ALWAYS: Final = {"times": None}


@dataclass(frozen=True, slots=True)
class Story:
    """A fault of the box: what is armed, whom it can strike, and whether the answer can be held back all the same."""

    armed: tuple[Armed, ...]
    routes: frozenset[Route]
    answers: bool = False


def _one(kind: str, routes: Iterable[Route], *, answers: bool = False, **more: Any) -> Story:
    return Story(({"kind": kind, **more},), frozenset(routes), answers)


STORIES: Final[Mapping[str, Story]] = {
    "none": Story((), frozenset(ROUTES), answers=True),
    "refuse": _one("refuse", TOLD),
    "429": _one("429", BOXED),
    "500_before_accept": _one("500_before_accept", BOXED),
    "500_after_accept": _one("500_after_accept", BOXED),
    "drop_before_accept": _one("drop_before_accept", BOXED),
    "drop_after_accept": _one("drop_after_accept", BOXED),
    "out_of_service": _one("out_of_service", {"aliyun"}),
    "slow": _one("slow", BOXED, answers=True, machine_seconds=5),
    "callback_before_answer": _one("callback_before_answer", TOLD, answers=True),
    "list_lag": Story(
        (
            {"kind": "drop_after_accept"},
            {"kind": "callback_lost", **ALWAYS},
            {"kind": "list_lag", "world_seconds": LAG, **ALWAYS},
        ),
        frozenset(BOXED),
    ),
    "callback_duplicated": _one("callback_duplicated", BOXED, answers=True, **ALWAYS),
    "callback_reordered": _one("callback_reordered", TOLD, answers=True),
    "callback_delayed": _one("callback_delayed", BOXED, answers=True, world_seconds=LATE, **ALWAYS),
    "callback_lost": _one("callback_lost", BOXED, answers=True, **ALWAYS),
    "callback_bad_signature": _one("callback_bad_signature", TOLD, answers=True, times=2),
    "callback_new_parameter": _one("callback_new_parameter", TOLD, answers=True, **ALWAYS),
    "callback_no_report_date": _one("callback_no_report_date", TEXTS, answers=True, **ALWAYS),
    "twiml_duplicated": _one("twiml_duplicated", {"call"}, answers=True, **ALWAYS),
    "twiml_answer_lost": _one("twiml_answer_lost", {"call"}, answers=True),
    "twiml_bad_signature": _one("twiml_bad_signature", {"call"}, answers=True, **ALWAYS),
    # No fault of the provider's: somebody else at the lender calls the same number by the same account just then.
    "another_call": Story(({"kind": "drop_after_accept"}, {"kind": "callback_lost", **ALWAYS}), frozenset({"call"})),
}
ELSEWHERE: Final[Mapping[str, str]] = {
    "inbound_": "what people write is not sent: tests/hazards, tests/api/hooks, tests/season",
    "event_": "payments: tests/payments, tests/api/hooks, tests/season",
    "payment_": "payments: tests/payments, tests/api/pages, tests/season",
}
"""Faults that strike nothing a sender does, and where they are held."""


@dataclass(frozen=True, slots=True)
class Case:
    fault: str
    route: Route
    kill: str

    def __str__(self) -> str:
        return f"{self.route}, {self.fault}, worker {self.kill}"

    @property
    def story(self) -> Story:
        return STORIES[self.fault]

    @property
    def possible(self) -> bool:
        """Whether it can happen: who dies before the first byte meets no fault, and only what is answered can be held."""
        if self.route not in self.story.routes:
            return False
        if self.kill in {CLAIMED, PREPARED}:
            return self.fault == "none"
        return self.kill != HELD or (self.story.answers and self.route in BOXED)

    @property
    def pairs(self) -> frozenset[tuple[str, str]]:
        """Each value with the name of its factor, two at a time."""
        named = (f"fault {self.fault}", f"route {self.route}", f"kill {self.kill}")
        return frozenset(combinations(named, 2))


def everything() -> list[Case]:
    """The whole product, as far as it can happen."""
    cases = [Case(fault, route, kill) for fault in STORIES for route in ROUTES for kill in KILLS]
    return [case for case in cases if case.possible]


def pairwise(cases: Sequence[Case]) -> list[Case]:
    """A few of the cases in which every pair of values that stand together in any of them stands together.

    Greedy: each time the case with most pairs that are still missing, the first of several.
    """
    missing = {pair for case in cases for pair in case.pairs}
    chosen: list[Case] = []
    while missing:
        best = max(cases, key=lambda case: len(case.pairs & missing))
        chosen.append(best)
        missing -= best.pairs
    return chosen


def unplaced() -> list[str]:
    """Faults of the box that are neither here nor known to be held elsewhere."""
    here = {str(armed["kind"]) for story in STORIES.values() for armed in story.armed}
    return [fault for fault in Fault if fault not in here and not fault.startswith(tuple(ELSEWHERE))]
