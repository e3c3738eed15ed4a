"""The core fonts: what they hold and bear, that they are the same everywhere, and that making them survives anything."""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from forbear.documents import core_font
from forbear.documents.core_font import CORES, FONT, MODULE, SUMS, Core, ensure, is_whole, make
from forbear.documents.presses import Presses
from forbear.documents.reading import Finished
from forbear.ports.papers import Unprintable
from tests.documents.letters import american, chinese, to

MADE = """
import hashlib
from dataclasses import replace
from forbear.documents.core_font import CORES, made
for core in (replace(CORES[0], last=0xA3FF), CORES[4]):
    print(hashlib.sha256(made(core, "key")).hexdigest())
"""
LATIN = CORES[4]
UNITS_IN_ONE_SIGN = 10
EVERYWHERE = {
    "Forbear Serif SC": "ab3f66e70cbf71365dcaadd3c33aa250a0460eeb3a39b569833861b05421b345",
    "Forbear Sans SC": "624cc09e755ada1f9d3992a8ad2e99f411fc4592ab8bbba946056a197e4d1e5c",
    "Forbear Serif TC": "5caf64a78ada2ee9e8a4f06ff9499171d63f45b460762b64d7de480545736d86",
    "Forbear Sans TC": "85d8f99a36c16b4e5a45acb853c2226334ffb306d4579fcf5c0e506ef70a8036",
    "Forbear Serif": "69c962415a6feb1f5b8958dfb82682d94ce2f30c825e04871b62d661d12461a5",
    "Forbear Sans": "a74c16ba72974cd5330ed7949d6784271b5c7ab7d56a0cd5cb8692d9348fd5aa",
}
"""What is made of the locked packages on any machine; another version of them makes another."""


@pytest.fixture(scope="module", autouse=True)
def _made() -> None:
    ensure()


def quick(core: Core, key: str) -> bytes:
    return f"{core.family} {key}".encode()


def printed_with(presses: Presses, name: str, **changes: str) -> set[str]:
    """The fonts of a Chinese letter to somebody."""
    paper = to(chinese(**changes), name=name)
    return {font.partition("+")[2] for font in Finished.read(presses.render(paper).pdf).fonts}


@pytest.mark.parametrize("kind", ["reminder", "notice"])
def test_a_common_letter_is_printed_from_the_core_alone(presses: Presses, kind: str) -> None:
    fonts = printed_with(presses, "欧阳晓明", kind=kind)
    assert {"Forbear-Serif-SC", "Forbear-Sans-SC"} <= fonts
    assert not {font for font in fonts if font.startswith("Noto")}


@pytest.mark.parametrize("name", ["王玥", "朱镕", "李喆", "陈堃", "周祎", "孙㛃", "吴䶮", "郑𬱖"])
def test_a_rare_sign_alone_is_printed_from_the_whole_font(presses: Presses, name: str) -> None:
    fonts = printed_with(presses, name)
    assert {"Forbear-Serif-SC", "Noto-Serif-SC", "Forbear-Sans-SC", "Noto-Sans-SC"} <= fonts


def test_a_latin_letter_is_printed_in_one_weight_that_was_cut_before(presses: Presses) -> None:
    fonts = Finished.read(presses.render(american()).pdf).fonts
    assert {font.partition("+")[2] for font in fonts} == {"Forbear-Serif", "Forbear-Sans"}


@pytest.mark.parametrize("core", CORES, ids=lambda core: core.family)
def test_a_core_has_every_common_sign_of_its_font_under_a_name_of_its_own(core: Core) -> None:
    font, whole = TTFont(core.folder / FONT, lazy=True), TTFont(core.source, lazy=True)
    has, wanted = set(font.getBestCmap() or ()), set(whole.getBestCmap() or ())
    assert wanted & core.signs <= has if core.character_set else has == wanted
    names = {record.nameID: record.toUnicode() for record in font["name"].names}
    assert (names[1], names[4], names[3]) == (core.family, core.family, core.key)
    assert "Noto" not in names[6]
    assert "SIL OPEN FONT LICENSE" in (core.folder / "OFL.txt").read_text("utf-8").upper()
    for table, measures in {"hhea": ("ascent", "descent", "lineGap"), "OS/2": ("sTypoAscender", "usWinAscent")}.items():
        assert [getattr(font[table], each) for each in measures] == [getattr(whole[table], each) for each in measures]


