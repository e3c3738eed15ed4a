"""Neither the worker nor the API starts on a text that may not be sent."""

import shutil
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from fastapi import FastAPI

import worker
from forbear.api import app as api
from forbear.clock import Clock
from forbear.errors import CannotStart
from forbear.settings import Settings
from forbear.wording.checking import FOLDER

LEDGER: Any = SimpleNamespace(clock=Clock.real())
REFUSED = r"reminder-friendly.txt:1: .*“debt” \(POLICY.WORDS.DEBT\)"


@pytest.fixture
def spoilt(tmp_path: Path) -> Path:
    folder = Path(shutil.copytree(FOLDER, tmp_path / "templates"))
    path = folder / "sms" / "en" / "reminder-friendly.txt"
    path.write_text(path.read_text("utf-8").replace("your account", "your debt"), "utf-8")
    return folder


def test_the_worker_does_not_start(spoilt: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "TEMPLATES", spoilt)
    client: Any = None
    with pytest.raises(CannotStart, match=REFUSED):
        worker.Forbear(Settings.model_construct(), LEDGER, client)


async def test_the_api_does_not_start(spoilt: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    @contextmanager
    def opened(*_: object, **__: object) -> Generator[Any]:
        yield LEDGER

    monkeypatch.setattr(api.Ledger, "open", opened)
    monkeypatch.setattr(api, "TEMPLATES", spoilt)
    app: FastAPI = api.create_app(Settings.model_construct())
    with pytest.raises(CannotStart, match=REFUSED):
        async with app.router.lifespan_context(app):
            pass
