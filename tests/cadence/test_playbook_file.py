"""What a playbook may say of people's steps, and what is refused with its line."""

from pathlib import Path

import pytest

from forbear.cadence.playbooks import FOLDER, After, load
from forbear.errors import BadData

HEAD = """[playbook]
name = "tried"
version = "1"
title = "Tried"
currencies = ["CNY"]
lender_roles = ["original_creditor"]
languages = ["en"]
"""
STEP = """
[[step]]
id = "one"
title = "One"
from_day = 1
to_day = 9
channel = "{channel}"
party = "borrower"
template = "t"
at_most = 1
gap_days = 1
"""


def written(folder: Path, *steps: str, head: str = "", end: str = "") -> Path:
    path = folder / "tried.toml"
    path.write_text(HEAD + head + "".join(steps) + end, "utf-8")
    return path


def step(channel: str = "call", more: str = "", id_: str = "one") -> str:
    return STEP.format(channel=channel).replace('"one"', f'"{id_}"') + more


def test_what_a_person_does_is_read_whole(tmp_path: Path) -> None:
    more = (
        'by = "person"\nstaff = "supervisor"\nwhen = "unreachable"\nunless = "cause:family"\nafter = ["two:served"]\n'
    )
    more += 'requires = ["cause", "promise", "credit_harm"]\nopen_days = 2\n'
    book = load(written(tmp_path, step(more=more), step("letter", 'required = "served"\n', "two")))
    one, two = book.steps
    assert (one.by, one.staff, one.when, one.unless, one.open_days) == (
        "person",
        "supervisor",
        "unreachable",
        "cause:family",
        2,
    )
    assert one.after == (After("two", "served", two.template),)
    assert one.requires == ("cause", "promise", "credit_harm")
    assert (two.by, two.required) == ("machine", "served")


def test_a_visit_is_a_persons_and_the_first_day_late_may_be_called_0(tmp_path: Path) -> None:
    path = written(tmp_path, step("visit").replace("from_day = 1", "from_day = 0"), head="first_day = 0\n")
    (one,) = load(path).steps
    assert (one.by, one.staff, one.from_day, one.to_day, one.open_days) == ("person", "officer", 1, 10, 7)


@pytest.mark.parametrize(
    ("channel", "more", "reason"),
    [
        ("visit", 'by = "machine"', "a visit is never made by a machine"),
        ("letter", 'by = "person"', "a letter is never made by a person"),
        ("sms", 'by = "person"', "a sms is never made by a person"),
        ("call", 'staff = "caller"', "staff is for what a person does"),
        ("letter", 'requires = ["cause"]', "requires is for what a person does"),
        ("call", 'by = "person"\nstaff = "chief"', "is not one of"),
        ("call", 'when = "cause:lazy"', "is not one of"),
        ("call", 'after = ["three"]', "there is no other step 'three'"),
        ("call", 'after = ["one"]', "there is no other step 'one'"),
        ("letter", 'required = "threatened"', "is not one of"),
        ("letter", 'required = "made"\noptional = true', "is not optional"),
        ("sms", 'optional = "yes"', "must be true or false"),
    ],
)
def test_what_cannot_be_is_refused_with_its_line(tmp_path: Path, channel: str, more: str, reason: str) -> None:
    with pytest.raises(BadData, match=reason) as refused:
        load(written(tmp_path, step(channel, f"{more}\n")))
    assert refused.value.line is not None


@pytest.mark.parametrize("party", ["guarantor", "counter_guarantor", "spouse", "contact", "attorney"])
def test_a_machine_calls_nobody_but_who_owes(tmp_path: Path, party: str) -> None:
    path = written(tmp_path, step().replace('party = "borrower"', f'party = "{party}"'))
    with pytest.raises(BadData, match=r'let a person call \(by = "person"\)') as refused:
        load(path)
    assert refused.value.line == path.read_text("utf-8").splitlines().index(f'party = "{party}"') + 1
    path = written(tmp_path, step(more='by = "person"\n').replace('party = "borrower"', f'party = "{party}"'))
    assert load(path).steps[0].party == party
    assert load(written(tmp_path, step().replace('party = "borrower"', 'party = "co_borrower"'))).steps


@pytest.mark.parametrize(
    ("head", "end", "reason"),
    [
        ('letter_route = "pigeon"\n', "", "is not one of print_room, lob"),
        ("first_day = 2\n", "", "must be at most 1"),
        ("contacts_in_7_days = 9\n", "", "must name its `source`"),
        ("", '\n[repaid]\nmatter = "shame"\ntitle = "x"\n', "is not one of blacklist_proposal"),
        (
            "",
            '\n[escalation]\nfrom_day = 9\nmatter = "m"\ntitle = "t"\nafter = ["no"]\n',
            "there is no other step 'no'",
        ),
        ("", '\n[escalation]\nfrom_day = 9\nmatter = "m"\ntitle = "t"\nsooner_from_day = 3\n', "must be a text"),
    ],
)
def test_so_is_a_head_or_an_end(tmp_path: Path, head: str, end: str, reason: str) -> None:
    with pytest.raises(BadData, match=reason):
        load(written(tmp_path, step("letter"), head=head, end=end))


def test_a_figure_above_the_products_own_names_its_source_in_every_shipped_file() -> None:
    for path in FOLDER.glob("*.toml"):
        book = load(path)
        assert book.contacts_in_7_days <= 3 or book.source
