"""The carrier as our hooks see it: signed forms, in any order, as often as it likes."""

import itertools
from urllib.parse import urlencode, urlsplit

from httpx import Response
from sqlalchemy import select
from twilio.request_validator import RequestValidator

from forbear.ledger.tables.people import Lender
from tests.api.pages.site import Borrower, Site

_sids = itertools.count(1)


class Carrier:
    """Calls our hooks."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.http = site.browser()
        house = site.house
        with house.ledger.api(house.tenant, house.lender) as session:
            self.sender = session.scalars(select(Lender.sender)).one()

    def tell(
        self,
        borrower: Borrower,
        status: str,
        *,
        sid: str = "",
        code: str = "",
        signature: str | None = "",
        address: str = "",
        **more: str,
    ) -> Response:
        """A status callback, at the address given with the message but for its fragment, which no carrier sends."""
        target = (address or borrower.callback_url).partition("#")[0]
        fields = {
            "MessageSid": sid or f"SM{borrower.order.touch[-16:]}",
            "MessageStatus": status,
            "To": borrower.phone,
            "From": self.sender,
            **({"ErrorCode": code} if code else {}),
            **more,
        }
        return self._post(target, fields, signature)

    def write(
        self, phone: str, text: str, *, sid: str = "", to: str = "", signature: str | None = "", **more: str
    ) -> Response:
        """Somebody writes to the lender's number."""
        target = f"{self.site.settings.public_url}/hooks/twilio/inbound"
        fields = {
            "MessageSid": sid or f"SMin{next(_sids)}",
            "From": phone,
            "To": to or self.sender,
            "Body": text,
            **more,
        }
        return self._post(target, fields, signature)

    def _post(self, target: str, fields: dict[str, str], signature: str | None) -> Response:
        if signature == "":
            token = self.site.settings.twilio_auth_token.get_secret_value()
            signature = RequestValidator(token).compute_signature(target, fields)
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        if signature is not None:
            headers["X-Twilio-Signature"] = signature
        parts = urlsplit(target)
        path = f"{parts.path}?{parts.query}" if parts.query else parts.path
        return self.http.post(path, content=urlencode(fields), headers=headers)
