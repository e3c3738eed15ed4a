"""The embedded Temporal server: registered at every start, alone on its file, and gone when asked."""

import asyncio
import socket
from datetime import timedelta
from pathlib import Path

import pytest
from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.operatorservice.v1 import (
    AddSearchAttributesRequest,
    ListSearchAttributesRequest,
    RemoveSearchAttributesRequest,
)
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest
from temporalio.client import Client
from temporalio.common import SearchAttributePair, TypedSearchAttributes

from forbear.errors import CannotStart, FolderCorrupt, FolderLocked, PortBusy
from forbear.services import dev_server
from forbear.services.dev_server import DevServer, Ports
from forbear.services.ports import LOOPBACK, answers, free_port
from forbear.settings import Settings
from forbear.temporal import client as ours
from forbear.temporal import namespace
from forbear.temporal.search_attributes import REGISTRY


@pytest.fixture
def server(tmp_path: Path) -> DevServer:
    """A server of the test's own, not started."""
    return DevServer(
        tmp_path / "a folder", Ports(grpc=free_port(), ui=free_port(), http=free_port(), metrics=free_port())
    )


async def connect(server: DevServer) -> Client:
    return await Client.connect(server.address, namespace=server.namespace)


async def attributes(client: Client) -> dict[str, int]:
    asked = ListSearchAttributesRequest(namespace=client.namespace)
    return dict((await client.operator_service.list_search_attributes(asked)).custom_attributes)


async def test_attributes_and_retention_are_there_once_it_is_ready(temporal_server: DevServer) -> None:
    client = await connect(temporal_server)
    assert await attributes(client) == {
        "ForbearHeldBy": IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD,
        "ForbearStage": IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD,
    }
    described = await client.workflow_service.describe_namespace(DescribeNamespaceRequest(namespace="forbear"))
    assert described.config.workflow_execution_retention_ttl.ToTimedelta() == timedelta(days=30)


async def test_a_workflow_may_use_every_attribute_at_once(temporal_server: DevServer) -> None:
    client = await connect(temporal_server)
    given = TypedSearchAttributes([SearchAttributePair(key, "x") for key in REGISTRY])
    handle = await client.start_workflow("Any", id="uses-attributes", task_queue="nobody", search_attributes=given)
    assert len((await handle.describe()).typed_search_attributes) == len(REGISTRY)
    await handle.terminate()


async def test_our_client_finds_it_by_the_standard_variables(
    temporal_server: DevServer, secrets: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEMPORAL_ADDRESS", temporal_server.address)
    client = await ours.connect(Settings.model_validate(secrets))
    assert client.namespace == "forbear"
    monkeypatch.setenv("TEMPORAL_NAMESPACE", "default")
    assert (await ours.connect(Settings.model_validate(secrets))).namespace == "default"


async def test_no_server_is_one_clear_line(secrets: dict[str, object], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEMPORAL_ADDRESS", f"{LOOPBACK}:{free_port()}")
    with pytest.raises(CannotStart, match="TEMPORAL_ADDRESS"):
        await ours.connect(Settings.model_validate(secrets))


async def test_a_namespace_with_an_attribute_of_another_type_is_refused(server: DevServer) -> None:
    with server:
        client = await connect(server)
        operator = client.operator_service
        await operator.remove_search_attributes(
            RemoveSearchAttributesRequest(namespace="forbear", search_attributes=["ForbearStage"])
        )
        await operator.add_search_attributes(
            AddSearchAttributesRequest(
                namespace="forbear", search_attributes={"ForbearStage": IndexedValueType.INDEXED_VALUE_TYPE_INT}
            )
        )
        with pytest.raises(CannotStart, match="ForbearStage"):
            await namespace.provide(client)


def test_what_was_acknowledged_survives_sigkill_and_is_registered_anew(server: DevServer) -> None:
    async def begin() -> None:
        client = await connect(server)
        await client.start_workflow("Any", id="kept", task_queue="nobody")

    async def look() -> str:
        client = await connect(server)
        assert "ForbearHeldBy" in await attributes(client)
        return (await client.get_workflow_handle("kept").describe()).id

    with server:
        asyncio.run(begin())
        server.kill()
        server.start()
        assert asyncio.run(look()) == "kept"
        assert Path(f"{server.file}-wal").exists()
    assert not answers(server.ports.grpc)


def test_a_second_server_on_the_file_is_refused(server: DevServer) -> None:
    with server:
        other = DevServer(server.folder, Ports(free_port(), free_port(), free_port(), free_port()))
        with pytest.raises(FolderLocked, match="Temporal's data"):
            other.start()
        assert answers(server.ports.grpc)


def test_each_taken_port_is_named(server: DevServer) -> None:
    with socket.create_server((LOOPBACK, server.ports.ui)), pytest.raises(PortBusy, match=str(server.ports.ui)):
        server.start()


def test_a_file_that_is_no_database_is_named_with_a_remedy(server: DevServer) -> None:
    with server:
        pass
    for left in server.folder.glob("temporal.db*"):
        left.write_bytes(b"not a database at all" * 1000)
    with pytest.raises(FolderCorrupt, match=r"temporal\.db"):
        server.start()


def test_a_file_left_by_an_interrupted_first_start_is_made_again(server: DevServer) -> None:
    server.folder.mkdir()
    server.file.write_bytes(b"")
    with server:
        assert answers(server.ports.grpc)


def test_a_file_of_another_version_is_refused(server: DevServer, monkeypatch: pytest.MonkeyPatch) -> None:
    with server:
        pass
    monkeypatch.setattr(dev_server, "version", lambda: "9.9.9")
    with pytest.raises(FolderCorrupt, match=r"9\.9\.9 cannot migrate"):
        server.start()
