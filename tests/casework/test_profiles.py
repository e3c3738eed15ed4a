"""Packet profiles: there is one for whatever a path asks for, and a file that is not understood is refused by name."""

from pathlib import Path

import pytest

from forbear.casework.circumstances import circumstances
from forbear.casework.profile_file import FOLDER, PACKETS, WORDS, find_profile, names, read_profile
from forbear.casework.record import read_case
from forbear.court.path import PROFILES
from forbear.court.paths import load_all
from forbear.documents.registry import COURT, PAPER, folder_of
from forbear.errors import BadData, NotFound
from tests.casework.filing import Filing

KEPT_IN = {"gb-mediation-summary"}
"""What one would settle for is in no packet: packets are handed to courts, mediators and the other side."""
GOOD = (FOLDER / "cn.suit.toml").read_text("utf-8")


def test_there_is_a_profile_for_each_that_a_path_may_ask_for() -> None:
    assert set(names()) == set(PACKETS) == set(PROFILES)


@pytest.mark.parametrize("path", sorted(load_all()))
def test_whatever_a_path_asks_for_is_for_that_path(path: str) -> None:
    for stage in load_all()[path].stages:
        wanted = {stage.packet, stage.withdrawal, stage.needs.packet, *(each.profile for each in stage.packets)} - {""}
        assert all(path in find_profile(each).paths for each in wanted), stage.id


def test_every_paper_of_packets_stands_in_a_profile() -> None:
    used = {part.paper for name in names() for part in find_profile(name).parts if part.paper}
    there = {each.parent.name for each in COURT.glob(f"*/{PAPER}")}
    assert there - {folder_of(each) for each in used} == KEPT_IN
    assert not KEPT_IN & {folder_of(each) for each in used}


@pytest.mark.parametrize("name", names())
def test_an_exhibit_has_words_for_the_list_unless_anything_may_lie_there(name: str) -> None:
    for each in find_profile(name).exhibits:
        assert each.slot == "other" or (each.title and each.source and each.proves)


def test_every_word_of_conditions_is_found_for_a_case(china: Filing) -> None:
    case = china.case()
    with china.house.worker() as session:
        assert set(circumstances(read_case(china.house.ledger, session, case), {})) == WORDS


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("version = 1", "version = 1\ncolour = 'red'", "colour is no key"),
        ('slot = "contract"', 'slot = "contracts"', "slot must be one of"),
        ('["form=elements", "claim=loan"]', '["weather=fine"]', "when has 'weather=fine'"),
        ("cn.court.complaint_loan", "cn.court.complaint_boat", "is no paper of packets"),
        ('court = "cn-court"', 'court = "moon"', "court must be one of"),
        ('key = "poa"', 'key = "legal-rep"', "names a part or a slot twice"),
        ('need = "required"', 'need = "perhaps"', "need must be one of"),
        ('id = "cn.suit"', 'id = "cn.suits"', 'id must be "cn.suit"'),
        ("copies = 0", 'copies = "many"', "version and copies must be numbers"),
        ("exhibits = true", 'paper = "cn.court.evidence_list"\nkey = "twice"\nrole = "x"', "without a [[part]]"),
    ],
)
def test_a_profile_that_is_not_understood_is_refused_with_its_file(
    tmp_path: Path, before: str, after: str, said: str
) -> None:
    assert before in GOOD
    (tmp_path / "cn.suit.toml").write_text(GOOD.replace(before, after, 1), "utf-8")
    with pytest.raises(BadData) as refused:
        read_profile("cn.suit", tmp_path)
    assert said in str(refused.value)
    assert "cn.suit.toml" in str(refused.value)


def test_a_profile_that_there_is_not_is_refused_with_those_there_are() -> None:
    with pytest.raises(NotFound, match=r"us-ny\.suit"):
        find_profile("mars.suit")
