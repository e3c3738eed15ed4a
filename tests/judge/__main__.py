"""The judge's command: the logs in, one verdict out.

    python -m tests.judge --world carrier.jsonl --client client.jsonl --ledger ledger.jsonl --out verdict.json

Exit status 0 if there is no finding, 1 if there is one. Imports nothing of what it judges.
"""

import argparse
import json
import sys
from datetime import timedelta
from pathlib import Path

from tests.judge.books import check_books
from tests.judge.calls import check_calls
from tests.judge.courts import check_courts
from tests.judge.england import check_papers
from tests.judge.finding import Verdict
from tests.judge.handwork import Works, read_works
from tests.judge.lawful import check_texts
from tests.judge.leaks import check_leaks
from tests.judge.letters import check_letters
from tests.judge.reading import Allowances, Client, Record, World, instant, read_client, read_record, read_world
from tests.judge.routes import check_routes
from tests.judge.silences import Case, silences
from tests.judge.visits import check_visits
from tests.judge.waiting import check_waiting, recovered

MACHINE_PATIENCE, MACHINE_SLACK, MACHINE_GRACE = timedelta(seconds=30), timedelta(seconds=2), timedelta(seconds=20)
"""How long processes on one machine may take; multiplied by the world's speed. The grace covers a sweep's round."""


def allowances(world: World, record: Record, now: str | None) -> Allowances:
    """What a rehearsal's speed makes of the machine's own delays; never less than the defaults."""
    at = instant(now) if now else world.last_at
    least = Allowances(at)
    return Allowances(
        at,
        patience=max(least.patience, MACHINE_PATIENCE * record.speed),
        slack=max(least.slack, MACHINE_SLACK * record.speed),
        grace=max(least.grace, MACHINE_GRACE * record.speed),
    )


def judge(
    world: World,
    client: Client,
    record: Record,
    allowed: Allowances,
    works: Works | None = None,
    *,
    packets: Path | None = None,
) -> Verdict:
    works = works or Works()
    works.touches = {row["id"]: row["touch"] for row in record.rows("task") if row["touch"]}
    case = Case(world, client, record, allowed, works)
    quiet = silences(case)
    other_ways = [*check_calls(case, quiet), *check_letters(case, quiet), *check_visits(case, quiet)]
    texts = [*check_texts(case), *check_routes(case), *check_books(case), *check_waiting(case)]
    return Verdict([*texts, *other_ways, *check_papers(case), *check_courts(case, packets)], recovered(case))


def main(arguments: list[str] | None = None) -> int:
    given = _parse(arguments)
    world, record = read_world(given.world), read_record(given.ledger)
    client, works = read_client(given.client), read_works(given.staff)
    verdict = judge(world, client, record, allowances(world, record, given.now), works, packets=given.packets)
    if given.needles:
        verdict.findings += check_leaks(given.needles.read_text(encoding="utf-8").splitlines(), given.text)
    given.out.write_text(json.dumps(verdict.to_json(), indent=2) + "\n", encoding="utf-8")
    return 0 if verdict.clean else 1


def _parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.judge", description=__doc__)
    parser.add_argument("--world", type=Path, required=True, help="what the sandbox logged")
    parser.add_argument("--client", type=Path, required=True, help="what was acknowledged to the lender's client")
    parser.add_argument("--ledger", type=Path, required=True, help="a dump of the ledger")
    parser.add_argument("--staff", type=Path, help="what the lenders' staff wrote down of their own work")
    parser.add_argument("--packets", type=Path, help="the folder of packets that legal staff fetched")
    parser.add_argument("--out", type=Path, required=True, help="where the verdict goes")
    parser.add_argument("--now", help="world instant of the dump; without it the last one in the world's log")
    parser.add_argument("--needles", type=Path, help="personal strings, one a line")
    parser.add_argument("--text", type=Path, nargs="*", default=[], help="files that must hold none of them")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
