"""Lob's letters over its own SDK: one request per call, and what came of it said plainly.

The SDK's generated methods cannot upload a file, send a metadata filter in a form Lob does not document, and read an
accepted letter's answer so strictly that a new word in it would look like a failure. So its `ApiClient` is used one
floor below: its authentication, its addresses, its transport; the answers are read here.
"""

import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol, cast

import urllib3
from lob_python import ApiClient, Configuration
from lob_python.exceptions import ApiException
from urllib3.exceptions import ConnectTimeoutError, HTTPError, MaxRetryError, NewConnectionError

from forbear.channels.loopback import is_loopback
from forbear.errors import CannotStart

HOST: Final = "https://api.lob.com/v1"
CONNECT_SECONDS: Final = 4.0
ANSWER_SECONDS: Final = 12.0
"""Machine time, within that of the activity; ours, as Lob tells none and the SDK's own default is to wait for ever."""

Letter = Mapping[str, Any]


class LobError(Exception):
    """Lob did not do what was asked."""


@dataclass(frozen=True)
class LobRefused(LobError):
    """It answered, and not with yes. `code` is its own word, empty where it gave none."""

    status: int
    code: str


@dataclass(frozen=True)
class LobSilent(LobError):
    """There is no answer. `connected` is false where not a byte of the request can have left."""

    why: str
    connected: bool


class _Api(Protocol):
    """What is used of the SDK's client, which has no types."""

    def call_api(self, resource_path: str, method: str, **more: Any) -> Any: ...


class _Pdf(io.BytesIO):
    """The SDK takes a file's name from the file."""

    name = "letter.pdf"


class LobClient:
    """Four requests, each made once."""

    def __init__(self, key: str, base: str = "", answer_seconds: float = ANSWER_SECONDS) -> None:
        """`base` is the sandbox's address, empty in production.

        Raises:
            CannotStart: the sandbox's address is not loopback.
        """
        if base and not is_loopback(base):
            raise CannotStart("The sandbox's print house must be loopback; correct FORBEAR_LOB_BASE.")
        configuration = Configuration(host=base.rstrip("/") or HOST, username=key, password="")
        # The SDK's transport would ask again by itself, and follow a redirect to wherever it points.
        once = urllib3.Retry(total=False, redirect=0, raise_on_redirect=False)
        configuration.retries = once  # pyright: ignore[reportAttributeAccessIssue]  the SDK's own type is only None
        self._api = cast("_Api", ApiClient(configuration))
        self._seconds = (CONNECT_SECONDS, answer_seconds)

    def create(self, fields: Sequence[tuple[str, str]], pdf: bytes, key: str) -> Letter:
        headers = {"Content-Type": "multipart/form-data", "Idempotency-Key": key}
        return self._ask("POST", "/letters", headers=headers, form=fields, files={"file": [_Pdf(pdf)]})

    def get(self, letter: str) -> Letter:
        return self._ask("GET", f"/letters/{letter}")

    def cancel(self, letter: str) -> Letter:
        return self._ask("DELETE", f"/letters/{letter}")

    def list(self, query: Sequence[tuple[str, str]]) -> Sequence[Letter]:
        """One page, newest first."""
        data = self._ask("GET", "/letters", query=query).get("data")
        return cast("list[Letter]", data) if isinstance(data, list) else []

    def _ask(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str] | None = None,
        query: Sequence[tuple[str, str]] = (),
        form: Sequence[tuple[str, str]] = (),
        files: Mapping[str, Any] | None = None,
    ) -> Letter:
        try:
            answer = self._api.call_api(
                path,
                method,
                header_params={"Accept": "application/json", **(headers or {})},
                query_params=list(query),
                post_params=list(form),
                files=files,
                auth_settings=["basicAuth"],
                _preload_content=False,
                _request_timeout=self._seconds,
            )
            return _read(answer.data)
        except ApiException as error:
            raise _refused(error) from None
        except HTTPError as error:
            raise LobSilent(type(error).__name__, connected=not _never_connected(error)) from None
        except AttributeError:
            # The SDK stumbles over a TLS failure, which has no body; how far it came is not said.
            raise LobSilent("TLS", connected=True) from None


def _read(body: bytes) -> Letter:
    try:
        read: object = json.loads(body)
    except ValueError:
        raise LobSilent("unreadable answer", connected=True) from None
    if not isinstance(read, dict):
        raise LobSilent("unreadable answer", connected=True)
    return cast("Letter", read)


def _refused(error: ApiException) -> LobRefused:
    status, body = cast("int | None", error.status), cast("str | None", error.body)
    try:
        said: Any = json.loads(body or "")
        code = str(said["error"]["code"])
    except (ValueError, KeyError, TypeError):
        code = ""
    return LobRefused(status or 0, code)


def _never_connected(error: HTTPError) -> bool:
    cause = error.reason if isinstance(error, MaxRetryError) else error
    return isinstance(cause, NewConnectionError | ConnectTimeoutError)
