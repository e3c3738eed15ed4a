"""The accounts that the rehearsal hands to legal staff: fictional, enrollable, and whole enough for their packets."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select, update

from forbear.api.lender.cases_checked import check_fields
from forbear.casework.assembling import assemble
from forbear.casework.assembly import Assembly, Wanted
from forbear.casework.telling import tell_fields
from forbear.contracts.cases import CaseAsked
from forbear.court.paths import load_all
from forbear.ledger.cases import facts, files, guarantees, services
from forbear.ledger.cases.asked_for import open_for_lender
from forbear.ledger.cases.deciding import CaseDecidingBook
from forbear.ledger.engine import make_engine
from forbear.ledger.enrol import enrol
from forbear.ledger.forms.enrolment import EnrolmentForm
from forbear.ledger.tables.accounts import Party
from forbear.ledger.tables.cases import Packet
from forbear.ledger.tables.people import Lender
from forbear.rehearsal import court, exhibits, portfolio
from forbear.rehearsal.court import Json, Matter
from forbear.rules.packs import load
from forbear.settings import Settings
from tests.conftest import Hands
from tests.ledger.house import House

AT = datetime(2026, 10, 26, 10, 0, tzinfo=UTC)
MATTERS = court.read_all()
ENDS = {
    "cn-1-mediation": ("cn.mediation", False),
    "cn-2-suit": ("cn.suit", False),
    "cn-3-order": ("cn.payment_order", False),
    "cn-4-card": ("cn.suit", True),
    "gb-1-claim": ("gb.claim", True),
    "gb-2-mediation": ("gb.mediation", False),
    "us-1-new-york": ("us-ny.suit", False),
    "us-2-california": ("us-ca.small_claims", False),
}
"""The packet that each case asks for of its own accord, and whether it stays a draft."""


@pytest.fixture
def house(module_database: Settings, hands: Hands) -> Iterator[House]:
    hands.set(AT)
    house = House(module_database, hands)
    yield house
    house.close()


def test_the_matters_are_those_that_are_known() -> None:
    assert [matter.name for matter in MATTERS] == sorted(ENDS)
    assert all(matter.loan.owed > 0 and EnrolmentForm.model_validate(matter.enrolment) for matter in MATTERS)


def test_nobody_in_court_is_in_a_portfolio_and_all_are_plainly_made_up() -> None:
    others = {phone for loan in portfolio.read_all() for party in loan.parties for phone in party.phones}
    phones = court.habits(MATTERS).keys()
    assert not phones & others
    fiction = r"\+86199000001\d\d|\+447700900\d{3}|\+1\d{3}55501\d\d"
    assert all(re.fullmatch(fiction, phone) for phone in phones)
    assert all(matter.loan.row["email"].endswith("@example.org") for matter in MATTERS)


@pytest.mark.parametrize("matter", MATTERS, ids=lambda matter: matter.name)
def test_what_a_lender_tells_is_what_the_api_takes_from_lenders(matter: Matter) -> None:
    check_fields(None, matter.fields("lender"))


def test_the_same_words_make_the_same_exhibits() -> None:
    for matter in (MATTERS[0], MATTERS[-1]):
        country = matter.loan.lender.country
        assert [exhibits.make(country, each) for each in matter.files] == [
            exhibits.make(country, each) for each in matter.files
        ]


@pytest.mark.parametrize("matter", MATTERS, ids=lambda matter: matter.name)
def test_each_ends_in_a_packet_that_lacks_nothing(matter: Matter, house: House, hands: Hands) -> None:
    profile, draft = ENDS[matter.name]
    case = hand_over(matter, house)
    hands.set(AT + timedelta(days=1))
    book = CaseDecidingBook(house.ledger, load_all(), load())
    for number in range(12):
        if book.decide(CaseAsked(tenant=house.tenant, case=case, run="run", number=number)).kind == "prepare":
            break
    with house.worker() as session:
        assert session.scalars(select(Packet.profile).where(Packet.legal_case == case)).all() == [profile]
    made = assembled(house, case, profile)
    assert [(each.item, each.problem) for each in made.missing] == []
    assert bool(made.drafts) is draft


def assembled(house: House, case: str, profile: str) -> Assembly:
    day = date(2026, 10, 27)
    with house.worker() as session:
        return assemble(house.ledger, session, Wanted(case, profile, day, day, packet="pkt_0SampLe"), contents=False)


def hand_over(matter: Matter, house: House) -> str:
    """What a lender and legal staff tell of a matter, all of it; returns its case."""
    lender, of = matter.loan.lender, {"tenant": house.tenant, "lender": house.lender}
    policy = {"post": {"address": lender.mail.model_dump()}, "entity": court.entity_of(lender.country)}
    with make_engine(house.migrator).begin() as connection:
        named = {"name": lender.name, "country": lender.country, "kind": "bank", "role": "original_creditor"}
        connection.execute(update(Lender).where(Lender.id == house.lender).values(policy=policy, **named))
    with house.api() as session:
        form = EnrolmentForm.model_validate(matter.enrolment)
        account = enrol(session, house.ledger, **of, enrolment=form, now=house.now)
    with house.api() as session:
        case = open_for_lender(session, account, matter.told["kind"], house.now).id
    with house.worker() as session:
        rows = session.execute(select(Party.role, Party.person).where(Party.account == account))
        people = {role: person for role, person in rows}  # noqa: C416  a row is no pair of texts to the checker
    tell(matter, house, case, account, people)
    return case


def tell(matter: Matter, house: House, case: str, account: str, people: dict[str, str]) -> None:
    for teller in ("lender", "legal"):
        with house.api() as session:
            tell_fields(house.ledger, session, case, "", matter.fields(teller), now=house.now)
    proofs = [
        kept for slot, kept in [keep(matter, each, house, case) for each in matter.files] if slot == "notice_proof"
    ]
    for each in matter.guarantees:
        told: Json = {name: day(value) for name, value in each.items() if name != "role"}
        with house.api() as session:
            guarantee = guarantees.GuaranteeTold(person=people[each["role"]], **told)
            guarantees.tell_guarantee(house.ledger, session, account, guarantee, now=house.now)
    for each in matter.notices:
        with house.api() as session:
            piece = services.ServiceTold(
                each["paper"], people[each["to"]], each["method"], each["result"], date.fromisoformat(each["sent"]),
                date.fromisoformat(each["reached"]), each.get("rule", ""), files=[proofs[each["proof"]]],
            )  # fmt: skip
            services.tell_service(house.ledger, session, case, piece, now=house.now)
    history = [(each["kind"], each["on"], each.get("person"), each["values"]) for each in matter.facts]
    for kind, on, role, values in [*history, *(("taken_up", "2026-10-26", None, {"way": way}) for way in matter.ways)]:
        with house.api() as session:
            person = people[role] if role else None
            facts.tell_fact(
                house.ledger, session, case, kind, date.fromisoformat(on), person=person, values=values, now=house.now
            )


def keep(matter: Matter, each: Json, house: House, case: str) -> tuple[str, str]:
    body, _ = exhibits.make(matter.loan.lender.country, each)
    details = {name: each[name] for name in ("form", "day") if name in each}
    with house.api() as session:
        kept = files.keep_file(
            house.ledger, session, case, each["slot"], body, title=each["title"], details=details, now=house.now
        )
        return each["slot"], kept.id


def day(value: str) -> date | str:
    return date.fromisoformat(value) if re.fullmatch(r"\d{4}-\d\d-\d\d", value) else value
