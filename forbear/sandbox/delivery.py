"""How a webhook goes out: connection overrides in its address, when to try again, how it is signed.

Pure, so that the rules can be read and tested away from any socket.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, urldefrag, urlencode

import stripe
from twilio.request_validator import RequestValidator

_BACKOFF, _LONGEST_BACKOFF = 0.1, 5.0


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
        given = dict(parse_qsl(urldefrag(url).fragment))
        default = cls()
        return cls(
            connect=_seconds(given.get("ct"), default.connect),
            read=_seconds(given.get("rt"), default.read),
            total=_seconds(given.get("tt"), default.total),
            retries=min(5, int(given["rc"])) if given.get("rc", "").isdecimal() else default.retries,
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


def twilio_signature(url: str, params: Mapping[str, str], token: str) -> str:
    """Over the address without its fragment, as Twilio signs."""
    return RequestValidator(token).compute_signature(urldefrag(url).url, dict(params))


def with_query(url: str, params: Mapping[str, str]) -> str:
    """An address with parameters added to those it has, and without its fragment."""
    bare = urldefrag(url).url
    return f"{bare}{'&' if '?' in bare else '?'}{urlencode(params)}" if params else bare


def stripe_signature(body: str, secret: str, machine_timestamp: int) -> str:
    return stripe.WebhookSignature.generate_signature_header(body, secret, machine_timestamp)


def _seconds(milliseconds: str | None, default: float) -> float:
    return int(milliseconds) / 1_000 if milliseconds is not None and milliseconds.isdecimal() else default
