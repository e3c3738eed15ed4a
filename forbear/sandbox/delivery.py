"""How a webhook goes out: connection overrides in its address, when to try again, how it is signed.

Pure, so that the rules can be read and tested away from any socket.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

import stripe
from twilio.request_validator import RequestValidator

from forbear.sandbox.wire import whole

_BACKOFF, _LONGEST_BACKOFF = 0.1, 5.0
_LONGEST_WAIT = 86_400.0


@dataclass(frozen=True, slots=True)
class Overrides:
    """Twilio's connection overrides, from an address's fragment. Times are machine seconds."""

    connect: float = 5.0
    read: float = 15.0
    total: float = 15.0
    retries: int = 1
    policy: frozenset[str] = frozenset({"ct"})

    @classmethod
    def of(cls, url: str) -> "Overrides":
        """Read `#ct=..&rt=..&tt=..&rc=..&rp=..`; what is absent or unreadable keeps Twilio's default."""
        given = dict(parse_qsl(url.partition("#")[2]))
        default, retries = cls(), whole(given.get("rc"))
        return cls(
            connect=_seconds(given.get("ct"), default.connect),
            read=_seconds(given.get("rt"), default.read),
            total=_seconds(given.get("tt"), default.total),
            retries=default.retries if retries is None else min(5, retries),
            policy=frozenset(given["rp"].split(",")) if "rp" in given else default.policy,
        )

    def retry(self, failure: str, tries: int, elapsed: float) -> bool:
        """Whether to try again after `tries` attempts, the last of which failed as `ct`, `rt`, `4xx` or `5xx`."""
        return tries <= self.retries and elapsed < self.total and bool(self.policy & {failure, "all"})


def failure_of(status: int) -> str | None:
    """The retry policy's word for an answer; None is success."""
    if status >= 500:  # noqa: PLR2004  HTTP's own line
        return "5xx"
    return "4xx" if status >= 400 else None  # noqa: PLR2004  likewise


def backoff(tries: int) -> float:
    """Machine seconds before the next attempt."""
    return min(_LONGEST_BACKOFF, _BACKOFF * 2 ** (tries - 1))


def bare(url: str) -> str:
    """An address without its fragment, which need not be one anybody can read."""
    return url.partition("#")[0]


def twilio_signature(url: str, params: Mapping[str, str], token: str) -> str:
    """Over the address without its fragment, as Twilio signs."""
    return RequestValidator(token).compute_signature(bare(url), dict(params))


def with_query(url: str, params: Mapping[str, str]) -> str:
    """An address with parameters added to those it has, and without its fragment."""
    address = bare(url)
    return f"{address}{'&' if '?' in address else '?'}{urlencode(params)}" if params else address


def stripe_signature(body: str, secret: str, machine_timestamp: int) -> str:
    return stripe.WebhookSignature.generate_signature_header(body, secret, machine_timestamp)


def _seconds(milliseconds: str | None, default: float) -> float:
    given = whole(milliseconds)
    return default if given is None else min(_LONGEST_WAIT, given / 1_000)
