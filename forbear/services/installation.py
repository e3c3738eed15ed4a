"""The settings with which a command reaches an installation: its folder's, unless the environment names others."""

import os
from pathlib import Path
from typing import Final

from forbear.errors import CannotStart
from forbear.services import settings_file
from forbear.settings import SETTINGS_VARIABLE, Settings

NAMING: Final = frozenset({SETTINGS_VARIABLE, "FORBEAR_DATABASE_URL", "FORBEAR_MASTER_KEY"})
"""Variables of which one is set where the environment holds an installation's settings."""


def settings_of(data: Path) -> Settings:
    """The settings the environment names, or else those of the folder; `CannotStart` where neither has any."""
    file = data / settings_file.FILE
    if SETTINGS_VARIABLE not in os.environ and file.exists():
        os.environ |= settings_file.variables(file)
        profile = data.absolute() / settings_file.TEMPORAL
        if profile.exists() and "TEMPORAL_ADDRESS" not in os.environ:
            os.environ.setdefault("TEMPORAL_CONFIG_FILE", str(profile))
    if not file.exists() and not NAMING.intersection(os.environ):
        raise CannotStart(f"there is no installation in {data}: run `make up`, or give --data")
    return Settings()
