"""Those who answer for a debt beside the borrower: each on a path of his own, under limits and stops of his own."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from forbear.cadence.decide import decide
from forbear.cadence.decision import Close, Contact, Decision, Escalate, Rest
from forbear.cadence.life import Consent, ContactPoint, Life, PastTouch, Person, Promise, Rival, Stop, Suppression
from forbear.cadence.paths import LONGEST_REST
from forbear.cadence.playbooks import Playbook, load_all
from forbear.cadence.recheck import ClaimedTouch, still_allowed
from forbear.cadence.standing import OF_THE_DEBT
from forbear.contracts.words import PartyRole
from forbear.rules.packs import Packs

MakeLife = Callable[..., Life]
Ask = Callable[..., Decision]
DAWN = datetime(2026, 12, 1, 21, tzinfo=UTC)
"""05:00 in Beijing on a Wednesday."""
LONG_AGO = datetime(2026, 8, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def book() -> Playbook:
    return load_all()["cn-consumer"]


@pytest.fixture
def ask(book: Playbook, packs: Packs) -> Ask:
    """Obey rests until something else happens or a week has passed; the balance is confirmed every night."""

    def walk(life: Life, now: datetime = DAWN, *, patience: timedelta = timedelta(days=1)) -> Decision:
        end = now + patience
        while True:
            decision = decide(replace(life, balance_as_of=now), book, packs, now)
            if not isinstance(decision, Rest) or decision.until > end:
                return decision
            assert decision.until > now
            now = decision.until

    return walk


def person(id_: str, role: PartyRole, **changes: Any) -> Person:
    """Somebody in China who takes texts and of whom no zone is known."""
    key = f"k_{id_}"
    point = ContactPoint(f"pt_{id_}", "phone", key, "mobile", "valid", None, None, "CN")
    consents = (Consent("sms", point.id, LONG_AGO),)
    usual = Person(id_, role, "zh-Hans", ("CN",), (point,), consents)
    return replace(usual, **changes)


@pytest.fixture
def debt(a_life: MakeLife) -> MakeLife:
    """A Chinese account, 80 days past due; its borrower has had all that the playbook has for him."""

    def make(*others: Person, day: int = 80, told: bool = True, borrower: dict[str, Any] | None = None, **account: Any):  # noqa: ANN202  a Life
        history = tuple(text("per_1", days * 4 + 4, "help") for days in range(12)) if told else ()
        first = person("per_1", "borrower", **{"history": history, **(borrower or {})})
        usual = {
            "currency": "CNY",
            "due_since": date(2026, 12, 2) - timedelta(days=day),
            "enrolled_at": LONG_AGO,
            "persons": (first, *others),
        }
        return a_life(**{**usual, **account})

    return make


def text(to: str, days_ago: float, step: str, *, key: str = "", state: Any = "delivered") -> PastTouch:
    at = DAWN - timedelta(days=days_ago)
    role: PartyRole = "borrower" if to == "per_1" else "guarantor"
    key = key or f"k_{to}"
    return PastTouch(at, "sms", role, state, key, "mobile", "acc_1", ("acc_1",), step=step, person=to)


GUARANTOR = person("per_2", "guarantor")
SECOND = person("per_3", "guarantor")
COUNTER = person("per_4", "counter_guarantor")


def test_a_step_for_nobody_is_skipped(debt: MakeLife, ask: Ask) -> None:
    contact = ask(debt(told=False))
    assert isinstance(contact, Contact)
    assert (contact.step, contact.person, contact.provider) == ("help", "per_1", "aliyun")
    rest = ask(debt(), patience=timedelta(0))
    assert isinstance(rest, Rest)
    assert "121 days past due" in rest.reason
    assert rest.rule == ""
    assert isinstance(ask(debt(), patience=timedelta(days=45)), Escalate)


def test_a_playbook_whose_only_step_is_for_nobody_comes_to_its_end(
    debt: MakeLife, book: Playbook, packs: Packs
) -> None:
    lone = replace(book, steps=tuple(step for step in book.steps if step.id == "guarantor"), escalation=None)
    rest = decide(debt(), lone, packs, DAWN)
    assert isinstance(rest, Rest)
    assert rest.reason == "the playbook has no further step for this account"


def test_the_guarantor_is_asked_late_and_in_his_own_language(debt: MakeLife, ask: Ask) -> None:
    english = replace(GUARANTOR, language="en")
    contact = ask(debt(english))
    assert isinstance(contact, Contact)
    assert (contact.step, contact.role, contact.person) == ("guarantor", "guarantor", "per_2")
    assert (contact.template, contact.language) == ("cn-guarantor-notice", "en")
    assert (contact.point, contact.key) == ("pt_per_2", "k_per_2")
    early = ask(debt(english, day=40, told=False))
    assert isinstance(early, Contact)
    assert early.person == "per_1"


def test_two_guarantors_and_a_counter_guarantor_are_each_reached_in_turn(debt: MakeLife, ask: Ask) -> None:
    told: dict[str, tuple[PastTouch, ...]] = {}
    reached: list[str] = []
    for _ in range(3):
        others = [replace(each, history=told.get(each.id, ())) for each in (GUARANTOR, SECOND, COUNTER)]
        contact = ask(debt(*others))
        assert isinstance(contact, Contact)
        reached.append(contact.person)
        told[contact.person] = (text(contact.person, 0, contact.step),)
    assert sorted(reached) == ["per_2", "per_3", "per_4"]
    others = [replace(each, history=told[each.id]) for each in (GUARANTOR, SECOND, COUNTER)]
    rest = ask(debt(*others))
    assert isinstance(rest, Rest)


def test_at_most_and_the_pause_count_for_each_person(debt: MakeLife, ask: Ask) -> None:
    used_up = replace(GUARANTOR, history=tuple(text("per_2", days, "guarantor") for days in (1, 20, 40)))
    contact = ask(debt(used_up, SECOND))
    assert isinstance(contact, Contact)
    assert contact.person == "per_3"
    pausing = replace(SECOND, history=(text("per_3", 10, "guarantor"),))
    rest = ask(debt(used_up, pausing), patience=timedelta(0))
    assert isinstance(rest, Rest)
    assert "step guarantor has its place on Sun 06 Dec" in rest.reason  # told on 22 November in Beijing, 14 days on


def test_the_borrowers_pause_does_not_hold_up_the_guarantor(debt: MakeLife, ask: Ask) -> None:
    just_told = {"history": (text("per_1", 0.5, "help"),)}
    contact = ask(debt(GUARANTOR, borrower=just_told))
    assert isinstance(contact, Contact)
    assert contact.person == "per_2"


def test_a_number_shared_with_the_borrower_is_one_number(debt: MakeLife, ask: Ask) -> None:
    """What went to the borrower there stands in the guarantor's history too, and counts for both."""
    recent = text("per_1", 0.5, "help", key="k_shared")
    point = ContactPoint("pt_per_2", "phone", "k_shared", "mobile", "valid", None, None, "CN")
    consents = (Consent("sms", "pt_per_2", LONG_AGO),)
    shared = replace(GUARANTOR, points=(point,), consents=consents, history=(recent,))
    rest = ask(debt(shared, borrower={"history": (recent,)}))
    assert isinstance(rest, Rest)


