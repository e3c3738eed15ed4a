"""The contact rules as a lender reads and asks them: what is sent and answered, with an example of each."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final

from pydantic import ConfigDict, Field

from forbear.api.lender.answers import Answer
from forbear.api.lender.shapes.page import Page, page_of
from forbear.ledger.forms.text import Form

Json = dict[str, Any]


class Cite(Answer):
    instrument: str
    section: str
    published: date | None = Field(description="The source's own date, where it is known.")


class Version(Answer):
    """What a rule says from a day on."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)
    first: date | None = Field(alias="from", description="The first day in force; null reaches back for ever.")
    last: date | None = Field(alias="to", description="The first day no longer in force; null has no end.")
    statement: str = Field(description="What it says, in our own words, with every number.")
    in_words: str = Field(description="How it is counted, in the language asked for.")
    parameters: Json = Field(description="The numbers and names by which the engine works.")
    cite: Cite
    force: str = Field(description="law, regulation, …, policy; a draft or proposal only warns.")
    evidence: str = Field(description="How well it is known: S, R, G, S~, from memory, C or policy.")
    verified_on: date | None = Field(description="When its source was last read; null was never.")
    added: date = Field(description="When it entered the pack.")


class Rule(Answer):
    id: str
    jurisdiction: str
    title: str
    kind: str
    function: str = Field(description="The one function that it answers by: check, must_say, may_not_say, …")
    versions: list[Version]


class Question(Answer):
    """What counsel was asked."""

    id: str
    text: str


class WholeRule(Rule):
    pack_version: str = Field(description="The digest of the pack, as permits name it.")
    signed_by: str | None = Field(description="The lawyer who signed the pack; null if nobody did.")
    questions: list[Question]


class RulePage(Page):
    data: list[Rule]


class Change(Answer):
    field: str
    was: Any
    now: Any


class Difference(Answer):
    """A rule that is not on one day as it is on the other."""

    what: str = Field(description="begun, ended or changed")
    id: str
    jurisdiction: str
    title: str
    kind: str
    function: str
    was: Version | None
    now: Version | None
    changes: list[Change]


class Differences(Answer):
    data: list[Difference]


class CaseForm(Form):
    """One attempt with all that is known of it, in the form of the published cases; unknown keys are refused.

    Nothing is looked up and nothing is kept: what is not sent is not known.
    """

    now: str = Field(max_length=40, description="The instant, with its offset from UTC.")
    lender: Json = Field(description="role, kind")
    person: Json = Field(
        description="jurisdictions, places (kind, zone, source, derived), stops, agreements, "
        "events, suppressions, circumstances"
    )
    attempt: Json = Field(description="channel, party, to, debts, place, purpose, staff, prerecorded, person, language")
    debts: list[Json] = Field(default_factory=list[Json], max_length=100)
    history: list[Json] = Field(
        default_factory=list[Json], max_length=1000, description="Past attempts, each with a ref if you like."
    )
    policy: Json | None = Field(default=None, description="The lender's own limits; they only tighten.")


class Finding(Answer):
    """A rule that denies now."""

    rule: str
    kind: str
    until: datetime | None
    event: str | None
    why: str


class Verdict(Answer):
    """The permit of a case."""

    verdict: str = Field(description="allow, hold or block")
    until: datetime | None = Field(description="The first instant at which it is allowed, if nothing else happens.")
    event: str | None = Field(description="What must happen first; null where nothing can lift a block.")
    sentence: str = Field(description="Why, in one plain sentence of the language asked for.")
    rules: list[str]
    findings: list[Finding]
    warnings: list[str] = Field(description="Drafts and proposals that would deny.")
    disclosures: list[str] = Field(description="What must be said.")
    human_review: bool
    zones: list[str]
    packs: dict[str, str] = Field(description="The packs asked, with their versions.")


