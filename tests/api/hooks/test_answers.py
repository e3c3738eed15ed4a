"""Who is answered, by whom and when; and what a person does with a reply that no machine understood."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select, update

from forbear.errors import BadInput
from forbear.ledger import reply_acts, senders, tasks
from forbear.ledger.tables.contacts import Reply
from forbear.ledger.tables.people import Lender
from forbear.ledger.tables.record import AuditRow
from forbear.ledger.tables.tasks import Task
from forbear.ports.replies import Reading
from tests.api.hooks.carrier import Carrier
from tests.api.pages.site import Borrower, Site

EMPTY = '<?xml version="1.0" encoding="UTF-8"?><Response></Response>'
SERVICE = "MG" + "1" * 32
NIGHT = timedelta(hours=11)
"""From Monday noon in Chicago to 23:00."""


def asked_of(borrower: Borrower) -> list[tuple[str, str, str]]:
    house = borrower.site.house
    with house.ledger.worker(house.tenant) as session:
        found = select(Task).where(Task.person == borrower.person).order_by(Task.opened_at, Task.id)
        return [(task.kind, task.role, task.state) for task in session.scalars(found)]


def apply(site: Site, reply: Reply, meaning: Reading, staff: str = "stf_example") -> bool:
    with site.house.ledger.staff(site.house.tenant) as session:
        return reply_acts.apply_meaning(site.house.ledger, session, reply.id, staff=staff, meaning=meaning)


@pytest.mark.parametrize(
    ("told", "text", "opt_outs"), [("STOP", "ARRET", 1), ("stop", "STOP", 1), ("HELP", "AIDE", 0), ("START", "ALLO", 0)]
)
def test_what_the_carrier_obeyed_by_its_own_list_is_obeyed_and_not_answered(
    carrier: Carrier, borrower: Borrower, told: str, text: str, opt_outs: int
) -> None:
    assert carrier.write(borrower.phone, text, OptOutType=told).text == EMPTY
    assert len(borrower.opt_outs()) == opt_outs
    [reply] = borrower.replies()
    assert (reply.reading, reply.needs_human, reply.answered) == (told.lower(), False, None)


def test_an_unknown_type_is_read_as_if_there_were_none(carrier: Carrier, borrower: Borrower) -> None:
    carrier.write(borrower.phone, "I dispute this", OptOutType="MAYBE")
    assert [kind for kind, _ in borrower.stops()] == ["dispute"]


def test_a_reply_to_a_number_behind_a_service_finds_its_lender(
    site: Site, carrier: Carrier, borrower: Borrower
) -> None:
    house = site.house
    with house.ledger.worker(house.tenant) as session:
        senders.enlist(session, session.get_one(Lender, house.lender), SERVICE, "twilio", house.now)
    carrier.write(borrower.phone, "STOP", to="+12025550141", MessagingServiceSid=SERVICE)
    assert borrower.opt_outs() == [("number", True)]


def test_nobody_is_told_who_we_are_at_night_but_a_stop_is_confirmed_where_the_law_lets_it_pass(
    site: Site, carrier: Carrier, borrower: Borrower
) -> None:
    site.hands.advance(NIGHT)
    assert carrier.write(borrower.phone, "who is this?").text == EMPTY
    assert asked_of(borrower) == [("reply", "caller", "open")], "so a person sees to it"
    stopped = carrier.write(borrower.phone, "please stop texting me").text
    assert borrower.opt_outs() == [("number", True)]
    assert stopped == EMPTY, "no law of the place lets it pass at night"


def test_a_stop_is_confirmed_once_and_never_again(carrier: Carrier, borrower: Borrower) -> None:
    assert "no more texts" in carrier.write(borrower.phone, "leave me alone").text
    assert carrier.write(borrower.phone, "leave me alone").text == EMPTY
    assert carrier.write(borrower.phone, "who is this?").text == EMPTY


def test_who_disputes_or_is_ill_is_not_introduced_to_us(carrier: Carrier, borrower: Borrower) -> None:
    carrier.write(borrower.phone, "I dispute this")
    assert carrier.write(borrower.phone, "who is this?").text == EMPTY


@pytest.mark.parametrize(
    ("text", "role"),
    [("hello", "caller"), ("I already paid", "caller"), ("I will pay", "caller"), ("I dispute this", "supervisor")],
)
def test_what_a_human_must_read_is_a_task_and_says_none_of_it(
    carrier: Carrier, borrower: Borrower, text: str, role: str
) -> None:
    carrier.write(borrower.phone, text)
    assert asked_of(borrower) == [("reply", role, "open")]
    house = borrower.site.house
    with house.ledger.worker(house.tenant) as session:
        [task] = session.scalars(select(Task).where(Task.person == borrower.person))
        assert task.due_at == house.now + timedelta(days=1)
        assert text not in task.reason


@pytest.mark.parametrize("text", ["STOP", "I'll pay $60 on Friday", "START"])
def test_what_needs_nobody_is_nobodys_task(carrier: Carrier, borrower: Borrower, text: str) -> None:
    carrier.write(borrower.phone, text)
    assert asked_of(borrower) == []


def test_the_end_of_the_task_says_that_it_was_read(site: Site, carrier: Carrier, borrower: Borrower) -> None:
    carrier.write(borrower.phone, "hello")
    with site.house.ledger.staff(site.house.tenant) as session:
        task = session.scalars(select(Task).where(Task.person == borrower.person)).one()
        tasks.close(session, tasks.lock_task(session, task.id), site.house.now, outcome="read")
    assert [reply.needs_human for reply in borrower.replies()] == [False]


def test_a_persons_meaning_moves_what_the_machines_reading_would(
    site: Site, carrier: Carrier, borrower: Borrower
) -> None:
    carrier.write(borrower.phone, "not paying a cent, never was mine lol")
    [reply] = borrower.replies()
    with site.house.ledger.worker(site.house.tenant) as session:
        session.execute(update(Reply).where(Reply.id == reply.id).values(needs_human=True))
    before = len(borrower.stops())
    assert apply(site, reply, Reading("attorney", stops=True))
    assert not apply(site, reply, Reading("attorney", stops=True)), "pressed twice"
    assert len(borrower.stops()) == before + 1
    assert borrower.opt_outs() == [("number", True)]
    assert [reply.needs_human for reply in borrower.replies()] == [False]
    assert asked_of(borrower)[0][2] == "done"
    with site.house.ledger.worker(site.house.tenant) as session:
        assert session.scalars(select(AuditRow.kind).where(AuditRow.subject == reply.id)).all()[-1] == "reply_read"


def test_a_promise_that_a_person_read_is_made(site: Site, carrier: Carrier, borrower: Borrower) -> None:
    carrier.write(borrower.phone, "I will pay")
    [reply] = borrower.replies()
    due = (site.house.now + timedelta(days=3)).date()
    assert apply(site, reply, Reading("promise", due_on=due, amount=Decimal(40)))
    assert borrower.promises() == [(Decimal(40), due, "open")]


def test_what_the_machine_did_is_not_done_twice(site: Site, carrier: Carrier, borrower: Borrower) -> None:
    carrier.write(borrower.phone, "I dispute this, stop texting me")
    [reply] = borrower.replies()
    assert apply(site, reply, Reading("dispute", stops=True))
    assert [kind for kind, _ in borrower.stops()] == ["dispute"]
    assert borrower.opt_outs() == [("number", True)]


def test_of_a_number_nobody_gave_us_only_the_task_ends(site: Site, carrier: Carrier) -> None:
    carrier.write("+14155550177", "hello there", sid="SMnobody")
    with site.house.ledger.worker(site.house.tenant) as session:
        reply = session.scalars(select(Reply).where(Reply.provider_id == "SMnobody")).one()
    with pytest.raises(BadInput):
        apply(site, reply, Reading("dispute"))
    assert apply(site, reply, Reading("other"))