# ── Stops ───────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "his",
    [
        {"stops": (Stop(kind="cease", at=DAWN),)},
        {"stops": (Stop(kind="dispute", at=DAWN),)},
        {"suppressions": (Suppression(scope="everything", at=DAWN),)},
        {"consents": ()},
        {"points": ()},
        {"jurisdictions": ()},
    ],
)
def test_a_guarantor_who_may_not_be_reached_holds_up_nobody_else(debt: MakeLife, ask: Ask, his: dict[str, Any]) -> None:
    silent = replace(GUARANTOR, **his)
    second = ask(debt(silent, SECOND))
    assert isinstance(second, Contact)
    assert second.person == "per_3"
    borrower = ask(debt(silent, told=False))
    assert isinstance(borrower, Contact)
    assert borrower.person == "per_1"
    assert isinstance(ask(debt(silent), patience=timedelta(days=9)), Rest)


OF_CHINA = {"hardship": "CN.HARD.CARD70", "minor": "CN.MINOR"}
"""Stops of the borrower that China's own law knows, before the product's."""


@pytest.mark.parametrize("kind", sorted(OF_THE_DEBT))
def test_a_stop_of_the_debt_leaves_its_guarantors_alone(debt: MakeLife, ask: Ask, kind: Any) -> None:
    stopped = {"stops": (Stop(kind=kind, at=DAWN, account="acc_1"),)}
    for told in (True, False):
        rest = ask(debt(GUARANTOR, borrower=stopped, told=told))
        assert isinstance(rest, Rest)
        assert rest.rule == ("DEBT.STOPPED" if told else OF_CHINA.get(kind, "POLICY.STOP"))


@pytest.mark.parametrize(
    ("his", "rule"),
    [
        ({"stops": (Stop(kind="attorney", at=DAWN),)}, "POLICY.STOP"),
        ({"suppressions": (Suppression(scope="everything", at=DAWN),)}, "POLICY.SUPPRESSED"),
        ({"points": ()}, "POINT.NONE"),
    ],
)
def test_what_is_the_borrowers_alone_does_not_protect_the_guarantor(
    debt: MakeLife, ask: Ask, his: dict[str, Any], rule: str
) -> None:
    life = debt(GUARANTOR, borrower=his, told=False)
    contact = ask(life)
    assert isinstance(contact, Contact)
    assert contact.person == "per_2"
    rest = ask(life, patience=timedelta(0))
    assert isinstance(rest, Rest)
    assert rest.rule == rule
    assert "; meanwhile " in rest.reason
    assert "step guarantor has its place" in rest.reason
    assert rest.until < DAWN + timedelta(days=1)


