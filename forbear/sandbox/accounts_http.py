"""Twilio's account resource over HTTP: the one account there is, and the API keys it makes for itself."""

import secrets
from typing import Any
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from forbear.sandbox.agenda import LiveClock
from forbear.sandbox.gate import Endpoint, Gate
from forbear.sandbox.messages import API_VERSION
from forbear.sandbox.refusals import Refusal
from forbear.sandbox.store import Store
from forbear.sandbox.wire import form_pairs, iso, path_of, rfc2822

_ACCOUNTS = "/api/2010-04-01/Accounts.json"
_ACCOUNT = "/api/2010-04-01/Accounts/{account}.json"
_BALANCE = "/api/2010-04-01/Accounts/{account}/Balance.json"
_KEYS = "/api/2010-04-01/Accounts/{account}/Keys.json"
_KEY = "/api/2010-04-01/Accounts/{account}/Keys/{sid}.json"
_SCHEMA = """
CREATE TABLE IF NOT EXISTS api_keys (
  sid TEXT PRIMARY KEY, name TEXT NOT NULL, secret TEXT NOT NULL, created TEXT NOT NULL);
"""
_PARTS = ("Calls", "IncomingPhoneNumbers", "Keys", "Messages", "Recordings")


class AccountsApi:
    """The account, and who else may speak for it."""

    def __init__(self, account: str, auth_token: str, store: Store, clock: LiveClock) -> None:
        self._account, self._auth_token, self._store, self._clock = account, auth_token, store, clock
        self._opened = iso(clock.now())
        store.define(_SCHEMA)

    def routes(self, gate: Gate) -> list[Route]:
        table: list[tuple[str, str, Endpoint]] = [
            ("GET", _ACCOUNTS, self._list),
            ("GET", _ACCOUNT, self._fetch),
            ("GET", _BALANCE, self._balance),
            ("POST", _KEYS, self._new_key),
            ("GET", _KEYS, self._keys),
            ("DELETE", _KEY, self._end_key),
        ]
        return gate.routes(table)

    def secret_of(self, sid: str) -> str:
        """The secret that goes with the account's sid or with a key's; empty where there is none."""
        if sid == self._account:
            return self._auth_token
        row = self._store.row("SELECT secret FROM api_keys WHERE sid = ?", sid)
        return "" if row is None else row["secret"]

    async def _list(self, request: Request) -> Response:
        return JSONResponse(_whole("accounts", [self._resource()], path_of(request)))

    async def _fetch(self, request: Request) -> Response:
        del request
        return JSONResponse(self._resource())

    async def _balance(self, request: Request) -> Response:
        del request
        return JSONResponse({"account_sid": self._account, "balance": "100.00", "currency": "USD"})

    async def _new_key(self, request: Request) -> Response:
        """The only answer that shows the key's secret."""
        name = dict(await form_pairs(request)).get("FriendlyName", "")
        sid, secret, now = f"SK{uuid4().hex}", secrets.token_hex(16), iso(self._clock.now())
        self._store.run("INSERT INTO api_keys VALUES (?, ?, ?, ?)", sid, name, secret, now)
        return JSONResponse(_key({"sid": sid, "name": name, "created": now}) | {"secret": secret}, 201)

    async def _keys(self, request: Request) -> Response:
        rows = self._store.rows("SELECT * FROM api_keys ORDER BY created DESC")
        return JSONResponse(_whole("keys", [_key(row) for row in rows], path_of(request)))

    async def _end_key(self, request: Request) -> Response:
        sid = request.path_params["sid"]
        if self._store.row("SELECT 1 FROM api_keys WHERE sid = ?", sid) is None:
            raise Refusal(20404, path=path_of(request))
        self._store.run("DELETE FROM api_keys WHERE sid = ?", sid)
        return Response(status_code=204)

    def _resource(self) -> dict[str, Any]:
        uri = f"/{API_VERSION}/Accounts/{self._account}"
        return {
            "sid": self._account,
            "auth_token": self._auth_token,
            "owner_account_sid": self._account,
            "friendly_name": "Sandbox",
            "status": "active",
            "type": "Full",
            "date_created": rfc2822(self._opened),
            "date_updated": rfc2822(self._opened),
            "uri": f"{uri}.json",
            "subresource_uris": {_snake(part): f"{uri}/{part}.json" for part in _PARTS},
        }


def _key(row: dict[str, Any]) -> dict[str, Any]:
    created = rfc2822(row["created"])
    return {"sid": row["sid"], "friendly_name": row["name"], "date_created": created, "date_updated": created}


def _whole(name: str, found: list[dict[str, Any]], path: str) -> dict[str, Any]:
    """A list short enough for one page."""
    return {
        name: found,
        "page": 0,
        "page_size": 50,
        "start": 0,
        "end": max(0, len(found) - 1),
        "uri": f"{path}?PageSize=50&Page=0",
        "first_page_uri": f"{path}?PageSize=50&Page=0",
        "next_page_uri": None,
        "previous_page_uri": None,
    }


def _snake(name: str) -> str:
    return "".join(f"_{char.lower()}" if char.isupper() else char for char in name).lstrip("_")
