"""The words of texts: every template is whole, cheap, neutral and says how to stop; bad ones are refused on load."""

import hashlib
import shutil
from pathlib import Path

import pytest

from forbear.channels.wording import FOLDER, SmsWording
from forbear.errors import BadData, BadInput

VALUES = {"lender": "Harbor Example", "phone": "+12125550100", "link": "https://pay.example.com/p/abcdefghij123456"}
DEBT_WORDS = ("debt", "owe", "overdue", "past due", "collect", "balance", "$", "loan", "late")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(FOLDER, tmp_path / "sms"))


def test_every_template_renders_says_who_and_how_to_stop_and_nothing_of_a_debt() -> None:
    wording = SmsWording()
    for name in wording.names:
        worded = wording.sms(name, "en", VALUES)
        assert worded.body.startswith("Harbor Example: ")
        assert worded.body.endswith("Reply STOP to opt out.")
        assert VALUES["link"] in worded.body
        assert VALUES["phone"] in worded.body
        assert not [word for word in DEBT_WORDS if word in worded.body.lower()], name
        assert worded.segments <= 2
        assert worded.sha256 == hashlib.sha256(worded.body.encode()).hexdigest()


def test_a_language_that_is_not_shipped_falls_back_to_the_templates_first() -> None:
    assert SmsWording().sms("reminder-talk", "fr", VALUES).body.startswith("Harbor Example")


def test_a_missing_value_is_named() -> None:
    with pytest.raises(BadInput, match="'link' is missing"):
        SmsWording().sms("reminder-talk", "en", {"lender": "x", "phone": "y"})


def test_an_unknown_template_is_named() -> None:
    with pytest.raises(BadInput, match="'nothing'"):
        SmsWording().sms("nothing", "en", VALUES)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{{ lender }}: {{ link }} {{ phone }}", "does not say how to opt out"),
        ("{{ lender }}: {{ link }} STOP", "the manifest says"),
        ("{{ lender }} {{ link }} {{ phone }} {{ name }} STOP", "the manifest says"),
        ("{{ lender }} {{ link }} {{ phone }} 还款 " + "x" * 100 + " STOP", "segments"),
        ("{{ lender", "cannot be read"),
    ],
)
def test_a_bad_template_is_refused_on_load_with_its_file(folder: Path, text: str, reason: str) -> None:
    (folder / "en" / "reminder-talk.txt").write_text(text, "utf-8")
    with pytest.raises(BadData, match=reason) as caught:
        SmsWording(folder)
    assert caught.value.path.name == "reminder-talk.txt"
