"""An installation whose commands are run in its own environment: its settings lie where a command looks for them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from forbear.services import settings_file
from forbear.settings import SETTINGS_VARIABLE, Settings
from tests.conftest import Hands
from tests.ledger.house import NOON, House


def commanded(database: Settings, hands: Hands, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    """At noon, with nothing in its record; closed when the test is over."""
    values = {name: getattr(database, name) for name in settings_file.fresh_secrets()}
    revealed = {name: v.get_secret_value() if hasattr(v, "get_secret_value") else v for name, v in values.items()}
    revealed["codec_keys"] = {key_id: v.get_secret_value() for key_id, v in database.codec_keys.items()}
    file = folder / "settings.toml"
    settings_file.provide(file, {**revealed, "database_url": database.database_url, "data": database.data})
    monkeypatch.setenv(SETTINGS_VARIABLE, str(file))
    hands.set(NOON)
    house = House(database, hands)
    yield house
    house.close()
