"""What deciding a case writes down: answers, moves, clocks, alarms with their tasks and incidents, packets, ends."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from forbear.cadence import decision as cadence
from forbear.contracts.cases import CaseAlarm, CaseAsked, CaseClose, CaseMove, CasePrepare, CaseRest
from forbear.contracts.decision import Rest as AccountRest
from forbear.court.decision import Alarm, Ask, Clock, Close, Decided, Lacking, Line, Move, Prepare, Rest
from forbear.court.life import CaseLife
from forbear.ledger import audit, staffing, task_ends, tasks, verify
from forbear.ledger.cases import clocks, opening
from forbear.ledger.cases.deciding import CaseDecidingBook
from forbear.ledger.cases.loading import load_case
from forbear.ledger.engine import make_engine
from forbear.ledger.tables.accounts import Account, LegalCase
from forbear.ledger.tables.cases import CaseClock, CaseDecisionRow, ClockAlarm, Packet
from forbear.ledger.tables.people import Profile
from forbear.ledger.tables.record import AuditRow
from forbear.ledger.tables.senders import Incident
from forbear.ledger.tables.tasks import Task
from tests.conftest import Hands
from tests.ledger.house import PACKS
from tests.ledger_cases.court_house import DAY, CourtHouse

LAST = DAY + timedelta(days=30)


def answering(answer: Any, *reckoned: Clock) -> Any:
    """A rule that always says the same."""

    def decide(life: CaseLife, path: object, now: datetime) -> Decided:
        del life, path, now
        return Decided(answer, reckoned)

    return decide


def clock(state: Any = "running", last: date = LAST) -> Clock:
    lines = (Line(DAY, "it fell due", "CN.LIMIT"), Line(last, "three years later", "CN.LIMIT"))
    return Clock("limitation", "", "deadline", state, DAY, last, lines, (30, 7))


def test_a_case_of_a_suit_begins_on_the_path_of_its_place_and_its_first_real_decision_holds(house: CourtHouse) -> None:
    case = house.case()
    row = house.row(LegalCase, case)
    assert (row.path, row.state) == ("CN", "open")
    assert row.next_at is not None
    assert house.told_case(case) == ["case_opened"]
    first = house.decide_case(case)
    assert isinstance(first, CaseMove | CaseAlarm | CaseRest | CasePrepare)
    last = first
    for _ in range(12):
        last = last if isinstance(last, CaseRest) else house.decide_case(case)
    assert isinstance(last, CaseRest)
    row = house.row(LegalCase, case)
    assert row.stage
    assert row.next_at == last.until
    assert row.next_reason == last.reason


def test_a_review_waits_for_a_person_who_takes_it_up(house: CourtHouse) -> None:
    case = house.case(kind="review")
    assert house.row(LegalCase, case).path is None
    assert house.told_case(case) == ["case_opened"]
    rest = house.decide_case(case)
    assert isinstance(rest, CaseRest)
    assert rest.rule == "CASE.UNTAKEN"
    assert house.row(LegalCase, case).stage == ""
    with house.staff() as session:
        opening.take_up(session, case, "CN", staff=house.legal, now=house.now)
    row = house.row(LegalCase, case)
    assert (row.path, row.kind, row.assignee) == ("CN", "suit", house.legal)
    assert house.told_case(case) == ["case_opened", "case_opened"]


def test_the_limitation_of_a_review_that_nobody_takes_up_does_not_lapse_in_silence(
    house: CourtHouse, hands: Hands
) -> None:
    case = house.case(kind="review")
    house.decide_case(case)
    (limitation,) = [row for row in house.rows(CaseClock, legal_case=case) if row.kind == "limitation"]
    assert limitation.state == "running"
    left = limitation.last_day - house.now.date()
    hands.advance(left - timedelta(days=6))
    assert isinstance(house.decide_case(case), CaseAlarm)
    (task,) = [row for row in house.rows(Task) if row.kind == "clock"]
    assert task.assignee is None
    hands.advance(timedelta(days=8))
    answers = [house.decide_case(case) for _ in range(4)]
    (limitation,) = [row for row in house.rows(CaseClock, legal_case=case) if row.kind == "limitation"]
    assert limitation.state == "lapsed"
    assert isinstance(answers[0], CaseAlarm)
    assert isinstance(answers[-1], CaseRest)
    assert answers[-1].rule == "CASE.UNTAKEN"
    assert len(house.rows(Incident, kind="clock")) == 1


def test_a_case_whose_place_becomes_known_later_is_watched_from_then(house: CourtHouse) -> None:
    case = house.case(jurisdictions=["TW"])
    assert house.told_case(case) == ["case_opened"]
    assert isinstance(house.decide_case(case), CaseRest)
    assert house.row(LegalCase, case).next_at is not None
    with house.api() as session:
        account = session.get_one(Account, house.row(LegalCase, case).account)
        session.scalars(select(Profile).where(Profile.person == account.borrower)).one().jurisdictions = ["CN"]
    house.decide_case(case)
    assert [row.kind for row in house.rows(CaseClock, legal_case=case)] == ["limitation"]


def test_what_is_proposed_after_repayment_has_no_periods(house: CourtHouse) -> None:
    case = house.case(kind="blacklist_proposal")
    assert house.told_case(case) == []
    assert isinstance(house.decide_case(case), CaseRest)
    assert house.rows(CaseClock, legal_case=case) == []


def test_the_same_question_gets_the_same_answer(house: CourtHouse) -> None:
    case = house.case()
    moved = house.decide_case(case, answering(Move("notice", "for a test")), number=7)
    again = house.decide_case(case, answering(Close("withdrawn", "for a test")), number=7)
    assert moved == again == CaseMove(stage="notice", reason="for a test")
    assert house.row(LegalCase, case).stage == "notice"
    assert len(house.rows(CaseDecisionRow, legal_case=case)) == 1


def test_two_that_decide_at_once_raise_one_alarm_and_one_task(house: CourtHouse) -> None:
    case = house.case()
    decide = answering(Alarm(clock(), 30, "thirty days are left"), clock())
    with ThreadPoolExecutor(2) as pool:
        asked = [pool.submit(house.decide_case, case, decide, number=number) for number in (1001, 1002)]
        found = [each.result() for each in asked]
    assert all(isinstance(each, CaseAlarm) for each in found)
    assert len(house.rows(ClockAlarm, legal_case=case)) == 1
    assert [task.kind for task in house.rows(Task, account=house.row(LegalCase, case).account)] == ["clock"]


def test_two_that_ask_the_same_at_once_get_one_answer(house: CourtHouse) -> None:
    case = house.case()
    decide = answering(Ask("cn.suit", "for a test"))

    def preparing(life: CaseLife, path: object, now: datetime) -> Decided:
        asked = [each for each in life.packets if each.state == "asked"]
        return Decided(Prepare(asked[0].id, "asked for"), ()) if asked else decide(life, path, now)

    with ThreadPoolExecutor(2) as pool:
        asked = [pool.submit(house.decide_case, case, preparing, number=2001) for _ in range(2)]
        found = [each.result() for each in asked]
    assert found[0] == found[1]
    packets = house.rows(Packet, legal_case=case)
    assert [(row.state, row.profile, row.asked_by) for row in packets] == [("asked", "cn.suit", None)]
    assert found[0] == CasePrepare(packet=packets[0].id, reason="asked for", stage="")


def test_a_clock_is_kept_with_its_lines_and_void_when_it_is_gone(house: CourtHouse) -> None:
    case = house.case()
    rest = Rest(house.now + timedelta(days=3), "waits", "CN.X", (Lacking("slot:contract", "the contract", "lender"),))
    house.decide_case(case, answering(rest, clock()))
    (row,) = house.rows(CaseClock, legal_case=case)
    assert (row.state, row.last_day, row.reckoned[1]["rule"]) == ("running", LAST, "CN.LIMIT")
    stored = house.rows(CaseDecisionRow, legal_case=case)[-1]
    assert stored.answer["lacking"] == [{"item": "slot:contract", "what": "the contract", "supplier": "lender"}]
    house.decide_case(case, answering(rest))
    assert house.row(CaseClock, row.id).state == "void"


def test_an_alarm_opens_a_task_for_who_is_named_and_what_is_urgent_for_everybody(house: CourtHouse) -> None:
    case = house.case()
    with house.staff() as session:
        opening.assign(session, case, house.legal, staff=house.legal, now=house.now)
    house.decide_case(case, answering(Alarm(clock(), 30, "thirty days are left"), clock()))
    (task,) = house.rows(Task, account=house.row(LegalCase, case).account)
    assert (task.role, task.state, task.assignee) == ("legal", "taken", house.legal)
    assert task.reason_values["case"] == case
    near = clock(last=DAY + timedelta(days=6))
    house.decide_case(case, answering(Alarm(near, 7, "a week is left"), near))
    states = {row.reason_values["days"]: (row.state, row.assignee) for row in house.rows(Task, account=task.account)}
    assert states == {"29": ("withdrawn", house.legal), "5": ("open", None)}, "by Beijing's clock it is tomorrow"


@pytest.mark.parametrize("roles", [[], ["caller"]])
def test_an_alarm_is_told_to_everybody_where_who_was_named_is_gone_or_does_other_work(
    house: CourtHouse, roles: list[str]
) -> None:
    case, named = house.case(), house.hire("legal")
    with house.staff() as session:
        opening.assign(session, case, named, staff=house.legal, now=house.now)
    with Session(make_engine(house.migrator)) as session, session.begin():
        if roles:
            staffing.set_roles(session, named, roles, house.ledger.clock)
        else:
            staffing.disable(session, named, house.ledger.clock)
    house.decide_case(case, answering(Alarm(clock(), 30, "thirty days are left"), clock()))
    (task,) = house.rows(Task, account=house.row(LegalCase, case).account)
    assert (task.state, task.assignee) == ("open", None)
    assert house.row(LegalCase, case).assignee is None


def test_who_sees_an_alarm_ends_its_task(house: CourtHouse) -> None:
    case = house.case()
    house.decide_case(case, answering(Alarm(clock(), 7, "seven days are left"), clock()))
    (alarm,) = house.rows(ClockAlarm, legal_case=case)
    with house.staff() as session:
        clocks.see(session, alarm.id, staff=house.legal, now=house.now)
    assert house.row(ClockAlarm, alarm.id).seen_by == house.legal
    (task,) = house.rows(Task, account=house.row(LegalCase, case).account)
    assert (task.state, task.outcome) == ("done", "seen")
    assert "alarm_seen" in house.told_case(case)


def test_a_lapse_is_an_incident_until_somebody_sees_it_or_it_proves_wrong(house: CourtHouse) -> None:
    case = house.case()
    lapsed = clock("lapsed", DAY - timedelta(days=1))
    answer = house.decide_case(case, answering(Alarm(lapsed, -1, "the limitation ran out"), lapsed))
    assert isinstance(answer, CaseAlarm)
    (incident,) = house.rows(Incident, kind="clock", lender=house.lender)
    (task,) = house.rows(Task, id=incident.task)
    assert (incident.released_at, task.kind, task.reason) == (None, "clock", "clock_lapsed")
    house.decide_case(case, answering(Rest(house.now + timedelta(days=1), "runs again"), clock()))
    assert house.row(Incident, incident.id).released_by == "correction"
    assert house.row(Task, task.id).state == "done"


def test_a_clock_that_comes_back_to_a_day_is_told_anew(house: CourtHouse) -> None:
    case = house.case()
    late, later = clock("lapsed", DAY - timedelta(days=1)), clock()
    waits = Rest(house.now + timedelta(days=1), "waits")
    for _ in range(2):  # a correction that is taken back itself
        assert isinstance(house.decide_case(case, answering(Alarm(late, -1, "too late"), late)), CaseAlarm)
        (row,) = house.rows(CaseClock, legal_case=case)
        of_clock = [each for each in house.rows(Incident, kind="clock") if each.code.startswith(row.id)]
        assert [each.released_at for each in of_clock].count(None) == 1
        house.decide_case(case, answering(Alarm(later, 30, "30 days are left"), later))
        tasks_of = house.rows(Task, account=house.row(LegalCase, case).account, reason="clock_alarm")
        assert [each.state for each in tasks_of].count("withdrawn") == len(tasks_of) - 1
        assert list(_life(house, case).clocks[0].raised) == [30]
    house.decide_case(case, answering(waits, late))
    assert _life(house, case).clocks[0].raised == frozenset()


def test_a_clock_that_runs_out_keeps_the_alarms_it_had(house: CourtHouse) -> None:
    case = house.case()
    house.decide_case(case, answering(Alarm(clock(), 30, "30 days are left"), clock()))
    house.decide_case(case, answering(Rest(house.now + timedelta(days=1), "waits"), clock("lapsed")))
    assert _life(house, case).clocks[0].raised == {30}


def test_a_path_that_is_not_installed_voids_no_clock(house: CourtHouse) -> None:
    case = house.case()
    house.decide_case(case, answering(Alarm(clock(), 30, "30 days are left"), clock()))
    book = CaseDecidingBook(house.ledger, {}, PACKS)
    answer = book.decide(CaseAsked(tenant=house.tenant, case=case, run="run-2", number=1))
    assert isinstance(answer, CaseRest)
    assert answer.rule == "PATH.MISSING"
    assert [each.state for each in house.rows(CaseClock, legal_case=case)] == ["running"]
    (task,) = house.rows(Task, account=house.row(LegalCase, case).account, reason="clock_alarm")
    assert task.state == "open"


def _life(house: CourtHouse, case: str) -> CaseLife:
    with house.worker() as session:
        life = load_case(session, case, house.now, PACKS)
    assert life is not None
    return life


def test_the_end_of_a_case_wakes_its_account_and_voids_what_runs(house: CourtHouse) -> None:
    case = house.case()
    house.decide_case(case, answering(Rest(house.now + timedelta(days=1), "waits"), clock()))
    before = house.told(house.row(LegalCase, case).account)
    answer = house.decide_case(case, answering(Close("withdrawn", "for a test"), clock()))
    assert isinstance(answer, CaseClose)
    row = house.row(LegalCase, case)
    assert (row.state, row.outcome, row.next_at) == ("closed", "withdrawn", None)
    assert house.told(row.account)[len(before) :].count("case_fact_told") == 1
    assert [each.state for each in house.rows(CaseClock, legal_case=case)] == ["void"]


def test_an_end_leaves_a_lapse_to_be_seen_and_makes_no_packet_any_more(house: CourtHouse) -> None:
    case = house.case()
    lapsed = clock("lapsed", DAY - timedelta(days=1))
    house.decide_case(case, answering(Alarm(lapsed, -1, "too late"), lapsed))
    packet = house.ask_packet(case)
    house.decide_case(case, answering(Close("time_barred", "for a test"), lapsed))
    house.decide_case(case)
    (row,) = house.rows(CaseClock, legal_case=case)
    (incident,) = [each for each in house.rows(Incident, kind="clock") if each.code.startswith(row.id)]
    assert (row.state, incident.released_at) == ("lapsed", None)
    assert house.row(Packet, packet).state == "void"


def test_a_close_that_was_answered_is_void_once_the_case_is_open_again(house: CourtHouse) -> None:
    case = house.case()
    house.decide_case(case, answering(Close("withdrawn", "for a test")), number=5001)
    with house.staff() as session:
        opening.reopen(house.ledger, session, case, "it goes on", staff=house.legal, now=house.now)
    again = house.decide_case(case, number=5001)
    assert isinstance(again, CaseRest)
    assert again.until == house.now
    assert "case_fact_told" in house.told_case(case)


def test_an_account_whose_matter_ended_unpaid_is_asked_about_and_never_idle(house: CourtHouse, hands: Hands) -> None:
    case = house.case()
    house.decide_case(case, answering(Close("withdrawn", "for a test")))
    account = house.row(LegalCase, case).account
    hands.advance(timedelta(hours=1))
    house.ask(account, escalating)
    reviews = house.rows(LegalCase, account=account, kind="review")
    assert [row.state for row in reviews] == ["open"]
    assert "withdrawn" in reviews[0].reason
    hands.advance(timedelta(hours=1))
    with house.staff() as session:
        opening.close_by_staff(
            house.ledger, session, reviews[0].id, "written_off", "for a test", staff=house.legal, now=house.now
        )
    answer = house.ask(account, escalating)
    assert isinstance(answer, AccountRest)
    assert answer.rule == "CASE.ENDED"
    standing = house.standing(account)
    assert standing.next_at is not None
    assert "written_off" in (standing.next_reason or "")
    assert len(house.rows(LegalCase, account=account)) == 2


def test_a_guarantors_recourse_outlives_the_account_and_holds_none_of_the_lenders(house: CourtHouse) -> None:
    case = house.case()
    account = house.row(LegalCase, case).account
    house.tell(case, "paid_on_behalf", person=house.party(case), amount="25.00")
    house.decide_case(case, answering(Close("withdrawn", "for a test")))
    (recourse,) = house.rows(LegalCase, account=account, kind="recourse")
    house.ask(account, escalating)
    assert [row.state for row in house.rows(LegalCase, account=account, kind="review")] == ["open"]
    with house.worker() as session:
        session.get_one(Account, account).state = "closed"
    for _ in range(4):
        assert not isinstance(house.decide_case(recourse.id), CaseClose)
    assert house.row(LegalCase, recourse.id).state == "open"
    (limitation,) = [row for row in house.rows(CaseClock, legal_case=recourse.id) if row.kind == "limitation"]
    assert (limitation.first_day, limitation.last_day.year) == (house.now.date(), house.now.year + 3)


def escalating(life: Any, playbook: Any, packs: Any, now: datetime) -> Any:
    del playbook, packs, now
    if life.legal_case is not None:
        return cadence.Rest(datetime.max.replace(tzinfo=life.enrolled_at.tzinfo), "with legal staff", stage="legal")
    return cadence.Escalate("suit", "the cadence is over", stage="legal")


def test_the_cadence_opens_a_case_on_its_path_and_wakes_it(house: CourtHouse) -> None:
    person, account = house.borrower("+12135550177")
    with house.api() as session:
        session.scalars(select(Profile).where(Profile.person == person)).one().jurisdictions = ["CN"]
    house.ask(account, escalating)
    (row,) = house.rows(LegalCase, account=account)
    assert (row.kind, row.path, row.state) == ("suit", "CN", "open")
    assert row.next_at is not None
    assert house.told_case(row.id) == ["case_opened"]


def test_who_ends_the_task_of_an_alarm_has_seen_it(house: CourtHouse) -> None:
    case = house.case()
    house.decide_case(case, answering(Alarm(clock(), 7, "seven days are left"), clock()))
    (task,) = house.rows(Task, account=house.row(LegalCase, case).account)
    with house.staff() as session:
        locked = task_ends.lock(session, task.id)
        tasks.take(session, locked, house.legal, house.now)
        tasks.close(session, locked, house.now, outcome="seen")
    (alarm,) = house.rows(ClockAlarm, legal_case=case)
    assert alarm.seen_by == house.legal


def test_what_a_case_writes_stands_in_the_audit_chain_as_it_was_written(house: CourtHouse) -> None:
    case = house.case()
    house.tell(case, "judged", result="granted", amount="90.50", judge="Example Judge")
    house.decide_case(case)
    house.approve(house.made(case))
    audit.seal_tenant(house.ledger, house.settings.data, house.tenant)
    with house.worker() as session:
        kinds = set(session.scalars(select(AuditRow.kind).where(AuditRow.tenant == house.tenant)))
    assert {"case_fact_told", "case_decided", "packet_prepared", "packet_review_approved", "packet_approved"} <= kinds
    found = [each for each in verify.verify(house.ledger, house.settings.data) if each.tenant == house.tenant]
    assert [each for each in found if each.grave] == []


def test_a_case_of_nobody_closes(house: CourtHouse) -> None:
    assert house.decide_case("cas_unknown") == CaseClose(reason="no such case")


@pytest.mark.parametrize("places", [["TW"], ["US"], ["US", "US-NY", "US-NYC"], ["GB-EAW"]])
def test_the_path_is_that_of_the_narrowest_place(house: CourtHouse, places: list[str]) -> None:
    expected = {"TW": None, "US": "US", "US-NYC": "US-NY", "GB-EAW": "GB-EAW"}[places[-1]]
    assert house.row(LegalCase, house.case(jurisdictions=places)).path == expected
