"""The control plane for calls: what handsets do with them, people who call us, and what was said."""

from typing import Any

from fastapi import APIRouter, HTTPException
from pydantic import BaseModel, ConfigDict

from forbear.sandbox.control import Limit
from forbear.sandbox.voice.calls import Call, CallQuery, resource
from forbear.sandbox.voice.notices import left_message
from forbear.sandbox.voice.scripts import CallScript
from forbear.sandbox.voice.switchboard import Switchboard


class InboundCall(BaseModel):
    """A person calls one of our numbers; what they do is told by a script, or by their habit."""

    model_config = ConfigDict(extra="forbid")

    phone: str
    to: str
    script: CallScript | None = None


class CallHandset(BaseModel):
    """What a number does with calls from now on."""

    model_config = ConfigDict(extra="forbid")

    phone: str
    script: CallScript


def calls_control(switchboard: Switchboard) -> APIRouter:
    """The routes."""
    router = APIRouter(prefix="/_sandbox/calls", tags=["control"])
    desk = switchboard.desk

    @router.get("")
    async def calls(to: str | None = None, sender: str | None = None, limit: Limit = 1_000) -> list[dict[str, Any]]:
        """Newest first, both directions, whatever faults the list has over the API."""
        found = desk.calls.page(CallQuery(recipient=to, sender=sender), limit)
        return [resource(call, desk.line.account) for call in found]

    @router.get("/{sid}/transcript")
    async def transcript(sid: str) -> dict[str, Any]:
        """Everything that was said and done, with the seconds into the call."""
        call = desk.calls.get(sid)
        if call is None:
            raise HTTPException(404, "no such call")
        return _told(call)

    @router.get("/{sid}/recordings")
    async def recordings(sid: str) -> list[dict[str, Any]]:
        """What was said in each recording of a call."""
        found = desk.recordings.page(sid, 1_000)
        return [{"sid": one.sid, "source": one.source, "seconds": one.seconds, "text": one.text} for one in found]

    @router.post("", status_code=201)
    async def call_us(order: InboundCall) -> dict[str, str]:
        """A person calls one of our numbers."""
        call = switchboard.called_by(order.phone, order.to, order.script)
        return {"sid": call.sid}

    @router.post("/handsets", status_code=204)
    async def set_script(handset: CallHandset) -> None:
        desk.calls.set_script(handset.phone, handset.script)

    return router


def _told(call: Call) -> dict[str, Any]:
    return {
        "sid": call.sid,
        "direction": call.direction,
        "from": call.sender,
        "to": call.recipient,
        "status": call.status,
        "answered_by": call.answered_by,
        "seconds": call.seconds,
        "answers": call.callee.answers,
        "entries": call.transcript,
        "left_message": left_message(call),
    }
