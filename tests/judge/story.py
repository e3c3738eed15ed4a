"""A small true story as three logs: two people, three debts, four texts, an opt-out, a payment. Tests break one thing.

Monday is 26 October 2026. Ada has two debts and two zones; Bo answers STOP on Tuesday; Ada pays her first debt in two
parts, the lender's own books first and then through a link.
"""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.judge.reading import Row

ADA, BO = "+12125550101", "+13035550102"
NOW = "2026-11-06T15:00:00+00:00"


@dataclass(slots=True)
class Story:
    """The lines of the three files, by handles that a test can reach for."""

    world: list[Row] = field(default_factory=list[Row])
    client: list[Row] = field(default_factory=list[Row])
    ledger: list[Row] = field(default_factory=list[Row])

    def row(self, table: str, **fields: Any) -> Row:
        """The first ledger row of a table that has these fields."""
        return next(row for row in self.ledger if row["table"] == table and fields.items() <= row.items())

    def line(self, **fields: Any) -> Row:
        """The first line of the world's log that has these fields."""
        return next(line for line in self.world if fields.items() <= line.items())

    def told(self, **fields: Any) -> Row:
        """The first line of the client's log that has these fields."""
        return next(line for line in self.client if fields.items() <= line.items())

    def write(self, folder: Path) -> None:
        for name in ("world", "client", "ledger"):
            rows: list[Row] = getattr(self, name)
            (folder / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


def a_true_story() -> Story:
    story = Story()
    _enrol(story, "acc_card", "ada", ADA, "120.00", zones=["America/New_York", "America/Los_Angeles"])
    _enrol(story, "acc_loan", "ada", ADA, "300.00", zones=["America/New_York", "America/Los_Angeles"])
    _enrol(story, "acc_bo", "bo", BO, "80.00", zones=["America/Denver"])
    story.told(account="acc_card")["contacts"] = [contact("2026-10-22T15:00:00Z", "call", "voicemail_left")]
    story.ledger.append(
        {"table": "clock", "origin": "2026-10-26T10:00:00Z", "anchor": "2026-10-26T10:00:00Z", "speed": 1}
    )
    send(story, "tch_1", "acc_card", ADA, "2026-10-27T18:00:00Z")
    send(story, "tch_2", "acc_bo", BO, "2026-10-27T16:00:00Z")
    _stop(story, "SMin1", BO, "2026-10-27T16:30:00Z")
    confirm(story, "acc_card", "2026-10-29T12:00:00Z")
    send(story, "tch_3", "acc_card", ADA, "2026-10-30T18:00:00Z")
    pay_at_bank(story, "acc_card", "bank-1", "50.00", "2026-10-31T15:00:00Z")
    pay_by_link(story, "acc_card", "cs_1", "70.00", "2026-11-01T15:00:00Z")
    confirm(story, "acc_loan", "2026-11-03T12:00:00Z")
    send(story, "tch_4", "acc_loan", ADA, "2026-11-04T18:00:00Z")
    story.row("account", id="acc_card").update(state="closed", next_at=None, next_reason=None)
    return story


def contact(at: str, channel: str, result: str) -> Row:
    return {"at": at, "channel": channel, "result": result}


def permission(to: str | None, at: str) -> Row:
    return {"channel": "sms", "to": to, "at": at}


def _enrol(story: Story, account: str, person: str, phone: str, owed: str, *, zones: list[str]) -> None:
    at = "2026-10-26T10:30:00Z"
    story.client.append(
        {
            "at": at,
            "kind": "enrolled",
            "account": account,
            "person": person,
            "phones": [phone],
            "zones": zones,
            "consents": [permission(phone, "2026-01-05T12:00:00Z")],
            "opt_outs": [],
            "contacts": [],
            "owed": owed,
            "balance_as_of": "2026-10-26T02:00:00Z",
        }
    )
    story.ledger += [
        {
            "table": "account",
            "id": account,
            "state": "open",
            "next_at": "2026-11-08T16:00:00Z",
            "next_reason": "the next step begins then",
        },
        {"table": "party", "account": account, "person": f"per_{person}", "role": "borrower"},
        {"table": "contact_point", "id": f"pt_{account}", "person": f"per_{person}", "address_key": f"key_{person}"},
        {"table": "entry", "account": account, "component": "principal", "amount": owed, "payment": None},
    ]


def send(story: Story, touch: str, account: str, phone: str, at: str) -> None:
    """A claim, its acceptance and its delivery a little later."""
    sid = f"SM{touch}"
    story.ledger.append(
        {
            "table": "touch",
            "id": touch,
            "account": account,
            "accounts": [account],
            "channel": "sms",
            "state": "delivered",
            "claimed_at": at,
            "lease_until": at,
        }
    )
    accepted = at.replace(":00:00Z", ":00:20Z")
    story.world += [
        {"at": accepted, "channel": "sms", "to": phone, "from": "+15005550006", "sid": sid, "ref": touch}
        | {"status": "queued", "body_sha256": "00"},
        {"at": accepted.replace(":00:20Z", ":01:00Z"), "sid": sid, "status": "delivered"},
    ]


def unsend(story: Story, touch: str) -> None:
    """As if a touch had never been decided."""
    story.world.remove(story.line(ref=touch))
    story.ledger.remove(story.row("touch", id=touch))


def _stop(story: Story, sid: str, phone: str, at: str) -> None:
    story.world.append({"at": at, "channel": "sms-in", "kind": "stop", "from": phone, "to": "+15005550006", "sid": sid})
    story.ledger += [
        {"table": "reply", "id": "rpl_1", "provider_id": sid, "at": at, "reading": "stop"},
        {"table": "suppression", "person": None, "address_key": "key_bo", "at": at, "lifted_at": None},
    ]


def confirm(story: Story, account: str, at: str) -> None:
    story.client.append({"at": at, "kind": "balance", "account": account, "owed": "0", "as_of": at})


def pay_at_bank(story: Story, account: str, external_id: str, amount: str, at: str) -> None:
    story.client.append({"at": at, "kind": "payment", "account": account, "external_id": external_id, "amount": amount})
    _book(story, account, external_id, amount, at)


def pay_by_link(story: Story, account: str, session: str, amount: str, at: str) -> None:
    story.world.append(
        {"at": at, "channel": "payment", "kind": "payment", "from": None, "sid": session, "ref": "chk_1"}
        | {"amount": amount, "currency": "USD"}
    )
    story.ledger.append({"table": "checkout", "id": "chk_1", "account": account})
    _book(story, account, session, amount, at)


def _book(story: Story, account: str, external_id: str, amount: str, at: str) -> None:
    payment = {"table": "payment", "id": f"pay_{external_id}", "account": account, "external_id": external_id}
    entry = {"table": "entry", "account": account, "component": "principal", "payment": f"pay_{external_id}"}
    story.ledger += [payment | {"amount": amount, "recorded_at": at}, entry | {"amount": f"-{amount}"}]