def test_a_core_is_the_same_on_every_machine() -> None:
    assert {core.family: (core.folder / SUMS).read_text("ascii").split()[0] for core in CORES} == EVERYWHERE


def test_common_signs_are_those_of_the_national_sets() -> None:
    simplified, traditional = core_font.common("gb2312"), core_font.common("big5", core_font.LEVEL_1)
    assert {ord(sign) for sign in "逾期贷款催收通知书鑫淼￥①，《"} <= simplified
    assert {ord(sign) for sign in "玥镕喆堃祎㛃"} & simplified == set()
    assert {ord(sign) for sign in "逾期貸款催告函"} <= traditional
    assert len([sign for sign in traditional if 0x4E00 <= sign <= 0x9FFF]) == 5401 + UNITS_IN_ONE_SIGN
    assert len([sign for sign in simplified if 0x4E00 <= sign <= 0x9FFF]) == 6763


def test_a_core_is_the_same_in_another_process_language_zone_and_seed() -> None:
    told: list[str] = []
    for environment in (
        {"PYTHONHASHSEED": "1", "TZ": "UTC"},
        {"PYTHONHASHSEED": "4711", "TZ": "Asia/Tokyo", "LC_ALL": "C"},
    ):
        made = subprocess.run(
            [sys.executable, "-c", MADE], env={**os.environ, **environment}, capture_output=True, check=True
        )
        told.append(made.stdout.decode())
    assert told[0] == told[1]
    assert len(told[0].split()) == 2


def test_what_it_is_made_of_names_it() -> None:
    assert len({core.key for core in CORES}) == len(CORES)
    assert replace(CORES[0], last=0xB0FF).key != CORES[0].key
    assert replace(CORES[0], source=CORES[1].source).key != CORES[0].key


def test_several_processes_that_need_it_at_once_make_it_once(tmp_path: Path) -> None:
    environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path)}
    command = [sys.executable, "-m", MODULE, LATIN.family]
    makers = [subprocess.Popen(command, env=environment) for _ in range(3)]
    assert [maker.wait(120) for maker in makers] == [0, 0, 0]
    home = tmp_path / "forbear" / "fonts"
    folder = home / LATIN.key
    assert is_whole(folder)
    assert sorted(each.name for each in home.iterdir()) == [LATIN.key, f"{LATIN.key}.lock"]
    assert (folder / FONT).read_bytes() == (LATIN.folder / FONT).read_bytes()


def test_a_spoilt_one_and_what_an_ended_process_left_are_made_good(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(core_font, "made", quick)
    folder, left = LATIN.folder, LATIN.folder.with_name(f"{LATIN.key}-half")
    make(LATIN, folder)
    made_at = (folder / FONT).stat().st_mtime_ns
    make(LATIN, folder)
    assert (folder / FONT).stat().st_mtime_ns == made_at
    left.mkdir()
    (left / FONT).write_bytes(b"half")
    for spoil in ((folder / FONT).write_bytes, (folder / SUMS).write_bytes):
        spoil(b"")
        assert not is_whole(folder)
        make(LATIN, folder)
        assert is_whole(folder)
    assert not left.exists()


def test_one_that_cannot_be_finished_leaves_nothing_and_the_next_one_makes_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(core_font, "made", quick)
    with monkeypatch.context() as broken:
        broken.setattr(core_font, "LICENCE", "none")
        with pytest.raises(FileNotFoundError):
            make(LATIN, LATIN.folder)
    assert [each.suffix for each in LATIN.folder.parent.iterdir()] == [".lock"]
    make(LATIN, LATIN.folder)
    assert is_whole(LATIN.folder)


def test_without_a_place_to_keep_them_it_is_said_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_bytes(b"")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    with pytest.raises(Unprintable, match="XDG_CACHE_HOME"):
        core_font.home()
