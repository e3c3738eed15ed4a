"""A member of staff at a browser: signs in, reads pages and sends their forms, over the same addresses as anybody.

What the pages say is binding here: an act that is refused or held is left undone, and nothing is tried behind them.
"""

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Final

import httpx

from forbear.clock import Clock
from forbear.errors import CannotStart
from forbear.rehearsal.asking import Unavailable
from forbear.rehearsal.staff import Employee

SEE_OTHER: Final = 303
GONE: Final = frozenset({403, 404, 409, 410})
"""Answers to somebody who came too late: a colleague was there first, or the reason for it is over."""
BUSY: Final = frozenset({408, 429})
FIRST_FAULT: Final = 500
CARD: Final = re.compile(r'<li class="card( held)?">\s*<h3><a href="(/staff/tasks/[^"]+)"(.*?)</li>', re.DOTALL)
TOKEN: Final = re.compile(r'name="csrf" value="([^"]+)"')
HTTP_SECONDS: Final = 30.0
PATIENCE: Final = timedelta(seconds=60)
"""Machine time until a sign-in has to have succeeded."""


class Browser:
    """One signed-in person's browser."""

    def __init__(self, url: str, who: Employee, clock: Clock) -> None:
        self.who, self._clock = who, clock
        self._client = httpx.Client(base_url=url, timeout=HTTP_SECONDS, trust_env=False)
        self._token = ""

    def sign_in(self) -> None:
        """Sign in.

        Raises:
            CannotStart: they were not let in.
        """
        told = {"email": self.who.email, "password": self.who.password, "next": ""}
        deadline = self._clock.machine_now() + PATIENCE
        while self._client.post("/staff/sign-in", data=told).status_code != SEE_OTHER:
            if self._clock.machine_now() > deadline:
                raise CannotStart(f"The {self.who.role} could not sign in")
        self.take_token()

    def take_token(self) -> None:
        """Learn the token that this session's forms bear.

        Raises:
            CannotStart: a page has none.
        """
        found = TOKEN.search(self.page("/staff/me"))
        if found is None:
            raise CannotStart("A page of staff has no form")
        self._token = found[1]

    def page(self, path: str) -> str:
        """A page; empty where there is nothing for this person to see.

        Raises:
            Unavailable: nobody could answer just now.
        """
        answer = self._asked("GET", path)
        return answer.text if answer.is_success else ""

    def fetch(self, path: str) -> bytes:
        """A file; empty where this person may not have it.

        Raises:
            Unavailable: nobody could answer just now.
        """
        answer = self._asked("GET", path)
        return answer.content if answer.is_success else b""

    def send(self, path: str, fields: Mapping[str, str] | None = None) -> httpx.Response:
        """Send a form of this session.

        Raises:
            Unavailable: nobody could answer just now; it may be sent again.
        """
        return self._asked("POST", path, {"csrf": self._token, **(fields or {})})

    def done(self, path: str, fields: Mapping[str, str] | None = None) -> bool:
        """Send a form; whether it was done."""
        return self.send(path, fields).status_code == SEE_OTHER

    def tasks(self, about: str = "") -> list[str]:
        """The addresses of what may be begun or told now, as the work list shows it; what is held is left out.

        Args:
            about: a lender's name; others' tasks are somebody else's.
        """
        cards: list[tuple[str, str, str]] = CARD.findall(self.page("/staff"))
        return [address for held, address, words in cards if not held and about in words]

    def close(self) -> None:
        self._client.close()

    def _asked(self, method: str, path: str, fields: Mapping[str, str] | None = None) -> httpx.Response:
        try:
            answer = self._client.request(method, path, data=fields)
        except httpx.TransportError:
            raise Unavailable("The pages of staff do not answer") from None
        if answer.status_code in BUSY or answer.status_code >= FIRST_FAULT:
            raise Unavailable(f"A page of staff answered {answer.status_code}")
        return answer
