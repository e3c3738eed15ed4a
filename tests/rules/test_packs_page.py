"""docs/packs.md is true: its table of packs counts what is shipped, and its worked change does what it says."""

import json
import re
import shutil
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from forbear.calendars import near
from forbear.errors import BadData
from forbear.rules import checkup, differences
from forbear.rules.cases import read_case
from forbear.rules.engine import check
from forbear.rules.packs import SHIPPED, Packs, load
from forbear.rules.sentences import of_permit
from forbear.rules.terms import FUNCTION_OF
from forbear.rules_cli import comparing

PAGE = Path("docs/packs.md").read_text(encoding="utf-8")
FUNCTIONS = tuple(dict.fromkeys(FUNCTION_OF.values()))
RULE = 'id = "US-NYC.SHIELD.FREQ3"'
DAYS = (date(2027, 6, 30), date(2027, 7, 1))


def table(packs: Packs) -> list[str]:
    """The table of shipped packs: rules by the function that they answer, and questions without an answer."""
    lines = [f"| pack | place | {' | '.join(f'`{each}`' for each in FUNCTIONS)} | open questions |"]
    lines.append("| --- | --- |" + " ---: |" * (len(FUNCTIONS) + 1))
    for name in sorted(packs.by_jurisdiction):
        pack = packs.by_jurisdiction[name]
        count = Counter(FUNCTION_OF[kind] for kind in {terms.rule: terms.kind for terms in pack.terms}.values())
        asked = sum(not question.get("answer") for question in checkup.asked(pack))
        cells = [str(count[each] or "") for each in FUNCTIONS] + [str(asked or "")]
        lines.append(f"| `{name}` | {pack.title} | {' | '.join(cells)} |")
    return lines


def test_the_table_of_packs_is_true() -> None:
    wanted = "\n".join(table(load()))
    assert wanted in PAGE, f"put this table into docs/packs.md:\n{wanted}"


def blocks(language: str) -> list[str]:
    worked = PAGE.partition("## A change, worked")[2].partition("\n## ")[0]
    return re.findall(rf"```{language}\n(.*?)```", worked, re.DOTALL)


def changed(folder: Path, version: str, *, ended: bool = True) -> Path:
    """The shipped packs with the page's version added to the rule."""
    shutil.copytree(SHIPPED, folder)
    file = folder / "us_nyc.toml"
    head, tail = file.read_text(encoding="utf-8").split(RULE, 1)
    body, rest = tail.split("added = 2026-11-22\n", 1)
    if ended:
        body = body.replace("from = 2027-01-01\n", "from = 2027-01-01\nto = 2027-07-01\n", 1)
    file.write_text(f"{head}{RULE}{body}added = 2026-11-22\n\n{version}{rest}", encoding="utf-8")
    return folder


def test_the_worked_change_differs_as_the_page_shows(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    [version] = blocks("toml")
    for each in differences.in_law(load(changed(tmp_path / "packs", version)), *DAYS):
        comparing.tell(each)
    shown = next(block for block in blocks("console") if "rules diff 2027-06-30" in block)
    assert capsys.readouterr().out.strip() in shown


def test_the_worked_change_answers_as_the_page_shows(tmp_path: Path) -> None:
    [version], [given] = blocks("toml"), blocks("json")
    shown = next(block for block in blocks("console") if "rules check --explain" in block)
    for packs in (load(changed(tmp_path / "packs", version)), load()):
        attempt, facts, now = read_case(json.loads(given), packs, near)
        assert of_permit(check(attempt, facts, packs, now), packs, "en") in shown


@pytest.mark.parametrize("wrong", ["overlap", "number"])
def test_the_mistakes_that_the_page_shows_are_refused_as_it_says(tmp_path: Path, wrong: str) -> None:
    [version] = blocks("toml")
    if wrong == "number":
        version = version.replace("At most 2 attempts", "At most a few attempts")
    with pytest.raises(BadData) as refused:
        load(changed(tmp_path / "packs", version, ended=wrong != "overlap"))
    shown = next(block for block in blocks("console") if "overlaps an earlier one" in block)
    assert re.sub(r"^.*toml:\d+: ", "", str(refused.value)) in shown


def test_every_command_of_the_page_exists() -> None:
    from forbear.rules_cli.group import rules

    known = {command.name for command in rules.registered_commands}
    named = set(re.findall(r"forbear rules ([a-z-]+)", PAGE))
    assert named == known
