"""The list of cases, all clocks, and many packets asked for as one job."""

from datetime import timedelta
from decimal import Decimal

import pytest

from forbear.court.decision import Alarm, Clock, Decided, Rest
from forbear.errors import BadInput, Missing
from forbear.ledger import work
from forbear.ledger.cases import opening, packets, runs
from forbear.ledger.cases.queue import NOBODY, CaseWanted, Order, all_clocks, cases_page, count_cases
from forbear.ledger.tables.accounts import LegalCase
from forbear.ledger.tables.cases import Packet
from forbear.ledger.tables.tasks import Task
from tests.ledger.house import PACKS, PLAYBOOKS
from tests.ledger_cases.court_house import DAY, CourtHouse


def ticking(house: CourtHouse, case: str, days: int) -> None:
    last = DAY + timedelta(days=days)
    clock = Clock("limitation", "", "deadline", "lapsed" if days < 0 else "running", DAY, last, ())
    alarm = Alarm(clock, -1, "too late")
    answer = alarm if days < 0 else Rest(house.now + timedelta(days=1), "waits")

    def decide(life: object, path: object, now: object) -> Decided:
        del life, path, now
        return Decided(answer, (clock,))

    house.decide_case(case, decide)


def listed(house: CourtHouse, order: Order = "clock", **wanted: object) -> list[str]:
    with house.staff() as session:
        asked = CaseWanted(lender=house.lender, **wanted)  # pyright: ignore[reportArgumentType]  one filter each
        found = cases_page(session, asked, order=order, now=house.now)
        assert count_cases(session, asked) == len(found)
    return [each.case.id for each in found]


def test_cases_are_listed_by_clock_amount_and_readiness(house: CourtHouse) -> None:
    late, soon, far = (house.case(amount=amount) for amount in ("10.00", "300.00", "20.00"))
    ticking(house, late, -3)
    ticking(house, soon, 5)
    ticking(house, far, 50)
    house.made(far)
    assert listed(house) == [late, soon, far]
    assert listed(house, "amount") == [soon, far, late]
    assert listed(house, "readiness")[0] == far
    assert listed(house, lapsed=True) == [late]
    assert listed(house, clock_before=DAY + timedelta(days=10)) == [soon]
    assert listed(house, readiness="prepared") == [far]
    assert set(listed(house, readiness="none")) == {late, soon}
    assert listed(house, assignee=house.legal) == []
    assert len(listed(house, assignee=NOBODY, taken_up=True, stage="", path="CN")) == 3
    with house.staff() as session:
        page = cases_page(session, CaseWanted(lender=house.lender), order="amount", limit=1, offset=1, now=house.now)
        assert [(each.case.id, each.owed, each.clock, each.packet) for each in page] == [
            (far, Decimal(20), "limitation", "prepared")
        ]
        first = cases_page(session, CaseWanted(lender=house.lender), now=house.now)[0]
        assert (first.lapsed, first.unseen) == (1, 1)


def test_all_clocks_for_a_calendar_are_ones_own_and_nobodys(house: CourtHouse) -> None:
    mine, theirs, nobodys = (house.case() for _ in range(3))
    for days, case in enumerate((mine, theirs, nobodys), 1):
        ticking(house, case, days)
    with house.staff() as session:
        opening.assign(session, mine, house.legal, staff=house.legal, now=house.now)
        opening.assign(session, theirs, house.lawyer, staff=house.legal, now=house.now)
    with house.staff() as session:
        found = [each.case.id for each in all_clocks(session, staff=house.legal, lender=house.lender)]
        assert found == [mine, nobodys]
        assert len(all_clocks(session, lender=house.lender)) == 3


def test_many_packets_are_asked_for_as_one_job_and_exceptions_listed(house: CourtHouse) -> None:
    whole, lacking, review = house.case(), house.case(), house.case(kind="review")
    closed, foreign = house.case(), house.case(lender=house.add_lender())
    with house.staff() as session:
        opening.close_by_staff(house.ledger, session, closed, "sold", "for a test", staff=house.legal, now=house.now)
    chosen = [whole, lacking, review, closed, foreign, "cas_unknown", whole]
    with house.staff() as session:
        run = runs.start_run(session, house.lender, "cn.suit", DAY, chosen, staff=house.legal, now=house.now)
    with house.staff() as session:
        status = runs.run_status(session, run.id)
    assert (status.waiting, status.done, status.over, run.wanted) == (2, 0, False, 6)
    by_case = {row.legal_case: row for row in house.rows(Packet, run=run.id)}
    house.make(by_case[whole].id)
    with house.worker() as session:
        missing = [Missing("contract", "is missing", "Upload it", "lender")]
        packets.mark_incomplete(session, by_case[lacking].id, missing, house.now)
    with house.staff() as session:
        status = runs.run_status(session, run.id)
    assert (status.waiting, status.done, status.over) == (0, 1, True)
    exceptions = {each["case"]: each for each in status.exceptions}
    assert set(exceptions) == {lacking, review, closed, foreign, "cas_unknown"}
    assert exceptions[lacking]["missing"][0]["item"] == "contract"
    assert "path" in exceptions[review]["reason"]
    assert "closed" in exceptions[closed]["reason"]
    assert "packet_asked" in house.told_case(whole)
    assert "packet_asked" not in house.told_case(closed)


def test_a_run_of_nothing_is_refused(house: CourtHouse) -> None:
    with house.staff() as session, pytest.raises(BadInput):
        runs.start_run(session, house.lender, "cn.suit", DAY, [], staff=house.legal, now=house.now)
    assert house.rows(LegalCase, lender="len_nobody") == []


def test_an_urgent_alarm_waits_for_lawyers_too_and_for_nobody_of_other_work(house: CourtHouse) -> None:
    case = house.case()
    ticking(house, case, -1)
    (task,) = house.rows(Task, account=house.row(LegalCase, case).account)
    assert (task.role, task.state) == ("legal", "open")
    seen: dict[str, list[str]] = {}
    for role in ("legal", "lawyer", "caller"):
        with house.staff() as session:
            found = work.waiting(house.ledger, session, "stf_any", [role], playbooks=PLAYBOOKS, packs=PACKS)
        seen[role] = [each.task.id for each in found.ready]
        assert work.may_take(task, [role]) == bool(seen[role])
    assert seen == {"legal": [task.id], "lawyer": [task.id], "caller": []}
