"""`forbear verify` reads what officers captured: a file that was changed, swapped or lost is named."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from forbear.ledger import audit
from forbear.ledger.engine import make_engine
from forbear.ledger.tables.visits import VisitEvidence
from forbear.ledger.verify import verify_command
from forbear.ledger.visits_evidence import Captured, take
from forbear.settings import Settings
from tests.conftest import Hands
from tests.ledger.house import House
from tests.ledger.visiting import Crew, crew_of, photo


@pytest.fixture
def house(database: Settings, hands: Hands) -> Iterator[House]:
    """An installation of its own: what one test spoils, every later verification would name."""
    house = House(database, hands)
    yield house
    house.close()


@pytest.fixture
def crew(house: House) -> Crew:
    return crew_of(house)


@pytest.fixture
def captured(crew: Crew) -> list[VisitEvidence]:
    """Two photos and the note of a report."""
    visit, _, _ = crew.under_way()
    for number, colour in enumerate(("navy", "maroon")):
        with crew.desk(crew.one) as desk:
            take(desk, visit, Captured(f"shot-{number}", "photo", photo(colour)))
    crew.report(visit, note="The blue gate was locked.")
    with crew.house.worker() as session:
        rows = select(VisitEvidence).where(VisitEvidence.visit == visit).order_by(VisitEvidence.at, VisitEvidence.id)
        return list(session.scalars(rows))


def file_of(house: House, row: VisitEvidence) -> Path:
    return Path(house.settings.data) / "evidence" / row.stored_sha256[:2] / row.stored_sha256[2:]


def verified(house: House) -> tuple[int, list[str]]:
    """Exit status, and what was said of this tenant's evidence."""
    said: list[str] = []
    audit.seal(house.ledger, house.settings.data)
    status = verify_command(house.ledger, house.settings.data, said.append)
    return status, [line for line in said if "evd_" in line and "unsealed" not in line]


def test_what_was_captured_stands(house: House, captured: list[VisitEvidence]) -> None:
    assert sorted(row.kind for row in captured) == ["note", "photo", "photo"]
    assert verified(house) == (0, [])


@pytest.mark.parametrize("kind", ["note", "photo"])
@pytest.mark.parametrize("harm", ["changed", "deleted"])
def test_a_file_that_differs_or_is_missing_is_named(
    house: House, captured: list[VisitEvidence], kind: str, harm: str
) -> None:
    row = next(each for each in captured if each.kind == kind)
    path = file_of(house, row)
    if harm == "changed":
        path.write_bytes(path.read_bytes()[:-1] + b"x")
    else:
        path.unlink()
    status, lines = verified(house)
    assert status == 1
    assert len(lines) == 1
    assert f"{house.tenant}: {harm}: the file of {kind} {row.id}" in lines[0]


def test_a_file_under_anothers_name_is_not_what_was_captured(house: House, captured: list[VisitEvidence]) -> None:
    """Whoever may write the rows too: one photo's file is put in place of the other's."""
    one, other = (each for each in captured if each.kind == "photo")
    with make_engine(house.migrator).begin() as connection:
        connection.execute(text("alter table visit_evidence disable trigger user"))
        swapped = text("update visit_evidence set stored_sha256 = :theirs where id = :mine")
        connection.execute(swapped, {"theirs": other.stored_sha256, "mine": one.id})
        connection.execute(text("alter table visit_evidence enable trigger user"))
    status, lines = verified(house)
    assert status == 1
    assert any(f"changed: the file of photo {one.id}" in line and "does not open" in line for line in lines)


def test_what_went_with_an_erased_person_is_no_fault(house: House, captured: list[VisitEvidence]) -> None:
    row = captured[0]
    with Session(make_engine(house.migrator)) as session, session.begin():
        house.ledger.vault.erase(session, lender=row.lender, person=row.person, at=house.now)
    file_of(house, row).unlink()
    assert verified(house) == (0, [])
