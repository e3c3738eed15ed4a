"""The settings file: fresh secrets once, the same ever after, and nobody else may read it."""

from decimal import Decimal
from pathlib import Path

import pytest

from forbear.errors import BadData
from forbear.services import settings_file
from forbear.settings import Settings
from forbear.temporal.codec import Codec

URL = "postgresql+psycopg://127.0.0.1:54321/forbear"


def test_the_first_start_makes_every_secret_and_later_ones_keep_them(tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    first = settings_file.provide(file, {"database_url": URL, "api_port": 8001})
    assert (first.database_url, first.api_port) == (URL, 8001)
    for name in settings_file.fresh_secrets():
        assert getattr(first, name), name
    second = settings_file.provide(file, {"api_port": 8002})
    assert second.api_port == 8002
    assert second.model_copy(update={"api_port": 8001}) == first


def test_two_installations_share_no_secret() -> None:
    one, other = settings_file.fresh_secrets(), settings_file.fresh_secrets()
    assert not [name for name in one if one[name] == other[name] and name != "codec_key"]


def test_only_its_owner_may_read_it(tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    file.touch(mode=0o644)
    settings_file.provide(file, {})
    assert file.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["settings.toml"]


def test_a_process_finds_it_by_one_variable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "settings.toml"
    written = settings_file.provide(file, {"database_url": URL, "data": tmp_path})
    for name, value in settings_file.variables(file).items():
        monkeypatch.setenv(name, value)
    assert Settings() == written
    monkeypatch.setenv("FORBEAR_API_PORT", "9009")
    assert Settings().api_port == 9009  # the environment stands above the file
    assert settings_file.read(file).api_port == 8000  # and is not asked where a folder is meant


def test_prices_added_by_hand_stay(tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    settings_file.provide(file, {})
    with file.open("a") as more:
        more.write('[letter_prices]\n"lob.plain" = { first = "0.85", further = "0.12", currency = "USD" }\n')
    settings_file.provide(file, {"api_port": 8002})
    prices = settings_file.provide(file, {"api_port": 8003}).letter_prices
    assert prices["lob.plain"].of(3) == Decimal("1.09")


def test_a_key_added_by_hand_stays_in_the_ring(tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    settings_file.provide(file, {})
    file.write_text(
        file.read_text().replace('codec_key = "k1"', 'codec_key = "k2"') + f'k2 = "{settings_file.key()}"\n'
    )
    rotated = settings_file.provide(file, {"api_port": 8002})
    assert (sorted(rotated.codec_keys), rotated.codec_key) == (["k1", "k2"], "k2")
    Codec.from_settings(rotated)


def test_a_file_that_is_no_toml_is_named_and_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    file.write_text("password_api = \n")
    with pytest.raises(BadData, match=r"settings\.toml: .*correct it"):
        settings_file.provide(file, {})
    assert file.read_text() == "password_api = \n"


def test_awkward_values_survive(tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    awkward = {"namespace": 'a "quoted" \\ back\tslash é', "data": tmp_path / "with space", "upkeep_seconds": 0.5}
    written = settings_file.provide(file, awkward)
    assert (written.namespace, written.data, written.upkeep_seconds) == tuple(awkward.values())