def test_the_last_look_protects_a_guarantor_too(debt: MakeLife, book: Playbook, packs: Packs) -> None:
    noon = DAWN + timedelta(hours=7)
    touch = ClaimedTouch("per_2", "pt_per_2", "sms")

    def look(life: Life) -> str | None:
        return still_allowed(replace(life, balance_as_of=noon), touch, book, packs, noon)

    assert look(debt(GUARANTOR)) is None
    disputed = {"stops": (Stop(kind="dispute", at=noon),)}
    assert look(debt(GUARANTOR, borrower=disputed)) == "the debt itself was stopped meanwhile"
    assert look(debt(GUARANTOR, balance=Decimal(0))) == "nothing is owed any more"
    assert (look(debt(replace(GUARANTOR, suppressions=(Suppression("everything", noon),)))) or "").startswith("POLICY")
    abroad = replace(GUARANTOR.points[0], country="US")
    assert "route" in (look(debt(replace(GUARANTOR, points=(abroad,)))) or "")


def test_nobody_is_asked_for_a_debt_that_is_paid_closed_promised_or_with_legal_staff(debt: MakeLife, ask: Ask) -> None:
    assert isinstance(ask(debt(GUARANTOR, balance=Decimal(0))), Close)
    assert isinstance(ask(debt(GUARANTOR, state="closed")), Close)
    promise = Promise(Decimal(10), date(2026, 12, 5), DAWN, "open")
    assert isinstance(ask(debt(GUARANTOR, promises=(promise,))), Rest)
    assert isinstance(ask(debt(GUARANTOR, legal_case="cas_1")), Rest)
    assert isinstance(ask(debt(GUARANTOR, in_flight=True)), Rest)


def test_another_debt_of_the_borrower_silences_him_and_not_his_guarantor(debt: MakeLife, ask: Ask) -> None:
    older = Rival("acc_2", "len_2", "M6", "USD", Decimal(5), date(2026, 6, 1), speaks=True)
    life = debt(GUARANTOR, told=False, rivals=(older,))
    contact = ask(life)
    assert isinstance(contact, Contact)
    assert contact.person == "per_2"
    alone = ask(debt(told=False, rivals=(older,)))
    assert isinstance(alone, Rest)
    assert alone.rule == "PERSON.TURN"


def test_a_co_borrower_is_a_party_like_the_others(debt: MakeLife, book: Playbook, packs: Packs) -> None:
    steps = tuple(replace(step, party="co_borrower") if step.id == "guarantor" else step for step in book.steps)
    joint = debt(person("per_5", "co_borrower"))
    rest = decide(replace(joint, balance_as_of=DAWN), replace(book, steps=steps), packs, DAWN)
    assert isinstance(rest, Rest)
    contact = decide(replace(joint, balance_as_of=rest.until), replace(book, steps=steps), packs, rest.until)
    assert isinstance(contact, Contact)
    assert (contact.role, contact.person) == ("co_borrower", "per_5")


# ── Routes ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_number_that_the_route_does_not_reach_is_no_number(debt: MakeLife, ask: Ask) -> None:
    chinese = GUARANTOR.points[0]
    abroad = replace(chinese, id="pt_abroad", key="k_abroad", country="US")
    consents = (Consent("sms", None, LONG_AGO),)
    both = ask(debt(replace(GUARANTOR, points=(abroad, chinese), consents=consents)))
    assert isinstance(both, Contact)
    assert both.point == chinese.id
    rest = ask(debt(told=False, borrower={"points": (abroad,), "consents": consents}))
    assert isinstance(rest, Rest)
    assert (rest.rule, rest.permit) == ("ROUTE.NONE", None)
    assert "aliyun" in rest.reason
    assert "US" in rest.reason
    assert rest.until == DAWN + LONGEST_REST


@pytest.mark.parametrize(
    ("country", "jurisdictions", "reached"),
    [(None, ("CN",), True), (None, ("CN", "US"), False), (None, ("US",), False), ("CN", ("US",), True)],
)
def test_an_unknown_country_is_that_of_the_packs_if_they_name_one(
    debt: MakeLife, ask: Ask, country: str | None, jurisdictions: tuple[str, ...], *, reached: bool
) -> None:
    point = replace(GUARANTOR.points[0], country=country, zone="Asia/Shanghai", zone_evidence="address")
    decision = ask(debt(told=False, borrower={"points": (point,), "jurisdictions": jurisdictions, "consents": ()}))
    assert isinstance(decision, Rest)
    assert decision.rule == ("POLICY.CONSENT" if reached else "ROUTE.NONE")


def test_the_default_route_carries_nothing_to_china(a_life: MakeLife, playbook: Playbook, packs: Packs) -> None:
    chinese = ContactPoint("pt_1", "phone", "k1", "mobile", "valid", "America/New_York", "stated", "CN")
    rest = decide(a_life(person={"points": (chinese,)}), playbook, packs, DAWN)
    assert isinstance(rest, Rest)
    assert rest.rule == "ROUTE.NONE"
    collector = a_life()
    agency = replace(collector, lender=replace(collector.lender, role="third_party_collector"))
    held = decide(agency, playbook, packs, DAWN)
    assert isinstance(held, Rest)
    assert held.rule == "ROUTE.NONE"
