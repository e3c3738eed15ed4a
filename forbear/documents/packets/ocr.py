"""Recognises the text of scanned pages, where the program `ocrmypdf` is installed; everywhere else nothing is done."""

import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Final

PROGRAM: Final = "ocrmypdf"
SECONDS: Final = 600.0
LANGUAGES: Final = {"zh-Hans": "chi_sim+eng", "zh-Hant": "chi_tra+eng"}
PLAIN: Final = "eng"


def is_installed() -> bool:
    return shutil.which(PROGRAM) is not None


def recognise(content: bytes, language: str) -> bytes | None:
    """The same pages with a text behind each scanned one; None where the program could not do it."""
    with tempfile.TemporaryDirectory(prefix="forbear-scan-") as folder:
        given, made = Path(folder) / "given.pdf", Path(folder) / "made.pdf"
        given.write_bytes(content)
        asked = [PROGRAM, "--quiet", "--skip-text", "--output-type", "pdf", "--jobs", "1", "--optimize", "0"]
        try:
            done = subprocess.run(
                [*asked, "--language", LANGUAGES.get(language, PLAIN), str(given), str(made)],
                check=False,
                capture_output=True,
                timeout=SECONDS,
            )
        except (OSError, subprocess.TimeoutExpired):
            return None
        return made.read_bytes() if done.returncode == 0 and made.is_file() else None
