"""A whole house: healthy when it says so, repaired when a service dies, and gone without a trace."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest

from forbear.clock import Clock
from forbear.errors import CannotStart, FolderLocked
from forbear.ledger.engine import Ledger
from forbear.services import house as module
from forbear.services import settings_file
from forbear.services.addresses import Addresses
from forbear.services.house import House
from forbear.services.ports import answers
from forbear.services.processes import Child, poll_until, running
from forbear.temporal.client import connect

SERVICES = ("postgres", "temporal", "sandbox", "api", "worker")
ORIGIN = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
UP = [sys.executable, "-c", "from forbear.cli import main; main()", "up"]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A running house on free ports, in a rehearsal's time."""
    data = tmp_path_factory.mktemp("house") / "a folder"
    with House(data, addresses=Addresses.free(), clock=Clock.starting(ORIGIN, 60), fast=True) as running_house:
        yield running_house


def child(house: House, name: str) -> Child:
    found = house.services[name].child
    assert found is not None
    return found


def listening(addresses: Addresses) -> list[str]:
    return [name for name, port in asdict(addresses).items() if answers(port)]


def test_every_service_is_healthy_when_the_start_returns(house: House) -> None:
    at = house.addresses
    assert tuple(house.services) == SERVICES
    assert listening(at) == list(asdict(at))
    assert httpx.get(f"{at.api_url}/healthz", trust_env=False).is_success
    assert httpx.get(f"{at.sandbox_url}/_sandbox/health", trust_env=False).is_success
    assert httpx.get(f"{at.api_url}/docs", trust_env=False).is_success
    assert (house.data / "worker.ready").exists()


def test_a_client_told_the_houses_environment_reaches_its_temporal(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in house.environment.items():
        monkeypatch.setenv(name, value)

    async def ask() -> str:
        client = await connect(house.settings)
        asked = DescribeNamespaceRequest(namespace=client.namespace)
        return (await client.workflow_service.describe_namespace(asked)).namespace_info.name

    assert asyncio.run(ask()) == "forbear"


def test_every_process_has_the_same_clock(house: House) -> None:
    with Ledger.open(house.settings, pool=0) as ledger:
        assert ledger.clock == house.clock
    told = httpx.get(f"{house.addresses.sandbox_url}/_sandbox/clock", trust_env=False).json()
    assert (told["origin"], told["speed"]) == (ORIGIN.isoformat(), 60)


def test_the_web_ui_can_decode_and_nobody_else(house: House) -> None:
    at = house.addresses
    for origin, status in ((at.ui_url, 200), ("http://evil.example", 403)):
        headers = {"origin": origin, "content-type": "application/json"}
        answer = httpx.post(f"{at.codec_endpoint}/decode", content="{}", headers=headers, trust_env=False)
        assert answer.status_code == status


def test_its_folder_and_files_are_closed_to_others(house: House) -> None:
    for path in (house.data, house.settings_file, house.data / "postgres", house.data / "temporal", *house.logs):
        assert path.stat().st_mode & 0o077 == 0, path


def test_a_second_house_in_the_folder_is_refused(house: House) -> None:
    with pytest.raises(FolderLocked, match=str(os.getpid())):
        House(house.data).start()
    assert answers(house.addresses.api)


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_that_is_killed_is_reported_and_started_again(house: House, name: str) -> None:
    said: list[str] = []
    house._say = said.append
    before = child(house, name).pid
    house.kill(name)
    house.watch(until=lambda: child(house, name).alive())
    assert child(house, name).pid != before
    assert said == [f"{name} was killed by SIGKILL. Starting it again"]
    assert listening(house.addresses) == list(asdict(house.addresses))


def test_a_service_that_keeps_dying_ends_the_watch(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "GIVE_UP_AFTER", 1)
    house.kill("sandbox")
    with pytest.raises(CannotStart, match="sandbox was killed by SIGKILL, and keeps doing so"):
        house.watch()
    house.restart("sandbox")


@pytest.fixture
def only_the_record(monkeypatch: pytest.MonkeyPatch) -> None:
    """Houses that start PostgreSQL and nothing else."""

    def nothing(_: House) -> None: ...

    monkeypatch.setattr(House, "_start_rest", nothing)


@pytest.mark.usefixtures("only_the_record")
def test_a_rehearsal_goes_on_where_it_stopped(tmp_path: Path) -> None:
    house = House(tmp_path / "house", addresses=Addresses.free(), clock=Clock.starting(ORIGIN, 3600), fast=True)
    with house:
        pass
    stopped = house.clock.now()
    before = (house.addresses, house.settings)
    with House(tmp_path / "house", fast=True) as again:
        assert (again.addresses, again.settings) == before
        assert again.clock.speed == 3600
        assert ORIGIN < again.clock.origin <= stopped
        with Ledger.open(again.settings, pool=0) as ledger:
            assert ledger.clock == again.clock
    assert not listening(again.addresses)


@pytest.mark.usefixtures("only_the_record")
def test_real_time_is_nobodys_to_stop(tmp_path: Path) -> None:
    for _ in range(2):
        with House(tmp_path / "house", addresses=Addresses.free(), fast=True) as house:
            assert house.clock == Clock.real()


def test_a_failure_on_the_way_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    house = House(tmp_path / "house", addresses=Addresses.free(), fast=True)

    def fail(_: object) -> None:
        raise CannotStart("on purpose")

    monkeypatch.setattr(module.DevServer, "start", fail)
    with pytest.raises(CannotStart, match="on purpose"):
        house.start()
    assert not listening(house.addresses)
    assert not house.services


@pytest.mark.parametrize(
    "ending",
    [
        signal.SIGTERM,
        signal.SIGKILL,
        pytest.param(signal.SIGINT, marks=pytest.mark.prove),
        pytest.param(signal.SIGHUP, marks=pytest.mark.prove),
    ],
)
def test_however_forbear_up_ends_nothing_of_it_is_left(tmp_path: Path, ending: signal.Signals) -> None:
    data = tmp_path / "house"
    with subprocess.Popen([*UP, "--data", str(data), "--free-ports"], stdout=subprocess.PIPE, text=True) as up:
        assert up.stdout is not None
        lines = [up.stdout.readline()]
        while lines[-1] and "Ctrl-C" not in lines[-1]:
            lines.append(up.stdout.readline())
        at = Addresses.remembered(settings_file.load(data / "settings.toml"))
        assert f"API docs   {at.api_url}/docs\n" in lines
        assert f"Temporal   {at.ui_url}\n" in lines
        services = [int(pid) for pid in Path(f"/proc/{up.pid}/task/{up.pid}/children").read_text().split()]
        assert len(services) == len(SERVICES)
        up.send_signal(ending)
        up.wait(30)
    assert up.returncode == (-signal.SIGKILL if ending == signal.SIGKILL else 0)
    assert poll_until(lambda: not any(running(pid) for pid in services), within=20)
    assert not listening(at)
