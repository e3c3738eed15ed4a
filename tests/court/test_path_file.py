"""A path's file that could not be walked is refused, with its key and what to write instead."""

from pathlib import Path

import pytest

from forbear.contracts.case_words import CASE_KINDS
from forbear.court.conditions import HOLDS
from forbear.court.eligibility import CHECKED
from forbear.court.path import PATHS, PROFILES
from forbear.court.path_file import read
from forbear.court.path_words import ALONE, CHECKS, OF
from forbear.court.paths import FOLDER, load_all, path_for
from forbear.errors import BadData

US = (FOLDER / "us.toml").read_text("utf-8")
REFUSED = [
    ("[clock.validation]", "[clock.validity]", "validity", "known are"),
    ('nature = "waiting"\nduty = "dispute_in_writing"', 'nature = "waiting"\nlength = 3', "length", "known are"),
    ('id = "filed"\n', 'id = "filed"\ncolour = "red"\n', "stage filed.colour", "known are"),
    (
        'stage = "served", on = ["served"]',
        'stage = "serving", on = ["served"]',
        "stage filed.next",
        "no stage 'serving'",
    ),
    ('profile = "us.suit"', 'profile = "us.claim"', "packet[0].profile", "use one of"),
    ('withdrawal = "us.dismissal"', 'withdrawal = "us.quit"', "withdrawal", "use one of"),
    ('waits = ["validation"]', 'waits = ["limitation"]', "stage mediation_preparing.waits", "no waiting clock"),
    ('on = ["judgment_final"]', 'on = ["judgement_final"]', "on", "no fact 'judgement_final'"),
    ('on = ["answered.to=claim", "hearing"]', 'on = ["answered.to=nobody"]', "on", "no choice of the fact"),
    ('when = ["way:mediation"]', 'when = ["way:arbitration"]', "when", "no condition"),
    ('when = ["over:answer"]', 'when = ["over:question"]', "when", "no condition"),
    ('when = ["over:answer"]', 'when = ["over:answer"], on = ["default"]', "when", "give `on` or `when`"),
    ('checks = ["amount", "limitation", "suit_in_time"]', 'checks = ["weather"]', "checks", "'weather' is not known"),
    ('stops = ["deceased", "minor"]', 'stops = ["asleep"]', "hold[1].stops", "'asleep' is not known"),
    ('before = "filed"', 'before = "field"', "hold.before", "no stage 'field'"),
    ("ladder = [180, 90, 30, 7, 1]", "ladder = [7, 30]", "clock.limitation.ladder", "from far to near"),
    ('ends = "performed"', 'hint = "it ends"', "stage performed.next", "nothing leads out"),
    ('{ stage = "performed", on = ["agreement_performed"] },', "", "stage performed", "nothing leads to it"),
    ('stage = "served", on = ["served"]', 'stage = "served", on = ["served", "judged"]', "judged", "lead to one stage"),
    (
        'next = [{ stage = "notice" }]',
        'next = [{ stage = "notice" }, { stage = "eligibility" }]',
        "stage eligibility.next",
        "comes back",
    ),
    ('recourse = "recourse" }', 'recourse = "nowhere" }', "path.begins.recourse", "no stage 'nowhere'"),
    ('id = "US"\n', 'id = "MARS"\n', "path.id", "'MARS' is not known"),
    ('{ en = "Filed", zh-Hans = "已起诉" }', '{ en = "Filed" }', "stage filed.title.zh-Hans", "write one"),
    ('source = "longest common time to answer [M]"\n', "", "clock.answer.source", "end with [M]"),
    ('to = "borrower", by = "sent", when = ["collector"]', 'to = "everybody"', "to", "use one of"),
    ("version = ", "version == ", "", "is no TOML"),
    ('id = "served"\n', 'id = "filed"\n', "stage filed", "stands 2 times"),
]


@pytest.mark.parametrize(("old", "new", "key", "remedy"), REFUSED)
def test_what_cannot_be_walked_is_refused(tmp_path: Path, old: str, new: str, key: str, remedy: str) -> None:
    assert old in US
    file = tmp_path / "us.toml"
    file.write_text(US.replace(old, new, 1), "utf-8")
    with pytest.raises(BadData) as refused:
        read(file)
    assert key in str(refused.value)
    assert remedy in str(refused.value)
    assert str(file) in str(refused.value)


def test_a_narrower_file_replaces_stages_that_are_there_alone(tmp_path: Path) -> None:
    (tmp_path / "us.toml").write_text(US, "utf-8")
    narrow = (FOLDER / "us_ca.toml").read_text("utf-8")
    file = tmp_path / "us_ca.toml"
    file.write_text(narrow.replace('id = "suing"', 'id = "sueing"'), "utf-8")
    with pytest.raises(BadData, match="replaces no stage"):
        read(file)
    file.write_text(narrow.replace('extends = "US"', 'extends = "XX"'), "utf-8")
    with pytest.raises(BadData, match="no path 'XX'"):
        read(file)


def test_every_path_is_shipped_and_every_packet_is_asked_for_by_one() -> None:
    paths = load_all()
    assert set(paths) == set(PATHS)
    stages = [stage for path in paths.values() for stage in path.stages]
    asked = {each.profile for stage in stages for each in stage.packets} | {stage.withdrawal for stage in stages}
    assert asked - {""} == set(PROFILES)
    assert all(set(path.begins) == CASE_KINDS for path in paths.values())


def test_every_word_of_a_file_has_its_meaning() -> None:
    assert set(CHECKED) == set(CHECKS)
    assert set(HOLDS) == ALONE | {each.partition(":")[0] for each in OF}


@pytest.mark.parametrize(
    ("places", "path"),
    [
        (("CN",), "CN"), (("US",), "US"), (("US", "US-TX"), "US"), (("US", "US-NY", "US-NYC"), "US-NY"),
        (("US", "US-CA"), "US-CA"), (("GB", "GB-EAW"), "GB-EAW"), (("GB", "GB-SCT"), None), (("TW",), None), ((), None),
    ],
)  # fmt: skip
def test_the_path_of_a_place_is_the_narrowest(places: tuple[str, ...], path: str | None) -> None:
    found = path_for(places)
    assert (found.id if found else None) == path
