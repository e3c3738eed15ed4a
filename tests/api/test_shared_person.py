"""What a lender may see of a person it shares with another lender: verdict, rule and instant, and no word more.

The same history is told twice, once with another lender's facts in between, and every answer is compared.
"""

import copy
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlalchemy import select

from forbear.contracts.decision import Outcome
from forbear.ledger.ids import new_id
from forbear.ledger.shown import LIMIT_OF_PERSON
from forbear.ledger.stops import place_stop, suppress
from forbear.ledger.tables.accounts import Party
from forbear.ledger.tables.contacts import Reply
from forbear.ledger.tables.people import ContactPoint
from forbear.ledger.views import instant
from tests.api.house import Client, House, Json, enrolment, payment
from tests.api.two_worlds import World, open_world, read_everything
from tests.conftest import MONDAY_MORNING

HOME = {"zone", "starts", "ends"}
"""Of two points told at one instant, that with the lower id gives the zone, and ids are random."""
NUMBER, OTHER_NUMBER = "+13125550142", "+13125550143"


@dataclass
class Other:
    """Another lender that knows the person. `loud`: it also heard things that stop everybody."""

    world: World
    loud: bool
    account: str = ""
    acts: dict[str, Callable[[], None]] = field(default_factory=dict[str, Callable[[], None]])

    def enrols(self) -> None:
        body = person(external_id="OTHER-1", due_since="2025-12-01")
        party = body["parties"][0]
        body |= {"circumstances": ["time_barred"], "events": []}
        party |= {"language": "es", "identity_number": "ID 4711", "jurisdictions": ["US", "US-NY"]}
        party["circumstances"] = ["vulnerable"]
        party["contact_points"][0] |= {"zone": "America/New_York", "place": "workplace"}
        party["contact_points"].append({"kind": "phone", "value": OTHER_NUMBER, "state": "unreachable"})
        party["agreements"] = [{"kind": "hours", "at": "2026-01-05T10:00:00Z", "open": "07:00", "close": "08:30"}]
        party["contacts"] = [
            {"at": f"2026-02-{day}T18:00:00Z", "channel": "sms", "contact_point": 0, "result": "delivered"}
            for day in (25, 27, 28)
        ]
        self.account = self._made("/v1/accounts", body)["id"]
        self._made("/v1/accounts", {**body, "external_id": "OTHER-2"})

    def touches(self) -> None:
        self.world.decide(self.world.them, self.account)
        path = f"/v1/accounts/{self.account}"
        paid = self._made(f"{path}/payments", payment("7.00", external_id="PMT-ours"))
        undone = {"external_id": "PMT-ours-back", "received_at": "2026-03-02T14:30:00Z"}
        self._made(f"{path}/payments/{paid['id']}/reversal", undone)
        self._made(f"{path}/promises", promise("9.00"))
        self._made(f"{path}/consents", consent(NUMBER))
        self._made(f"{path}/events", {"kind": "medical_notice_sent", "at": "2026-02-20T10:00:00Z"})
        self._made(f"{path}/contact-points", {"kind": "phone", "value": "+13125550188"})
        tag = self.world.them.get(path).headers["ETag"]
        assert self.world.them.patch(path, {"product": "Their Own Loan"}, tag).status_code == 200
        self._replies()

    def speaks(self) -> None:
        """Stops, opt-outs and holds, heard over its API, on its page, and by its worker."""
        if not self.loud:
            return
        path, them = f"/v1/accounts/{self.account}", self.world.them
        self._made(f"{path}/stops", {"kind": "insolvency"})
        self._made(f"{path}/holds", {"reason": "complaint"})
        for form in ({"scope": "number", "number": NUMBER}, {"scope": "everything"}):
            self._made(f"{path}/opt-outs", form)
        ledger = self.world.house.ledger
        key = ledger.vault.address_key(them.tenant, "phone", NUMBER)
        now = ledger.clock.now()
        with ledger.worker(them.tenant) as session:
            about: Any = {
                "tenant": them.tenant,
                "lender": them.lender,
                "person": self._person(),
                "at": now,
                "via": "sms",
            }
            place_stop(session, account=None, kind="wrong_number", address_key=key, **about)
            suppress(session, scope="all_automated", channel=None, address_key=key, **about)

    def _replies(self) -> None:
        them, ledger = self.world.them, self.world.house.ledger
        with ledger.api(them.tenant, them.lender) as session:
            session.add(
                Reply(
                    id=new_id("rpl"), tenant=them.tenant, lender=them.lender, account=self.account, person=self._person(),
                    contact_point=None, channel="sms", provider_id=f"SM{self.account}", reading="hardship", text=None,
                    at=ledger.clock.now(), needs_human=True,
                )
            )  # fmt: skip

    def _person(self) -> str:
        them = self.world.them
        with self.world.house.ledger.api(them.tenant, them.lender) as session:
            return session.scalars(select(Party.person).where(Party.account == self.account)).one()

    def _made(self, path: str, body: Json) -> Json:
        return self.world.them.made(path, body)


