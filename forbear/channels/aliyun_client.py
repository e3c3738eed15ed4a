"""Alibaba Cloud's SMS SDK, set up to be trusted with a text: one attempt, bounded, and only where we mean it to go.

The SDK puts a call's parameters into the query of its address, the number among them, and would print it when the
machine's environment says `DEBUG=sdk`; that is turned off here. It takes an outbound proxy from the environment, as is
usual in a bank; the call itself is encrypted up to the provider. It would follow a redirect, and a 307 would make a
second text of one attempt; so none is followed.
"""

import ipaddress
import logging
from typing import Any, Final

import requests
from alibabacloud_dysmsapi20170525.client import Client
from alibabacloud_tea_openapi.utils_models import Config
from darabonba.core import DaraCore
from darabonba.policy.retry import RetryOptions
from darabonba.runtime import RuntimeOptions
from requests.exceptions import ConnectTimeout
from urllib3.exceptions import MaxRetryError, NewConnectionError

from forbear.errors import CannotStart
from forbear.settings import Settings

HOST: Final = "dysmsapi.aliyuncs.com"
OF_PROVIDER: Final = ".aliyuncs.com"
CONNECT_SECONDS, READ_SECONDS = 5.0, 10.0
"""Machine time."""
POOL: Final = 32

logging.getLogger("darabonba-core").setLevel(logging.CRITICAL + 1)  # its debug lines quote numbers
_session_of_sdk: Any = DaraCore._get_session  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]  it takes no session of ours


def _unredirected(*args: Any, **named: Any) -> requests.Session:
    """The SDK's session, which raises at a redirect before it asks anybody else."""
    session: requests.Session = _session_of_sdk(*args, **named)
    session.max_redirects = 0
    return session


DaraCore._get_session = staticmethod(_unredirected)  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]  likewise


def client(settings: Settings) -> Client:
    """The SDK's client for these settings.

    Raises:
        CannotStart: half an account, or sandbox and production mixed.
    """
    secret = settings.aliyun_access_key_secret.get_secret_value()
    if not settings.aliyun_access_key_id or not secret:
        raise CannotStart(
            "Half an account for domestic texts: set FORBEAR_ALIYUN_ACCESS_KEY_ID and …_SECRET, or neither."
        )
    endpoint = _endpoint(settings)
    config = Config(
        access_key_id=settings.aliyun_access_key_id,
        access_key_secret=secret,
        endpoint=endpoint,
        protocol="HTTP" if settings.sandbox else "HTTPS",
        region_id="cn-hangzhou",
        retry_options=RetryOptions({"retryable": False}),
        max_idle_conns=POOL,
    )
    return Client(config)


def runtime(read_seconds: float = READ_SECONDS) -> RuntimeOptions:
    """Time-outs of one call, and no second attempt."""
    return RuntimeOptions(
        autoretry=False,
        max_attempts=1,
        connect_timeout=int(CONNECT_SECONDS * 1000),
        read_timeout=int(read_seconds * 1000),
    )


def never_connected(error: BaseException) -> bool:
    """Whether a call failed before a byte of it was written.

    The SDK wraps what `requests` raised twice and keeps only its words; the original hangs at the inner one.
    """
    inner = getattr(error, "inner_exception", None)
    cause = inner.__context__ if isinstance(inner, Exception) else None
    if isinstance(cause, ConnectTimeout):
        return True
    if not isinstance(cause, requests.exceptions.ConnectionError) or not cause.args:
        return False
    reason: object = cause.args[0]
    return isinstance(reason, MaxRetryError) and isinstance(reason.reason, NewConnectionError)


def _endpoint(settings: Settings) -> str:
    given = settings.aliyun_endpoint
    if settings.sandbox:
        if not _is_loopback(given):
            raise CannotStart(
                "The sandbox's address for domestic texts must be loopback; correct FORBEAR_ALIYUN_ENDPOINT."
            )
        return given
    if given and not given.endswith(OF_PROVIDER):
        raise CannotStart(
            "FORBEAR_ALIYUN_ENDPOINT is no host of the provider's: leave it out, or set FORBEAR_SANDBOX too."
        )
    return given or HOST


def _is_loopback(endpoint: str) -> bool:
    host = endpoint.rpartition(":")[0].strip("[]")
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
