"""Connects to Temporal: the address from the standard `TEMPORAL_…` variables and profiles, the codec from our settings.

The same call reaches the embedded dev server, a cluster, or Temporal Cloud.
"""

from temporalio.client import Client
from temporalio.envconfig import ClientConfig

from forbear.errors import CannotStart
from forbear.settings import Settings
from forbear.temporal.codec import data_converter

DEFAULT_ADDRESS = "127.0.0.1:7233"


async def connect(settings: Settings) -> Client:
    """A client whose payloads are encrypted.

    Raises:
        CannotStart: nobody answers at the address.
    """
    named = ClientConfig.load_client_connect_config()
    address = named.get("target_host", DEFAULT_ADDRESS)
    named["target_host"] = address
    named.setdefault("namespace", settings.namespace)
    try:
        return await Client.connect(**named, data_converter=data_converter(settings))
    except RuntimeError as error:
        raise CannotStart(f"Temporal does not answer at {address}: start it, or set TEMPORAL_ADDRESS") from error
