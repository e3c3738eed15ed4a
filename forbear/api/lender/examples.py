"""One example of each thing sent and answered, plainly fictional; tests send them and hold the answers against them."""

from typing import Any, Final

Json = dict[str, Any]

TERMS: Final[Json] = {
    "since": "2026-02-20",
    "day_count": "ACT/365",
    "interest": {"rate": "0.0899"},
    "order": ["cost", "fee", "penalty_interest", "compound_interest", "interest", "principal"],
}
ENROLMENT: Final[Json] = {
    "external_id": "LN-2048-07",
    "product": "Personal Loan",
    "debt_kind": "personal_loan",
    "playbook": "us-first-party",
    "currency": "USD",
    "due_since": "2026-02-20",
    "balance": {
        "as_of": "2026-03-02T09:00:00Z",
        "components": {"principal": "412.50", "interest": "18.75", "fee": "25.00"},
    },
    "terms": TERMS,
    "circumstances": ["balance_growing"],
    "events": [{"kind": "validation_notice_sent", "at": "2026-02-23T15:00:00Z"}],
    "parties": [
        {
            "role": "borrower",
            "name": "Ada Sampleton",
            "birth_date": "1987-04-12",
            "language": "en",
            "circumstances": ["employer_forbids"],
            "contact_points": [
                {
                    "kind": "phone",
                    "value": "+13125550142",
                    "place": "mobile",
                    "zone": "America/Chicago",
                    "zone_evidence": "area_code_mobile",
                },
                {
                    "kind": "postal",
                    "value": {
                        "lines": ["12 Example Street"],
                        "city": "Sampleville",
                        "region": "IL",
                        "postal_code": "60601",
                        "country": "US",
                    },
                    "place": "residence",
                    "zone": "America/Chicago",
                    "zone_evidence": "address",
                },
            ],
            "consents": [
                {
                    "channel": "sms",
                    "contact_point": 0,
                    "given_to": "Example Credit Union",
                    "at": "2025-06-01T15:00:00Z",
                    "how": "loan agreement, clause 12",
                }
            ],
            "contacts": [{"at": "2026-02-24T16:30:00Z", "channel": "email", "place": "other", "result": "delivered"}],
        }
    ],
}

BALANCE: Final[Json] = {
    "as_of": "2026-03-02T09:00:00Z",
    "reckoned_to": "2026-03-02",
    "total": {"amount": "456.25", "currency": "USD"},
    "components": {
        "principal": "412.50",
        "interest": "18.75",
        "penalty_interest": "0.00",
        "compound_interest": "0.00",
        "fee": "25.00",
        "cost": "0.00",
    },
}

PARTY: Final = "pty_1HbKw5MfTz8YdQx3RnV7cP"
PHONE_POINT: Final = "pt_4VmQx7LdRk2TbNc9WzY5pJ"

ACCOUNT: Final[Json] = {
    "id": "acc_0V3kq8YtQmW2sLd7Zp4NbX",
    "external_id": "LN-2048-07",
    "state": "open",
    "stage": "M1",
    "product": "Personal Loan",
    "debt_kind": "personal_loan",
    "playbook": {"name": "us-first-party", "version": "2026.1"},
    "due_since": "2026-02-20",
    "enrolled_at": "2026-03-02T15:00:00Z",
    "balance": BALANCE,
    "terms": TERMS,
    "circumstances": ["balance_growing"],
    "events": [{"id": "evt_8SpLd3VrX6yNc1KzQm9WtF", "kind": "validation_notice_sent", "at": "2026-02-23T15:00:00Z"}],
    "next": {"at": "2026-03-02T15:00:00Z", "reason": "enrolled; first decision pending", "rule": None},
    "closed": None,
    "holds": [],
    "parties": {
        PARTY: {
            "role": "borrower",
            "language": "en",
            "jurisdictions": ["US"],
            "circumstances": ["employer_forbids"],
            "contact_points": {
                PHONE_POINT: {
                    "kind": "phone",
                    "place": "mobile",
                    "state": "valid",
                    "zone": "America/Chicago",
                    "zone_evidence": "area_code_mobile",
                },
                "pt_9LcZt0JgUy6XeRw2SqB8dN": {
                    "kind": "postal",
                    "place": "residence",
                    "state": "valid",
                    "zone": "America/Chicago",
                    "zone_evidence": "address",
                },
            },
        }
    },
    "promises": [],
    "last_touch": None,
}

