"""The API's own process is killed while callbacks come as fast as they are answered: what was acknowledged is kept."""

import os
import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import httpx
import pytest
from sqlalchemy import select
from twilio.request_validator import RequestValidator

from forbear.clock import machine_time
from forbear.ledger.handing import CALLBACK_LIVES
from forbear.ledger.receipts import fold
from forbear.ledger.tables.contacts import Receipt, Touch
from forbear.services import settings_file
from forbear.services.ports import LOOPBACK, free_port
from forbear.services.program import Program, answers_at
from forbear.settings import Settings
from forbear.tokens import callback_url, key_bytes, sign_callback
from tests.api.pages.site import Borrower, Site

PEOPLE, CALLERS, ENOUGH = 12, 12, 20
NEWS = ("queued", "sending", "sent", "delivered")


@pytest.fixture
def api(database: Settings, tmp_path: Path) -> Iterator[Program]:
    values = {name: getattr(database, name) for name in settings_file.fresh_secrets()}
    revealed = {name: v.get_secret_value() if hasattr(v, "get_secret_value") else v for name, v in values.items()}
    revealed["codec_keys"] = {key: v.get_secret_value() for key, v in database.codec_keys.items()}
    file, port = tmp_path / "settings.toml", free_port()
    held = {"database_url": database.database_url, "data": tmp_path / "data", "public_url": database.public_url}
    settings_file.provide(file, {**revealed, **held})
    program = Program(
        "api",
        ["-m", "uvicorn", "--factory", "forbear.api.app:create_app", "--host", LOOPBACK, "--port", str(port)],
        env={**os.environ, **settings_file.variables(file)},
        log=tmp_path / "api.log",
        ready=answers_at(port, "/healthz"),
        port=port,
    )
    program.start()
    yield program
    program.kill()


@pytest.mark.timeout(300)
def test_what_was_acknowledged_before_a_kill_is_in_the_record(database: Settings, api: Program) -> None:
    site = Site(database)
    told = _Told(site.settings, api)
    people = [site.borrower() for _ in range(PEOPLE)]
    asked = [(borrower, status) for status in NEWS for borrower in people]
    with ThreadPoolExecutor(CALLERS) as callers:
        list(callers.map(told.tell, asked))
    assert ENOUGH <= len(told.acknowledged) < len(asked), "it was to be killed in the middle"
    with site.house.worker() as session:
        receipts = session.execute(select(Receipt.touch, Receipt.status)).all()
        states = session.execute(select(Touch.id, Touch.state)).all()
    assert told.acknowledged <= {(touch, status) for touch, status in receipts}
    for touch, state in states:
        assert state == fold(status for of, status in receipts if of == touch), "half of a batch was stored"
    site.close()


class _Told:
    """The carrier, who tells until the process is gone; it is killed as soon as enough was acknowledged."""

    def __init__(self, settings: Settings, api: Program) -> None:
        self.acknowledged: set[tuple[str, str]] = set()
        self._settings, self._api, self._lock = settings, api, threading.Lock()
        self._validator = RequestValidator(settings.twilio_auth_token.get_secret_value())

    def tell(self, asked: tuple[Borrower, str]) -> None:
        borrower, status = asked
        touch = borrower.order.touch
        # That process goes by the machine's time, and not by the tests' day.
        token = sign_callback(key_bytes(self._settings.token_key), touch, machine_time() + CALLBACK_LIVES)
        address = callback_url(self._settings.public_url, token).partition("#")[0]
        fields = {"MessageSid": f"SM{touch[-16:]}", "MessageStatus": status}
        try:
            answer = self._post(address, fields)
        except httpx.HTTPError:
            return
        assert answer.status_code == 204
        with self._lock:
            self.acknowledged.add((touch, status))
            if len(self.acknowledged) == ENOUGH:
                self._api.kill()

    def _post(self, address: str, fields: Mapping[str, str]) -> httpx.Response:
        parts = urlsplit(address)
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "X-Twilio-Signature": self._validator.compute_signature(address, fields),
        }
        target = f"http://{LOOPBACK}:{self._api.port}{parts.path}?{parts.query}"
        return httpx.post(target, content=urlencode(fields), headers=headers, timeout=30.0, trust_env=False)