def person(**changes: Any) -> Json:
    body = copy.deepcopy(enrolment(**changes))
    body["parties"][0] |= {"name": "Shared Sampleton", "birth_date": "1979-05-05"}
    body["parties"][0]["contact_points"][0]["value"] = NUMBER
    body["parties"][0]["contact_points"][1]["value"]["lines"] = ["9 Shared Street"]
    return body


def promise(amount: str) -> Json:
    return {"amount": {"amount": amount, "currency": "USD"}, "due_on": "2026-03-10"}


def consent(number: str, at: str = "2026-03-01T10:00:00Z") -> Json:
    return {"channel": "sms", "number": number, "given_to": "Us", "how": "on paper", "at": at}


def history(world: World, other: Other | None) -> None:
    """Our own story; the other lender's is told in between where there is one."""

    def meanwhile(act: str) -> None:
        # The clock goes on as far in both worlds, however long the other lender takes.
        at = world.house.ledger.clock.now()
        if other is not None:
            getattr(other, act)()
        world.house.hands.set(at)
        world.house.later(minutes=1)

    meanwhile("enrols")
    first = world.post("/v1/accounts", unbalanced("LN-shared-1"))["id"]
    world.post("/v1/accounts", unbalanced("LN-shared-1"))
    meanwhile("touches")
    capped = person(external_id="LN-shared-2", due_since="2026-01-15")
    capped["parties"][0] |= {"identity_number": "id-4711", "contacts": [
        {"at": f"2026-03-0{day}T17:00:00Z", "channel": "sms", "contact_point": 0, "result": "delivered"} for day in (1, 2)
    ]}  # fmt: skip
    # Nothing of ours falls on one instant, so that ids, which are random, never decide an order.
    capped["parties"][0]["consents"][0]["at"] = "2025-06-02T15:00:00Z"
    capped["parties"][0]["contacts"][1]["at"] = "2026-03-02T14:00:00Z"
    second = world.post("/v1/accounts", capped)["id"]
    for account in (first, second):
        assert world.decide(world.us, account) == "rest"
    meanwhile("speaks")
    for account in (first, second):
        assert world.decide(world.us, account) == "rest"
        acts(world, account)
        assert world.decide(world.us, account) == "rest"
    stranger = [other.account] if other is not None else ["acc_0000000000000000000000"]
    read_everything(world, [first, second], stranger)


def unbalanced(external_id: str) -> Json:
    body = person(external_id=external_id)
    body["balance"]["as_of"] = None
    return body


