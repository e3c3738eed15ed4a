"""The month in court: what is counted, which packets are linked, and the section of the report in each language."""

import json
from pathlib import Path
from typing import Any

import pytest

from forbear.rehearsal import in_court, report
from forbear.rehearsal.demo import ORIGIN
from forbear.rehearsal.figures import Month, Row
from forbear.rehearsal.lenders import UNION
from forbear.rehearsal.words import LANGUAGES, words

SHA = "ab" * 32


def packet(name: str, profile: str, state: str, **more: Any) -> Row:
    row = {"id": name, "lender": "len_1", "legal_case": "cas_AbCdEfGhIjKl", "profile": profile, "state": state}
    return {**row, "draft": False, "pages": 7, "sha256": SHA, "asked_by": None, "missing": [], **more}


@pytest.fixture
def month() -> Month:
    lack = {"item": "notice:us.letter.final_demand:per_secret", "supplier": "legal", "problem": "x", "remedy": "y"}
    tables: dict[str, list[Row]] = {
        "lender": [{"id": "len_1", "name": UNION.name}],
        "legal_case": [
            {"id": "cas_AbCdEfGhIjKl", "path": "US-NY", "stage": "filed", "state": "open", "outcome": None},
            {"id": "cas_2", "path": "CN", "stage": "filed", "state": "closed", "outcome": "paid"},
            {"id": "cas_3", "path": None, "stage": "", "state": "open", "outcome": None},
        ],
        "packet": [
            packet("pkt_1", "us-ny.suit", "filed", asked_by="stf_clerk"),
            packet("pkt_2", "gb.claim", "prepared", draft=True),
            packet("pkt_3", "us-ny.suit", "void", missing=[lack]),
        ],
        "packet_review": [
            {"packet": "pkt_1", "verdict": "returned", "staff": "stf_lawyer"},
            {"packet": "pkt_1", "verdict": "approved", "staff": "stf_lawyer"},
        ],
        "case_clock": [{"id": "clk_1", "kind": "limitation", "state": "running"}],
        "clock_alarm": [{"clock": "clk_1", "rung": 90}, {"clock": "clk_1", "rung": -1}],
    }
    return Month([], tables, ORIGIN, ORIGIN, 30)


def court(month: Month, tmp_path: Path) -> in_court.Court:
    lines = [
        {"packet": "pkt_1", "folder": "a/us-ny.suit", "final": True, "files": {"b.pdf": "", "a.zip": "", "c.json": ""}},
        {"packet": "pkt_2", "folder": "b/DRAFT-gb.claim", "final": False, "files": {"page-002.png": "", "page-001.png": ""}},
    ]  # fmt: skip
    (tmp_path / "packets.jsonl").write_text("".join(f"{json.dumps(line)}\n" for line in lines), encoding="utf-8")
    return in_court.read(month, tmp_path, {"stf_clerk": "legal", "stf_lawyer": "lawyer"})


def test_cases_packets_and_clocks_are_counted(month: Month) -> None:
    assert in_court.counted(month) == {
        "cases": 2, "open_cases": 1, "packets": 1, "packets_by_profile": {"us-ny.suit": 1}, "drafts": 1,
        "packet_states": {"filed": 1, "prepared": 1, "void": 1}, "returned": 1, "clocks": 1, "alarms": 1, "lapses": 1,
    }  # fmt: skip


def test_packets_are_told_with_roles_and_links(month: Month, tmp_path: Path) -> None:
    final, draft = court(month, tmp_path).packets
    assert (final.asked_by, final.approved_by, final.sha256) == ("legal", "lawyer", SHA)
    assert [place for _, place in final.links] == ["packets/a/us-ny.suit/a.zip", "packets/a/us-ny.suit/b.pdf"]
    assert (draft.draft, draft.asked_by, draft.approved_by) == (True, "case", "")
    assert [place for _, place in draft.links] == ["packets/b/DRAFT-gb.claim/page-001.png"]


def test_what_was_missing_names_nobody(month: Month) -> None:
    assert in_court.Court(month).missing == [("notice:us.letter.final_demand", "legal", 1)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_report_links_the_packets_in_its_language(month: Month, tmp_path: Path, language: str) -> None:
    told: dict[str, Any] = {"days": 30, "seconds": 1.0, "violations": 0, "duplicates": 0, "lost": 0}
    page = report.render(month, told, [], language, court(month, tmp_path))
    say = words(language)
    assert all(f'href="{place}"' in page for place in ("packets/a/us-ny.suit/a.zip", "packets/a/us-ny.suit/b.pdf"))
    assert all(said in page for said in (SHA, say("court", "title"), say.of("packet", "gb.claim"), "CAS-AbCdEfGh"))
    assert in_court.stage_title("US-NY", "filed", language) in page
    assert "per_secret" not in page


def test_every_packet_path_and_clock_has_words() -> None:
    from typing import get_args

    from forbear.contracts.case_words import ClockKind
    from forbear.court.path import PATHS, PROFILES

    for language in LANGUAGES:
        say = words(language)
        assert all(say.knows("packet", each) for each in PROFILES)
        assert all(say.knows("case_path", each) for each in PATHS)
        assert all(say.knows("case_clock", each) for each in get_args(ClockKind))
