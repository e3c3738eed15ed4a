"""One lender never sees another's case, packet or file, and no lender's program approves anything: by the database."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from forbear.errors import NotFound
from forbear.ledger.cases import acts, facts, fields, files, packets, queue, reviewing, runs
from forbear.ledger.cases.final import final
from forbear.ledger.tables.accounts import Account, LegalCase
from forbear.ledger.tables.cases import CaseFact, CaseFile, CaseRun, Packet, PacketReview
from tests.ledger_cases.court_house import DAY, CourtHouse
from tests.ledger_cases.test_case_register import picture


@pytest.fixture
def world(house: CourtHouse) -> tuple[str, str, str, str]:
    """A case of one lender with an approved packet and a file; and another lender."""
    case = house.case()
    with house.api() as session:
        file = files.keep_file(house.ledger, session, case, "contract", picture(), title="It", now=house.now).id
    house.tell(case, "filed")
    packet = house.made(case)
    house.approve(packet)
    return case, packet.id, file, house.add_lender()


def test_a_neighbour_sees_no_row_of_it(house: CourtHouse, world: tuple[str, str, str, str]) -> None:
    case, packet, file, neighbour = world
    with house.api(neighbour) as session:
        for table in (LegalCase, CaseFact, CaseFile, Packet, PacketReview, CaseRun):
            assert session.scalars(select(table)).all() == []
        assert queue.cases_page(session, queue.CaseWanted(), now=house.now) == []
        assert queue.all_clocks(session) == []
        with pytest.raises(NotFound):
            acts.find(session, case)
        with pytest.raises(NotFound):
            packets.find(session, packet)
        with pytest.raises(NotFound):
            files.find_file(session, file)


def test_a_neighbour_changes_and_fetches_nothing_of_it(house: CourtHouse, world: tuple[str, str, str, str]) -> None:
    case, packet, file, neighbour = world
    tries: list[Callable[[Session], object]] = [
        lambda session: facts.tell_fact(house.ledger, session, case, "filed", DAY, now=house.now),
        lambda session: fields.tell_fields(house.ledger, session, case, "", {"court": "x"}, now=house.now),
        lambda session: files.keep_file(house.ledger, session, case, "other", picture(), title="x", now=house.now),
        lambda session: files.look_at(house.ledger, session, file, staff=house.legal, now=house.now),
        lambda session: packets.ask(session, case, "cn.suit", DAY, now=house.now),
        lambda session: final(house.ledger, session, packet, house.snapshot, now=house.now),
        lambda session: reviewing.void_if_changed(session, packet, house.snapshot, house.now),
        lambda session: runs.start_run(session, house.lender, "cn.suit", DAY, [case], now=house.now),
    ]
    for attempt in tries:
        with house.api(neighbour) as session, pytest.raises(NotFound):
            attempt(session)
    assert house.row(Packet, packet).state == "approved"


def test_its_own_lender_fetches_it_over_the_api(house: CourtHouse, world: tuple[str, str, str, str]) -> None:
    with house.api() as session:
        assert final(house.ledger, session, world[1], house.snapshot, now=house.now).files
    downloads = [row for row in house.rows(PacketReview, packet=world[1]) if row.verdict == "downloaded"]
    assert [row.staff for row in downloads] == [None]


def test_a_lenders_program_asks_for_packets_and_what_it_asks_later_takes_their_place(
    house: CourtHouse, world: tuple[str, str, str, str]
) -> None:
    with house.api() as session:
        first = packets.ask(session, world[0], "cn.enforcement", DAY, now=house.now).id
    with house.api() as session:
        packets.ask(session, world[0], "cn.enforcement", DAY - timedelta(days=1), now=house.now)
    assert (house.row(Packet, first).state, house.row(Packet, first).asked_by) == ("void", None)
    with house.api() as session:
        run = runs.start_run(session, house.lender, "cn.withdrawal", DAY, [world[0]], now=house.now)
    with house.api() as session:
        assert runs.run_status(session, run.id).waiting == 1


@pytest.mark.parametrize(
    "statement",
    [
        "update packet set state = 'approved', changed_at = now()",
        "update packet set sha256 = 'x'",
        (
            "insert into packet_review (id, tenant, lender, packet, staff, verdict, sha256, at) "
            "select 'rvw_x', tenant, lender, id, null, 'approved', sha256, now() from packet limit 1"
        ),
        "update legal_case set state = 'closed'",
        "update case_file set state = 'withdrawn'",
        "update case_clock set state = 'met'",
        "update clock_alarm set seen_at = now()",
        (
            "insert into case_decision (id, tenant, lender, legal_case, run, number, at, kind, rule, reason, answer) "
            "select 'cdc_x', tenant, lender, id, 'r', 1, now(), 'rest', '', '', '{}' from legal_case limit 1"
        ),
    ],
)
def test_a_lenders_program_cannot_do_what_people_or_the_rules_do(
    house: CourtHouse, world: tuple[str, str, str, str], statement: str
) -> None:
    with house.api() as session, pytest.raises(DBAPIError, match=r"permission denied|row-level security|violates"):
        session.execute(text(statement))
    assert house.row(Packet, world[1]).state == "approved"


def test_staff_pages_cannot_touch_clocks_money_or_what_was_told(house: CourtHouse) -> None:
    house.case()
    for statement in (
        "update case_clock set state = 'met'",
        "update packet set sha256 = 'x'",
        "update legal_case set creditor = null",
        "update case_fact set kind = 'filed'",
        "delete from packet_review",
        (
            "insert into payment (id, tenant, lender, account, external_id, source, amount, currency, received_at, "
            "recorded_at) select 'pay_x', tenant, lender, account, 'x', 'court', 1, 'USD', now(), now() from legal_case"
        ),
    ):
        with house.staff() as session, pytest.raises(DBAPIError, match="permission denied"):
            session.execute(text(statement))


OF_A_NEIGHBOUR = (
    (
        "insert into case_fact (id, tenant, lender, legal_case, number, kind, on_day, details, at) "
        "values ('fct_x', :tenant, :lender, :case, 900, 'withdrawn', current_date, '{}', now())"
    ),
    (
        "insert into case_fields (id, tenant, lender, legal_case, kind, told, names, at) "
        "values ('cfd_x', :tenant, :lender, :case, '', 'x', '{}', now())"
    ),
    (
        "insert into case_cost (id, tenant, lender, legal_case, kind, amount, currency, on_day, claimed, at) "
        "values ('cst_x', :tenant, :lender, :case, 'postage', 1, 'USD', current_date, true, now())"
    ),
    (
        "insert into packet (id, tenant, lender, legal_case, number, profile, court, state, cut_off, asked_at, draft, "
        "stored, missing, changed_at) values ('pkt_x', :tenant, :lender, :case, 900, 'cn.suit', '', 'asked', "
        "current_date, now(), false, '[]', '[]', now())"
    ),
    (
        "insert into packet_review (id, tenant, lender, packet, verdict, sha256, at) "
        "values ('rvw_x', :tenant, :lender, :packet, 'downloaded', '', now())"
    ),
    (
        "insert into case_service (id, tenant, lender, account, legal_case, paper, person, method, result, source, "
        "files, event, at) values ('srv_x', :tenant, :lender, :account, :case, 'cn.notice.dunning', :person, 'visit', "
        "'signed', 'staff', '[]', 'x', now())"
    ),
    (
        "insert into legal_case (id, tenant, lender, account, kind, reason, state, stage, opened_at) "
        "values ('cas_x', :tenant, :lender, :account, 'suit', '', 'open', '', now())"
    ),
)


@pytest.mark.parametrize("statement", OF_A_NEIGHBOUR, ids=[each.split()[2] for each in OF_A_NEIGHBOUR])
def test_nothing_of_ones_own_name_is_written_into_a_neighbours_case(
    house: CourtHouse, world: tuple[str, str, str, str], statement: str
) -> None:
    case, packet, _, neighbour = world
    account = house.row(LegalCase, case).account
    person = house.row(Account, account).borrower
    given = {"tenant": house.tenant, "lender": neighbour, "case": case, "packet": packet}
    with house.api(neighbour) as session, pytest.raises(DBAPIError, match="belongs to its"):
        session.execute(text(statement), given | {"account": account, "person": person})


def test_a_fact_takes_back_none_of_another_case(house: CourtHouse) -> None:
    mine, other = house.case(), house.case()
    fact = house.tell(other, "filed")
    with house.staff() as session, pytest.raises(DBAPIError, match="of the same case"):
        session.execute(
            text(
                "insert into case_fact (id, tenant, lender, legal_case, number, kind, on_day, details, at, takes_back) "
                "select 'fct_x', tenant, lender, :mine, 900, kind, on_day, '{}', at, id from case_fact where id = :fact"
            ),
            {"mine": mine, "fact": fact.id},
        )


@pytest.mark.parametrize(
    "statement",
    [
        "update packet set state = 'approved', changed_at = now() where id = :packet",
        "update packet set state = 'filed', changed_at = now() where id = :packet",
        (
            "insert into packet (id, tenant, lender, legal_case, number, profile, court, state, cut_off, asked_at, "
            "draft, stored, missing, changed_at) select 'pkt_x', tenant, lender, legal_case, 900, profile, court, "
            "'approved', cut_off, asked_at, false, '[]', '[]', now() from packet where id = :packet"
        ),
    ],
)
def test_no_packet_is_approved_by_writing_so(house: CourtHouse, statement: str) -> None:
    packet = house.made(house.case())
    for session_of in (house.staff, house.worker):
        with session_of() as session, pytest.raises(DBAPIError, match="packet"):
            session.execute(text(statement), {"packet": packet.id})
    assert house.row(Packet, packet.id).state == "prepared"


def test_who_prepared_a_packet_does_not_approve_it_by_a_review_of_their_own(house: CourtHouse) -> None:
    packet = house.made(house.case())
    with house.staff() as session:
        session.execute(
            text(
                "insert into packet_review (id, tenant, lender, packet, staff, verdict, sha256, at) "
                "select 'rvw_x', tenant, lender, id, asked_by, 'approved', sha256, now() from packet where id = :packet"
            ),
            {"packet": packet.id},
        )
    approving = text("update packet set state = 'approved', changed_at = now() where id = :packet")
    with house.staff() as session, pytest.raises(DBAPIError, match="did not prepare it"):
        session.execute(approving, {"packet": packet.id})


@pytest.mark.parametrize("change", ["sha256 = 'x'", "stored = '[]'", "draft = true", "asked_by = null"])
def test_a_packet_that_was_made_stays_as_it_is(house: CourtHouse, change: str) -> None:
    packet = house.made(house.case())
    with house.worker() as session, pytest.raises(DBAPIError, match="stays as it is"):
        session.execute(text(f"update packet set {change} where id = :packet"), {"packet": packet.id})  # noqa: S608
