"""Where the services of one house listen, and what its settings and children must be told because of that."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, Self

from forbear.services.dev_server import Ports as TemporalPorts
from forbear.services.ports import LOOPBACK, free_port


@dataclass(frozen=True, slots=True)
class Addresses:
    """Ports on the loopback; those of `forbear up` unless given."""

    postgres: int = 54329
    temporal: int = 7233
    ui: int = 8233
    temporal_http: int = 7243
    metrics: int = 7235
    api: int = 8000
    sandbox: int = 8010

    @classmethod
    def free(cls) -> Self:
        """Ports nobody listens on."""
        return cls(**{name.name: free_port() for name in fields(cls)})

    @classmethod
    def remembered(cls, settings: Mapping[str, Any]) -> Self:
        """Those the folder was served on before, so that links sent then still open; else the usual ones."""
        known = {name.name for name in fields(cls)}
        held: Mapping[str, Any] = settings.get("ports", {})
        return cls(**{name: int(port) for name, port in held.items() if name in known})

    @property
    def api_url(self) -> str:
        return f"http://{LOOPBACK}:{self.api}"

    @property
    def ui_url(self) -> str:
        return f"http://{LOOPBACK}:{self.ui}"

    @property
    def sandbox_url(self) -> str:
        return f"http://{LOOPBACK}:{self.sandbox}"

    @property
    def temporal_address(self) -> str:
        return f"{LOOPBACK}:{self.temporal}"

    @property
    def codec_endpoint(self) -> str:
        return f"{self.api_url}/codec"

    def temporal_ports(self) -> TemporalPorts:
        return TemporalPorts(grpc=self.temporal, ui=self.ui, http=self.temporal_http, metrics=self.metrics)

    def settings(self, data: Path, database_url: str) -> dict[str, Any]:
        """The settings that follow from the addresses, under the names of `Settings`."""
        return {
            "data": data,
            "database_url": database_url,
            "public_url": self.api_url,
            "api_host": LOOPBACK,
            "api_port": self.api,
            "loopback_codec": True,
            "ui_origin": self.ui_url,
            "sandbox": True,
            "twilio_base": self.sandbox_url,
            "aliyun_endpoint": f"{LOOPBACK}:{self.sandbox}",
            "stripe_base": f"{self.sandbox_url}/stripe",
            "lob_base": f"{self.sandbox_url}/lob/v1",
            "ports": asdict(self),
        }
