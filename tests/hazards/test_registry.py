"""Every danger has one place in the code that names it and a test that makes it happen; no name is made up."""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from forbear.hazards import HAZARDS

ROOT = Path(__file__).parents[2]
SHIPPED = ("forbear", "activities")
LOGGED = re.compile(r'log\.(?:info|warning|error)\(\s*"([a-z]+\.[a-z_]+)"')
COVERED = re.compile(r'covers\("([^"]+)"\)')


def sources(*folders: str) -> Iterator[str]:
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            if path.name != "covering.py":
                yield path.read_text(encoding="utf-8")


def test_every_hazard_is_logged_in_one_place() -> None:
    logged = Counter(name for source in sources(*SHIPPED) for name in LOGGED.findall(source))
    assert {name: logged[name] for name in HAZARDS} == dict.fromkeys(HAZARDS, 1)


def test_every_hazard_has_a_test_and_no_test_covers_another() -> None:
    assert {name for source in sources("tests") for name in COVERED.findall(source)} == set(HAZARDS)
