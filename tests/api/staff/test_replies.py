"""Messages that somebody must read: sealed until opened, one meaning each, and the same acts as a machine's reading."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from unittest import mock

import pytest
from sqlalchemy import select, update

from forbear.errors import BadInput
from forbear.ledger import reply_acts, staffing, tasks
from forbear.ledger.ids import new_id
from forbear.ledger.tables.accounts import Promise, Stop
from forbear.ledger.tables.contacts import Reply, Suppression
from forbear.ledger.tables.people import ContactPoint
from forbear.ledger.tables.tasks import Task
from forbear.ledger.task_reasons import because
from forbear.ports.replies import Reading
from forbear.rehearsal.browser import Browser
from forbear.rehearsal.reading import read_message
from forbear.rehearsal.staff import Employee
from tests.api.pages.reading import Page
from tests.api.staff.desk import Colleague, Desk
from tests.ledger import at_work

TEXT = "My brother lives there <b>now</b>, call him instead"
_numbers = iter(range(100))


@dataclass
class Letter:
    """A message of somebody who owes 100 dollars, and the task to read it."""

    desk: Desk
    person: str | None
    reply: str
    task: str

    @property
    def path(self) -> str:
        return f"/staff/tasks/{self.task}"

    def row(self) -> Task:
        return at_work.read(self.desk.house, self.task)

    def all(self, table: Any) -> list[Any]:
        with self.desk.house.worker() as session:
            return list(session.scalars(select(table).where(table.person == self.person).order_by(table.id)))


def letter(desk: Desk, *, known: bool = True, channel: str = "sms", text: str = TEXT) -> Letter:
    house = desk.house
    person, account = house.borrower(f"+131255502{next(_numbers):02}") if known else (None, None)
    point = at_work.point_of(house, str(person), "phone", house.lender) if known and channel == "sms" else None
    reply, owner = new_id("rpl"), {"tenant": house.tenant, "lender": house.lender}
    with house.api() as session:
        sealed = None if person is None else house.ledger.vault.seal(session, **owner, person=person, text=text)
        session.add(
            Reply(
                id=reply,
                **owner,
                account=account,
                person=person,
                contact_point=point,
                channel=channel,
                provider_id=f"SM{reply}",
                reading="other",
                text=sealed,
                at=house.now,
                needs_human=True,
            )
        )
    wanted = tasks.Wanted(
        tenant=house.tenant,
        lender=house.lender,
        kind="reply",
        role="caller",
        reason=because("reply_other"),
        account=account,
        person=person,
        reply=reply,
    )
    with house.worker() as session:
        made = tasks.open_task(session, wanted, house.now)
    assert made is not None
    return Letter(desk, person, reply, made)


@pytest.fixture
def message(desk: Desk) -> Letter:
    return letter(desk)


def opened(caller: Colleague, message: Letter) -> Page:
    return caller.send_on(caller.visit(message.path), "open")


def test_the_words_are_sealed_until_somebody_opens_them(desk: Desk, caller: Colleague, message: Letter) -> None:
    assert (message.path, "Message to read") in caller.visit("/staff").links
    assert "brother" not in caller.visit(message.path).text
    assert "reply_opened" not in desk.acts(caller.id)
    page = opened(caller, message)
    assert TEXT in page.text, "shown as it was written, and as text alone"
    assert desk.acts(caller.id).count("reply_opened") == 1
    assert message.row().assignee == caller.id


def test_nobody_else_reads_along(desk: Desk, caller: Colleague, message: Letter) -> None:
    opened(caller, message)
    other = desk.hire("caller").signed_in()
    assert other.visit(message.path, status=409).h1 == "This has changed meanwhile"
    assert desk.hire("officer").signed_in().visit(message.path, status=403)


def test_a_supervisor_takes_over_what_somebody_opened_and_did_not_finish(
    desk: Desk, caller: Colleague, message: Letter
) -> None:
    seen = opened(caller, message)
    supervisor = desk.hire("supervisor").signed_in()
    listed = supervisor.visit("/staff")
    assert "Colleagues are on these" in listed.text
    assert (message.path, "Message to read") in listed.links
    before = supervisor.visit(message.path)
    assert "you take it over" in before.text
    assert "brother" not in before.text
    assert "brother" in opened(supervisor, message).text
    assert message.row().assignee == supervisor.id
    assert caller.send(seen, "meaning", meaning="nothing").status_code == 409
    assert supervisor.send_on(supervisor.visit(message.path), "meaning", meaning="dispute").h1 == "Noted"


def test_a_message_of_somebody_who_was_shut_out_is_read_by_the_next(
    desk: Desk, caller: Colleague, message: Letter
) -> None:
    opened(caller, message)
    with desk.operator() as session:
        staffing.disable(session, caller.id, desk.ledger.clock)
    other = desk.hire("caller").signed_in()
    assert (message.path, "Message to read") in other.visit("/staff").links
    assert "brother" in opened(other, message).text


@pytest.mark.parametrize(
    ("meaning", "stop"),
    [("dispute", "dispute"), ("hardship", "hardship"), ("wrong_person", "wrong_number"), ("paid", "hold")],
)
def test_a_meaning_stops_what_it_says(desk: Desk, caller: Colleague, message: Letter, meaning: str, stop: str) -> None:
    page = opened(caller, message)
    done = caller.send_on(page, "meaning", meaning=meaning)
    assert done.h1 == "Noted"
    assert [row.kind for row in message.all(Stop)] == [stop]
    assert [row.needs_human for row in message.all(Reply)] == [False]
    assert (message.row().state, message.row().outcome) == ("done", meaning)
    assert desk.acts(caller.id).count("reply_read") == 1


@pytest.mark.parametrize(("channel", "scopes"), [("sms", ["everything", "number"]), ("page", ["everything"])])
def test_no_more_contact_means_every_way(desk: Desk, caller: Colleague, channel: str, scopes: list[str]) -> None:
    message = letter(desk, channel=channel)
    caller.send_on(opened(caller, message), "meaning", meaning="stop")
    assert sorted(row.scope for row in message.all(Suppression)) == scopes


def test_a_promise_takes_its_day_and_amount(caller: Colleague, message: Letter) -> None:
    page = opened(caller, message)
    assert caller.send_on(page, "meaning", status=422, meaning="promise").errors == [
        ("on", "Give the day by which they will pay")
    ]
    caller.send_on(page, "meaning", meaning="promise", on="2026-03-09", amount="25.50")
    assert [(row.amount, row.due_on) for row in message.all(Promise)] == [(Decimal("25.50"), date(2026, 3, 9))]


def test_nothing_to_do_moves_nothing(caller: Colleague, message: Letter) -> None:
    page = caller.send_on(opened(caller, message), "meaning", meaning="nothing")
    assert "Nothing to do" in page.text
    assert message.all(Stop) + message.all(Suppression) + message.all(Promise) == []


def test_one_meaning_however_often_it_is_pressed(desk: Desk, caller: Colleague, message: Letter) -> None:
    page = opened(caller, message)
    for _ in range(3):
        assert caller.send(page, "meaning", meaning="dispute").status_code == 303
    assert len(message.all(Stop)) == 1
    assert desk.acts(caller.id).count("reply_read") == 1
    assert caller.send(page, "meaning", meaning="hardship").status_code == 409
    assert len(message.all(Stop)) == 1


def test_a_meaning_must_be_chosen(caller: Colleague, message: Letter) -> None:
    page = opened(caller, message)
    for meaning in ("", "insolvent"):
        back = caller.send_on(page, "meaning", status=422, meaning=meaning)
        assert back.errors == [("meaning", "Choose what the message means")]
    assert message.row().state == "taken"


def test_a_message_given_back_is_sealed_again_for_the_next(desk: Desk, caller: Colleague, message: Letter) -> None:
    page = opened(caller, message)
    assert caller.send(page, "give-back").status_code == 303
    assert "brother" not in caller.visit(message.path).text
    assert caller.send(page, "meaning", meaning="dispute").status_code == 409
    other = desk.hire("caller").signed_in()
    assert TEXT in opened(other, message).text


def test_of_a_number_nobody_gave_us_no_words_are_kept(desk: Desk, caller: Colleague) -> None:
    message = letter(desk, known=False)
    page = opened(caller, message)
    assert "There are no words to show" in page.text
    assert caller.send(page, "meaning", meaning="dispute").status_code == 422
    assert caller.send_on(page, "meaning", meaning="nothing").h1 == "Noted"


def test_words_of_the_erased_cannot_be_shown(desk: Desk, caller: Colleague, message: Letter) -> None:
    with desk.operator() as session:
        desk.ledger.vault.erase(session, lender=desk.house.lender, person=str(message.person), at=desk.house.now)
    page = opened(caller, message)
    assert "There are no words to show" in page.text
    assert caller.send_on(page, "meaning", meaning="nothing").h1 == "Noted"


def written_on_the_page(desk: Desk, *, phone: bool) -> Letter:
    """Words beside a choice on the page, of somebody with a phone or with a postal address only."""
    note = letter(desk, channel="page")
    if not phone:
        with desk.operator() as session:
            session.execute(
                update(ContactPoint).where(ContactPoint.person == note.person).values(kind="postal", place="residence")
            )
    return note


@pytest.mark.parametrize("phone", [True, False])
@pytest.mark.parametrize(
    ("meaning", "table", "kind"),
    [("dispute", Stop, "dispute"), ("hardship", Stop, "hardship"), ("stop", Suppression, "everything")],
)
def test_words_from_the_page_bind_the_person_however_they_are_reached(
    desk: Desk, caller: Colleague, meaning: str, table: Any, kind: str, *, phone: bool
) -> None:
    note = written_on_the_page(desk, phone=phone)
    assert caller.send_on(opened(caller, note), "meaning", meaning=meaning).h1 == "Noted"
    found = note.all(table)
    assert {row.kind if table is Stop else row.scope for row in found} == {kind}
    assert {row.address_key for row in found} == {None}
    assert note.row().state == "done"


def test_a_promise_on_the_page_needs_no_number(desk: Desk, caller: Colleague) -> None:
    note = written_on_the_page(desk, phone=False)
    day = (desk.house.now.date() + timedelta(days=3)).isoformat()
    assert caller.send_on(opened(caller, note), "meaning", meaning="promise", on=day).h1 == "Noted"
    assert [row.due_on.isoformat() for row in note.all(Promise)] == [day]


def test_words_from_the_page_take_no_number_from_anybody(desk: Desk, caller: Colleague) -> None:
    note = written_on_the_page(desk, phone=True)
    page = opened(caller, note)
    assert "We have the wrong person" not in page.text
    assert caller.send(page, "meaning", meaning="wrong_person").status_code in {400, 422}
    with desk.ledger.staff(desk.house.tenant) as session, pytest.raises(BadInput):
        reply_acts.apply_meaning(desk.ledger, session, note.reply, staff=caller.id, meaning=Reading("wrong_person"))
    assert note.all(Stop) == []
    assert {point.state for point in note.all(ContactPoint)} == {"valid"}
    assert note.row().state == "taken"


def test_the_wrong_number_is_the_one_that_wrote(desk: Desk, caller: Colleague, message: Letter) -> None:
    """Not the oldest of theirs."""
    second = desk.house.phone(str(message.person), "+13125550299")
    with desk.operator() as session:
        session.execute(update(Reply).where(Reply.id == message.reply).values(contact_point=second))
    caller.send_on(opened(caller, message), "meaning", meaning="wrong_person")
    assert {point.id for point in message.all(ContactPoint) if point.state == "wrong_party"} == {second}


@pytest.mark.parametrize("language", ["en", "zh-Hans"])
def test_the_robots_of_the_rehearsal_read_it_on_the_page_as_it_is(desk: Desk, language: str) -> None:
    reader = desk.hire("caller", language=language).signed_in()
    waiting = letter(desk, text="I don't owe it & dispute this")
    robot = Browser("http://127.0.0.1:9", Employee(reader.id, "caller", reader.email, ""), desk.ledger.clock)
    with mock.patch.object(robot, "_client", reader.http):
        robot.take_token()
        assert read_message(robot, waiting.path)
    assert (waiting.row().state, waiting.row().outcome, waiting.row().assignee) == ("done", "dispute", reader.id)
