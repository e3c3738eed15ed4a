"""Posts news to lenders' addresses, signed by the Standard Webhooks scheme, and goes nowhere it should not.

An address is looked up, and the very address that was looked at is connected to, so that a name cannot lead into our
own network between the two. Redirects are not followed. Only the status of an answer is read.
"""

import ipaddress
import json
import socket
from typing import Final
from urllib.parse import urlsplit

import httpx
import structlog
from standardwebhooks.webhooks import Webhook

from forbear.channels.loopback import is_loopback
from forbear.clock import Clock
from forbear.ports.lender_news import News

SECONDS: Final = 10.0
"""Machine time for one message."""
log = structlog.get_logger("forbear.webhooks")


class LenderWebhooks:
    """Implements `ports.lender_news.NewsSender`. With `sandbox`, loopback addresses are taken, and in clear."""

    def __init__(self, clock: Clock, *, sandbox: bool) -> None:
        self._clock = clock
        self._sandbox = sandbox
        self._http = httpx.Client(timeout=SECONDS, follow_redirects=False, trust_env=False)

    def send(self, news: News) -> int:
        """The receiver's status; 0 where nothing came back, or its address leads where it may not."""
        address = news.address
        try:
            where = self._looked_up(address)
            if where is None:
                log.warning("webhook.not_public", message=news.id)
                return 0
            answer = self._http.send(self._request(news, where), stream=True)
            answer.close()
        except (httpx.HTTPError, OSError, ValueError) as error:
            log.info("webhook.unanswered", message=news.id, error=type(error).__name__)
            return 0
        return answer.status_code

    def _request(self, news: News, where: str) -> httpx.Request:
        body = json.dumps(
            {"type": news.kind, "timestamp": news.at.isoformat(), "data": dict(news.body)},
            separators=(",", ":"),
            sort_keys=True,
        )
        now = self._clock.machine_now()
        url = httpx.URL(news.address)
        headers = {
            "host": url.netloc.decode("ascii"),
            "content-type": "application/json",
            "user-agent": "Forbear",
            "webhook-id": news.id,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": Webhook(news.secret).sign(news.id, now, body),
        }
        # The name is still what the certificate must bear.
        extensions = {"sni_hostname": url.host} if url.scheme == "https" else {}
        return self._http.build_request(
            "POST", url.copy_with(host=where), content=body.encode(), headers=headers, extensions=extensions
        )

    def _looked_up(self, address: str) -> str | None:
        """The internet address to connect to; None where it is no public one."""
        parts = urlsplit(address)
        if self._sandbox and is_loopback(address):
            return parts.hostname
        if parts.scheme != "https" or not parts.hostname:
            return None
        found = socket.getaddrinfo(parts.hostname, parts.port or 443, type=socket.SOCK_STREAM)
        places = [str(each[4][0]) for each in found]
        return places[0] if places and all(ipaddress.ip_address(place).is_global for place in places) else None

    def close(self) -> None:
        self._http.close()
