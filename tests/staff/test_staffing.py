"""Accounts of staff at rest and under attack: hashes of their time, guesses that race, rows that tell no address."""

from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select, text, update
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session

from forbear.errors import BadInput
from forbear.ledger import admin, audit, passwords, signing_in, staff_acts, staffing
from forbear.ledger.engine import Ledger, make_engine
from forbear.ledger.tables.staff import Staff, StaffAct
from forbear.ledger.verify import verify
from forbear.settings import Settings

EMAIL, PASSWORD, WRONG = "robin@example.org", "four quiet river stones", "four quiet river stone"


class Office:
    """A tenant with one caller."""

    def __init__(self, settings: Settings, ledger: Ledger) -> None:
        self.ledger = ledger
        self.migrator = settings.database_url_for("migrator")
        self.tenant = admin.add_tenant(self.migrator, "Example Collections")
        with self.operator() as session:
            self.robin = staffing.add(
                session,
                ledger.vault,
                tenant=self.tenant,
                email=EMAIL,
                name="Robin Example",
                roles=["caller"],
                language="en",
                now=ledger.clock.now(),
            )
            staffing.set_password(session, ledger.vault, self.robin, PASSWORD, ledger.clock)

    @contextmanager
    def operator(self) -> Generator[Session]:
        with Session(make_engine(self.migrator)) as session, session.begin():
            yield session

    def row(self) -> Staff:
        with self.operator() as session:
            found = session.scalars(select(Staff).where(Staff.id == self.robin)).one()
            session.expunge(found)
            return found


@pytest.fixture
def office(database: Settings) -> Iterator[Office]:
    with Ledger.open(database) as ledger:
        yield Office(database, ledger)


def test_a_hash_with_other_parameters_is_made_anew_when_its_owner_signs_in(office: Office) -> None:
    weak = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1)
    with office.operator() as session:
        session.execute(update(Staff).values(password_hash=weak.hash(PASSWORD)))
    assert signing_in.sign_in(office.ledger, EMAIL, WRONG) is None
    assert weak.check_needs_rehash(str(office.row().password_hash)) is False
    assert signing_in.sign_in(office.ledger, EMAIL, PASSWORD) is not None
    assert passwords.HASHER.check_needs_rehash(str(office.row().password_hash)) is False
    assert signing_in.sign_in(office.ledger, EMAIL, PASSWORD) is not None


def test_guesses_that_arrive_together_do_not_outrun_the_lock_out(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared: list[str] = []

    def holds(stored: str | None, password: str) -> bool:
        if stored is not None:
            compared.append(password)
        return False

    def guess(number: int) -> str | None:
        return signing_in.sign_in(office.ledger, EMAIL, f"guess {number}")

    monkeypatch.setattr(passwords, "holds", holds)
    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(guess, range(24)))
    assert set(answers) == {None}
    assert len(compared) == signing_in.TRIES


def test_no_row_shows_an_address_a_name_a_password_or_a_cookie(office: Office) -> None:
    cookie = signing_in.sign_in(office.ledger, EMAIL, PASSWORD)
    assert cookie is not None
    with make_engine(office.migrator).connect() as connection:
        shown = "".join(
            row[0]
            for table in ("staff", "staff_session", "staff_act", "audit_row")
            for row in connection.execute(text(f"select row_to_json({table})::text from {table}"))  # noqa: S608  our own tables
        )
    for secret in (EMAIL, "Robin", PASSWORD, cookie):
        assert secret not in shown
        assert secret.encode().hex() not in shown
    assert "$argon2id$" in shown


def test_the_pages_role_cannot_make_itself_staff(office: Office) -> None:
    """Whoever takes over the pages gets no role, no address and no account for it."""
    for statement in (
        "update staff set roles = '{supervisor}'",
        "update staff set disabled_at = null",
        "update staff set email_digest = 'x'",
        "insert into staff (id) values ('x')",
        "delete from staff",
        "update staff_act set staff = 'x'",
        "delete from staff_act",
        "update staff_session set expires_at = now()",
    ):
        with (
            pytest.raises(ProgrammingError, match="permission denied"),
            office.ledger.staff(office.tenant) as session,
        ):
            session.execute(text(statement))


def test_acts_are_held_against_the_audit_chain(office: Office) -> None:
    ledger, at = office.ledger, office.ledger.clock.now()
    with ledger.staff(office.tenant) as session:
        staff_acts.note(session, tenant=office.tenant, staff=office.robin, kind="looked", subject="tsk_1", at=at)
    audit.seal(ledger, ledger.settings.data)
    assert verify(ledger, ledger.settings.data) == []
    with make_engine(office.migrator).begin() as connection:
        connection.execute(text("alter table staff_act disable trigger append_only"))
        connection.execute(update(StaffAct).values(kind="slept"))
    assert [problem.kind for problem in verify(ledger, ledger.settings.data)] == ["changed"]


@pytest.mark.parametrize("password", ["eleven char", "a" * 40, "x" * 201, "robin.example1", ""])
def test_passwords_that_are_easily_guessed_are_refused(password: str) -> None:
    with pytest.raises(BadInput) as refused:
        passwords.checked(password, email="robin.example@example.org")
    assert not password or password not in str(refused.value)


def test_one_password_however_it_was_typed() -> None:
    """A keyboard may compose an accent or not."""
    composed, apart = "caf\u00e9 quiet river stones", "cafe\u0301 quiet river stones"
    assert passwords.holds(passwords.hashed(composed), apart)
    assert not passwords.holds(None, composed)
    assert not passwords.holds("no hash at all", composed)
