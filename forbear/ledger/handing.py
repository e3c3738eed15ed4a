"""What a sender is given of a claimed touch: where to, values for its words, a fresh link, a way to call back.

Made in the transaction that lets the touch go. It holds personal data and lives in memory between ledger and provider.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import insert
from sqlalchemy.orm import Session

from forbear import tokens
from forbear.ledger.engine import Ledger
from forbear.ledger.ids import new_id
from forbear.ledger.owed import owed_on
from forbear.ledger.tables.accounts import Account
from forbear.ledger.tables.contacts import Link, Touch
from forbear.ledger.tables.people import Lender
from forbear.money.currency import write_amount
from forbear.ports.book import Dispatch
from forbear.settings import Settings

LONGEST_VALIDITY = timedelta(seconds=36_000)
SHORTEST_VALIDITY = timedelta(seconds=1)
"""World time; what the carrier accepts."""
ADD_LINK = insert(Link.metadata.tables["link"]).inline()
LINK_LIVES = timedelta(days=30)
"""World time."""
CALLBACK_LIVES = timedelta(days=7)
"""Machine time: far longer than a message may be under way."""


@dataclass(frozen=True, slots=True)
class Handing:
    """A touch that is let go: `to` is the opened number or address."""

    session: Session
    ledger: Ledger
    settings: Settings
    touch: Touch
    lender: Lender
    to: str = field(repr=False)
    now: datetime

    def make_link(self) -> str:
        """A fresh payment link of this touch: its address. Only the token's digest is kept."""
        token = tokens.new_link_token()
        row = {
            "id": new_id("lnk"),
            "tenant": self.touch.tenant,
            "lender": self.touch.lender,
            "touch": self.touch.id,
            "account": self.touch.account,
            "person": self.touch.person,
            "token_sha256": tokens.link_digest(token),
            "expires_at": self.now + LINK_LIVES,
            "failures": 0,
        }
        self.session.execute(ADD_LINK, row)
        return tokens.link_url(self.settings.public_url, token)

    def callback_token(self) -> tokens.CallbackToken:
        """What an address of ours carries so that a provider's news finds this touch."""
        expires = self.ledger.clock.machine_now() + CALLBACK_LIVES
        return tokens.sign_callback(tokens.key_bytes(self.settings.token_key), self.touch.id, expires)

    def validity(self) -> timedelta:
        """How long the carrier may still try: never beyond the contact window."""
        closes = self.touch.window_closes
        left = LONGEST_VALIDITY if closes is None else closes - self.now
        return max(SHORTEST_VALIDITY, min(left, LONGEST_VALIDITY))


def hand_text(handing: Handing) -> Dispatch:
    """A text message: its number, the values that words may name, the carrier's address for news."""
    touch, lender = handing.touch, handing.lender
    account = handing.session.get_one(Account, touch.account)
    owed = owed_on(handing.session, account, handing.now)
    return Dispatch(
        touch=touch.id,
        channel=touch.channel,
        provider=touch.provider,
        template=touch.template,
        language=touch.language,
        to=handing.to,
        sender=touch.sender,
        values={
            "link": handing.make_link(),
            "lender": lender.name,
            "phone": lender.phone,
            "amount": write_amount(owed.total, account.currency),
            "currency": account.currency,
        },
        dispatch_by=touch.dispatch_by,
        validity=handing.validity(),
        callback_url=tokens.callback_url(handing.settings.public_url, handing.callback_token()),
    )
