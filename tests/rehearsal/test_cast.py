"""Who lives in the world: the same people for the same seed, with habits the sandbox knows."""

import json
from collections import Counter
from pathlib import Path

from forbear.rehearsal import cast
from forbear.rehearsal.portfolio import EXAMPLE, read, read_all
from forbear.sandbox.habits import HABITS
from forbear.sandbox.people import load

LOANS = read(EXAMPLE)


def test_the_same_seed_is_the_same_month() -> None:
    assert cast.draw(LOANS, 3) == cast.draw(LOANS, 3)
    assert cast.draw(LOANS, 3) != cast.draw(LOANS, 4)


def test_every_habit_occurs_and_the_sandbox_knows_it() -> None:
    drawn = Counter(cast.draw(LOANS, 1).values())
    assert drawn.keys() == cast.SHARES.keys() | {"landline"}
    assert drawn.keys() <= HABITS.keys()


def test_a_landline_is_one_whatever_the_draw() -> None:
    habits = cast.draw(LOANS, 1)
    assert {habits[loan.phone] for loan in LOANS if loan.row["phone_type"] == "landline"} == {"landline"}


def test_the_sandbox_reads_the_file_and_nobody_else_does(tmp_path: Path) -> None:
    path = cast.write(LOANS, cast.draw(LOANS, 1), tmp_path)
    assert len(load(path)) == len({loan.phone for loan in LOANS})
    assert path.stat().st_mode & 0o077 == 0
    assert all(person["zone"] for person in json.loads(path.read_text(encoding="utf-8")))


def test_both_countries_have_a_mixed_cast_that_does_not_depend_on_the_other(tmp_path: Path) -> None:
    both = read_all()
    drawn = cast.draw(both, 1)
    chinese = {phone: habit for phone, habit in drawn.items() if phone.startswith(cast.CHINESE)}
    assert set(chinese.values()) == cast.IN_CHINA.keys()
    assert cast.IN_CHINA.keys() <= HABITS.keys()
    assert cast.draw(LOANS, 1).items() <= drawn.items()
    load(cast.write(both, drawn, tmp_path))


def test_everyone_with_a_phone_lives_in_the_world() -> None:
    both = read_all()
    phones = {party.phone for loan in both for party in loan.parties}
    assert cast.draw(both, 1).keys() == phones
