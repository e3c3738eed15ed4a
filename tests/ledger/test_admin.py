"""What an operator sets up: tenants, lenders, keys shown once, and the clock of all processes."""

# ruff: noqa: S608  the statements name our own tables

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from sqlalchemy import text

from forbear.clock import Clock
from forbear.errors import Conflict, NotFound
from forbear.ledger import admin, clock_row, ids, routes
from forbear.ledger.engine import Ledger, make_engine
from forbear.ledger.migrate import METADATA
from forbear.settings import Settings
from tests.ledger.filled import emptied


@pytest.fixture
def database(module_database: Settings, tmp_path: Path) -> Settings:
    return emptied(module_database, tmp_path)


@pytest.fixture
def url(database: Settings) -> str:
    return database.database_url_for("migrator")


@pytest.fixture
def ledger(database: Settings) -> Iterator[Ledger]:
    with Ledger.open(database) as ledger:
        yield ledger


def add_lender(url: str, tenant: str, sender: str = "+12125550110") -> str:
    return admin.add_lender(
        url, tenant=tenant, name="Example Bank", role="original_creditor", kind="bank", country="US",
        phone="+12125550111", sender=sender, policy={"sms_a_week": 1},
    )  # fmt: skip


def test_a_key_leads_to_its_lender_and_only_its_digest_is_kept(url: str, ledger: Ledger) -> None:
    tenant = admin.add_tenant(url, "Example Servicing")
    lender = add_lender(url, tenant)
    key = admin.add_key(url, lender=lender, scopes=["enrol", "pay", "enrol"], label="import")
    split = admin.split_key(key.shown)
    assert split is not None
    with ledger.anyone() as session:
        owner = routes.key_owner(session, split[0])
    assert owner is not None
    assert (owner.tenant, owner.lender, owner.digest, owner.scopes) == (tenant, lender, split[1], ["enrol", "pay"])
    assert (owner.expires_at, owner.revoked_at) == (None, None)
    secret = key.shown.split("_")[2]
    assert owner.digest == sha256(secret.encode()).digest()
    assert secret not in repr(key)
    with make_engine(url).connect() as connection:
        for table in METADATA.tables:
            assert secret not in str(connection.execute(text(f"select * from {table}")).all())


def test_a_key_has_the_form_that_scanners_for_leaked_secrets_can_know(url: str) -> None:
    lender = add_lender(url, admin.add_tenant(url, "Example Servicing"))
    shown = admin.add_key(url, lender=lender, scopes=[], label="form").shown
    prefix, key_id, secret = shown.split("_")
    assert (prefix, len(key_id), len(secret)) == ("fbk", 8, 43)
    assert set(key_id + secret) <= set(ids.ALPHABET)


@pytest.mark.parametrize(
    "shown",
    [
        "",
        "fbk",
        "fbk__",
        "fbk_12345678",
        f"fbk_1234567_{'x' * 43}",
        f"fbk_12345678_{'x' * 42}",
        f"key_12345678_{'x' * 43}",
        f"fbk_12345678_{'x' * 43}_",
    ],
)
def test_what_cannot_be_a_key_is_none(shown: str) -> None:
    assert admin.split_key(shown) is None


def test_a_revoked_key_says_since_when(url: str, ledger: Ledger) -> None:
    lender = add_lender(url, admin.add_tenant(url, "Example Servicing"))
    expires = datetime(2026, 12, 31, tzinfo=UTC)
    key = admin.add_key(url, lender=lender, scopes=[], label="old", expires_at=expires)
    admin.revoke_key(url, key.id)
    with ledger.anyone() as session:
        first = routes.key_owner(session, key.id)
    admin.revoke_key(url, key.id)
    with ledger.anyone() as session:
        second = routes.key_owner(session, key.id)
    assert first is not None
    assert first == second
    assert first.expires_at == expires
    assert first.revoked_at is not None
    with pytest.raises(NotFound):
        admin.revoke_key(url, "absent")


def test_two_lenders_cannot_text_from_one_number(url: str) -> None:
    tenant = admin.add_tenant(url, "Example Servicing")
    add_lender(url, tenant)
    with pytest.raises(Conflict) as error:
        add_lender(url, tenant)
    assert "+1" not in str(error.value)
    add_lender(url, tenant, sender="+12125550112")


def test_what_belongs_to_nobody_is_refused(url: str) -> None:
    with pytest.raises(NotFound, match="No tenant ten_absent"):
        add_lender(url, "ten_absent")
    with pytest.raises(NotFound, match="No lender len_absent"):
        admin.add_key(url, lender="len_absent", scopes=[], label="none")


def test_without_a_clock_row_the_worlds_time_is_the_machines(ledger: Ledger) -> None:
    assert ledger.clock == Clock.real()
    assert abs(ledger.clock.now() - ledger.clock.machine_now()) < timedelta(seconds=1)


def test_every_process_reads_the_clock_that_was_stored_last(url: str, ledger: Ledger, database: Settings) -> None:
    first = Clock.starting(datetime(2026, 3, 1, 14, tzinfo=UTC), 3600)
    second = Clock.starting(datetime(2027, 3, 1, 14, tzinfo=UTC), 7200)
    for clock in (first, second):
        clock_row.store(url, clock)
        assert ledger.reload_clock() == clock
        with Ledger.open(database) as another:
            assert another.clock == clock
        for scope in (ledger.anyone, ledger.worker, ledger.relay):
            with scope() as session:
                assert clock_row.load(session) == clock
    tenant = admin.add_tenant(url, "Example Servicing")
    with ledger.worker(tenant) as session:
        made = session.execute(text("select created_at from tenant")).scalar_one()
    assert made >= second.origin


def test_a_clock_given_is_used_and_kept(url: str, database: Settings, clock: Clock) -> None:
    clock_row.store(url, Clock.starting(datetime(2026, 3, 1, 14, tzinfo=UTC), 3600))
    with Ledger.open(database, clock=clock) as ledger:
        assert ledger.reload_clock() is clock


def test_ids_are_opaque_and_never_meet() -> None:
    made = [ids.new_id("acc") for _ in range(2_000)]
    assert len(set(made)) == len(made)
    assert all(one.startswith("acc_") and len(one) == 26 and set(one[4:]) <= set(ids.ALPHABET) for one in made)
    assert len({one[4] for one in made}) > 40
