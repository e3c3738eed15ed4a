"""A change of an account, and one more contact point: answers, and an example of what is sent and answered."""

from typing import Any, Final

from forbear.api.lender.answers import ContactPoint
from forbear.api.lender.examples import ACCOUNT, PARTY, PHONE_POINT

Json = dict[str, Any]


class AddedPoint(ContactPoint):
    """The contact point with its id; its value is not shown."""

    id: str


CHANGE: Final[Json] = {
    "due_since": "2026-02-27",
    "parties": {PARTY: {"language": "es", "contact_points": {PHONE_POINT: {"zone": "America/Denver"}}}},
}
CHANGED: Final[Json] = {
    **ACCOUNT,
    "due_since": "2026-02-27",
    "parties": {
        PARTY: {
            **ACCOUNT["parties"][PARTY],
            "language": "es",
            "contact_points": {
                **ACCOUNT["parties"][PARTY]["contact_points"],
                PHONE_POINT: {
                    **ACCOUNT["parties"][PARTY]["contact_points"][PHONE_POINT],
                    "zone": "America/Denver",
                    "zone_evidence": None,
                },
            },
        }
    },
}
POINT: Final[Json] = {
    "kind": "phone",
    "value": "+13125550143",
    "place": "mobile",
    "zone": "America/Chicago",
    "zone_evidence": "stated",
}
ADDED: Final[Json] = {
    "id": "pt_2XnRy6KcQj1SaMb8VwT4hG",
    "kind": "phone",
    "place": "mobile",
    "state": "valid",
    "zone": "America/Chicago",
    "zone_evidence": "stated",
}
