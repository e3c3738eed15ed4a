"""Fields that papers of packets share: a paper may ask for one on a condition, and for columns of its rows."""

from pathlib import Path

import pytest

from forbear.documents.fields import Condition
from forbear.documents.registry import Kind, read_kind
from forbear.errors import BadData

SHARED = """
[field.insured]
label = { en = "Is it insured?" }
type = "yes_no"

[field.policy_no]
label = { en = "Number of the policy" }
type = "text"

[field.parties]
label = { en = "Parties" }
type = "rows"

[field.parties.row.name]
label = { en = "Name" }
type = "text"
required = true

[field.parties.row.phone]
label = { en = "Telephone" }
type = "text"
"""
PAPER = """
id = "test.claim"
jurisdiction = "*"
version = 1
sheet = "court-a4"
signer = "creditor"
approval = "none"
channels = []
parties = []
legal_basis = []
valid_from = 2026-01-01
reviewer = ""
needs = ["insured"]
takes = ["policy_no", "parties"]

[title]
en = "A claim"

[when]
policy_no = "insured"

[columns]
parties = ["phone"]
"""


def read(folder: Path, paper: str) -> Kind:
    """The paper, read from a folder of packets of its own."""
    home = folder / "packets" / "test-claim"
    home.mkdir(parents=True)
    (home.parent / "fields.toml").write_text(SHARED, "utf-8")
    (home / "paper.toml").write_text(paper, "utf-8")
    (home / "en.html").write_text('{% extends "court.html" %}', "utf-8")
    (home / "elements.toml").write_text("", "utf-8")
    return read_kind("test-claim", home.parent)


def test_a_paper_asks_for_more_than_the_fields_it_shares(tmp_path: Path) -> None:
    fields = read(tmp_path, PAPER).fields
    assert fields["insured"].required
    assert fields["policy_no"].when == Condition("insured")
    assert {name: each.required for name, each in fields["parties"].columns.items()} == {"name": True, "phone": True}


@pytest.mark.parametrize(
    ("was", "becomes", "said"),
    [
        ('policy_no = "insured"', 'insured = "policy_no"', "when is for fields under takes"),
        ('policy_no = "insured"', "policy_no = true", "[when] must name fields"),
        ('policy_no = "insured"', 'policy_no = "secured"', "names 'secured', which is no other field"),
        ('parties = ["phone"]', 'parties = ["fax"]', "columns has 'fax', which is no column of 'parties'"),
        ('parties = ["phone"]', 'witnesses = ["phone"]', "columns has 'witnesses', which it does not take"),
        ('parties = ["phone"]', 'parties = "phone"', "[columns] must name fields"),
    ],
)
def test_what_it_asks_for_and_cannot_have_is_refused(was: str, becomes: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(BadData) as no:
        read(tmp_path, PAPER.replace(was, becomes))
    assert said in str(no.value)
