"""Playbooks load whole or not at all, and a refusal names the line and the reason."""

from pathlib import Path

import pytest

from forbear.cadence.playbooks import load, load_all
from forbear.errors import BadData

GOOD = """[playbook]
name = "test"
version = "1"
title = "A test"
currencies = ["USD"]
lender_roles = ["original_creditor"]
languages = ["en"]

[[step]]
id = "one"
title = "The first"
from_day = 1
to_day = 30
channel = "sms"
party = "borrower"
template = "reminder-friendly"
at_most = 2
gap_days = 3

[[step]]
id = "two"
title = "The second"
from_day = 31
to_day = 60
channel = "sms"
party = "borrower"
template = "reminder-talk"
at_most = 2
gap_days = 3
"""


def test_shipped_playbooks_load() -> None:
    books = load_all()
    assert "us-first-party" in books
    assert [step.id for step in books["us-first-party"].steps] == ["promise-missed", "friendly", "firm", "late"]


def test_a_good_file_is_read_whole(tmp_path: Path) -> None:
    book = load(_file(tmp_path, GOOD))
    assert (book.name, book.contacts_in_7_days, book.escalation) == ("test", 3, None)
    assert [(step.id, step.from_day, step.to_day, step.when) for step in book.steps] == [
        ("one", 1, 30, "always"),
        ("two", 31, 60, "always"),
    ]


@pytest.mark.parametrize(
    ("old", "new", "line", "reason"),
    [
        (
            'channel = "sms"\nparty = "borrower"\ntemplate = "reminder-talk"',
            'channel = "fax"\nparty = "borrower"\ntemplate = "reminder-talk"',
            25,
            "channel 'fax' is not one of",
        ),
        ("to_day = 60", "to_day = 6", 24, "before it starts"),
        ('id = "two"', 'id = "one"', 21, "used twice"),
        ("from_day = 31", "from_day = 0", 23, "at least 1"),
        ("gap_days = 3\n\n[[step]]", 'gap_days = "3"\n\n[[step]]', 18, "whole number"),
        ("at_most = 2", "at_most = true", 17, "whole number"),
        ('title = "A test"', 'titel = "A test"', 4, "unknown key 'titel'"),
        ('lender_roles = ["original_creditor"]', 'lender_roles = ["bank"]', 6, "'bank' is not one of"),
        ('currencies = ["USD"]', "currencies = []", 5, "at least one word"),
        ('name = "test"', 'name = ""', 2, "must be a text"),
        ('title = "A test"', 'title = "A test"\ncontacts_in_7_days = 5', 5, "must name its `source`"),
        ('version = "1"', 'version = "1', 3, "not TOML"),
        ('title = "A test"', 'title = "A test"\nsms_route = "pigeon"', 5, "sms_route 'pigeon' is not one of"),
    ],
)
def test_a_bad_file_is_refused_with_line_and_reason(tmp_path: Path, old: str, new: str, line: int, reason: str) -> None:
    assert old in GOOD
    with pytest.raises(BadData, match=reason) as caught:
        load(_file(tmp_path, GOOD.replace(old, new, 1)))
    assert caught.value.line == line


def test_a_figure_above_three_with_its_source_is_taken(tmp_path: Path) -> None:
    text = GOOD.replace('title = "A test"', 'title = "A test"\ncontacts_in_7_days = 5\nsource = "agreed in writing"', 1)
    assert load(_file(tmp_path, text)).contacts_in_7_days == 5


def test_two_files_of_one_name_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(GOOD, "utf-8")
    (tmp_path / "b.toml").write_text(GOOD, "utf-8")
    with pytest.raises(BadData, match="used by another playbook"):
        load_all(tmp_path)


def _file(folder: Path, text: str) -> Path:
    path = folder / "test.toml"
    path.write_text(text, "utf-8")
    return path
