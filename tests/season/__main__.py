"""Plays seasons: one again after a failure, or many.

    .venv/bin/python -m tests.season --seed 8123
    .venv/bin/python -m tests.season --seed 1 --count 100 --people 2 --days 9

Exit status 0 if no season has a finding, 1 if one has; its report says how to play it alone.
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path

from tests.season.options import USUAL, Size
from tests.season.stand import Played, Stand, play, stand


def main(arguments: list[str] | None = None) -> int:
    given = _parse(arguments)
    size = Size(given.people, given.days)
    failed = False
    with tempfile.TemporaryDirectory(prefix="season-") as folder, stand(Path(folder)) as here:
        for seed in range(given.seed, given.seed + given.count):
            began = time.perf_counter()  # how fast a season is played: the machine's time, not the world's
            played = _one(here, seed, Path(folder, f"seed-{seed}"), size)
            took = time.perf_counter() - began
            failed = failed or bool(played.findings)
            rate = played.account_days / took
            sys.stdout.write(
                f"seed {seed}: {len(played.findings)} findings, {played.texts} texts, {played.decisions} decisions, "
                f"{played.account_days} account-days, {rate:.0f} a second, {played.digest[:16]}\n"
            )
            if played.findings:
                sys.stdout.write(f"{played.report()}\n")
            elif given.story:
                sys.stdout.write("\n".join([*played.tail, ""]))
    return int(failed)


def _one(here: Stand, seed: int, folder: Path, size: Size) -> Played:
    with here.database() as settings:
        return play(settings, seed, folder, size=size)


def _parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.season", description=__doc__)
    parser.add_argument("--seed", type=int, required=True, help="the first season's number")
    parser.add_argument("--count", type=int, default=1, help="how many seasons, one number after the other")
    parser.add_argument("--people", type=int, default=USUAL.people, help="about how many people; the seed varies it")
    parser.add_argument("--days", type=int, default=USUAL.days, help="how many days before everything heals")
    parser.add_argument("--story", action="store_true", help="print the last events of a sound season too")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
