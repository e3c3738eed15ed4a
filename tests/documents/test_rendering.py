"""Letters as they come out of a press: their words, their marks, their bytes, and what never comes out."""

import io
import os
import subprocess
import sys
import unicodedata
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any, cast

import pypdfium2
import pytest
from pypdf import PdfReader

from forbear.documents.presses import MOST_WAITS, Presses, _environment
from forbear.money.components import COMPONENTS
from forbear.ports.papers import Figure, Paper, Rendered, Unprintable
from tests.documents.letters import CHICAGO, CN_HEAD, SHENZHEN, TOUCH, US_HEAD, american, chinese, guaranteed, to

RARE = "玥镕喆堃祎㛃䶮𬱖"
ONCE = """
import hashlib, sys
from pathlib import Path
from forbear.documents.jobs import JOB
from forbear.documents.press import make
for line in sys.stdin.buffer:
    print(hashlib.sha256(make(JOB.validate_json(line))[0]).hexdigest())
"""


def words(rendered: Rendered) -> str:
    document = pypdfium2.PdfDocument(rendered.pdf)
    read = "".join(document[number].get_textpage().get_text_bounded() for number in range(len(document)))
    return " ".join(read.split())


@pytest.mark.parametrize(
    ("paper", "said"),
    [
        (
            american(),
            ["A reminder about your account", "Jordan Example", "$1,200.00", "$1,321.45", "November 22, 2026"],
        ),
        (american(kind="notice"), ["is overdue", "September 1, 2026", "Late-payment interest", "(212) 555-0100"]),
        (chinese(), ["还款提醒", "玥镕喆 收", "¥1,321.45", "2026年11月22日", "罚息"]),
        (chinese(kind="notice"), ["账户逾期告知函", "¥84.35", "518000", "010 5555 0100"]),
        (chinese(language="en"), ["A reminder about your account", "玥镕喆 收", "CN¥1,321.45"]),
    ],
    ids=["us-reminder", "us-notice", "cn-reminder", "cn-notice", "cn-in-english"],
)
def test_a_letter_says_what_it_was_given(presses: Presses, paper: Paper, said: list[str]) -> None:
    rendered = presses.render(paper)
    text = words(rendered)
    assert [each for each in said if each not in text] == []
    assert "Ab3dEfGh1JkLmN0p" in text
    assert "TCH-4QmXb7Zk2L" in text
    assert TOUCH not in text


@pytest.mark.parametrize("role", ["guarantor", "counter_guarantor"])
@pytest.mark.parametrize("paper", [american(), chinese(), chinese(language="en")], ids=["us", "cn", "cn-in-english"])
def test_a_guarantors_letter_is_printed_without_a_way_to_the_borrowers_page(
    presses: Presses, paper: Paper, role: str
) -> None:
    rendered = presses.render(guaranteed(paper, role))
    text = words(rendered)
    assert rendered.pages == 1
    assert paper.to.name in text
    assert "1,321.45" in text
    assert "TCH-4QmXb7Zk2L" in text
    assert "Ab3dEfGh1JkLmN0p" not in text


MILLIONS = tuple(Figure(name, Decimal("12345678.90")) for name in COMPONENTS)
LETTERS = [american(figures=MILLIONS), chinese(figures=MILLIONS), chinese(figures=MILLIONS, language="en")]


@pytest.mark.parametrize("kind", ["reminder", "notice", "guarantor", "counter_guarantor"])
@pytest.mark.parametrize("paper", LETTERS, ids=["us", "cn", "cn-in-english"])
def test_all_components_in_millions_leave_nothing_over_for_a_second_page(
    presses: Presses, paper: Paper, kind: str
) -> None:
    whole = replace(paper, kind=kind) if kind in {"reminder", "notice"} else guaranteed(paper, kind)
    rendered = presses.render(whole)
    assert rendered.pages == 1
    assert words(rendered).count("74,074,073.40") == 2


def test_a_letter_is_tagged_archived_and_named_without_a_person(presses: Presses) -> None:
    reader = PdfReader(io.BytesIO(presses.render(chinese()).pdf))
    root = cast("Any", reader.root_object)
    assert (root["/Lang"], root["/MarkInfo"]["/Marked"]) == ("zh-Hans", True)
    metadata = root["/Metadata"].get_object().get_data()
    assert all(each in metadata for each in (b'pdfaid:part="2"', b'pdfaid:conformance="A"', b'pdfuaid:part="1"'))
    assert reader.metadata is not None
    assert reader.metadata.title == "还款提醒"
    assert "玥镕喆".encode() not in metadata
    assert reader.metadata.creation_date is None
    assert not any("/AA" in page or "/JS" in page for page in reader.pages)


@pytest.mark.parametrize("paper", [american(), chinese(kind="notice")], ids=["us", "cn"])
def test_the_same_letter_has_the_same_bytes_in_another_process_language_zone_and_seed(
    presses: Presses, paper: Paper, tmp_path: Path
) -> None:
    from forbear.documents import fonts
    from forbear.documents.jobs import JOB, LetterJob

    job = JOB.dump_json(LetterJob(paper))
    environment = {**os.environ, "FONTCONFIG_FILE": str(fonts.configure(tmp_path))}
    environment |= {"TZ": "Pacific/Kiritimati", "LC_ALL": "C", "LANG": "tr_TR.UTF-8", "PYTHONHASHSEED": "4711"}
    made = subprocess.run(
        [sys.executable, "-c", ONCE], input=job + b"\n" + job, env=environment, capture_output=True, check=True
    )
    here, again = presses.render(paper), presses.render(paper)
    assert here.pdf == again.pdf
    assert made.stdout.decode().split() == [here.sha256, here.sha256]