PAGE: Final[Json] = {
    "data": [
        {
            "id": ACCOUNT["id"],
            "external_id": "LN-2048-07",
            "state": "open",
            "stage": "M1",
            "product": "Personal Loan",
            "playbook": "us-first-party",
            "currency": "USD",
            "due_since": "2026-02-20",
            "enrolled_at": "2026-03-02T15:00:00Z",
            "held_by": None,
            "next_at": "2026-03-02T15:00:00Z",
        }
    ],
    "next_cursor": None,
    "has_more": False,
}

TIMELINE: Final[Json] = {
    "data": [
        {"at": "2026-03-02T15:00:00Z", "kind": "enrolled", "id": ACCOUNT["id"], "text": "The account was enrolled"},
        {
            "at": "2026-03-02T15:00:01Z",
            "kind": "decision",
            "id": "dec_5TgM1xPz0aRkW9cVbN3QyE",
            "text": "step friendly has its place on Mon 02 Mar 10:12 America/Chicago",
            "decision": "rest",
            "rule": None,
            "until": "2026-03-02T16:12:00Z",
            "touch": None,
        },
    ],
    "next_cursor": None,
    "has_more": False,
}

PAYMENT: Final[Json] = {
    "external_id": "PMT-2026-000317",
    "amount": {"amount": "100.00", "currency": "USD"},
    "received_at": "2026-03-02T14:05:00Z",
}

POSTED: Final[Json] = {
    "id": "pay_7HnQe2LrT5yVb8KxWc1ZdM",
    "account": ACCOUNT["id"],
    **PAYMENT,
    "recorded_at": "2026-03-02T15:00:00Z",
    "reverses": None,
    "balance": {
        **BALANCE,
        "total": {"amount": "356.25", "currency": "USD"},
        "components": {**BALANCE["components"], "fee": "0.00", "interest": "0.00", "principal": "356.25"},
    },
}

REVERSAL: Final[Json] = {"external_id": "REV-2026-000317", "received_at": "2026-03-02T14:30:00Z"}

REVERSED: Final[Json] = {
    **POSTED,
    "id": "pay_3GmPd1KqS4xUa7JwVb0YcL",
    "external_id": "REV-2026-000317",
    "amount": {"amount": "-100.00", "currency": "USD"},
    "received_at": "2026-03-02T14:30:00Z",
    "reverses": POSTED["id"],
    "balance": BALANCE,
}

BALANCES: Final[Json] = {
    "balances": [
        {
            "external_id": "LN-2048-07",
            "as_of": "2026-03-02T12:00:00Z",
            "components": {"principal": "412.50", "interest": "19.10", "fee": "25.00"},
        }
    ]
}

CONFIRMED: Final[Json] = {"results": [{"row": 0, "account": ACCOUNT["id"], "result": "adjusted", "errors": []}]}

PAYMENTS: Final[Json] = {
    "data": [{name: value for name, value in POSTED.items() if name != "balance"}],
    "next_cursor": None,
    "has_more": False,
}

STOP: Final[Json] = {"kind": "dispute", "written": True}

STOPPED: Final[Json] = {
    "id": "stp_9JkRf4NtX2zWc6LyVd8QbP",
    "kind": "dispute",
    "scope": "account",
    "channel": None,
    "at": "2026-03-02T15:00:00Z",
    "until": None,
    "lifted_at": None,
    "via": "lender",
}

RELEASE: Final[Json] = {"reason": "verified"}
RELEASED: Final[Json] = {**STOPPED, "lifted_at": "2026-03-02T15:00:00Z"}
STOPS: Final[Json] = {"data": [STOPPED], "next_cursor": None, "has_more": False}
OPT_OUT: Final[Json] = {"scope": "channel", "channel": "sms"}
OPTED_OUT: Final[Json] = {"id": "sup_2FlOc0JpR3wTz6HvUa9XbK"}
OPT_OUTS: Final[Json] = {
    "data": [
        {
            "id": OPTED_OUT["id"],
            "kind": "opt_out",
            "scope": "channel",
            "channel": "sms",
            "at": "2026-03-02T15:00:00Z",
            "until": None,
            "lifted_at": None,
            "via": "lender",
        }
    ],
    "next_cursor": None,
    "has_more": False,
}
EVENT: Final[Json] = {"kind": "verification_sent", "at": "2026-03-02T14:30:00Z"}
TOLD_EVENT: Final[Json] = {"id": "evt_3KmTw7QzB5xHd9RfVj2PnY", **EVENT}
HEALTH: Final[Json] = {"status": "ok", "world_time": "2026-03-02T15:00:00Z"}
