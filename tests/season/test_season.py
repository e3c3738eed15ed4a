"""Seasons without a finding: some fixed ones, some fresh ones, every one that ever failed; a thousand in `make prove`."""

import os
import secrets as chance
from collections.abc import Callable
from pathlib import Path

import pytest

from forbear.settings import Settings
from tests.season.conftest import Databases
from tests.season.options import SMALL, Options, Size
from tests.season.stand import kept_seeds, play

PROVE = os.environ.get("FORBEAR_PROVE") == "1"
FIXED, FRESH = (range(1, 11), 10) if PROVE else (range(1, 5), 4)
BATCHES, A_BATCH = 20, 50
SMALLER = Size(3, 12)


def sound(settings: Settings, seed: int, folder: Path, size: Size) -> None:
    played = play(settings, seed, folder, size=size)
    assert played.decisions, "a season in which nothing happened shows nothing"
    assert not played.findings, f"\n{played.report()}"


@pytest.mark.counted
@pytest.mark.parametrize("seed", FIXED)
def test_a_fixed_season(database: Settings, tmp_path: Path, seed: int) -> None:
    sound(database, seed, tmp_path, SMALLER)


@pytest.mark.counted
@pytest.mark.parametrize("_", range(FRESH))
def test_a_fresh_season(
    database: Settings, tmp_path: Path, record_property: Callable[[str, object], None], _: int
) -> None:
    seed = 10_000 + chance.randbelow(10**8)
    record_property("seed", seed)
    print(f"seed {seed}")  # noqa: T201  no seed may stay unprinted
    sound(database, seed, tmp_path, SMALLER)


@pytest.mark.parametrize(("seed", "size"), kept_seeds())
def test_a_season_that_once_failed(database: Settings, tmp_path: Path, seed: int, size: Size) -> None:
    sound(database, seed, tmp_path, size)


@pytest.mark.prove
@pytest.mark.timeout(1_800)
@pytest.mark.parametrize("batch", range(BATCHES))
def test_a_thousand_seasons(databases: Databases, tmp_path: Path, batch: int) -> None:
    first = 1_000 + batch * A_BATCH
    for seed in range(first, first + A_BATCH):
        with databases() as settings:
            sound(settings, seed, tmp_path / str(seed), SMALL)


def test_a_season_played_again_is_the_same_season(databases: Databases, tmp_path: Path) -> None:
    seed = 10_000 + chance.randbelow(10**8)
    played: list[str] = []
    for number in range(2):
        with databases() as settings:
            played.append(play(settings, seed, tmp_path / str(number), size=SMALL).digest)
    assert played[0] == played[1], f"seed {seed} gave two stories"


def test_the_same_number_draws_the_same_options() -> None:
    assert Options.draw(7, SMALL) == Options.draw(7, SMALL)
    assert Options.draw(7, SMALL) != Options.draw(8, SMALL)
