"""Fixtures for whole lives in seconds on the time-skipping server."""

import asyncio
import shutil
import stat
import sysconfig
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest
from temporalio.testing import WorkflowEnvironment

from forbear.clock import Clock
from forbear.contracts import queues
from forbear.contracts.decision import Asked, Close, Contact, Decision, Rest
from forbear.settings import Settings
from forbear.temporal.codec import data_converter
from tests.workflows.stage import Script, Stage


@pytest.fixture(scope="session")
def skipping_server(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The test server behind a wrapper that ends it with its parent: by itself it outlives a killed test run."""
    found = shutil.which("temporal-test-server", path=sysconfig.get_path("scripts"))
    assert found, "temporal-test-server is not installed: run make setup"
    wrapper = tmp_path_factory.mktemp("server") / "temporal-test-server"
    wrapper.write_text(f'#!/bin/sh\nexec setpriv --pdeathsig KILL "{found}" "$@"\n', "utf-8")
    wrapper.chmod(wrapper.stat().st_mode | stat.S_IXUSR)
    return wrapper


@pytest.fixture
async def stage(skipping_server: Path, secrets: dict[str, object]) -> AsyncIterator[Stage]:
    """A server of the test's own: after the result of a workflow that turned a page its clock is years ahead."""
    settings = Settings.model_validate(secrets)
    env = await WorkflowEnvironment.start_time_skipping(
        test_server_existing_path=str(skipping_server),
        data_converter=data_converter(settings),
        test_server_startup_timeout=timedelta(seconds=30),
    )
    async with env:
        loop = asyncio.get_running_loop()

        def server_time() -> datetime:
            asked = asyncio.run_coroutine_threadsafe(env.get_current_time(), loop)
            return asked.result(timeout=10).astimezone(UTC)

        keyword = IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD
        await env.client.operator_service.add_search_attributes(
            AddSearchAttributesRequest(
                namespace=env.client.namespace,
                search_attributes={queues.HELD_BY: keyword, queues.STAGE: keyword},
            )
        )
        yield Stage(env, Clock.real(source=server_time))


@pytest.fixture
def daily() -> Callable[[int], Script]:
    """A script: a text every day for some days, then close."""

    def make(days: int) -> Script:
        def script(asked: Asked, now: datetime) -> Decision:
            touches = asked.number // 2
            if asked.number % 2 == 0:
                if touches >= days:
                    return Close(reason="paid in full")
                return Contact(touch=f"tch_{touches}", channel="sms", reason="reminder", stage="M1")
            until = now + timedelta(days=1)
            return Rest(until=until, wake_at=until, reason="one a day", rule="POLICY.SMS1", stage="M1")

        return script

    return make
