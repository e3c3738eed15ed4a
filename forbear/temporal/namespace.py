"""Makes sure that a namespace holds what the workflows rely on: search attributes of the right type, and retention.

Done through the API at every start, since the dev server's flags act only on a new file.
"""

from datetime import timedelta

from google.protobuf.duration_pb2 import Duration
from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.namespace.v1 import NamespaceConfig
from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest, ListSearchAttributesRequest
from temporalio.api.workflowservice.v1 import UpdateNamespaceRequest
from temporalio.client import Client

from forbear.errors import CannotStart
from forbear.temporal.search_attributes import REGISTRY

RETENTION = timedelta(days=30)
"""Machine time for which the history of a closed run stays readable."""


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
