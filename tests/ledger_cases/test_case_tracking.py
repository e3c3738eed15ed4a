"""Letters and papers handed over come into the register of service by themselves, and say what they say last."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from forbear.ledger.cases import loading, rows
from forbear.ledger.ids import new_id
from forbear.ledger.tables.accounts import Account, LegalCase
from forbear.ledger.tables.cases import CaseClock, CaseService
from forbear.ledger.tables.contacts import Touch
from forbear.ledger.tables.letters import Letter, ServiceProof
from forbear.ledger.tables.tasks import Task
from forbear.ledger.tables.visits import HandedOver, Visit, VisitSignature
from tests.ledger.house import PACKS
from tests.ledger_cases.court_house import CourtHouse
from tests.ledger_cases.test_case_register import opened


def posted(house: CourtHouse, account: str, kind: str = "us.notice.validation") -> str:
    """A certified letter of a kind to the borrower; its touch."""
    order, _ = house.prepared(account)
    with house.worker() as session:
        touch = session.get_one(Touch, order.touch)
        touch.template = kind
        session.add(
            Letter(
                id=new_id("ltr"), tenant=touch.tenant, lender=touch.lender, touch=touch.id, account=account,
                person=touch.person, provider="lob", service="certified", address=b"sealed", sha256="ab" * 32,
                made_at=house.now,
            )
        )  # fmt: skip
    return order.touch


def proven(house: CourtHouse, touch: str, kind: str, after: timedelta) -> None:
    with house.worker() as session:
        letter = session.scalars(select(Letter).where(Letter.touch == touch)).one()
        session.add(
            ServiceProof(
                id=new_id("prf"), tenant=letter.tenant, lender=letter.lender, letter=letter.id, touch=touch,
                account=letter.account, person=letter.person, kind=kind, level="scanned", at=house.now + after,
                told_at=house.now + after, source="lob", event=f"{kind}-1",
            )
        )  # fmt: skip


def register(house: CourtHouse, case: str) -> list[tuple[Any, ...]]:
    house.decide_case(case)
    house.decide_case(case)
    with house.worker() as session:
        found = rows.services(session, session.get_one(LegalCase, case))
    return [(row.paper, row.method, row.result, row.sent_on is not None, row.reached_on is not None) for row in found]


def test_a_letter_is_sent_then_signed_then_came_back(house: CourtHouse) -> None:
    _, account = house.borrower("+13125550166")
    touch = posted(house, account)
    (case,) = opened(house, account)
    assert register(house, case) == []
    proven(house, touch, "posted", timedelta())
    paper = ("us.notice.validation", "certified_post")
    assert register(house, case) == [(*paper, "sent", True, False)]
    proven(house, touch, "signed", timedelta(days=2))
    assert register(house, case) == [(*paper, "signed", True, True)]
    with house.worker() as session:
        life = loading.load_case(session, case, house.now + timedelta(days=3), PACKS)
    assert life is not None
    assert [(each.paper, each.proven, each.reached is not None) for each in life.services] == [(paper[0], True, True)]
    proven(house, touch, "returned", timedelta(days=9))
    assert register(house, case) == [(*paper, "returned", True, False)]
    told = house.rows(CaseService, account=account)
    assert len(told) == 5, "three pieces, and two that were taken back"
    assert {row.paper_sha256 for row in told} == {"ab" * 32}


def test_a_paper_handed_over_at_a_visit_is_served_and_a_refused_one_is_not(house: CourtHouse) -> None:
    person, account = house.borrower("+13125550167")
    (case,) = opened(house, account)
    for paper, taken_by in (("notice", "borrower"), ("statement", "refused")):
        handed(house, account, person, paper, taken_by)
    found = {paper: (method, result, reached) for paper, method, result, _, reached in register(house, case)}
    assert found == {"notice": ("visit", "signed", True), "statement": ("visit", "refused", False)}


def test_a_formal_notice_handed_over_begins_the_limitation_anew_once_both_officers_signed(house: CourtHouse) -> None:
    case = house.case()
    account = house.row(LegalCase, case).account
    visit = handed(
        house, account, house.row(Account, account).borrower, "cn_notice_dunning", "borrower", ["stf_officer"]
    )
    assert register(house, case) == [("cn.notice.dunning", "visit", "sent", True, False)]
    signing(house, visit, ["stf_other"])
    assert register(house, case) == [("cn.notice.dunning", "visit", "signed", True, True)]
    (limitation,) = house.rows(CaseClock, legal_case=case, kind="limitation")
    with house.worker() as session:
        life = loading.load_case(session, case, house.now, PACKS)
    assert life is not None
    (piece,) = life.services
    assert (piece.proven, limitation.first_day) == (True, piece.reached)


def test_what_the_lender_served_demands_nothing_for_a_guarantor_who_claims_back(house: CourtHouse) -> None:
    case = house.case()
    account = house.row(LegalCase, case).account
    house.tell(case, "paid_on_behalf", person=house.party(case), amount="25.00")
    house.decide_case(case)
    (recourse,) = house.rows(LegalCase, account=account, kind="recourse")
    handed(house, account, house.row(Account, account).borrower, "cn.notice.dunning", "borrower")
    found: dict[str, list[str]] = {}
    for each in (case, recourse.id):
        house.decide_case(each)
        with house.worker() as session:
            life = loading.load_case(session, each, house.now, PACKS)
        assert life is not None
        found[life.kind] = [piece.paper for piece in life.services]
    assert found == {"suit": ["cn.notice.dunning"], "recourse": []}


def handed(  # noqa: PLR0917  a hand-over is all of these
    house: CourtHouse,
    account: str,
    person: str,
    paper: str,
    taken_by: str,
    signed: Sequence[str] = ("stf_officer", "stf_other"),
) -> str:
    """A visit on which a paper was offered, signed by these officers; its id."""
    of = {"tenant": house.tenant, "lender": house.lender}
    with house.staff() as session:
        task = Task(
            id=new_id("tsk"), **of, account=account, person=person, kind="visit", role="officer", state="done",
            reason="step", priority=3, opened_at=house.now, reason_values={},
        )  # fmt: skip
        session.add(task)
        session.flush()
        visit = Visit(
            id=new_id("vis"), **of, task=task.id, account=account, person=person, number=hash(task.id) % 10**6,
            state="reported", requested_at=house.now,
        )  # fmt: skip
        session.add(visit)
        session.flush()
        session.add(
            HandedOver(
                id=new_id("hov"), **of, visit=visit.id, account=account, person=person, paper=paper,
                taken_by=taken_by, at=house.now, officer="stf_officer",
            )
        )  # fmt: skip
    signing(house, visit.id, signed)
    return visit.id


def signing(house: CourtHouse, visit: str, officers: Sequence[str]) -> None:
    of = {"tenant": house.tenant, "lender": house.lender, "visit": visit, "at": house.now}
    with house.staff() as session:
        session.add_all(VisitSignature(id=new_id("vsg"), officer=each, **of) for each in officers)
