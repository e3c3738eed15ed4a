"""Segments against the provider's own calculator, on random texts: our counter, and the box's, which shares none of it."""

import json
import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from random import Random

import pytest

from forbear.channels.segments import BASIC, EXTENDED, segments
from forbear.sandbox.segments import count

pytestmark = pytest.mark.counted

HERE = Path(__file__).parent
PACKAGE = HERE.parents[1] / "var" / "oracle" / "node_modules" / "sms-segments-calculator"
"""Where `.ci/run` puts it; version 1.3.0."""
TEXTS = 5_000 if os.environ.get("FORBEAR_PROVE") == "1" else 400
BASIC_SIGNS = sorted(BASIC)
MIXTURES = (
    BASIC_SIGNS,
    sorted(BASIC | EXTENDED),
    sorted(EXTENDED),
    [*"还款逾期请于前联系我们【】，。“”", *"abc123 "],
    [*"还a😀👍🏽é\u0301ç—…’", *BASIC_SIGNS],
)
FAMILIES = ([*"👩\u200d👧还"], [*"🇬🇧😀还a"])
"""Signs that a joiner makes one of, however many they are, and flags, which are two."""


@pytest.fixture(scope="module")
def node() -> str:
    found = shutil.which("node")
    if found is None:
        pytest.skip("there is no Node here (apt-get install nodejs)")
    if not PACKAGE.is_dir():
        pytest.skip("the package sms-segments-calculator is not in var/oracle (.ci/run installs it)")
    return found


def texts(mixtures: Sequence[Sequence[str]], many: int) -> list[str]:
    """Random texts about as long as a few segments, so that every edge is near."""
    draw, made = Random("segments"), list[str]()
    while len(made) < many:
        signs = draw.choice(mixtures)
        near = draw.choice((0, 1, 35, 67, 70, 71, 80, 134, 135, 153, 160, 161, 201, 306, 307, 459, 620))
        made.append("".join(draw.choices(signs, k=max(0, near + draw.randint(-3, 3)))))
    return made


def ask(node: str, given: list[str]) -> list[int]:
    """The package's counts; it takes an empty text for none, which is one on a bill."""
    told = subprocess.run(
        [node, str(HERE / "segments_oracle.js"), str(PACKAGE)],
        input=json.dumps(given),
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    return [max(1, each) for each in json.loads(told.stdout)]


def test_our_counter_and_the_boxs_agree_with_the_providers_own(node: str) -> None:
    given = texts(MIXTURES, TEXTS)
    rows = [(text, segments(text), count(text), each) for text, each in zip(given, ask(node, given), strict=True)]
    assert [row for row in rows if not row[1] == row[2] == row[3]] == []


def test_a_joined_family_or_flag_is_kept_whole_by_the_package_alone_and_costs_one_more_at_most(node: str) -> None:
    given = texts(FAMILIES, TEXTS // 10)
    rows = [(segments(text), count(text), each) for text, each in zip(given, ask(node, given), strict=True)]
    assert all(ours == boxs for ours, boxs, _ in rows)
    assert {theirs - ours for ours, _, theirs in rows} <= {0, 1}
