"""Webhooks: where a lender wants news of its cases, what it is told there, with an example of each."""

from datetime import datetime
from typing import Annotated, Any, Final
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field

from forbear.api.lender.answers import Answer
from forbear.api.lender.shapes.page import Page, page_of
from forbear.ledger.forms.text import Form
from forbear.ports.lender_news import NEWS, NewsKind

Json = dict[str, Any]
LONGEST: Final = 500


def _address(told: str) -> str:
    """An address that can be posted to; whether it is public is looked at whenever something is sent."""
    parts = urlsplit(told)
    if parts.scheme not in {"https", "http"} or not parts.hostname or parts.fragment or not told.isascii():
        raise ValueError("must be an https address without a fragment")
    return told


Address = Annotated[str, Field(max_length=LONGEST), AfterValidator(_address)]


class AddWebhookForm(Form):
    """Tell news of your cases at an address."""

    url: Address = Field(description="https, reachable from the internet; answered with 2xx within 10 seconds.")
    events: list[NewsKind] = Field(min_length=1, max_length=len(NEWS), description="Which news.")


class EndWebhookForm(Form):
    """Nothing need be told."""


class LenderWebhook(Answer):
    id: str
    url: str
    events: list[NewsKind]
    created_at: datetime
    disabled_at: datetime | None


class NewWebhook(LenderWebhook):
    secret: str = Field(description="Shown this once: verify `webhook-signature` with it (Standard Webhooks).")


class WebhookPage(Page):
    data: list[LenderWebhook]


class WebhookMessage(Answer):
    id: str
    type: NewsKind
    at: datetime
    state: str = Field(description="waiting, delivered or given_up")
    tries: int
    last_status: int | None = Field(description="What you answered last; 0 where nothing came back.")


class WebhookMessagePage(Page):
    data: list[WebhookMessage]


WEBHOOK: Final[Json] = {"url": "https://lender.example.com/forbear", "events": ["case.stage", "packet.approved"]}
WEBHOOK_MADE: Final[Json] = {
    "id": "whk_5RbXc8QnTz1WmKd6LpV3yH",
    "url": "https://lender.example.com/forbear",
    "events": ["case.stage", "packet.approved"],
    "created_at": "2026-03-02T15:00:00Z",
    "disabled_at": None,
    "secret": "whsec_ZXhhbXBsZS1zZWNyZXQtdGhhdC1pcy1ub3QtYS1zZWNyZXQ=",
}
WEBHOOK_SHOWN: Final[Json] = {name: value for name, value in WEBHOOK_MADE.items() if name != "secret"}
WEBHOOKS: Final[Json] = page_of(WEBHOOK_SHOWN)
WEBHOOK_ENDED: Final[Json] = {**WEBHOOK_SHOWN, "disabled_at": "2026-03-02T15:00:00Z"}
MESSAGES: Final[Json] = page_of(
    {
        "id": "whm_2f6c1b0e9d8a4c7b8e6f0a1b2c3d4e5f",
        "type": "packet.approved",
        "at": "2026-03-02T15:00:00Z",
        "state": "delivered",
        "tries": 1,
        "last_status": 204,
    }
)
