"""Makes sure that a namespace is there and holds what workflows rely on: search attributes of the right type, and time.

Done through the API at every start, since the dev server's flags act only on a new file.
"""

import asyncio
from datetime import timedelta

from google.protobuf.duration_pb2 import Duration
from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.namespace.v1 import NamespaceConfig
from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest, ListSearchAttributesRequest
from temporalio.api.workflowservice.v1 import RegisterNamespaceRequest, UpdateNamespaceRequest
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from forbear.errors import CannotStart
from forbear.temporal.search_attributes import REGISTRY

RETENTION = timedelta(days=30)
"""Machine time for which the history of a closed run stays readable."""

MADE_WITHIN_SECONDS = 40.0
"""Machine time. A cluster's servers look for new namespaces every ten seconds."""
LOOK_SECONDS = 0.2


async def make(client: Client, retention: timedelta = RETENTION) -> None:
    """Make the client's namespace where it is missing, wait until it can be used, and `provide` it.

    Raises:
        CannotStart: this client may not make one, or it does not come into use.
    """
    if not await _usable(client):
        kept = Duration()
        kept.FromTimedelta(retention)
        try:
            await client.workflow_service.register_namespace(
                RegisterNamespaceRequest(namespace=client.namespace, workflow_execution_retention_period=kept)
            )
        except RPCError as error:
            if error.status != RPCStatusCode.ALREADY_EXISTS:
                raise CannotStart(
                    f"Temporal has no namespace {client.namespace} and does not let us make it ({error.status.name}): "
                    "make it there first"
                ) from None
        await _until_usable(client)
    await provide(client, retention)


async def _until_usable(client: Client) -> None:
    try:
        async with asyncio.timeout(MADE_WITHIN_SECONDS):
            while not await _usable(client):  # noqa: ASYNC110  the server tells nobody when it has seen it
                await asyncio.sleep(LOOK_SECONDS)
    except TimeoutError:
        raise CannotStart(f"Temporal's namespace {client.namespace} was made, but cannot be used: try again") from None


async def _usable(client: Client) -> bool:
    """Whether workflows can be counted in it: that it is written down somewhere is not enough."""
    try:
        await client.count_workflows()
    except RPCError as error:
        if error.status == RPCStatusCode.NOT_FOUND:
            return False
        raise
    return True


async def provide(client: Client, retention: timedelta = RETENTION) -> None:
    """Register what is missing and set the retention of the client's namespace."""
    wanted = {key.name: IndexedValueType.ValueType(int(key.indexed_value_type)) for key in REGISTRY}
    operator = client.operator_service
    await operator.add_search_attributes(
        AddSearchAttributesRequest(namespace=client.namespace, search_attributes=wanted)
    )
    # The server accepts a known name with another type and ignores it.
    listed = await operator.list_search_attributes(ListSearchAttributesRequest(namespace=client.namespace))
    wrong = [name for name, kind in wanted.items() if listed.custom_attributes.get(name) != kind]
    if wrong:
        raise CannotStart(
            f"Temporal's namespace {client.namespace} has search attributes of another type: {', '.join(wrong)}. "
            "Remove them there, or use another namespace"
        )
    kept = Duration()
    kept.FromTimedelta(retention)
    await client.workflow_service.update_namespace(
        UpdateNamespaceRequest(
            namespace=client.namespace, config=NamespaceConfig(workflow_execution_retention_ttl=kept)
        )
    )
