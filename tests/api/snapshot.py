"""The committed OpenAPI document: `python -m tests.api.snapshot` writes docs/openapi.json anew from the application.

Lenders build programs against the document, so a change of it is a change somebody should see in a review.
"""

import json
from pathlib import Path
from typing import Any

from forbear.api.app import create_app
from forbear.settings import Settings
from tests.api.breaking import breaking_changes

Json = dict[str, Any]
FILE = Path(__file__).parents[2] / "docs" / "openapi.json"
REMEDY = "python -m tests.api.snapshot"


def document() -> Json:
    """The document as the application answers it, whatever the machine's settings are."""
    return json.loads(json.dumps(create_app(Settings.model_construct()).openapi()))


def committed() -> Json:
    return json.loads(FILE.read_text("utf-8")) if FILE.exists() else {"paths": {}}


def written(given: Json) -> str:
    return json.dumps(given, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def main() -> None:
    new = document()
    for line in breaking_changes(committed(), new):
        print(f"breaks callers: {line}")  # noqa: T201  a command speaks
    FILE.write_text(written(new), "utf-8")


if __name__ == "__main__":
    main()
