"""The carrier and the print house by themselves, with credentials of their own making.

For whoever wants to try their application against them.
"""

import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from forbear.clock import Clock, machine_time
from forbear.sandbox.options import Options, parse
from forbear.sandbox.post_options import ADDRESS, KEY, SIGNING_KEY


@dataclass(frozen=True, slots=True)
class Alone:
    """How the box is set up without an application of ours.

    Args:
        speed: world seconds in one machine second.
        people: a JSON list of people, or nobody.
        inbound_url: where texts from people are posted; without it, and without a number of its own, nowhere.
        voice_url: asked when a person calls a number of ours.
        lob_webhook_url: where the print house posts its events.
        log: a file to append what was accepted to; without one it is only to be read over the control plane.
    """

    port: int
    host: str
    speed: int = 1
    people: Path | None = None
    inbound_url: str = ""
    voice_url: str = ""
    seed: int = 1
    lob_webhook_url: str = ""
    log: Path | None = None

    def options(self, folder: Path) -> Options:
        """Options with fresh credentials; the world's memory lies in the folder."""
        given = {
            "--port": str(self.port),
            "--host": self.host,
            "--clock": Clock.starting(machine_time(), self.speed).to_json(),
            "--log": str(self.log or folder / "carrier.jsonl"),
            "--state": str(folder / "carrier.sqlite"),
            "--account-sid": f"AC{secrets.token_hex(16)}",
            "--seed": str(self.seed),
            "--inbound-url": self.inbound_url,
            "--voice-url": self.voice_url,
            "--stripe-webhook-url": "",
            "--lob-webhook-url": self.lob_webhook_url,
        }
        if self.people is not None:
            given["--people"] = str(self.people)
        return parse([part for pair in given.items() for part in pair], _secrets(os.environ))


def ready_line(options: Options, base_url: str) -> str:
    """The one line of standard output: where the carrier is, and who its customer is."""
    told = {
        "carrier": f"{base_url}/api",
        "account_sid": options.account_sid,
        "auth_token": options.auth_token,
        "control": f"{base_url}/_sandbox",
    }
    return json.dumps(told)


def _secrets(given: Mapping[str, str]) -> Mapping[str, str]:
    """Fresh ones. The print house's follow from the one that is told, unless the environment names others."""
    token = secrets.token_hex(16)
    return {
        "FORBEAR_SANDBOX_AUTH_TOKEN": token,
        KEY: given.get(KEY) or f"test_{token}",
        SIGNING_KEY: given.get(SIGNING_KEY) or token,
        ADDRESS: given.get(ADDRESS, ""),
        "FORBEAR_SANDBOX_STRIPE_KEY": f"sk_test_{secrets.token_hex(16)}",
        "FORBEAR_SANDBOX_STRIPE_WEBHOOK_SECRET": f"whsec_{secrets.token_hex(16)}",
    }
