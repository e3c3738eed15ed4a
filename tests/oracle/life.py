"""One `given` of a case with a name for each of its parts, and what a rule of the oracle is."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from tests.oracle.clocks import instant

Json = dict[str, Any]
HOLD = "hold"
COLLECTORS = {"third_party_collector", "debt_buyer", "licensed_agency"}
LEGAL_ZONES = {
    "CN": ("Asia/Shanghai", "Asia/Urumqi"),
    "TW": ("Asia/Taipei",),
    "IN": ("Asia/Kolkata",),
    "PH": ("Asia/Manila",),
}
"""Where one clock rules a country: that clock first, then the others that are shown there."""


def always(at: datetime) -> bool:
    """A question whose answer is yes at any instant."""
    return True


def in_force(at: datetime, zone: ZoneInfo) -> bool:
    """The same, of any clock."""
    return True


@dataclass(frozen=True)
class Rule:
    """A name, what ends its denial (HOLD: time alone; an event; None: nothing), and a question for one instant."""

    name: str
    event: str | None
    denies: Callable[[datetime], bool]


@dataclass(frozen=True)
class Past:
    """One past attempt."""

    at: datetime
    channel: str
    party: str
    result: str
    to: str | None
    place: str | None
    debts: frozenset[str]
    purpose: str


class Life:
    """Names for the parts of one `given`."""

    def __init__(self, given: Json) -> None:
        person, attempt = given["person"], given["attempt"]
        self.now = instant(given["now"])
        self.attempt: Json = attempt
        self.channel: str = attempt["channel"]
        self.party: str = attempt["party"]
        self.to: str = attempt["to"]
        self.place: str | None = attempt.get("place")
        self.purpose: str = attempt.get("purpose", "reminder")
        self.prerecorded: bool = attempt.get("prerecorded", False)
        self.debts: dict[str, Json] = {each["id"]: each for each in given["debts"]}
        self.asked: list[str] = attempt["debts"] or list(self.debts)
        self.jurisdictions: list[str] = person["jurisdictions"]
        self.role: str = given["lender"]["role"]
        self.collector = self.role in COLLECTORS
        self.zones = _zones(person["places"])
        self.stops: list[Json] = person.get("stops", [])
        self.agreements: list[Json] = person.get("agreements", [])
        self.events: list[Json] = person.get("events", [])
        self.suppressions: list[Json] = person.get("suppressions", [])
        self.history = [_past(each) for each in given["history"]]
        self.policy: Json = given["policy"]
        self.guard: int = self.policy["guard_seconds"]
        self.to_lawyer = self.party == "attorney"
        self.confirms = self.purpose == "opt_out_confirmation"
        self.has_hours = self.channel != "letter" and not self.to_lawyer

    def legal_zone(self, jurisdiction: str) -> list[ZoneInfo]:
        """The one clock of a country that has one."""
        return [ZoneInfo(LEGAL_ZONES[jurisdiction][0])]

    def agreed_hours(self) -> list[tuple[str, str]]:
        """What the person agreed to, by the wall clock."""
        return [(each["open"], each["close"]) for each in self.agreements if each["kind"] == "hours"]

    def consented(self, since: datetime | None = None) -> bool:
        """Whether there is a consent to messages by this channel to this number, given after an instant if one is named."""
        return any(
            each["kind"] == "message_consent"
            and each["channel"] == self.channel
            and each.get("to") in {None, self.to}
            and (since is None or instant(each["at"]) > since)
            for each in self.agreements
        )

    def happened(self, kind: str, since: datetime) -> bool:
        """Whether an event of this kind came later."""
        return any(each["kind"] == kind and instant(each["at"]) > since for each in self.events)

    def about(self, stop: Json) -> bool:
        """Whether a stop is about a debt that the attempt is about."""
        return not stop.get("debts") or bool(set(stop["debts"]) & set(self.asked))


def _zones(places: list[Json]) -> list[ZoneInfo]:
    stated = [each["zone"] for each in places if each["kind"] == "stated"]
    return [ZoneInfo(name) for name in dict.fromkeys(stated or [place["zone"] for place in places])]


def _past(given: Json) -> Past:
    return Past(
        at=instant(given["at"]),
        channel=given["channel"],
        party=given["party"],
        result=given["result"],
        to=given.get("to"),
        place=given.get("place"),
        debts=frozenset(given.get("debts", ())),
        purpose=given.get("purpose", "reminder"),
    )
