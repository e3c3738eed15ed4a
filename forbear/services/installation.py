"""The settings with which a command reaches an installation: its folder's, unless the environment names others."""

import os
from pathlib import Path

from forbear.services import settings_file
from forbear.settings import SETTINGS_VARIABLE, Settings


def settings_of(data: Path) -> Settings:
    """The settings the environment names, or else those of the folder."""
    file = data / settings_file.FILE
    if SETTINGS_VARIABLE not in os.environ and file.exists():
        os.environ |= settings_file.variables(file)
        profile = data.absolute() / settings_file.TEMPORAL
        if profile.exists() and "TEMPORAL_ADDRESS" not in os.environ:
            os.environ.setdefault("TEMPORAL_CONFIG_FILE", str(profile))
    return Settings()
