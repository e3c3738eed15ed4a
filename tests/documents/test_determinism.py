"""The same paper is the same file: in another process, language, zone, hash seed and folder, in whichever order it is made."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from forbear.documents import core_font, fonts
from forbear.documents.jobs import JOB
from forbear.documents.presses import Presses
from tests.documents.catalogue import Entry, entries

ROOT = Path(__file__).parents[2]
FEW = [Entry("reminder", "zh-Hans"), Entry("gb-letter-claim", "en"), Entry("tw-notice-demand", "zh-Hant")]
MAKE = """
import hashlib, sys
from forbear.documents.jobs import JOB
from forbear.documents.press import make
for line in sys.stdin.buffer:
    print(hashlib.sha256(make(JOB.validate_json(line))[0]).hexdigest(), flush=True)
"""
ELSEWHERE = {"TZ": "Pacific/Kiritimati", "LC_ALL": "C", "LANG": "tr_TR.UTF-8", "PYTHONHASHSEED": "4711"}


def made_elsewhere(papers: list[Entry], folder: Path) -> list[str]:
    """Digests of papers made in one strange process, the last one first."""
    core_font.ensure()
    environment = {**os.environ, **ELSEWHERE, "FONTCONFIG_FILE": str(fonts.configure(folder)), "PYTHONPATH": str(ROOT)}
    jobs = b"\n".join(JOB.dump_json(each.job()) for each in reversed(papers))
    command = [sys.executable, "-c", MAKE]
    made = subprocess.run(command, input=jobs, env=environment, capture_output=True, check=True, cwd=folder)
    return made.stdout.decode().split()[::-1]


def made_here(papers: list[Entry], presses: Presses) -> list[str]:
    return [hashlib.sha256(each.render(presses).pdf).hexdigest() for each in papers]


def test_a_paper_of_each_script_is_the_same_file_everywhere(presses: Presses, tmp_path: Path) -> None:
    assert made_elsewhere(FEW, tmp_path) == made_here(FEW, presses)


@pytest.mark.prove
def test_every_paper_of_the_catalogue_is_the_same_file_everywhere(presses: Presses, tmp_path: Path) -> None:
    papers = entries()
    assert dict(zip(papers, made_elsewhere(papers, tmp_path), strict=True)) == dict(
        zip(papers, made_here(papers, presses), strict=True)
    )
