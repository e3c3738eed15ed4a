"""`forbear rules` without a database: what it lists, shows, checks, compares and prints, at a terminal and in a pipe."""

import json
from html.parser import HTMLParser
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from forbear.errors import BadInput, NotFound
from forbear.rules.packs import load
from forbear.rules_cli.group import rules

VECTORS = Path("tests/vectors/contact.jsonl")
VOID = {"meta", "br", "hr", "link", "img", "input"}


def ask(*arguments: str, given: str | None = None) -> Result:
    return CliRunner().invoke(rules, list(arguments), input=given)


def test_a_list_in_a_pipe_is_a_line_for_each_version_with_tabs() -> None:
    answer = ask("list", "--jurisdiction", "US-NYC")
    assert answer.exit_code == 0
    lines = [line.split("\t") for line in answer.output.splitlines()]
    assert {len(line) for line in lines} == {7}
    pack = load().by_jurisdiction["US-NYC"]
    assert [line[0] for line in lines] == [terms.rule for terms in pack.terms]


def test_a_list_can_be_json_of_a_day_and_of_what_nobody_read() -> None:
    found = json.loads(ask("list", "--on", "2027-01-01", "--function", "check", "--json").output)
    assert {rule["function"] for rule in found} == {"check"}
    doubtful = ask("list", "--unverified").output
    assert "from memory" in doubtful
    assert "US.REGF.WRONGNO Q4: " in doubtful


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (["list", "--jurisdiction", "XX"], NotFound),
        (["show", "US.NONE"], NotFound),
        (["list", "--on", "soon"], BadInput),
        (["list", "--language", "fr"], BadInput),
        (["diff", "2026-12-31", "2027-13-01"], BadInput),
        (["explain", "acc_1", "--at", "2026-03-02T09:00:00"], BadInput),
        (["check", "-", "--explain", "fr"], BadInput),
        (["print", "--jurisdiction", "XX"], NotFound),
    ],
)
def test_what_cannot_be_read_says_what_to_give(arguments: list[str], error: type[Exception]) -> None:
    answer = ask(*arguments, given="{}")
    assert isinstance(answer.exception, error), answer.output
    assert len(str(answer.exception).splitlines()) == 1


def test_a_rule_is_shown_with_its_source_its_doubts_and_its_cases() -> None:
    answer = ask("show", "US.REGF.FREQ7").output
    for part in ("12 CFR 1006.14", "presumption", "read on 2026-11-21", "Question Q1", "limit = 7", "Cases: "):
        assert part in answer
    assert json.loads(ask("show", "US.REGF.FREQ7", "--json").output)["cases"]


def test_two_days_are_compared() -> None:
    answer = ask("diff", "2026-12-31", "2027-01-01", "--jurisdiction", "US-NYC").output
    assert "- US-NYC.FREQ2  ended" in answer
    assert "+ US-NYC.SHIELD.FREQ3  begun" in answer
    assert "nothing differs" in ask("diff", "2027-01-01", "2027-01-01").output
    believed = json.loads(ask("diff", "2026-11-21", "2026-11-22", "--believed", "--json").output)
    assert {each["what"] for each in believed} <= {"begun", "changed", "ended"}
    assert any(each["jurisdiction"] == "US-NYC" and each["what"] == "begun" for each in believed)


@pytest.mark.parametrize(
    ("language", "told"), [("en", "Held until Tue 1 December 2026, 08:00"), ("zh-Hans", "暂缓至2026年12月1日")]
)
def test_a_checked_case_says_why_where_that_is_asked(language: str, told: str) -> None:
    first = VECTORS.read_text(encoding="utf-8").splitlines()[0]
    plain, explained = (
        json.loads(ask("check", "-", *more, given=first).output) for more in ((), ("--explain", language))
    )
    assert explained.pop("sentence").startswith(told)
    assert explained == plain


class Tags(HTMLParser):
    """Which tags were opened and are still open, which ids there are and which are linked to."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()
        self.ids: list[str] = []
        self.links: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.seen.add(tag)
        self.ids += [given["id"] or ""] if "id" in given else []
        self.links |= {(given["href"] or "").removeprefix("#")} if "href" in given else set()
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.mark.parametrize("language", ["en", "zh-Hans"])
def test_the_print_has_a_page_and_a_line_to_sign_for_every_rule(tmp_path: Path, language: str) -> None:
    out = tmp_path / "rules.html"
    assert ask("print", "--out", str(out), "--language", language).exit_code == 0
    html, tags = out.read_text(encoding="utf-8"), Tags()
    tags.feed(html)
    assert tags.open == []
    assert "script" not in tags.seen
    assert "http" not in html.replace("http-equiv", "")
    packs = load()
    rules_of = {terms.rule for pack in packs.by_jurisdiction.values() for terms in pack.terms}
    assert sorted(tags.ids) == sorted(rules_of | packs.by_jurisdiction.keys())
    assert tags.links == rules_of
    assert html.count('class="sign"') == len(rules_of)
    for pack in packs.by_jurisdiction.values():
        assert pack.version in html


def test_the_print_of_one_place_goes_to_standard_output() -> None:
    answer = ask("print", "--jurisdiction", "US-NYC").output
    assert "US-NYC.SHIELD.FREQ3" in answer
    assert 'US.REGF.HOURS"' not in answer
