"""What courts accept is data: every value has a source, and what is unknown is the careful one."""

from dataclasses import fields
from pathlib import Path

import pytest

from forbear.documents.packets.profiles import CAREFUL, FOLDER, KEYS, find_profile, profiles
from forbear.errors import BadData, NotFound
from forbear.ports.packets import CourtProfile


def test_every_value_of_every_profile_has_a_source() -> None:
    assert {"careful", "gb-eaw", "us-ca", "us-tx", "cn-court", "cn-mediation"} <= set(profiles())
    for each in profiles().values():
        assert set(each.sources) == set(KEYS)
        assert all(source.strip() for source in each.sources.values())
        assert each.title


def test_what_is_unknown_is_careful_and_says_so() -> None:
    china, careful = find_profile("cn-court"), find_profile(CAREFUL)
    assert "max_file_bytes" in china.unknown
    assert china.max_file_bytes == careful.max_file_bytes == 10_000_000
    assert china.max_total_bytes is None
    assert not careful.unknown
    assert (china.needs_text_layer, china.language) == (False, "zh-Hans")


def test_what_was_read_stands() -> None:
    england, texas = find_profile("gb-eaw"), find_profile("us-tx")
    assert (england.max_file_bytes, england.prefix, england.bates_prefix) == (36_000_000, "", None)
    assert (texas.file_name_most, texas.allows_attachments, texas.bates_prefix) == (50, False, "EX")
    for each in profiles().values():
        assert not each.allows_outside_links
        assert each.most_dpi <= 300


def test_an_unknown_court_is_not_guessed() -> None:
    with pytest.raises(NotFound, match="us-tx"):
        find_profile("fr-paris")


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ('id = "odd"\ntitle = "x"\n[colour]\nvalue = 1\nsource = "s"\n', "colour"),
        ('id = "other"\ntitle = "x"\n', "id must be"),
        ('id = "odd"\ntitle = "x"\n[most_dpi]\nvalue = 300\n', "value and source"),
        ('id = "odd"\ntitle = "x"\n[most_dpi]\nvalue = 300\nsource = " "\n', "source must say"),
        ('id = "odd"\ntitle = "x"\n[most_dpi]\nvalue = "fine"\nsource = "s"\n', "most_dpi"),
        ('id = "odd"\ntitle = "x"\n[sheet]\nvalue = "papyrus"\nsource = "s"\n', "sheet must be"),
        ("id = ", "no TOML"),
    ],
)
def test_a_file_that_is_not_understood_is_refused_with_its_key(tmp_path: Path, text: str, wrong: str) -> None:
    (tmp_path / "careful.toml").write_text((FOLDER / "careful.toml").read_text("utf-8"), "utf-8")
    (tmp_path / "odd.toml").write_text(text, "utf-8")
    with pytest.raises(BadData, match=wrong):
        profiles(tmp_path)


def test_every_attribute_but_its_names_is_a_value_with_a_source() -> None:
    assert {each.name for each in fields(CourtProfile)} - set(KEYS) == {"id", "title", "sources", "unknown"}
