"""The bench works from end to end, on sizes that measure nothing; how fast anything is, no test says."""

import json
from pathlib import Path

import pytest

from benchmarks.__main__ import main
from benchmarks.figure import Figure, costs, in_turns, rates


@pytest.mark.timeout(600)
def test_the_bench_prints_a_table_and_writes_its_figures(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    results = tmp_path / "bench.json"
    main(["--tiny", "--results", str(results)])
    told = json.loads(results.read_text("utf-8"))
    names = [each["name"] for each in told]
    assert len(set(names)) == len(names) == 26
    printed = capsys.readouterr().out
    for each in told:
        assert each["name"] in printed
        assert each["ours"] > 0
        assert each["limit"] > 0
        assert each["ratio"] == pytest.approx(each["ours"] / each["limit"])
    events = next(each for each in told if each["unit"] == "events")
    assert events["met"], "an undisturbed touch has more history events than it may"
    kept = next(each for each in told if each["name"].startswith("receipts stored"))
    assert kept["ours"] == kept["limit"], "a callback was acknowledged and is not in the record, or the reverse"


def test_a_goal_is_the_least_of_a_rate_and_the_most_of_a_cost() -> None:
    def met(figure: Figure) -> bool | None:
        return figure.met

    assert met(rates("r", "1/s", [6.0, 7.0, 1.0], [10.0, 10.0, 10.0], 0.6))
    assert not met(rates("r", "1/s", [5.0], [10.0], 0.6))
    assert met(costs("c", "µs", [9.0], [1.0], 10.0))
    assert not met(costs("c", "µs", [11.0], [1.0], 10.0))
    assert met(rates("r", "1/s", [1.0], [1.0], None)) is None


def test_sides_take_turns_at_beginning() -> None:
    order: list[str] = []

    def side(name: str) -> float:
        order.append(name)
        return float(len(order))

    ours, limit = in_turns(lambda: side("ours"), lambda: side("limit"), 2)
    assert order == ["ours", "limit", "limit", "ours"]
    assert (ours, limit) == ([1.0, 4.0], [2.0, 3.0])