def acts(world: World, account: str) -> None:
    """Everything that we can do to one of our accounts, also what is refused."""
    path = f"/v1/accounts/{account}"
    paid = world.post(f"{path}/payments", payment("5.00", external_id=f"P-{world.ids[account]}"))["id"]
    world.post(
        f"{path}/payments/{paid}/reversal",
        {"external_id": f"R-{world.ids[account]}", "received_at": "2026-03-02T14:30:00Z"},
    )
    kept = [world.post(f"{path}/promises", promise(amount))["id"] for amount in ("10.00", "11.00")]
    for made in kept:
        world.post(f"{path}/promises/{made}/withdrawal", {"reason": "misheard"})
    for form in (
        {"scope": "channel", "channel": "call"},
        {"scope": "number", "number": OTHER_NUMBER},
        {"scope": "number"},
    ):
        world.post(f"{path}/opt-outs", form)
    for kind in ("dispute", "insolvency", "wrong_number"):
        stop = world.post(f"{path}/stops", {"kind": kind, "number": OTHER_NUMBER})["id"]
        world.post(f"{path}/stops/{stop}/release", {"reason": "mistaken"})
    world.post(f"{path}/holds", {"reason": "review", "until": "2026-03-20T15:00:00Z"})
    agreed = world.post(
        f"{path}/agreements",
        {"kind": "hours", "at": instant(world.house.ledger.clock.now()), "open": "07:00", "close": "08:30"},
    )["id"]
    world.post(f"{path}/agreements/{agreed}/end", {})
    for number in (NUMBER, OTHER_NUMBER):
        world.post(f"{path}/consents", consent(number, instant(world.house.ledger.clock.now())))
    for number in (NUMBER, OTHER_NUMBER):
        world.post(f"{path}/contact-points", {"kind": "phone", "value": number})
    for _ in range(2):
        world.post(f"{path}/events", {"kind": "verification_sent", "at": "2026-02-26T10:00:00Z"})
    view = world.get(path)
    party = next(iter(view["parties"]))
    points = view["parties"][party]["contact_points"]
    phone = next(point for point, told in points.items() if told["place"] == "mobile")
    change = {"language": "fr", "jurisdictions": ["US"], "contact_points": {phone: {"zone": "America/Denver"}}}
    change["circumstances"] = ["contact_from_phone_book"]
    world.patch(path, {"product": "Shared Loan", "circumstances": ["oral_contract"], "parties": {party: change}})


@pytest.mark.parametrize("loud", [False, True], ids=["touches, money and words", "stops and opt-outs too"])
def test_another_lenders_facts_change_nothing_but_a_verdict(house: House, loud: bool) -> None:
    told: list[World] = []
    for known in (False, True):
        house.hands.set(MONDAY_MORNING)
        world = open_world(house)
        history(world, Other(world, loud=loud) if known else None)
        told.append(world)
    alone, shared = told
    assert [what for what, _ in shared.answers] == [what for what, _ in alone.answers]
    limits = 0
    for (what, ours), (_, with_them) in zip(alone.answers, shared.answers, strict=True):
        limits += compared(what, ours, with_them)
    assert limits > 0, "the other lender's limits were met, and shown as nothing more"
    written = str(shared.answers)
    for theirs in (
        "OTHER-",
        "Their Own",
        "PMT-ours",
        "America/New_York",
        "US-NY",
        "workplace",
        "vulnerable",
        "medical_notice",
    ):
        assert theirs not in written


def compared(what: str, ours: Any, theirs: Any, place: str = "") -> int:
    """Hold that two answers are one, save for the agreed words; returns how often those were used."""
    where = f"{what} {place}"
    if isinstance(ours, dict):
        assert set(ours) == set(theirs), where
        if set(ours) == {"at", "reason", "rule"}:
            return limited(where, ours, theirs, "reason", "at")
        if ours.get("kind") == "decision" or "sentence" in ours:
            return explained(where, ours, theirs) if "sentence" in ours else 0
        skipped = {"next_at", "held_by"} if "held_by" in ours else set[str]()
        if "days_past_due" in ours:
            skipped |= HOME
        return sum(compared(what, ours[name], theirs[name], f"{place}/{name}") for name in ours if name not in skipped)
    if isinstance(ours, list):
        told, with_them = decisions(ours), decisions(theirs)
        if told or with_them:
            limits = sum(matched(where, told, each) for each in with_them)
            mine, others = ([each for each in side if not is_decision(each)] for side in (ours, theirs))
            return limits + compared(what, mine, others, place)
        assert len(ours) == len(theirs), where
        return sum(
            compared(what, *pair, f"{place}/{index}") for index, pair in enumerate(zip(ours, theirs, strict=True))
        )
    assert ours == theirs, where
    return 0


