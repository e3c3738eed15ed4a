"""The true story told on by the other channels: a machine's call, a caller's, two letters and a visit. Tests break one.

Cy owes a third lender's debt in New York and is reached otherwise than by text; what staff did is in a log of theirs.
"""

from collections.abc import Mapping
from typing import Any

from tests.judge.reading import Row
from tests.judge.story import Story, permission

CY = "+12125550177"
OFFICERS = ["stf_one", "stf_two"]


def tell_other_ways(story: Story) -> list[Row]:
    """Add Cy and what was done; returns the lines of the staff's log."""
    _enrol(story)
    _claim(story, "tch_call", "call", "2026-10-27T15:00:00Z", provider="twilio", result="connected")
    _place(story, "CAmachine", "tch_call", "2026-10-27T15:00:20Z")
    _claim(story, "tch_dial", "call", "2026-10-29T15:00:00Z", provider="person", result="connected", task="tsk_dial")
    _claim(story, "tch_lob", "letter", "2026-10-27T12:00:00Z", provider="lob", contact_point="pt_cy_home")
    _claim(story, "tch_ours", "letter", "2026-10-28T12:00:00Z", provider="print_room", contact_point="pt_cy_home")
    _claim(story, "tch_door", "visit", "2026-10-30T15:10:00Z", provider="person", task="tsk_door", result="visited")
    story.world += [
        {"at": "2026-10-27T12:00:30Z", "channel": "letter", "kind": "accepted", "sid": "ltr_1", "ref": "tch_lob"},
        {"at": "2026-11-02T12:00:30Z", "channel": "letter", "kind": "delivered", "sid": "ltr_1", "ref": "tch_lob"},
    ]
    _visited(story)
    return [
        _act("call", "2026-10-29T15:05:00Z", task="tsk_dial", staff="stf_caller", to=CY),
        _act("call_ended", "2026-10-29T15:15:00Z", task="tsk_dial", staff="stf_caller", to=CY, outcome="spoke_refuses"),
        _act("letter", "2026-10-28T14:00:00Z", touch="tch_ours", what="printed", code=None),
        _act("letter", "2026-10-28T18:00:00Z", touch="tch_ours", what="handed_over", code=None),
        _act("visit", "2026-10-30T15:12:00Z", visit="vis_1", staff=OFFICERS),
        _act("visit_ended", "2026-10-30T15:40:00Z", visit="vis_1", staff=OFFICERS, outcome="met_borrower"),
    ]


def _act(kind: str, at: str, **more: Any) -> Row:
    return {"at": at, "kind": kind, **more}


def _enrol(story: Story) -> None:
    agreed = [permission(CY, "2026-01-05T12:00:00Z"), {"channel": "call", "to": CY, "at": "2026-01-05T12:00:00Z"}]
    story.client.append(
        {"at": "2026-10-26T10:30:00Z", "kind": "enrolled", "account": "acc_cy", "person": "cy", "phones": [CY]}
        | {"zones": ["America/New_York"], "consents": agreed, "opt_outs": [], "contacts": []}
        | {"owed": "90.00", "balance_as_of": "2026-10-26T02:00:00Z"}
    )
    story.ledger += [
        {
            "table": "account",
            "id": "acc_cy",
            "state": "open",
            "next_at": "2026-11-08T16:00:00Z",
            "next_reason": "later",
        },
        {"table": "party", "account": "acc_cy", "person": "per_cy", "role": "borrower"},
        {"table": "contact_point", "id": "pt_cy", "person": "per_cy", "address_key": "key_cy", "state": "valid"},
        {"table": "contact_point", "id": "pt_cy_home", "person": "per_cy", "address_key": "key_home", "state": "valid"},
        {"table": "entry", "account": "acc_cy", "component": "principal", "amount": "90.00", "payment": None},
        {"table": "task", "id": "tsk_dial", "touch": "tch_dial", "outcome": "spoke_refuses"},
        {"table": "task", "id": "tsk_door", "touch": "tch_door", "outcome": "met_borrower"},
    ]


def _claim(story: Story, touch: str, channel: str, at: str, **more: Any) -> None:
    standing: Mapping[str, Any] = {"task": None, "result": None, "contact_point": "pt_cy", "state": "delivered"}
    story.ledger.append(
        {"table": "touch", "id": touch, "account": "acc_cy", "accounts": ["acc_cy"], "channel": channel}
        | {"person": "per_cy", "claimed_at": at, "lease_until": at, **standing, **more}
    )


def _place(story: Story, sid: str, touch: str, at: str) -> None:
    call = {"channel": "call", "sid": sid, "from": "+15005550006", "to": CY, "ref": touch}
    story.world += [
        call | {"at": at, "kind": "accepted", "status": "queued"},
        call | {"at": at.replace(":20Z", ":30Z"), "kind": "answered", "status": "in-progress", "answered_by": "human"},
        call | {"at": at.replace(":20Z", ":50Z"), "kind": "ended", "status": "completed"},
    ]


def _visited(story: Story) -> None:
    story.ledger.append(
        {"table": "visit", "id": "vis_1", "task": "tsk_door", "touch": "tch_door", "person": "per_cy"}
        | {"account": "acc_cy", "requested_by": None, "decided_by": "stf_chief", "outcome": "met_borrower"}
        | {"state": "reported", "decided_at": "2026-10-29T12:00:00Z"}
    )
    for officer in OFFICERS:
        here = {"table": "visit_check_in", "visit": "vis_1", "officer": officer, "at": "2026-10-30T15:09:00Z"}
        story.ledger.append(here)
