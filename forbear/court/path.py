"""A case's path as values: its stages in order, what each needs, which packet it asks for and what leads on.

Files in `forbear/court/paths` say it; `forbear.court.path_file` reads them; `forbear.court.decide` walks any of them.
A stage is entered in one of two ways. What a person told as a fact puts the case where the fact says, from wherever it
was: the world is ahead of us. Where no fact is needed, a way is open by its conditions, and the stage to which it leads
is entered once all that stage needs is there.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final, Literal

from forbear.contracts.case_words import ClockKind, ClockNature, FactKind
from forbear.contracts.words import StopKind

PROFILES: Final[tuple[str, ...]] = (
    "cn.mediation",
    "cn.confirmation",
    "cn.payment_order",
    "cn.suit",
    "cn.preservation",
    "cn.enforcement",
    "cn.withdrawal",
    "us.suit",
    "us-ny.suit",
    "us-ca.suit",
    "us-ca.small_claims",
    "us.default",
    "us.mediation",
    "us.dismissal",
    "gb.claim",
    "gb.mediation",
    "gb.discontinuance",
)
"""Every profile of a packet that a path may ask for."""
PATHS: Final[tuple[str, ...]] = ("CN", "US", "US-NY", "US-CA", "GB-EAW")
Titles = Mapping[str, str]
"""Words for people by language: always `en` and `zh-Hans`."""
Addressee = Literal["borrower", "guarantors", "joint_guarantors"]
Proof = Literal["reached", "sent"]
Supplier = Literal["lender", "legal", "ledger", "claimant", "court", "operator"]
Unit = Literal["days", "weeks", "months", "years"]


@dataclass(frozen=True, slots=True)
class Told:
    """A fact that a path looks for: of a kind and, where `detail` is named, with one of these values in it."""

    kind: FactKind
    detail: str = ""
    values: frozenset[str] = frozenset()

    @property
    def word(self) -> str:
        """As files write it."""
        return f"{self.kind}.{self.detail}={'|'.join(sorted(self.values))}" if self.detail else self.kind


@dataclass(frozen=True, slots=True)
class Condition:
    """One thing that a way, a notice or a packet depends on: `word` of `CONDITIONS`, what it asks after, and if not."""

    word: str
    of: str = ""
    no: bool = False

    @property
    def text(self) -> str:
        """As files write it."""
        return f"{'not ' if self.no else ''}{self.word}{':' if self.of else ''}{self.of}"


@dataclass(frozen=True, slots=True)
class Notice:
    """A paper that must have reached people, with proof: one of the kinds `papers`, to each of `to`.

    Where `by` is `sent`, posting with proof is enough, as long as it did not come back.
    """

    papers: tuple[str, ...]
    to: Addressee
    what: Titles
    when: tuple[Condition, ...] = ()
    by: Proof = "reached"


@dataclass(frozen=True, slots=True)
class Needs:
    """Without which a stage is not entered, and in which nothing goes on where it is lost again.

    Attributes:
        checks: names of `forbear.court.eligibility`.
        facts: any one of them, where there are any.
        packet: profile that must be approved, or filed already.
    """

    checks: tuple[str, ...] = ()
    facts: tuple[Told, ...] = ()
    notices: tuple[Notice, ...] = ()
    fields: tuple[str, ...] = ()
    slots: tuple[str, ...] = ()
    packet: str = ""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A packet that a stage asks for by itself. `filed_by` is the fact that says that it was handed in.

    One that goes `beside` the others is asked for once in the whole case, whatever stage it is in.
    """

    profile: str
    filed_by: tuple[Told, ...] = ()
    when: tuple[Condition, ...] = ()
    beside: bool = False


