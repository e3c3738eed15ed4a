"""The list of what refuses a letter in `docs/papers.md` is whole."""

import re
from pathlib import Path

from forbear.cadence.letter_codes import LETTERS
from forbear.documents import preflight
from forbear.documents.checking import CHECKS

ROOT = Path(__file__).parents[2]
RAISED = re.compile(r"Unprintable\(\s*\"([a-z.]+)\"")


def test_every_code_is_explained_and_every_explained_code_exists() -> None:
    sources = (path.read_text("utf-8") for path in (ROOT / "forbear" / "documents").glob("*.py"))
    raised = {code for source in sources for code in RAISED.findall(source)}
    raised |= (
        set(CHECKS)
        | set(preflight.CHECKS)
        | set(preflight.CHECKS)
        | set(re.findall(r"Answer\(code=\"([a-z.]+)\"", (ROOT / "forbear/documents/press.py").read_text()))
    )
    told = (ROOT / "docs" / "papers.md").read_text("utf-8").partition("## What refuses a letter")[2].partition("## ")[0]
    rows = [line.split("|")[1] for line in told.splitlines() if line.startswith("| `")]
    assert {code for row in rows for code in re.findall(r"`([a-z.]+)`", row)} == raised
    assert raised <= set(LETTERS), "somebody must be told what each means"
