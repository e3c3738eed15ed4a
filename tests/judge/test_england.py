"""The judge on somebody in England: day is by London's clock, and each paper before court comes after the one before."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from tests.judge.england import ARREARS, CLAIM, DEFAULT, check_papers
from tests.judge.handwork import Carried, Works
from tests.judge.reading import Allowances, Client, Record, World, instant
from tests.judge.silences import Case
from tests.judge.story import BO, Story, a_true_story
from tests.judge.test_judge import judged

BO_IN_ENGLAND = "+447700900102"


def in_england() -> Story:
    """Bo lives in London, has a number there, and was told to be under the law of England."""
    true = a_true_story()
    story = Story(*(_moved(rows) for rows in (true.world, true.client, true.ledger)))
    story.told(account="acc_bo")["countries"] = ["GB"]
    return story


def _moved(rows: list[dict[str, object]]) -> list[dict[str, object]]:
    return json.loads(json.dumps(rows).replace(BO, BO_IN_ENGLAND).replace("America/Denver", "Europe/London"))


@pytest.mark.parametrize(
    ("at", "found"),
    [
        ("2026-10-26T20:58:00Z", []),
        ("2026-10-26T21:00:00Z", [("unlawful", "hours", "tch_2")]),
        ("2026-10-27T07:59:00Z", [("unlawful", "hours", "tch_2")]),
        ("2026-10-27T08:00:00Z", []),
    ],
)
def test_day_is_from_8_to_21_by_londons_clock(at: str, found: list[tuple[str, str, str]], tmp_path: Path) -> None:
    story = in_england()
    story.row("touch", id="tch_2")["claimed_at"] = at
    story.line(ref="tch_2")["at"] = at.replace(":00Z", ":20Z")
    story.line(sid="SMtch_2", status="delivered")["at"] = at.replace(":00Z", ":40Z")
    assert judged(story, tmp_path)[2] == found


FIRST = instant("2026-03-02T09:00:00Z")


def papers(*printed: tuple[str, int], account: str = "acc_1", other: str = "") -> list[str]:
    """What the judge finds of letters that were printed, each on a day; the first of them about another account."""
    works, rows = Works(), list[dict[str, object]]()
    for number, (template, day) in enumerate(printed):
        own = other if other and number == 0 else account
        rows.append({"table": "touch", "id": f"tch_{number}", "account": own, "template": template})
        works.carried.append(Carried(FIRST + timedelta(days=day), f"tch_{number}", "printed", None))
    case = Case(World(), Client(), Record({"touch": rows}), Allowances(FIRST + timedelta(days=200)), works)
    return [finding.subject for finding in check_papers(case)]


def test_papers_in_their_order_and_time_are_right() -> None:
    assert papers((ARREARS, 31), (DEFAULT, 76), (CLAIM, 98)) == []


@pytest.mark.parametrize(
    ("printed", "found"),
    [
        (((DEFAULT, 76),), ["tch_0"]),
        (((DEFAULT, 76), (ARREARS, 77)), ["tch_0"]),
        (((ARREARS, 31), (CLAIM, 98)), ["tch_1"]),
        (((ARREARS, 31), (DEFAULT, 76), (CLAIM, 92)), ["tch_2"]),
        (((CLAIM, 98),), ["tch_0"]),
    ],
)
def test_one_that_was_jumped_or_hurried_is_found(printed: tuple[tuple[str, int], ...], found: list[str]) -> None:
    assert papers(*printed) == found


def test_another_accounts_notice_counts_for_nothing() -> None:
    assert papers((ARREARS, 31), (DEFAULT, 76), other="acc_2") == ["tch_1"]
