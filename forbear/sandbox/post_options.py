"""The print house's part of the command line. Its secrets come from the environment."""

import argparse
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

KEY: Final = "FORBEAR_SANDBOX_LOB_KEY"
SIGNING_KEY: Final = "FORBEAR_SANDBOX_LOB_WEBHOOK_SECRET"
ADDRESS: Final = "FORBEAR_SANDBOX_LOB_WEBHOOK_URL"


@dataclass(frozen=True, slots=True)
class Post:
    """The account at the print house; without a key there is no such house.

    Args:
        key: of the account, `live_…` or `test_…`; the same with the other beginning is the account's other mode.
        secret: signs its events.
        url: where events are posted; empty tells nobody.
        returned_share: how many of a hundred addressees without a script send their mail back.
    """

    key: str = field(default="", repr=False)
    secret: str = field(default="", repr=False)
    url: str = ""
    returned_share: float = 4.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--lob-webhook-url", default="", help=f"where the print house posts its events; its key is in {KEY}"
    )
    parser.add_argument("--returned-share", type=float, default=4.0, help="letters in a hundred that come back")


def read(given: argparse.Namespace, environment: Mapping[str, str]) -> Post:
    return Post(
        key=environment.get(KEY, ""),
        secret=environment.get(SIGNING_KEY, ""),
        url=given.lob_webhook_url or environment.get(ADDRESS, ""),
        returned_share=given.returned_share,
    )