@dataclass(frozen=True, slots=True)
class Way:
    """One alternative: to `stage`, by a fact of `on`, or without one as soon as `when` holds altogether."""

    stage: str
    on: tuple[Told, ...] = ()
    when: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage. `withdrawal` is the packet that calls off what is pending in it, once the debt is paid or settled.

    Attributes:
        waits: kinds of waiting clocks that must be over before it is entered.
        packets: asked for when it begins; the first is the one that leads on.
        next: ways out of it, in the order in which they are tried.
        ends: the case's outcome; only of a stage with which it ends.
        hint: what people are to do or to wait for in it.
    """

    id: str
    title: Titles
    hint: str = ""
    needs: Needs = field(default_factory=Needs)
    waits: tuple[ClockKind, ...] = ()
    packets: tuple[Wanted, ...] = ()
    next: tuple[Way, ...] = ()
    ends: str = ""
    withdrawal: str = ""

    @property
    def packet(self) -> str:
        """The profile that it asks for before any other; empty for none."""
        return self.packets[0].profile if self.packets else ""


@dataclass(frozen=True, slots=True)
class ClockRule:
    """How a kind of clock is kept on a path.

    Attributes:
        ladder: days before the last day on which people are told, far to near.
        duty: of the packs, where they know the period; else `count` and `unit`, with `source`.
        roll: whether a last day of rest moves to the next working day by `calendar`.
        papers: that it runs from, or whose proven arrival starts it anew or meets it.
        more: a longer count where the other side announced an answer.
        dismissal: a shorter count to appeal where the claim was dismissed, and not judged.
        tail, within: of a limitation: how long it runs on after what suspended it, and in which last stretch
            a suspension counts (none: in every one).
        lead: days before the last day by which a renewal is asked for.
    """

    kind: ClockKind
    nature: ClockNature
    ladder: tuple[int, ...] = ()
    duty: str = ""
    count: int = 0
    unit: Unit = "days"
    roll: bool = False
    calendar: str = ""
    papers: tuple[str, ...] = ()
    more: int = 0
    dismissal: int = 0
    tail: tuple[int, Unit] | None = None
    within: tuple[int, Unit] | None = None
    lead: int = 0
    source: str = ""


@dataclass(frozen=True, slots=True)
class Hold:
    """Stops that hold a case: in every stage, or in those before one, after which the matter is the court's."""

    stops: frozenset[StopKind]
    before: str
    reason: str
    source: str = ""


@dataclass(frozen=True, slots=True)
class CasePath:
    """A path. `begins` says with which stage each kind of case begins."""

    id: str
    version: str
    title: Titles
    jurisdiction: str
    sources: tuple[str, ...]
    begins: Mapping[str, str]
    stages: tuple[Stage, ...]
    clocks: Mapping[ClockKind, ClockRule]
    holds: tuple[Hold, ...] = ()
    least_amount: Decimal = Decimal(0)
    """Below which nobody sues unless the lender's policy says otherwise."""

    def stage(self, name: str) -> Stage | None:
        """The stage of a name."""
        return next((each for each in self.stages if each.id == name), None)

    def place(self, name: str) -> int:
        """Its place in the order; behind all where there is none of that name."""
        return next((at for at, each in enumerate(self.stages) if each.id == name), len(self.stages))

    def hold(self, stage: str, stops: Iterable[str]) -> tuple[Hold, str] | None:
        """What holds a case in a stage while these stops bind, and which of them it is."""
        bind = frozenset(stops)
        for each in self.holds:
            found = sorted(bind & each.stops)
            if found and (not each.before or self.place(stage) < self.place(each.before)):
                return each, found[0]
        return None

    def landmarks(self) -> tuple[tuple[Told, str], ...]:
        """Which facts put a case into which stage; the file is refused where one fact leads to two."""
        return tuple(dict.fromkeys((told, way.stage) for each in self.stages for way in each.next for told in way.on))

    def open_from(self, name: str) -> frozenset[str]:
        """The stages that a case may be in after a stage without any fact that leads on, itself included."""
        found, ahead = {name}, [name]
        while ahead:
            stage = self.stage(ahead.pop())
            ways = () if stage is None else tuple(each.stage for each in stage.next if not each.on)
            ahead += [each for each in ways if each not in found]
            found.update(ways)
        return frozenset(found)