def explained(where: str, ours: Json, theirs: Json) -> int:
    """A decision that is explained says what it says alone, or verdict, rule and instant and no word more."""
    for name in ("id", "at", "ended", "step", "touch", "counted"):
        assert ours[name] == theirs[name], f"{where} {name}"
    if theirs["reason"] == LIMIT_OF_PERSON:
        assert (theirs["decision"], theirs["sentence"]) == ("rest", LIMIT_OF_PERSON), where
        return 1
    assert ours == theirs, where
    return 0


def is_decision(item: Any) -> bool:
    return isinstance(item, dict) and item.get("kind") == "decision"


def decisions(items: list[Any]) -> list[Json]:
    return [each for each in items if is_decision(each)]


def matched(where: str, ours: list[Json], theirs: Json) -> int:
    """A decision of the shared world says what one of the lonely world says, or no more than the agreed words."""
    assert theirs["decision"] == "rest", where
    if any(each["text"] == theirs["text"] and each["rule"] == theirs["rule"] for each in ours):
        return 0
    assert theirs["text"] == LIMIT_OF_PERSON, where
    return 1


def limited(where: str, ours: Json, theirs: Json, reason: str, until: str) -> int:
    """Where rule or instant rest on somebody else, no words are given."""
    if (ours["rule"], ours[until]) == (theirs["rule"], theirs[until]):
        assert theirs[reason] in {ours[reason], LIMIT_OF_PERSON}, where
    else:
        assert theirs[reason] == LIMIT_OF_PERSON, where
    return theirs[reason] == LIMIT_OF_PERSON


@pytest.mark.parametrize("heard", ["by them", "by us", "by both"])
def test_a_text_held_back_at_the_last_look_says_no_more_than_a_decision(house: House, heard: str) -> None:
    world = open_world(house)
    account = world.us.made("/v1/accounts", person(external_id="LN-last-look"))["id"]
    order = world.claim(world.us, account)
    theirs = world.them.made("/v1/accounts", person(external_id="OTHER-quiet"))["id"]
    if heard != "by us":
        world.them.made(f"/v1/accounts/{theirs}/opt-outs", {"scope": "everything"})
    if heard != "by them":
        world.us.made(f"/v1/accounts/{account}/opt-outs", {"scope": "everything"})
    held = world.prepare(order)
    assert isinstance(held, Outcome)
    assert held.state == "failed"
    [receipt] = [item for item in world.us.story(account) if item["kind"] == "receipt"]
    assert receipt["code"] == held.reason
    read_everything(world, [account], [theirs])
    if heard == "by them":
        assert held.reason == LIMIT_OF_PERSON
        for word in ("SUPPRESSED", "opted out", "Opted out", "every lender"):
            assert word not in str(world.answers)
    else:
        assert held.reason.startswith("POLICY.SUPPRESSED: "), "its own facts it may read whole"


def test_what_another_lenders_text_used_up_is_a_limit_too(house: House) -> None:
    world = open_world(house)
    account = world.us.made("/v1/accounts", person(external_id="LN-used-up"))["id"]
    order = world.claim(world.us, account)
    body = person(external_id="OTHER-texted")
    at = instant(house.ledger.clock.now())
    body["parties"][0]["contacts"] = [
        {"at": at, "channel": channel, "contact_point": 0, "result": "delivered"} for channel in ("sms", "call")
    ]
    world.them.made("/v1/accounts", body)
    held = world.prepare(order)
    assert isinstance(held, Outcome)
    assert (held.state, held.reason) == ("failed", LIMIT_OF_PERSON)


def test_what_the_other_lender_heard_of_a_number_leaves_ours_as_it_was(house: House) -> None:
    world = open_world(house)
    other = Other(world, loud=True)
    ours: Client = world.us
    account = ours.made("/v1/accounts", person(external_id="LN-number"))["id"]
    other.enrols()
    other.speaks()
    with house.ledger.api(ours.tenant, ours.lender) as session:
        assert set(session.scalars(select(ContactPoint.state))) == {"valid"}
    assert ours.account(account)["holds"] == []
    assert world.decide(ours, account) == "rest"
    shown = ours.account(account)["next"]
    assert shown["rule"]
    assert shown["reason"] == LIMIT_OF_PERSON
