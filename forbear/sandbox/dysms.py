"""The domestic provider of mainland China: takes texts by template, tells their fate when asked, pushes what happens.

Its own numbers, codes and memory; what a handset does, the clock, the log and the faults it shares with the other
carrier. Replies come back under the signature a person was last written to with.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from forbear.sandbox.agenda import Payload
from forbear.sandbox.dysms_answers import REPORTS, TextRefused
from forbear.sandbox.dysms_intake import DomesticDraft, Registry, forbidden_in, links_in
from forbear.sandbox.dysms_pushes import Pushes
from forbear.sandbox.ground import Ground
from forbear.sandbox.segments import count
from forbear.sandbox.statuses import Handset, Outcome, journey
from forbear.sandbox.wire import digest, instant, iso

ROUTE = "aliyun"
BEIJING = ZoneInfo("Asia/Shanghai")
_STEP = "dysms"
_WAITING, _FAILED, _DONE = 1, 2, 3
_STATUSES = {"sent": _WAITING, "delivered": _DONE, "undelivered": _FAILED, "failed": _FAILED}
_A_DAY = 50
"""Texts to one number under one signature in one day of Beijing."""
_CARRIERS_TRY = timedelta(hours=72)


@dataclass(frozen=True, slots=True)
class Arrived:
    """A text that reached a handset."""

    phone: str
    correspondent: str
    body: str


class DomesticProvider:
    """Everything behind the API but HTTP."""

    def __init__(self, registry: Registry, ground: Ground, pushes: Pushes) -> None:
        self._registry, self._pushes = registry, pushes
        self._store, self._journal, self._agenda = ground.store, ground.journal, ground.agenda
        self._clock, self._seed = ground.clock, ground.seed
        self.handset_of: Callable[[str], Handset] = lambda _phone: Handset()
        self.on_delivered: Callable[[Arrived], None] = lambda _arrived: None
        ground.agenda.on_step(_STEP, self._advance)

    def accept(self, params: dict[str, str]) -> str:
        """Take a text on and give it its id.

        Raises:
            TextRefused: it is not taken.
        """
        draft = self._registry.draft(params)
        with self._store.transaction():
            now = self._clock.now()
            if self._sent_today(draft, now) >= _A_DAY:
                raise TextRefused("isv.BUSINESS_LIMIT_CONTROL", limit=_A_DAY)
            biz_id = f"{uuid4().int % 10**18:018d}^0"
            values = draft.phone, draft.signature, draft.template, draft.content, draft.out_id, biz_id
            self._store.run(
                "INSERT INTO domestic (phone, signature, template, content, out_id, biz_id, status, sent) "
                "VALUES (?, ?, ?, ?, ?, ?, 1, ?)",
                *values,
                iso(now),
            )
            self._journal.write(_accepted(draft, biz_id, now))
            self._launch(draft.phone, biz_id, now)
        return biz_id

    def details(self, phone: str, day: date, page: int, size: int, shown_until: datetime) -> tuple[int, list[Payload]]:
        """How many texts went to a number on a day of Beijing, and one page of them, newest first."""
        start = datetime.combine(day, datetime.min.time(), BEIJING)
        where = "FROM domestic WHERE phone = ? AND sent >= ? AND sent < ? AND sent <= ?"
        span = phone, iso(start), iso(start + timedelta(days=1)), iso(shown_until)
        total = self._store.row(f"SELECT count(*) AS n {where}", *span)
        rows = self._store.rows(
            f"SELECT * {where} ORDER BY seq DESC LIMIT ? OFFSET ?",
            *span,
            size,
            (page - 1) * size,
        )
        return (0 if total is None else int(total["n"])), [_detail(row) for row in rows]

    def receive(self, phone: str, signature: str, body: str, kind: str | None = None) -> str:
        """A person's reply to texts under a signature; its id. `kind` is what the person means by it."""
        with self._store.transaction():
            now, sequence = self._clock.now(), uuid4().int % 10**18
            line: dict[str, Any] = {"at": iso(now), "channel": "sms-in", "kind": kind or "text", "from": phone}
            line |= {"to": signature, "sid": str(sequence), "ref": None, "body_sha256": digest(body), "route": ROUTE}
            self._journal.write(line)
            item = {"phone_number": _national(phone), "send_time": _beijing(now), "content": body}
            item |= {"sign_name": signature, "dest_code": "1069000000000", "sequence_id": sequence}
            self._pushes.add("inbound", item, phone)
        return str(sequence)

    def all(self, phone: str | None = None) -> list[dict[str, Any]]:
        """Every text, newest first; for the control plane."""
        rows = self._store.rows("SELECT * FROM domestic WHERE ? IS NULL OR phone = ? ORDER BY seq DESC", phone, phone)
        return [_detail(row) | {"BizId": row["biz_id"], "SignName": row["signature"]} for row in rows]

    def _sent_today(self, draft: DomesticDraft, now: datetime) -> int:
        day = datetime.combine(now.astimezone(BEIJING).date(), datetime.min.time(), BEIJING)
        query = "SELECT count(*) AS n FROM domestic WHERE phone = ? AND signature = ? AND sent >= ?"
        found = self._store.row(query, draft.phone, draft.signature, iso(day))
        return 0 if found is None else int(found["n"])

    def _launch(self, phone: str, biz_id: str, now: datetime) -> None:
        handset = self._handset(phone)
        chance = Random(f"{self._seed}:{biz_id}")
        for step in journey(handset, queue=timedelta(0), validity=_CARRIERS_TRY, chance=chance):
            code = _code(handset.outcome, step.status)
            self._agenda.add(_STEP, {"biz_id": biz_id, "status": step.status, "code": code}, now + step.after)

    def _handset(self, phone: str) -> Handset:
        row = self._store.row("SELECT * FROM handsets WHERE phone = ?", phone)
        if row is None:
            return self.handset_of(phone)
        return Handset(Outcome(row["outcome"]), timedelta(seconds=row["queued_for"]))

    def _advance(self, payload: Payload) -> None:
        row = self._store.row("SELECT * FROM domestic WHERE biz_id = ?", payload["biz_id"])
        if row is None or row["status"] != _WAITING:
            return
        now = self._clock.now()
        line: dict[str, Any] = {"at": iso(now), "sid": row["biz_id"], "status": payload["status"]}
        failed = _STATUSES[payload["status"]] == _FAILED
        self._journal.write(line | ({"error_code": payload["code"]} if failed else {}))
        if payload["status"] == "sent":
            return
        done = _STATUSES[payload["status"]], payload["code"], iso(now), row["biz_id"]
        self._store.run("UPDATE domestic SET status = ?, code = ?, reported = ? WHERE biz_id = ?", *done)
        self._pushes.add("callback", _report(row, payload["code"], now), row["phone"])
        if not failed:
            self.on_delivered(Arrived(row["phone"], row["signature"], row["content"]))


