"""A short rehearsal with the real services: what it leaves, that it can be served again, and that it leaked nothing.

It is held once in a run of tests, however many workers look at what it left.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from forbear.rehearsal import court, demo
from forbear.services.house import House
from tests.judge.leaks import check_leaks
from tests.once import made_once, one_at_a_time
from tests.rehearsal.plain_sight import addresses_minted, histories

pytestmark = pytest.mark.timeout(400)
DAYS, ACCOUNTS = 2, 20
COURT = len(court.read_all())
"""Accounts that go to legal staff come on top of those that are outreached to."""


@pytest.fixture(scope="module")
def left(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a rehearsal whose exit status was 0."""

    def rehearse(folder: Path) -> None:
        assert demo.run(folder / "demo", DAYS, accounts=ACCOUNTS) == 0

    return made_once(tmp_path_factory, "rehearsal", rehearse) / "demo"


@pytest.fixture(scope="module")
def served(left: Path) -> Iterator[House]:
    """The same folder, served again as `forbear up` does."""
    with one_at_a_time(left), House(left) as house:
        yield house


@pytest.fixture(scope="module")
def needles(left: Path) -> list[str]:
    return (left / "needles.txt").read_text(encoding="utf-8").splitlines()


def read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def test_it_sends_collects_and_is_found_sound(left: Path) -> None:
    told = read(left / "summary.json")
    assert (told["days"], told["accounts"]) == (DAYS, ACCOUNTS + COURT)
    assert told["touches"]["sms"] > 0
    assert told["violations"] == told["duplicates"] == told["lost"] == 0
    assert 0 < told["history_events_per_touch"] <= 16
    assert read(left / "verdict.json")["findings"] == []


def test_the_worlds_log_holds_what_the_summary_counts(left: Path) -> None:
    lines = [json.loads(line) for line in (left / "carrier.jsonl").read_text(encoding="utf-8").splitlines()]
    texts = [line for line in lines if line.get("channel") == "sms"]
    assert len(texts) == read(left / "summary.json")["touches"]["sms"]
    assert all({"at", "channel", "to", "from", "sid", "ref", "status", "body_sha256"} <= line.keys() for line in texts)
    sids = {line["sid"] for line in lines if "channel" in line}
    assert all(line["sid"] in sids for line in lines if "channel" not in line)


def test_the_folder_is_served_again_and_its_clock_goes_on(left: Path, served: House) -> None:
    last = max(line["at"] for line in map(json.loads, (left / "client.jsonl").read_text().splitlines()))
    assert served.clock.speed == 7_200
    assert served.clock.now().isoformat() > last


def test_nothing_personal_in_histories_ids_and_search_attributes(
    served: House, needles: list[str], tmp_path: Path
) -> None:
    told = histories(served)
    assert "account:acc_" in told
    assert '"kind":"rest"' in told, "payloads were not decoded"
    (tmp_path / "histories.txt").write_text(told, encoding="utf-8")
    assert list(check_leaks(needles, [tmp_path / "histories.txt"])) == []


def test_nothing_personal_in_logs(served: House, needles: list[str]) -> None:
    logs = served.logs
    assert {"api.log", "worker.log"} <= {log.name for log in logs}
    assert list(check_leaks(needles, logs)) == []


def test_nothing_personal_in_addresses(left: Path, served: House, needles: list[str], tmp_path: Path) -> None:
    minted = addresses_minted(left / "sandbox" / "state.sqlite")
    assert any("/p/" in address for address in minted)
    assert any("/hooks/" in address for address in minted)
    (tmp_path / "addresses.txt").write_text("\n".join(minted), encoding="utf-8")
    assert list(check_leaks(needles, [tmp_path / "addresses.txt"])) == []


def test_the_search_would_have_found_something(left: Path, needles: list[str]) -> None:
    """The world knows the numbers, so its log must not pass."""
    assert list(check_leaks(needles, [left / "carrier.jsonl"]))