def test_rare_signs_of_names_are_printed_and_read_back(presses: Presses) -> None:
    text = words(presses.render(to(chinese(), name=RARE)))
    assert text.replace("\ud873\udc56", "𬱖").count(RARE) == 2


@pytest.mark.parametrize("paper", [american(), chinese()], ids=["us", "cn"])
@pytest.mark.parametrize(
    "name",
    [
        "Łukasz Červenák",
        "Őze Erdős-Nuñez",
        "Nguyễn Thế Hưng",
        "Gökçe İnce Yıldız-Iğdır",
        "Ștefan Mãțcă",
        "Сергей Пример",
    ],
    ids=["polish", "hungarian", "vietnamese", "turkish", "romanian", "cyrillic"],
)
def test_a_name_with_any_marks_is_printed_in_one_hand_and_read_back(presses: Presses, paper: Paper, name: str) -> None:
    """Also where the lender sent its marks as signs of their own."""
    for form in ("NFC", "NFD"):
        text = unicodedata.normalize("NFC", words(presses.render(to(paper, name=unicodedata.normalize(form, name)))))
        assert text.count(name) == 2


@pytest.mark.parametrize("name", ["สมชาย Example", "Example 🙂", "ཨོཾ"], ids=["thai", "emoji", "tibetan"])
def test_a_sign_that_no_font_has_is_refused_without_being_named(presses: Presses, name: str) -> None:
    with pytest.raises(Unprintable) as refused:
        presses.render(to(american(), name=name))
    assert refused.value.code == "glyphs.covered"
    assert name[0] not in str(refused.value)


@pytest.mark.parametrize(
    "name",
    [
        "Jordan <b>Example</b>",
        "J <img src=//example.com/x>",
        "{{ balance }} Example",
        "Jordan <style>*{display:none}</style>",
        "A & B &amp; C",
        "Jordan <!-- Example",
    ],
)
def test_a_hostile_name_is_printed_as_it_stands(presses: Presses, name: str) -> None:
    assert f"Dear {name}," in words(presses.render(to(american(), name=name)))


def test_a_press_knows_no_secret_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORBEAR_MASTER_KEY", "secret")
    monkeypatch.setenv("LD_PRELOAD", "something.so")
    assert set(_environment(Path("fonts.conf"))) & {"FORBEAR_MASTER_KEY", "LD_PRELOAD"} == set()


def test_an_address_page_shows_the_address_and_the_touch_alone(presses: Presses) -> None:
    for at, head in ((CHICAGO, US_HEAD), (SHENZHEN, CN_HEAD)):
        rendered = presses.address_page(TOUCH, at, head)
        text = words(rendered)
        assert rendered.pages == 1
        assert at.name in text
        assert TOUCH in text
        assert not any(word in text for word in ("owe", "$", "¥", "account", "款", "pay"))


def test_a_press_that_dies_or_hangs_is_replaced() -> None:
    with Presses(1, ready_seconds=90, job_seconds=60) as presses:
        presses.render(american())
        (before,) = presses._all
        before.process.kill()
        with pytest.raises(Unprintable, match=r"engine\.hung"):
            presses.render(american())
        presses.render(american())
        (after,) = presses._all
        assert after.process.pid != before.process.pid
        after.process.send_signal(19)  # stopped: alive, and never answers
        presses._job_seconds = 0.2
        with pytest.raises(Unprintable, match=r"engine\.hung"):
            presses.render(american())
        assert after.process.poll() is not None
        presses._job_seconds = 60.0
        assert presses.render(american()).pages == 1


def test_a_press_grows_no_older_than_it_should() -> None:
    with Presses(1, ready_seconds=90, job_seconds=60, jobs=1) as presses:
        (first,) = presses._all
        presses.render(american())
        (second,) = presses._all
        assert second is not first
        assert first.process.poll() is not None


def test_whoever_finds_the_presses_cold_or_all_at_work_is_told_to_come_again(monkeypatch: pytest.MonkeyPatch) -> None:
    with Presses(1, ready_seconds=0.0) as presses:
        (press,) = presses._all
        with pytest.raises(Unprintable, match=r"engine\.busy"):
            presses.render(american())
        assert press.process.poll() is None
        for _ in range(MOST_WAITS - 2):
            with pytest.raises(Unprintable, match=r"engine\.busy"):
                presses.render(american())
        with pytest.raises(Unprintable, match=r"engine\.hung"):
            presses.render(american())
        assert press.process.poll() is not None
        presses._ready_seconds = 90.0
        assert presses.render(american()).pages == 1
        taken = presses._idle.get()
        monkeypatch.setattr("forbear.documents.presses.FREE_SECONDS", 0.01)
        with pytest.raises(Unprintable, match=r"engine\.busy"):
            presses.render(american())
        presses._idle.put(taken)
