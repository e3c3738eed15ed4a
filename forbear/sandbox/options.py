"""The command line of the sandbox. Secrets come from the environment, where other users' process lists do not look."""

import argparse
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from forbear.clock import Clock
from forbear.sandbox import post_options

_LOOPBACK = ("127.0.0.1", "::1", "localhost")
_ALIYUN_SECRET, _ALIYUN_PUSH_URL = "FORBEAR_SANDBOX_ALIYUN_SECRET", "FORBEAR_SANDBOX_ALIYUN_PUSH_URL"
_SECRETS = {
    "auth_token": "FORBEAR_SANDBOX_AUTH_TOKEN",
    "stripe_key": "FORBEAR_SANDBOX_STRIPE_KEY",
    "stripe_webhook_secret": "FORBEAR_SANDBOX_STRIPE_WEBHOOK_SECRET",
}


@dataclass(frozen=True, slots=True)
class Domestic:
    """The account at the domestic provider; without a key there is no such provider.

    Args:
        key_id: of the account.
        secret: signs its calls.
        templates: approved wordings by code.
        signatures: approved ones; without any, every well-formed one is.
        push_url: where news is posted, `/reports` and `/replies` below it; it holds the application's secret.
    """

    key_id: str = ""
    secret: str = field(default="", repr=False)
    templates: Mapping[str, str] = field(default_factory=dict[str, str])
    signatures: tuple[str, ...] = ()
    push_url: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Options:
    """What a sandbox is started with."""

    host: str
    port: int
    clock: Clock
    people: Path | None
    log: Path
    state: Path
    account_sid: str
    auth_token: str
    stripe_key: str
    stripe_webhook_secret: str
    stripe_webhook_url: str
    inbound_url: str
    seed: int
    senders: tuple[str, ...]
    segments_per_second: float
    calls_per_second: float
    voice_url: str
    domestic: Domestic
    post: post_options.Post = field(default_factory=post_options.Post)


def parse(arguments: Sequence[str], environment: Mapping[str, str]) -> Options:
    """Read the command line; a missing secret or an open host ends the process with one line."""
    parser = _parser()
    given = parser.parse_args(arguments)
    secrets: dict[str, str] = {}
    for name, variable in _SECRETS.items():
        secrets[name] = getattr(given, name) or environment.get(variable, "")
        if not secrets[name]:
            parser.error(f"--{name.replace('_', '-')} or {variable} is missing")
    return Options(
        host=given.host,
        port=given.port,
        clock=Clock.from_json(given.clock) if given.clock else Clock.real(),
        people=given.people,
        log=given.log,
        state=given.state or given.log.with_suffix(".sqlite"),
        account_sid=given.account_sid,
        stripe_webhook_url=given.stripe_webhook_url,
        inbound_url=given.inbound_url,
        seed=given.seed,
        senders=tuple(given.sender),
        segments_per_second=given.segments_per_second,
        calls_per_second=given.calls_per_second,
        voice_url=given.voice_url,
        domestic=_domestic(given, environment),
        post=post_options.read(given, environment),
        **secrets,
    )


def _domestic(given: argparse.Namespace, environment: Mapping[str, str]) -> Domestic:
    return Domestic(
        key_id=given.aliyun_key_id,
        secret=environment.get(_ALIYUN_SECRET, ""),
        templates=json.loads(given.aliyun_templates.read_text("utf-8")) if given.aliyun_templates else {},
        signatures=tuple(given.aliyun_signature),
        push_url=environment.get(_ALIYUN_PUSH_URL, "").rstrip("/"),
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m forbear.sandbox", description="The outside world in a box.")
    add = parser.add_argument
    add("--port", type=int, required=True, help="0 takes a free one and prints it")
    add("--host", choices=_LOOPBACK, default=_LOOPBACK[0], help="loopback only")
    add("--clock", help="the world's clock as JSON; without it, real time")
    add("--people", type=Path, help="JSON list of people: phone, habit, zone, birth_date, amount")
    add("--log", type=Path, required=True, help="carrier.jsonl, appended to")
    add("--state", type=Path, help="the sandbox's memory; beside the log unless given")
    add("--account-sid", required=True)
    add("--auth-token", help="better in FORBEAR_SANDBOX_AUTH_TOKEN")
    add("--stripe-key", help="better in FORBEAR_SANDBOX_STRIPE_KEY")
    add("--stripe-webhook-secret", help="better in FORBEAR_SANDBOX_STRIPE_WEBHOOK_SECRET")
    add("--stripe-webhook-url", required=True)
    add("--inbound-url", required=True, help="where texts from people are posted; takes connection overrides")
    add("--seed", type=int, default=1)
    add("--sender", action="append", default=[], help="a number of ours; without any, every number is")
    add("--aliyun-key-id", default="", help=f"of the domestic provider's account; its secret is in {_ALIYUN_SECRET}")
    add("--aliyun-templates", type=Path, help="JSON object: code to approved wording, with ${value} for a value")
    add("--aliyun-signature", action="append", default=[], help="approved; without any, every well-formed one is")
    add("--segments-per-second", type=float, default=10.0, help="of one sender, in world time")
    add("--calls-per-second", type=_rate, default=1.0, help="started by the account, in world time; the rest wait")
    add("--voice-url", default="", help="asked when a person calls a number that names no address of its own")
    post_options.add_arguments(parser)
    return parser


def _rate(text: str) -> float:
    """A rate of nothing would keep everybody waiting for ever."""
    rate = float(text)
    if not rate > 0:
        raise ValueError(text)
    return rate