HOURS: Final[Json] = {
    "from": "2021-11-30",
    "to": None,
    "statement": "A collector may attempt contact from 08:00 until just before 21:00 by the consumer's local time, in "
    "every zone that the data point to, unless the consumer agreed to other hours. Regulation F says before 8 and "
    "after 9 o'clock, the statute after 8 and before 9: half-open satisfies both.",
    "in_words": "contact is made only from 08:00 to 21:00 local time",
    "parameters": {
        "open": "08:00",
        "close": "21:00",
        "override": "hours",
        "roles": ["debt_buyer", "third_party_collector"],
    },
    "cite": {
        "instrument": "12 CFR 1006.6; 15 U.S.C. 1692c",
        "section": "1006.6(b)(1)(i); 1692c(a)(1)",
        "published": None,
    },
    "force": "regulation",
    "evidence": "S",
    "verified_on": "2026-11-21",
    "added": "2026-11-21",
}
RULE: Final[Json] = {
    "id": "US.REGF.HOURS",
    "jurisdiction": "US",
    "title": "Hours",
    "kind": "quiet_hours",
    "function": "check",
    "versions": [HOURS],
}
WHOLE: Final[Json] = {**RULE, "pack_version": "f96edfedccc3", "signed_by": None, "questions": []}
RULES: Final[Json] = page_of(RULE)
BEGUN: Final[Json] = {
    "from": "2027-01-01",
    "to": None,
    "statement": "At most 3 attempts in 7 days about one account, calls, texts and e-mails counted together and "
    "letters left out. What was attempted before 1 January 2027 counts.",
    "in_words": "at most 3 attempts by text, call or e-mail in 7 days about one debt may be made",
    "parameters": {
        "unit": "attempt",
        "subject": "debt",
        "window": "local_days_rolling(7)",
        "limit": 3,
        "channels": ["call", "email", "sms"],
    },
    "cite": {"instrument": "6 RCNY 5-77, SHIELD rule", "section": "(b)(1)(iii)", "published": "2026-02-26"},
    "force": "regulation",
    "evidence": "C",
    "verified_on": "2026-11-21",
    "added": "2026-11-22",
}
DIFFERENCES: Final[Json] = {
    "data": [
        {
            "what": "begun",
            "id": "US-NYC.SHIELD.FREQ3",
            "jurisdiction": "US-NYC",
            "title": "Attempts about an account in a week, from 2027",
            "kind": "frequency_cap",
            "function": "check",
            "was": None,
            "now": BEGUN,
            "changes": [],
        }
    ]
}
CASE: Final[Json] = {
    "now": "2026-12-01T07:59:59-05:00",
    "lender": {"role": "third_party_collector", "kind": "bank"},
    "person": {"jurisdictions": ["US"], "places": [{"kind": "address", "zone": "America/New_York"}]},
    "debts": [{"id": "A", "kind": "credit_card", "days_past_due": 40}],
    "attempt": {"channel": "call", "party": "debtor", "to": "m1", "place": "mobile", "debts": ["A"]},
    "history": [],
    "policy": {"guard_seconds": 0},
}
VERDICT: Final[Json] = {
    "verdict": "hold",
    "until": "2026-12-01T13:00:00Z",
    "event": None,
    "sentence": "Held until Tue 1 December 2026, 08:00 (America/New_York), because contact is made only from 08:00 to "
    "21:00 local time (US.REGF.HOURS).",
    "rules": ["US.REGF.HOURS"],
    "findings": [
        {
            "rule": "US.REGF.HOURS",
            "kind": "quiet_hours",
            "until": "2026-12-01T13:00:00Z",
            "event": None,
            "why": HOURS["statement"],
        }
    ],
    "warnings": [],
    "disclosures": [],
    "human_review": False,
    "zones": ["America/New_York"],
    "packs": {"US": "f96edfedccc3", "POLICY": "d3f9d670bf28"},
}


def invalid(pointer: str, detail: str) -> Mapping[str, Json]:
    """What a call answers where one place of it cannot be accepted."""
    told = "1 place in the request cannot be accepted"
    return {"invalid": {"detail": told, "errors": [{"pointer": pointer, "detail": detail}]}}


NO_RULE: Final[Mapping[str, Json]] = {
    **invalid("/path/rule", "String should match pattern '^[A-Z][A-Z0-9-]*(\\.[A-Z0-9]+)+$'"),
    "not_found": {"detail": "There is no such rule"},
}
NO_CHANNEL: Final[Mapping[str, Json]] = invalid(
    "/attempt/channel",
    "is none of the allowed words. Send one of sms, call, voicemail, email, letter, visit",
)
