"""Chance from a seed: ids, link tokens and keys of an installation, so that a season can be played again exactly.

Ids decide the order of rows and an account's place in the day. Sealed columns stay random: nothing reads their bytes.
"""

import base64
from collections.abc import Generator
from contextlib import contextmanager
from hashlib import sha256
from random import Random
from types import SimpleNamespace
from typing import Any

from pydantic import SecretStr

from forbear import tokens
from forbear.ledger import ids
from forbear.settings import Settings

KEYS = ("match_key", "token_key")


@contextmanager
def sown(seed: int) -> Generator[None]:
    """Draw ids and tokens from the seed while this lasts."""
    draw = Random(f"ids {seed}")
    before = ids.secrets, tokens.secrets
    modules: tuple[Any, Any] = (ids, tokens)
    modules[0].secrets = SimpleNamespace(randbelow=draw.randrange)
    modules[1].secrets = SimpleNamespace(choice=draw.choice)
    try:
        yield
    finally:
        modules[0].secrets, modules[1].secrets = before


def keyed(settings: Settings, seed: int) -> Settings:
    """The settings with the keys that what is logged depends on drawn from the seed."""
    made = {name: SecretStr(base64.b64encode(sha256(f"{name} {seed}".encode()).digest()).decode()) for name in KEYS}
    return settings.model_copy(update=made)
