"""Recordings over HTTP: list, fetch, start, pause, delete, and the sound itself."""

from functools import partial
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from forbear.sandbox.gate import Endpoint, Gate
from forbear.sandbox.listing import Shelf, envelope
from forbear.sandbox.refusals import Refusal
from forbear.sandbox.voice.desk import Desk
from forbear.sandbox.voice.recordings import Recording, resource, sound
from forbear.sandbox.wire import form_pairs, path_of

_ACCOUNT = "/api/2010-04-01/Accounts/{account}"
_STATUSES = {"in-progress", "paused", "stopped"}


class RecordingsApi:
    """What the application may do with recordings."""

    def __init__(self, desk: Desk) -> None:
        self._desk, self._recordings = desk, desk.recordings

    def routes(self, gate: Gate) -> list[Route]:
        table: list[tuple[str, str, Endpoint]] = [
            ("GET", f"{_ACCOUNT}/Recordings.json", self._list),
            ("GET", f"{_ACCOUNT}/Recordings/{{sid}}.json", self._fetch),
            ("DELETE", f"{_ACCOUNT}/Recordings/{{sid}}.json", self._delete),
            ("GET", f"{_ACCOUNT}/Recordings/{{sid}}", self._hear),
            ("GET", f"{_ACCOUNT}/Calls/{{call}}/Recordings.json", self._list),
            ("POST", f"{_ACCOUNT}/Calls/{{call}}/Recordings.json", self._start),
            ("GET", f"{_ACCOUNT}/Calls/{{call}}/Recordings/{{sid}}.json", self._fetch),
            ("POST", f"{_ACCOUNT}/Calls/{{call}}/Recordings/{{sid}}.json", self._update),
            ("DELETE", f"{_ACCOUNT}/Calls/{{call}}/Recordings/{{sid}}.json", self._delete),
        ]
        return gate.routes(table)

    async def _list(self, request: Request) -> Response:
        params = request.query_params
        call = request.path_params.get("call") or params.get("CallSid")
        page = partial(self._recordings.page, call)
        shelf = Shelf("recordings", ("CallSid",), page, self._recordings.find, self._resource)
        return JSONResponse(envelope(shelf, path_of(request), params))

    async def _fetch(self, request: Request) -> Response:
        return JSONResponse(self._resource(self._found(request)))

    async def _hear(self, request: Request) -> Response:
        return Response(sound(self._found(request)), media_type="audio/x-wav")

    async def _start(self, request: Request) -> Response:
        call = self._desk.calls.get(request.path_params["call"])
        if call is None:
            raise Refusal(20404, path=path_of(request))
        if call.status != "in-progress":
            raise Refusal(21220)
        return JSONResponse(self._resource(self._desk.record(call, "StartCallRecordingAPI")), 201)

    async def _update(self, request: Request) -> Response:
        """Pause, go on or stop: a recording that is over stays as it is."""
        recording, form = self._found(request), dict(await form_pairs(request))
        status = form.get("Status", "")
        if status not in _STATUSES:
            raise Refusal(20001, name="Status")
        if recording.status == "completed":
            raise Refusal(21220)
        if status == "stopped":
            call = self._desk.calls.get(recording.call)
            seconds = round(call.seconds or 0) if call is not None else 0
            return JSONResponse(self._resource(self._recordings.complete(recording, seconds)))
        return JSONResponse(self._resource(self._recordings.set_status(recording, status)))

    async def _delete(self, request: Request) -> Response:
        self._recordings.delete(self._found(request).sid)
        return Response(status_code=204)

    def _found(self, request: Request) -> Recording:
        sid = request.path_params["sid"].removesuffix(".wav").removesuffix(".mp3")
        recording = self._recordings.get(sid)
        if recording is None:
            raise Refusal(20404, path=path_of(request))
        return recording

    def _resource(self, recording: Recording) -> dict[str, Any]:
        return resource(recording, self._desk.line.account)
