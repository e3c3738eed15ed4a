"""The settings file of an embedded installation: fresh secrets on the first start, the same ones ever after."""

import json
import os
import secrets
import tomllib
from base64 import b64encode
from pathlib import Path
from typing import Any, cast

from forbear.errors import BadData
from forbear.services.folders import write_private
from forbear.settings import SETTINGS_VARIABLE, Settings

FILE = "settings.toml"
TEMPORAL = "temporal.toml"
"""Beside it: where Temporal listens, in the form that Temporal's own tools read."""


def key() -> str:
    """32 fresh bytes, base64."""
    return b64encode(os.urandom(32)).decode()


def fresh_secrets() -> dict[str, Any]:
    """Everything an installation must keep to itself, under the names of `Settings`."""
    return {
        **{f"password_{role}": secrets.token_urlsafe(24) for role in ("migrator", "api", "worker", "relay", "staff")},
        **{name: key() for name in ("master_key", "match_key", "audit_key", "token_key")},
        "codec_keys": {"k1": key()},
        "codec_key": "k1",
        "twilio_account_sid": f"AC{secrets.token_hex(16)}",
        "twilio_auth_token": secrets.token_hex(16),
        "aliyun_access_key_id": f"LTAI{secrets.token_hex(10)}",
        "aliyun_access_key_secret": secrets.token_urlsafe(24),
        "aliyun_push_secret": secrets.token_urlsafe(32),
        "stripe_key": f"sk_test_{secrets.token_hex(16)}",
        "stripe_webhook_secret": f"whsec_{secrets.token_hex(16)}",
        "lob_key": f"test_{secrets.token_hex(16)}",
        "lob_webhook_secret": secrets.token_hex(16),
    }


def load(file: Path) -> dict[str, Any]:
    """What the file says; nothing when it does not exist yet."""
    if not file.exists():
        return {}
    try:
        return tomllib.loads(file.read_text())
    except tomllib.TOMLDecodeError as error:
        raise BadData(file, None, f"{error}: correct it; without its secrets the data cannot be read") from error


def provide(file: Path, values: dict[str, Any]) -> Settings:
    """Write the settings with these values over what the file held, and secrets it lacks; give them back as read."""
    held = {**fresh_secrets(), **load(file), **values}
    write_private(file, _toml(held))
    return read(file)


def read(file: Path) -> Settings:
    """The settings of this file and nothing else, whatever the environment names."""
    fields = Settings.model_fields.items()
    return Settings(**{name: field.get_default(call_default_factory=True) for name, field in fields} | load(file))


def variables(file: Path) -> dict[str, str]:
    """What a child needs in its environment to read this file."""
    return {SETTINGS_VARIABLE: str(file.absolute())}


def _toml(values: dict[str, Any]) -> str:
    tables = {name: value for name, value in values.items() if isinstance(value, dict)}
    lines = [f"{name} = {_value(value)}" for name, value in values.items() if name not in tables]
    for name, table in tables.items():
        lines += ["", f"[{name}]", *(f"{json.dumps(entry)} = {_value(value)}" for entry, value in table.items())]
    head = "# Written by 'forbear up'. The secrets in it are the only copy: without them the data cannot be read.\n"
    return head + "\n".join(lines) + "\n"


def _value(value: object) -> str:
    if isinstance(value, dict):
        entries = cast("dict[str, object]", value).items()
        return "{ " + ", ".join(f"{json.dumps(name)} = {_value(each)}" for name, each in entries) + " }"
    # JSON's strings, numbers and booleans are TOML's too.
    return json.dumps(str(value) if isinstance(value, Path) else value, ensure_ascii=False)