def _accepted(draft: DomesticDraft, biz_id: str, now: datetime) -> dict[str, Any]:
    return {
        "at": iso(now),
        "channel": "sms",
        "route": ROUTE,
        "to": draft.phone,
        "from": draft.signature,
        "sid": biz_id,
        "ref": draft.out_id,
        "status": "queued",
        "body_sha256": digest(draft.content),
        "template": draft.template,
        "links": links_in(draft.content),
        "words": forbidden_in(draft.content),
    }


def _code(outcome: Outcome, status: str) -> str:
    """The report's code; a text that carriers gave up met a handset that was off all the time."""
    if status in {"sent", "delivered"}:
        return REPORTS[Outcome.DELIVERED][0] if status == "delivered" else ""
    return REPORTS[Outcome.UNREACHABLE if outcome is Outcome.DELIVERED else outcome][0]


def _detail(row: dict[str, Any]) -> dict[str, Any]:
    """One text as the API shows it. Its own id is not part of that."""
    shown: dict[str, Any] = {
        "PhoneNum": _national(row["phone"]),
        "SendStatus": row["status"],
        "ErrCode": row["code"] or "",
        "TemplateCode": row["template"],
        "Content": row["content"],
        "SendDate": _beijing(instant(row["sent"])),
        "OutId": row["out_id"] or "",
    }
    return shown | ({"ReceiveDate": _beijing(instant(row["reported"]))} if row["reported"] else {})


def _report(row: dict[str, Any], code: str, now: datetime) -> dict[str, Any]:
    words = dict(REPORTS.values())
    return {
        "phone_number": _national(row["phone"]),
        "send_time": _beijing(instant(row["sent"])),
        "report_time": _beijing(now),
        "success": code == "DELIVERED",
        "err_code": code,
        "err_msg": words.get(code, ""),
        "sms_size": str(count(row["content"])),
        "biz_id": row["biz_id"],
        "out_id": row["out_id"] or "",
    }


def _national(phone: str) -> str:
    return phone.removeprefix("+86")


def _beijing(at: datetime) -> str:
    """Local time without an offset, as the provider writes every time."""
    return at.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M:%S")
